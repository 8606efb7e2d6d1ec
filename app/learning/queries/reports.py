"""Who enrolled, completed, withdrew and earned credit, by school and department."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session as OrmSession

from app.accounts.models import Membership, Organisation, Person
from app.accounts.policies import is_officer, is_operator
from app.accounts.rules import Role
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning.models import Enrolment, Offering, RecognitionRequest, Section
from app.learning.rules import RecognitionState

__all__ = ["ReportRow", "report", "schools_to_report", "terms_with_offerings"]


@dataclass(frozen=True)
class ReportRow:
    """Counts of students of one department in the sections of one school; who took two sections
    counts twice. ``withdrawn`` have left and not come back."""

    school: LocalizedText
    department: str
    enrolled: int
    completed: int
    withdrawn: int
    credits: int
    """Earned by completing."""
    recognised: int
    """Credits that this school recognised of other schools' courses."""


def schools_to_report(person: Person) -> Sequence[Organisation]:
    """The schools whose figures PERSON may see: all for officers, her own for an office."""
    statement = select(Organisation).where(Organisation.kind == "school")
    if not (is_officer(person) or is_operator(person)):
        offices = person.organisations_as(Role.DEPARTMENT_OFFICE)
        statement = statement.where(Organisation.id.in_(offices))
    return db.session.scalars(statement.order_by(Organisation.slug)).all()


def terms_with_offerings() -> list[tuple[int, int]]:
    """(academic year, semester) of every offering, newest first."""
    rows = db.session.execute(
        select(Offering.academic_year, Offering.semester)
        .distinct()
        .order_by(Offering.academic_year.desc(), Offering.semester.desc())
    )
    return [(year, semester) for year, semester in rows]


def report(
    school_ids: Collection[uuid.UUID], *, term: tuple[int, int] | None = None
) -> list[ReportRow]:
    """One row per school and department, in three statements, whatever their number."""
    session: OrmSession = db.session()
    once = (
        select(
            Section.school_id,
            Enrolment.person_id,
            Section.id.label("section_id"),
            func.bool_or(Enrolment.withdrawn_at.is_(None)).label("is_in"),
            func.bool_or(
                Enrolment.completed_at.is_not(None) & Enrolment.withdrawn_at.is_(None)
            ).label("is_complete"),
            func.max(Offering.credits).label("credits"),
        )
        .join(Section, Section.id == Enrolment.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .where(Section.school_id.in_(school_ids), *_of(term))
        .group_by(Section.school_id, Enrolment.person_id, Section.id)
        .subquery()
    )
    home = _departments()
    found: dict[tuple[uuid.UUID, str], dict[str, int]] = {}
    for row in session.execute(
        select(
            once.c.school_id,
            func.coalesce(home.c.department, "").label("department"),
            func.count().label("enrolled"),
            func.count().filter(once.c.is_complete).label("completed"),
            func.count().filter(~once.c.is_in).label("withdrawn"),
            func.coalesce(func.sum(once.c.credits).filter(once.c.is_complete), 0).label("credits"),
        )
        .outerjoin(
            home,
            (home.c.person_id == once.c.person_id) & (home.c.organisation_id == once.c.school_id),
        )
        .group_by("school_id", "department")
    ).mappings():
        counts = dict(row)
        key = (counts.pop("school_id"), counts.pop("department"))
        found[key] = {**counts, "recognised": 0}
    for school_id, department, recognised in session.execute(
        select(
            RecognitionRequest.school_id,
            func.coalesce(home.c.department, "").label("department"),
            func.sum(RecognitionRequest.credits),
        )
        .join(Enrolment, Enrolment.id == RecognitionRequest.enrolment_id)
        .join(Section, Section.id == Enrolment.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .outerjoin(
            home,
            (home.c.person_id == RecognitionRequest.person_id)
            & (home.c.organisation_id == RecognitionRequest.school_id),
        )
        .where(
            RecognitionRequest.school_id.in_(school_ids),
            RecognitionRequest.state == RecognitionState.RECOGNISED,
            *_of(term),
        )
        .group_by(RecognitionRequest.school_id, "department")
    ):
        empty = {"enrolled": 0, "completed": 0, "withdrawn": 0, "credits": 0}
        found.setdefault((school_id, department), {**empty})["recognised"] = recognised
    names = {
        school_id: name
        for school_id, name in session.execute(
            select(Organisation.id, Organisation.name).where(Organisation.id.in_(school_ids))
        )
    }
    return [
        ReportRow(names[school_id], department, **counts)
        for (school_id, department), counts in sorted(
            found.items(), key=lambda pair: (str(names[pair[0][0]]), pair[0][1])
        )
    ]


def _of(term: tuple[int, int] | None) -> list[ColumnElement[bool]]:
    if term is None:
        return []
    return [Offering.academic_year == term[0], Offering.semester == term[1]]


def _departments() -> Subquery:
    """Each student's department at each school: of the membership that lasts, else the last."""
    return (
        select(Membership.person_id, Membership.organisation_id, Membership.department)
        .where(Membership.role == Role.STUDENT)
        .ext(distinct_on(Membership.person_id, Membership.organisation_id))
        .order_by(
            Membership.person_id,
            Membership.organisation_id,
            Membership.ended_at.desc().nulls_first(),
        )
        .subquery()
    )
