"""Event streams (Server-Sent Events) for open pages, without a database connection each."""

import threading
from collections.abc import Iterator

from flask import Flask, Response, current_app

from app.kernel import live
from app.kernel.transaction import end_reading

BEAT_SECONDS = 15.0
LIFETIME_SECONDS = 600.0
MOST_PER_PROCESS = 48
"""Beyond that a page is told to ask again by itself: threads are kept for ordinary requests."""

_places = threading.BoundedSemaphore(MOST_PER_PROCESS)


def init_app(app: Flask) -> None:
    app.extensions["hearing"] = live.Hearing(app.config["SQLALCHEMY_DATABASE_URI"])


def stream(topic: str) -> Response:
    """A stream that says ``changed`` whenever TOPIC is announced.

    503 when this process has as many streams as it keeps threads for; pages then poll.
    """
    if not _places.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "5"})
    hearing: live.Hearing = current_app.extensions["hearing"]
    # The stream lasts for minutes: give the connection back before it begins.
    end_reading()

    def lines() -> Iterator[str]:
        try:
            with hearing.watching(topic) as queue:
                yield "retry: 2000\n\n"
                for _beat in range(int(LIFETIME_SECONDS / BEAT_SECONDS)):
                    news = live.wait(queue, BEAT_SECONDS)
                    yield "event: changed\ndata: 1\n\n" if news else ": beat\n\n"
        finally:
            _places.release()

    response = Response(lines(), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response
