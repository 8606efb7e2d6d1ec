"""Jobs of the room."""

import uuid

from app.insights import operations
from app.kernel.jobs import task


@task(retry=0)
def compare_works(*, run_id: str) -> None:
    """Compare the works of a lab for somebody who asked."""
    operations.compare_works(uuid.UUID(run_id))


@task(retry=0, periodic="17 * * * *")
def look_everywhere(timestamp: int) -> None:
    """Every hour: who may need attention now, for the home pages of those who teach."""
    operations.look_everywhere()
