"""Taking a place in a section, and giving it back."""

import hmac

from sqlalchemy import func, select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import policies, queries
from app.learning.events import Enrolled, PlaceAsked, PlaceGiven, RequestDecided, Withdrawn
from app.learning.models import Enrolment, PlaceRequest, Section
from app.learning.operations.groups import leave_groups
from app.learning.rules import LIVE_REQUESTS, EnrolledVia, RequestState, Way
from app.privacy import operations as privacy
from app.privacy.rules import ENROLMENT


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


class NotWaiting(Refused):
    message = _l("This request has been decided or taken back already.")


class OnlyByRoster(Refused):
    message = _l("Students come into this section by a roster. Ask your instructor or department.")


class WrongCode(Refused):
    message = _l("This invitation code does not open this section. Check it, or ask for it again.")


class ReasonNeeded(Refused):
    message = _l("Please give a reason.")


@operation
def enrol(person: Person, section: Section, *, via: EnrolledVia = EnrolledVia.SELF) -> Enrolment:
    """Enrol PERSON.

    Raises NotOfThisSchool, EnrolmentClosed, AlreadyEnrolled or SectionFull. The section's row is
    locked while places are counted, so parallel requests cannot take one place twice.
    """
    locked = lock(section)
    _require_welcome(person, locked)
    if free_places(locked) <= 0:
        raise SectionFull
    return take_place(person, locked, via)


@operation
def ask_for_place(
    person: Person, section: Section, *, code: str = "", message: str = ""
) -> Enrolment | PlaceRequest:
    """What happens when PERSON wants in: a place, a place in the line, or a request to decide.

    Raises NotOfThisSchool, EnrolmentClosed, AlreadyEnrolled, OnlyByRoster or WrongCode. Asking
    twice answers with what was asked first.
    """
    locked = lock(section)
    _require_welcome(person, locked)
    privacy.inform(person.id, ENROLMENT.name, locked.school_id)  # the notice is beside the button
    known = live_request(person, locked)
    invited = bool(code) and _is_the_code(code, locked)
    if code and not invited:
        raise WrongCode
    if known is not None and not (invited and known.state is RequestState.ASKED):
        return known
    if known is not None:
        _decide(known, RequestState.GRANTED, None)
    if invited:
        return place_or_line(person, locked, EnrolledVia.CODE)
    if locked.way is Way.CODE:
        raise WrongCode
    if locked.way is Way.ROSTER:
        raise OnlyByRoster
    if locked.way is Way.SELF:
        return place_or_line(person, locked, EnrolledVia.SELF)
    request = PlaceRequest(
        section_id=locked.id,
        person_id=person.id,
        state=RequestState.ASKED,
        via=EnrolledVia.APPROVAL,
        message=message[:500],
    )
    db.session.add(request)
    db.session.flush()
    publish(PlaceAsked(request.id))
    return request


@operation
def decide_request(actor: Person, request: PlaceRequest, *, grant: bool, reason: str = "") -> None:
    """Grant or refuse a request for a place; the caller has checked that ACTOR may.

    Raises NotWaiting, or ReasonNeeded for a refusal without one. Who waits in the line already
    gets her place by her turn and cannot be granted one past the others.
    """
    section = lock(request.section)
    db.session.refresh(request)
    if request.state not in LIVE_REQUESTS or (grant and request.state is RequestState.WAITING):
        raise NotWaiting
    if not grant and not reason.strip():
        raise ReasonNeeded
    request.reason = reason.strip()[:500]
    audit.record(actor.id, "section.request_decided", "place_request", request.id, granted=grant)
    _decide(request, RequestState.GRANTED if grant else RequestState.REFUSED, actor)
    if not grant:
        publish(RequestDecided(request.id))
        return
    got = place_or_line(request.person, section, EnrolledVia.APPROVAL)
    publish(PlaceGiven(got.id) if isinstance(got, Enrolment) else RequestDecided(got.id))


@operation
def leave_line(person: Person, section: Section) -> None:
    """Take back what PERSON has asked for. Raises NotWaiting."""
    request = live_request(person, lock(section))
    if request is None:
        raise NotWaiting
    _decide(request, RequestState.LEFT, person)


@operation
def withdraw(
    person: Person, section: Section, *, reason: str = "", by: Person | None = None
) -> None:
    """End PERSON's enrolment; whoever waits first gets the place. Her work and grades are kept.

    BY is who ended it when that was not herself. Raises NotEnrolled.
    """
    locked = lock(section)
    enrolment = queries.enrolment_of(person, locked)
    if enrolment is None:
        raise NotEnrolled
    enrolment.withdrawn_at = clock.now()
    enrolment.withdrawn_by_id = (by or person).id
    enrolment.withdrawal_reason = reason.strip()[:500] or None
    db.session.flush()
    leave_groups(locked, person.id)
    audit.record((by or person).id, "section.withdrawn", "section", section.id, of=str(person.id))
    publish(Withdrawn(enrolment.id))
    fill(locked)


def lock(section: Section) -> Section:
    """SECTION as it is now, held until this transaction ends: whoever counts places comes first
    here, so that nobody counts the same place."""
    return db.session.scalars(
        select(Section)
        .where(Section.id == section.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def fill(section: Section) -> list[Enrolment]:
    """Give free places to those who wait, in their order. SECTION is locked."""
    given: list[Enrolment] = []
    if not queries.is_open_to_enrol(section):
        return given
    free = section.capacity - queries.taken_counts([section.id]).get(section.id, 0)
    line = db.session.scalars(
        select(PlaceRequest)
        .where(PlaceRequest.section_id == section.id, PlaceRequest.state == RequestState.WAITING)
        .order_by(PlaceRequest.turn)
    ).all()
    for request in line:
        if free <= 0:
            break
        still = request.via is EnrolledVia.ROSTER or policies.can_enrol(request.person, section)
        if request.person.suspended_at is not None or not still:
            _decide(request, RequestState.LEFT, None)
            continue
        _decide(request, RequestState.GRANTED, None)
        enrolment = take_place(request.person, section, EnrolledVia.WAITLIST)
        publish(PlaceGiven(enrolment.id))
        given.append(enrolment)
        free -= 1
    return given


def place_or_line(person: Person, section: Section, via: EnrolledVia) -> Enrolment | PlaceRequest:
    """A place when one is free, else the end of the line. SECTION is locked."""
    if free_places(section) > 0:
        return take_place(person, section, via)
    last = db.session.scalar(
        select(func.max(PlaceRequest.turn)).where(PlaceRequest.section_id == section.id)
    )
    request = PlaceRequest(
        section_id=section.id,
        person_id=person.id,
        state=RequestState.WAITING,
        via=via,
        turn=(last or 0) + 1,
    )
    db.session.add(request)
    db.session.flush()
    return request


def free_places(section: Section) -> int:
    """Places that nobody has and nobody waits for. SECTION is locked."""
    taken = queries.taken_counts([section.id]).get(section.id, 0)
    waiting = db.session.scalar(
        select(func.count()).where(
            PlaceRequest.section_id == section.id, PlaceRequest.state == RequestState.WAITING
        )
    )
    return section.capacity - taken - (waiting or 0)


def take_place(person: Person, section: Section, via: EnrolledVia) -> Enrolment:
    enrolment = Enrolment(section_id=section.id, person_id=person.id, via=via)
    db.session.add(enrolment)
    db.session.flush()
    audit.record(person.id, "section.enrolled", "section", section.id, via=via.value)
    publish(Enrolled(enrolment.id))
    return enrolment


def live_request(person: Person, section: Section) -> PlaceRequest | None:
    return db.session.scalar(
        select(PlaceRequest).where(
            PlaceRequest.section_id == section.id,
            PlaceRequest.person_id == person.id,
            PlaceRequest.state.in_(LIVE_REQUESTS),
        )
    )


def _require_welcome(person: Person, section: Section) -> None:
    if not policies.can_enrol(person, section):
        raise NotOfThisSchool
    if not queries.is_open_to_enrol(section):
        raise EnrolmentClosed
    if queries.enrolment_of(person, section) is not None:
        raise AlreadyEnrolled


def _is_the_code(code: str, section: Section) -> bool:
    return section.invitation_code is not None and hmac.compare_digest(
        code.strip().upper().encode(), section.invitation_code.encode()
    )


def _decide(request: PlaceRequest, state: RequestState, by: Person | None) -> None:
    request.state = state
    request.decided_at = clock.now()
    request.decided_by_id = by.id if by is not None else None
    db.session.flush()
