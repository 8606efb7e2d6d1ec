"""``submit-storm``: a school's labs are due; everybody hands in within a minute, over HTTP."""

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

import httpx
import psutil
import psycopg

from app.hosting.postgres import cluster_of
from app.kernel.database import db
from benchmarks import house, hub_stand_in, report, world
from benchmarks.memory import tree_mb
from benchmarks.size import Size

SENDERS = 24
"""How many submissions are on their way at once, at most."""
PATIENCE_SECONDS = 1800.0
SAMPLE_SECONDS = 1.0


@dataclass
class Exchange:
    """The site's exchange as labs reach it, and what it answered."""

    place: house.House
    course: str
    receipts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.place.app.app_context():
            files = world.solution(world.LIGHT_COURSE, world.LIGHT_LAB)
            db.session.remove()
        self._body = {
            "files": [
                {"path": path, "content": base64.b64encode(content).decode()}
                for path, content in files.items()
            ]
        }
        socket = (self.place.instance / "run" / "exchange").resolve() / "site.sock"
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(
                # Every lab comes with a connection of its own.
                uds=str(socket),
                limits=httpx.Limits(max_connections=SENDERS, max_keepalive_connections=0),
            ),
            base_url="http://exchange/api/exchange/v1",
            timeout=120,
        )

    def send(self, handles: list[str], seconds: float) -> None:
        """Hand in once for each of HANDLES, evenly over SECONDS; return when all are answered."""
        began = time.perf_counter()

        def one(number: int) -> None:
            due = began + number * seconds / len(handles)
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                answer = self._http.post(
                    f"/assignments/{self.course}/{world.LIGHT_LAB}/submissions",
                    json=self._body,
                    headers={"Authorization": f"token {hub_stand_in.PREFIX}{handles[number]}"},
                )
            except httpx.HTTPError as error:
                self.refused.append(repr(error))
                return
            if answer.status_code == 201:
                self.receipts.append(answer.json()["receipt"])
            else:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")

        with ThreadPoolExecutor(SENDERS) as pool:
            list(pool.map(one, range(len(handles))))

    def close(self) -> None:
        self._http.close()


@dataclass
class Book:
    """What the database says of the submissions."""

    dsn: str

    def __enter__(self) -> "Book":
        self._asking = psycopg.connect(self.dsn, autocommit=True)
        return self

    def __exit__(self, *error: object) -> None:
        self._asking.close()

    def ask(self, question: str, *values: object) -> tuple[float, ...]:
        found = self._asking.execute(question, values).fetchone()  # type: ignore[call-overload]
        return tuple(float(value or 0) for value in found or ())

    def drain(self, count: int, *workers: psutil.Process) -> None:
        """Return when COUNT attempts are finished. Raises TimeoutError, RuntimeError."""

        def is_done() -> bool:
            if not all(worker.is_running() and worker.status() != "zombie" for worker in workers):
                raise RuntimeError("A worker has ended.")
            (finished,) = self.ask("SELECT count(*) FROM attempts WHERE finished_at IS NOT NULL")
            return finished >= count

        house.wait_for(is_done, "the last result", PATIENCE_SECONDS, step=0.2)

    def lost_and_twice(self, accepted: int) -> tuple[int, int]:
        """Submissions that were accepted and have no score; work that was kept or done twice."""
        stored, graded = self.ask(
            "SELECT count(DISTINCT submissions.id),"
            " count(DISTINCT submissions.id) FILTER (WHERE attempts.state = 'graded')"
            " FROM submissions LEFT JOIN attempts ON attempts.submission_id = submissions.id"
        )
        (again,) = self.ask("SELECT count(*) FROM attempts WHERE number > 1 OR claim_count > 1")
        (doubled,) = self.ask(
            "SELECT count(*) FROM (SELECT 1 FROM notebook_scores"
            " GROUP BY attempt_id, name HAVING count(*) > 1) AS doubled"
        )
        lost = accepted - int(graded)
        return lost, int(again) + int(doubled) + max(0, int(stored) - accepted)

    def rate_at_last(self, count: int) -> float:
        """Results a second over the last COUNT of them."""
        (seconds,) = self.ask(
            "SELECT extract(epoch FROM max(finished_at) - min(finished_at)) FROM"
            " (SELECT finished_at FROM attempts ORDER BY finished_at DESC LIMIT %s) AS latest",
            count + 1,
        )
        return count / seconds


class Peak:
    """The most memory that processes and all below them held together (PSS), in megabytes."""

    def __init__(self, *roots: psutil.Process) -> None:
        self.roots = roots
        self.mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            with suppress(psutil.Error, OSError):  # a notebook's process may go while we look
                self.mb = max(self.mb, sum(tree_mb(root) for root in self.roots))
            if self._over.wait(SAMPLE_SECONDS):
                return


def run(size: Size) -> None:
    """Print ``submit-storm``, then what a second worker process adds."""
    with house.running("site") as place:
        socket = (place.instance / "run" / "hub").resolve() / "hub.sock"
        with hub_stand_in.listening(socket), Book(place.dsn) as book:
            handles = _class(place, size)
            with place.app.app_context():
                course = world.section(world.LIGHT_COURSE).code
                db.session.remove()
            exchange = Exchange(place, course)
            try:
                sent = _storm(place, exchange, book, handles, size)
                _two_workers(place, exchange, book, handles, size, sent)
            finally:
                exchange.close()


def _storm(
    place: house.House, exchange: Exchange, book: Book, handles: list[str], size: Size
) -> int:
    """The storm with one worker as it comes; returns how many submissions there are now."""
    senders = [handles[n % len(handles)] for n in range(size.storm_submissions)]
    with _worker(place) as worker:
        exchange.send(handles[:1], 0)
        book.drain(1)
        report.say(f"  {len(senders)} submissions within {size.storm_seconds:g} s")
        site = place.part("gunicorn")
        with Peak(site, worker) as both, Peak(worker) as alone:
            began = time.perf_counter()
            exchange.send(senders, size.storm_seconds)
            arrived = time.perf_counter() - began
            book.drain(len(exchange.receipts), worker)
            seconds = time.perf_counter() - began
        (waited,) = book.ask(
            "SELECT extract(epoch FROM percentile_disc(0.95) WITHIN GROUP"
            " (ORDER BY finished_at - queued_at)) FROM"
            " (SELECT * FROM attempts ORDER BY queued_at OFFSET 1) AS stormed"
        )
    accepted = len(exchange.receipts)
    lost, twice = book.lost_and_twice(accepted)
    report.line(
        "submit-storm",
        seconds,
        "s",
        submissions=len(senders),
        arrived_in=arrived,
        refused=len(exchange.refused),
        first_refusal=exchange.refused[0] if exchange.refused else None,
        lost=lost,
        twice=twice + accepted - len(set(exchange.receipts)),
        peak_mb=both.mb,
        worker_peak_mb=alone.mb,
        p95_wait=waited,
        per_second=len(senders) / seconds,
    )
    return accepted


def _two_workers(
    place: house.House,
    exchange: Exchange,
    book: Book,
    handles: list[str],
    size: Size,
    sent: int,
) -> None:
    """The same load on one worker, then on two, each pinned to a core and doing one job at a time.

    Counted is the later half: by then everything has arrived, and sending takes no part in it.
    """
    cores = sorted(os.sched_getaffinity(0))
    rates = []
    for count in (1, 2):
        report.say(f"  {count} pinned worker(s)")
        with ExitStack() as running:
            workers = [
                running.enter_context(_worker(place, cores[number % len(cores)]))
                for number in range(count)
            ]
            warm = [handles[n % len(handles)] for n in range(2 * count)]
            exchange.send(warm, 0)
            sent += len(warm)
            book.drain(sent, *workers)
            time.sleep(size.storm_settle)  # the second may have come up meanwhile
            batch = [handles[n % len(handles)] for n in range(size.storm_pinned)]
            exchange.send(batch, 0)
            sent += len(batch)
            book.drain(sent, *workers)
            rates.append(book.rate_at_last(len(batch) // 2))
    lost, twice = book.lost_and_twice(len(exchange.receipts))
    report.line(
        "submit-storm.two-workers",
        rates[1] / rates[0],
        "times one worker",
        one_per_second=rates[0],
        two_per_second=rates[1],
        submissions=size.storm_pinned,
        lost=lost,
        twice=twice,
    )


def _class(place: house.House, size: Size) -> list[str]:
    with place.app.app_context():
        world.fill_catalogue(1)
        handles = world.make_students(size.storm_students)
        world.section(world.LIGHT_COURSE).capacity = len(handles)
        world.enrol(handles, world.LIGHT_COURSE)
        db.session.remove()
    return handles


@contextmanager
def _worker(place: house.House, core: int | None = None) -> Iterator[psutil.Process]:
    """``banyan worker``: as it comes, or pinned to a core with one job at a time."""
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    jobs = ["--jobs", "1"] if core is not None else []
    log = place.folder / f"worker-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*pinned, sys.executable, "-m", "app.cli", "worker", *jobs],
            cwd=house.CHECKOUT,
            env=place.environment | {"DATABASE_URL": cluster_of(place.instance).url("banyan")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield psutil.Process(process.pid)
    except BaseException:
        report.say(log.read_text(errors="replace")[-2000:])
        raise
    finally:
        house.end(process)
