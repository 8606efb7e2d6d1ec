"""News for open pages, through PostgreSQL's NOTIFY.

``announce`` is part of a transaction: listeners hear of it when it commits. Each site process holds
one listening connection, whatever the number of open pages.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Full, Queue

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.kernel.database import db

CHANNEL = "banyan_live"
RECONNECT_SECONDS = 1.0

log = logging.getLogger(__name__)


def announce(topic: str) -> None:
    """Tell the pages that watch TOPIC, when the current transaction commits."""
    db.session.execute(
        text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic}
    )


class Hearing:
    """One connection that listens, and the queues of those who wait."""

    def __init__(self, url: str) -> None:
        self._conninfo = (
            make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        )
        self._waiting: dict[str, set[Queue[str]]] = defaultdict(set)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, topic: str) -> Iterator[Queue[str]]:
        """A queue that gets TOPIC whenever it is announced. Missed news are announced as well."""
        queue: Queue[str] = Queue(maxsize=8)
        with self._lock:
            self._waiting[topic].add(queue)
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="live", daemon=True)
                self._thread.start()
        try:
            yield queue
        finally:
            with self._lock:
                self._waiting[topic].discard(queue)
                if not self._waiting[topic]:
                    del self._waiting[topic]

    def _listen(self) -> None:
        while True:
            try:
                with psycopg.connect(self._conninfo, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    # Whatever happened while nobody listened: everyone looks again.
                    self._tell(None)
                    for notice in connection.notifies():
                        self._tell(notice.payload)
            except psycopg.Error as error:
                log.warning("live news: the database does not answer (%s)", error)
                time.sleep(RECONNECT_SECONDS)

    def _tell(self, topic: str | None) -> None:
        with self._lock:
            topics = [topic] if topic is not None else list(self._waiting)
            for name in topics:
                for queue in self._waiting.get(name, ()):
                    with suppress(Full):  # a page with a full queue has news to look at already
                        queue.put_nowait(name)


def wait(queue: "Queue[str]", seconds: float) -> str | None:
    """The next news in QUEUE, or None after SECONDS."""
    try:
        return queue.get(timeout=seconds)
    except Empty:
        return None
