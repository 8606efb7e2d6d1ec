"""Jobs of rounds: dates that come, the drawing, places that move, news."""

import logging
import uuid

from flask import current_app

from app.kernel.jobs import task
from app.rounds import operations
from app.rounds.operations import notices

log = logging.getLogger(__name__)


@task(retry=5)
def go_on(*, round_id: str) -> None:
    """The next step, if its date has come."""
    operations.go_on(uuid.UUID(round_id))


@task(retry=5)
def draw(*, round_id: str) -> None:
    """Open the seal and match, once."""
    operations.draw(current_app.extensions["config"].secret_key, uuid.UUID(round_id))


@task(retry=5)
def fill(*, round_id: str) -> None:
    """Offer places that became free to the first in line."""
    operations.fill(uuid.UUID(round_id))


@task(retry=0, periodic="*/1 * * * *")
def go_on_all(timestamp: int) -> None:
    """Every minute: whatever is due, one transaction for each round."""
    for round_id in operations.rounds_due():
        try:
            operations.go_on(round_id)
        except Exception:
            # One that cannot go on does not keep the others waiting.
            log.exception("the round %s could not go on", round_id)


@task()
def remind(*, round_id: str) -> None:
    notices.remind(uuid.UUID(round_id))


@task()
def tell_of_opening(*, round_id: str) -> None:
    notices.tell_of_opening(uuid.UUID(round_id))


@task()
def tell_of_dates(*, round_id: str, reason: str) -> None:
    notices.tell_of_dates(uuid.UUID(round_id), reason)


@task()
def tell_of_cancelling(*, round_id: str) -> None:
    notices.tell_of_cancelling(uuid.UUID(round_id))


@task()
def tell_of_drawing(*, round_id: str) -> None:
    notices.tell_of_drawing(uuid.UUID(round_id))


@task()
def tell_of_results(*, round_id: str) -> None:
    notices.tell_of_results(uuid.UUID(round_id))


@task()
def tell_of_change(*, change_id: str) -> None:
    notices.tell_of_change(uuid.UUID(change_id))
