"""The first gradebook."""

from app.gradebook import queries
from app.grading import operations
from tests.grading.helpers import grade_with, hand_in, result


class TestGradebook:
    def test_has_a_row_for_each_student_and_the_best_score_of_each(self, enrolled):
        with enrolled.app.app_context():
            for score in (0.0, 4.0, 2.0):
                grade_with(hand_in(enrolled, "mei"), result(score))
            book = queries.gradebook(enrolled.person("lin"), enrolled.section().code)
            rows = {row.enrolment.person.handle: row for row in book.rows}
            assert set(rows) == {"mei", "hao"}
            assert rows["mei"].total == 4.0
            assert rows["mei"].standings[0].number == 2
            assert rows["hao"].standings == (None,)
            assert (book.max_total, book.average(0)) == (6.0, 4.0)

    def test_counts_what_a_person_gave(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            operations.give_score(
                enrolled.person("lin"), made, operations.CellRef("squares", "why"), 1.5, ""
            )
            book = queries.gradebook(enrolled.person("lin"), enrolled.section().code)
            assert max(row.total for row in book.rows) == 5.5

    def test_leaves_out_who_has_withdrawn_and_staff_who_tried_the_lab(self, enrolled):
        from app.learning.operations import withdraw

        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "lin"), result(4.0))
            withdraw(enrolled.person("hao"), enrolled.section())
            book = queries.gradebook(enrolled.person("lin"), enrolled.section().code)
            assert [row.enrolment.person.handle for row in book.rows] == ["mei"]


class TestPages:
    def test_show_scores_and_export_them_for_a_spreadsheet(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
            enrolled.person("mei").name = "=HYPERLINK(1)"
            from app.kernel.database import db

            db.session.commit()
        browser = enrolled.browser("lin")
        assert ">4</a>" in browser.get(f"/teaching/{enrolled.code}/gradebook").text
        export = browser.get(f"/teaching/{enrolled.code}/gradebook.csv")
        assert export.mimetype == "text/csv"
        assert export.text.startswith("\ufeff")
        assert "'=HYPERLINK(1)" in export.text
        assert ",4.0," in export.text

    def test_take_a_constant_number_of_statements(self, enrolled, count_queries):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
        browser = enrolled.browser("lin")
        address = f"/teaching/{enrolled.code}/gradebook"
        browser.get(address)
        with count_queries() as one:
            browser.get(address)
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "hao"), result(2.0))
            grade_with(hand_in(enrolled, "mei"), result(2.0))
        with count_queries() as more:
            browser.get(address)
        assert len(more) == len(one)
