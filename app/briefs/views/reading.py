"""What everybody reads: the catalogue, a brief, and the promise before its confidential part."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from app.accounts.session import me
from app.briefs import operations, policies, queries, rules
from app.briefs.forms import PromiseForm
from app.briefs.models import Brief
from app.briefs.queries import Asked
from app.briefs.rules import KIND_NAMES, PLACE_NAMES
from app.briefs.views.blueprint import asked_page, asked_text, bp, reader
from app.kernel import clock
from app.kernel.counties import COUNTIES
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.industries import INDUSTRIES, industry_name
from app.web.csv import csv_response
from app.web.doors import public, signed_in


def _asked(page: int | None) -> Asked:
    return Asked(
        search=asked_text("q"),
        kind=asked_text("kind"),
        industry=asked_text("industry"),
        county=asked_text("county"),
        place=asked_text("place"),
        paid=asked_text("paid") == "1",
        mine=asked_text("mine") == "1",
        company=asked_text("company"),
        sort=asked_text("sort") or "deadline",
        page=page,
    )


@bp.get("/briefs")
@public
def index() -> str:
    """Projects, challenges and internships that take applications."""
    asked = _asked(asked_page())
    return render_template(
        "briefs/index.html",
        listed=queries.catalogue(reader(), asked),
        asked=asked,
        kinds=KIND_NAMES,
        industries=INDUSTRIES,
        counties=COUNTIES,
        places=PLACE_NAMES,
        now=clock.now(),
    )


@bp.get("/briefs.csv")
@public
def index_csv() -> Any:
    listed = queries.catalogue(reader(), _asked(None))
    head = [
        _("Title"), _("Company"), _("Kind"), _("Industry"), _("County or city"), _("Quota"),
        _("Hours a week, for each person"), _("First day of the work"), _("Last day to apply"),
        _("Required skills"), _("Address"),
    ]  # fmt: skip
    rows = [
        [
            str(row.version.title), str(row.brief.organisation.name),
            str(KIND_NAMES[row.brief.kind]),
            industry_name(row.version.industry), row.version.county or "", row.version.quota,
            row.version.hours_per_week, row.version.starts_on, row.version.apply_until,
            ", ".join(str(s.skill.title) for s in row.version.skills if s.is_required),
            url_for("briefs.brief", brief_id=row.brief.id, _external=True),
        ]
        for row in listed.rows
    ]  # fmt: skip
    return csv_response("briefs", head, rows)


@bp.get("/briefs/<uuid:brief_id>")
@public
def brief(brief_id: uuid.UUID) -> Any:
    found = queries.brief_for(reader(), brief_id)
    return brief_page(found, PromiseForm(formdata=None))


def brief_page(found: Brief, form: PromiseForm) -> Any:
    """A published brief. What is confidential is read from the database only for those to whom it
    is open, and such a page is never kept by a browser or a proxy."""
    person = reader()
    confidential = queries.confidential_for(person, found)
    promise = queries.promise_of(found)
    levels = queries.my_levels(person)
    page = make_response(
        render_template(
            "briefs/brief.html",
            brief=found,
            version=found.terms,
            view=queries.view_of_version(found.terms),
            is_open=found.is_open(clock.now()),
            levels=levels if person is not None else None,
            confidential=confidential,
            promise=promise,
            promised_at=(
                queries.promised_at(person, found, promise.digest)
                if person is not None and promise is not None
                else None
            ),
            has_confidential=queries.has_confidential(found),
            can_promise=person is not None and policies.can_promise(person, found),
            can_manage=person is not None and policies.can_manage(person, found),
            linkable=(
                queries.challenges_taught_by(person)
                if person is not None
                and found.kind is rules.Kind.CHALLENGE
                and rules.Side.INSTRUCTOR in policies.sides_of(person, found)
                else []
            ),
            can_unlink=person is not None
            and found.challenge is not None
            and policies.can_link(person, found, None),
            can_supervise=person is not None
            and found.supervisor_id is None
            and rules.Side.INSTRUCTOR in policies.sides_of(person, found),
            can_propose=person is not None
            and found.state is rules.State.PUBLISHED
            and policies.answers_for_programme(person, found),
            can_see_changes=person is not None and policies.can_see_changes(person, found),
            form=form,
        )
    )
    if confidential is not None:
        page.headers["Cache-Control"] = "private, no-store"
    return (page, 422) if form.errors else page


@bp.post("/briefs/<uuid:brief_id>/promise")
@signed_in
def create_promise(brief_id: uuid.UUID) -> Any:
    """Promise silence and sign with one's name: then the confidential part opens."""
    person = me()
    found = queries.brief_to_promise(person, brief_id)
    form = PromiseForm()
    back = url_for("briefs.brief", brief_id=brief_id)
    if found.state is rules.State.SUBMITTED:
        back = url_for("briefs.review", brief_id=brief_id)
    if not form.validate_on_submit():
        if found.state is rules.State.SUBMITTED:
            flash(_("Without the promise it stays closed."), "error")
            return redirect(back)
        return brief_page(found, form)
    try:
        operations.accept_promise(
            person, found, digest=request.form.get("digest", "")[:64], name=form.name.data or ""
        )
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(_("Thank you. The confidential part is open to you now."), "success")
    return redirect(f"{back}#confidential")
