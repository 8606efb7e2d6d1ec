"""Jobs of grading."""

import uuid

import procrastinate

from app.grading import operations
from app.grading.operations.attempts import ENGINE_FAULT
from app.kernel.jobs import task

TRIES = 5


@task(queue_name="grading", retry=TRIES, pass_context=True)
def grade(context: procrastinate.JobContext, *, attempt_id: str) -> None:
    """Grade one attempt; after TRIES faults of ours it ends with a reason."""
    try:
        operations.run_attempt(uuid.UUID(attempt_id))
    except Exception:
        if context.job is not None and context.job.attempts >= TRIES:
            operations.fail(uuid.UUID(attempt_id), "engine_fault", ENGINE_FAULT)
        raise


@task(queue_name="grading", retry=0, periodic="*/1 * * * *")
def requeue_forgotten(timestamp: int) -> None:
    """Every minute: what waits without a job gets one."""
    operations.requeue_forgotten()
