"""An installation that lives as long as a benchmark."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psutil
from flask import Flask

from app.accounts import operations as accounts
from app.accounts import queries as people
from app.factory import create_app
from app.hosting.ports import free_port
from app.hosting.postgres import cluster_of
from app.kernel.config import Config
from app.kernel.database import db
from benchmarks import report

CHECKOUT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class House:
    """A running installation with its published courses and the demo's people."""

    folder: Path
    port: int
    courses: Path = CHECKOUT / "courses"
    _supervisor: list[psutil.Process] = field(default_factory=list)

    @property
    def instance(self) -> Path:
        return self.folder / "instance"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        return kept | {
            "BANYAN_INSTANCE": str(self.instance),
            "PORT": str(self.port),
            "BANYAN_DEMO": "1",
            "BANYAN_COURSES": str(self.courses),
        }

    @cached_property
    def app(self) -> Flask:
        """The same application in this process: to make data, and to look inside a request."""
        return create_app(Config.from_environ(self.environment))

    @property
    def dsn(self) -> str:
        return cluster_of(self.instance).dsn()

    def cpu_seconds(self, word: str) -> float:
        """What the part with WORD in its command line has computed so far, its workers included.

        Unlike seconds on a clock, it is nearly the same when others use the machine too.
        """
        found = [p for part in self._parts(word) for p in (part, *part.children(recursive=True))]
        return sum(p.cpu_times().user + p.cpu_times().system for p in found)

    def part(self, word: str) -> psutil.Process:
        """The process of the part with WORD in its command line."""
        (found,) = self._parts(word)
        return found

    def _parts(self, word: str) -> list[psutil.Process]:
        (supervisor,) = self._supervisor
        return [p for p in supervisor.children() if any(word in part for part in words_of(p))]

    def sign_in(self, handle: str) -> str:
        """A new browser of this person: the value of its session cookie."""
        app = self.app
        with app.app_context():
            person = people.person_by_handle(handle)
            assert person is not None, handle
            token = accounts.open_sign_in(app.extensions["config"], person)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value: str = serializer.dumps({"_user_id": token})
        return value


def words_of(process: psutil.Process) -> list[str]:
    """Its command line; of one that ended meanwhile, no word."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def running(*parts: str, with_courses: bool = True) -> Iterator[House]:
    """PostgreSQL and these parts of a house (``proxy``, ``site``, ``hub``, ``worker``).

    Without the courses it is there much sooner: publishing a lab runs its solution.
    """
    folder = Path(tempfile.mkdtemp(prefix="banyan-bench-"))
    house = House(folder, free_port())
    if not with_courses:
        house = House(folder, house.port, folder / "courses")
        house.courses.mkdir()
    house.instance.mkdir()
    log = folder / "house.log"
    report.say(f"  starting {', '.join(parts)}")
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.up", *parts],
                cwd=CHECKOUT,
                env=house.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        house._supervisor.append(psutil.Process(process.pid))
        try:
            wait_for(lambda: _is_open(process, log), "the house")
            yield house
        finally:
            if "app" in house.__dict__:
                with house.app.app_context():
                    db.engine.dispose()
            end(process, signal.SIGINT)
    finally:
        shutil.rmtree(folder)


def end(process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM) -> None:
    """Ask PROCESS to stop and wait until it has."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(
    is_there: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS, step: float = 0.1
) -> None:
    """Return when IS_THERE says so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:g} s")
        time.sleep(step)


def _is_open(process: "subprocess.Popen[bytes]", log: Path) -> bool:
    said = log.read_text(errors="replace")
    if process.poll() is not None:
        raise RuntimeError(f"The house did not open:\n{said[-4000:]}")
    return "Banyan is ready" in said
