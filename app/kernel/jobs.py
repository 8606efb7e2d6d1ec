"""The queue: Procrastinate on the same PostgreSQL.

A job is deferred on the connection of the write that it belongs to. What is accepted is never
lost, and what is rolled back is never run.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import procrastinate
from sqlalchemy.engine import make_url

from app.kernel.database import db

# The worker replaces this connector with a real one.
queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

# Deferring always happens on the session's own connection, so this connector is never opened. It is
# not the queue's: within a worker that one is asynchronous, and a job may put further jobs on it.
_deferring = procrastinate.manager.JobManager(procrastinate.SyncPsycopgConnector())

HEARTBEAT_SECONDS = 2.0
STALLED_AFTER_SECONDS = 6.0
POLLING_SECONDS = 0.3


def task(
    *, queue_name: str = "default", retry: int = 3, periodic: str | None = None, **options: Any
) -> Callable[[Callable[..., None]], procrastinate.tasks.Task[..., Any, Any]]:
    """Decorator: make a function a task. Tasks take keyword ids only and are safe to run twice.

    RETRY is how often a task that raised is tried again; PERIODIC a cron line (six fields allowed),
    whose task receives ``timestamp`` (seconds since 1970).
    """

    def register(function: Callable[..., None]) -> procrastinate.tasks.Task[..., Any, Any]:
        strategy = procrastinate.RetryStrategy(max_attempts=retry, exponential_wait=2)
        made = queue.task(
            name=f"{function.__module__.removeprefix('app.')}.{function.__name__}",
            queue=queue_name,
            retry=strategy if retry else False,
            **options,
        )(function)
        return queue.periodic(cron=periodic)(made) if periodic else made

    return register


def defer(
    job: procrastinate.tasks.Task[..., Any, Any] | str,
    *,
    priority: int = 0,
    lock: str | None = None,
    at: datetime | None = None,
    **kwargs: Any,
) -> int:
    """Put JOB (a task, or the name of one) on the queue in this transaction; returns its number.

    Higher PRIORITY goes first; it is not begun before AT. Values must be JSON: pass ids as strings.
    """
    connection = db.session.connection().connection.driver_connection
    options: dict[str, Any] = {"connection": connection, "priority": priority}
    if lock:
        options["lock"] = lock
    if at is not None:
        options["schedule_at"] = at
    if isinstance(job, str):
        deferrer = queue.configure_task(job, allow_unknown=False, **options)
    else:
        deferrer = job.configure(**options)
    deferrer.job_manager = _deferring
    return deferrer.defer(**kwargs)


def worker_connector(database_url: str) -> procrastinate.PsycopgConnector:
    """The connector that a worker listens and fetches with."""
    url = make_url(database_url).set(drivername="postgresql")
    return procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False), min_size=2, max_size=8
    )


async def retry_stalled() -> int:
    """Give the jobs of dead workers back to the queue; returns how many."""
    manager = queue.job_manager
    count = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job)
        count += 1
    return count
