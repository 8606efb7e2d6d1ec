"""``banyan worker``: takes jobs from the queue and does them, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from typing import Any

from flask import Flask

from app import engine
from app.kernel import jobs
from app.kernel.config import Config
from app.kernel.database import db

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0


async def work(app: Flask, config: Config) -> None:
    """Do jobs until SIGTERM or SIGINT; jobs under way are finished first.

    Raises engine.EngineUnavailable when submissions cannot be graded on this machine.
    """
    engine.check()
    engine.warm()
    connector = jobs.worker_connector(app.config["SQLALCHEMY_DATABASE_URI"])
    with jobs.queue.replace_connector(connector) as queue:
        async with queue.open_async():
            sweeper = asyncio.create_task(_return_stalled_jobs())
            try:
                await queue.run_worker_async(
                    concurrency=config.worker_concurrency,
                    fetch_job_polling_interval=jobs.POLLING_SECONDS,
                    update_heartbeat_interval=jobs.HEARTBEAT_SECONDS,
                    stalled_worker_timeout=jobs.STALLED_AFTER_SECONDS,
                    install_signal_handlers=True,
                    delete_jobs="successful",
                    task_middleware=[_within(app)],
                )
            finally:
                sweeper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sweeper


async def _return_stalled_jobs() -> None:
    """Give the jobs of dead workers back, for as long as this worker lives."""
    while True:
        try:
            count = await jobs.retry_stalled()
            if count:
                log.warning("%s job(s) of a dead worker go back to the queue", count)
        except Exception:
            log.exception("looking for stalled jobs failed")
        await asyncio.sleep(SWEEP_SECONDS)


def _within(app: Flask) -> Callable[[Callable[[], Any], object, object], Any]:
    """Run each task, in its thread, within a context of the application of its own."""

    def middleware(process_task: Callable[[], Any], context: object, worker: object) -> Any:
        with app.app_context():
            try:
                return process_task()
            finally:
                db.session.remove()

    return middleware


def run(app: Flask, config: Config) -> None:
    """Work in the foreground."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    asyncio.run(work(app, config))
