"""Labs: what released results prove. Run whenever a result or its release changes."""

import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.catalog.rules import ItemKind
from app.evidence.models import GradingStamp, SupervisedRepeat
from app.evidence.operations import ledger, stamps
from app.evidence.operations.found import Finder
from app.evidence.operations.ledger import Standing, Work
from app.evidence.operations.places import course_of, item_in, lock_sections, with_course
from app.evidence.rules import Cells, Withdrawn, pieces_of, work_hash
from app.grading.models import Attempt, ManualScore, NotebookScore, Submission
from app.grading.rules import LIVE, AttemptState
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.labs.models import LabVersion
from app.learning import queries as learning

__all__ = ["lab_key", "sync_released", "sync_submissions", "work_of"]


def lab_key(slug: str) -> str:
    return f"{ItemKind.LAB.value}:{slug}"


@operation
def sync_released(section_id: uuid.UUID, slugs: Collection[str]) -> None:
    """Labs SLUGS of a section were released: everybody's results of them count from now on."""
    lock_sections([section_id], alone=True)
    sync_submissions(
        db.session.scalars(
            select(Submission.id).where(
                Submission.section_id == section_id, Submission.lab_slug.in_(list(slugs))
            )
        ).all()
    )


@operation
def sync_submissions(ids: Collection[uuid.UUID]) -> None:
    """Bring the ledger to what these submissions prove. What is held from students stays as it is:
    nothing may be learnt of it before its release."""
    found = _submissions(ids)
    if not found:
        return
    lock_sections(row.section_id for row in found)
    db.session.execute(
        select(Submission.id)
        .where(Submission.id.in_([row.id for row in found]))
        .order_by(Submission.id)
        .with_for_update(key_share=True)
    )
    held = learning.held_keys_of({row.section_id for row in found})
    told = [
        row for row in found
        if lab_key(row.lab_slug) not in held.get(row.section_id, frozenset())
    ]  # fmt: skip
    attempts = _newest_attempts([row.id for row in told])
    versions = _versions(told, attempts.values())
    marks = _stamps([attempt.id for attempt in attempts.values()])
    given = _given([row.id for row in told])
    watched = _watched([row.id for row in told])
    finder = Finder(
        {course_of(row.section).id for row in told},
        [version.skills for version in versions.values()],
    )
    standings = []
    for row in told:
        attempt = attempts.get(row.id)
        if attempt is None:
            continue
        version = versions[attempt.lab_version_id or row.lab_version_id]
        pieces = []
        reason = Withdrawn.NOT_MAPPED
        if attempt.state is AttemptState.GRADED and attempt.score is not None:
            named = finder.named(course_of(row.section).id, lab_key(row.lab_slug), version.skills)
            pieces = pieces_of(named, attempt.score, attempt.max_score or 0, _cells(attempt, given))
        elif attempt.state is AttemptState.TAMPERED:
            reason = Withdrawn.TAMPERED
        else:
            reason = Withdrawn.NO_RESULT
        for person in row.people:
            work = work_of(row, person.person_id, version, marks.get(attempt.id))
            repeat = watched.get((row.id, person.person_id))
            if repeat is None:
                standings.append(Standing(work, pieces, reason))
            else:
                standings.append(
                    Standing(work, pieces, reason, repeat.attested_by_id, _where(repeat))
                )
    ledger.bring_to(standings)


def work_of(
    row: Submission, person_id: uuid.UUID, version: LabVersion, mark: GradingStamp | None
) -> Work:
    """A submission as the ledger keeps it for one of those whose work it is."""
    environment, digest = (
        (mark.environment, mark.environment_digest)
        if mark is not None
        else stamps.machine(version.environment, False)
    )
    return Work(
        person_id=person_id,
        source_id=row.id,
        item=item_in(row.section, lab_key(row.lab_slug)),
        title=version.title,
        work_hash=work_hash({file.path: file.blob for file in row.files}),
        grader=mark.grader if mark is not None else stamps.grader(),
        environment=environment,
        environment_digest=digest,
        section_id=row.section_id,
        lab_version_id=version.id,
        lab_version_number=version.number,
        submission_id=row.id,
    )


def _submissions(ids: Collection[uuid.UUID]) -> list[Submission]:
    return list(
        db.session.scalars(
            select(Submission)
            .where(Submission.id.in_(list(ids)), Submission.is_trial.is_(False))
            .options(
                selectinload(Submission.people),
                selectinload(Submission.files),
                with_course(Submission.section),
            )
            .order_by(Submission.id)
        )
    )


def _newest_attempts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Attempt]:
    """The newest attempt of each that has ended: while one runs again, the last one counts."""
    rows = db.session.scalars(
        select(Attempt)
        .where(Attempt.submission_id.in_(list(ids)), Attempt.state.not_in(LIVE))
        .options(selectinload(Attempt.notebooks).selectinload(NotebookScore.cells))
        .order_by(Attempt.number)
        .execution_options(populate_existing=True)
    )
    return {row.submission_id: row for row in rows}


def _versions(
    rows: Iterable[Submission], attempts: Iterable[Attempt]
) -> dict[uuid.UUID, LabVersion]:
    ids = {row.lab_version_id for row in rows}
    ids |= {row.lab_version_id for row in attempts if row.lab_version_id is not None}
    found = db.session.scalars(select(LabVersion).where(LabVersion.id.in_(list(ids))))
    return {version.id: version for version in found}


def _stamps(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, GradingStamp]:
    rows = db.session.scalars(select(GradingStamp).where(GradingStamp.attempt_id.in_(list(ids))))
    return {row.attempt_id: row for row in rows}


def _watched(
    ids: Collection[uuid.UUID],
) -> dict[tuple[uuid.UUID, uuid.UUID], SupervisedRepeat]:
    rows = db.session.scalars(
        select(SupervisedRepeat).where(SupervisedRepeat.submission_id.in_(list(ids)))
    )
    return {(row.submission_id, row.person_id): row for row in rows if row.submission_id}


def _where(repeat: SupervisedRepeat) -> str:
    """Where and when it was done, and what was noted, for whoever reads the ledger."""
    day = f"{repeat.starts_at.astimezone(clock.TAIPEI):%Y-%m-%d %H:%M}"
    return " · ".join(part for part in (repeat.place, day, repeat.note) if part)[:500]


Given = dict[tuple[uuid.UUID, str, str], float]


def _given(ids: Collection[uuid.UUID]) -> Given:
    rows = db.session.scalars(
        select(ManualScore).where(
            ManualScore.submission_id.in_(list(ids)), ManualScore.superseded_at.is_(None)
        )
    )
    return {(row.submission_id, row.notebook, row.grade_id): row.score for row in rows}


def _cells(attempt: Attempt, given: Given) -> Cells:
    """Points of each cell, a person's before the engine's. Grade ids are unique within a lab."""
    points = {}
    for notebook in attempt.notebooks:
        for cell in notebook.cells:
            place = (attempt.submission_id, notebook.name, cell.grade_id)
            score = given.get(place, cell.score)
            points[cell.grade_id] = (
                None if score is None else Decimal(str(score)),
                Decimal(str(cell.max_score)),
            )
    return Cells(points)
