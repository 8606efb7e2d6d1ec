"""Notebooks and files that are not what was asked for, and what feedback tells of a test."""

from __future__ import annotations

import nbformat
import pytest

from app import engine
from tests.attacks.hostile import SOLUTION, grade, lab, submission

pytestmark = pytest.mark.usefixtures("untouched")


class TestEditedNotebooks:
    def test_a_test_that_says_it_need_not_run_runs(self) -> None:
        nb = submission("double = None")
        for made in nb.cells:
            made.metadata["tags"] = ["skip-execution"]
        assert grade(nb).score == 0

    def test_an_edited_test_is_restored(self) -> None:
        nb = submission("double = None")
        for made in nb.cells[1:]:
            made.source = "pass"
        assert grade(nb).score == 0

    def test_a_second_easier_copy_is_restored_too(self) -> None:
        nb = submission("double = None")
        nb.cells.append(nbformat.from_dict({**nb.cells[1], "source": "pass", "id": "copy"}))
        assert grade(nb).score == 0

    @pytest.mark.parametrize(
        "edit",
        [
            {"points": 100},
            {"grade": False},
            {"solution": True},
            {"locked": False, "grade": False},
            {"checksum": "0" * 32},
            {"schema_version": 99},
            {"schema_version": "x", "points": "many"},
            {"task": True},
        ],
        ids=str,
    )
    def test_edited_metadata_changes_nothing(self, edit: dict[str, object]) -> None:
        nb = submission(SOLUTION)
        for made in nb.cells[1:]:
            made.metadata["nbgrader"].update(edit)
        result = grade(nb)
        assert (result.state, result.score, result.max_score) == ("graded", 7.0, 7.0)

    def test_a_renamed_test_is_missing_and_waits_for_a_person(self) -> None:
        nb = submission(SOLUTION)
        nb.cells[1].metadata["nbgrader"]["grade_id"] = "mine"
        result = grade(nb)
        outcomes = {cell.grade_id: (cell.outcome, cell.score) for cell in result.cells}
        assert outcomes["seen"] == ("missing", None)
        assert outcomes["unseen"] == ("passed", 2.0)

    def test_a_test_turned_into_text_is_turned_back(self) -> None:
        nb = submission("double = None")
        for made in nb.cells[1:]:
            made.cell_type = "markdown"
            del made["outputs"], made["execution_count"]
        assert grade(nb).score == 0


@pytest.mark.parametrize(
    "path",
    ["../p1.txt", "/etc/x", "a/../../x", "a//b", "a/./b", "a\\b", "a\0b", "", "a\nb", "é" * 200],
)
def test_a_file_name_that_leads_elsewhere_is_refused(path: str) -> None:
    result = grade(SOLUTION, files={path: b"x"})
    assert (result.state, result.reason_code) == ("failed", "bad-path")


def test_a_files_name_cannot_take_the_place_of_a_library() -> None:
    evil = b"raise SystemExit('taken')"
    names = (
        "ipykernel.py",
        "zmq.py",
        "tarfile.py",
        "json.py",
        "sitecustomize.py",
        "ipykernel/__init__.py",
    )
    files = {name: evil for name in names if name != "ipykernel.py"}
    assert grade(SOLUTION, files=files).score == 7.0


def test_hidden_tests_do_not_come_back_through_feedback() -> None:
    result = grade(
        "seen = []\ndef double(number):\n    seen.append(number)\n    return 2 * number\n"
        "class Leak21Error(Exception): pass",
    )
    nb = submission(
        "seen = []\ndef double(number):\n    seen.append(number)\n"
        "    if number == 5: raise type(f'Leak{seen[-2]}Error', (Exception,), {})(seen)\n"
        "    return 2 * number"
    )
    nb.cells.append(nbformat.v4.new_code_cell("print('learnt', seen, In)\nraise KeyError(seen)"))
    result = grade(nb)
    source = lab().notebooks[0].source
    page = engine.standalone_html(engine.feedback(result, source), "Feedback", "en")
    assert "21" not in page
    assert "HIDDEN" not in page
    assert "KeyError" in page
