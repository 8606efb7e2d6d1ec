"""What runs, taken over from the Hub and from the machine every few seconds."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.live import announce
from app.kernel.transaction import operation
from app.operations import queries
from app.operations.models import LabRun
from app.operations.operations.runs import fail_start
from app.operations.rules import Ending, RunState
from app.workspaces import hub
from app.workspaces.hub import RunningServer
from jupyter_config.measures import Measure, disk_bytes, measure_all

__all__ = ["TOPIC", "look"]

TOPIC = "lab-servers"
"""Announced when something was seen; the operators' page watches it."""

GRACE = timedelta(seconds=20)
"""The Hub may not know of a server yet that was asked for so lately."""

DISK_EVERY = timedelta(minutes=2)
HOMES_AT_A_TIME = 5


def look(instance: Path) -> int:
    """Bring what the site knows of servers up to date; how many run. Raises HubUnavailable."""
    servers = hub.client().running()
    measures = measure_all(_records(instance))
    take_over(servers, measures, instance=instance)
    return len(servers)


def _records(instance: Path) -> Path:
    # Where the Hub runs, so does this; elsewhere there is nothing to measure.
    from jupyter_config.spawner import sockets_folder

    return sockets_folder(instance)


@operation
def take_over(
    servers: Sequence[RunningServer], measures: Mapping[str, Measure], *, instance: Path
) -> None:
    """Write down what SERVERS and MEASURES say, by people's handles."""
    now = clock.now()
    runs = {run.person.handle: run for run in queries.live_runs()}
    for handle, person in _strangers([s.handle for s in servers if s.handle not in runs]).items():
        runs[handle] = LabRun(person_id=person.id, person=person)
        db.session.add(runs[handle])
    listed = set()
    for server in servers:
        run = runs.get(server.handle)
        if run is None:
            continue  # of somebody whom the site does not know
        listed.add(server.handle)
        if run.id is None:  # started at the Hub itself, or before the site took notes
            run.asked_at = server.started_at or now
        run.state = RunState(server.state)
        run.active_at = server.active_at
        if run.ready_at is None and run.state is RunState.READY:
            run.ready_at = now
        if server.handle in measures:
            _measure(run, measures[server.handle], now)
    _measure_homes([runs[handle] for handle in listed], instance / "homes", now)
    for handle, run in runs.items():
        if handle not in listed:
            _missing(run, handle, now, instance=instance)
    announce(TOPIC)


def _strangers(handles: Sequence[str]) -> dict[str, Person]:
    if not handles:
        return {}
    rows = db.session.scalars(select(Person).where(Person.handle.in_(handles)))
    return {person.handle: person for person in rows}


def _measure(run: LabRun, measure: Measure, now: datetime) -> None:
    if run.measured_at is not None and run.cpu_seconds is not None:
        span = (now - run.measured_at).total_seconds()
        if span > 0:
            # What ended meanwhile takes its time along.
            used = max(0.0, measure.cpu_seconds - run.cpu_seconds)
            run.cpu_percent = round(100 * used / span, 1)
    run.measured_at = now
    run.memory_bytes = measure.memory_bytes
    run.cpu_seconds = measure.cpu_seconds
    run.process_count = measure.process_count


def _measure_homes(runs: Sequence[LabRun], homes: Path, now: datetime) -> None:
    """Count the files of a few homes: those that were counted longest ago."""
    due = [r for r in runs if r.disk_measured_at is None or r.disk_measured_at < now - DISK_EVERY]
    due.sort(key=lambda run: run.disk_measured_at or run.asked_at)
    for run in due[:HOMES_AT_A_TIME]:
        home = homes / run.person.handle
        if home.is_dir():
            run.disk_bytes = disk_bytes(home)
            run.disk_measured_at = now


def _missing(run: LabRun, handle: str, now: datetime, *, instance: Path) -> None:
    """A server that the Hub no longer lists."""
    if run.ready_at is None:
        if run.asked_at < now - GRACE:
            fail_start(run, handle, instance=instance)
        return
    drain = queries.current_drain()
    run.ended_at = now
    if run.stop_at is not None and run.stop_at <= now:
        run.ending = Ending.STOPPED
    elif drain is not None and drain.put_away_at <= now:
        run.ending = Ending.DRAINED
    else:
        run.ending = Ending.GONE
