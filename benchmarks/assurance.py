"""How many tests are judged apart from the student's process, and why the others are not.

Two lines of ``grading``: ``grading.assurance.courses`` for the labs of ``courses/`` and
``grading.assurance.nbgrader`` for the notebooks that nbgrader ships with its own tests.
"""

import importlib.resources
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from app import engine
from benchmarks import report
from benchmarks.house import CHECKOUT

LIMITS = engine.Limits(cell_seconds=4)
"""For notebooks of which some never end."""


def shares(which: tuple[str, ...]) -> None:
    """Print a line for each collection of labs that WHICH names: ``courses``, ``nbgrader``."""
    for name in which:
        separate = 0
        reasons: Counter[str] = Counter()
        names: list[str] = []
        for title, lab, limits in COLLECTIONS[name]():
            for roads in engine.plan_roads(lab, limits=limits).values():
                for grade_id, road in roads.items():
                    if road["road"] == "separate":
                        separate += 1
                    else:
                        reasons[road["reason"]] += 1
                        names.append(f"{title}: {grade_id}")
        tests = separate + reasons.total()
        report.line(
            f"grading.assurance.{name}",
            separate / tests,
            "of all tests are judged apart",
            tests=tests,
            separate=separate,
            shared=dict(reasons.most_common()),
            shared_tests=names,
        )


def _courses() -> Iterator[tuple[str, engine.LabSource, engine.Limits]]:
    for folder in sorted(CHECKOUT.glob("courses/*/*/labs/*")):
        spec = yaml.safe_load((folder / "lab.yaml").read_text())
        source = folder / "source"
        files = {
            path.relative_to(source).as_posix(): path.read_bytes()
            for path in sorted(source.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb"
        }
        notebooks = tuple(
            engine.NotebookSource(path.stem, path.read_bytes())
            for path in sorted(source.glob("*.ipynb"))
        )
        lab = engine.LabSource(notebooks, files, spec["environment"])
        yield folder.name, lab, engine.Limits(**spec.get("limits", {}))


def _nbgrader() -> Iterator[tuple[str, engine.LabSource, engine.Limits]]:
    """Those that can be a source here and have a test."""
    place = Path(str(importlib.resources.files("nbgrader"))) / "tests"
    files = {"data.txt": (place / "apps" / "files" / "data.txt").read_bytes()}
    for folder in ("apps", "preprocessors"):
        for path in sorted((place / folder / "files").glob("*.ipynb")):
            made = engine.make_release([engine.NotebookSource("p1", path.read_bytes())])
            if any(cell.kind == "test" for cell in made.cells):
                yield f"{folder}/{path.stem}", engine.LabSource(made.sources, files), LIMITS


COLLECTIONS = {"courses": _courses, "nbgrader": _nbgrader}
