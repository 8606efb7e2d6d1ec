"""What grading holds in memory while it runs, and what a thousand gradings leave behind: nothing.

Two lines of ``grading``: ``grading.child-memory`` and ``grading.leaves-nothing``.
"""

import gc
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from app import engine
from app.engine import zygotes
from benchmarks import report, world

WARM_UP = 100
"""Gradings before memory is looked at: until then caches fill."""
SETTLE_SECONDS = 3.0
PAUSE = "\nimport time\ntime.sleep(0.6)"
"""At the end of the student's cell, so that there is time to look."""


@dataclass(frozen=True)
class Things:
    """What there is of the kernel's things, by number."""

    processes: int
    namespaces: int
    mounts: int
    files: int
    descriptors: int

    @classmethod
    def now(cls) -> "Things":
        everybody = [psutil.Process(), *psutil.Process().children(recursive=True)]
        namespaces: set[str] = set()
        mounts = descriptors = 0
        for process in everybody:
            place = Path(f"/proc/{process.pid}")
            namespaces |= {os.readlink(link) for link in (place / "ns").iterdir()}
            mounts += len((place / "mountinfo").read_text().splitlines())
            descriptors += len(list((place / "fd").iterdir()))
        files = len(os.listdir(tempfile.gettempdir()))
        return cls(len(everybody), len(namespaces), mounts, files, descriptors)

    def beyond(self, before: "Things") -> dict[str, int]:
        return {name: value - getattr(before, name) for name, value in vars(self).items()}


def lab_of(solution: str, *tests: str, environment: engine.Environment) -> engine.LabSource:
    """A lab with one notebook, and each test on the road that its publication would fix."""
    notebook = world.notebook(solution, *tests)
    lab = engine.LabSource((engine.NotebookSource("p1", notebook),), environment=environment)
    return replace(lab, roads=engine.plan_roads(lab))


def child_memory() -> None:
    """Print the private memory of the processes that a light scientific lab runs in."""
    solution, *tests = world.SCIENTIFIC
    lab = lab_of(solution + PAUSE, *tests, environment="scientific")
    warm = {process.pid for process in psutil.Process().children(recursive=True)}
    found: dict[int, float] = {}
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for process in psutil.Process().children(recursive=True):
                if process.pid not in warm:
                    seen = private_mb([process.pid])
                    found[process.pid] = max(found.get(process.pid, 0.0), seen)
            over.wait(0.02)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        grade(lab)
    finally:
        over.set()
        watch.join()
    report.line(
        "grading.child-memory",
        max(found.values()),
        "MB private, the largest process of a submission",
        processes=len(found),
        together=sum(found.values()),
        zygote=max(private_mb([pid]) for pid in warm),
    )


def leaves_nothing(gradings: int) -> None:
    """Grade many times; print what is there afterwards that was not there before."""
    solution, *tests = world.LIGHT
    lab = lab_of(solution, *tests, environment="standard")
    first = min(WARM_UP, gradings // 2)
    report.say(f"  {gradings} gradings in a row")
    for _ in range(first):
        grade(lab)
    settle()
    before, worker, warm = Things.now(), own_mb(), zygotes_mb()
    began = time.perf_counter()
    for _ in range(gradings - first):
        grade(lab)
    seconds = time.perf_counter() - began
    settle()
    left = Things.now().beyond(before)
    report.line(
        "grading.leaves-nothing",
        sum(abs(count) for count in left.values()),
        "things left",
        gradings=gradings,
        counted_from=first,
        **left,
        worker_growth_mb=own_mb() - worker,
        zygote_growth_mb=zygotes_mb() - warm,
        seconds_each=seconds / (gradings - first),
    )


def grade(lab: engine.LabSource) -> None:
    """Grade the solution. Raises RuntimeError when it does not pass."""
    for result in engine.grade(lab, {"p1.ipynb": lab.notebooks[0].source}):
        if result.score != result.max_score:
            raise RuntimeError(f"The solution did not pass: {result}")


def settle() -> None:
    """Let warm processes bury their dead."""
    gc.collect()
    time.sleep(SETTLE_SECONDS)


def private_mb(pids: Iterable[int]) -> float:
    """Memory of these processes that nobody else has, in megabytes; 0 for one that is gone."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.M))
    return total / 1024


def own_mb() -> float:
    return private_mb([os.getpid()])


def zygotes_mb() -> float:
    """Private memory of the warm processes and of what watches them."""
    roots = [psutil.Process(zygote.process.pid) for zygote in zygotes.all_warm()]
    return private_mb(p.pid for root in roots for p in (root, *root.children(recursive=True)))
