"""Corrections for those who decide about them."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import defer, joinedload

from app.accounts.models import Person
from app.accounts.rules import Role
from app.finals import policies
from app.finals.models import FinalCorrection, FinalGrade
from app.finals.rules import State, Way
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.learning.models import Offering, Section, SectionStaff
from app.learning.queries.sections import SECTION_PARTS, STAFF_PARTS
from app.learning.rules import StaffRole

__all__ = ["correction_for", "corrections_for", "may_decide_somewhere", "waiting_count"]

_PARTS = (
    joinedload(FinalCorrection.final).options(defer(FinalGrade.trace)),
    joinedload(FinalCorrection.proposed_by),
    joinedload(FinalCorrection.decided_by),
    joinedload(FinalCorrection.section).options(*SECTION_PARTS, *STAFF_PARTS),
)


def may_decide_somewhere(person: Person) -> bool:
    return person.has_role(Role.INSTRUCTOR, Role.DEPARTMENT_OFFICE)


def _hers(person: Person) -> ColumnElement[bool]:
    """Corrections of sections in which PERSON could decide, or that she proposed."""
    teaches = select(SectionStaff.section_id).where(
        SectionStaff.person_id == person.id,
        SectionStaff.ended_at.is_(None),
        SectionStaff.role == StaffRole.INSTRUCTOR,
    )
    owned = (
        select(Section.id)
        .join(Offering, Offering.id == Section.offering_id)
        .where(
            Offering.created_by_id == person.id,
            Offering.school_id.in_(person.organisations_as(Role.INSTRUCTOR)),
        )
    )
    office = select(Section.id).where(
        Section.school_id.in_(person.organisations_as(Role.DEPARTMENT_OFFICE))
    )
    return or_(
        FinalCorrection.section_id.in_(teaches),
        FinalCorrection.section_id.in_(owned),
        FinalCorrection.section_id.in_(office),
    )


def corrections_for(person: Person, *, state: str, page: int) -> Listed[FinalCorrection]:
    """Corrections that PERSON proposed or may decide; STATE ``proposed`` or empty for all."""
    statement: Select[Any] = (
        select(FinalCorrection)
        .where(_hers(person), FinalCorrection.way == Way.CORRECTION)
        .order_by(FinalCorrection.proposed_at.desc(), FinalCorrection.id)
        .options(*_PARTS)
    )
    if state in set(State):
        statement = statement.where(FinalCorrection.state == State(state))
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).all(), total, page)


def waiting_count(person: Person) -> int:
    """How many corrections wait for a decision that PERSON may make, in one statement."""
    if not may_decide_somewhere(person):
        return 0
    return (
        db.session.scalar(
            select(func.count())
            .select_from(FinalCorrection)
            .join(FinalGrade, FinalGrade.id == FinalCorrection.final_id)
            .where(
                FinalCorrection.state == State.PROPOSED,
                FinalCorrection.proposed_by_id != person.id,
                FinalGrade.person_id != person.id,
                _hers(person),
            )
        )
        or 0
    )


def correction_for(person: Person, correction_id: uuid.UUID) -> FinalCorrection:
    """A correction for who proposed it or may decide about it. Raises NotVisible."""
    found = db.session.scalar(
        select(FinalCorrection).where(FinalCorrection.id == correction_id).options(*_PARTS)
    )
    if found is None or not (
        policies.can_decide(person, found)
        or (found.proposed_by_id == person.id and policies.can_see_finals(person, found.section))
    ):
        raise NotVisible(str(correction_id))
    return found
