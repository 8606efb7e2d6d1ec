"""Quizzes and pools of a courses folder: every mistake is said with its file and line."""

import pytest

from app.catalog.folder import read_courses
from tests.catalog.test_folder import change, course, only_error, root

__all__ = ["root"]

QUIZ = """\
title: {zh-Hant-TW: 測驗, en: Quiz}
minutes: 10
attempts: 2
time_limit: 20
keep: best
sections:
  - questions:
      - id: colour
        type: single
        points: 2
        text: {zh-Hant-TW: 哪個顏色, en: Which colour}
        options:
          - text: {zh-Hant-TW: 紅, en: Red}
            correct: true
          - text: {zh-Hant-TW: 藍, en: Blue}
      - id: capital
        type: short-text
        points: 1
        text:
          zh-Hant-TW: 首都？
          en: The capital?
        accepted: [Taipei]
  - from: numbers
    draw: 1
"""
POOL = """\
title: {zh-Hant-TW: 數, en: Numbers}
questions:
  - id: area
    type: numeric
    points: 1
    text: {zh-Hant-TW: 面積, en: The area}
    answer: 4
"""


@pytest.fixture
def quizzed(root):
    """The small folder with a quiz that draws from a pool."""
    for name, text in (("quizzes/check.yaml", QUIZ), ("questions/numbers.yaml", POOL)):
        path = course(root) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    change(
        course(root) / "course.yaml",
        "      - lab: practice",
        "      - lab: practice\n      - quiz: check",
    )
    return root


class TestAMistake:
    def test_is_none_in_a_good_folder(self, quizzed):
        reading = read_courses(quizzed)
        assert [str(error) for error in reading.errors] == []
        (quiz,) = reading.clusters[0].courses[0].quizzes
        assert (quiz.slug, quiz.minutes, quiz.document["minutes"]) == ("check", 10, 20)

    @pytest.mark.parametrize(
        ("old", "new", "line", "words"),
        [
            ("minutes: 10", "minutes: soon", 2, "minutes"),
            ("attempts: 2", "attempts: none at all", 3, "attempts"),
            ("attempts: 2", "atempts: 2", 3, "did you mean 'attempts'"),
            ("keep: best", "keep: worst", 5, "keep"),
            ("type: single", "type: sinlge", 9, "type"),
            ("points: 2", "points: -2", 10, "points"),
            (", en: Which colour", "", 11, "missing in English"),
            ("            correct: true\n", "", 13, "options"),
            ("id: capital", "id: colour", 16, "id"),
            ("accepted: [Taipei]", "accepted: []", 22, "accepted"),
            ("from: numbers", "from: nummers", 23, "nummers"),
        ],
    )
    def test_in_a_quiz_is_said_at_its_line(self, quizzed, old, new, line, words):
        path = course(quizzed) / "quizzes/check.yaml"
        change(path, old, new)
        error = only_error(quizzed)
        assert (error.file, error.line) == (path, line), str(error)
        assert words in error.message

    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [("answer: 4", "answer: side *", 7), ("type: numeric", "type: number", 4)],
    )
    def test_in_a_pool_is_said_where_it_stands(self, quizzed, old, new, line):
        path = course(quizzed) / "questions/numbers.yaml"
        change(path, old, new)
        found = [error for error in read_courses(quizzed).errors if error.file == path]
        assert [error.line for error in found] == [line], [str(error) for error in found]

    def test_in_the_name_is_said_where_the_quiz_is_named(self, quizzed):
        path = course(quizzed) / "course.yaml"
        change(path, "quiz: check", "quiz: chekc")
        errors = [error for error in read_courses(quizzed).errors if "chekc" in error.message]
        assert [(error.file, error.line) for error in errors] == [(path, 15)]
        assert "did you mean 'check'" in errors[0].message

    def test_of_yaml_itself_is_said_with_its_line(self, quizzed):
        path = course(quizzed) / "quizzes/check.yaml"
        change(path, "keep: best", "keep: [best")
        error = only_error(quizzed)
        assert error.file == path and error.line >= 5

    def test_is_shown_with_all_the_others_at_once(self, quizzed):
        path = course(quizzed) / "quizzes/check.yaml"
        change(path, "keep: best", "keep: worst")
        change(path, "points: 2", "points: -2")
        errors = read_courses(quizzed).errors
        assert sorted(error.line for error in errors if error.file == path) == [5, 10]
