"""Jobs of appointments."""

import uuid

from app.bookings import operations
from app.kernel.jobs import task


@task()
def remind(*, booking_id: str, which: str) -> None:
    """Remind everybody of an appointment that is still to come."""
    operations.remind(uuid.UUID(booking_id), which)
