"""A copy of somebody's data has what she may know of her grades, and nothing that is held."""

import json
import zipfile

import pytest

from app.learning.operations import releases
from app.privacy import operations
from tests.grading.helpers import grade_with, hand_in, result
from tests.quizzes.quizzing import place_quiz, quiz_document, single, take


def copy_of(person):
    """The rows of her copy by file name."""
    request = operations.ask_for_export(person)
    operations.make_export(request.id)
    with zipfile.ZipFile(operations.export_file(request.id)) as archive:
        return {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }


@pytest.fixture
def working(enrolled, in_app):
    """mei has 6 of 6 points in the lab, and 2 of 2 in a quiz."""
    with in_app():
        place_quiz(enrolled.section(), quiz_document(single()))
        grade_with(hand_in(enrolled, "mei"), result(4.0, 2.0))
        take(enrolled, "mei", "colour")
        yield enrolled


class TestACopy:
    def test_has_the_running_grade_and_the_scores_of_quizzes(self, working):
        found = copy_of(working.person("mei"))
        (grade,) = found["gradebook/grades_so_far.json"]
        assert grade["section"] == working.code and grade["percent"] == 100.0
        assert {row["item"]: row["points"] for row in grade["items"]} == {
            "lab:squares": 6.0, "quiz:check": 2.0,
        }  # fmt: skip
        (score,) = found["quizzes/scores.json"]
        assert (score["quiz"], score["score"], score["max_score"]) == ("check", 2.0, 2.0)
        files = {line["file"]: line["what"] for line in found["contents.json"]}
        assert files["quizzes/scores.json"] in ("您的測驗分數", "Your scores in quizzes")

    def test_gives_nothing_away_that_is_held(self, working):
        lin, section = working.person("lin"), working.section()
        releases.hold(lin, [section], ["lab:squares", "quiz:check"])
        found = copy_of(working.person("mei"))
        (grade,) = found["gradebook/grades_so_far.json"]
        assert grade["percent"] is None and grade["held"] == ["lab:squares", "quiz:check"]
        assert {row["points"] for row in grade["items"]} == {None}
        assert "quizzes/scores.json" not in found

    def test_says_nothing_of_what_others_got(self, working):
        found = copy_of(working.person("hao"))
        assert "quizzes/scores.json" not in found
        assert found["gradebook/grades_so_far.json"][0]["percent"] is None
