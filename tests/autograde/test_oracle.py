"""The same class graded by nbgrader and by us: rows, files and notebooks are the same."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.autograde import world
from tests.engine import build

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.timeout(600),
]

DUE = "2026-11-05 00:00:00 UTC"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    theirs = world.make_class(tmp_path_factory.mktemp("theirs"))
    ours = world.make_class(tmp_path_factory.mktemp("ours"))
    for root in (theirs, ours):
        world.set_due(root, DUE)
    assert world.run(theirs, "nbgrader", "generate_assignment", "ps1").returncode == 0
    assert world.run(theirs, "nbgrader", "autograde", "ps1").returncode == 1
    done = world.autograde(ours)
    assert done.returncode == 1, done.stderr
    return theirs, ours


def test_the_gradebook_has_the_same_rows(graded: tuple[Path, Path]) -> None:
    theirs, ours = map(world.rows, graded)
    assert len(theirs) >= 80
    assert ours == theirs


def test_the_class_shows_what_it_should(graded: tuple[Path, Path]) -> None:
    rows = world.rows(graded[1])
    assert rows["chi/p1"][:2] == (5.0, 5.0)  # late: the penalty takes all
    assert rows["bo/p1/Grade/partial"]["auto_score"] == 3
    assert rows["bo/p1/Grade/hidden"]["auto_score"] == 0
    assert rows["bo/p2/Grade/why"] == rows["bo/p2/Grade/why"] | {
        "auto_score": 0,
        "needs_manual_grade": False,
    }
    assert rows["dee/p1/Grade/hidden"]["needs_manual_grade"] is True
    assert rows["emi/p2/Comment/why"]["auto_comment"] == "No response."


def test_the_folder_has_the_same_files(graded: tuple[Path, Path]) -> None:
    theirs, ours = (world.tree(root / "autograded") for root in graded)
    # nbgrader gives up on a student with one broken notebook; here the other one counts.
    others = {path: mode for path, mode in ours.items() if not path.startswith("flo/")}
    assert others == theirs
    assert "flo/ps1/p1.ipynb" in ours
    assert "flo/ps1/p2.ipynb" not in ours


def test_the_notebooks_say_the_same(graded: tuple[Path, Path]) -> None:
    theirs, ours = graded
    paths = [path.relative_to(theirs) for path in (theirs / "autograded").rglob("*.ipynb")]
    assert len(paths) == 9
    for path in paths:
        assert world.metadata(ours / path) == world.metadata(theirs / path), path


def test_nbgrader_goes_on_from_there(graded: tuple[Path, Path]) -> None:
    ours = graded[1]
    feedback = world.run(ours, "nbgrader", "generate_feedback", "ps1")
    assert feedback.returncode == 0, feedback.stderr
    page = (ours / "feedback" / "bo" / "ps1" / "p1.html").read_text()
    assert "AssertionError" in page
    assert "(Score: 3.0 / 3.0)" in page
    export = world.run(ours, "nbgrader", "export", "--to=grades.csv")
    assert export.returncode == 0, export.stderr
    lines = (ours / "grades.csv").read_text().splitlines()
    assert any(",bo," in line for line in lines)


def test_a_second_time_is_the_same_too(graded: tuple[Path, Path]) -> None:
    """A person's score, a new submission of one student, and a deadline that moved."""
    from nbgrader.api import Gradebook

    theirs, ours = graded
    for root in graded:
        with Gradebook(f"sqlite:///{root}/gradebook.db", "statistics-1") as book:
            grade = book.find_grade("why", "p2", "ps1", "an")
            grade.manual_score, grade.needs_manual_grade = 3, False
            book.find_comment("why", "p2", "ps1", "an").manual_comment = "Nearly."
            book.update_or_create_assignment("ps1", duedate="2026-12-24 00:00:00 UTC")
            book.db.commit()
        raw = world.written("p1", squares=world.HALF)
        world.hand_in(root, "an", "2026-11-02 10:00:00 UTC", p1_ipynb=raw)
        world.hand_in(root, "chi", "2026-11-10 10:00:00 UTC")
    world.run(theirs, "nbgrader", "autograde", "ps1")
    done = world.autograde(ours)
    assert "3 submissions graded before" in done.stderr
    mine = world.rows(ours)
    assert mine == world.rows(theirs)
    assert mine["an/p2/Grade/why"]["needs_manual_grade"] is True
    assert mine["an/p1"][0] == 3
    assert mine["chi/p1"][:2] == (5, None)


def test_the_courses_own_settings_hold(tmp_path: Path) -> None:
    """Other marks and words for solutions, ignored warnings, and cells that are put back."""
    config = (
        world.CONFIG
        + """
c.ClearSolutions.code_stub = {"python": "... # you"}
c.ClearSolutions.begin_solution_delimeter = "FROM HERE"
c.ClearSolutions.end_solution_delimeter = "TO HERE"
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "harmless"
c.OverwriteCells.add_missing_cells = True
c.CourseDirectory.submitted_directory = "handed-in"
c.LimitOutput.max_lines = 3
"""
    )
    source = build.notebook(
        build.solution("def f():\n    # FROM HERE\n    return 1\n    # TO HERE", "f"),
        build.solution("# FROM HERE\nprint('answer')\n# TO HERE", "by-hand"),
        build.test("import sys\nprint('harmless', file=sys.stderr)\nassert f() == 1", "quiet"),
        build.test("assert f() == 2", "lost", points=2),
    )
    nb = nbformat.reads(source.decode(), as_version=4)
    nb.cells[1].metadata.nbgrader.update(grade=True, points=4)
    source = nbformat.writes(nb).encode()
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    for root in (theirs, ours):
        world.put(root / "source" / "ps1", p1_ipynb=source)
        (root / "nbgrader_config.py").write_text(config)
        done = world.run(root, "nbgrader", "generate_assignment", "ps1")
        assert done.returncode == 0, done.stderr
        released = (root / "release" / "ps1" / "p1.ipynb").read_bytes()
        assert b"... # you" in released
        for student, text in (("an", "def f():\n    return 1"), ("bo", "def f():\n    ... # you")):
            nb = nbformat.reads(released.decode(), as_version=4)
            nb.cells[0].source = text
            del nb.cells[3]
            folder = root / "handed-in" / student / "ps1"
            world.put(folder, p1_ipynb=nbformat.writes(nb))
    assert world.run(theirs, "nbgrader", "autograde", "ps1").returncode == 0
    done = world.autograde(ours)
    assert done.returncode == 0, done.stderr
    mine = world.rows(ours)
    assert mine == world.rows(theirs)
    assert mine["an/p1/Grade/quiet"]["auto_score"] == 1
    assert mine["an/p1/Grade/by-hand"]["auto_score"] == 0
    assert mine["an/p1/Grade/lost"]["auto_score"] == 0
