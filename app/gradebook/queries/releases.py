"""What staff see before they let grades out: what is held, what is ready, who would be told."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from app.gradebook.queries.books import Book, Column
from app.gradebook.rules import WorkState
from app.kernel.database import db
from app.learning import queries as learning
from app.learning.models import GradeRelease
from app.learning.rules.release import Release

__all__ = ["Reader", "ReleaseRow", "release_table", "who_is_told"]

CAME = (WorkState.GRADED, WorkState.WAITING, WorkState.EXCUSED)
"""States of work about which there is something to tell."""

_STATES = text("""
    SELECT cell.key, cell.value->>'s' AS state, count(*)
    FROM student_grades grade
    JOIN enrolments enrolment ON enrolment.section_id = grade.section_id
        AND enrolment.person_id = grade.person_id AND enrolment.withdrawn_at IS NULL
    CROSS JOIN LATERAL jsonb_each(grade.cells) cell
    WHERE grade.section_id = :section_id
    GROUP BY cell.key, state
""")

_READERS = text("""
    SELECT person.id, person.name, count(*) AS items
    FROM student_grades grade
    JOIN enrolments enrolment ON enrolment.section_id = grade.section_id
        AND enrolment.person_id = grade.person_id AND enrolment.withdrawn_at IS NULL
    JOIN people person ON person.id = grade.person_id
    CROSS JOIN LATERAL jsonb_each(grade.cells) cell
    WHERE grade.section_id = :section_id AND cell.key = ANY(:keys)
        AND cell.value->>'s' = ANY(:states)
        AND (CAST(:after AS uuid) IS NULL OR person.id > CAST(:after AS uuid))
    GROUP BY person.id, person.name
    ORDER BY person.id
    LIMIT :most
""")


@dataclass(frozen=True)
class ReleaseRow:
    """One item of a section with how its grades stand."""

    column: Column
    said: GradeRelease | None
    counts: dict[str, int] = field(default_factory=dict)
    """How many students are in each state."""

    @property
    def release(self) -> Release | None:
        return self.said.release if self.said is not None else None

    @property
    def graded(self) -> int:
        return self.counts.get(WorkState.GRADED.value, 0)

    @property
    def waiting(self) -> int:
        """Works that came and still wait for points."""
        return self.counts.get(WorkState.WAITING.value, 0)

    @property
    def missing(self) -> int:
        return self.counts.get(WorkState.MISSING.value, 0)


@dataclass(frozen=True)
class Reader:
    """A student who would be told, and of how many items."""

    person_id: uuid.UUID
    name: str
    items: int


def release_table(book: Book) -> list[ReleaseRow]:
    """Every graded item of BOOK's section, as kept grades say it, in two statements."""
    said = learning.release_rows(book.section.id)
    counts: dict[str, dict[str, int]] = {}
    for key, state, count in db.session.execute(_STATES, {"section_id": book.section.id}):
        counts.setdefault(key, {})[state] = count
    return [ReleaseRow(c, said.get(c.key), counts.get(c.key, {})) for c in book.columns]


def who_is_told(
    section_id: uuid.UUID,
    keys: Collection[str],
    *,
    after: uuid.UUID | None = None,
    most: int = 10_000,
) -> Sequence[Reader]:
    """Students of a section with work in KEYS that came, in a lasting order, behind AFTER."""
    rows = db.session.execute(
        _READERS,
        {
            "section_id": section_id,
            "keys": list(keys),
            "states": [state.value for state in CAME],
            "after": str(after) if after else None,
            "most": most,
        },
    )
    return [Reader(*row) for row in rows]
