"""``grading-latency``: from the commit of a submission to its stored result, by the real worker."""

import threading
import time
from dataclasses import dataclass, field
from types import TracebackType

import psycopg

from app.grading.operations.submitting import topic
from app.kernel.database import db
from app.kernel.live import CHANNEL
from benchmarks import house, report, world
from benchmarks.size import Size

WARM_UP = 2
LIGHT_SECONDS = 1.0
PATIENCE_SECONDS = 600.0


@dataclass
class Results:
    """Hears from PostgreSQL when results are stored, in a thread of its own."""

    dsn: str
    stored: dict[str, float] = field(default_factory=dict)
    """When the result of an attempt, by its topic, was there (``time.perf_counter``)."""
    states: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Results":
        self._listening = psycopg.connect(self.dsn, autocommit=True)
        self._asking = psycopg.connect(self.dsn, autocommit=True)
        self._listening.execute(f"LISTEN {CHANNEL}")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._listening.close()
        self._asking.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            for notice in self._listening.notifies(timeout=0.2):
                at = time.perf_counter()
                _lab, section, person, slug = notice.payload.split(":", 3)
                row = self._asking.execute(
                    "SELECT state FROM attempts JOIN submissions ON submissions.id = submission_id"
                    " WHERE submissions.section_id = %s AND submissions.person_id = %s"
                    " AND submissions.lab_slug = %s"
                    " ORDER BY submissions.number DESC LIMIT 1",
                    (section, person, slug),
                ).fetchone()
                if row is not None and row[0] not in ("queued", "running"):
                    self.states[notice.payload] = row[0]
                    self.stored.setdefault(notice.payload, at)

    def wait_for(self, topics: list[str]) -> None:
        """Return when all these results are stored. Raises TimeoutError, RuntimeError."""
        house.wait_for(
            lambda: self.stored.keys() >= set(topics), "a result", PATIENCE_SECONDS, step=0.005
        )
        if odd := {t: self.states[t] for t in topics if self.states[t] != "graded"}:
            raise RuntimeError(f"These were not graded: {odd}")


@dataclass(frozen=True)
class Lab:
    """A lab of a course, what solves it, and who may hand it in."""

    place: house.House
    course: str
    slug: str
    files: dict[str, bytes]

    def hand_in(self, handle: str) -> tuple[str, float]:
        """Submit; the topic of the result, and when the submission was committed."""
        with self.place.app.app_context():
            sent = world.hand_in(handle, self.course, self.slug, self.files)
            committed = time.perf_counter()
            name = topic(sent.section_id, sent.person_id, sent.lab_slug)
            db.session.remove()
        return name, committed


def run(size: Size) -> None:
    """Print ``grading-latency`` for a light lab, and a line for each lab of ``courses/``."""
    light = size.light_submissions
    with house.running("worker") as place:
        handles, light_lab, labs = _class(place, size)
        with Results(place.dsn) as results:
            for handle in handles[:WARM_UP]:
                _one_by_one(results, light_lab, [handle])
            rest = handles[WARM_UP:]
            report.say("  a light lab, one submission at a time")
            alone = _one_by_one(results, light_lab, rest[:light])
            report.spread("grading-latency.alone", alone, arrival="one at a time")
            report.say("  a light lab, one submission a second")
            waited = _steadily(results, light_lab, rest[light : 2 * light])
            report.spread("grading-latency", waited, arrival="one a second")
            for lab in labs:
                report.say(f"  {lab.slug}, one submission at a time")
                _one_by_one(results, lab, handles[:1])
                waited = _one_by_one(results, lab, handles[1 : 1 + size.lab_submissions])
                report.spread(f"grading-latency.{lab.slug}", waited, arrival="one at a time")


def _class(place: house.House, size: Size) -> tuple[list[str], Lab, list[Lab]]:
    """Everybody submits once to a lab, so that each result has a name of its own."""
    with place.app.app_context():
        world.fill_catalogue(1)
        handles = world.make_students(WARM_UP + 2 * size.light_submissions)
        world.section(world.LIGHT_COURSE).capacity = len(handles)
        world.enrol(handles, world.LIGHT_COURSE)
        world.enrol(handles[: 1 + size.lab_submissions], world.COURSE)
        light = world.solution(world.LIGHT_COURSE, world.LIGHT_LAB)
        labs = [
            Lab(place, world.COURSE, slug, world.solution(world.COURSE, slug))
            for slug in world.lab_slugs(world.COURSE)
            if size.lab_submissions
        ]
        db.session.remove()
    return handles, Lab(place, world.LIGHT_COURSE, world.LIGHT_LAB, light), labs


def _one_by_one(results: Results, lab: Lab, handles: list[str]) -> list[float]:
    seconds = []
    for handle in handles:
        name, committed = lab.hand_in(handle)
        results.wait_for([name])
        seconds.append(results.stored[name] - committed)
    return seconds


def _steadily(results: Results, lab: Lab, handles: list[str]) -> list[float]:
    sent: dict[str, float] = {}
    began = time.perf_counter()
    for number, handle in enumerate(handles):
        time.sleep(max(0.0, began + number * LIGHT_SECONDS - time.perf_counter()))
        name, committed = lab.hand_in(handle)
        sent[name] = committed
    results.wait_for(list(sent))
    return [results.stored[name] - committed for name, committed in sent.items()]
