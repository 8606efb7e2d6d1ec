"""Who is told when something is asked and answered."""

from app.kernel.events import subscribe
from app.regrading.events import RequestDecided, RequestMade
from app.regrading.operations import notices


@subscribe(RequestMade)
def tell_the_graders(event: RequestMade) -> None:
    notices.tell_of_request(event.request_id)


@subscribe(RequestDecided)
def tell_the_student(event: RequestDecided) -> None:
    notices.tell_of_decision(event.request_id)
