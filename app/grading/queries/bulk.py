"""All work of one lab of a section, read page by page."""

import hashlib
import hmac
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload

from app.accounts.models import Membership, Person
from app.grading.models import (
    Attempt,
    CellScore,
    FeedbackFile,
    ManualScore,
    NotebookScore,
    Submission,
    SubmissionFile,
    SubmissionPerson,
)
from app.grading.rules import LIVE, AttemptState
from app.grading.rules.archives import safe_name, taken_apart
from app.grading.rules.matching import Line, Which, Work, plain_key
from app.kernel.database import db
from app.learning.models import Section

__all__ = [
    "Box", "CellNow", "Handed", "boxes_of", "cells_now", "feedback_now", "files_of", "pages",
]  # fmt: skip

PAGE = 200


@dataclass(frozen=True)
class Handed:
    """One submission as a line of the manifest."""

    id: uuid.UUID
    number: int
    submitted_at: datetime
    receipt: str
    state: str
    score: float | None
    max_score: float | None


@dataclass(frozen=True)
class Box:
    """What one person, or one team, handed in, with what names it."""

    line: Line
    people: tuple[tuple[str, str, str], ...]
    """(student number, name, handle) of everybody whose work it is now."""
    team: str
    handed: dict[uuid.UUID, Handed]

    def chosen(self, which: Which) -> list[Handed]:
        return [self.handed[work.id] for work in self.line.chosen(which)]


def boxes_of(
    section: Section, lab_slug: str, *, secret: str, without: uuid.UUID | None = None
) -> list[Box]:
    """Everybody's and every team's submissions to a lab, in four statements.

    SECRET makes the codes that name work without names. Work that is WITHOUT's own is left out.
    """
    newest = (
        select(Attempt.submission_id, Attempt.state, Attempt.score, Attempt.max_score)
        .where(Attempt.section_id == section.id)
        .ext(distinct_on(Attempt.submission_id))
        .order_by(Attempt.submission_id, Attempt.number.desc())
        .subquery()
    )
    rows = db.session.execute(
        select(
            Submission.id,
            Submission.number,
            Submission.submitted_at,
            Submission.receipt,
            newest.c.state,
            newest.c.score,
            newest.c.max_score,
            Submission.person_id,
            Submission.team_id,
            Submission.team_name,
        )
        .outerjoin(newest, newest.c.submission_id == Submission.id)
        .where(
            Submission.section_id == section.id,
            Submission.lab_slug == lab_slug,
            Submission.is_trial.is_(False),
        )
        .order_by(Submission.submitted_at, Submission.number)
    ).all()
    people = _people(section, lab_slug)
    numbers = _numbers(section, {person.id for those in people.values() for person in those})
    found: dict[tuple[str, uuid.UUID], list[tuple[Handed, str]]] = defaultdict(list)
    for row in rows:
        if without is not None and any(p.id == without for p in people.get(row.id, ())):
            continue
        key = ("team", row.team_id) if row.team_id is not None else ("person", row.person_id)
        state = row.state.value if isinstance(row.state, AttemptState) else str(row.state or "")
        score = row.score if row.state is AttemptState.GRADED else None
        handed = Handed(
            row.id, row.number, row.submitted_at, row.receipt, state, score, row.max_score
        )
        found[key].append((handed, row.team_name or ""))
    taken: set[str] = set()
    made = []
    for (kind, name_id), works in sorted(found.items(), key=lambda pair: str(pair[0])):
        team = works[-1][1]
        who = {p.id: p for handed, _team in works for p in people.get(handed.id, ())}
        said = tuple(sorted((numbers.get(one, ""), p.name, p.handle) for one, p in who.items()))
        wanted = f"team_{team}" if kind == "team" else f"{said[0][0] or said[0][2]}_{said[0][1]}"
        line = Line(
            folder=taken_apart(safe_name(wanted), taken),
            code=_code(secret, section, lab_slug, name_id),
            keys=frozenset(
                plain_key(key) for number, _name, handle in said for key in (number, handle) if key
            ),
            works=tuple(
                Work(handed.id, handed.number, handed.score)
                for handed, _team in sorted(works, key=lambda pair: pair[0].number)
            ),
        )
        made.append(Box(line, said, team, {handed.id: handed for handed, _team in works}))
    return sorted(made, key=lambda box: box.line.folder)


def _code(secret: str, section: Section, lab_slug: str, name_id: uuid.UUID) -> str:
    said = f"work:{section.id}:{lab_slug}:{name_id}".encode()
    return "work-" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()[:10]


def _people(section: Section, lab_slug: str) -> dict[uuid.UUID, list[Person]]:
    found: dict[uuid.UUID, list[Person]] = defaultdict(list)
    for submission_id, person in db.session.execute(
        select(SubmissionPerson.submission_id, Person)
        .join(Person, Person.id == SubmissionPerson.person_id)
        .where(SubmissionPerson.section_id == section.id, SubmissionPerson.lab_slug == lab_slug)
    ):
        found[submission_id].append(person)
    return found


def _numbers(section: Section, people: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Student numbers at the section's school."""
    return {
        person_id: number
        for person_id, number in db.session.execute(
            select(Membership.person_id, Membership.student_number).where(
                Membership.organisation_id == section.school_id,
                Membership.person_id.in_(people),
                Membership.student_number.is_not(None),
                Membership.ended_at.is_(None),
            )
        )
        if number
    }


def pages(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    """IDS a few hundred at a time."""
    for start in range(0, len(ids), PAGE):
        yield ids[start : start + PAGE]


def files_of(
    ids: Sequence[uuid.UUID],
) -> dict[uuid.UUID, list[tuple[str, str, int]]]:
    """(path, SHA-256, bytes) of the files of submissions, in one statement."""
    found: dict[uuid.UUID, list[tuple[str, str, int]]] = defaultdict(list)
    for submission_id, path, blob, size in db.session.execute(
        select(
            SubmissionFile.submission_id,
            SubmissionFile.path,
            SubmissionFile.blob,
            SubmissionFile.size,
        )
        .where(SubmissionFile.submission_id.in_(list(ids)))
        .order_by(SubmissionFile.submission_id, SubmissionFile.path)
    ):
        found[submission_id].append((path, blob, size))
    return found


@dataclass(frozen=True)
class CellNow:
    """A cell of a submission that has been run, and the points that a person gave for it."""

    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    given_id: uuid.UUID | None
    given: float | None
    comment: str

    @property
    def seen(self) -> str:
        """Names the state of the cell: a later change of points has another name."""
        return self.given_id.hex[-12:] if self.given_id is not None else "-"


def cells_now(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[CellNow]]:
    """The cells of submissions that have been run, in a constant number of statements."""
    given = {
        (row.submission_id, row.notebook, row.grade_id): row
        for row in db.session.scalars(
            select(ManualScore).where(
                ManualScore.submission_id.in_(list(ids)), ManualScore.superseded_at.is_(None)
            )
        )
    }
    attempts = db.session.scalars(
        select(Attempt)
        .where(Attempt.submission_id.in_(list(ids)))
        .ext(distinct_on(Attempt.submission_id))
        .order_by(Attempt.submission_id, Attempt.number.desc())
        .options(selectinload(Attempt.notebooks).selectinload(NotebookScore.cells))
    )
    return {
        attempt.submission_id: [
            _cell(attempt, notebook, cell, given)
            for notebook in attempt.notebooks
            for cell in notebook.cells
        ]
        for attempt in attempts
        if attempt.state not in LIVE
    }


def _cell(
    attempt: Attempt,
    notebook: NotebookScore,
    cell: CellScore,
    given: dict[tuple[uuid.UUID, str, str], ManualScore],
) -> CellNow:
    row = given.get((attempt.submission_id, notebook.name, cell.grade_id))
    return CellNow(
        notebook.name,
        cell.grade_id,
        # What a case withholds is withheld here as well.
        None if attempt.state is AttemptState.TAMPERED else cell.score,
        cell.max_score,
        row.id if row else None,
        row.score if row else None,
        row.comment if row else "",
    )


def feedback_now(ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], str]:
    """The blobs of files that were given back, by submission and name."""
    return {
        (submission_id, name): blob
        for submission_id, name, blob in db.session.execute(
            select(FeedbackFile.submission_id, FeedbackFile.name, FeedbackFile.blob).where(
                FeedbackFile.submission_id.in_(list(ids)), FeedbackFile.superseded_at.is_(None)
            )
        )
    }
