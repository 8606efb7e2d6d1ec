"""Jobs of labs."""

import logging
import uuid

from app import engine
from app.kernel.jobs import task
from app.labs import operations

log = logging.getLogger(__name__)


@task(retry=0, periodic="*/5 * * * *")
def plan_roads(timestamp: int) -> None:
    """Every five minutes: labs published where no notebook could be run get their plan."""
    try:
        operations.plan_waiting()
    except engine.EngineUnavailable as error:
        log.warning("labs wait for their plan: %s", error.message)


@task(queue_name="grading", retry=0)
def plan_version(*, version_id: str) -> None:
    """Plan a version that was published on a page, where nobody should wait for it."""
    try:
        operations.plan_version(uuid.UUID(version_id))
    except engine.EngineUnavailable as error:
        log.warning("a lab waits for its plan: %s", error.message)
