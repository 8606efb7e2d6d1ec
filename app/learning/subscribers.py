"""Who is told when something happens to a place or a request, and what can be found since."""

from app.accounts.events import (
    MembershipEnded,
    MembershipStarted,
    PersonRegistered,
    ProfileChanged,
)
from app.accounts.models import Membership
from app.kernel.database import db
from app.kernel.events import subscribe
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.learning.events import (
    Enrolled,
    OfferingUpgraded,
    PlaceAsked,
    PlaceGiven,
    RecognitionAsked,
    RecognitionDecided,
    RequestDecided,
    SessionChanged,
    Withdrawn,
)
from app.learning.models import Enrolment
from app.learning.operations import finding, notices, rosters
from app.learning.queries.finding import add_keys, announcement_documents, person_documents
from app.search.operations import add_source
from app.search.policies import add_provider
from app.search.rules import Kind, register

register(Kind("announcement", _l("Announcement"), 41))
register(Kind("person", _l("Person"), 50))
add_source("learning", person_documents)
add_source("announcements", announcement_documents)
add_provider(add_keys)


@subscribe(MembershipStarted)
def let_in_who_was_expected(event: MembershipStarted) -> None:
    membership = db.session.get(Membership, event.membership_id)
    if membership is not None:
        rosters.let_in_who_was_expected(membership)


@subscribe(PlaceGiven)
def tell_that_a_place_is_hers(event: PlaceGiven) -> None:
    notices.tell_of_place(event.enrolment_id)


@subscribe(Withdrawn)
def tell_who_was_withdrawn(event: Withdrawn) -> None:
    notices.tell_of_withdrawal(event.enrolment_id)


@subscribe(PlaceAsked)
def tell_who_decides_on_a_place(event: PlaceAsked) -> None:
    notices.tell_of_asking(event.request_id)


@subscribe(RequestDecided)
def tell_what_became_of_a_request(event: RequestDecided) -> None:
    notices.tell_of_request(event.request_id)


@subscribe(RecognitionAsked)
def tell_who_decides_on_recognition(event: RecognitionAsked) -> None:
    notices.tell_of_recognition_asked(event.request_id)


@subscribe(RecognitionDecided)
def tell_what_a_school_decided(event: RecognitionDecided) -> None:
    notices.tell_of_recognition(event.request_id)


@subscribe(SessionChanged)
def tell_of_a_session(event: SessionChanged) -> None:
    defer("learning.tasks.tell_of_session", session_id=str(event.session_id))


@subscribe(OfferingUpgraded)
def tell_of_a_correction(event: OfferingUpgraded) -> None:
    defer("learning.tasks.tell_of_upgrade", upgrade_id=str(event.upgrade_id))


def find_a_person_as_she_is(
    event: PersonRegistered | ProfileChanged | MembershipStarted | MembershipEnded,
) -> None:
    finding.person_changed(event.person_id)


def find_a_student_in_her_sections(event: Enrolled | Withdrawn) -> None:
    enrolment = db.session.get(Enrolment, event.enrolment_id)
    if enrolment is not None:
        finding.person_changed(enrolment.person_id)


subscribe(PersonRegistered)(find_a_person_as_she_is)
subscribe(ProfileChanged)(find_a_person_as_she_is)
subscribe(MembershipStarted)(find_a_person_as_she_is)
subscribe(MembershipEnded)(find_a_person_as_she_is)
subscribe(Enrolled)(find_a_student_in_her_sections)
subscribe(Withdrawn)(find_a_student_in_her_sections)
