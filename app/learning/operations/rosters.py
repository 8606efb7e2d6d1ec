"""Loading a roster into a section: what would happen, and then doing it."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from app.accounts import operations as accounts
from app.accounts.models import Invitation, Membership, Person
from app.accounts.rules import Role
from app.accounts.rules.rosters import RosterLine
from app.kernel import audit, clock
from app.kernel.config import Config
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.transaction import operation
from app.learning import queries
from app.learning.events import PlaceGiven
from app.learning.models import Enrolment, PlaceRequest, RosterInvitation, Section
from app.learning.operations.enrolment import (
    EnrolmentClosed,
    free_places,
    live_request,
    lock,
    place_or_line,
)
from app.learning.rules import LIVE_REQUESTS, EnrolledVia
from app.learning.rules.rosters import Fate, Fated, Known, fates


def preview_section_roster(section: Section, lines: Sequence[RosterLine]) -> list[Fated]:
    """What ``load_section_roster`` would do with each line; nothing is written."""
    return fates(lines, _known(section, lines)[0], free_places(section))


def load_section_roster(
    config: Config, actor: Person, section: Section, lines: Sequence[RosterLine]
) -> tuple[list[Fated], int]:
    """Enrol who is here and invite who is not; the caller has checked that ACTOR may.

    Returns what became of each line, and how many invitations could not be sent (loading the
    same file later sends them). Loading it twice changes nothing. Raises EnrolmentClosed when
    the section is closed.
    """
    done = _load(actor, section, lines)
    unsent = 0
    for row in done:
        if row.fate is Fate.INVITE:
            try:
                accounts.invite(
                    config, actor, section.school, email=row.line.email, role=Role.STUDENT
                )
            except Refused:
                unsent += 1
    return done, unsent


@operation
def _load(actor: Person, section: Section, lines: Sequence[RosterLine]) -> list[Fated]:
    locked = lock(section)
    if locked.closed_at is not None:
        raise EnrolmentClosed
    known, people = _known(locked, lines)
    done = fates(lines, known, free_places(locked))
    for row in done:
        if row.fate is Fate.INVITE:
            _expect(actor, locked, row.line)
        elif row.fate in (Fate.ENROL, Fate.GUEST, Fate.WAIT):
            got = place_or_line(people[row.line.email.lower()], locked, EnrolledVia.ROSTER)
            if isinstance(got, Enrolment):
                publish(PlaceGiven(got.id))
    audit.record(actor.id, "section.roster_loaded", "section", locked.id, lines=len(lines))
    return done


def _expect(actor: Person, section: Section, line: RosterLine) -> None:
    db.session.execute(
        insert(RosterInvitation)
        .values(
            id=new_id(),
            section_id=section.id,
            email=line.email,
            name=line.name,
            student_number=line.student_number,
            invited_by_id=actor.id,
            invited_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )


def _known(
    section: Section, lines: Sequence[RosterLine]
) -> tuple[Mapping[str, Known], dict[str, Person]]:
    """Who of the roster is here, by lower-case address, in a constant number of statements."""
    people = {
        person.email.lower(): person
        for person in db.session.scalars(
            select(Person)
            .where(
                Person.email.in_([line.email for line in lines]),
                Person.email_verified_at.is_not(None),
            )
            .options(selectinload(Person.memberships))
        )
    }
    ids = [person.id for person in people.values()]
    inside = _ids(
        select(Enrolment.person_id).where(
            Enrolment.section_id == section.id,
            Enrolment.person_id.in_(ids),
            Enrolment.withdrawn_at.is_(None),
        )
    ) | _ids(
        select(PlaceRequest.person_id).where(
            PlaceRequest.section_id == section.id,
            PlaceRequest.person_id.in_(ids),
            PlaceRequest.state.in_(LIVE_REQUESTS),
        )
    )
    staff = {place.person_id for place in section.staff if place.ended_at is None}
    known = {
        email: Known(
            is_student_here=section.school_id in person.organisations_as(Role.STUDENT),
            is_student_elsewhere=bool(person.organisations_as(Role.STUDENT)),
            is_in=person.id in inside,
            teaches=person.id in staff,
            is_suspended=person.suspended_at is not None,
        )
        for email, person in people.items()
    }
    return known, people


def _ids(statement: object) -> set[uuid.UUID]:
    return set(db.session.scalars(statement))  # type: ignore[call-overload]


@operation
def let_in_who_was_expected(membership: Membership) -> None:
    """MEMBERSHIP has begun: if sections expect her by their rosters, she comes in, or waits."""
    if membership.role is not Role.STUDENT:
        return
    person = membership.person
    letters = select(Invitation.email).where(Invitation.accepted_by_id == person.id)
    expected = db.session.scalars(
        select(RosterInvitation)
        .join(Section, Section.id == RosterInvitation.section_id)
        .where(
            RosterInvitation.came_at.is_(None),
            Section.school_id == membership.organisation_id,
            (RosterInvitation.email == person.email) | RosterInvitation.email.in_(letters),
        )
        .order_by(RosterInvitation.invited_at)
    ).all()
    for row in expected:
        section = lock(row.section)
        row.came_at = clock.now()
        if (
            section.closed_at is None
            and queries.enrolment_of(person, section) is None
            and live_request(person, section) is None
        ):
            got = place_or_line(person, section, EnrolledVia.ROSTER)
            if isinstance(got, Enrolment):
                publish(PlaceGiven(got.id))
