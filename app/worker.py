"""``banyan worker``: takes jobs from the queue and does them, until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from flask import Flask
from procrastinate.worker import Worker

from app import engine
from app.grading import operations, queries
from app.kernel import jobs
from app.kernel.config import Config
from app.kernel.database import db

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
GRADING = "grading"
"""The queue of whatever needs the engine."""


class Readiness:
    """What this process can grade, as it finds out."""

    def __init__(self, *, accepts_the_risk: bool) -> None:
        self.accepts_the_risk = accepts_the_risk
        self.without_sandbox = False
        self.obstacle: str | None = None
        self.environments: dict[str, str] = {}

    def look(self, app: Flask) -> None:
        """Find out whether anything can be graded here, and start what the open sections need.

        The first environment is warm when this returns; the others follow by themselves.
        """
        try:
            engine.check()
        except engine.EngineUnavailable as error:
            if self.accepts_the_risk:
                self.without_sandbox = True
                app.extensions["grades_without_sandbox"] = True
                log.error(
                    "THIS WORKER GRADES WITHOUT A SANDBOX, as BANYAN_GRADE_WITHOUT_SANDBOX says. "
                    "Students' code can do whatever this user can. %s",
                    error.message,
                )
            else:
                self.obstacle = error.message
                log.error("THIS WORKER DOES NOT GRADE. Submissions wait. %s", error.message)
            return
        with app.app_context():
            wanted = queries.environments_in_use()
            db.session.remove()
        self.environments = dict.fromkeys(wanted, "starting")
        if wanted:
            self._warm(wanted[0])
            threading.Thread(target=self._warm, args=wanted[1:], name="warm", daemon=True).start()

    def _warm(self, *environments: str) -> None:
        for name in environments:
            try:
                engine.warm(cast(engine.Environment, name))
                self.environments[name] = "warm"
            except engine.EngineUnavailable as error:
                self.environments[name] = error.message
                log.warning("the environment %s did not start: %s", name, error.message)


async def work(app: Flask, config: Config, *, at_a_time: int) -> None:
    """Do jobs until SIGTERM or SIGINT; jobs under way are finished first.

    Where submissions cannot be graded it leaves them in their line and does the rest.
    """
    readiness = Readiness(accepts_the_risk=config.grade_without_sandbox)
    readiness.look(app)
    # A job occupies a thread; asyncio's own pool is no larger than the machine.
    threads = ThreadPoolExecutor(at_a_time + 2, thread_name_prefix="job")
    asyncio.get_running_loop().set_default_executor(threads)
    connector = jobs.worker_connector(app.config["SQLALCHEMY_DATABASE_URI"])
    with jobs.queue.replace_connector(connector) as queue:
        async with queue.open_async():
            names = {task.queue for task in queue.tasks.values()}
            worker = Worker(
                queue,
                queues=None if readiness.obstacle is None else sorted(names - {GRADING}),
                concurrency=at_a_time,
                fetch_job_polling_interval=jobs.POLLING_SECONDS,
                update_heartbeat_interval=jobs.HEARTBEAT_SECONDS,
                stalled_worker_timeout=jobs.STALLED_AFTER_SECONDS,
                install_signal_handlers=True,
                delete_jobs="successful",
                task_middleware=[_within(app)],
            )
            sweeper = asyncio.create_task(_sweep(app, worker, readiness, at_a_time))
            try:
                await worker.run()
            finally:
                sweeper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sweeper


async def _sweep(app: Flask, worker: Worker, readiness: Readiness, at_a_time: int) -> None:
    """For as long as this worker lives: give the jobs of dead workers back, and say how it is."""

    def report(number: int) -> None:
        with app.app_context():
            try:
                operations.report_worker(
                    number,
                    jobs=at_a_time,
                    obstacle=readiness.obstacle,
                    without_sandbox=readiness.without_sandbox,
                    environments=dict(readiness.environments),
                )
            finally:
                db.session.remove()

    said: object = None
    while True:
        pause = SWEEP_SECONDS
        try:
            if worker.worker_id is None:
                pause = 0.1  # it is only just starting
            else:
                now = (worker.worker_id, dict(readiness.environments))
                if now != said:
                    await asyncio.to_thread(report, worker.worker_id)
                    said = now
                count = await jobs.retry_stalled()
                if count:
                    log.warning("%s job(s) of a dead worker go back to the queue", count)
        except Exception:
            log.exception("looking after the queue failed")
        await asyncio.sleep(pause)


def _within(app: Flask) -> Callable[[Callable[[], Any], object, object], Any]:
    """Run each task, in its thread, within a context of the application of its own."""

    def middleware(process_task: Callable[[], Any], context: object, worker: object) -> Any:
        with app.app_context():
            try:
                return process_task()
            finally:
                db.session.remove()

    return middleware


def run(app: Flask, config: Config, *, jobs: int | None = None) -> None:
    """Work in the foreground, JOBS at a time (default: as the configuration says)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    asyncio.run(work(app, config, at_a_time=jobs or config.worker_concurrency))
