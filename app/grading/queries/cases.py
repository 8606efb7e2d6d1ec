"""Attempts that a person has to decide about, and what there is to look at."""

import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Person
from app.grading import policies
from app.grading.models import (
    Attempt,
    ManualScore,
    NotebookScore,
    Submission,
    SubmissionPerson,
    TamperCase,
)
from app.kernel import blobs, clock
from app.kernel.database import NOW, db
from app.kernel.errors import NotVisible
from app.learning.models import Section, SectionStaff

SHOWN_AFTER_DECISION = timedelta(days=14)
MOST_CELLS = 200
MOST_TEXT = 20_000

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def case_visible_to(person: Person, case_id: uuid.UUID) -> TamperCase:
    """A case for the student whose work it is and for the staff of its section, nobody else.

    Raises NotVisible.
    """
    found = db.session.scalar(
        _with_submission(select(TamperCase).where(TamperCase.id == case_id)).options(
            contains_eager(TamperCase.attempt)
            .selectinload(Attempt.notebooks)
            .selectinload(NotebookScore.cells),
            contains_eager(TamperCase.attempt)
            .contains_eager(Attempt.submission)
            .options(
                joinedload(Submission.section)
                .selectinload(Section.staff)
                .joinedload(SectionStaff.person),
                selectinload(Submission.people).joinedload(SubmissionPerson.person),
                selectinload(Submission.files),
                selectinload(Submission.manual_scores).joinedload(ManualScore.graded_by),
            ),
            joinedload(TamperCase.decided_by),
        )
    )
    if found is None or not policies.can_read(person, found.attempt.submission):
        raise NotVisible(case_id)
    return found


def cases_to_decide(person: Person, section_ids: Iterable[uuid.UUID]) -> list[TamperCase]:
    """The undecided cases of sections that PERSON teaches, the oldest first; never her own."""
    return list(
        db.session.scalars(
            _with_submission(select(TamperCase))
            .where(
                TamperCase.decided_at.is_(None),
                Submission.section_id.in_(list(section_ids)),
                ~Submission.people.any(SubmissionPerson.person_id == person.id),
            )
            .order_by(TamperCase.opened_at)
        )
    )


def my_recent_cases(person: Person) -> list[TamperCase]:
    """Cases about PERSON's own work that are open, or were decided in the last two weeks."""
    since = clock.now() - SHOWN_AFTER_DECISION
    return list(db.session.scalars(_recent(), {"person_id": person.id, "since": since}))


def has_recent_cases() -> ColumnElement[bool]:
    """Whether a case about the work of ``person_id`` is open, or was decided lately."""
    return exists().where(
        SubmissionPerson.person_id == bindparam("person_id"),
        Attempt.submission_id == SubmissionPerson.submission_id,
        TamperCase.attempt_id == Attempt.id,
        or_(
            TamperCase.decided_at.is_(None),
            TamperCase.decided_at > NOW - SHOWN_AFTER_DECISION,
        ),
    )


@cache
def _recent() -> Select[TamperCase]:
    return (
        _with_submission(select(TamperCase))
        .where(
            Submission.people.any(SubmissionPerson.person_id == bindparam("person_id")),
            TamperCase.decided_at.is_(None) | (TamperCase.decided_at > bindparam("since")),
        )
        .order_by(TamperCase.opened_at.desc())
    )


def _with_submission(statement: Select[TamperCase]) -> Select[TamperCase]:
    submission = contains_eager(TamperCase.attempt).contains_eager(Attempt.submission)
    return (
        statement.join(Attempt, Attempt.id == TamperCase.attempt_id)
        .join(Submission, Submission.id == Attempt.submission_id)
        .options(
            submission.joinedload(Submission.person),
            submission.joinedload(Submission.section),
            submission.joinedload(Submission.lab_version),
        )
    )


@dataclass(frozen=True)
class EvidenceCell:
    """A cell of an executed notebook, as plain text: ``code``, ``test`` or ``text``."""

    number: int
    kind: str
    grade_id: str
    source: str
    output: str


def evidence(notebook: NotebookScore) -> list[EvidenceCell]:
    """The executed notebook, hidden tests included: for graders only. Shortened where it is long.

    Empty when nothing was kept.
    """
    if notebook.executed_blob is None:
        return []
    document: dict[str, Any] = json.loads(blobs.get(notebook.executed_blob))
    cells = []
    for number, cell in enumerate(document.get("cells", [])[:MOST_CELLS], 1):
        about = cell.get("metadata", {}).get("nbgrader") or {}
        is_test = bool(about.get("grade")) and not about.get("solution")
        kind = "text" if cell.get("cell_type") != "code" else "test" if is_test else "code"
        cells.append(
            EvidenceCell(
                number,
                kind,
                str(about.get("grade_id", "")),
                _text(cell.get("source", ""))[:MOST_TEXT],
                "\n".join(filter(None, map(_shown, cell.get("outputs", []))))[:MOST_TEXT],
            )
        )
    return cells


def _shown(output: dict[str, Any]) -> str:
    """What an output says in plain text."""
    kind = output.get("output_type")
    if kind == "stream":
        return _text(output.get("text", ""))
    if kind == "error":
        return ANSI.sub("", "\n".join(map(str, output.get("traceback", []))))
    return _text(output.get("data", {}).get("text/plain", ""))


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
