"""Letters that let somebody join an organisation in a role."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts import policies
from app.accounts.models import Invitation, Membership, Organisation, Person
from app.accounts.operations.memberships import add_membership
from app.accounts.operations.registration import verify_email
from app.accounts.operations.throttling import Limit, take
from app.accounts.rules import ROLE_NAMES, Proof, Role, hash_token, new_token, normalise_email
from app.kernel import audit, clock, mail
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import current_locale, speaking
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = [
    "InvitationOver",
    "RoleNotYours",
    "accept_invitation",
    "invite",
    "withdraw_invitation",
]

LASTS = timedelta(days=14)
BY_INVITER = Limit("invite:person", count=300, seconds=24 * 3600)


class RoleNotYours(Refused):
    message = _l("Your own role does not let you give this role to others.")


class InvitationOver(Refused):
    """``is_accepted``: whether it is over because somebody accepted it."""

    message = _l("This invitation has been used or withdrawn, or its 14 days are over.")


def invite(
    config: Config, actor: Person, organisation: Organisation, *, email: str, role: Role
) -> Invitation:
    """Mail an invitation, valid for 14 days; an open one for the same role is replaced.

    Raises RoleNotYours or TooManyTries.
    """
    if role not in policies.grantable_roles(actor, organisation):
        raise RoleNotYours
    take((BY_INVITER, str(actor.id)))
    return _invite(config, actor, organisation, normalise_email(email), role)


@operation
def _invite(
    config: Config, actor: Person, organisation: Organisation, email: str, role: Role
) -> Invitation:
    open_before = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation.id,
            Invitation.email == email,
            Invitation.role == role,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .with_for_update()
    )
    for old in open_before:
        old.withdrawn_at = clock.now()
    token = new_token()
    invitation = Invitation(
        organisation_id=organisation.id,
        role=role,
        email=email,
        token_hash=hash_token(token),
        invited_by_id=actor.id,
        expires_at=clock.now() + LASTS,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record(actor.id, "invited", "invitation", invitation.id, role=role)
    known = db.session.scalar(select(Person.locale).where(Person.email == email))
    with speaking(known or current_locale()):
        mail.send(
            to=email,
            subject=_("Invitation to Banyan"),
            text=_(
                "%(inviter)s invites you to join %(organisation)s on Banyan as: %(role)s.\n\n"
                "Open this link within 14 days to accept:\n%(url)s\n\n"
                "If you do not know what this is about, ignore this mail.",
                inviter=actor.name,
                organisation=str(organisation.name),
                role=str(ROLE_NAMES[role]),
                url=f"{config.site_url}/invitations/{token}",
            ),
        )
    return invitation


def is_open(invitation: Invitation) -> bool:
    """Whether it can still be accepted or withdrawn."""
    return (
        invitation.accepted_at is None
        and invitation.withdrawn_at is None
        and invitation.expires_at > clock.now()
    )


def _lock(invitation: Invitation) -> None:
    """Wait for whoever is answering it, and see the answer."""
    db.session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


@operation
def accept_invitation(person: Person, invitation: Invitation) -> Membership:
    """Join by a letter that PERSON holds. Of two who try at once, one joins.

    Raises InvitationOver.
    """
    _lock(invitation)
    if not is_open(invitation):
        raise InvitationOver
    invitation.accepted_at = clock.now()
    invitation.accepted_by_id = person.id
    if person.email_verified_at is None and person.email == invitation.email:
        # The letter went to her address, so holding it proves the address too.
        verify_email(person)
    return add_membership(
        person, invitation.organisation_id, Role(invitation.role), Proof.INVITATION
    )


@operation
def withdraw_invitation(actor: Person, invitation: Invitation) -> None:
    """Make an open invitation worthless. Raises InvitationOver when it is not open."""
    _lock(invitation)
    if not is_open(invitation):
        raise InvitationOver
    invitation.withdrawn_at = clock.now()
    audit.record(actor.id, "withdrew invitation", "invitation", invitation.id)
