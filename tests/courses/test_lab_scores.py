"""Every lab against nbgrader itself: the reference solution earns all, the empty release little.

The scratch course folder is graded by nbgrader's own commands, which take some seconds a lab.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from app.catalog.folder import LabSpec

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(1200)]

LABS = ("quality-inspection", "visual-inspection")

# What nbgrader gives for a release that nobody touched: tests that only look at shapes or swallow
# errors for partial credit earn nothing, written answers are zero by their checksum.
EMPTY_SCORE = 0


def nbgrader(folder: Path, *arguments: str) -> None:
    # nbgrader calls `alembic` by name when it makes its gradebook.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module", params=LABS)
def graded(request, labs, tmp_path_factory) -> tuple[LabSpec, Path]:
    """A scratch course: student `reference` hands in the source, student `empty` the release."""
    lab = labs[request.param]
    folder = tmp_path_factory.mktemp(lab.slug)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        f"c.CourseDirectory.root = {str(folder)!r}\n"
        "c.CourseDirectory.course_id = 'scratch'\n"
        # On a busy machine the imports of the first cell alone can take nbgrader's 30 s.
        "c.Execute.timeout = 300\n"
    )
    write(lab, folder / "source" / lab.slug)
    nbgrader(folder, "generate_assignment", lab.slug)
    write(lab, folder / "submitted" / "reference" / lab.slug)
    release = folder / "release" / lab.slug
    empty = folder / "submitted" / "empty" / lab.slug
    for path in release.rglob("*"):
        if path.is_file():
            target = empty / path.relative_to(release)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    nbgrader(folder, "autograde", lab.slug)
    return lab, folder


def write(lab: LabSpec, folder: Path) -> None:
    named = {f"{name}.ipynb": data for name, data in lab.notebooks.items()}
    for name, data in {**named, **lab.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def scores(graded: tuple[LabSpec, Path], student: str) -> dict[str, tuple[float | None, float]]:
    """Automatic score and maximum of every test cell."""
    lab, folder = graded
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        submission = book.find_submission(lab.slug, student)
        return {
            grade.name: (grade.auto_score, grade.max_score)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.cell_type == "code"
        }


class TestReferenceSolution:
    def test_earns_every_automatic_point(self, graded):
        found = scores(graded, "reference")
        assert len(found) >= 7
        assert {name: score for name, (score, _) in found.items()} == {
            name: most for name, (_, most) in found.items()
        }

    def test_leaves_the_written_question_to_a_person(self, graded):
        lab, folder = graded
        with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
            submission = book.find_submission(lab.slug, "reference")
            assert submission.needs_manual_grade


class TestEmptyRelease:
    def test_earns_nothing(self, graded):
        found = scores(graded, "empty")
        assert sum(score or 0 for score, _ in found.values()) == EMPTY_SCORE

    def test_shows_no_solution_no_hidden_test_and_no_mark_scheme(self, graded):
        lab, folder = graded
        for path in (folder / "release" / lab.slug).glob("*.ipynb"):
            text = path.read_text(encoding="utf-8")
            for mark in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME"):
                assert mark not in text

    def test_carries_the_data_files(self, graded):
        lab, folder = graded
        for name, data in lab.files.items():
            assert (folder / "release" / lab.slug / name).read_bytes() == data
