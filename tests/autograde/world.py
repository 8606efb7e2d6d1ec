"""A small nbgrader course folder, and a class that shows what can happen to a submission."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell

from tests.engine.build import answer, notebook, solution, task, test

SCRIPTS = Path(sys.executable).parent

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "statistics-1"
c.Execute.timeout = 5
c.LateSubmissionPlugin.penalty_method = "zero"
"""

SQUARES = """def squares(n):
    ### BEGIN SOLUTION
    return [i * i for i in range(n)]
    ### END SOLUTION
"""
HIDDEN = """assert squares(2) == [0, 1]
### BEGIN HIDDEN TESTS
assert squares(4) == [0, 1, 4, 9]
### END HIDDEN TESTS
"""
PARTIAL = "(squares(1) == [0]) * 1 + (squares(3) == [0, 1, 4]) * 2"


def sources() -> dict[str, bytes]:
    return {
        "p1": notebook(
            new_markdown_cell("# Squares"),
            solution(SQUARES, "squares"),
            test(HIDDEN, "hidden", points=2),
            test(PARTIAL, "partial", points=3),
        ),
        "p2": notebook(
            answer("Why?\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION", "why", points=4),
            solution("from helper import double\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION", "x"),
            test("assert double(x) == 4", "double"),
            task(
                "Draw a picture.\n=== BEGIN MARK SCHEME ===\nAny.\n=== END MARK SCHEME ===", "draw"
            ),
        ),
    }


def written(name: str, **cells: str) -> bytes:
    """Return the notebook as nbgrader releases it, with these cells filled in."""
    from app import engine

    release = engine.make_release([engine.NotebookSource(n, raw) for n, raw in sources().items()])
    assert not release.problems
    nb = nbformat.reads(release.notebooks[f"{name}.ipynb"].decode(), as_version=4)
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in cells:
            cell.source = cells[grade_id]
    return nbformat.writes(nb).encode()


def without(raw: bytes, grade_id: str) -> bytes:
    nb = nbformat.reads(raw.decode(), as_version=4)
    nb.cells = [c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") != grade_id]
    return nbformat.writes(nb).encode()


GOOD = "def squares(n):\n    return [i * i for i in range(n)]"
#: Right for 1 and 3, so that partial credit is given and the hidden test fails.
HALF = "def squares(n):\n    return [0, 1, 4][:n]"
HELPER = b"def double(x):\n    return 2 * x\n"


def put(folder: Path, **files: bytes | str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        raw = content.encode() if isinstance(content, str) else content
        target = folder / name.replace("__", "/").replace("_", ".")
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(raw)


def hand_in(root: Path, student: str, at: str | None = None, **files: bytes | str) -> Path:
    folder = root / "submitted" / student / "ps1"
    put(folder, **files)
    if at is not None:
        (folder / "timestamp.txt").write_text(at)
    return folder


def make_course(root: Path, config: str = CONFIG) -> Path:
    """Write a course with the assignment ps1, and nobody who has submitted."""
    put(root / "source" / "ps1", helper_py=HELPER, data__numbers_csv="1,2\n")
    for name, raw in sources().items():
        (root / "source" / "ps1" / f"{name}.ipynb").write_bytes(raw)
    (root / "nbgrader_config.py").write_text(config)
    return root


def make_class(root: Path) -> Path:
    """Write the course with: all done, a notebook missing, late, a test deleted, nothing done, and
    a notebook that is none."""
    make_course(root)
    full = {
        "p1_ipynb": written("p1", squares=GOOD),
        "p2_ipynb": written("p2", why="Since it is so.", x="from helper import double\nx = 2"),
    }
    hand_in(
        root,
        "an",
        "2026-11-01 10:00:00 UTC",
        **full,
        helper_py="def double(x): return 4",
        extra__notes_txt="mine",
    )
    half = written("p1", squares=HALF)
    hand_in(root, "bo", "2026-11-01 10:00:00 UTC", p1_ipynb=half)
    hand_in(root, "chi", "2026-11-09 10:00:00 UTC", **full)
    hand_in(root, "dee", None, **{**full, "p1_ipynb": without(full["p1_ipynb"], "hidden")})
    untouched = {"p1_ipynb": written("p1"), "p2_ipynb": written("p2"), "other_ipynb": half}
    hand_in(root, "emi", "2026-11-01 10:00:00 UTC", **untouched)
    hand_in(root, "flo", "2026-11-01 10:00:00 UTC", **{**full, "p2_ipynb": "not a notebook"})
    return root


def run(root: Path, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment as a person would, with nothing of the site set."""
    env = {
        "PATH": f"{SCRIPTS}{os.pathsep}/usr/local/bin:/usr/bin:/bin",
        "HOME": str(root),
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "ignore",
    }
    return subprocess.run(
        [str(SCRIPTS / command[0]), *command[1:]],
        cwd=cwd or root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def set_due(root: Path, moment: str) -> None:
    """Make the assignment in the gradebook with a due date, as an instructor does in formgrader."""
    done = run(root, "nbgrader", "db", "assignment", "add", "ps1", f"--duedate={moment}")
    assert done.returncode == 0, done.stderr


def autograde(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(root, "banyan", "autograde", "ps1", "--course-dir", str(root), *options)


def rows(root: Path) -> dict[str, Any]:
    """Return everything the gradebook says of ps1 but ids, by student, notebook and cell."""
    from nbgrader.api import Gradebook

    found: dict[str, Any] = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db", "statistics-1") as book:
        assignment = book.find_assignment("ps1")
        found["assignment"] = (assignment.course_id, assignment.max_score)
        for nb in assignment.notebooks:
            for kind in ("grade_cells", "solution_cells", "task_cells", "source_cells"):
                for cell in getattr(nb, kind):
                    told = _told(cell)
                    found[f"{nb.name}/{kind}/{cell.name}"] = told
            found[nb.name] = (nb.kernelspec, nb.max_score, nb.max_code_score, nb.max_written_score)
        for submission in assignment.submissions:
            who = submission.student.id
            found[who] = (
                str(submission.timestamp),
                submission.total_seconds_late,
                submission.score,
                submission.max_score,
                submission.needs_manual_grade,
            )
            for nb in submission.notebooks:
                found[f"{who}/{nb.name}"] = (nb.score, nb.late_submission_penalty, nb.failed_tests)
                for row in (*nb.grades, *nb.comments):
                    found[f"{who}/{nb.name}/{type(row).__name__}/{row.name}"] = _told(row)
    return found


def _told(row: Any) -> dict[str, Any]:
    told = row.to_dict()
    del told["id"]
    return told


def tree(folder: Path) -> dict[str, str]:
    """Return the files below the folder with their permissions; but what running code left."""
    return {
        path.relative_to(folder).as_posix(): oct(path.stat().st_mode & 0o7777)
        for path in sorted(folder.rglob("*"))
        if "__pycache__" not in path.parts
    }


def metadata(path: Path) -> list[Any]:
    """Return what nbgrader knows of the cells of an autograded notebook, and their text."""
    nb = nbformat.read(path, as_version=4)
    return [
        (
            cell.cell_type,
            cell.source,
            cell.metadata.get("nbgrader"),
            [output.output_type for output in cell.get("outputs", [])],
        )
        for cell in nb.cells
    ] + [nb.metadata.kernelspec]


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())
