"""Who may need attention in a section, and what was done about it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from app.accounts.models import Membership, Person
from app.gradebook import queries as gradebook
from app.gradebook.queries import Book
from app.insights.models import RiskFinding, RiskSettings, RiskStep
from app.insights.rules.risk import DEFAULT, Reason, Thresholds
from app.kernel import clock
from app.kernel.database import db
from app.kernel.paging import Listed, one_page
from app.learning import queries as learning
from app.learning.models import Enrolment, Offering, Section, SectionStaff

__all__ = [
    "STATES", "Attention", "attention_counts", "attention_of", "book_to_look_at", "finding_of",
    "open_counts", "reasons_of", "sections_to_look_at", "steps_of", "thresholds_of",
]  # fmt: skip

STATES = ("open", "put_off", "settled")


@dataclass(frozen=True)
class Attention:
    """One student of the list."""

    finding: RiskFinding
    last_step: RiskStep | None

    @property
    def person(self) -> Person:
        return self.finding.person

    @property
    def reasons(self) -> list[Reason]:
        return reasons_of(self.finding)

    @property
    def state(self) -> str:
        return state_of(self.finding)


def state_of(finding: RiskFinding) -> str:
    """One of STATES, now."""
    if finding.settled_at is not None:
        return "settled"
    until = finding.snoozed_until
    return "put_off" if until is not None and until > clock.now() else "open"


def reasons_of(finding: RiskFinding) -> list[Reason]:
    return [Reason.from_json(row) for row in finding.reasons]


def thresholds_of(section_id: uuid.UUID) -> Thresholds:
    """What the section's instructor set, or the default."""
    row = db.session.scalar(select(RiskSettings).where(RiskSettings.section_id == section_id))
    if row is None:
        return DEFAULT
    return Thresholds(row.missing, row.falling, row.stuck, row.absent_days, row.below_pass)


def _in_state(state: str) -> ColumnElement[bool]:
    finding = RiskFinding
    put_off = func.coalesce(finding.snoozed_until > clock.now(), False)
    if state == "settled":
        return finding.settled_at.is_not(None)
    return and_(finding.settled_at.is_(None), put_off if state == "put_off" else ~put_off)


def attention_of(section: Section, state: str, page: int | None) -> Listed[Attention]:
    """Who may need attention in SECTION, most reasons first; PAGE None: everybody."""
    statement = (
        select(RiskFinding)
        .join(Person, Person.id == RiskFinding.person_id)
        .where(RiskFinding.section_id == section.id, _in_state(state))
        .options(
            contains_eager(RiskFinding.person)
            .selectinload(Person.memberships)
            .load_only(Membership.organisation_id, Membership.student_number, Membership.ended_at)
        )
        .order_by(func.jsonb_array_length(RiskFinding.reasons).desc(), Person.name, Person.id)
    )
    statement, total, number = one_page(statement, page)
    findings = db.session.scalars(statement).all()
    steps = _last_steps(section, [row.person_id for row in findings])
    rows = [Attention(row, steps.get(row.person_id)) for row in findings]
    return Listed(rows, total, number)


def _last_steps(section: Section, people: Sequence[uuid.UUID]) -> dict[uuid.UUID, RiskStep]:
    newer = aliased(RiskStep)
    rows = db.session.scalars(
        select(RiskStep)
        .where(
            RiskStep.section_id == section.id,
            RiskStep.person_id.in_(people),
            ~exists().where(
                newer.section_id == RiskStep.section_id,
                newer.person_id == RiskStep.person_id,
                or_(newer.at > RiskStep.at, and_(newer.at == RiskStep.at, newer.id > RiskStep.id)),
            ),
        )
        .options(joinedload(RiskStep.by))
    )
    return {row.person_id: row for row in rows}


def attention_counts(section: Section) -> dict[str, int]:
    """How many by state, in one statement."""
    row = db.session.execute(
        select(*(func.count().filter(_in_state(state)).label(state) for state in STATES)).where(
            RiskFinding.section_id == section.id
        )
    ).one()
    return dict(row._mapping)


def open_counts(section_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many open ones there are in each of these sections that has some."""
    if not section_ids:
        return {}
    rows = db.session.execute(
        select(RiskFinding.section_id, func.count())
        .where(RiskFinding.section_id.in_(section_ids), _in_state("open"))
        .group_by(RiskFinding.section_id)
    )
    return {section_id: count for section_id, count in rows}


def finding_of(section: Section, person_id: uuid.UUID) -> tuple[Enrolment, Attention | None]:
    """A student of SECTION, and what the rules say of her. Raises NotVisible."""
    enrolment = learning.student_in(section, person_id)
    finding = db.session.scalar(
        select(RiskFinding)
        .where(RiskFinding.section_id == section.id, RiskFinding.person_id == person_id)
        .options(joinedload(RiskFinding.person))
    )
    return enrolment, Attention(finding, None) if finding is not None else None


def steps_of(section: Section, person_id: uuid.UUID) -> Sequence[RiskStep]:
    """Everything that was done about her here, the newest first."""
    return db.session.scalars(
        select(RiskStep)
        .where(RiskStep.section_id == section.id, RiskStep.person_id == person_id)
        .order_by(RiskStep.at.desc(), RiskStep.id.desc())
        .options(joinedload(RiskStep.by), joinedload(RiskStep.extension))
    ).all()


def sections_to_look_at(now: datetime) -> Sequence[uuid.UUID]:
    """Sections that somebody takes and somebody teaches, within their semester."""
    today = now.astimezone(clock.TAIPEI).date()
    staffed: Any = exists().where(
        SectionStaff.section_id == Section.id, SectionStaff.ended_at.is_(None)
    )
    taken: Any = exists().where(
        Enrolment.section_id == Section.id, Enrolment.withdrawn_at.is_(None)
    )
    return db.session.scalars(
        select(Section.id)
        .join(Offering, Offering.id == Section.offering_id)
        .where(
            Section.closed_at.is_(None),
            Offering.starts_on <= today,
            Offering.ends_on >= today,
            staffed,
            taken,
        )
        .order_by(Section.id)
    ).all()


def book_to_look_at(section_id: uuid.UUID) -> Book:
    """The book of a section, for the job that looks at all."""
    return gradebook.book_of(
        db.session.scalars(
            select(Section)
            .where(Section.id == section_id)
            .options(joinedload(Section.offering), selectinload(Section.staff))
        ).one()
    )
