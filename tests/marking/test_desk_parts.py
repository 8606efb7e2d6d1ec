"""Parts that have a rubric, and questions of quizzes."""

import pytest

from app.kernel.database import db
from app.marking import queries
from app.marking.rules import Ref
from app.quizzes import operations as quizzes
from app.quizzes.models import QuizAttempt
from tests.marking.marking import (
    WHY,
    address,
    graded_body,
    rubric,
)
from tests.marking.scores import live_scores
from tests.quizzes.quizzing import ESSAY, FILE, begin, place_quiz, quiz_document, single


class TestRubrics:
    def choose(self, cast, version_id):
        return cast.browser("lin").post(
            f"{address(cast)}/rubric", data={"part": WHY, "version": str(version_id)}
        )

    def test_their_points_become_the_points_of_the_cell(self, enrolled, waiting):
        with enrolled.app.app_context():
            version = rubric(enrolled.person("lin"), 3, 1, 0).id
        assert self.choose(enrolled, version).status_code == 303
        lin = enrolled.browser("lin")
        page = lin.get(address(enrolled, waiting[0])).text
        assert "The points of the rubric become 2 points at most." in page
        body = graded_body(page) | {"p0.clear.level": "l1", "p0.comment": "Nearly."}
        assert lin.post(address(enrolled, waiting[0]), data=body).status_code == 303
        with enrolled.app.app_context():
            (score,) = live_scores(waiting[0])
            assert (score.score, score.comment) == (0.67, "Nearly.")  # 1 of 3, of 2 points
        read = enrolled.browser("mei").get(f"/submissions/{waiting[0]}").text
        assert "Level 1" in read, "the student reads how she was judged"

    def test_a_criterion_without_a_level_is_asked_for(self, enrolled, waiting):
        with enrolled.app.app_context():
            version = rubric(enrolled.person("lin"), 3, 1, 0).id
        self.choose(enrolled, version)
        lin = enrolled.browser("lin")
        page = lin.get(address(enrolled, waiting[0])).text
        answer = lin.post(
            address(enrolled, waiting[0]), data=graded_body(page) | {"p0.comment": "Half a thought"}
        )
        assert answer.status_code == 422 and "Half a thought" in answer.text
        with enrolled.app.app_context():
            assert live_scores(waiting[0]) == []

    def test_a_rubric_can_be_left_again(self, enrolled, waiting):
        with enrolled.app.app_context():
            version = rubric(enrolled.person("lin"), 3, 1, 0).id
        self.choose(enrolled, version)
        self.choose(enrolled, "")
        page = enrolled.browser("lin").get(address(enrolled, waiting[0])).text
        assert "data-points" in page

    def test_of_others_that_she_does_not_find_cannot_be_chosen(self, enrolled, waiting):
        with enrolled.app.app_context():
            version = rubric(enrolled.person("wang"), 3, 0).id
        assert self.choose(enrolled, version).status_code == 404
        assert self.choose(enrolled, "no-id").status_code == 404


class TestQuizzes:
    @pytest.fixture
    def answered(self, enrolled):
        """mei's attempt with an essay and a file, which a person has to mark."""
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(single(), ESSAY, FILE))
            attempt = begin(enrolled)
            quizzes.save_answer(attempt.id, "essay", "Because I say so.")
            quizzes.add_files(attempt, "report", [quizzes.Upload("mei.pdf", b"%PDF-1.4 report")])
            quizzes.hand_in(enrolled.person("mei"), attempt)
            return attempt.id

    def test_answers_are_marked_question_by_question(self, enrolled, answered):
        here = address(enrolled, answered, item="quiz/check")
        lin = enrolled.browser("lin")
        page = lin.get(here).text
        assert "Because I say so." in page and "mei.pdf" in page
        body = graded_body(page, points="4") | {"p1.points": "2.5", "p1.comment": "Neat"}
        assert lin.post(here, data=body).status_code == 303
        with enrolled.app.app_context():
            attempt = db.session.get_one(QuizAttempt, answered)
            assert attempt.waiting_count == 0
            by_question = {mark.question_id: mark for mark in attempt.marks}
            assert float(by_question["essay"].points) == 4
            assert by_question["report"].comment == "Neat"

    def test_two_at_one_answer_see_each_other(self, enrolled, answered):
        here = address(enrolled, answered, item="quiz/check") + "?part=essay"
        lin = enrolled.browser("lin")
        seen = lin.get(here).text
        lin.post(here, data=graded_body(seen, points="4"))
        answer = lin.post(here, data=graded_body(seen, points="1"))
        assert answer.status_code == 409 and "gave 4 of 5 points" in answer.text

    def test_are_counted_beside_labs(self, enrolled, answered):
        with enrolled.app.app_context():
            tally = queries.tallies(enrolled.section(), enrolled.person("lin"))[
                Ref.of("quiz:check")
            ]
            assert (tally.waiting, [p.part for p in tally.parts]) == (1, ["essay", "report"])
