"""An organisation's people and invitations, for those who look after them."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import operations, policies, queries, session
from app.accounts.forms import InvitationForm
from app.accounts.models import Invitation, Membership, Organisation
from app.accounts.policies import Permission
from app.accounts.rules import PROOF_NAMES, ROLE_NAMES, ROLES_OF, OrganisationKind, Proof, Role
from app.accounts.session import me
from app.accounts.views.blueprint import asked_list, bp, refused, shown
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.csv import csv_response
from app.web.doors import needs
from app.web.filters import day

managers = needs(Permission.MANAGE_ORGANISATIONS)


@bp.get("/organisations")
@managers
def organisations() -> Any:
    found = queries.organisations_open_to(me())
    if len(found) == 1:
        return redirect(url_for("accounts.organisation", slug=found[0].slug))
    return render_template("accounts/organisations.html", organisations=found)


def tabs_of(organisation: Organisation) -> dict[str, Any]:
    """What the pages of an organisation share."""
    return {
        "organisation": organisation,
        "sees_people": policies.can_see_people_of(me(), organisation),
        "sees_roster": policies.can_manage_roster_of(me(), organisation),
        "invites": policies.can_invite_to(me(), organisation),
    }


@bp.get("/organisations/<slug>")
@managers
def organisation(slug: str) -> Any:
    found = queries.organisation_open_to(me(), slug)
    if not policies.can_see_people_of(me(), found):
        return redirect(url_for("accounts.invitations", slug=slug))
    asked = asked_list()
    role = request.args.get("role", "")
    listed = queries.people_of(found, role=role, **asked.query)
    return render_template(
        "accounts/organisation_people.html",
        listed=listed,
        asked=asked,
        roles=[("", _("All roles")), *role_choices(ROLES_OF[OrganisationKind(found.kind)])],
        **tabs_of(found),
    )


@bp.get("/organisations/<slug>/people.csv")
@managers
def organisation_people_csv(slug: str) -> Response:
    found = queries.organisation_open_to(me(), slug)
    if not policies.can_see_people_of(me(), found):
        raise NotVisible
    asked = asked_list(paged=False)
    listed = queries.people_of(found, role=request.args.get("role", ""), **asked.query)
    return csv_response(
        f"{slug}-people.csv",
        [
            _("Person"),
            _("Mail address"),
            _("Role"),
            _("Student number"),
            _("Department"),
            _("Proven by"),
            _("Since"),
        ],
        (
            [
                row.person.name,
                row.person.email,
                ROLE_NAMES[Role(row.role)],
                row.student_number,
                row.department,
                PROOF_NAMES[Proof(row.proven_by)],
                day(row.started_at),
            ]
            for row in listed.rows
        ),
    )


@bp.post("/organisations/<slug>/memberships/<uuid:membership_id>/end")
@managers
def end_membership(slug: str, membership_id: uuid.UUID) -> Any:
    found = queries.organisation_open_to(me(), slug)
    if not policies.can_see_people_of(me(), found):
        raise NotVisible
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.organisation_id != found.id:
        raise NotVisible
    if membership.person_id == me().id:
        flash(_("You cannot end your own membership. Ask a colleague."), "error")
    else:
        try:
            operations.end_membership(me(), membership)
            flash(_("The membership of %(name)s is ended.", name=membership.person.name), "success")
        except Refused as error:
            flash(str(error.message), "error")
    return redirect(url_for("accounts.organisation", slug=slug))


@bp.route("/organisations/<slug>/invitations", methods=["GET", "POST"])
@managers
def invitations(slug: str) -> Any:
    found = queries.organisation_open_to(me(), slug)
    roles = policies.grantable_roles(me(), found)
    if not roles:
        abort(403)
    form = InvitationForm(role_choices(roles))
    page: dict[str, Any] = {
        "listed": queries.invitations_of(found, page=request.args.get("page", 1, int)),
        "is_open": operations.is_open,
        **tabs_of(found),
    }
    if not form.validate_on_submit():
        return shown(form, "accounts/invitations.html", **page)
    try:
        operations.invite(
            session.config(), me(), found, email=form.email.data, role=Role(form.role.data)
        )
    except Refused as error:
        return refused(form, error, "accounts/invitations.html", **page)
    flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "success")
    return redirect(url_for("accounts.invitations", slug=slug))


@bp.post("/organisations/<slug>/invitations/<uuid:invitation_id>/withdrawal")
@managers
def withdraw_invitation(slug: str, invitation_id: uuid.UUID) -> Any:
    found = queries.organisation_open_to(me(), slug)
    invitation = db.session.get(Invitation, invitation_id)
    if (
        invitation is None
        or invitation.organisation_id != found.id
        or Role(invitation.role) not in policies.grantable_roles(me(), found)
    ):
        raise NotVisible
    try:
        operations.withdraw_invitation(me(), invitation)
        flash(_("The invitation is withdrawn."), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.invitations", slug=slug))


def role_choices(roles: Any) -> list[tuple[str, str]]:
    """(value, name) of ROLES in the order of the enumeration."""
    return [(role.value, str(ROLE_NAMES[role])) for role in Role if role in roles]
