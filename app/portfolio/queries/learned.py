"""What the house knows that she has learned: courses and labs, as they stand now.

Only what she herself has been told: points that are held back are not here.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.catalog.models import Course, CourseVersion
from app.finals import queries as finals
from app.finals.rules import Grade, grade_words
from app.grading import queries as grading
from app.grading.models import Attempt, NotebookScore, Submission
from app.grading.rules import AttemptState
from app.kernel import blobs, clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning import queries as learning
from app.learning.models import Enrolment, Offering, Section
from app.portfolio import rules

__all__ = ["CellFact", "CourseFact", "LabFact", "courses_of", "lab_ref", "labs_of", "taken_by"]


@dataclass(frozen=True)
class CourseFact:
    """A course that she takes or took."""

    ref: str
    title: LocalizedText
    school: LocalizedText
    academic_year: int
    semester: int
    credits: int
    enrolled_at: datetime
    completed_at: datetime | None
    grade: Grade | None
    """Final, settled; None before."""

    @property
    def words(self) -> str:
        """The grade as it stands on a transcript."""
        return "" if self.grade is None else grade_words(self.grade)


@dataclass(frozen=True)
class CellFact:
    """One graded cell of a lab: its name in the notebook and its points."""

    name: str
    score: float | None
    max_score: float


@dataclass(frozen=True)
class LabFact:
    """A lab with the result that counts."""

    ref: str
    title: LocalizedText
    course: LocalizedText
    score: float
    max_score: float
    submitted_at: datetime
    number: int
    """Of the lab's version."""
    digest: str
    """Of the lab's version."""
    receipt: str
    """The hash of what she handed in."""
    mates: int
    """How many others it is the work of."""
    cells: tuple[CellFact, ...]
    code: tuple[str, ...]
    """Her answers, cell by cell; empty unless asked for and free to be shown."""
    code_is_free: bool


def lab_ref(section_id: uuid.UUID, slug: str) -> str:
    return f"{section_id}/{slug}"


def taken_by(person_id: uuid.UUID) -> Sequence[Enrolment]:
    """The sections that she takes or took and did not leave, newest first."""
    return db.session.scalars(
        select(Enrolment)
        .join(Enrolment.section)
        .join(Section.offering)
        .join(Offering.course_version)
        .where(Enrolment.person_id == person_id, Enrolment.withdrawn_at.is_(None))
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id)
        .options(
            contains_eager(Enrolment.section).joinedload(Section.school),
            contains_eager(Enrolment.section)
            .contains_eager(Section.offering)
            .contains_eager(Offering.course_version)
            .load_only(CourseVersion.title, CourseVersion.course_id)
            .joinedload(CourseVersion.course)
            .load_only(Course.slug),
        )
    ).all()


def courses_of(person_id: uuid.UUID, taken: Sequence[Enrolment]) -> list[CourseFact]:
    """The courses of TAKEN, with final grades where they are settled."""
    grades = finals.finals_of(person_id)
    return [
        CourseFact(
            ref=str(row.section_id),
            title=row.section.offering.course_version.title,
            school=row.section.school.name,
            academic_year=row.section.offering.academic_year,
            semester=row.section.offering.semester,
            credits=row.section.offering.credits,
            enrolled_at=row.enrolled_at,
            completed_at=row.completed_at,
            grade=_told(grades.get(row.section_id)),
        )
        for row in taken
    ]


def _told(standing: finals.Standing | None) -> Grade | None:
    return None if standing is None or standing.grade.is_incomplete else standing.grade


def labs_of(
    person_id: uuid.UUID,
    taken: Sequence[Enrolment],
    *,
    with_code: frozenset[str] = frozenset(),
) -> list[LabFact]:
    """The labs of TAKEN that are graded and released, newest first.

    WITH_CODE names those whose answers are read as well.
    """
    sections = {row.section_id: row.section for row in taken}
    held = learning.held_keys_of(sections)
    standings = {
        row.submission_id: row
        for row in grading.bests_of(person_id)
        if row.section_id in sections
        and f"lab:{row.lab_slug}" not in held.get(row.section_id, ())
        and row.max_score
    }
    plans = learning.plans_of({section.offering_id for section in sections.values()})
    found = db.session.scalars(
        select(Submission)
        .where(Submission.id.in_(list(standings)))
        .order_by(Submission.submitted_at.desc(), Submission.id)
        .options(
            joinedload(Submission.lab_version),
            selectinload(Submission.people),
            selectinload(Submission.files),
            selectinload(Submission.manual_scores),
            selectinload(Submission.attempts)
            .selectinload(Attempt.notebooks)
            .selectinload(NotebookScore.cells),
        )
    )
    facts = []
    for row in found:
        standing, section = standings[row.id], sections[row.section_id]
        ref = lab_ref(row.section_id, row.lab_slug)
        plan = plans.get(section.offering_id, {}).get(f"lab:{row.lab_slug}")
        free = rules.code_is_free(
            clock.now(),
            plan.closes_at if plan else None,
            section.closed_at or rules.end_of_day(section.offering.ends_on),
        )
        facts.append(
            LabFact(
                ref=ref,
                title=row.lab_version.title,
                course=section.offering.course_version.title,
                score=standing.score,
                max_score=standing.max_score,
                submitted_at=row.submitted_at,
                number=row.lab_version.number,
                digest=row.lab_version.digest,
                receipt=row.receipt,
                mates=len(row.people) - 1,
                cells=tuple(_cells(row)),
                code=answers(row) if free and ref in with_code else (),
                code_is_free=free,
            )
        )
    return facts


def _cells(submission: Submission) -> list[CellFact]:
    """What each graded cell got: a person's points where she gave some."""
    given = {
        (row.notebook, row.grade_id): row.score
        for row in sorted(submission.manual_scores, key=lambda row: row.graded_at)
        if row.superseded_at is None
    }
    graded = [a for a in submission.attempts if a.state is AttemptState.GRADED]
    return [
        CellFact(
            cell.grade_id, given.get((notebook.name, cell.grade_id), cell.score), cell.max_score
        )
        for notebook in (graded[-1].notebooks if graded else ())
        for cell in notebook.cells
    ]


def answers(submission: Submission) -> tuple[str, ...]:
    """The code that she wrote into the cells for answers, as she handed it in."""
    found: list[str] = []
    for file in submission.files:
        if not file.path.endswith(".ipynb"):
            continue
        try:
            cells = json.loads(blobs.get(file.blob)).get("cells", [])
        except (ValueError, AttributeError, blobs.BlobMissing, blobs.BlobDamaged):
            continue
        found += [source for cell in cells if (source := _answer(cell))]
    return tuple(found)


def _answer(cell: Any) -> str:
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return ""
    metadata = cell.get("metadata")
    marked = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(marked, dict) or not marked.get("solution"):
        return ""
    source = cell.get("source", "")
    text = "".join(source) if isinstance(source, list) else str(source)
    lines = text.strip("\n").splitlines()
    kept = "\n".join(line[:400] for line in lines[: rules.MOST_CODE_LINES])
    return kept + ("\n# …" if len(lines) > rules.MOST_CODE_LINES else "")
