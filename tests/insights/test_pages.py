"""The room's pages, as staff open them, and as nobody else can."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import scipy.stats

from app.catalog.rules import ItemKind
from app.gradebook import operations as gradebook
from app.insights import queries
from app.kernel import clock
from app.kernel.database import db
from app.learning.operations import note_opened
from tests.gradebook.test_computing import LAB, fully
from tests.grading.helpers import grade_with, hand_in, result
from tests.insights.people import classmates


@pytest.fixture
def graded(enrolled):
    """mei has all points; hao has half of the test's."""
    with enrolled.app.app_context():
        fully(enrolled, "mei")
        grade_with(hand_in(enrolled, "hao"), result(2.0, 1.0))
        db.session.commit()
    return enrolled


def address(cast, rest=""):
    return f"/teaching/{cast.code}/{rest}"


def person_id(cast, handle):
    with cast.app.app_context():
        return str(cast.person(handle).id)


PAGES = ("insights", f"insights/{LAB}", "attention", "attention.csv", "attention/rules",
         "similarity/squares", "similarity/squares/progress")  # fmt: skip


class TestRights:
    @pytest.mark.parametrize("page", PAGES)
    def test_pages_are_the_staffs(self, graded, page):
        assert graded.browser("lin").get(address(graded, page)).status_code == 200
        assert graded.browser("wang").get(address(graded, page)).status_code == 404
        assert graded.browser("mei").get(address(graded, page)).status_code == 403
        assert graded.app.test_client().get(address(graded, page)).status_code in (302, 401)

    def test_a_student_is_nothing_to_staff_of_another_section(self, graded):
        page = address(graded, f"attention/{person_id(graded, 'mei')}")
        assert graded.browser("lin").get(page).status_code == 200
        assert graded.browser("wang").get(page).status_code == 404
        for rest in ("notes", "messages", "extensions", "state"):
            assert graded.browser("wang").post(f"{page}/{rest}").status_code == 404
            assert graded.browser("mei").post(f"{page}/{rest}").status_code == 403

    @pytest.mark.parametrize("page", ["insights/lab:nothing", "similarity/nothing"])
    def test_what_the_course_does_not_have_is_nothing(self, graded, page):
        assert graded.browser("lin").get(address(graded, page)).status_code == 404


class TestFigures:
    def test_are_not_said_of_a_few(self, graded):
        text = graded.browser("lin").get(address(graded, f"insights/{LAB}")).text
        assert "Too few graded works" in text
        assert 'class="chart"' not in text

    @pytest.fixture
    def twelve(self, enrolled):
        """Twelve works: six right, six wrong in two ways; one was handed in three times."""
        with enrolled.app.app_context():
            handles = classmates(enrolled, 12)
            for number, handle in enumerate(handles):
                person, section = enrolled.person(handle), enrolled.section()
                with clock.frozen_at(BEGIN):
                    note_opened(section.id, person.id, ItemKind.LAB, "squares")
                with clock.frozen_at(BEGIN + timedelta(hours=number + 1)):
                    if number == 6:
                        grade_with(hand_in(enrolled, handle), result(0.0, 0.0))
                        grade_with(hand_in(enrolled, handle), result(0.0, 1.0))
                    grade_with(hand_in(enrolled, handle), worked_out(number))
            db.session.commit()
        return enrolled

    def test_are_those_of_the_submissions_that_count(self, twelve):
        with twelve.app.app_context():
            book = queries.book_seen_by(twelve.person("lin"), twelve.section().code)
            gradebook.bring_up_to_date(book)
            report = queries.item_report(book, LAB)
            lab = queries.lab_report(book, report.column)
        assert sorted(report.points) == [0, 0, 0, 0, 0, 1, 5, 5, 5, 6, 6, 6]
        assert report.summary.median == 3
        test, why = lab.cells
        assert test.statistics.key == ("squares", "test-squares")
        assert (test.statistics.count, test.statistics.difficulty) == (12, 0.5)
        assert test.statistics.discrimination == pytest.approx(
            scipy.stats.pointbiserialr(
                [number >= 6 for number in range(12)], [why_of(n) for n in range(12)]
            ).statistic
        )
        assert why.statistics.discrimination == pytest.approx(test.statistics.discrimination)
        errors = [(error.params.get("error"), error.count) for error in test.errors]
        assert errors == [("NameError", 4), ("AssertionError", 2)]
        assert why.errors == ()
        assert lab.median_time == timedelta(hours=6.5)
        assert (lab.timed_count, lab.untimed_count) == (12, 0)
        assert lab.passed_at == ((1, 5), (3, 1))
        assert (lab.not_passed_count, lab.tried_count) == (6, 12)

    def test_are_shown_with_a_table_behind_the_picture(self, twelve):
        text = twelve.browser("lin").get(address(twelve, f"insights/{LAB}")).text
        assert 'class="chart"' in text
        assert "As a table" in text
        assert "NameError" in text
        assert "6.5 h" in text
        assert "median of 6" in text
        assert "Squares" in twelve.browser("lin").get(address(twelve, "insights")).text

    @pytest.mark.parametrize("page", ["insights", f"insights/{LAB}"])
    def test_take_a_constant_number_of_statements(self, graded, count_queries, page):
        browser, page = graded.browser("lin"), address(graded, page)
        browser.get(page)
        with graded.app.app_context():
            for handle in classmates(graded, 6):
                grade_with(hand_in(graded, handle), result(4.0, 2.0))
            db.session.commit()
        browser.get(page)
        with count_queries() as one:
            browser.get(page)
        with graded.app.app_context():
            for handle in classmates(graded, 4, word="other"):
                grade_with(hand_in(graded, handle), result(2.0, 1.0))
            db.session.commit()
        browser.get(page)
        with count_queries() as more:
            browser.get(page)
        assert len(more) == len(one) <= 26, "\n".join(more)


BEGIN = datetime(2026, 10, 1, 1, tzinfo=UTC)


def why_of(number):
    """Points of the answer: 1 or 2 for those who have the test right, for others hardly any."""
    return float(1 + number % 2) if number >= 6 else float(number == 3)


def worked_out(number):
    """The first six have the test wrong, in two ways."""
    made = result(4.0 if number >= 6 else 0.0, why_of(number))
    if number >= 6:
        return made
    kind = "AssertionError" if number < 2 else "NameError"
    test, why = made.cells
    wrong = replace(
        test, message="%(error)s: %(text)s", params={"error": kind, "text": f"at {number}"}
    )
    return replace(made, cells=(wrong, why))
