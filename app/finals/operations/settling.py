"""Settling: from then on a final grade is what it was then."""

import json
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from app.accounts.models import Person
from app.finals import policies, queries
from app.finals.events import FinalsSettled
from app.finals.models import FinalGrade, FinalSettlement
from app.finals.rules import Grade, digest_of, dump_trace
from app.gradebook import operations as gradebook
from app.gradebook import queries as books
from app.gradebook.operations.locking import hold_section
from app.gradebook.queries import Book, Scope
from app.gradebook.rules import CourseGrade, compute, dump
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.models import Section

__all__ = ["DeadlineNeeded", "GradesChanged", "NobodyToSettle", "NotLookedAt", "settle"]

_KEEP = text("""
    INSERT INTO final_grades (
        id, settlement_id, section_id, person_id, name, student_number, exact, rounded, mark,
        is_passed, is_incomplete, incomplete_until, trace, digest)
    SELECT r.id, :settlement_id, :section_id, r.person_id, r.name, r.student_number, r.exact,
        r.rounded, r.mark, r.is_passed, r.is_incomplete, r.incomplete_until, r.trace, r.digest
    FROM json_to_recordset(CAST(:rows AS json)) AS r(
        id uuid, person_id uuid, name text, student_number text, exact text, rounded numeric,
        mark text, is_passed boolean, is_incomplete boolean, incomplete_until date, trace jsonb,
        digest text)
""")


class NobodyToSettle(Refused):
    message = _l("Everybody in this section has a final grade already.")


class GradesChanged(Refused):
    message = _l("Grades changed since you looked. Look at what would be settled now.")


class NotLookedAt(Refused):
    message = _l("Some points are open. Say that you have looked at them, or deal with them first.")


class DeadlineNeeded(Refused):
    message = _l("Say until when incomplete grades can be completed: a day that is still to come.")


@operation
def settle(
    actor: Person,
    section: Section,
    *,
    seen: str,
    is_looked_at: bool,
    until: date | None = None,
    dates: Mapping[uuid.UUID, date] | None = None,
    note: str = "",
) -> FinalSettlement:
    """Everybody who takes SECTION and has no final grade gets what the gradebook says now.

    SEEN names what ACTOR looked at (``queries.unsettled_of``). Incomplete grades last UNTIL that
    day in Taipei, or the one in DATES. Raises NotVisible, NobodyToSettle, GradesChanged,
    NotLookedAt, DeadlineNeeded.
    """
    if not policies.can_settle(actor, section):
        raise NotVisible(section.code)
    hold_section(section.id)
    book = books.book_of(section)
    gradebook.bring_up_to_date(book)
    checklist = queries.checklist_of(book)
    if not checklist.people:
        raise NobodyToSettle
    name, incompletes = queries.unsettled_of(book)
    if name != seen:
        raise GradesChanged
    if not checklist.is_clear and not is_looked_at:
        raise NotLookedAt
    ends = _ends({row.person_id for row in incompletes}, until, dates or {})
    settlement = FinalSettlement(
        section_id=section.id,
        number=_next_number(section),
        by_id=actor.id,
        note=note.strip()[:1000],
        scheme_number=book.number,
        scheme=dump(book.scheme),
        person_count=checklist.people,
        digest="",
    )
    rows = _rows(book, settlement, ends)
    settlement.digest = digest_of(sorted(row["digest"] for row in rows))
    db.session.add(settlement)
    db.session.flush()
    db.session.execute(
        _KEEP,
        {
            "settlement_id": settlement.id,
            "section_id": section.id,
            "rows": json.dumps(rows, ensure_ascii=False),
        },
    )
    audit.record(
        actor.id, "finals.settled", "section", section.id,
        number=settlement.number, people=len(rows), digest=settlement.digest,
    )  # fmt: skip
    publish(FinalsSettled(settlement.id))
    defer("finals.tasks.tell_of_settlement", settlement_id=str(settlement.id))
    return settlement


def _next_number(section: Section) -> int:
    newest = db.session.scalar(
        select(func.max(FinalSettlement.number)).where(FinalSettlement.section_id == section.id)
    )
    return (newest or 0) + 1


def _ends(
    people: set[Any], until: date | None, dates: Mapping[uuid.UUID, date]
) -> dict[uuid.UUID, date]:
    """The last day of each incomplete grade."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    found: dict[uuid.UUID, date] = {}
    for person_id in people:
        end = dates.get(person_id) or until
        if end is None or end < today:
            raise DeadlineNeeded
        found[person_id] = end
    return found


def _rows(
    book: Book, settlement: FinalSettlement, ends: Mapping[uuid.UUID, date]
) -> list[dict[str, Any]]:
    """Whom there is no final grade of, each with her trace: computed anew, to keep its steps."""
    section = book.section
    settled = set(
        db.session.scalars(select(FinalGrade.person_id).where(FinalGrade.section_id == section.id))
    )
    people = {
        row.person_id: row
        for row in books.people_in(Scope((book,)), books.Asked())
        if row.person_id not in settled
    }
    with_quizzes = any(column.kind == "quiz" for column in book.columns)
    sources = books.sources_of(
        section, None if not settled else list(people), with_quizzes=with_quizzes
    )
    titles = {column.key: column.title for column in book.columns}
    found = []
    for done in books.done_by(book, sources, clock.now()):
        if done.person_id not in people:
            continue
        row = people[done.person_id]
        computed = compute(book.scheme, done.works)
        grade = Grade.of(computed)
        values = {
            "person_id": str(done.person_id),
            "name": row.name,
            "student_number": row.number,
            "exact": _exact(computed),
            **grade.as_json(),
            "incomplete_until": _day(ends[done.person_id]) if grade.is_incomplete else None,
            "trace": dump_trace(computed, titles),
        }
        digest = digest_of(section.code, settlement.scheme, values)
        found.append({"id": str(new_id()), "digest": digest, **values})
    return found


def _exact(grade: CourseGrade) -> str | None:
    value = grade.percent
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _day(value: date) -> str:
    return value.isoformat()
