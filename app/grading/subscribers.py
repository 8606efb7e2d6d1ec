"""Who is told when something happens to an attempt."""

from app.grading.events import AttemptFinished, CaseDecided, CaseOpened
from app.grading.operations import notices
from app.kernel.events import subscribe


@subscribe(AttemptFinished)
def tell_that_there_is_a_result(event: AttemptFinished) -> None:
    notices.tell_of_result(event.attempt_id)


@subscribe(CaseOpened)
def tell_that_a_person_has_to_look(event: CaseOpened) -> None:
    notices.tell_of_case(event.case_id)


@subscribe(CaseDecided)
def tell_what_was_decided(event: CaseDecided) -> None:
    notices.tell_of_decision(event.case_id)
