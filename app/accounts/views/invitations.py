"""Accepting an invitation."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from app.accounts import operations, queries
from app.accounts.models import Invitation
from app.accounts.session import me
from app.accounts.views.blueprint import bp
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import public, signed_in


@bp.get("/invitations/<token>")
@public
def invitation(token: str) -> Any:
    """The letter: what it offers, and how to accept it."""
    found = queries.invitation_by_token(token)
    return render_template(
        "accounts/invitation.html",
        invitation=found,
        is_open=operations.is_open(found),
        token=token,
        is_other_address=current_user.is_authenticated and current_user.email != found.email,
    )


@bp.post("/invitations/<token>/acceptance")
@signed_in
def accept_invitation(token: str) -> Any:
    return _accept(queries.invitation_by_token(token))


@bp.post("/account/invitations/<uuid:invitation_id>/acceptance")
@signed_in
def accept_own_invitation(invitation_id: uuid.UUID) -> Any:
    """Accept without the letter what was sent to one's own, verified address."""
    for found in queries.open_invitations_for(me()):
        if found.id == invitation_id:
            return _accept(found)
    raise NotVisible


def _accept(found: Invitation) -> Any:
    try:
        operations.accept_invitation(me(), found)
        flash(_("You now belong to %(name)s.", name=str(found.organisation.name)), "success")
    except Refused as error:
        flash(str(error.message), "error")
    return redirect(url_for("accounts.profile"))
