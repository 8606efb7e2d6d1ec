"""``grading``: seconds per notebook of ``nbgrader autograde`` over ours, same class, same cores.

And beside it what grading holds in memory, what it leaves behind, and which tests are judged apart.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from app import engine
from benchmarks import assurance, footprint, report, world
from benchmarks.size import Size

CLASSES: dict[str, tuple[engine.Environment, tuple[str, ...]]] = {
    "light": ("standard", world.LIGHT),
    "scientific": ("scientific", world.SCIENTIFIC),
}
ENGINE_TURNS = 6
"""Classes that the engine grades in its turn: one alone is over too soon to be measured well."""


def run(size: Size) -> None:
    """Print a line per kind of class, then what else there is to say of grading."""
    _classes(size)
    footprint.child_memory()
    footprint.leaves_nothing(size.gradings)
    assurance.shares(size.assurance)


def _classes(size: Size) -> None:
    """In each round nbgrader goes first, then the engine, which judges as for a published lab."""
    for name in size.classes:
        environment, (solution, *tests) = CLASSES[name]
        engine.warm(environment)
        notebook = world.notebook(solution, *tests)
        theirs: list[float] = []
        ours: list[float] = []
        lab = engine.LabSource(
            tuple(
                engine.NotebookSource(f"p{number}", notebook)
                for number in range(size.class_notebooks)
            ),
            environment=environment,
        )
        lab = replace(lab, roads=engine.plan_roads(lab))
        roads = [road for tests in lab.roads.values() for road in tests.values()]
        _with_engine(lab, students=1)  # what a worker that is up has behind it
        for number in range(size.class_rounds):
            report.say(f"  {name}, round {number + 1}")
            theirs.append(_with_nbgrader(notebook, size.class_students, size.class_notebooks))
            ours += [_with_engine(lab, size.class_students) for _ in range(ENGINE_TURNS)]
        report.line(
            f"grading.{name}",
            statistics.mean(theirs) / statistics.mean(ours),
            "times as fast",
            nbgrader_seconds=statistics.mean(theirs),
            engine_seconds=statistics.mean(ours),
            notebooks=size.class_students * size.class_notebooks,
            rounds=size.class_rounds,
            at_once=_at_once(),
            separate=sum(road["road"] == "separate" for road in roads) / len(roads),
        )


def _with_nbgrader(notebook: bytes, students: int, notebooks: int) -> float:
    """nbgrader's seconds per notebook for a class, its command's start included."""
    scripts = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    env["PYTHONWARNINGS"] = "ignore"
    with tempfile.TemporaryDirectory(prefix="banyan-bench-") as folder:
        places = [Path(folder, "source", "ps1")]
        places += [Path(folder, "submitted", f"s{n}", "ps1") for n in range(students)]
        for place in places:
            place.mkdir(parents=True)
            for number in range(notebooks):
                (place / f"p{number}.ipynb").write_bytes(notebook)

        def nbgrader(*arguments: str) -> None:
            command = [str(scripts / "nbgrader"), *arguments, "--log-level=CRITICAL"]
            subprocess.run(command, cwd=folder, env=env, check=True, stdout=sys.stderr)

        nbgrader("generate_assignment", "ps1")
        began = time.perf_counter()
        nbgrader("autograde", "ps1")
        seconds = time.perf_counter() - began
        graded = list(Path(folder, "autograded").glob("*/ps1/*.ipynb"))
        if len(graded) != students * notebooks:
            raise RuntimeError(f"nbgrader graded {len(graded)} notebooks")
    return seconds / (students * notebooks)


def _with_engine(lab: engine.LabSource, students: int) -> float:
    """Our seconds per notebook for the same class in a worker that is up, on all cores."""
    sent = {f"{source.name}.ipynb": source.source for source in lab.notebooks}

    def grade(student: int) -> None:
        for result in engine.grade(lab, sent):
            if result.score != result.max_score:
                raise RuntimeError(f"The solution did not pass: {result}")

    began = time.perf_counter()
    with ThreadPoolExecutor(_at_once()) as pool:
        list(pool.map(grade, range(students)))
    return (time.perf_counter() - began) / (students * len(lab.notebooks))


def _at_once() -> int:
    """How many submissions the engine grades at once: one a core."""
    return len(os.sched_getaffinity(0))
