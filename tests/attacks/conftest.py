"""That nothing of an attack is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.engine import grading, processes, zygotes
from app.engine.kernel_executor import KernelExecutor
from jupyter_config import sandbox
from tests.attacks.hostile import SOLUTION, grade


def warm_processes() -> set[int]:
    """The bubblewraps of the warm processes, what they started, and nothing below."""
    found = set()
    for zygote in zygotes.all_warm():
        first = sandbox.namespace_init(zygote.process.pid)
        found |= {zygote.process.pid, first, *processes.children(first or 0)}
    return found


@pytest.fixture
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Afterwards no process, no mount and no file of the attack is left."""
    used: list[int] = []
    fresh = processes.fresh_id

    def remembered() -> int:
        used.append(fresh())
        return used[-1]

    monkeypatch.setattr(processes, "fresh_id", remembered)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    warm = {zygote.process.pid for zygote in zygotes.all_warm()}
    # What other tests of this process share: a database, a running house.
    others = {child.pid for child in psutil.Process().children()} - warm
    mounts = Path("/proc/self/mountinfo").read_text()
    yield
    for zygote in zygotes.all_warm():
        used += zygote.people

    def left() -> list[psutil.Process]:
        own = [child for child in psutil.Process().children() if child.pid not in others]
        below = [one for child in own for one in (child, *child.children(recursive=True))]
        theirs = [
            process
            for process in psutil.process_iter(["uids"])
            if process.info["uids"] and process.info["uids"].real in used
        ]
        spared = warm_processes()
        return [process for process in (*below, *theirs) if process.pid not in spared]

    deadline = time.monotonic() + 20  # the warm process has yet to bury its dead
    while left() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left()
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert not list(tmp_path.glob("bg-*"))


@pytest.fixture(params=["zygote", "kernel"])
def either_executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to run a notebook: what one does not cover the other has to hold."""
    if request.param == "kernel":
        monkeypatch.setattr(grading, "ZygoteExecutor", KernelExecutor)
    return str(request.param)


@pytest.fixture
def next_one_untouched(untouched: None) -> Iterator[None]:
    """Afterwards the next submission is graded as if nothing had been."""
    yield
    after = grade(SOLUTION)
    assert (after.state, after.score) == ("graded", 7.0)
