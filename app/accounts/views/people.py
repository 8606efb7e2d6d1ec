"""Everybody, for operators and officers: finding, suspending, restoring."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import operations, policies, queries
from app.accounts.forms import SuspensionForm
from app.accounts.policies import Permission
from app.accounts.rules import ROLE_NAMES, Role
from app.accounts.session import me
from app.accounts.views.blueprint import asked_list, bp, refused, shown
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.web.csv import csv_response
from app.web.doors import needs
from app.web.filters import day


@bp.get("/people")
@needs(Permission.SEE_PEOPLE)
def people() -> str:
    asked = asked_list()
    return render_template(
        "accounts/people.html",
        listed=queries.people(state=request.args.get("state", ""), **asked.query),
        asked=asked,
    )


@bp.get("/people.csv")
@needs(Permission.SEE_PEOPLE)
def people_csv() -> Response:
    listed = queries.people(state=request.args.get("state", ""), **asked_list(paged=False).query)
    return csv_response(
        "people.csv",
        [_("Person"), _("Handle"), _("Mail address"), _("Roles"), _("Since"), _("Suspended")],
        (
            [
                person.name,
                person.handle,
                person.email,
                "; ".join(
                    f"{membership.organisation.name}: {ROLE_NAMES[Role(membership.role)]}"
                    for membership in person.live_memberships
                ),
                day(person.created_at),
                day(person.suspended_at),
            ]
            for person in listed.rows
        ),
    )


@bp.get("/people/<uuid:person_id>")
@needs(Permission.SEE_PEOPLE)
def person(person_id: uuid.UUID) -> Any:
    found = queries.person_visible_to(me(), person_id)
    operations.note_look(me(), found)
    return shown(SuspensionForm(), "accounts/person.html", **_page(found))


def _page(found: Any) -> dict[str, Any]:
    return {
        "person": found,
        "can_suspend": policies.can_suspend(me(), found),
        "labs": policies.may_use_labs(found),
    }


@bp.post("/people/<uuid:person_id>/suspension")
@needs(Permission.SUSPEND_PEOPLE)
def suspend(person_id: uuid.UUID) -> Any:
    found = queries.person_visible_to(me(), person_id)
    form = SuspensionForm()
    if not form.validate_on_submit():
        return shown(form, "accounts/person.html", **_page(found))
    try:
        operations.suspend_person(me(), found, form.reason.data)
    except Refused as error:
        return refused(form, error, "accounts/person.html", **_page(found))
    flash(
        _("%(name)s is suspended and signed out everywhere.", name=found.name),
        "success",
    )
    return redirect(url_for("accounts.person", person_id=person_id))


@bp.post("/people/<uuid:person_id>/restoration")
@needs(Permission.SUSPEND_PEOPLE)
def restore(person_id: uuid.UUID) -> Any:
    found = queries.person_visible_to(me(), person_id)
    try:
        operations.restore_person(me(), found)
        flash(_("%(name)s can sign in again.", name=found.name), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.person", person_id=person_id))
