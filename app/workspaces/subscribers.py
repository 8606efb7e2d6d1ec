"""What the Hub must hear of people."""

from app.accounts.events import PersonSuspended
from app.kernel.events import subscribe
from app.kernel.jobs import defer
from app.workspaces import tasks


@subscribe(PersonSuspended)
def stop_the_server_of_a_suspended_person(event: PersonSuspended) -> None:
    defer(tasks.end_workspace, priority=10, person_id=str(event.person_id))
