"""Jobs of grading."""

import uuid

import procrastinate
from flask import current_app

from app.grading import operations
from app.grading.operations import releases
from app.kernel.jobs import task

TRIES = 5


@task(queue_name="grading", retry=TRIES, pass_context=True)
def grade(context: procrastinate.JobContext, **_older: object) -> None:
    """A ticket: grade whichever attempt is next.

    Tickets of older versions named an attempt; now the line decides.
    """
    if context.job is None or context.job.id is None:
        raise ValueError("a ticket is a job of the queue")
    operations.run_next(
        context.job.id,
        context.job.worker_id,
        without_sandbox=current_app.extensions.get("grades_without_sandbox", False),
    )


@task(queue_name="grading", retry=0, periodic="*/1 * * * *")
def requeue_forgotten(timestamp: int) -> None:
    """Every minute: what waits without a ticket gets one."""
    operations.requeue_forgotten()


@task()
def announce_release(*, section_id: str, slugs: list[str]) -> None:
    """Let open pages of labs fetch what may be shown now."""
    releases.announce_release(uuid.UUID(section_id), slugs)
