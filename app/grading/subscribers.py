"""Who is told when something happens to an attempt."""

from flask import current_app

from app.grading.events import CaseDecided, CaseOpened
from app.grading.operations import notices
from app.kernel.events import subscribe


def _site_url() -> str:
    url: str = current_app.extensions["config"].site_url
    return url


@subscribe(CaseOpened)
def mail_that_a_person_has_to_look(event: CaseOpened) -> None:
    notices.tell_of_case(_site_url(), event.case_id)


@subscribe(CaseDecided)
def mail_what_was_decided(event: CaseDecided) -> None:
    notices.tell_of_decision(_site_url(), event.case_id)
