"""Regrades: what can be regraded, by what, what became of every submission."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.gradebook.models import StudentGrade
from app.grading.models import (
    Attempt,
    CellScore,
    NotebookScore,
    Submission,
    SubmissionPerson,
)
from app.grading.rules import LIVE, AttemptState
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.labs.models import LabCell, LabVersion
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.queries import SectionView
from app.quizzes import queries as quizzes
from app.regrading import policies
from app.regrading.models import Regrade, RegradeWork
from app.regrading.rules import Effect, Which, WorkState

__all__ = [
    "LabToRegrade", "Summary", "candidates", "cells_of", "lab_to_regrade", "live_among",
    "quizzes_to_mark_again", "regrade_in", "regrades_in", "summary_of", "versions_of", "works_in",
]  # fmt: skip


@dataclass(frozen=True)
class LabToRegrade:
    """A lab of a section, and the versions that its submissions can be graded by."""

    view: SectionView
    item: CourseItem
    versions: tuple[LabVersion, ...]
    """The newest first."""

    @property
    def section(self) -> Section:
        return self.view.section


def lab_to_regrade(person: Person, code: str, slug: str) -> LabToRegrade:
    """The lab SLUG of the section CODE for who may regrade it. Raises NotVisible."""
    view = learning.section_taught_by(person, code)
    if not policies.can_regrade(person, view.section):
        raise NotVisible(code)
    item = view.item(ItemKind.LAB, slug)
    if item.lab_version is None:
        raise NotVisible(slug)
    return LabToRegrade(view, item, versions_of(view.section, item))


def versions_of(section: Section, item: CourseItem) -> tuple[LabVersion, ...]:
    """Versions of ITEM's lab from the oldest that somebody of SECTION worked on, newest first."""
    assert item.lab_version is not None
    lab_id = item.lab_version.lab_id
    oldest = db.session.scalar(
        select(func.min(LabVersion.number))
        .join(Submission, Submission.lab_version_id == LabVersion.id)
        .where(
            Submission.section_id == section.id,
            Submission.lab_slug == item.slug,
            LabVersion.lab_id == lab_id,
        )
    )
    first = item.lab_version.number if oldest is None else oldest
    return tuple(
        db.session.scalars(
            select(LabVersion)
            .where(LabVersion.lab_id == lab_id, LabVersion.number >= first)
            .order_by(LabVersion.number.desc())
        )
    )


def cells_of(versions: Collection[LabVersion]) -> list[tuple[str, str]]:
    """(notebook, grade id) of the tests of VERSIONS, in the labs' order."""
    rows = db.session.execute(
        select(LabCell.notebook, LabCell.grade_id)
        .where(LabCell.lab_version_id.in_([version.id for version in versions]))
        .where(LabCell.kind == "test")
        .order_by(LabCell.notebook, LabCell.position)
    )
    return list(dict.fromkeys((notebook, grade_id) for notebook, grade_id in rows))


def _newest_attempts() -> Any:
    return (
        select(
            Attempt.id,
            Attempt.submission_id,
            Attempt.state,
            Attempt.lab_version_id,
            Attempt.finished_at,
        )
        .ext(distinct_on(Attempt.submission_id))
        .order_by(Attempt.submission_id, Attempt.number.desc())
    )


def _wanted(regrade: Regrade) -> Select[Any]:
    """The submissions that REGRADE is about, whatever became of them."""
    hers = (SubmissionPerson.section_id == regrade.section_id) & (
        SubmissionPerson.lab_slug == regrade.lab_slug
    )
    if regrade.which is Which.ALL:
        return select(SubmissionPerson.submission_id).where(hers)
    newest = (
        select(SubmissionPerson.submission_id)
        .where(hers)
        .ext(distinct_on(SubmissionPerson.person_id))
        .order_by(SubmissionPerson.person_id, SubmissionPerson.number.desc())
    )
    if regrade.which is Which.NEWEST:
        return select(newest.subquery().c.submission_id)
    counting = StudentGrade.cells[regrade.item_key]["u"].astext
    return (
        select(SubmissionPerson.submission_id)
        .join(
            StudentGrade,
            (StudentGrade.section_id == SubmissionPerson.section_id)
            & (StudentGrade.person_id == SubmissionPerson.person_id),
        )
        .where(hers, counting == cast(SubmissionPerson.submission_id, Text))
    )


def _due(regrade: Regrade) -> Select[Any]:
    """Submissions that REGRADE is about and has not taken up, with the state of their attempts."""
    newest = _newest_attempts().where(Attempt.section_id == regrade.section_id).subquery()
    by = func.coalesce(newest.c.lab_version_id, Submission.lab_version_id)
    taken_up = select(RegradeWork.submission_id).where(RegradeWork.regrade_id == regrade.id)
    statement = (
        select(Submission.id)
        .join(newest, newest.c.submission_id == Submission.id)
        .where(
            Submission.section_id == regrade.section_id,
            Submission.lab_slug == regrade.lab_slug,
            Submission.is_trial.is_(False),
            Submission.id.in_(_wanted(regrade)),
            Submission.id.not_in(taken_up),
            # What is graded by this version already needs it only when it was before this regrade.
            (by != regrade.lab_version_id) | (newest.c.finished_at <= regrade.made_at),
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    if regrade.failed_cell is not None:
        notebook, _slash, grade_id = regrade.failed_cell.partition("/")
        got_all = (
            select(NotebookScore.attempt_id)
            .join(CellScore, CellScore.notebook_score_id == NotebookScore.id)
            .where(
                NotebookScore.name == notebook,
                CellScore.grade_id == grade_id,
                CellScore.score >= CellScore.max_score,
            )
        )
        statement = statement.where(newest.c.id.not_in(got_all))
    return statement.add_columns(newest.c.state)


def candidates(regrade: Regrade) -> list[uuid.UUID]:
    """Submissions that REGRADE is about, can be graded again and are not taken up yet."""
    finished = (AttemptState.GRADED, AttemptState.FAILED)
    return [row.id for row in db.session.execute(_due(regrade)) if row.state in finished]


def live_among(regrade: Regrade) -> int:
    """How many submissions that REGRADE is about are being graded at this moment."""
    newest = _newest_attempts().where(Attempt.section_id == regrade.section_id).subquery()
    taken_up = select(RegradeWork.submission_id).where(RegradeWork.regrade_id == regrade.id)
    found = db.session.scalar(
        select(func.count())
        .select_from(Submission)
        .join(newest, newest.c.submission_id == Submission.id)
        .where(
            Submission.section_id == regrade.section_id,
            Submission.lab_slug == regrade.lab_slug,
            Submission.id.not_in(taken_up),
            newest.c.state.in_(LIVE),
            func.coalesce(newest.c.lab_version_id, Submission.lab_version_id)
            != regrade.lab_version_id,
        )
    )
    return found or 0


def regrades_in(view: SectionView, page: int = 1) -> Listed[Regrade]:
    """Regrades of a section, the newest first."""
    statement = (
        select(Regrade)
        .where(Regrade.section_id == view.section.id)
        .order_by(Regrade.number.desc())
        .options(joinedload(Regrade.made_by), joinedload(Regrade.lab_version))
    )
    chosen, total, page = one_page(statement, page)
    return Listed(db.session.scalars(chosen).all(), total, page)


def regrade_in(person: Person, code: str, number: int) -> Regrade:
    """A regrade of a section that PERSON teaches. Raises NotVisible."""
    view = learning.section_taught_by(person, code)
    found = db.session.scalar(
        select(Regrade)
        .where(Regrade.section_id == view.section.id, Regrade.number == number)
        .options(
            joinedload(Regrade.made_by),
            joinedload(Regrade.applied_by),
            joinedload(Regrade.lab_version),
        )
    )
    if found is None:
        raise NotVisible(str(number))
    return found


@dataclass(frozen=True)
class Summary:
    """How many submissions of a regrade are how far."""

    total: int
    states: dict[WorkState, int]
    effects: dict[Effect, int]

    def count(self, *states: WorkState) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def looked_at(self) -> int:
        return self.total - self.count(WorkState.WAITING, WorkState.RUNNING)

    @property
    def settled(self) -> int:
        return self.count(WorkState.APPLIED, WorkState.STANDS, WorkState.FAILED)


def summary_of(regrade: Regrade) -> Summary:
    """REGRADE in numbers, in one statement."""
    rows = db.session.execute(
        select(RegradeWork.state, RegradeWork.effect, func.count())
        .where(RegradeWork.regrade_id == regrade.id)
        .group_by(RegradeWork.state, RegradeWork.effect)
    ).all()
    states: dict[WorkState, int] = {}
    effects: dict[Effect, int] = {}
    for state, effect, count in rows:
        states[state] = states.get(state, 0) + count
        if effect is not None:
            effects[effect] = effects.get(effect, 0) + count
    return Summary(sum(states.values()), states, effects)


def works_in(regrade: Regrade, *, effect: str = "", page: int | None = 1) -> Listed[RegradeWork]:
    """Submissions of REGRADE, what changes first. EFFECT: an Effect, ``stands``, ``failed``, or
    anything else for all. PAGE None: all of them."""
    statement = (
        select(RegradeWork)
        .join(Submission, Submission.id == RegradeWork.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(RegradeWork.regrade_id == regrade.id)
        .order_by(RegradeWork.effect.desc().nulls_last(), Person.name, RegradeWork.id)
        .options(
            joinedload(RegradeWork.submission).joinedload(Submission.person),
            joinedload(RegradeWork.submission)
            .selectinload(Submission.people)
            .joinedload(SubmissionPerson.person),
        )
    )
    if effect in set(Effect):
        statement = statement.where(RegradeWork.effect == effect)
    elif effect in (WorkState.STANDS, WorkState.FAILED):
        statement = statement.where(RegradeWork.state == effect)
    chosen, total, page = one_page(statement, page)
    rows: Sequence[RegradeWork] = db.session.scalars(chosen).all()
    return Listed(rows, total, page)


def quizzes_to_mark_again(person: Person, view: SectionView) -> list[tuple[CourseItem, bool]]:
    """The section's quizzes, and whether some attempt was drawn from an earlier version."""
    return [
        (desk.item, quizzes.has_older_attempts(desk))
        for item in view.version.items
        if item.kind is ItemKind.QUIZ
        for desk in [quizzes.quiz_desk(person, view.section.code, item.slug)]
    ]
