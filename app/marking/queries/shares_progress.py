"""Whose works are how far, for everybody who marks an item."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import Attempt, ManualScore, Submission
from app.kernel.database import db
from app.learning.models import Section, SectionStaff
from app.learning.policies import is_on_the_staff
from app.marking.models.seconds import Opinion
from app.marking.models.shares import MarkingShare
from app.marking.queries.seconds import unsettled
from app.marking.queries.shares import Plan, works_of
from app.marking.queries.sources import graded_submissions, handed_in_attempts
from app.marking.rules.items import Ref
from app.marking.rules.sharing import Sharing
from app.quizzes.models import QuizAttempt, QuizMark
from app.quizzes.rules import Marker

__all__ = ["GraderRow", "State", "given_by", "graders_here", "progress", "shares_in", "states"]

NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class State:
    """How far the work of one student (or team) is."""

    owner_id: uuid.UUID
    pending: int
    """Parts that wait for a person."""
    marker_id: uuid.UUID | None
    """Who gave points that count, if anybody did."""
    has_opinion: bool

    @property
    def waits(self) -> bool:
        return self.pending > 0

    @property
    def is_begun(self) -> bool:
        return self.marker_id is not None or self.has_opinion


def states(section: Section, item: str) -> dict[uuid.UUID, State]:
    """The works of ITEM that the desk shows, by owner, in one statement."""
    ref = Ref.of(item)
    if ref.kind is ItemKind.LAB:
        owner = func.coalesce(Submission.team_id, Submission.person_id)
        marker: ScalarSelect[Any] = (
            select(ManualScore.graded_by_id)
            .where(ManualScore.submission_id == Submission.id, ManualScore.superseded_at.is_(None))
            .order_by(ManualScore.graded_at.desc())
            .limit(1)
            .correlate(Submission)
            .scalar_subquery()
        )
        opinion = _has_opinion(Submission.id)
        statement = graded_submissions(
            section.id, NOBODY, owner, Attempt.pending_count, marker, opinion
        ).where(Submission.lab_slug == ref.slug)
    else:
        marker = (
            select(QuizMark.by_id)
            .where(
                QuizMark.attempt_id == QuizAttempt.id,
                QuizMark.superseded_at.is_(None),
                QuizMark.marker == Marker.PERSON,
            )
            .order_by(QuizMark.marked_at.desc())
            .limit(1)
            .correlate(QuizAttempt)
            .scalar_subquery()
        )
        statement = handed_in_attempts(
            section.id,
            NOBODY,
            QuizAttempt.person_id,
            QuizAttempt.waiting_count,
            marker,
            _has_opinion(QuizAttempt.id),
        ).where(QuizAttempt.slug == ref.slug)
    found: dict[uuid.UUID, State] = {}
    for owner_id, pending, marker_id, has_opinion in db.session.execute(statement):
        before = found.get(owner_id, State(owner_id, 0, None, False))
        found[owner_id] = State(
            owner_id,
            before.pending + pending,
            before.marker_id or marker_id,
            before.has_opinion or has_opinion,
        )
    return found


def _has_opinion(work_id: Any) -> ColumnElement[bool]:
    return exists().where(Opinion.work_id == work_id, Opinion.superseded_at.is_(None))


def given_by(section: Section, item: str) -> Counter[tuple[uuid.UUID, uuid.UUID]]:
    """(grader, owner) → how many parts she has given that wait for somebody else, in one
    statement."""
    works = works_of(section.id, item).subquery()
    rows = db.session.execute(
        unsettled()
        .with_only_columns(Opinion.grader_id, works.c.owner_id, func.count())
        .join(works, works.c.work_id == Opinion.work_id)
        .where(Opinion.section_id == section.id, Opinion.item_key == item, Opinion.was_open)
        .group_by(Opinion.grader_id, works.c.owner_id)
    )
    return Counter({(grader, owner): count for grader, owner, count in rows})


def shares_in(section: Section, item: str) -> dict[uuid.UUID, MarkingShare]:
    """The live shares of ITEM by owner, in one statement."""
    rows = db.session.scalars(
        select(MarkingShare)
        .where(
            MarkingShare.section_id == section.id,
            MarkingShare.item_key == item,
            MarkingShare.ended_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return {row.owner_id: row for row in rows}


def graders_here(section: Section) -> list[Person]:
    """Who of SECTION's staff can mark now, by name: not who left, is suspended, or no longer
    teaches at the school."""
    people = db.session.scalars(
        select(Person)
        .where(
            Person.suspended_at.is_(None),
            exists().where(
                SectionStaff.section_id == section.id,
                SectionStaff.person_id == Person.id,
                SectionStaff.ended_at.is_(None),
            ),
        )
        .order_by(Person.name, Person.handle)
        .options(selectinload(Person.memberships))
    )
    return [person for person in people if is_on_the_staff(person, section)]


@dataclass
class GraderRow:
    """What one grader has of an item. Without a PERSON: what is nobody's."""

    person: Person | None
    is_here: bool = True
    weight: int = 0
    done: int = 0
    waiting: int = 0
    second_done: int = 0
    second_waiting: int = 0


def progress(
    section: Section, item: str, plan: Plan, here: list[Person] | None = None
) -> list[GraderRow]:
    """Everybody who has works of ITEM, by name, then what is nobody's; at most seven statements.

    Of a grader who left the works that wait are nobody's; what she has done stays hers.
    """
    here = graders_here(section) if here is None else here
    state_of, given, shares = (
        states(section, item),
        given_by(section, item),
        shares_in(section, item),
    )
    rows = {person.id: GraderRow(person) for person in here if person.id in plan.graders}
    for id_, weight in plan.graders.items():
        if id_ in rows:
            rows[id_].weight = weight
    present = {person.id: person for person in here}
    nobody = GraderRow(None)

    def row_of(grader_id: uuid.UUID) -> GraderRow:
        return rows.setdefault(grader_id, GraderRow(present.get(grader_id), grader_id in present))

    for owner_id, state in state_of.items():
        share = shares.get(owner_id)
        grader_id = share.grader_id if share else None
        if not state.waits:
            marked_by = grader_id or state.marker_id
            if marked_by is not None:
                row_of(marked_by).done += 1
        elif grader_id is None:
            nobody.waiting += 1
        elif given[grader_id, owner_id] >= state.pending:
            row_of(grader_id).done += 1
        elif grader_id in present:
            row_of(grader_id).waiting += 1
        else:
            row_of(grader_id)
            nobody.waiting += 1
        second_id = share.second_id if share else None
        if second_id is not None:
            second = row_of(second_id)
            if not state.waits or given[second_id, owner_id] >= state.pending:
                second.second_done += 1
            else:
                second.second_waiting += 1
    _name_the_absent(rows)
    found = sorted(rows.values(), key=lambda row: row.person.name if row.person else "")
    return [*found, nobody] if nobody.waiting or plan.sharing is not Sharing.ALL else found


def _name_the_absent(rows: Mapping[uuid.UUID, GraderRow]) -> None:
    gone = [grader_id for grader_id, row in rows.items() if row.person is None]
    if gone:
        for person in db.session.scalars(select(Person).where(Person.id.in_(gone))):
            rows[person.id].person = person
