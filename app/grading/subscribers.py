"""Who is told when something happens to an attempt."""

import uuid

from app.grading.events import AttemptFinished, CaseDecided, CaseOpened
from app.grading.operations import notices
from app.kernel.events import subscribe
from app.kernel.jobs import defer
from app.learning.events import GradesHeld, GradesReleased


@subscribe(AttemptFinished)
def tell_that_there_is_a_result(event: AttemptFinished) -> None:
    notices.tell_of_result(event.attempt_id)


@subscribe(CaseOpened)
def tell_that_a_person_has_to_look(event: CaseOpened) -> None:
    notices.tell_of_case(event.case_id)


@subscribe(CaseDecided)
def tell_what_was_decided(event: CaseDecided) -> None:
    notices.tell_of_decision(event.case_id)


@subscribe(GradesHeld)
def show_open_pages_that_it_is_held(event: GradesHeld) -> None:
    _announce(event.section_id, event.item_keys)


@subscribe(GradesReleased)
def show_open_pages_that_it_is_out(event: GradesReleased) -> None:
    _announce(event.section_id, event.item_keys)


def _announce(section_id: uuid.UUID, item_keys: tuple[str, ...]) -> None:
    slugs = [key.partition(":")[2] for key in item_keys if key.startswith("lab:")]
    if slugs:
        defer("grading.tasks.announce_release", section_id=str(section_id), slugs=slugs)
