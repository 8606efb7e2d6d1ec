"""Quizzes of a section, for its staff."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import Membership, Person
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.kernel.paging import Listed, one_page
from app.learning import queries as learning
from app.learning.models import Enrolment, Section
from app.learning.queries import SectionView
from app.quizzes import policies
from app.quizzes.models import QuizAttempt
from app.quizzes.queries.kept import kept_by_attempts, kept_scores
from app.quizzes.queries.taking import document_of
from app.quizzes.rules import Kept, Settings, Standing

__all__ = ["PersonRow", "QuizDesk", "QuizRow", "people_of", "quiz_desk", "quizzes_of"]


@dataclass(frozen=True)
class QuizRow:
    """A quiz and how far the section is with it."""

    item: CourseItem
    not_begun: int
    at_work: int
    handed_in: int
    waiting: int
    mean: float | None
    """Mean share that is kept, 0 to 1."""


@dataclass(frozen=True)
class QuizDesk:
    """One quiz as staff work with it."""

    view: SectionView
    item: CourseItem
    document: dict[str, Any]
    may_manage: bool

    @property
    def section(self) -> Section:
        return self.view.section

    @property
    def settings(self) -> Settings:
        return Settings.of(self.document)


@dataclass(frozen=True)
class PersonRow:
    """A student and her attempts at one quiz."""

    enrolment: Enrolment
    attempts: tuple[QuizAttempt, ...]
    kept: Kept | None

    @property
    def standing(self) -> Standing:
        if not self.attempts:
            return Standing.NOT_BEGUN
        if any(a.submitted_at is None for a in self.attempts):
            return Standing.AT_WORK
        if self.kept is not None and self.kept.waiting:
            return Standing.WAITING
        return Standing.HANDED_IN


def quizzes_of(view: SectionView) -> list[QuizRow]:
    """The quizzes of a section with counts, in three statements whatever their number."""
    items = [item for item in view.version.items if item.kind is ItemKind.QUIZ]
    section = view.section
    enrolled = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.section_id == section.id, Enrolment.withdrawn_at.is_(None)
            )
        )
    )
    begun: dict[str, set[uuid.UUID]] = {}
    live: dict[str, set[uuid.UUID]] = {}
    for slug, person_id, is_live in db.session.execute(
        select(
            QuizAttempt.slug,
            QuizAttempt.person_id,
            func.bool_or(QuizAttempt.submitted_at.is_(None)),
        )
        .where(QuizAttempt.section_id == section.id)
        .group_by(QuizAttempt.slug, QuizAttempt.person_id)
    ):
        if person_id in enrolled:
            begun.setdefault(slug, set()).add(person_id)
            if is_live:
                live.setdefault(slug, set()).add(person_id)
    kept: dict[str, list[Kept]] = {}
    for (person_id, slug), row in kept_scores(section).items():
        if person_id in enrolled:
            kept.setdefault(slug, []).append(row)
    return [
        QuizRow(
            item,
            not_begun=len(enrolled) - len(begun.get(item.slug, ())),
            at_work=len(live.get(item.slug, ())),
            handed_in=len(kept.get(item.slug, ())),
            waiting=sum(1 for row in kept.get(item.slug, ()) if row.waiting),
            mean=_mean([float(row.share) for row in kept.get(item.slug, ())]),
        )
        for item in items
    ]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def quiz_desk(person: Person, code: str, slug: str) -> QuizDesk:
    """The quiz SLUG of section CODE for its staff. Raises NotVisible."""
    view = learning.section_taught_by(person, code)
    item = view.item(ItemKind.QUIZ, slug)
    return QuizDesk(view, item, document_of(item), policies.can_manage(person, view.section))


def people_of(
    desk: QuizDesk, *, standing: str = "", search: str = "", page: int | None = 1
) -> Listed[PersonRow]:
    """The students of the section with their attempts, by name. PAGE None: all of them."""
    statement = (
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.section_id == desk.section.id, Enrolment.withdrawn_at.is_(None))
    )
    if search:
        number = select(Membership.person_id).where(
            Membership.organisation_id == desk.section.school_id,
            Membership.student_number.icontains(search, autoescape=True),
        )
        statement = statement.where(
            or_(
                *accounts.named_like(search),
                Person.id.in_(number),
            )
        )
    statement = _standing(statement, desk, standing)
    chosen, total, page = one_page(statement.order_by(Person.name, Person.handle), page)
    people = joinedload(Enrolment.person).selectinload(Person.memberships)
    enrolments = db.session.scalars(chosen.options(people)).unique().all()
    attempts: dict[uuid.UUID, list[QuizAttempt]] = {}
    for attempt in db.session.scalars(
        select(QuizAttempt)
        .where(
            QuizAttempt.section_id == desk.section.id,
            QuizAttempt.slug == desk.item.slug,
            QuizAttempt.person_id.in_([row.person_id for row in enrolments]),
        )
        .order_by(QuizAttempt.number)
    ):
        attempts.setdefault(attempt.person_id, []).append(attempt)
    rows = [
        PersonRow(
            row,
            tuple(attempts.get(row.person_id, ())),
            kept_by_attempts(desk.settings.keep, attempts.get(row.person_id, ())),
        )
        for row in enrolments
    ]
    return Listed(rows, total, page or 1)


def _standing(statement: Select[Enrolment], desk: QuizDesk, standing: str) -> Select[Enrolment]:
    hers = select(QuizAttempt.id).where(
        QuizAttempt.section_id == desk.section.id,
        QuizAttempt.slug == desk.item.slug,
        QuizAttempt.person_id == Enrolment.person_id,
    )
    live = hers.where(QuizAttempt.submitted_at.is_(None)).exists()
    ended = hers.where(QuizAttempt.submitted_at.is_not(None)).exists()
    waits = hers.where(QuizAttempt.waiting_count > 0, QuizAttempt.submitted_at.is_not(None))
    conditions = {
        Standing.NOT_BEGUN.value: ~hers.exists(),
        Standing.AT_WORK.value: live,
        Standing.WAITING.value: waits.exists(),
        Standing.HANDED_IN.value: and_(ended, ~live),
    }
    return statement.where(conditions[standing]) if standing in conditions else statement
