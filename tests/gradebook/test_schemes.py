"""How a section is graded: kept as JSON, in versions, looked at beforehand."""

import json
from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.gradebook import operations, queries
from app.gradebook.models import GradingScheme, StudentGrade
from app.gradebook.rules import (
    SCALES,
    Category,
    Counting,
    Curve,
    CurveKind,
    Item,
    LatePolicy,
    LateUnit,
    Missing,
    Scheme,
    SchemeUnreadable,
    Totals,
    dump,
    parse,
    problems_of,
)
from app.gradebook.rules.comparing import changes_between
from app.gradebook.rules.entries import COURSE, Entry, Way
from app.gradebook.rules.fitting import Gradable, default_scheme, fitted, uncounted
from app.kernel.database import db
from app.kernel.i18n import speaking
from tests.gradebook.test_computing import LAB, book_of, fully, grade_of
from tests.grading.helpers import grade_with, hand_in, result

decimals = st.decimals(0, 1000, places=3, allow_nan=False)
titles = st.text(min_size=1, max_size=20)
lates = st.none() | st.builds(
    LatePolicy, decimals, st.sampled_from(LateUnit), st.integers(0, 999), decimals, st.booleans()
)
curves = st.none() | st.builds(Curve, st.sampled_from(CurveKind), decimals)
categories = st.builds(
    Category, titles, titles, decimals, st.sampled_from(Counting), st.integers(0, 9),
    st.none() | st.integers(1, 9), st.booleans(), lates, st.none() | decimals, curves,
)  # fmt: skip
items = st.builds(Item, titles, titles, decimals, titles, decimals, st.booleans(), lates, curves)
schemes = st.builds(
    Scheme, st.lists(categories, max_size=4).map(tuple), st.lists(items, max_size=6).map(tuple),
    st.sampled_from(Totals), lates, st.sampled_from(Missing), curves, decimals,
    st.sampled_from(sorted(SCALES.values(), key=lambda scale: scale.name)),
)  # fmt: skip


# Other work on the machine is no fault of a scheme.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestDocuments:
    @given(schemes)
    @UNHURRIED
    def test_come_back_as_they_were(self, scheme):
        assert parse(json.loads(json.dumps(dump(scheme)))) == scheme

    @pytest.mark.parametrize(
        "document", [{}, {"categories": 1}, dump(Scheme((), ())) | {"most": "x"}]
    )
    def test_of_another_shape_are_refused(self, document):
        with pytest.raises(SchemeUnreadable):
            parse(document)

    @given(schemes)
    @UNHURRIED
    def test_differ_from_themselves_in_nothing(self, scheme):
        with speaking("en"):
            assert changes_between(scheme, scheme) == []


class TestFitting:
    WORK = (Gradable("lab:a", "A", D(10)), Gradable("lab:b", "B", D(20)))

    def test_takes_points_from_the_course_and_leaves_out_what_is_gone(self):
        old = default_scheme((Gradable("lab:a", "Old", D(5)), Gradable("lab:gone", "G", D(1))), "")
        found = fitted(old, self.WORK)
        assert [(i.key, i.title, i.points) for i in found.items] == [
            ("lab:a", "A", D(10)), ("lab:b", "B", D(20)),
        ]  # fmt: skip

    def test_counts_nothing_new_where_nobody_said_where(self):
        two = Scheme((Category("x", "X", D(50)), Category("y", "Y", D(50))), ())
        assert fitted(two, self.WORK).items == ()
        assert len(uncounted(fitted(two, self.WORK), self.WORK)) == 2


def weighted(book, weight="100"):
    """Everything in one category that is curved, so that grades change."""
    item = Item(LAB, "Squares", D(6), "labs")
    return Scheme(
        (Category("labs", "Labs", D(weight)),), (item,), curve=Curve(CurveKind.ADD, D(10))
    )


class TestSaving:
    def test_grades_everybody_anew_in_a_version_that_stays(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei", 2.0, 1.0)
            lin, book = enrolled.person("lin"), book_of(enrolled)
            made = operations.save_scheme(lin, book, weighted(book), note=" first ", seen_number=0)
            assert (made.number, made.note) == (1, "first")
            assert grade_of(enrolled, "mei").exact == "60/1"
            assert grade_of(enrolled, "mei").scheme_number == 1
            with pytest.raises(operations.NothingChanged):
                operations.save_scheme(
                    lin, book_of(enrolled), weighted(book), note="", seen_number=1
                )
            with pytest.raises(operations.OthersWereFaster):
                operations.save_scheme(
                    lin, book, replace(weighted(book), curve=None), note="", seen_number=0
                )
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(text("UPDATE grading_schemes SET note = 'x'"))

    def test_comes_to_the_same_as_reading_all_work_again(self, enrolled):
        with enrolled.app.app_context():
            lin = enrolled.person("lin")
            fully(enrolled, "mei", 2.0, 1.0)
            grade_with(hand_in(enrolled, "hao"), result(3.0))
            column = operations.add_column(
                lin, book_of(enrolled), title="Exam", points=D(50), category=""
            )
            book = book_of(enrolled)
            mei, hao = (enrolled.person(handle).id for handle in ("mei", "hao"))
            edits = [
                operations.CellEdit(mei, LAB, Entry(adjustment=D("0.5")), 0),
                operations.CellEdit(mei, column.key, Entry(points=D(40)), 0),
                operations.CellEdit(hao, LAB, Entry(override=D(5), reason="R"), 0),
                operations.CellEdit(hao, column.key, Entry(is_excused=True), 0),
                operations.CellEdit(hao, COURSE, Entry(is_incomplete=True), 0),
            ]
            operations.set_cells(lin, book, edits, way=Way.GRID)
            home = {"category": "labs"}
            items = tuple(replace(item, **home) for item in book.scheme.items)
            operations.save_scheme(
                lin, book, replace(weighted(book), items=items), note="", seen_number=0
            )

            def kept():
                rows = db.session.execute(
                    select(
                        StudentGrade.person_id, StudentGrade.exact, StudentGrade.cells,
                        StudentGrade.is_incomplete, StudentGrade.waiting_count,
                        StudentGrade.basis, StudentGrade.grants, StudentGrade.stale_at,
                    ).order_by(StudentGrade.person_id)
                )  # fmt: skip
                return [tuple(row) for row in rows]

            quickly = kept()
            assert all(row[1] for row in quickly)
            operations.recompute(book_of(enrolled))
            assert kept() == quickly

    def test_refuses_weights_that_are_no_hundred(self, enrolled):
        with enrolled.app.app_context():
            book = book_of(enrolled)
            assert problems_of(weighted(book, "90"))
            with pytest.raises(operations.SchemeRefused):
                operations.save_scheme(
                    enrolled.person("lin"), book, weighted(book, "90"), note="", seen_number=0
                )
            assert db.session.scalars(select(GradingScheme)).all() == []

    def test_says_beforehand_what_it_would_do_and_does_nothing(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei", 2.0, 1.0)
            book = book_of(enrolled)
            (found,) = operations.differences(book, weighted(book))
            assert (found.before, found.after, found.by) == (50, 60, 10)
            assert grade_of(enrolled, "mei").exact == "50/1"
            assert operations.differences(book, book.scheme) == []

    def test_adds_and_takes_away_columns(self, enrolled):
        with enrolled.app.app_context():
            lin = enrolled.person("lin")
            operations.save_scheme(
                lin, book_of(enrolled), weighted(book_of(enrolled)), note="", seen_number=0
            )
            column = operations.add_column(
                lin, book_of(enrolled), title="Exam", points=D(50), category="labs"
            )
            book = book_of(enrolled)
            assert book.number == 2
            assert [item.key for item in book.scheme.items] == [LAB, column.key]
            operations.remove_column(lin, book, column.id)
            assert [c.key for c in book_of(enrolled).columns] == [LAB]

    def test_copies_from_a_section_that_one_teaches_only(self, enrolled):
        with enrolled.app.app_context():
            lin, book = enrolled.person("lin"), book_of(enrolled)
            operations.save_scheme(lin, book, weighted(book), note="", seen_number=0)
            copied = operations.copied_scheme(lin, book_of(enrolled), enrolled.section())
            assert copied.curve == weighted(book).curve
            with pytest.raises(queries.books.NotVisible):
                operations.copied_scheme(lin, book, enrolled.section("jiayang"))


FORM = {
    "number": "0", "totals": "weights", "missing": "zero", "scale": "letters", "most": "100",
    "late-percent": "10", "late-per": "day", "late-grace": "5", "late-cap": "50",
    "category-0-key": "all", "category-0-title": "Labs", "category-0-weight": "60",
    "category-0-counting": "percent", "category-0-drop": "0",
    "category-1-title": "Exam", "category-1-weight": "40", "category-1-counting": "points",
    f"item-{LAB}-category": "new-1", f"item-{LAB}-weight": "1", "curve-kind": "root",
}  # fmt: skip


class TestPage:
    def test_shows_before_it_saves(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei", 2.0, 1.0)
            db.session.commit()
        browser, page = enrolled.browser("lin"), f"/teaching/{enrolled.code}/grading"
        assert "Until you save something" in browser.get(page).text
        shown = browser.post(page, data=FORM | {"act": "preview"}).text
        assert "The grade of 1 student would change." in shown
        assert "+20.71" in shown
        assert "Category added: Exam" in shown
        name = shown.split('name="previewed" value="')[1].split('"')[0]
        # What was not looked at is shown, not saved.
        other = browser.post(page, data=FORM | {"act": "save", "previewed": "0" * 64})
        assert other.status_code == 200
        saved = browser.post(page, data=FORM | {"act": "save", "previewed": name, "note": "Start"})
        assert saved.status_code == 302
        with enrolled.app.app_context():
            row = grade_of(enrolled, "mei")
            assert (row.mark, str(row.rounded)) == ("B-", "71.0000")
            (version,) = db.session.scalars(select(GradingScheme))
            scheme = parse(version.document)
            assert [(c.title, c.weight) for c in scheme.categories] == [
                ("Labs", D(60)), ("Exam", D(40)),
            ]  # fmt: skip
            assert scheme.items[0].category == scheme.categories[1].key
            assert scheme.late == LatePolicy(D(10), LateUnit.DAY, 5, D(50))
        shown = browser.post(page, data=FORM | {"most": "90"}).text
        name = shown.split('name="previewed" value="')[1].split('"')[0]
        late = FORM | {"most": "90", "act": "save", "previewed": name}
        assert browser.post(page, data=late).status_code == 409  # version 1 was saved meanwhile
        assert "Start" in browser.get(f"{page}/versions").text
        assert "B-" in browser.get(f"/teaching/{enrolled.code}/gradebook").text

    def test_takes_rules_of_a_category_and_of_a_work_alone(self, enrolled):
        browser, page = enrolled.browser("lin"), f"/teaching/{enrolled.code}/grading"
        rules = {
            "category-0-late": "hour", "category-0-late-percent": "5", "category-0-late-grace": "0",
            "category-0-late-cap": "30", "category-0-curve-kind": "add",
            "category-0-curve-percent": "3", "category-0-most": "95",
            f"item-{LAB}-late": "none", f"item-{LAB}-curve-kind": "scale",
            f"item-{LAB}-curve-percent": "90",
        }  # fmt: skip
        shown = browser.post(page, data=FORM | rules).text
        assert "Squares · late work: as for the course → late work loses nothing" in shown
        assert "Squares · Curve: no curve → Whoever has this percent gets a hundred (90)" in shown
        name = shown.split('name="previewed" value="')[1].split('"')[0]
        saved = browser.post(page, data=FORM | rules | {"act": "save", "previewed": name})
        assert saved.status_code == 302
        with enrolled.app.app_context():
            (version,) = db.session.scalars(select(GradingScheme))
            scheme = parse(version.document)
            labs = scheme.categories[0]
            assert labs.late == LatePolicy(D(5), LateUnit.HOUR, 0, D(30))
            assert (labs.curve, labs.most) == (Curve(CurveKind.ADD, D(3)), D(95))
            assert scheme.items[0].late == LatePolicy(D(0))
            assert scheme.items[0].curve == Curve(CurveKind.SCALE, D(90))
        # What a form does not ask for stays as it was.
        again = FORM | {"number": "1", "category-1-key": scheme.categories[1].key, "most": "99"}
        kept = again | {f"item-{LAB}-category": scheme.categories[1].key}
        shown = browser.post(page, data=kept).text
        assert "Highest percent: 100 → 99" in shown
        assert "Labs · " not in shown.split("<form")[1].split("<fieldset")[0]
        wrong = browser.post(page, data=kept | rules | {"category-0-curve-percent": "300"})
        assert wrong.status_code == 422

    def test_keeps_what_was_typed_and_says_what_is_wrong(self, enrolled):
        browser, page = enrolled.browser("lin"), f"/teaching/{enrolled.code}/grading"
        answer = browser.post(page, data=FORM | {"category-0-weight": "59.5"})
        assert answer.status_code == 422
        assert "are 99.5 together" in answer.text
        assert 'value="59.5"' in answer.text
        answer = browser.post(page, data=FORM | {"late-percent": "many"})
        assert "“many” is not a number." in answer.text

    def test_takes_columns(self, enrolled):
        browser, page = enrolled.browser("lin"), f"/teaching/{enrolled.code}/grading"
        browser.post(f"{page}/columns", data={"title": "Exam <b>", "points": "50"})
        assert "Exam &lt;b&gt;" in browser.get(f"/teaching/{enrolled.code}/gradebook").text
        assert "Exam" in browser.get(page).text
        wrong = browser.post(f"{page}/columns", data={"title": "X", "points": "-1"})
        assert wrong.status_code == 302
        with enrolled.app.app_context():
            book = book_of(enrolled)
            assert [str(c.title) for c in book.columns][1:] == ["Exam <b>"]
            key = book.columns[1].slug
        assert browser.post(f"{page}/columns/{key}/removal").status_code == 302
        assert browser.post(f"{page}/columns/{key}/removal").status_code == 404

    def test_is_for_instructors_of_the_section_alone(self, enrolled):
        page = f"/teaching/{enrolled.code}/grading"
        for rest in ("", "/versions"):
            assert enrolled.browser("wang").get(page + rest).status_code == 404
            assert enrolled.browser("mei").get(page + rest).status_code == 403
