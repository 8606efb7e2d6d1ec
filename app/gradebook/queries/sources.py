"""What people did and what was set for them, read in bulk: a row per person, not per work."""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, cast, extract, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.gradebook.models import GradeEntry
from app.gradebook.rules.entries import Entry
from app.grading.models import Attempt, Submission, SubmissionPerson
from app.grading.rules import LIVE, AttemptState
from app.kernel.database import db
from app.learning.models import Enrolment, Extension, Section
from app.quizzes.models import QuizAttempt
from app.quizzes.queries.kept import counts
from app.quizzes.rules import Result

__all__ = [
    "HandedIn", "QuizResults", "SetByHand", "Sources", "entries_of", "grants_hash", "sources_of",
]  # fmt: skip

People = Collection[uuid.UUID] | None
"""None: everybody in the section."""


class HandedIn(NamedTuple):
    """One submission to a lab. ``score`` is None while it has none."""

    number: int
    at: float
    """Seconds since 1970."""
    submission: str
    score: float | None
    max_score: float | None
    pending: int


class QuizResults(NamedTuple):
    """A person's finished attempts at one quiz, and when the first was handed in."""

    results: list[Result]
    first_at: float


class SetByHand(NamedTuple):
    entry: Entry
    revision: int


@dataclass(frozen=True)
class Sources:
    """All that a section's grades are made of beside its book, by person and item."""

    people: tuple[uuid.UUID, ...]
    """Who takes the section now."""
    labs: Mapping[uuid.UUID, Mapping[str, Sequence[HandedIn]]]
    quizzes: Mapping[uuid.UUID, Mapping[str, QuizResults]]
    entries: Mapping[uuid.UUID, Mapping[str, SetByHand]]
    extensions: Mapping[uuid.UUID, Sequence[Extension]]


def sources_of(section: Section, people: People, *, with_quizzes: bool) -> Sources:
    """Everything about PEOPLE in SECTION, in five statements however many they are."""
    return Sources(
        tuple(
            db.session.scalars(
                select(Enrolment.person_id)
                .where(
                    Enrolment.section_id == section.id,
                    Enrolment.withdrawn_at.is_(None),
                    *_among(Enrolment.person_id, people),
                )
                .order_by(Enrolment.person_id)
            )
        ),
        _labs(section, people),
        _quizzes(section, people) if with_quizzes else {},
        entries_of(section, people),
        _extensions(section, people),
    )


def _among(column: Any, people: People) -> list[ColumnElement[bool]]:
    return [] if people is None else [column.in_(list(people))]


def _labs(section: Section, people: People) -> dict[uuid.UUID, dict[str, list[HandedIn]]]:
    finished = (
        select(
            Attempt.submission_id,
            Attempt.state,
            Attempt.score,
            Attempt.max_score,
            Attempt.pending_count,
        )
        .where(Attempt.section_id == section.id, Attempt.state.not_in(LIVE))
        .ext(distinct_on(Attempt.submission_id))
        .order_by(Attempt.submission_id, Attempt.number.desc())
    )
    if people is not None:
        finished = finished.where(
            Attempt.submission_id.in_(
                select(SubmissionPerson.submission_id).where(
                    SubmissionPerson.person_id.in_(list(people)),
                    SubmissionPerson.section_id == section.id,
                )
            )
        )
    newest = finished.subquery()
    graded = newest.c.state == AttemptState.GRADED
    statement: Select[Any] = (
        select(
            SubmissionPerson.person_id,
            func.json_agg(
                func.json_build_array(
                    Submission.lab_slug,
                    Submission.number,
                    extract("epoch", Submission.submitted_at),
                    Submission.id,
                    newest.c.score,
                    newest.c.max_score,
                    newest.c.pending_count,
                )
            ),
        )
        .join(SubmissionPerson, SubmissionPerson.submission_id == Submission.id)
        .outerjoin(newest, and_(newest.c.submission_id == Submission.id, graded))
        .where(
            SubmissionPerson.section_id == section.id,
            *_among(SubmissionPerson.person_id, people),
        )
        .group_by(SubmissionPerson.person_id)
    )
    found: dict[uuid.UUID, dict[str, list[HandedIn]]] = {}
    for person_id, rows in db.session.execute(statement):
        mine = found.setdefault(person_id, {})
        for slug, *row in rows:
            mine.setdefault(slug, []).append(HandedIn(*row))
    return found


def _quizzes(section: Section, people: People) -> dict[uuid.UUID, dict[str, QuizResults]]:
    statement: Select[Any] = (
        select(
            QuizAttempt.person_id,
            func.json_agg(
                func.json_build_array(
                    QuizAttempt.slug,
                    QuizAttempt.number,
                    cast(QuizAttempt.score, Text),
                    cast(QuizAttempt.max_score, Text),
                    QuizAttempt.waiting_count,
                    extract("epoch", QuizAttempt.submitted_at),
                )
            ),
        )
        .where(
            QuizAttempt.section_id == section.id, counts(), *_among(QuizAttempt.person_id, people)
        )
        .group_by(QuizAttempt.person_id)
    )
    found: dict[uuid.UUID, dict[str, QuizResults]] = {}
    for person_id, rows in db.session.execute(statement):
        mine = found.setdefault(person_id, {})
        for slug, number, score, most, waiting, at in sorted(rows, key=lambda row: row[1]):
            result = Result(number, Decimal(score or 0), Decimal(most), waiting)
            earlier = mine.get(slug)
            if earlier is None:
                mine[slug] = QuizResults([result], at)
            else:
                earlier.results.append(result)
    return found


def entries_of(section: Section, people: People = None) -> dict[uuid.UUID, dict[str, SetByHand]]:
    """What was set by hand for PEOPLE in SECTION, by person and item key."""
    found: dict[uuid.UUID, dict[str, SetByHand]] = {}
    for row in db.session.execute(
        select(
            GradeEntry.person_id,
            GradeEntry.item_key,
            GradeEntry.points,
            GradeEntry.override,
            GradeEntry.override_reason,
            GradeEntry.is_excused,
            GradeEntry.is_incomplete,
            GradeEntry.adjustment,
            GradeEntry.note,
            GradeEntry.revision,
        ).where(GradeEntry.section_id == section.id, *_among(GradeEntry.person_id, people))
    ):
        person_id, key, *fields, revision = row
        found.setdefault(person_id, {})[key] = SetByHand(Entry(*fields), revision)
    return found


def _extensions(section: Section, people: People) -> dict[uuid.UUID, list[Extension]]:
    found: dict[uuid.UUID, list[Extension]] = {}
    for row in db.session.scalars(
        select(Extension)
        .where(
            Extension.section_id == section.id,
            Extension.ended_at.is_(None),
            *_among(Extension.person_id, people),
        )
        .execution_options(populate_existing=True)
    ):
        found.setdefault(row.person_id, []).append(row)
    return found


def grants_hash(extensions: Sequence[Extension]) -> str:
    """What names the extensions that a person has now; as ``queries.staleness`` has it in SQL."""
    names = ",".join(sorted(str(row.id) for row in extensions))
    return hashlib.md5(names.encode(), usedforsecurity=False).hexdigest() if names else ""
