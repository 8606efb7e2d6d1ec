"""``banyan up``: opens the house, keeps it standing, closes it in order."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from app.hosting.errors import HostingError
from app.hosting.house import House, furnish
from app.hosting.places import CHECKOUT, Listen
from app.hosting.ports import is_free
from app.hosting.postgres import Cluster
from app.hosting.processes import (
    Part,
    Running,
    adopt_orphans,
    end_descendants,
    reap_orphans,
)
from app.hosting.steps import Step, database_identity, perform, steps_of
from app.kernel.config import Config

__all__ = ["AlreadyRunning", "Supervisor", "only_one", "run_house"]

Say = Callable[[str], None]

_TICK_SECONDS = 0.1
_LONGEST_BACK_OFF_SECONDS = 30.0
# A part that stood this long starts again at once when it falls.
_STEADY_SECONDS = 60.0


class AlreadyRunning(HostingError):
    """Another supervisor has this instance."""


class _Asked(Exception):
    """Somebody asked the house to close (Ctrl-C, SIGTERM, SIGHUP)."""


class Supervisor:
    """Keeps parts running. Single-threaded; made for the main thread of its own process."""

    def __init__(
        self, parts: Sequence[Part], *, logs: Path, cluster: Cluster | None, say: Say
    ) -> None:
        self.parts = parts
        self.logs = logs
        self.cluster = cluster
        self.say = say
        self.running: dict[str, Running] = {}
        self._falls: dict[str, int] = {}
        self._rise_at: dict[str, float] = {}
        self._waiting_for_answer: set[str] = set()

    def open(self) -> None:
        """Start all parts and wait until each answers.

        Raises HostingError with the end of its log when a required part does not.
        """
        for part in self.parts:
            self.running[part.name] = Running(part, self.logs)
        waiting = list(self.parts)
        while waiting:
            for part in list(waiting):
                running = self.running[part.name]
                seconds = time.monotonic() - running.started
                if running.is_alive and seconds >= part.settle_seconds and part.answers():
                    self.say(f"  {part.name:<10} ready ({seconds:.1f} s)")
                elif not running.is_alive or seconds > part.patience_seconds:
                    self._did_not_start(running)
                else:
                    continue
                waiting.remove(part)
            reap_orphans(self._own())
            time.sleep(_TICK_SECONDS)

    def keep(self) -> None:
        """Raise again whatever falls, until somebody asks to close."""
        while True:
            self._look_after_postgres()
            for part in self.parts:
                self._look_after(part)
            reap_orphans(self._own())
            time.sleep(_TICK_SECONDS)

    def close(self) -> None:
        """Stop all parts in reverse order, then whatever is left of them, then PostgreSQL."""
        for part in reversed(self.parts):
            running = self.running.pop(part.name, None)
            if running is not None:
                running.stop()
                self.say(f"  {part.name:<10} stopped")
        end_descendants(keep=self.cluster.postmaster() if self.cluster else None)
        if self.cluster is not None:
            self.cluster.stop()
            reap_orphans(set())
            self.say("  postgres   stopped")

    def _look_after(self, part: Part) -> None:
        running = self.running.get(part.name)
        now = time.monotonic()
        if running is None:
            if now >= self._rise_at[part.name]:
                self.running[part.name] = Running(part, self.logs)
                self._waiting_for_answer.add(part.name)
        elif not running.is_alive:
            self._fell(running, now)
        elif part.name in self._waiting_for_answer and part.answers():
            self._waiting_for_answer.discard(part.name)
            self.say(f"  {part.name:<10} is back")
            if part.after_restart is not None:
                try:
                    part.after_restart()
                except Exception as error:
                    self.say(f"  {part.name:<10} is back, but: {error}")

    def _fell(self, running: Running, now: float) -> None:
        name = running.part.name
        with suppress(ProcessLookupError, PermissionError):
            # What it left behind would hold its port. People's servers have sessions of their own.
            os.killpg(running.process.pid, signal.SIGKILL)
        steady = now - running.started > _STEADY_SECONDS
        falls = self._falls[name] = 0 if steady else self._falls.get(name, 0) + 1
        pause = 0.0 if falls == 0 else min(_LONGEST_BACK_OFF_SECONDS, 0.5 * 2 ** (falls - 1))
        self._rise_at[name] = now + pause
        del self.running[name]
        self.say(
            f"  {name:<10} ended (code {running.process.returncode}); starting it again"
            f"{f' in {pause:.0f} s' if pause >= 1 else ''}. Its log: {running.log}"
        )

    def _look_after_postgres(self) -> None:
        if self.cluster is None or self.cluster.is_running():
            return
        if time.monotonic() < self._rise_at.get("postgres", 0):
            return
        self.say("  postgres   ended; starting it again")
        try:
            self.cluster.start(keep_port=True)
            self.say("  postgres   is back")
        except HostingError as error:
            self.say(f"  postgres   {error.message}")
            self._rise_at["postgres"] = time.monotonic() + 5

    def _did_not_start(self, running: Running) -> None:
        part = running.part
        why = "does not answer" if running.is_alive else "ended at once"
        message = f"{part.name} {why}. The end of {running.log}:\n{running.last_words()}"
        if part.required:
            raise HostingError(message)
        self.say(f"  {message}\n  The rest of the house opens without it; it is tried again.")
        self._waiting_for_answer.add(part.name)

    def _own(self) -> set[int]:
        own = {running.process.pid for running in self.running.values()}
        return own


@contextmanager
def only_one(run: Path, address: str) -> Iterator[None]:
    """Hold the instance: raises AlreadyRunning while another process does.

    The lock is the kernel's: it ends with the process, however that ends.
    """
    run.mkdir(parents=True, exist_ok=True)
    with (run / "house.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            with suppress(ValueError):
                holder = json.loads(lock.read())
                raise AlreadyRunning(
                    f"Banyan is already running at {holder['address']} (process {holder['pid']})."
                ) from None
            raise AlreadyRunning("Banyan is already running here.") from None
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "address": address}))
        lock.flush()
        yield


def run_house(
    config: Config,
    environ: Mapping[str, str] = os.environ,
    *,
    say: Say = click.echo,
    furnish: Callable[[Config, Mapping[str, str]], House] = furnish,
    steps_of: Callable[[Config], Sequence[Step]] = steps_of,
) -> None:
    """Open the house of ``config`` and keep it standing until Ctrl-C or SIGTERM.

    Raises HostingError with a sentence for the operator when it cannot be opened.
    """
    began = time.monotonic()
    with only_one(config.instance / "run", config.site_url), _signals():
        adopt_orphans()
        house = furnish(config, environ)
        _claim(house.listen)
        supervisor = Supervisor(house.parts, logs=house.logs, cluster=house.cluster, say=say)
        house.logs.mkdir(parents=True, exist_ok=True)
        say(f"Banyan is starting ({config.instance}).")
        try:
            try:
                _prepare(house, steps_of(config), say)
                supervisor.open()
                _welcome(house, time.monotonic() - began, say)
                supervisor.keep()
            except (_Asked, KeyboardInterrupt):
                say("\nClosing. (Ctrl-C again ends everything at once.)")
            finally:
                supervisor.close()
        except (_Asked, KeyboardInterrupt):
            end_descendants()
    say("Everything has stopped.")


def _prepare(house: House, steps: Sequence[Step], say: Say) -> None:
    if house.cluster is not None:
        began = time.monotonic()
        house.cluster.start()
        say(f"  {'postgres':<10} ready ({time.monotonic() - began:.1f} s)")
    try:
        identity = database_identity(house.environment["DATABASE_URL"])
    except Exception as error:
        raise HostingError(f"The database does not answer: {error}") from error
    for step in steps:
        began = time.monotonic()
        ran = perform(
            step,
            stamps=house.run / "steps.json",
            identity=identity,
            environment=house.environment,
            log=house.logs / "steps.log",
        )
        how = f"done ({time.monotonic() - began:.1f} s)" if ran else "unchanged"
        say(f"  {step.title.lower():<10} {how}")


def _welcome(house: House, seconds: float, say: Say) -> None:
    say(f"\nBanyan is ready after {seconds:.0f} s:  {house.config.site_url}")
    say(f"Labs:  {house.config.labs_url}    Logs:  {house.logs}")
    if house.config.demo:
        accounts = subprocess.run(
            [sys.executable, "-m", "app.cli", "demo", "accounts"],
            cwd=CHECKOUT,
            env=dict(house.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        say(f"\n{(accounts.stdout or accounts.stderr).rstrip()}")
    say("\nCtrl-C stops everything.")


def _claim(listen: Listen) -> None:
    # After a kill -9 the old parts need a moment to go.
    deadline = time.monotonic() + 3
    while not is_free(listen.port, listen.host):
        if time.monotonic() > deadline:
            raise HostingError(
                f"Port {listen.port} is taken by another program. Choose another one, for example: "
                f"make run PORT={listen.port + 10}"
            )
        time.sleep(0.1)


@contextmanager
def _signals() -> Iterator[None]:
    def ask(number: int, frame: object) -> None:
        raise _Asked

    before = {
        number: signal.signal(number, ask)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
