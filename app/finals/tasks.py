"""Jobs of final grades: telling people."""

import uuid

from app.finals import operations
from app.kernel.jobs import task


@task()
def tell_of_settlement(*, settlement_id: str, after: str | None = None) -> None:
    operations.tell_of_settlement(uuid.UUID(settlement_id), uuid.UUID(after) if after else None)


@task()
def tell_of_correction(*, correction_id: str, state: str) -> None:
    operations.tell_of_correction(uuid.UUID(correction_id), state)


@task(retry=0, periodic="20 0 * * *")
def tell_of_deadlines(timestamp: int) -> None:
    """Every morning in Taipei: incomplete grades that end soon or have ended."""
    operations.tell_of_deadlines()
