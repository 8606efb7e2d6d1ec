"""``banyan autograde`` in this process: what it says, what it leaves alone, what it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from app import engine
from app.autograde.cli import autograde
from tests.autograde import world


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return world.make_course(tmp_path / "course")


def command(root: Path, *options: str, assignment: str = "ps1") -> Result:
    return CliRunner().invoke(autograde, [assignment, "--course-dir", str(root), *options])


def half(root: Path, student: str = "an", at: str | None = "2026-11-01 10:00 UTC") -> Path:
    """Hand in a notebook that has 3 of 5 points, and not the other one."""
    return world.hand_in(root, student, at, p1_ipynb=world.written("p1", squares=world.HALF))


class TestSentences:
    def test_name_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        done = command(tmp_path / "nowhere")
        assert done.exit_code == 1
        assert done.stderr == f"banyan: There is no folder {tmp_path / 'nowhere'}.\n"

    def test_name_a_folder_that_is_no_course(self, tmp_path: Path) -> None:
        done = command(tmp_path)
        assert done.exit_code == 1
        assert "is not an nbgrader course folder" in done.stderr
        assert list(tmp_path.iterdir()) == []

    def test_name_the_assignments_there_are(self, course: Path) -> None:
        done = command(course, assignment="ps9")
        assert done.exit_code == 1
        assert "There is no assignment ps9" in done.stderr
        assert "Assignments here: ps1." in done.stderr

    def test_say_that_a_source_has_no_notebook(self, course: Path) -> None:
        (course / "source" / "ps2").mkdir()
        assert "There is no notebook in" in command(course, assignment="ps2").stderr

    def test_say_that_nobody_submitted(self, course: Path) -> None:
        half(course)
        done = command(course, "--student", "zoe")
        assert done.exit_code == 1
        assert "There is no submission of ps1 by zoe" in done.stderr

    def test_say_what_is_wrong_with_the_configuration(self, course: Path) -> None:
        (course / "nbgrader_config.py").write_text("1 / 0")
        done = command(course)
        assert done.exit_code == 1
        assert "nbgrader_config.py ended with an error: ZeroDivisionError" in done.stderr

    def test_say_which_setting_is_not_valid(self, course: Path) -> None:
        (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = 7")
        done = CliRunner().invoke(autograde, ["ps1"], env={"HOME": str(course)})
        assert done.exit_code == 1
        assert done.stderr.startswith("banyan: ")

    def test_say_what_nbgrader_does_not_accept_in_a_source(self, course: Path) -> None:
        half(course)
        nb = nbformat.reads(world.sources()["p1"].decode(), as_version=4)
        nb.cells[2].metadata.nbgrader.grade_id = nb.cells[1].metadata.nbgrader.grade_id
        nbformat.write(nb, course / "source" / "ps1" / "p1.ipynb")
        done = command(course)
        assert done.exit_code == 1
        assert "nbgrader does not accept" in done.stderr
        assert "p1.ipynb" in done.stderr

    def test_name_a_timestamp_that_is_no_date(self, course: Path) -> None:
        half(course, "an", "when it was ready")
        half(course, "bo")
        done = command(course)
        assert done.exit_code == 1
        assert "timestamp.txt is not a date" in done.stderr
        assert "1 submission failed: an." in done.stderr
        assert (course / "autograded" / "bo" / "ps1" / "p1.ipynb").exists()


class TestAgain:
    def test_what_was_graded_is_left_alone(self, course: Path) -> None:
        half(course)
        assert command(course).exit_code == 0
        place = course / "autograded" / "an" / "ps1" / "p1.ipynb"
        first = place.stat().st_mtime_ns
        done = command(course, "--json", "-")
        assert "1 submission graded before" in done.stderr
        assert json.loads(done.stdout)["submissions"] == []
        assert place.stat().st_mtime_ns == first

    def test_a_newer_submission_and_force_are_graded(self, course: Path) -> None:
        half(course, at="2026-11-01 10:00 UTC")
        assert "an: p1 3/5" in command(course).stderr
        good = world.written("p1", squares=world.GOOD)
        folder = world.hand_in(course, "an", "2026-11-01 10:01 UTC", p1_ipynb=good)
        assert "an: p1 5/5" in command(course).stderr
        (folder / "p1.ipynb").write_bytes(world.written("p1"))
        assert "Nothing to grade" in command(course).stderr
        assert "an: p1 0/5" in command(course, "--force").stderr

    def test_a_repaired_notebook_is_graded(self, course: Path) -> None:
        folder = half(course)
        (folder / "p2.ipynb").write_text("broken")
        done = command(course)
        assert done.exit_code == 1
        assert "an: p2: p2.ipynb is not a notebook." in done.stderr
        (folder / "p2.ipynb").write_bytes(world.written("p2"))
        assert command(course).exit_code == 0
        assert (course / "autograded" / "an" / "ps1" / "p2.ipynb").exists()


class TestOneOfMany:
    def test_one_notebook_leaves_the_other(self, course: Path) -> None:
        files = {f"{name}_ipynb": world.written(name) for name in ("p1", "p2")}
        folder = world.hand_in(course, "an", **files)
        assert command(course).exit_code == 0
        (folder / "p1.ipynb").write_bytes(world.written("p1", squares=world.GOOD))
        place = course / "autograded" / "an" / "ps1" / "p2.ipynb"
        before = place.read_bytes()
        done = command(course, "--notebook", "p1", "--force")
        assert "an: p1 5/5\n" in done.stderr
        assert place.read_bytes() == before
        assert world.rows(course)["an/p1"][0] == 5

    def test_a_folder_of_other_notebooks_fails_alone(self, course: Path) -> None:
        half(course, "an")
        world.hand_in(course, "bo", wrong_ipynb=world.written("p1"))
        world.hand_in(course, "chi", notes_txt="later")
        done = command(course)
        assert done.exit_code == 1
        assert "bo: none of its notebooks belongs to ps1: wrong.ipynb." in done.stderr
        assert "chi: there is no notebook in" in done.stderr
        assert "an: p1 3/5" in done.stderr


def test_the_json_is_as_documented(course: Path, tmp_path: Path) -> None:
    half(course)
    target = tmp_path / "out.json"
    assert command(course, "--json", str(target)).exit_code == 0
    told = json.loads(target.read_text())
    assert told.keys() == {"assignment", "submissions"}
    (submission,) = told["submissions"]
    assert submission["student"] == "an"
    first, second = submission["notebooks"]
    assert first.keys() == {"name", "seconds", "state", "reason", "cells"}
    assert (first["name"], first["state"], first["reason"]) == ("p1", "graded", None)
    assert first["seconds"] > 0
    cells = {cell.pop("grade_id"): cell for cell in first["cells"]}
    assert cells["partial"].pop("assurance") in ("separate", "shared")
    assert cells["partial"] == {"score": 3, "max_score": 3, "outcome": "passed"}
    assert (cells["hidden"]["score"], cells["hidden"]["outcome"]) == (0, "failed")
    assert second["state"] == "failed"
    assert second["reason"] == "The notebook p2.ipynb is not in this submission."
    assert {cell["outcome"] for cell in second["cells"]} == {"failed"}


def test_links_out_of_a_submission_are_not_followed(course: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("grades of others")
    folder = half(course)
    (folder / "linked.txt").symlink_to(secret)
    assert command(course).exit_code == 0
    assert not (course / "autograded" / "an" / "ps1" / "linked.txt").exists()
    assert (course / "autograded" / "an" / "ps1" / "helper.py").exists()


def test_the_gradebook_is_enough_without_the_source(course: Path) -> None:
    half(course)
    assert command(course).exit_code == 0
    for path in (course / "source" / "ps1").iterdir():
        if path.is_file():
            path.unlink()
    assert "an: p1 3/5" in command(course, "--force").stderr


def test_tests_are_those_that_were_generated(course: Path) -> None:
    """Editing the source after generating does not change the tests, as with nbgrader."""
    half(course)
    assert command(course).exit_code == 0
    nb = nbformat.reads(world.sources()["p1"].decode(), as_version=4)
    nb.cells[2].source = "assert True"
    nb.cells[3].metadata.nbgrader.points = 100
    nbformat.write(nb, course / "source" / "ps1" / "p1.ipynb")
    assert "an: p1 3/5" in command(course, "--force").stderr


def test_our_own_fault_writes_nothing(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half(course)
    real = engine.grade

    def failing(*args: object, **kwargs: object) -> tuple[engine.NotebookResult, ...]:
        raise OSError("the disk is full")

    monkeypatch.setattr(engine, "grade", failing)
    done = command(course)
    assert done.exit_code == 1
    assert "an: it could not be graded: OSError: the disk is full" in done.stderr
    assert not (course / "autograded" / "an").exists()
    assert "an/p1" not in world.rows(course)
    monkeypatch.setattr(engine, "grade", real)
    assert command(course).exit_code == 0


def test_nothing_of_the_site_is_needed() -> None:
    code = (
        "import sys, app.autograde.cli, app.autograde.run, app.autograde.display\n"
        "import app.autograde.answer, app.autograde.settings\n"
        "found = [name for name in ('flask', 'app.kernel', 'psycopg') if name in sys.modules]\n"
        "sys.exit(' '.join(found) or 0)"
    )
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert (done.returncode, done.stderr) == (0, "")
