"""One student's grade with its trace: as staff see it, and as she does."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from app.accounts.models import Person
from app.gradebook.queries.books import Book, Column, book_of, held_columns
from app.gradebook.queries.sources import SetByHand, sources_of
from app.gradebook.queries.works import Done, done_by, held
from app.gradebook.rules import CourseGrade, ItemGrade, Work, compute
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import queries as learning
from app.learning.models import Enrolment, Section
from app.learning.rules.release import Release

__all__ = ["Trace", "my_grades", "names_of", "trace_for_herself", "trace_for_staff"]


@dataclass(frozen=True)
class Trace:
    """A grade that explains itself."""

    book: Book
    enrolment: Enrolment
    done: Done
    grade: CourseGrade
    held: frozenset[str]
    """Items whose points the reader is not to know."""
    entries: Mapping[str, SetByHand]
    kept_back: frozenset[str] = frozenset()
    """Items whose points students are not to know now, whoever reads."""
    releases: Mapping[str, Release] = field(default_factory=dict)
    """What was said about when they may."""

    @property
    def section(self) -> Section:
        return self.book.section

    @property
    def by_key(self) -> dict[str, ItemGrade]:
        return {item.item.key: item for c in self.grade.categories for item in c.items}

    @property
    def uncounted(self) -> list[Column]:
        """Columns that are in no category."""
        counted = self.by_key
        return [column for column in self.book.columns if column.key not in counted]

    def work(self, key: str) -> Work:
        return self.done.works.by_item[key]


def _trace(book: Book, enrolment: Enrolment, *, for_herself: bool) -> Trace:
    with_quizzes = any(column.kind == "quiz" for column in book.columns)
    sources = sources_of(book.section, [enrolment.person_id], with_quizzes=with_quizzes)
    (done,) = done_by(book, sources, clock.now())
    kept_back, releases = held_columns(book)
    hidden = kept_back if for_herself else frozenset()
    return Trace(
        book,
        enrolment,
        done,
        compute(book.scheme, held(book, done.works, hidden)),
        hidden,
        sources.entries.get(enrolment.person_id, {}),
        kept_back,
        releases,
    )


def my_grades(person: Person, code: str) -> Trace:
    """PERSON's own grade in the section CODE. Raises NotVisible."""
    section = learning.section_by_code(code)
    enrolment = learning.enrolment_of(person, section) if section else None
    if section is None or enrolment is None:
        raise NotVisible(code)
    return trace_for_herself(book_of(section), enrolment)


def trace_for_herself(book: Book, enrolment: Enrolment) -> Trace:
    """The grade of ENROLMENT's student as she may know it."""
    return _trace(book, enrolment, for_herself=True)


def trace_for_staff(book: Book, person_id: uuid.UUID) -> Trace:
    """The grade of a student of BOOK's section, nothing held. Raises NotVisible."""
    enrolment = learning.student_in(book.section, person_id)
    return _trace(book, enrolment, for_herself=False)


def names_of(people: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of PEOPLE, who were read through a section already."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {person_id: name for person_id, name in rows}
