"""The queue, as operators see it: what waits, what runs, who works, what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, text, tuple_

from app.catalog.models import CourseItem, Module
from app.grading.models import Attempt, Submission, WorkerReport
from app.grading.rules import AttemptState, Priority
from app.kernel import clock
from app.kernel.database import db
from app.kernel.jobs import STALLED_AFTER_SECONDS
from app.kernel.localized import LocalizedText
from app.labs.models import LabVersion
from app.learning.models import Offering, Section

MOST_LINES = 10
MOST_RUNNING = 50
MOST_FAILURES = 10


@dataclass(frozen=True)
class Line:
    """How many attempts of one kind wait, and since when the oldest does."""

    name: str
    count: int
    oldest_queued_at: datetime | None


@dataclass(frozen=True)
class Running:
    """An attempt that is being graded. ``worker`` is None when its worker is not known."""

    section: str
    lab: LocalizedText
    claimed_at: datetime | None
    claim_count: int
    worker: int | None


@dataclass(frozen=True)
class Failure:
    """An attempt that ended without a result, or a job that the queue gave up."""

    what: str
    at: datetime | None
    reason: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Worker:
    """A worker of the queue; ``report`` is None until it has said where it runs."""

    number: int
    last_heartbeat: datetime
    is_alive: bool
    report: WorkerReport | None


@dataclass(frozen=True)
class QueueState:
    """Everything on the operators' page, of one moment."""

    at: datetime
    classes: tuple[Line, ...]
    sections: tuple[Line, ...]
    running: tuple[Running, ...]
    finished_in_5_minutes: int
    finished_in_60_minutes: int
    workers: tuple[Worker, ...]
    failures: tuple[Failure, ...]
    forgotten_jobs: tuple[Failure, ...]

    @property
    def queued_count(self) -> int:
        return sum(line.count for line in self.classes)

    @property
    def obstacles(self) -> list[str]:
        """Why workers that live cannot grade."""
        living = [w.report for w in self.workers if w.is_alive and w.report is not None]
        return sorted({report.obstacle for report in living if report.obstacle})

    @property
    def can_grade(self) -> bool:
        return any(w.is_alive and w.report and not w.report.obstacle for w in self.workers)


def queue_state() -> QueueState:
    """The queue now, in a constant number of statements."""
    now = clock.now()
    by_class = {
        priority: Line(Priority(priority).name.lower(), count, oldest)
        for priority, count, oldest in db.session.execute(
            select(Attempt.priority, func.count(), func.min(Attempt.queued_at))
            .where(Attempt.state == AttemptState.QUEUED)
            .group_by(Attempt.priority)
        )
    }
    finished = db.session.execute(
        select(
            func.count().filter(Attempt.finished_at > now - timedelta(minutes=5)),
            func.count(),
        ).where(Attempt.finished_at > now - timedelta(minutes=60))
    ).one()
    return QueueState(
        at=now,
        classes=tuple(
            by_class.get(priority.value, Line(priority.name.lower(), 0, None))
            for priority in sorted(Priority, reverse=True)
        ),
        sections=_sections(),
        running=_running(),
        finished_in_5_minutes=finished[0],
        finished_in_60_minutes=finished[1],
        workers=_workers(now),
        failures=_failures(),
        forgotten_jobs=_failed_jobs(),
    )


def grading_is_possible() -> bool:
    """Whether some worker lives that can grade."""
    return any(w.is_alive and w.report and not w.report.obstacle for w in _workers(clock.now()))


def place_in_line(attempt: Attempt) -> int:
    """How many attempts of ATTEMPT's section go before it, itself counted: 1 is next.

    Sections take turns, so this is a place in the line of her course, not of the whole house.
    """
    before = or_(
        Attempt.priority > attempt.priority,
        and_(
            Attempt.priority == attempt.priority,
            tuple_(Attempt.turn, Attempt.queued_at, Attempt.id)
            < tuple_(attempt.turn, attempt.queued_at, attempt.id),
        ),
    )
    return (
        1
        + db.session.scalars(
            select(func.count())
            .select_from(Attempt)
            .where(
                Attempt.section_id == attempt.section_id,
                Attempt.state == AttemptState.QUEUED,
                before,
            )
        ).one()
    )


def _sections() -> tuple[Line, ...]:
    """The longest lines."""
    rows = db.session.execute(
        select(Section.code, func.count(), func.min(Attempt.queued_at))
        .join(Section, Section.id == Attempt.section_id)
        .where(Attempt.state == AttemptState.QUEUED)
        .group_by(Section.code)
        .order_by(func.count().desc(), Section.code)
        .limit(MOST_LINES)
    )
    return tuple(Line(*row) for row in rows)


def _running() -> tuple[Running, ...]:
    rows = db.session.execute(
        select(
            Section.code,
            LabVersion.title,
            Attempt.claimed_at,
            Attempt.claim_count,
            Attempt.worker,
        )
        .join(Submission, Submission.id == Attempt.submission_id)
        .join(Section, Section.id == Attempt.section_id)
        .join(LabVersion, LabVersion.id == Submission.lab_version_id)
        .where(Attempt.state == AttemptState.RUNNING)
        .order_by(Attempt.claimed_at)
        .limit(MOST_RUNNING)
    ).all()
    return tuple(Running(*row) for row in rows)


def _workers(now: datetime) -> tuple[Worker, ...]:
    reports = {row.queue_worker: row for row in db.session.scalars(select(WorkerReport))}
    rows = db.session.execute(
        text("SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id")
    )
    alive_since = now - timedelta(seconds=STALLED_AFTER_SECONDS)
    return tuple(
        Worker(number, beat, beat > alive_since, reports.get(number)) for number, beat in rows
    )


def _failures() -> tuple[Failure, ...]:
    rows = db.session.execute(
        select(
            Section.code,
            Submission.lab_slug,
            Attempt.finished_at,
            Attempt.reason,
            Attempt.reason_params,
        )
        .join(Submission, Submission.id == Attempt.submission_id)
        .join(Section, Section.id == Attempt.section_id)
        .where(Attempt.state == AttemptState.FAILED, Attempt.finished_at.is_not(None))
        .order_by(Attempt.finished_at.desc())
        .limit(MOST_FAILURES)
    )
    return tuple(
        Failure(f"{code} · {slug}", at, reason or "", params)
        for code, slug, at, reason, params in rows
    )


def _failed_jobs() -> tuple[Failure, ...]:
    """What the queue has given up after its last try: the newest of each kind."""
    rows = db.session.execute(
        text(
            "SELECT job.task_name, count(*), max(event.at) FROM procrastinate_jobs job"
            " JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'failed'"
            " WHERE job.status = 'failed' GROUP BY job.task_name ORDER BY 3 DESC LIMIT :most"
        ),
        {"most": MOST_FAILURES},
    )
    return tuple(Failure(name, at, str(count), {}) for name, count, at in rows)


def environments_in_use() -> list[str]:
    """The environments of labs in sections that are open, the most used first."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    return list(
        db.session.scalars(
            select(LabVersion.environment)
            .join(CourseItem, CourseItem.lab_version_id == LabVersion.id)
            .join(Module, Module.id == CourseItem.module_id)
            .join(Offering, Offering.course_version_id == Module.course_version_id)
            .join(Section, Section.offering_id == Offering.id)
            .where(Section.closed_at.is_(None), Offering.ends_on >= today)
            .group_by(LabVersion.environment)
            .order_by(func.count().desc(), LabVersion.environment)
        )
    )
