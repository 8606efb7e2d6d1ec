"""Jobs that talk to the Hub."""

import uuid

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.jobs import task
from app.workspaces import hub


@task(queue_name="workspaces", retry=20)
def end_workspace(*, person_id: str) -> None:
    """Stop a person's server and end her tokens, unless she has been restored meanwhile."""
    person = db.session.get(Person, uuid.UUID(person_id))
    if person is not None and not person.is_active:
        hub.client().forget(person.handle)
