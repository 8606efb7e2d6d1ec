"""Feedback and points for many submissions at once: what a file would do, then doing it."""

import hashlib
import json
import math
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import FeedbackFile, Submission, SubmissionPerson
from app.grading.operations.manual import CellRef, give_score
from app.grading.operations.notices import tell_of_feedback
from app.grading.operations.submitting import tell_pages
from app.grading.queries.archive import MANIFEST, POINTS
from app.grading.queries.bulk import Box, CellNow, cells_now, feedback_now, files_of
from app.grading.rules.archives import MOST_PATH, entries, is_archive, names_in, safe_path
from app.grading.rules.matching import Fate, Known, Match
from app.grading.rules.pointlists import MOST_COMMENT, PointLine, parse_points
from app.kernel import audit, blobs, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.policies import is_on_the_staff

__all__ = ["FeedbackPlan", "PlannedFile", "PlannedPoints", "apply_feedback", "plan_feedback"]


@dataclass(frozen=True)
class PlannedFile:
    """A file of the upload: PATH is its place there, NAME what its student will see."""

    path: str
    fate: Fate
    whose: str = ""
    submission_id: uuid.UUID | None = None
    name: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True)
class PlannedPoints:
    """A line of points. BEFORE is what the cell has now."""

    line: int
    fate: Fate
    whose: str = ""
    submission_id: uuid.UUID | None = None
    notebook: str = ""
    cell: str = ""
    before: float | None = None
    points: float | None = None
    comment: str = ""
    seen_id: uuid.UUID | None = None


@dataclass(frozen=True)
class FeedbackPlan:
    """What an upload would do; nothing is written."""

    files: tuple[PlannedFile, ...]
    points: tuple[PlannedPoints, ...]

    @property
    def given(self) -> list[PlannedFile]:
        return [row for row in self.files if row.fate in (Fate.NEW, Fate.REPLACES)]

    @property
    def changed(self) -> list[PlannedPoints]:
        return [row for row in self.points if row.fate is Fate.CHANGED]

    @property
    def name(self) -> str:
        """Names exactly what would be done: what was looked at is what is done."""
        made_of = [[str(r.submission_id), r.name, r.sha256, r.fate.value] for r in self.given] + [
            [str(r.submission_id), r.notebook, r.cell, r.points, r.comment, str(r.seen_id)]
            for r in self.changed
        ]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def plan_feedback(boxes: Sequence[Box], content: bytes) -> FeedbackPlan:
    """What CONTENT, a ZIP archive of files or a table of points, would do to the work in BOXES.

    Nothing else can be met by it. Raises rules.archives.BadArchive.
    """
    known = Known(box.line for box in boxes)
    whose = {handed: box.line.folder for box in boxes for handed in box.handed}
    if not is_archive(content):
        return FeedbackPlan((), tuple(_points(known, whose, parse_points(content))))
    root = _root(name.path for name in names_in(content))
    if root and known.path(root + POINTS).fate is not Fate.UNMATCHED:
        root = ""  # the folder of one student is not what everything is in
    points: list[PlannedPoints] = []
    found: list[tuple[str, Match, str, int]] = []
    for path, data in entries(content):
        below = path.removeprefix(root)
        if below == POINTS:
            points = list(_points(known, whose, parse_points(data)))
        elif below != MANIFEST:
            digest = hashlib.sha256(data).hexdigest()
            found.append((path, known.path(path), digest, len(data)))
    return FeedbackPlan(tuple(_files(found, whose)), tuple(points))


def _root(paths: Iterable[str]) -> str:
    """The one folder that everything is in, with its slash, or nothing."""
    tops = {path.split("/")[0] if "/" in path else "" for path in paths}
    return next(iter(tops)) + "/" if len(tops) == 1 and "" not in tops else ""


def _files(
    found: Sequence[tuple[str, Match, str, int]], whose: dict[uuid.UUID, str]
) -> Iterator[PlannedFile]:
    ids = list({match.work.id for _path, match, _digest, _size in found if match.work})
    own = {key: {blob for _p, blob, _s in rows} for key, rows in files_of(ids).items()}
    there = feedback_now(ids)
    seen: set[tuple[uuid.UUID, str]] = set()
    for path, match, digest, size in found:
        if match.work is None:
            yield PlannedFile(path, match.fate or Fate.UNMATCHED)
            continue
        work_id, name = match.work.id, safe_path(match.rest)
        if len(name) > MOST_PATH:
            fate = Fate.TOO_LONG
        elif digest in own.get(work_id, set()):
            fate = Fate.OWN
        elif (work_id, name) in seen:
            fate = Fate.TWICE
        elif (work_id, name) in there:
            fate = Fate.SAME if there[work_id, name] == digest else Fate.REPLACES
        else:
            fate = Fate.NEW
        seen.add((work_id, name))
        yield PlannedFile(path, fate, whose[work_id], work_id, name, digest, size)


def _points(
    known: Known, whose: dict[uuid.UUID, str], lines: Sequence[PointLine]
) -> Iterator[PlannedPoints]:
    matches = [known.row(line.names, line.number) for line in lines]
    cells = cells_now(list({match.work.id for match in matches if match.work}))
    seen: set[tuple[uuid.UUID, str, str]] = set()
    for line, match in zip(lines, matches, strict=True):
        if match.work is None:
            yield PlannedPoints(line.line, match.fate or Fate.UNMATCHED, cell=line.cell)
            continue
        work_id = match.work.id
        here = cells.get(work_id)
        if here is None:
            yield PlannedPoints(line.line, Fate.WAITS, whose[work_id], work_id, cell=line.cell)
            continue
        fitting = [
            cell
            for cell in here
            if cell.grade_id == line.cell and line.notebook in ("", cell.notebook)
        ]
        if len(fitting) != 1:
            fate = Fate.AMBIGUOUS if fitting else Fate.NO_CELL
            yield PlannedPoints(line.line, fate, whose[work_id], work_id, cell=line.cell)
            continue
        cell = fitting[0]
        key = (work_id, cell.notebook, cell.grade_id)
        fate = Fate.TWICE if key in seen else _fate(line, cell)
        seen.add(key)
        now = _now(cell)
        yield PlannedPoints(
            line.line,
            fate,
            whose[work_id],
            work_id,
            cell.notebook,
            cell.grade_id,
            now,
            line.points if line.points is not None else now,
            cell.comment if line.comment is None else _plain(line.comment),
            cell.given_id,
        )


def _now(cell: CellNow) -> float | None:
    return cell.given if cell.given is not None else cell.score


def _fate(line: PointLine, cell: CellNow) -> Fate:
    now = _now(cell)
    comment = cell.comment if line.comment is None else _plain(line.comment)
    if line.points is not None and math.isnan(line.points):
        return Fate.NOT_A_NUMBER
    # Tables have six digits: what comes back as it went is the same.
    points_same = line.points is None or (now is not None and f"{line.points:g}" == f"{now:g}")
    if points_same and comment == _plain(cell.comment):
        return Fate.SAME
    if line.seen and line.seen != cell.seen:
        return Fate.CONFLICT
    if len(comment) > MOST_COMMENT:
        return Fate.TOO_LONG
    wanted = line.points if line.points is not None else now
    if wanted is None:
        return Fate.NOT_A_NUMBER  # a comment alone gives no points to a cell that has none
    return Fate.CHANGED if 0 <= wanted <= cell.max_score else Fate.OUT_OF_RANGE


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()


@operation
def apply_feedback(
    grader: Person, section: Section, lab_slug: str, plan: FeedbackPlan, content: bytes
) -> None:
    """Do all of PLAN, which was made of CONTENT, or nothing.

    Points that somebody changed since the plan was made raise ScoredMeanwhile. Everybody who got
    a file is told once, unless the results are held.
    """
    if not is_on_the_staff(grader, section):
        raise NotVisible(section.code)
    key = f"feedback:{section.id}:{lab_slug}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    ids = {_id(row) for row in plan.given} | {_id(row) for row in plan.changed}
    works = _works(section, lab_slug, ids, grader)
    for row in sorted(plan.changed, key=lambda each: _order(works[_id(each)])):
        give_score(
            grader,
            works[_id(row)],
            CellRef(row.notebook, row.cell),
            0.0 if row.points is None else row.points,
            row.comment,
            seen=row.seen_id,
        )
    _store(grader, plan, content)
    for work_id in sorted({_id(row) for row in plan.given}):
        tell_pages(works[work_id])
        if not learning.is_held(section.id, f"{ItemKind.LAB.value}:{lab_slug}"):
            tell_of_feedback(works[work_id], plan.name)
    audit.record(
        grader.id,
        "feedback.given_in_bulk",
        "section",
        section.id,
        lab=lab_slug,
        files=len(plan.given),
        points=len(plan.changed),
    )


def _id(row: PlannedFile | PlannedPoints) -> uuid.UUID:
    if row.submission_id is None:
        raise ValueError("only what is matched is applied")
    return row.submission_id


def _order(submission: Submission) -> tuple[uuid.UUID, uuid.UUID]:
    """In one order of people, so that others who write grades never wait in a circle."""
    return min(row.person_id for row in submission.people), submission.id


def _works(
    section: Section, lab_slug: str, ids: set[uuid.UUID], grader: Person
) -> dict[uuid.UUID, Submission]:
    """The submissions, each of this lab and section and never the grader's own."""
    found = {
        row.id: row
        for row in db.session.scalars(
            select(Submission).where(
                Submission.id.in_(ids),
                Submission.section_id == section.id,
                Submission.lab_slug == lab_slug,
                ~Submission.people.any(SubmissionPerson.person_id == grader.id),
            )
        )
    }
    if set(found) != ids:
        raise NotVisible(lab_slug)
    return found


def _store(grader: Person, plan: FeedbackPlan, content: bytes) -> None:
    wanted = {row.path: row for row in plan.given}
    if not wanted:
        return
    now = clock.now()
    for path, data in entries(content):
        row = wanted.get(path)
        if row is None:
            continue
        db.session.execute(
            update(FeedbackFile)
            .where(
                FeedbackFile.submission_id == row.submission_id,
                FeedbackFile.name == row.name,
                FeedbackFile.superseded_at.is_(None),
            )
            .values(superseded_at=now)
        )
        db.session.add(
            FeedbackFile(
                submission_id=_id(row),
                name=row.name,
                blob=blobs.put(data),
                size=len(data),
                given_by_id=grader.id,
                given_at=now,
            )
        )
        db.session.flush()
