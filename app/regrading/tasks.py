"""Jobs of regrading."""

import uuid

from flask import current_app

from app.kernel.jobs import task
from app.regrading import operations

TRIES = 4


@task(queue_name="grading", retry=TRIES)
def grade_again(*, work_id: str) -> None:
    """Grade one submission by the corrected lab."""
    without_sandbox = current_app.extensions.get("grades_without_sandbox", False)
    operations.grade_again(uuid.UUID(work_id), without_sandbox=without_sandbox)


@task(queue_name="grading", retry=TRIES)
def take_over(*, work_id: str) -> None:
    """Let what was tried count for one submission."""
    operations.take_over(uuid.UUID(work_id))


@task(retry=TRIES)
def conclude(*, regrade_id: str) -> None:
    """End a trial or a regrade when nothing of it is left to do."""
    operations.conclude(uuid.UUID(regrade_id))


@task(retry=TRIES)
def tell(*, regrade_id: str) -> None:
    """Tell students what a regrade changed that was cancelled halfway."""
    operations.tell_of_regrade(uuid.UUID(regrade_id))


@task(retry=0, periodic="*/1 * * * *")
def requeue_forgotten(timestamp: int) -> None:
    """Every minute: what waits without a job gets one."""
    operations.requeue_forgotten()
