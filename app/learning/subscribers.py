"""Who is told when something happens to a place or a request."""

from flask import current_app

from app.accounts.events import MembershipStarted
from app.accounts.models import Membership
from app.kernel.database import db
from app.kernel.events import subscribe
from app.learning.events import PlaceGiven, RecognitionDecided, RequestDecided
from app.learning.operations import notices, rosters


def _site_url() -> str:
    url: str = current_app.extensions["config"].site_url
    return url


@subscribe(MembershipStarted)
def let_in_who_was_expected(event: MembershipStarted) -> None:
    membership = db.session.get(Membership, event.membership_id)
    if membership is not None:
        rosters.let_in_who_was_expected(membership)


@subscribe(PlaceGiven)
def mail_that_a_place_is_hers(event: PlaceGiven) -> None:
    notices.tell_of_place(_site_url(), event.enrolment_id)


@subscribe(RequestDecided)
def mail_what_became_of_a_request(event: RequestDecided) -> None:
    notices.tell_of_request(_site_url(), event.request_id)


@subscribe(RecognitionDecided)
def mail_what_a_school_decided(event: RecognitionDecided) -> None:
    notices.tell_of_recognition(_site_url(), event.request_id)
