"""A student's running grades for the copy of her data: as her own page shows them."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from app.gradebook.queries.books import book_of
from app.gradebook.queries.students import Trace, trace_for_herself
from app.kernel.database import db
from app.kernel.personal import Who
from app.learning.models import Enrolment

__all__ = ["running_grades"]


def running_grades(who: Who) -> Iterator[dict[str, Any]]:
    """One row for each section that she takes; what is held from students counts in nothing."""
    enrolments = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == who.id, Enrolment.withdrawn_at.is_(None))
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    ).all()
    for enrolment in enrolments:
        yield _row(trace_for_herself(book_of(enrolment.section), enrolment))


def _row(trace: Trace) -> dict[str, Any]:
    grade = trace.grade
    return {
        "section": trace.section.code,
        "percent": _number(grade.percent),
        "rounded": None if grade.rounded is None else float(grade.rounded),
        "is_passed": grade.is_passed,
        "is_incomplete": grade.is_incomplete,
        "items": [
            {
                "item": key,
                "points": _number(item.points),
                "most": float(item.item.points),
                "is_dropped": item.is_dropped,
            }
            for key, item in trace.by_key.items()
        ],
        "held": sorted(trace.held),
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 3)
