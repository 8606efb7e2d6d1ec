"""Who is told of final grades. These run as jobs: the same news is told once to each person."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts.models import Membership, Person
from app.accounts.rules import Role
from app.finals import policies, queries
from app.finals.models import FinalCorrection, FinalGrade, FinalSettlement
from app.finals.rules import State, Way, grade_words
from app.kernel import clock
from app.kernel.database import db
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.models import Section
from app.notifications import rules
from app.notifications.operations import tell
from app.notifications.rules import Delivery, Kind, Note

__all__ = ["tell_of_correction", "tell_of_deadlines", "tell_of_settlement"]

MINE = rules.register(Kind("finals.mine", _l("My final grades"), Delivery.NOW))
DECIDE = rules.register(Kind("finals.corrections", _l("Corrections of final grades"), Delivery.NOW))
CHUNK = 200
"""How many people are told in one transaction."""
SOON = timedelta(days=7)
"""So long before its end an incomplete grade is spoken of."""


@operation
def tell_of_settlement(settlement_id: uuid.UUID, after: uuid.UUID | None = None) -> None:
    """Tell students that their final grades stand, some at a time."""
    settlement = db.session.get_one(FinalSettlement, settlement_id)
    statement = (
        select(FinalGrade)
        .where(FinalGrade.settlement_id == settlement_id)
        .order_by(FinalGrade.id)
        .limit(CHUNK)
    )
    if after is not None:
        statement = statement.where(FinalGrade.id > after)
    rows = db.session.scalars(statement).all()
    course = settlement.section.offering.course_version.title
    for final in rows:

        def compose(final: FinalGrade = final) -> Note:
            if final.is_incomplete:
                text = _("It is incomplete until %(day)s.", day=final.incomplete_until)
            else:
                text = _("It is %(grade)s.", grade=grade_words(final.grade))
            return Note(_("Your final grade stands: %(course)s", course=course), text)

        tell(final.person, MINE, compose, _mine(settlement.section), key=f"final:{final.id}")
    if len(rows) == CHUNK:
        defer(
            "finals.tasks.tell_of_settlement",
            settlement_id=str(settlement_id),
            after=str(rows[-1].id),
        )


@operation
def tell_of_correction(correction_id: uuid.UUID, state: str) -> None:
    """Tell those whom a correction concerns in this STATE, when it is still in it."""
    found = db.session.get_one(FinalCorrection, correction_id)
    if found.state.value != state:
        return
    if found.state is State.PROPOSED:
        _tell_who_decides(found)
    elif found.state in (State.APPROVED, State.REFUSED):
        if found.way is Way.CORRECTION:
            _tell_who_proposed(found)
        if found.state is State.APPROVED:
            _tell_student(found)


def _tell_who_decides(found: FinalCorrection) -> None:
    section = found.section

    def compose() -> Note:
        return Note(
            _("A correction of a final grade waits: %(name)s", name=found.final.name),
            _from_to(found),
        )

    staff = [row.person_id for row in section.staff if row.ended_at is None]
    candidates = {*staff, section.offering.created_by_id, *_office(section)}
    for person in _people(one for one in candidates if one is not None):
        if policies.can_decide(person, found):
            tell(
                person, DECIDE, compose, f"/finals/corrections/{found.id}", key=f"decide:{found.id}"
            )


def _office(section: Section) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.organisation_id == section.school_id,
                Membership.role == Role.DEPARTMENT_OFFICE,
                Membership.ended_at.is_(None),
            )
        )
    )


def _tell_who_proposed(found: FinalCorrection) -> None:
    def compose() -> Note:
        subject = (
            _("Approved: the correction for %(name)s", name=found.final.name)
            if found.state is State.APPROVED
            else _("Refused: the correction for %(name)s", name=found.final.name)
        )
        return Note(subject, found.words)

    key = f"decided:{found.id}"
    tell(found.proposed_by, DECIDE, compose, f"/finals/corrections/{found.id}", key=key)


def _tell_student(found: FinalCorrection) -> None:
    course = found.section.offering.course_version.title

    def compose() -> Note:
        return Note(_("Your final grade has changed: %(course)s", course=course), _from_to(found))

    tell(found.final.person, MINE, compose, _mine(found.section), key=f"corrected:{found.id}")


def _from_to(found: FinalCorrection) -> str:
    return _(
        "Corrected from %(before)s to %(after)s: %(reason)s",
        before=grade_words(found.was),
        after=grade_words(found.will),
        reason=found.reason,
    )


@operation
def tell_of_deadlines() -> None:
    """Tell instructors, and the student, of incomplete grades that end soon or have ended."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    for standing in queries.overdue(today + SOON):
        final = standing.final
        end, section = final.incomplete_until, final.section
        over = standing.is_overdue

        def compose(name: str = final.name, over: bool = over, end: object = end) -> Note:
            if over:
                return Note(
                    _("An incomplete grade is overdue: %(name)s", name=name),
                    _("It was to be completed by %(day)s.", day=end),
                )
            return Note(
                _("An incomplete grade ends soon: %(name)s", name=name),
                _("It can be completed until %(day)s.", day=end),
            )

        key = f"incomplete:{final.id}:{'over' if over else 'soon'}"
        staff = [row.person_id for row in section.staff if row.ended_at is None]
        for person in _people(staff):
            if policies.can_settle(person, section):
                path = f"/teaching/{section.code}/finals/students/{final.person_id}"
                tell(person, DECIDE, compose, path, key=key)
        tell(final.person, MINE, compose, _mine(section), key=key)


def _people(ids: Iterable[uuid.UUID]) -> list[Person]:
    return list(
        db.session.scalars(
            select(Person)
            .where(Person.id.in_(list(ids)))
            .order_by(Person.id)
            .options(selectinload(Person.memberships))
        )
    )


def _mine(section: Section) -> str:
    return f"/learn/{section.code}/grades"
