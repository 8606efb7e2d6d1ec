"""Who acts for an organisation: its people, invitations and requests."""

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from app.accounts import operations, policies, queries, session
from app.accounts.forms import InvitationForm
from app.accounts.models import Invitation
from app.accounts.rules import Role
from app.accounts.session import me
from app.accounts.views.blueprint import bp, refused, shown
from app.accounts.views.company_desk import desk_of
from app.accounts.views.organisations import role_choices
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


@bp.route("/company/<slug>/people", methods=["GET", "POST"])
@signed_in
def company_people(slug: str) -> Any:
    found = queries.company_of(me(), slug)
    roles = policies.grantable_roles(me(), found)
    form = InvitationForm(role_choices(roles))
    page: dict[str, Any] = {
        "people": queries.people_acting_for(found),
        "requests": queries.open_requests_to(found) if policies.is_owner_of(me(), found) else [],
        "sent": queries.invitations_of(found, page=request.args.get("page", 1, int)),
        "roles": role_choices(roles),
        "invites": bool(roles),
        "is_open": operations.is_open,
        **desk_of(found),
    }
    if not form.validate_on_submit():
        return shown(form, "accounts/company_people.html", **page)
    try:
        operations.invite(
            session.config(), me(), found, email=form.email.data, role=Role(form.role.data)
        )
    except Refused as error:
        return refused(form, error, "accounts/company_people.html", **page)
    flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "success")
    return _to_people(slug)


@bp.post("/company/<slug>/people/<uuid:membership_id>/role")
@signed_in
def change_company_role(slug: str, membership_id: uuid.UUID) -> Any:
    found = queries.company_of(me(), slug)
    membership = queries.membership_at(found, membership_id)
    wanted = request.form.get("role", "")
    if wanted not in {role.value for role in policies.grantable_roles(me(), found)}:
        raise NotVisible(slug)
    try:
        operations.change_role(me(), membership, Role(wanted))
        flash(_("The role of %(name)s is changed.", name=membership.person.name), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return _to_people(slug)


@bp.post("/company/<slug>/people/<uuid:membership_id>/end")
@signed_in
def end_company_membership(slug: str, membership_id: uuid.UUID) -> Any:
    """An owner ends somebody's part in the organisation."""
    found = queries.company_of(me(), slug)
    membership = queries.membership_at(found, membership_id)
    if not policies.is_owner_of(me(), found):
        raise NotVisible(slug)
    try:
        operations.end_membership(me(), membership)
        flash(_("The membership of %(name)s is ended.", name=membership.person.name), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return _to_people(slug)


@bp.post("/company/<slug>/leaving")
@signed_in
def leave_company(slug: str) -> Any:
    found = queries.company_of(me(), slug)
    try:
        operations.leave(me(), found)
    except Refused as error:
        flash(str(error.message), "error")
        return _to_people(slug)
    flash(_("You no longer belong to %(name)s.", name=str(found.name)), "success")
    return redirect(url_for("web.home"))


@bp.post("/company/<slug>/requests/<uuid:request_id>/answer")
@signed_in
def answer_join_request(slug: str, request_id: uuid.UUID) -> Any:
    found = queries.company_of(me(), slug)
    if not policies.is_owner_of(me(), found):
        raise NotVisible(slug)
    asked = queries.request_to(found, request_id)
    granted = request.form.get("answer") == "yes"
    try:
        operations.answer_request(me(), asked, granted=granted)
    except Refused as error:
        flash(str(error.message), "error")
        return _to_people(slug)
    name = asked.person.name
    flash(
        _("%(name)s now belongs to your organisation.", name=name)
        if granted
        else _("%(name)s is told that you said no.", name=name),
        "success",
    )
    return _to_people(slug)


@bp.post("/company/<slug>/invitations/<uuid:invitation_id>/withdrawal")
@signed_in
def withdraw_company_invitation(slug: str, invitation_id: uuid.UUID) -> Any:
    found = queries.company_of(me(), slug)
    invitation = db.session.get(Invitation, invitation_id)
    if (
        invitation is None
        or invitation.organisation_id != found.id
        or Role(invitation.role) not in policies.grantable_roles(me(), found)
    ):
        raise NotVisible(slug)
    try:
        operations.withdraw_invitation(me(), invitation)
        flash(_("The invitation is withdrawn."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return _to_people(slug)


def _to_people(slug: str) -> Any:
    return redirect(url_for("accounts.company_people", slug=slug))
