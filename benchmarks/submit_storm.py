"""``submit-storm``: a school's labs are due; everybody hands in within a minute, over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil

from app.hosting.postgres import cluster_of
from app.kernel.database import db
from benchmarks import house, hub_stand_in, report, world
from benchmarks.exchange import Book, Exchange
from benchmarks.memory import Peak
from benchmarks.size import Size


def run(size: Size) -> None:
    """Print ``submit-storm``, then what a second worker process adds."""
    with house.running("site", with_courses=False) as place:
        socket = (place.instance / "run" / "hub").resolve() / "hub.sock"
        with hub_stand_in.listening(socket), Book(place.dsn) as book:
            handles = _class(place, size)
            with place.app.app_context():
                course = world.section(world.LIGHT_COURSE).code
                db.session.remove()
            exchange = Exchange(place, course)
            sent = _storm(place, exchange, book, handles, size)
            _two_workers(place, exchange, book, handles, size, sent)


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
    lost, twice = book.lost_and_twice(exchange)
    report.line(
        "submit-storm",
        seconds,
        "s",
        submissions=len(senders),
        arrived_in=arrived,
        refused=len(exchange.refused),
        first_refusal=exchange.refused[0] if exchange.refused else None,
        lost=lost,
        twice=twice,
        peak_mb=both.mb,
        worker_peak_mb=alone.mb,
        p95_wait=waited,
        per_second=len(senders) / seconds,
    )
    return len(exchange.receipts)


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
    lost, twice = book.lost_and_twice(exchange)
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
