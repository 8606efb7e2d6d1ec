"""Jobs that talk to the Hub."""

import uuid

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.jobs import task
from app.workspaces import hub, operations


@task(queue_name="workspaces", retry=20)
def end_workspace(*, person_id: str) -> None:
    """Stop a person's server and end her tokens, unless she has been restored meanwhile."""
    person = db.session.get(Person, uuid.UUID(person_id))
    if person is not None and not person.is_active:
        hub.client().forget(person.handle)


@task(queue_name="grading", retry=2)
def check_lab(*, check_id: str) -> None:
    """Try an author's sources out, and publish them when that was asked for."""
    operations.run_check(uuid.UUID(check_id))
