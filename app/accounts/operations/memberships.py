"""Who belongs where, and how that was proven."""

import uuid

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts import events
from app.accounts.models import Membership, Organisation, OrganisationDomain, Person, RosterEntry
from app.accounts.rules import Proof, Role, Standing, mail_domain
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = ["LastOwner", "NumberTaken", "add_membership", "end_membership", "recognise"]


class NumberTaken(Refused):
    message = _l(
        "Somebody else already holds this student number. Please ask your department office."
    )


class LastOwner(Refused):
    message = _l("An organisation keeps an owner. Make somebody else an owner first.")


@operation
def add_membership(
    person: Person,
    organisation_id: uuid.UUID,
    role: Role,
    proof: Proof,
    *,
    student_number: str | None = None,
    department: str | None = None,
    by: Person | None = None,
) -> Membership:
    """Make PERSON a ROLE of an organisation; once, whoever asks how often at the same time.

    When she is one already, a student number or department that was unknown is filled in.
    Raises NumberTaken.
    """
    if student_number is not None:
        _require_free_number(person, organisation_id, student_number)
    made = db.session.scalar(
        insert(Membership)
        .values(
            id=new_id(),
            person_id=person.id,
            organisation_id=organisation_id,
            role=role,
            proven_by=proof,
            student_number=student_number,
            department=department,
            started_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Membership.id)
    )
    membership = db.session.scalar(
        select(Membership)
        .where(
            Membership.person_id == person.id,
            Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.ended_at.is_(None),
        )
        .with_for_update()
    )
    if membership is None:
        # The insert met a conflict that is not her own membership: the student number.
        raise NumberTaken
    if made is not None:
        audit.record(
            by.id if by else person.id,
            "started membership",
            "membership",
            made,
            role=role,
            proof=proof,
        )
        publish(events.MembershipStarted(person.id, made))
    elif student_number is not None and membership.student_number is None:
        membership.student_number = student_number
        membership.department = department or membership.department
        membership.proven_by = proof
    db.session.flush()
    db.session.expire(person, ["memberships"])
    return membership


def _require_free_number(person: Person, organisation_id: uuid.UUID, number: str) -> None:
    holder = db.session.scalar(
        select(Membership.person_id).where(
            Membership.organisation_id == organisation_id,
            Membership.student_number == number,
            Membership.ended_at.is_(None),
        )
    )
    if holder is not None and holder != person.id:
        raise NumberTaken


@operation
def end_membership(actor: Person, membership: Membership) -> None:
    """End a membership as of now; what it proved in the past stays on record.

    Raises LastOwner.
    """
    if membership.role == Role.OWNER:
        _require_another_owner(membership)
    ended = db.session.execute(
        update(Membership)
        .where(Membership.id == membership.id, Membership.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by_id=actor.id)
    )
    if ended.rowcount:  # type: ignore[attr-defined]
        db.session.refresh(membership)
        audit.record(actor.id, "ended membership", "membership", membership.id)
        publish(events.MembershipEnded(membership.person_id, membership.id))


def _require_another_owner(membership: Membership) -> None:
    """Owners who leave at once wait for each other here. (The database refuses it as well.)"""
    db.session.scalar(
        select(Organisation.id)
        .where(Organisation.id == membership.organisation_id)
        .with_for_update()
    )
    another = db.session.scalar(
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == membership.organisation_id,
            Membership.role == Role.OWNER,
            Membership.ended_at.is_(None),
            Membership.id != membership.id,
            Person.suspended_at.is_(None),
        )
        .limit(1)
    )
    if another is None:
        raise LastOwner


@operation
def recognise(person: Person) -> list[Membership]:
    """Give PERSON the memberships that her verified address proves: by its domain, by rosters."""
    if person.email_verified_at is None:
        return []
    found = []
    domain = db.session.scalar(
        select(OrganisationDomain)
        .join(OrganisationDomain.organisation)
        .where(
            OrganisationDomain.domain == mail_domain(person.email),
            Organisation.standing == Standing.APPROVED,
        )
    )
    if domain is not None:
        found.append(
            add_membership(person, domain.organisation_id, Role(domain.role), Proof.MAIL_DOMAIN)
        )
    entries = db.session.scalars(
        select(RosterEntry)
        .where(RosterEntry.email == person.email, RosterEntry.claimed_at.is_(None))
        .with_for_update()
    ).all()
    for entry in entries:
        try:
            with db.session.begin_nested():
                found.append(claim_entry(person, entry))
        except NumberTaken:
            continue  # somebody proved this number in another way; the office sorts it out
    return found


def claim_entry(person: Person, entry: RosterEntry) -> Membership:
    """Make the person of a roster line a student of its school. Raises NumberTaken."""
    membership = add_membership(
        person,
        entry.organisation_id,
        Role.STUDENT,
        Proof.ROSTER,
        student_number=entry.student_number,
        department=entry.department,
    )
    if membership.student_number != entry.student_number:
        raise NumberTaken(
            _l(
                "You already have another student number at this school. "
                "Ask your department office."
            )
        )
    entry.claimed_at = clock.now()
    entry.claimed_by_id = person.id
    return membership
