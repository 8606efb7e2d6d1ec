"""Jobs of talent search."""

import logging

from app.kernel.jobs import task
from app.talent import operations

log = logging.getLogger(__name__)


@task(retry=0, periodic="0 0 * * *")
def tell_of_new(timestamp: int) -> None:
    """At 8:00 in Taipei: news of saved searches. Always at this time, whoever came when."""
    for search_id in operations.tell_of_new():
        try:
            operations.tell_of_one(search_id)
        except Exception:
            # One search that cannot be told does not keep the others waiting.
            log.exception("the saved search %s could not be told", search_id)
