"""One work as a grader reads it: what was handed in, and its parts with what counts now."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading import policies as grading_policies
from app.grading import queries as grading
from app.grading.models import ManualScore, Submission
from app.grading.rules import AttemptState
from app.kernel.errors import NotVisible
from app.learning.queries import SectionView
from app.marking.queries import seconds
from app.marking.queries.sources import Scope
from app.marking.rules import lab_part, rubric_key, rubric_subject
from app.quizzes import policies as quiz_policies
from app.quizzes import queries as quizzes
from app.quizzes.models import QuizAttempt, QuizFile
from app.quizzes.queries import QuizDesk
from app.quizzes.rules import Marker
from app.rubrics import queries as rubrics
from app.rubrics.models import RubricJudgement, RubricVersion

__all__ = ["File", "Work", "WorkPart", "judged_parts", "work_of"]


@dataclass(frozen=True)
class File:
    """Something handed in; its place in the list is its number, from 1."""

    name: str
    blob: str
    size: int
    part: str = ""
    """The question it answers; empty for files of a submission."""

    @property
    def is_notebook(self) -> bool:
        return not self.part and self.name.endswith(".ipynb")


@dataclass(frozen=True)
class WorkPart:
    """What gets points of its own, and what it has now."""

    key: str
    worth: Decimal
    points: Decimal | None
    """By a person, or by itself; None while it waits."""
    comment: str = ""
    by: str = ""
    """Who gave them; empty when nobody did."""
    at: datetime | None = None
    seen: uuid.UUID | None = None
    """The score or mark that counts: handed back when points are given."""
    is_double: bool = False
    """Two mark it apart from each other: what stands here is what the reader herself gave."""
    rubric: RubricVersion | None = None
    judgement: RubricJudgement | None = None

    @property
    def waits(self) -> bool:
        return self.points is None


@dataclass(frozen=True)
class Work:
    """A submission or an attempt, for whoever grades it."""

    id: uuid.UUID
    at: datetime
    person_id: uuid.UUID
    name: str
    handle: str
    number: int
    parts: tuple[WorkPart, ...]
    files: tuple[File, ...]
    submission: Submission | None = None
    attempt: QuizAttempt | None = None
    notes_by: uuid.UUID | None = None
    """Only her notes are shown, since two mark it apart from each other; None: everybody's."""

    @property
    def place(self) -> tuple[datetime, uuid.UUID]:
        """Where it stands among the works of its item."""
        return self.at, self.id

    def part(self, key: str) -> WorkPart | None:
        return next((part for part in self.parts if part.key == key), None)


def work_of(scope: Scope, view: SectionView, work_id: uuid.UUID) -> Work:
    """A work of the item with everything a grader needs, in a fixed number of statements.

    Raises NotVisible: not of this item, her own, or not ready to be graded.
    """
    if scope.mine is not None and work_id not in scope.mine:
        raise NotVisible(work_id)
    made = _lab(scope, work_id) if scope.item.kind is ItemKind.LAB else _quiz(scope, view, work_id)
    keys = {part.key: rubric_key(scope.section.id, scope.item.key, part.key) for part in made.parts}
    parts = _apart(scope, made)
    is_double = any(part.is_double for part in parts)
    made = replace(made, parts=parts, notes_by=scope.grader.id if is_double else None)
    subjects = {part.key: subject_of(made.id, part, scope.grader) for part in made.parts}
    attached = rubrics.attached(list(keys.values()))
    judged = rubrics.judgements(list(subjects.values())) if attached else {}
    return replace(
        made,
        parts=tuple(
            replace(
                part,
                rubric=attached.get(keys[part.key]),
                judgement=_by_this(judged.get(subjects[part.key]), attached.get(keys[part.key])),
            )
            for part in made.parts
        ),
    )


def subject_of(work_id: uuid.UUID, part: WorkPart, grader: Person) -> str:
    """What GRADER judges when a rubric is used for PART."""
    return rubric_subject(work_id, part.key, grader.id if part.is_double else None)


def _apart(scope: Scope, work: Work) -> tuple[WorkPart, ...]:
    """The parts of WORK; of those that two mark and that are not settled only what SCOPE's grader
    gave herself."""
    if not seconds.due(scope.section, scope.item.key, [work.id]):
        return work.parts
    own, settled = seconds.mine_of(scope.grader, work.id), seconds.settled_parts(work.id)
    found = []
    for part in work.parts:
        given = own.get(part.key)
        if part.key in settled:
            found.append(part)
        elif given is None:
            found.append(replace(part, is_double=True))
        else:
            found.append(
                replace(
                    part,
                    is_double=True,
                    points=given.points,
                    comment=given.comment,
                    by=scope.grader.name,
                    at=given.at,
                )
            )
    return tuple(found)


def _by_this(
    judgement: RubricJudgement | None, version: RubricVersion | None
) -> RubricJudgement | None:
    """JUDGEMENT when it was made by VERSION: levels of another one say nothing here."""
    if judgement is None or version is None or judgement.version_id != version.id:
        return None
    return judgement


def _lab(scope: Scope, work_id: uuid.UUID) -> Work:
    found = grading.submission_visible_to(scope.grader, work_id)
    if (
        found.section_id != scope.section.id
        or found.lab_slug != scope.item.slug
        or not grading_policies.can_grade(scope.grader, found)
        or not found.attempts
        or found.attempt.state is not AttemptState.GRADED
    ):
        raise NotVisible(work_id)
    given = {
        (row.notebook, row.grade_id): row
        for row in found.manual_scores
        if row.superseded_at is None
    }
    return Work(
        id=found.id,
        at=found.submitted_at,
        person_id=found.person_id,
        name=found.person.name,
        handle=found.person.handle,
        number=found.number,
        parts=tuple(_cells(found, given)),
        files=tuple(File(file.path, file.blob, file.size) for file in found.files),
        submission=found,
    )


def _cells(
    submission: Submission, given: Mapping[tuple[str, str], ManualScore]
) -> Sequence[WorkPart]:
    """Cells that only a person judges, and tests to which one gave points."""
    parts = []
    for notebook in submission.attempt.notebooks:
        for cell in notebook.cells:
            person = given.get((notebook.name, cell.grade_id))
            if cell.kind == "test" and cell.score is not None and person is None:
                continue
            points = person.score if person is not None else cell.score
            parts.append(
                WorkPart(
                    key=lab_part(notebook.name, cell.grade_id),
                    worth=_exact(cell.max_score),
                    points=None if points is None else _exact(points),
                    comment=person.comment if person is not None else "",
                    by=person.graded_by.name if person is not None else "",
                    at=person.graded_at if person is not None else None,
                    seen=person.id if person is not None else None,
                )
            )
    return parts


def _exact(number: float) -> Decimal:
    return Decimal(str(number))


def _quiz(scope: Scope, view: SectionView, work_id: uuid.UUID) -> Work:
    item = view.item(scope.item.kind, scope.item.slug)
    desk = QuizDesk(view, item, {}, False)
    found = quizzes.attempt_to_mark(desk, work_id)
    if not quiz_policies.can_mark(scope.grader, found) or not quiz_policies.is_finished(found):
        raise NotVisible(work_id)
    marks = quizzes.marks_of(found)
    parts = []
    for question in found.questions:
        mark = marks.get(question["id"])
        if mark is None or (mark.points is not None and mark.marker is Marker.KEY):
            continue
        parts.append(
            WorkPart(
                key=question["id"],
                worth=mark.out_of,
                points=mark.points,
                comment=mark.comment,
                by=mark.by.name if mark.by is not None else "",
                at=mark.marked_at if mark.by is not None else None,
                seen=mark.id,
            )
        )
    has_files = any(question["type"] == "file" for question in found.questions)
    files: list[QuizFile] = quizzes.files_of(found) if has_files else []
    assert found.submitted_at is not None
    return Work(
        id=found.id,
        at=found.submitted_at,
        person_id=found.person_id,
        name=found.person.name,
        handle=found.person.handle,
        number=found.number,
        parts=tuple(parts),
        files=tuple(File(row.name, row.blob, row.size, row.question_id) for row in files),
        attempt=found,
    )


def judged_parts(work_id: uuid.UUID, parts: Sequence[str]) -> dict[str, RubricJudgement]:
    """How parts of a work were judged by rubrics, for pages that show points of it; by part.

    One statement. That the reader may see the points is for the page to know.
    """
    subjects = {rubric_subject(work_id, part): part for part in parts}
    return {
        subjects[subject]: judgement
        for subject, judgement in rubrics.judgements(list(subjects)).items()
    }
