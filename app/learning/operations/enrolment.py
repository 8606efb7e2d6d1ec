"""Taking a place in a section, and giving it back."""

from sqlalchemy import func, select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import policies, queries
from app.learning.events import Enrolled, Withdrawn
from app.learning.models import Enrolment, Section


class NotOfThisSchool(Refused):
    message = _l(
        "This section is for students of its school. Add your school in your profile first."
    )


class EnrolmentClosed(Refused):
    message = _l("Enrolment in this section is closed.")


class SectionFull(Refused):
    message = _l("The last place has just been taken.")


class AlreadyEnrolled(Refused):
    message = _l("You take this section already.")


class NotEnrolled(Refused):
    message = _l("You do not take this section.")


@operation
def enrol(person: Person, section: Section) -> Enrolment:
    """Enrol PERSON.

    Raises NotOfThisSchool, EnrolmentClosed, AlreadyEnrolled or SectionFull. The section's row is
    locked while places are counted, so parallel requests cannot take one place twice.
    """
    locked = db.session.scalars(
        select(Section).where(Section.id == section.id).with_for_update()
    ).one()
    if not policies.can_enrol(person, locked):
        raise NotOfThisSchool
    if not queries.is_open_to_enrol(locked):
        raise EnrolmentClosed
    if queries.enrolment_of(person, locked) is not None:
        raise AlreadyEnrolled
    taken = db.session.scalar(
        select(func.count()).where(
            Enrolment.section_id == locked.id, Enrolment.withdrawn_at.is_(None)
        )
    )
    if (taken or 0) >= locked.capacity:
        raise SectionFull
    enrolment = Enrolment(section_id=locked.id, person_id=person.id)
    db.session.add(enrolment)
    db.session.flush()
    audit.record(person.id, "section.enrolled", "section", locked.id)
    publish(Enrolled(enrolment.id))
    return enrolment


@operation
def withdraw(person: Person, section: Section) -> None:
    """End PERSON's enrolment. Her work and grades are kept. Raises NotEnrolled."""
    enrolment = queries.enrolment_of(person, section)
    if enrolment is None:
        raise NotEnrolled
    enrolment.withdrawn_at = clock.now()
    audit.record(person.id, "section.withdrawn", "section", section.id)
    publish(Withdrawn(enrolment.id))
