"""Jobs of briefs."""

import uuid

from app.briefs import operations
from app.kernel.jobs import task


@task()
def tell_reviewers(*, brief_id: str, submission: int) -> None:
    """A brief was handed in: tell those who can review it."""
    operations.tell_reviewers_now(uuid.UUID(brief_id), submission)


@task(retry=0, periodic="17 1 * * *")
def daily(timestamp: int) -> None:
    """In the morning (Taipei 09:17): companies hear of last days to apply."""
    operations.look_after()
