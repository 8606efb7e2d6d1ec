"""Who is told when something happens to an attempt."""

from app.kernel.events import subscribe
from app.kernel.jobs import defer
from app.learning.events import GradesReleased
from app.quizzes.events import AccommodationGiven, QuizHandedIn, QuizMarked
from app.quizzes.operations import notices


@subscribe(QuizHandedIn)
def tell_that_the_time_was_over(event: QuizHandedIn) -> None:
    notices.tell_of_time(event.attempt_id)


@subscribe(QuizMarked)
def tell_what_an_attempt_came_to(event: QuizMarked) -> None:
    notices.tell_of_marks(event.attempt_id)


@subscribe(AccommodationGiven)
def tell_what_was_given(event: AccommodationGiven) -> None:
    notices.tell_of_accommodation(event.accommodation_id)


@subscribe(GradesReleased)
def note_who_passed(event: GradesReleased) -> None:
    slugs = [key.partition(":")[2] for key in event.item_keys if key.startswith("quiz:")]
    if slugs:
        defer("quizzes.tasks.settle_released", section_id=str(event.section_id), slugs=slugs)
