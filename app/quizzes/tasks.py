"""Jobs of quizzes."""

import logging
import uuid

from app.kernel.jobs import task
from app.quizzes import operations
from app.quizzes.operations import releases

log = logging.getLogger(__name__)


@task(retry=5)
def finish(*, attempt_id: str) -> None:
    """Hand in what was saved when the time of an attempt is over."""
    operations.finish_if_over(uuid.UUID(attempt_id))


@task(retry=0, periodic="*/1 * * * *")
def finish_forgotten(timestamp: int) -> None:
    """Every minute: whatever is over and still open, one transaction for each."""
    for attempt_id in operations.attempts_over():
        try:
            operations.finish_if_over(attempt_id)
        except Exception:
            # One that cannot be finished does not keep the others waiting.
            log.exception("the attempt %s could not be finished", attempt_id)


@task()
def settle_released(*, section_id: str, slugs: list[str]) -> None:
    """Note who passed quizzes whose scores were held until now."""
    releases.settle_released(uuid.UUID(section_id), slugs)
