"""Who acts for an organisation: asking to join, letting in, changing roles, leaving."""

from sqlalchemy import select

from app.accounts import policies
from app.accounts.events import JoinAnswered, JoinRequested
from app.accounts.models import JoinRequest, Membership, Organisation, Person
from app.accounts.operations.companies import ConfirmFirst
from app.accounts.operations.company_contacts import lock
from app.accounts.operations.invitations import RoleNotYours
from app.accounts.operations.memberships import add_membership, end_membership
from app.accounts.operations.throttling import Limit, take
from app.accounts.rules import ROLES_OF, OrganisationKind, Proof, Role, Standing
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = [
    "JOINABLE_AS",
    "AlreadyAsked",
    "RequestOver",
    "answer_request",
    "appoint_from_outside",
    "ask_to_join",
    "change_role",
    "leave",
    "take_back_request",
]

REQUESTS = Limit("join:person", count=10, seconds=24 * 3600)
JOINABLE_AS = (Role.REPRESENTATIVE, Role.HR, Role.OWNER, Role.MENTOR, Role.EMPLOYEE)


class AlreadyAsked(Refused):
    message = _l("You belong to this organisation already, or have asked and wait for an answer.")


class RequestOver(Refused):
    message = _l("This request has been answered or taken back.")


def ask_to_join(person: Person, organisation: Organisation, role: Role, words: str) -> JoinRequest:
    """Ask the owners of an approved organisation to be let in as ROLE.

    Raises ConfirmFirst, RoleNotYours, AlreadyAsked or TooManyTries.
    """
    if not policies.can_be_applied_for(person):
        raise ConfirmFirst
    if role not in JOINABLE_AS or role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise RoleNotYours
    take((REQUESTS, str(person.id)))
    return _ask(person, organisation, role, words.strip()[:500])


@operation
def _ask(person: Person, organisation: Organisation, role: Role, words: str) -> JoinRequest:
    lock(organisation)
    if organisation.standing != Standing.APPROVED:
        raise RequestOver
    held = db.session.scalar(
        select(Membership.id).where(
            Membership.person_id == person.id,
            Membership.organisation_id == organisation.id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
    )
    asked = db.session.scalar(
        select(JoinRequest.id).where(
            JoinRequest.person_id == person.id,
            JoinRequest.organisation_id == organisation.id,
            JoinRequest.answered_at.is_(None),
        )
    )
    if held is not None or asked is not None:
        raise AlreadyAsked
    made = JoinRequest(organisation_id=organisation.id, person_id=person.id, role=role, words=words)
    db.session.add(made)
    db.session.flush()
    audit.record(person.id, "asked to join", "organisation", organisation.id, role=role)
    publish(JoinRequested(made.id))
    return made


@operation
def take_back_request(person: Person, request: JoinRequest) -> None:
    """She asks no more. Raises RequestOver."""
    _open(request)
    db.session.delete(request)
    audit.record(person.id, "took back request", "organisation", request.organisation_id)


@operation
def answer_request(actor: Person, request: JoinRequest, *, granted: bool) -> None:
    """An owner lets her in, or not. Raises RoleNotYours or RequestOver."""
    if not policies.is_owner_of(actor, request.organisation):
        raise RoleNotYours
    _open(request)
    request.answered_at = clock.now()
    request.answered_by_id = actor.id
    request.granted = granted
    if granted:
        add_membership(
            request.person, request.organisation_id, Role(request.role), Proof.OWNER, by=actor
        )
    audit.record(
        actor.id, "answered request", "organisation", request.organisation_id, granted=granted
    )
    publish(JoinAnswered(request.id))


def _open(request: JoinRequest) -> None:
    found = db.session.scalar(
        select(JoinRequest)
        .where(JoinRequest.id == request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.answered_at is not None:
        raise RequestOver


@operation
def change_role(actor: Person, membership: Membership, role: Role) -> Membership:
    """Give somebody of the organisation another role; an owner does. The new one begins before the
    old one ends, so that an owner can hand over. Raises RoleNotYours or LastOwner.
    """
    organisation = membership.organisation
    if not policies.is_owner_of(actor, organisation) or role not in policies.grantable_roles(
        actor, organisation
    ):
        raise RoleNotYours
    if membership.role == role or membership.ended_at is not None:
        return membership
    lock(organisation)
    made = add_membership(membership.person, organisation.id, role, Proof.OWNER, by=actor)
    end_membership(actor, membership)
    return made


@operation
def leave(person: Person, organisation: Organisation) -> None:
    """End all that she is there. Raises LastOwner."""
    lock(organisation)
    for membership in list(person.live_memberships):
        if membership.organisation_id == organisation.id:
            end_membership(person, membership)
    db.session.expire(person, ["memberships"])


@operation
def appoint_from_outside(
    actor: Person | None, organisation: Organisation, person: Person, role: Role
) -> Membership:
    """An operator (None: the command line) gives an organisation an owner, or another role, when
    nobody there can: the owner left the company, or lost her mail. Raises RoleNotYours."""
    if actor is not None and not policies.is_operator(actor):
        raise RoleNotYours
    if role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise RoleNotYours
    return add_membership(person, organisation.id, role, Proof.OPERATOR, by=actor)
