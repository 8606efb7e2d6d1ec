"""Seconds per notebook: ``nbgrader autograde`` and this engine on the same class, in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from app import engine

STUDENTS = 4
NOTEBOOKS = 2
CLASSES = {
    "light": (
        "def squares(n):\n    return [i * i for i in range(n)]",
        "assert squares(3) == [0, 1, 4]",
        "assert squares(0) == []",
    ),
    "scientific": (
        "import numpy as np\nimport pandas as pd\n"
        "from sklearn.linear_model import LinearRegression\n"
        "frame = pd.DataFrame({'x': np.arange(50.0)})\nframe['y'] = 3 * frame.x + 1\n"
        "model = LinearRegression().fit(frame[['x']], frame.y)",
        "assert frame.shape == (50, 2)",
        "assert abs(model.coef_[0] - 3) < 1e-6",
    ),
}


def source(solution: str, *tests: str) -> bytes:
    """Return a source notebook with one solution and its tests, a point each."""
    base = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cells = [
        new_code_cell(
            f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION",
            metadata={"nbgrader": {**base, "grade_id": "work", "solution": True}},
        )
    ]
    for number, test in enumerate(tests):
        meta = {**base, "grade_id": f"test-{number}", "grade": True, "locked": True, "points": 1}
        cells.append(new_code_cell(test, metadata={"nbgrader": meta}))
    spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": spec})).encode()


def with_nbgrader(notebook: bytes) -> float:
    """Return nbgrader's seconds per notebook, its command's start included."""
    scripts = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder, "source", "ps1")]
        places += [Path(folder, "submitted", f"s{n}", "ps1") for n in range(STUDENTS)]
        for place in places:
            place.mkdir(parents=True)
            for number in range(NOTEBOOKS):
                (place / f"p{number}.ipynb").write_bytes(notebook)

        def run(*arguments: str) -> None:
            command = [str(scripts / "nbgrader"), *arguments, "--log-level=CRITICAL"]
            subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)

        run("generate_assignment", "ps1")
        began = time.perf_counter()
        run("autograde", "ps1")
        return (time.perf_counter() - began) / (STUDENTS * NOTEBOOKS)


def with_engine(notebook: bytes) -> float:
    """Return our seconds per notebook in a worker that is up."""
    names = [f"p{number}" for number in range(NOTEBOOKS)]
    lab = engine.LabSource(tuple(engine.NotebookSource(name, notebook) for name in names))
    sent = {f"{name}.ipynb": notebook for name in names}
    engine.warm()
    began = time.perf_counter()
    for _ in range(STUDENTS):
        for result in engine.grade(lab, sent):
            if result.score != result.max_score:
                raise SystemExit(f"The solution did not pass: {result}")
    return (time.perf_counter() - began) / (STUDENTS * NOTEBOOKS)


def main() -> None:
    for name, (solution, *tests) in CLASSES.items():
        notebook = source(solution, *tests)
        theirs, ours = with_nbgrader(notebook), with_engine(notebook)
        line = {
            "bench": f"grading.{name}",
            "value": round(theirs / ours, 2),
            "unit": "times as fast",
            "nbgrader_seconds": round(theirs, 3),
            "engine_seconds": round(ours, 3),
            "notebooks": STUDENTS * NOTEBOOKS,
            "cores": os.cpu_count(),
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
