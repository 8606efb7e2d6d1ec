"""What final grades are now: as they were settled, or what took their place since."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import defer, joinedload

from app.accounts.models import Person
from app.finals.models import FinalCorrection, FinalGrade
from app.finals.rules import Grade, KeptTrace, State, parse_trace
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Section

__all__ = [
    "Standing",
    "finals_of",
    "my_final",
    "overdue",
    "standing_of",
    "standings_of",
    "student_for",
]


@dataclass(frozen=True)
class Standing:
    """A final grade with everything that was proposed about it, oldest first."""

    final: FinalGrade
    corrections: tuple[FinalCorrection, ...]

    @property
    def approved(self) -> tuple[FinalCorrection, ...]:
        return tuple(row for row in self.corrections if row.state is State.APPROVED)

    @property
    def grade(self) -> Grade:
        """What holds."""
        return self.approved[-1].will if self.approved else self.final.grade

    @property
    def digest(self) -> str:
        return self.approved[-1].digest if self.approved else self.final.digest

    @property
    def on(self) -> date:
        """The day in Taipei on which it became what it is."""
        at = self.approved[-1].decided_at if self.approved else None
        return (at or self.final.settlement.at).astimezone(clock.TAIPEI).date()

    @property
    def open(self) -> FinalCorrection | None:
        """The correction that waits for a decision."""
        return next((row for row in self.corrections if row.state is State.PROPOSED), None)

    @property
    def incomplete_until(self) -> date | None:
        """The last day to complete it; None when it is complete."""
        return self.final.incomplete_until if self.grade.is_incomplete else None

    @property
    def is_overdue(self) -> bool:
        end = self.incomplete_until
        return end is not None and end < clock.now().astimezone(clock.TAIPEI).date()

    @property
    def trace(self) -> KeptTrace:
        return parse_trace(self.final.trace)


def standings_of(
    section: Section, people: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, Standing]:
    """Final grades of SECTION by person, in two statements; traces are read only when asked for."""
    finals: Select[FinalGrade] = (
        select(FinalGrade)
        .where(FinalGrade.section_id == section.id)
        .options(defer(FinalGrade.trace), joinedload(FinalGrade.settlement))
        .order_by(FinalGrade.student_number, FinalGrade.name, FinalGrade.id)
    )
    if people is not None:
        finals = finals.where(FinalGrade.person_id.in_(list(people)))
    rows = db.session.scalars(finals).all()
    by_final = _corrections([row.id for row in rows])
    return {row.person_id: Standing(row, tuple(by_final.get(row.id, ()))) for row in rows}


def _corrections(finals: Collection[uuid.UUID]) -> dict[uuid.UUID, list[FinalCorrection]]:
    found: dict[uuid.UUID, list[FinalCorrection]] = {}
    if not finals:
        return found
    for row in db.session.scalars(
        select(FinalCorrection)
        .where(FinalCorrection.final_id.in_(list(finals)))
        .order_by(FinalCorrection.final_id, FinalCorrection.number)
        .options(joinedload(FinalCorrection.proposed_by), joinedload(FinalCorrection.decided_by))
    ):
        found.setdefault(row.final_id, []).append(row)
    return found


def standing_of(final: FinalGrade) -> Standing:
    return Standing(final, tuple(_corrections([final.id]).get(final.id, ())))


def student_for(section: Section, person_id: uuid.UUID) -> Standing:
    """The final grade of PERSON_ID in SECTION, which the reader may see. Raises NotVisible."""
    final = db.session.scalar(
        select(FinalGrade)
        .where(FinalGrade.section_id == section.id, FinalGrade.person_id == person_id)
        .options(joinedload(FinalGrade.settlement))
    )
    if final is None:
        raise NotVisible(str(person_id))
    return standing_of(final)


def finals_of(person_id: uuid.UUID) -> dict[uuid.UUID, Standing]:
    """Every final grade of somebody, by section, in two statements."""
    rows = db.session.scalars(
        select(FinalGrade)
        .where(FinalGrade.person_id == person_id)
        .options(defer(FinalGrade.trace), joinedload(FinalGrade.settlement))
    ).all()
    by_final = _corrections([row.id for row in rows])
    return {row.section_id: Standing(row, tuple(by_final.get(row.id, ()))) for row in rows}


def my_final(person: Person, section: Section) -> Standing | None:
    """PERSON's own final grade in SECTION; None before it is settled."""
    try:
        return student_for(section, person.id)
    except NotVisible:
        return None


def overdue(until: date) -> list[Standing]:
    """Incomplete grades whose last day is UNTIL or before, and that nobody completed."""
    completed = exists().where(
        FinalCorrection.final_id == FinalGrade.id, FinalCorrection.state == State.APPROVED
    )
    rows = db.session.scalars(
        select(FinalGrade)
        .where(FinalGrade.incomplete_until <= until, ~completed)
        .options(defer(FinalGrade.trace), joinedload(FinalGrade.section))
        .order_by(FinalGrade.id)
    ).all()
    return [Standing(row, ()) for row in rows]
