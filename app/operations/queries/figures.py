"""What the database knows of the house, counted for Prometheus. Each scrape asks anew."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from sqlalchemy import func, select, text

from app.grading.models import Attempt
from app.grading.rules import AttemptState, Priority
from app.kernel import clock
from app.kernel.database import db
from app.kernel.jobs import STALLED_AFTER_SECONDS
from app.operations.models import LabRun
from app.operations.queries.drains import current_drain
from app.operations.rules import Cause, Ending, RunState

START_BUCKETS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0)
"""Seconds; the promise is 1.5 for half and 3 for nearly all."""

FINISHED = (AttemptState.GRADED, AttemptState.FAILED, AttemptState.TAMPERED)


class Figures:
    """Satisfies prometheus_client's Collector. Collect within an application context."""

    def collect(self) -> Iterable[Metric]:
        yield from _grading()
        yield from _jobs()
        yield from _servers()
        yield from _starts()

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the database when this is registered."""
        return []


def _rows(statement: Any) -> Sequence[Any]:
    return db.session.execute(statement).all()


def _grading() -> Iterator[Metric]:
    now = clock.now()
    length = GaugeMetricFamily(
        "banyan_grading_queue_length", "Attempts that wait to be graded.", labels=["kind"]
    )
    age = GaugeMetricFamily(
        "banyan_grading_queue_oldest_age_seconds",
        "How long the oldest waiting attempt has waited.",
        labels=["kind"],
    )
    waiting = {
        row[0]: row[1:]
        for row in _rows(
            select(Attempt.priority, func.count(), func.min(Attempt.queued_at))
            .where(Attempt.state == AttemptState.QUEUED)
            .group_by(Attempt.priority)
        )
    }
    for priority in Priority:
        count, oldest = waiting.get(priority.value, (0, None))
        length.add_metric([priority.name.lower()], count)
        waited = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
        age.add_metric([priority.name.lower()], waited)
    yield length
    yield age
    running = GaugeMetricFamily("banyan_grading_attempts_running", "Attempts being graded.")
    finished = CounterMetricFamily(
        "banyan_grading_attempts_finished",
        "Attempts that ended, by how they ended.",
        labels=["state"],
    )
    states = dict(
        tuple(row) for row in _rows(select(Attempt.state, func.count()).group_by(Attempt.state))
    )
    running.add_metric([], states.get(AttemptState.RUNNING, 0))
    for state in FINISHED:
        finished.add_metric([state.value], states.get(state, 0))
    yield running
    yield finished


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily(
        "banyan_jobs_waiting", "Jobs of the queue that could begin now.", labels=["queue"]
    )
    for name, count in _rows(
        text(
            "SELECT queue_name, count(*) FROM procrastinate_jobs WHERE status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= now()) GROUP BY queue_name"
        )
    ):
        jobs.add_metric([name], count)
    yield jobs
    ((living,),) = _rows(
        text(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat >"
            " now() - make_interval(secs => :seconds)"
        ).bindparams(seconds=STALLED_AFTER_SECONDS)
    )
    yield GaugeMetricFamily("banyan_workers_alive", "Workers of the queue that live.", value=living)


def _servers() -> Iterator[Metric]:
    servers = GaugeMetricFamily("banyan_lab_servers", "People's lab servers.", labels=["state"])
    found = {
        row[0]: row[1:]
        for row in _rows(
            select(
                LabRun.state,
                func.count(),
                func.coalesce(func.sum(LabRun.memory_bytes), 0),
                func.coalesce(func.sum(LabRun.process_count), 0),
                func.coalesce(func.sum(LabRun.cpu_percent), 0.0),
            )
            .where(LabRun.ended_at.is_(None))
            .group_by(LabRun.state)
        )
    }
    for state in RunState:
        servers.add_metric([state.value], found[state][0] if state in found else 0)
    yield servers
    sums = [sum(float(row[place]) for row in found.values()) for place in (1, 2, 3)]
    for name, said, value in (
        ("banyan_lab_servers_memory_bytes", "Proportional set size of all lab servers.", sums[0]),
        ("banyan_lab_servers_processes", "Processes in all lab servers.", sums[1]),
        ("banyan_lab_servers_cpu_ratio", "Cores that all lab servers use.", sums[2] / 100),
    ):
        yield GaugeMetricFamily(name, said, value=value)
    drain = current_drain()
    closed = drain is not None and drain.from_at <= clock.now()
    yield GaugeMetricFamily(
        "banyan_lab_maintenance", "1 while labs are closed for maintenance.", value=int(closed)
    )


def _starts() -> Iterator[Metric]:
    took = func.extract("epoch", LabRun.ready_at - LabRun.asked_at)
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(took), 0),
            *(func.count().filter(took <= limit) for limit in START_BUCKETS),
        ).where(LabRun.ready_at.is_not(None))
    ).one()
    buckets = [(f"{limit}", count) for limit, count in zip(START_BUCKETS, row[2:], strict=True)]
    durations = HistogramMetricFamily(
        "banyan_lab_start_duration_seconds", "From the click to a server that answers."
    )
    durations.add_metric([], [*buckets, ("+Inf", row[0])], float(row[1]))
    yield durations
    failures = CounterMetricFamily(
        "banyan_lab_start_failures", "Servers that never came up, by cause.", labels=["cause"]
    )
    counts = dict(
        tuple(row)
        for row in _rows(
            select(LabRun.cause, func.count())
            .where(LabRun.ending == Ending.FAILED)
            .group_by(LabRun.cause)
        )
    )
    for cause in Cause:
        failures.add_metric([cause.value], counts.get(cause, 0))
    yield failures
