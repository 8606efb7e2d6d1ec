"""Jobs of teaching and learning."""

import uuid

from app.kernel.jobs import task
from app.learning.operations import announcements, notices, releases


@task()
def tell_of_announcement(*, announcement_id: str, after: str | None = None) -> None:
    """Tell some of the people whom an announcement is for."""
    announcements.tell_of_announcement(
        uuid.UUID(announcement_id), uuid.UUID(after) if after else None
    )


@task(retry=0, periodic="* * * * *")
def begin_due_announcements(timestamp: int) -> None:
    """Every minute: what was planned for a time that has come."""
    announcements.begin_due_announcements()


@task()
def tell_of_session(*, session_id: str) -> None:
    """Tell a section's students of a live session, as it is now."""
    notices.tell_of_session(uuid.UUID(session_id))


@task()
def tell_of_upgrade(*, upgrade_id: str) -> None:
    """Tell the students of an offering that its course was corrected."""
    notices.tell_of_upgrade(uuid.UUID(upgrade_id))


@task()
def release_grades(*, batch_id: str) -> None:
    """At the time that was set: say to the rooms above that grades are out. Pages compare times
    and do not wait for this."""
    releases.tell_released(uuid.UUID(batch_id))
