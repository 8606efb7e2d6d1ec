"""Jobs of challenges."""

import uuid

from app.challenges import operations
from app.kernel.jobs import task

TRIES = 5


@task(queue_name="grading", retry=TRIES)
def score(*, entry_id: str) -> None:
    """Score an entry that was handed in."""
    operations.score_entry(uuid.UUID(entry_id))


@task(queue_name="grading", retry=TRIES)
def score_again(*, run_id: str) -> None:
    """Score everything again for somebody who asked."""
    operations.score_again(uuid.UUID(run_id))


@task(retry=0, periodic="*/1 * * * *")
def settle(timestamp: int) -> None:
    """Every minute: what waits without a job gets one; what is over and scored becomes final."""
    operations.requeue_forgotten()
    operations.settle_what_is_over()
