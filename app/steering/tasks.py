"""Jobs of the desk."""

import uuid

from app.kernel.jobs import task
from app.steering import operations


@task()
def tell(*, message_id: str) -> None:
    """Tell some of the people that a message goes to."""
    operations.tell_some(uuid.UUID(message_id))
