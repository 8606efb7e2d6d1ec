"""What everybody's grade in a section is made by: its items, its scheme, its dates."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import Person
from app.catalog.models import CourseItem, Module
from app.catalog.rules import ItemKind
from app.gradebook import policies
from app.gradebook.models import GradingScheme, ManualColumn
from app.gradebook.rules import Scheme, parse
from app.gradebook.rules.fitting import Gradable, default_scheme, fitted
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.kernel.localized import LocalizedText
from app.learning import queries as learning
from app.learning.models import ItemPlan, Offering, Section, SectionStaff
from app.learning.rules.release import Release, held_keys
from app.questions.rules.marking import total

__all__ = [
    "Book", "Column", "book_of", "book_set_up_by", "book_taught_by", "columns_of", "held_columns",
    "sections_beside", "versions_of",
]  # fmt: skip

RELEASE_NEVER = "never"
KEPT_AS = 2
"""What is kept with a grade; counts up when there is more of it."""


@dataclass(frozen=True, slots=True)
class Column:
    """Something graded in a section."""

    key: str
    title: LocalizedText | str
    points: Decimal
    is_held: bool = False
    """Its points are not for students to see."""
    keep: str = "best"
    """Which of several attempts at a quiz counts."""

    @property
    def kind(self) -> str:
        """``lab``, ``quiz`` or ``manual``."""
        return self.key.partition(":")[0]

    @property
    def slug(self) -> str:
        return self.key.partition(":")[2]


@dataclass(frozen=True)
class Book:
    """A section's gradebook without the people."""

    section: Section
    columns: tuple[Column, ...]
    plans: Mapping[str, ItemPlan]
    version: GradingScheme | None
    """The newest version of the scheme; None while the default holds."""

    @property
    def number(self) -> int:
        return self.version.number if self.version else 0

    @cached_property
    def gradables(self) -> tuple[Gradable, ...]:
        return tuple(Gradable(c.key, str(c.title), c.points) for c in self.columns)

    @cached_property
    def scheme(self) -> Scheme:
        """What holds for the items that there are now."""
        if self.version is None:
            return default_scheme(self.gradables, _("All work"))
        return fitted(parse(self.version.document), self.gradables)

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def basis(self) -> str:
        """Changes whenever everybody's grade may have changed."""
        dates = [
            (plan.item_key, str(plan.due_at), str(plan.closes_at))
            for plan in self.plans.values()
            if plan.due_at or plan.closes_at
        ]
        made_of = [
            str(self.section.offering.course_version_id),
            str(self.section.closed_at),
            self.number,
            [(column.key, str(column.points)) for column in self.columns],
            sorted(dates),
            KEPT_AS,
        ]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def book_of(section: Section) -> Book:
    """The book of SECTION, in three statements."""
    return Book(
        section,
        columns_of(section),
        learning.plans_of([section.offering_id]).get(section.offering_id, {}),
        db.session.scalar(
            select(GradingScheme)
            .where(GradingScheme.section_id == section.id)
            .order_by(GradingScheme.number.desc())
            .limit(1)
        ),
    )


def book_taught_by(person: Person, code: str) -> Book:
    """The book of the section CODE for its staff. Raises NotVisible."""
    section = learning.section_by_code(code)
    if section is None or not policies.can_see_grades(person, section):
        raise NotVisible(code)
    return book_of(section)


def book_set_up_by(person: Person, code: str) -> Book:
    """The book of the section CODE for who says how it is graded. Raises NotVisible."""
    book = book_taught_by(person, code)
    if not policies.can_set_scheme(person, book.section):
        raise NotVisible(code)
    return book


def columns_of(section: Section) -> tuple[Column, ...]:
    """Labs and quizzes in the course's order, then manual columns, oldest first."""
    manual = db.session.scalars(
        select(ManualColumn)
        .where(ManualColumn.section_id == section.id, ManualColumn.removed_at.is_(None))
        .order_by(ManualColumn.created_at, ManualColumn.id)
    )
    return (
        *_course_columns(section.offering.course_version_id),
        *(Column(row.key, row.title, row.points) for row in manual),
    )


@lru_cache(maxsize=512)
def _course_columns(version_id: uuid.UUID) -> tuple[Column, ...]:
    """A course version never changes, so what it grades is read once."""
    rows = db.session.scalars(
        select(CourseItem)
        .join(Module, Module.id == CourseItem.module_id)
        .where(
            Module.course_version_id == version_id,
            CourseItem.kind.in_([ItemKind.LAB, ItemKind.QUIZ]),
        )
        .order_by(Module.position, CourseItem.position)
        .options(joinedload(CourseItem.lab_version), undefer(CourseItem.quiz))
    )
    return tuple(_column(item) for item in rows)


def _column(item: CourseItem) -> Column:
    if item.kind is ItemKind.QUIZ:
        quiz = item.quiz or {}
        worth = total(quiz) if quiz else Decimal(0)
        hidden = quiz.get("show") == RELEASE_NEVER
        return Column(item.key, item.title, worth, hidden, quiz.get("keep") or "best")
    worth = Decimal(str(item.lab_version.max_score)) if item.lab_version else Decimal(0)
    return Column(item.key, item.title, worth)


def held_columns(book: Book) -> tuple[frozenset[str], Mapping[str, Release]]:
    """Items whose points students are not to know now: quizzes may keep theirs to the staff for
    good, others are held until their release; and what was said about releases, by key."""
    releases = learning.releases_of(book.section.id)
    held = held_keys(releases, clock.now())
    return held | {column.key for column in book.columns if column.is_held}, releases


def sections_beside(person: Person, section: Section) -> list[Section]:
    """SECTION and the others that PERSON teaches of the same course version, by code.

    Those of other schools too, where a lead course and its mirrors are taught together.
    """
    lead_id = section.offering.lead_id or section.offering_id
    found = db.session.scalars(
        select(Section)
        .join(SectionStaff, SectionStaff.section_id == Section.id)
        .join(Offering, Offering.id == Section.offering_id)
        .where(
            SectionStaff.person_id == person.id,
            SectionStaff.ended_at.is_(None),
            Offering.course_version_id == section.offering.course_version_id,
            or_(Offering.id == lead_id, Offering.lead_id == lead_id),
        )
        .order_by(Section.code)
        .options(
            joinedload(Section.school),
            joinedload(Section.staff),
            joinedload(Section.offering).joinedload(Offering.lead),
        )
    ).unique()
    return [row for row in found if policies.can_see_grades(person, row)]


def versions_of(section: Section) -> list[GradingScheme]:
    """Every version of how SECTION is graded, the newest first."""
    return list(
        db.session.scalars(
            select(GradingScheme)
            .where(GradingScheme.section_id == section.id)
            .order_by(GradingScheme.number.desc())
            .options(joinedload(GradingScheme.by))
        )
    )
