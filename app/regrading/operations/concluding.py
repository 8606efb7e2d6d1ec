"""When every submission of a regrade is done: whole grades, latecomers, news; and what was
forgotten."""

import uuid
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select, text

from app.gradebook.models import StudentGrade
from app.kernel import clock, live
from app.kernel.database import db
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.regrading import queries
from app.regrading.models import Regrade, RegradeWork
from app.regrading.operations import notices
from app.regrading.operations.runs import JOB_PRIORITY, held, take_up
from app.regrading.rules import AT_WORK, PENDING, Effect, Points, RunState, WorkState

__all__ = ["conclude", "open_works", "requeue_forgotten"]

WAIT = timedelta(seconds=5)
"""Until submissions that are being graded at this moment are looked for again."""


@operation
def conclude(regrade_id: uuid.UUID) -> None:
    """End the trial, or the regrade, unless something is left to do. Safe to run twice."""
    regrade = held(regrade_id)
    if regrade.state not in AT_WORK or _left(regrade):
        return
    if regrade.state is RunState.TRYING:
        _say_whole_grades(regrade)
        regrade.state, regrade.tried_at = RunState.TRIED, clock.now()
    elif take_up(regrade):
        return  # submissions that came meanwhile
    elif queries.live_among(regrade):
        defer(
            "regrading.tasks.conclude",
            priority=JOB_PRIORITY,
            at=clock.now() + WAIT,
            regrade_id=str(regrade.id),
        )
        return
    else:
        regrade.state, regrade.applied_at = RunState.APPLIED, clock.now()
        _say_what_grades_became(regrade)
        notices.tell_of_regrade(regrade.id)
    live.announce(regrade.topic)


def _left(regrade: Regrade) -> int:
    states = [*PENDING]
    if regrade.state is RunState.APPLYING:
        states.append(WorkState.TRIED)
    found = db.session.scalar(
        select(func.count())
        .select_from(RegradeWork)
        .where(RegradeWork.regrade_id == regrade.id, RegradeWork.state.in_(states))
    )
    return found or 0


def _say_whole_grades(regrade: Regrade) -> None:
    """Keep with each work what the grades of its people would become."""
    works = db.session.scalars(
        select(RegradeWork).where(
            RegradeWork.regrade_id == regrade.id, RegradeWork.state == WorkState.TRIED
        )
    ).all()
    found = {
        work.submission_id: Points.from_json(work.after)
        for work in works
        if work.after is not None and not (regrade.never_lower and work.effect is Effect.DOWN)
    }
    grades = queries.course_grades(regrade.section, regrade.lab_slug, found)
    for work in works:
        work.course = {
            str(row.person_id): [_plain(percent) for percent in grades[row.person_id]]
            for row in work.submission.people
            if row.person_id in grades
        }


def _say_what_grades_became(regrade: Regrade) -> None:
    """Put in the place of what was foreseen what the gradebook has now."""
    now = {
        person_id: percent
        for person_id, percent in db.session.execute(
            select(StudentGrade.person_id, StudentGrade.percent).where(
                StudentGrade.section_id == regrade.section_id
            )
        )
    }
    for work in db.session.scalars(select(RegradeWork).where(RegradeWork.regrade_id == regrade.id)):
        work.course = {
            str(row.person_id): [
                work.course.get(str(row.person_id), [None])[0],
                _plain(now[row.person_id]),
            ]
            for row in work.submission.people
            if row.person_id in now
        }


def _plain(percent: Decimal | None) -> str | None:
    return None if percent is None else f"{percent:.2f}"


FORGOTTEN = text("""
SELECT work.id, work.state FROM regrade_works work
  JOIN regrades ON regrades.id = work.regrade_id
 WHERE (regrades.state IN ('trying', 'applying') AND work.state IN ('waiting', 'running')
        OR regrades.state = 'applying' AND work.state = 'tried')
   AND NOT EXISTS (
       SELECT 1 FROM procrastinate_jobs job
        WHERE job.status IN ('todo', 'doing') AND job.args->>'work_id' = work.id::text)
""")
UNCONCLUDED = text("""
SELECT regrades.id FROM regrades
 WHERE regrades.state IN ('trying', 'applying')
   AND NOT EXISTS (
       SELECT 1 FROM procrastinate_jobs job
        WHERE job.status IN ('todo', 'doing') AND job.args->>'regrade_id' = regrades.id::text)
   AND NOT EXISTS (
       SELECT 1 FROM regrade_works work
        WHERE work.regrade_id = regrades.id AND (work.state IN ('waiting', 'running')
              OR regrades.state = 'applying' AND work.state = 'tried'))
""")


@operation
def requeue_forgotten() -> int:
    """Give a job to whatever waits without one, for whatever reason; returns how many."""
    name = "regrading.forgotten"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    count = 0
    for work_id, state in db.session.execute(FORGOTTEN).all():
        task = "take_over" if state == WorkState.TRIED else "grade_again"
        defer(f"regrading.tasks.{task}", priority=JOB_PRIORITY, work_id=str(work_id))
        count += 1
    for regrade_id in db.session.scalars(UNCONCLUDED).all():
        defer("regrading.tasks.conclude", regrade_id=str(regrade_id))
        count += 1
    return count


def open_works(regrade_id: uuid.UUID) -> list[tuple[uuid.UUID, WorkState]]:
    """What of a regrade is left to do: (work, its state)."""
    regrade = db.session.get_one(Regrade, regrade_id, populate_existing=True)
    if regrade.state not in AT_WORK:
        return []
    states = [*PENDING, *([WorkState.TRIED] if regrade.state is RunState.APPLYING else [])]
    rows = db.session.execute(
        select(RegradeWork.id, RegradeWork.state)
        .where(RegradeWork.regrade_id == regrade_id, RegradeWork.state.in_(states))
        .order_by(RegradeWork.id)
    )
    return [(work_id, state) for work_id, state in rows]
