"""Trying a lab out before it is published: each rule has a lab that breaks it."""

import json

import pytest

from app.catalog.operations.publishing import lab_content
from app.kernel.i18n import speaking
from app.labs import operations
from tests.cast import lab
from tests.engine import build

SOLVED = build.solution(
    "def double(n):\n    ### BEGIN SOLUTION\n    return n * 2\n    ### END SOLUTION", "double"
)
HIDDEN = (
    "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(21) == 42\n### END HIDDEN TESTS"
)


def checked(*cells, **changes):
    notebooks = {"lab": build.notebook(*cells)}
    spec = lab(**{"notebooks": notebooks, "files": {}, "hints": {}, **changes})
    with speaking("en"):
        found = operations.check(lab_content(spec))
        return [(one.rule, one.cell, one.is_wrong, one.sentence()) for one in found]


class TestASoundLab:
    def test_has_nothing_to_find_and_counts_its_steps(self):
        seen = []
        spec = lab(notebooks={"lab": build.notebook(SOLVED, build.test(HIDDEN, "test-double", 3))})
        with speaking("en"):
            found = operations.check(
                lab_content(spec), lambda done, total: seen.append((done, total))
            )
        assert found == []
        assert seen == [(n, operations.steps()) for n in range(1, operations.steps() + 1)]


class TestItIsSaidWith:
    def test_the_cell_when_the_solution_falls_short(self):
        wrong = HIDDEN.replace("42", "43")
        (found,) = checked(SOLVED, build.test(wrong, "test-double", 3))
        assert found[:3] == ("solution", "test-double", True)
        assert "0 of 3 points" in found[3]

    def test_both_scores_when_runs_differ(self):
        chance = "import time\nround(time.time_ns() % 1000 / 1000, 3)"
        found = [
            one for one in checked(SOLVED, build.test(chance, "luck", 1)) if one[0] == "repeat"
        ]
        ((rule, cell, is_wrong, sentence),) = found
        assert (rule, cell, is_wrong) == ("repeat", "luck", True) and "5 runs" in sentence

    def test_a_test_without_points(self):
        found = checked(SOLVED, build.test(HIDDEN, "kept", 2), build.test("assert True", "free", 0))
        assert ("points", "free", True) in [one[:3] for one in found]

    def test_a_lab_without_any_points(self):
        assert ("points", None, True) in [one[:3] for one in checked(SOLVED)]

    def test_a_mark_that_nbgrader_does_not_know(self):
        odd = HIDDEN.replace("### BEGIN HIDDEN TESTS", "## Begin hidden test")
        odd = odd.replace("\n### END HIDDEN TESTS", "")
        (found,) = checked(SOLVED, build.test(odd, "test-double", 3))
        assert found[:3] == ("hidden", "test-double", True)
        assert "## Begin hidden test" in found[3]

    def test_a_hidden_test_that_students_find_in_a_file(self):
        found = checked(
            SOLVED,
            build.test(HIDDEN, "test-double", 3),
            files={"data/notes.txt": b"remember: assert double(21) == 42\n"},
        )
        assert [one[:3] for one in found] == [("hidden", "test-double", True)]
        assert "data/notes.txt" in found[0][3]

    def test_a_solution_that_students_find_as_a_word_to_look_at(self):
        found = checked(
            SOLVED,
            build.test(HIDDEN, "test-double", 3),
            files={"solved.py": b"def double(n):\n    return n * 2\n"},
        )
        assert [one[:3] for one in found] == [("hidden", "double", False)]

    def test_points_for_nothing_as_a_word_to_look_at(self):
        found = checked(SOLVED, build.test("assert callable(double)", "shape", 2))
        assert [one[:3] for one in found] == [("release", "shape", False)]
        assert "all 2 points" in found[0][3]

    def test_points_for_nothing_that_its_author_expects(self):
        free = build.test("assert True", "free", 2)
        kept = build.test(HIDDEN, "kept", 3)
        assert checked(SOLVED, free, kept, release_score=2.0) == []
        (found,) = checked(SOLVED, free, kept, release_score=0.0)
        assert found[:3] == ("release", None, True)
        assert "gets 2 points, and release_score says 0" in found[3]

    def test_a_solution_that_takes_too_long(self):
        slow = build.solution("### BEGIN SOLUTION\nwhile True:\n    pass\n### END SOLUTION", "slow")
        found = checked(slow, build.test("assert False", "after", 1), limits={"cell_seconds": 1})
        assert any(one[0] == "limits" and one[2] and "1 seconds" in one[3] for one in found)

    def test_what_the_engine_says_of_a_notebook(self):
        found = checked(build.test("assert 1", "same"), build.test("assert 2", "same"))
        assert found and all(one[0] == "source" and one[2] for one in found)

    def test_limits_that_make_no_sense(self):
        found = checked(SOLVED, build.test(HIDDEN, "test-double", 3), limits={"memory_mb": 1})
        assert [one[0] for one in found] == ["limits"]


@pytest.mark.parametrize("language", ["en", "zh-Hant-TW"])
def test_findings_can_be_kept_and_read_in_both_languages(language):
    spec = lab(notebooks={"lab": build.notebook(SOLVED)}, files={}, hints={})
    (found,) = operations.check(lab_content(spec))
    with speaking(language):
        assert ("No cell" in found.sentence()) == (language == "en")
    assert json.loads(json.dumps(found.to_json()))["rule"] == "points"
