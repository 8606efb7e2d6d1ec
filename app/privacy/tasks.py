"""What the worker does for this room."""

import uuid

from flask import current_app

from app.kernel.jobs import task
from app.privacy import operations


@task(queue_name="default", retry=3)
def export(*, request_id: str) -> None:
    """Write the file with everything that is kept of somebody."""
    operations.make_export(uuid.UUID(request_id))


@task(queue_name="default", retry=20)
def erase(*, request_id: str) -> None:
    """Erase somebody whose days of cooling off are over; again while the Hub does not answer."""
    operations.erase(uuid.UUID(request_id))


@task(queue_name="default", retry=3)
def leave(*, request_id: str) -> None:
    """Delete stored files that were too fresh before."""
    operations.leave(uuid.UUID(request_id))


@task(periodic="41 3 * * *")
def forget(*, timestamp: int) -> None:
    """Every night: the files of exports whose days are over."""
    operations.forget_exports()


@task(periodic="11 4 * * *")
def end_consents(*, timestamp: int) -> None:
    """Every night: consents whose years are over end, and whose they are is told."""
    operations.end_consents(current_app.extensions["config"])
