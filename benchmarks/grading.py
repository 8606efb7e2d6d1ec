"""``grading``: seconds per notebook of ``nbgrader autograde`` over ours, same class, same cores."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app import engine
from benchmarks import report, world
from benchmarks.size import Size

CLASSES = {"light": world.LIGHT, "scientific": world.SCIENTIFIC}


def run(size: Size) -> None:
    """Print a line per kind of class. In each round nbgrader goes first, then the engine."""
    engine.warm()
    engine.warm("scientific")
    for name in size.classes:
        solution, *tests = CLASSES[name]
        notebook = world.notebook(solution, *tests)
        theirs, ours = [], []
        _with_engine(notebook, students=1, notebooks=1)  # what a worker that is up has behind it
        for number in range(size.class_rounds):
            report.say(f"  {name}, round {number + 1}")
            theirs.append(_with_nbgrader(notebook, size.class_students, size.class_notebooks))
            ours.append(_with_engine(notebook, size.class_students, size.class_notebooks))
        report.line(
            f"grading.{name}",
            statistics.mean(theirs) / statistics.mean(ours),
            "times as fast",
            nbgrader_seconds=statistics.mean(theirs),
            engine_seconds=statistics.mean(ours),
            notebooks=size.class_students * size.class_notebooks,
            rounds=size.class_rounds,
            at_once=_at_once(),
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


def _with_engine(notebook: bytes, students: int, notebooks: int) -> float:
    """Our seconds per notebook for the same class in a worker that is up, on all cores."""
    names = [f"p{number}" for number in range(notebooks)]
    lab = engine.LabSource(tuple(engine.NotebookSource(name, notebook) for name in names))
    sent = {f"{name}.ipynb": notebook for name in names}

    def grade(student: int) -> None:
        for result in engine.grade(lab, sent):
            if result.score != result.max_score:
                raise RuntimeError(f"The solution did not pass: {result}")

    began = time.perf_counter()
    with ThreadPoolExecutor(_at_once()) as pool:
        list(pool.map(grade, range(students)))
    return (time.perf_counter() - began) / (students * notebooks)


def _at_once() -> int:
    """How many submissions the engine grades at once: one a core."""
    return len(os.sched_getaffinity(0))
