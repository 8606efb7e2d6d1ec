"""Credit recognition between schools: asked, reviewed, decided."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Organisation, Person
from app.accounts.rules import OrganisationKind, Role
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import policies
from app.learning.events import RecognitionAsked, RecognitionDecided
from app.learning.models import Enrolment, RecognitionRequest
from app.learning.operations.enrolment import ReasonNeeded
from app.learning.rules import RecognitionState, may_follow


class NotRecognisable(Refused):
    message = _l(
        "Recognition is for a course that you have completed at another school, by a school whose "
        "student you are."
    )


class AlreadyAsked(Refused):
    message = _l("You have asked this school to recognise this course already.")


class NotNow(Refused):
    message = _l("This request is in another state by now. Look at it again.")


@operation
def request_recognition(
    person: Person,
    enrolment: Enrolment,
    school: Organisation,
    *,
    own_course: str,
    message: str = "",
) -> RecognitionRequest:
    """PERSON asks SCHOOL to recognise a course that she completed elsewhere.

    Raises NotRecognisable or AlreadyAsked.
    """
    if not is_recognisable(person, enrolment, school):
        raise NotRecognisable
    request = RecognitionRequest(
        person_id=person.id,
        enrolment_id=enrolment.id,
        school_id=school.id,
        credits=enrolment.section.offering.credits,
        own_course=own_course.strip()[:200],
        message=message.strip()[:1000],
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError:
        raise AlreadyAsked from None
    audit.record(person.id, "recognition.requested", "recognition_request", request.id)
    publish(RecognitionAsked(request.id))
    return request


def is_recognisable(person: Person, enrolment: Enrolment, school: Organisation) -> bool:
    return (
        enrolment.person_id == person.id
        and enrolment.completed_at is not None
        and school.kind == OrganisationKind.SCHOOL
        and enrolment.section.school_id != school.id
        and school.id in person.organisations_as(Role.STUDENT)
    )


@operation
def review_recognition(actor: Person, request: RecognitionRequest) -> None:
    """The receiving school takes the request up. Raises NotNow."""
    locked = _moved(actor, request, RecognitionState.UNDER_REVIEW)
    locked.reviewed_at, locked.reviewed_by_id = clock.now(), actor.id
    db.session.flush()


@operation
def decide_recognition(
    actor: Person, request: RecognitionRequest, *, recognise: bool, reason: str = ""
) -> None:
    """Recognise or refuse, for good. Raises NotNow, or ReasonNeeded for a refusal without one."""
    if not recognise and not reason.strip():
        raise ReasonNeeded
    state = RecognitionState.RECOGNISED if recognise else RecognitionState.REFUSED
    locked = _locked(request)
    if not policies.can_decide_recognition(actor, locked) or not may_follow(locked.state, state):
        raise NotNow
    locked.reason = reason.strip()[:1000]
    locked.state = state
    locked.decided_at, locked.decided_by_id = clock.now(), actor.id
    db.session.flush()
    audit.record(actor.id, f"recognition.{state.value}", "recognition_request", locked.id)
    publish(RecognitionDecided(locked.id))


@operation
def withdraw_recognition(person: Person, request: RecognitionRequest) -> None:
    """The student takes her request back before it is decided. Raises NotNow."""
    if request.person_id != person.id:
        raise NotNow
    _moved(person, request, RecognitionState.WITHDRAWN)


def _locked(request: RecognitionRequest) -> RecognitionRequest:
    return db.session.scalars(
        select(RecognitionRequest)
        .where(RecognitionRequest.id == request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _moved(
    actor: Person, request: RecognitionRequest, state: RecognitionState
) -> RecognitionRequest:
    locked = _locked(request)
    if not may_follow(locked.state, state):
        raise NotNow
    locked.state = state
    db.session.flush()
    audit.record(actor.id, f"recognition.{state.value}", "recognition_request", locked.id)
    return locked
