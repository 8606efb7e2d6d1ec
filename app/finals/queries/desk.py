"""A section's final grades for its staff and its school's office: what is open, what would be
settled, what was, and where the gradebook says something else by now."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.finals import policies
from app.finals.models import FinalGrade, FinalSettlement
from app.finals.queries.standing import Standing, standings_of
from app.finals.rules import Grade
from app.gradebook import queries as gradebook
from app.gradebook.models import StudentGrade
from app.gradebook.queries import Asked, Book, GridRow, Scope
from app.gradebook.rules.fitting import uncounted
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.kernel.paging import Listed, page_within
from app.learning import queries as learning
from app.learning.models import Enrolment, Section
from app.learning.queries.releases import held_items

__all__ = [
    "Checklist", "Desk", "Row", "Unsettled", "checklist_of", "desk_for", "desk_rows",
    "settlements_of", "unsettled_of",
]  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """A section as somebody sees it who may see its final grades."""

    book: Book
    may_settle: bool
    may_export: bool

    @property
    def section(self) -> Section:
        return self.book.section


@dataclass(frozen=True)
class Checklist:
    """What is open before settling: numbers of students, and titles of works."""

    people: int
    """Who takes the section and has no final grade yet."""
    waiting: int
    missing: int
    incomplete: int
    """Who would be settled as incomplete."""
    held: tuple[LocalizedText | str, ...]
    uncounted: tuple[str, ...]
    has_scheme: bool

    @property
    def is_clear(self) -> bool:
        """Whether nothing has to be looked at first."""
        return self.has_scheme and not (
            self.waiting or self.missing or self.incomplete or self.held or self.uncounted
        )


@dataclass(frozen=True)
class Unsettled:
    """A student who would be settled as incomplete."""

    person_id: object
    name: str
    number: str


@dataclass(frozen=True)
class Row:
    """A student: what the gradebook computes now, and her final grade when there is one."""

    computed: GridRow
    standing: Standing | None

    @property
    def now(self) -> Grade:
        return _grade(self.computed)

    @property
    def differs(self) -> bool:
        """Whether the gradebook says something else than what was settled."""
        return self.standing is not None and not self.standing.grade.is_same(self.now)


def _grade(row: GridRow) -> Grade:
    if row.is_incomplete or row.rounded is None:
        return Grade(None, None, None, True)
    return Grade(row.rounded, row.mark, row.is_passed, False)


def desk_for(person: Person, code: str) -> Desk:
    """The section CODE for who may see its final grades. Raises NotVisible."""
    section = learning.section_by_code(code)
    if section is None or not policies.can_see_finals(person, section):
        raise NotVisible(code)
    return Desk(
        gradebook.book_of(section),
        policies.can_settle(person, section),
        policies.can_export(person, section),
    )


def _open(section: Section) -> Select[StudentGrade]:
    """Kept grades of those who take SECTION and have no final grade."""
    settled = exists().where(
        FinalGrade.section_id == Enrolment.section_id, FinalGrade.person_id == Enrolment.person_id
    )
    return (
        select(StudentGrade)
        .join(
            Enrolment,
            and_(
                Enrolment.section_id == StudentGrade.section_id,
                Enrolment.person_id == StudentGrade.person_id,
            ),
        )
        .where(Enrolment.section_id == section.id, Enrolment.withdrawn_at.is_(None), ~settled)
    )


INCOMPLETE = or_(StudentGrade.is_incomplete, StudentGrade.rounded.is_(None))


def checklist_of(book: Book) -> Checklist:
    """What is open in BOOK, which is up to date, in two statements."""
    kept = StudentGrade
    counts = db.session.execute(
        _open(book.section).with_only_columns(
            func.count(),
            func.count().filter(kept.waiting_count > 0),
            func.count().filter(kept.missing_count > 0),
            func.count().filter(INCOMPLETE),
        )
    ).one()
    held = held_items(book.section.id)
    return Checklist(
        *counts,
        held=tuple(c.title for c in book.columns if c.is_held or c.key in held),
        uncounted=tuple(row.title for row in uncounted(book.scheme, book.gradables)),
        has_scheme=book.version is not None,
    )


def unsettled_of(book: Book) -> tuple[str, list[Unsettled]]:
    """The name of exactly what would be settled now, and who of it is incomplete, by name."""
    kept = StudentGrade
    rows = db.session.execute(
        _open(book.section)
        .join(Person, Person.id == kept.person_id)
        .with_only_columns(kept.person_id, kept.exact, kept.mark, INCOMPLETE, Person.name)
        .order_by(kept.person_id)
    ).all()
    seen = hashlib.sha256(f"{book.basis}:{book.number}".encode())
    for person_id, exact, mark, incomplete, _name in rows:
        seen.update(f"|{person_id}:{exact}:{mark}:{incomplete}".encode())
    people = {row[0] for row in rows if row[3]}
    numbers = {
        row.person_id: row.number
        for row in (gradebook.row_of(Scope((book,)), list(people)) if people else [])
    }
    found = [Unsettled(row[0], row[4], numbers.get(row[0], "")) for row in rows if row[3]]
    return seen.hexdigest(), sorted(found, key=lambda row: (row.name, str(row.person_id)))


def desk_rows(book: Book, page: int, *, differing: bool = False) -> Listed[Row]:
    """Students of BOOK by name, a page of them; DIFFERING: where gradebook and final part."""
    scope = Scope((book,))
    if differing:
        standings = standings_of(book.section)
        everybody = gradebook.people_in(scope, Asked())
        rows = [Row(row, standings.get(row.person_id)) for row in everybody]
        rows = [row for row in rows if row.differs]
        page = page_within(page, len(rows))
        return Listed(rows[(page - 1) * 50 : page * 50], len(rows), page)
    total = gradebook.count_rows(scope, Asked())
    page = page_within(page, total)
    found = gradebook.rows(scope, Asked(), (page - 1) * 50, 50)
    standings = standings_of(book.section, [row.person_id for row in found])
    return Listed([Row(row, standings.get(row.person_id)) for row in found], total, page)


def settlements_of(section: Section) -> Sequence[FinalSettlement]:
    """Every time that final grades of SECTION were settled, the newest first."""
    return db.session.scalars(
        select(FinalSettlement)
        .where(FinalSettlement.section_id == section.id)
        .order_by(FinalSettlement.number.desc())
        .options(joinedload(FinalSettlement.by))
    ).all()
