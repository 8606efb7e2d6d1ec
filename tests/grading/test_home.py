"""What a student's first page says of her submissions."""

from app.learning import operations as learning
from tests.grading.helpers import grade_with, hand_in, result

HEADING = "Your newest submissions"


class TestHome:
    def test_shows_the_newest_submission_to_a_lab_and_its_score(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
            grade_with(hand_in(enrolled, "mei"), result(1.0))
        page = enrolled.browser("mei").get("/").text
        assert HEADING in page
        assert "Submission 2 · 1 of 6 points" in page
        assert "Submission 1" not in page
        assert f"/learn/{enrolled.code}/labs/squares#results" in page

    def test_shows_nothing_of_others_nor_of_a_course_that_she_left(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
        assert HEADING not in enrolled.browser("hao").get("/").text
        with enrolled.app.app_context():
            learning.withdraw(enrolled.person("mei"), enrolled.section())
        assert HEADING not in enrolled.browser("mei").get("/").text

    def test_takes_a_constant_number_of_statements(self, enrolled, count_queries):
        browser = enrolled.browser("mei")
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
        browser.get("/")
        with count_queries() as one:
            browser.get("/")
        with enrolled.app.app_context():
            for _ in range(3):
                grade_with(hand_in(enrolled, "mei"), result(2.0))
        with count_queries() as more:
            browser.get("/")
        assert len(more) == len(one) <= 26
