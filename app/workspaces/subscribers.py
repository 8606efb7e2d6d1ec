"""What the Hub must hear of people; labs that were published in the editor are checked."""

from app.accounts.events import PersonSuspended
from app.accounts.models import Person
from app.catalog.events import DraftPublished
from app.kernel.database import db
from app.kernel.events import subscribe
from app.kernel.jobs import defer
from app.workspaces import operations, tasks


@subscribe(PersonSuspended)
def stop_the_server_of_a_suspended_person(event: PersonSuspended) -> None:
    defer(tasks.end_workspace, priority=10, person_id=str(event.person_id))


@subscribe(DraftPublished)
def check_the_labs_that_are_new(event: DraftPublished) -> None:
    person = db.session.get_one(Person, event.by_id)
    operations.check_published(person, event.course_version_id)
