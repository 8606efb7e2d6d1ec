"""The gradebook's pages, as staff and students open them."""

import io
import zipfile

import pytest

from app.kernel.database import db
from tests.gradebook.test_computing import LAB, fully, grade_of
from tests.grading.helpers import grade_with, hand_in, result


@pytest.fixture
def graded(enrolled):
    """mei has all points, hao waits for a person's."""
    with enrolled.app.app_context():
        fully(enrolled, "mei")
        grade_with(hand_in(enrolled, "hao"), result(2.0))
        db.session.commit()
    return enrolled


def address(cast, rest=""):
    return f"/teaching/{cast.code}/gradebook{rest}"


def person_id(cast, handle):
    with cast.app.app_context():
        return str(cast.person(handle).id)


def typed(cast, handle="mei", text="3", revision=0, key=LAB, reason="Seen on paper", who="lin"):
    change = {
        "section": cast.code, "person": person_id(cast, handle), "key": key, "text": text,
        "revision": revision,
    }  # fmt: skip
    return cast.browser(who).post(
        address(cast, "/cells"), json={"changes": [change], "reason": reason}
    )


class TestGrid:
    def test_shows_totals_states_and_who_needs_attention(self, graded):
        text = graded.browser("lin").get(address(graded)).text
        assert 'data-t="6">6</td>' in text
        assert "2 <small>unmarked</small>" in text
        assert "1 waits for points" in text
        assert 'role="grid"' in text

    def test_takes_a_constant_number_of_statements(self, graded, count_queries):
        browser, page = graded.browser("lin"), address(graded)
        browser.get(page)
        with count_queries() as one:
            browser.get(page)
        with count_queries() as window:
            browser.get(f"{page}/rows?first=0")
        assert len(one) <= 15, "\n".join(one)
        assert len(window) <= 12, "\n".join(window)
        with graded.app.app_context():
            grade_with(hand_in(graded, "hao"), result(4.0))
            grade_with(hand_in(graded, "mei"), result(2.0))
            db.session.commit()
        with count_queries() as more:
            browser.get(page)
        assert len(more) == len(one)

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ("state=waiting", ["hao"]),
            ("state=failed", []),
            ("sort=total&direction=desc", ["mei", "hao"]),
            (f"sort={LAB}", ["hao", "mei"]),
            ("q=nobody-of-this-name", []),
        ],
    )
    def test_sorts_and_filters(self, graded, asked, names):
        text = graded.browser("lin").get(address(graded, f"/rows?{asked}")).text
        with graded.app.app_context():
            wanted = [graded.person(name).name for name in names]
            everybody = [graded.person(name).name for name in ("mei", "hao")]
        places = {name: text.find(name) for name in everybody}
        assert [n for n, at in sorted(places.items(), key=lambda p: p[1]) if at >= 0] == wanted

    def test_is_nothing_for_staff_of_another_section_and_for_students(self, graded):
        for rest in ("", "/rows", ".csv", ".xlsx", f"/students/{person_id(graded, 'mei')}"):
            assert graded.browser("wang").get(address(graded, rest)).status_code == 404, rest
            assert graded.browser("mei").get(address(graded, rest)).status_code == 403, rest
        assert typed(graded, who="wang").status_code == 404


class TestTyping:
    def test_answers_the_row_and_what_can_be_undone(self, graded):
        answer = typed(graded)
        assert answer.status_code == 200
        (row,) = answer.json["rows"].values()
        assert 'data-v="1" data-t="3" class="set">3 <small>set by hand</small>' in row
        browser = graded.browser("lin")
        (batch,) = answer.json["batches"]
        undone = browser.post(address(graded, "/undo"), json={"batch": batch})
        assert undone.json["count"] == 1
        with graded.app.app_context():
            assert grade_of(graded, "mei").exact == "100/1"
        assert browser.post(address(graded, "/undo"), json={"batch": batch}).status_code == 422

    def test_is_answered_with_both_values_when_another_was_faster(self, graded):
        typed(graded, text="3")
        answer = typed(graded, text="5")
        assert answer.status_code == 409
        (conflict,) = answer.json["conflicts"]
        assert conflict["revision"] == 1
        assert "set 3 meanwhile; you typed 5" in conflict["words"]
        assert typed(graded, text="5", revision=1).status_code == 200

    @pytest.mark.parametrize("text", ["x", "-3", "1e5", "NaN", "1_0", "7" * 30])
    def test_refuses_what_is_no_number(self, graded, text):
        answer = typed(graded, text=text)
        assert (answer.status_code, answer.json["error"]) == (422, "typed")

    def test_asks_for_a_reason(self, graded):
        answer = typed(graded, reason="  ")
        assert (answer.status_code, answer.json["error"]) == (422, "reason")

    @pytest.mark.parametrize("body", [None, {}, {"changes": []}, {"changes": [{}]}, [1]])
    def test_refuses_what_it_cannot_read(self, graded, body):
        answer = graded.browser("lin").post(address(graded, "/cells"), json=body)
        assert answer.status_code == 400


class TestCellPage:
    def test_sets_excuses_and_tells_the_history(self, graded):
        browser = graded.browser("lin")
        page = address(graded, f"/students/{person_id(graded, 'mei')}/{LAB}")
        assert "graded by its tests" in browser.get(page).text
        form = {"value": "", "is_excused": "y", "reason": "Was ill", "revision": "0"}
        assert browser.post(page, data=form).status_code == 302
        text = browser.get(page).text
        assert "nothing set by hand → excused" in text
        assert "Was ill" in text
        assert browser.post(page, data=form | {"is_excused": ""}).status_code == 409
        panel = browser.get(page + "?panel=1").text
        assert "<html" not in panel
        assert "Take this back" in panel

    def test_adjusts_and_keeps_a_note(self, graded):
        browser = graded.browser("lin")
        page = address(graded, f"/students/{person_id(graded, 'mei')}/{LAB}")
        form = {"adjustment": "-1.5", "note": "Team lead", "revision": "0"}
        assert browser.post(page, data=form).status_code == 302
        with graded.app.app_context():
            assert grade_of(graded, "mei").exact == "75/1"
        assert "note: Team lead" in browser.get(page).text
        assert browser.post(page, data=form | {"adjustment": "x"}).status_code == 422

    def test_sets_a_whole_grade(self, graded):
        browser = graded.browser("lin")
        page = address(graded, f"/students/{person_id(graded, 'mei')}/course")
        assert browser.post(page, data={"value": "59", "revision": "0"}).status_code == 422
        form = {"value": "59", "reason": "Board", "revision": "0"}
        assert browser.post(page, data=form).status_code == 302
        assert (
            "set to 59 by hand: Board"
            in graded.browser("mei").get(f"/learn/{graded.code}/grades").text
        )


class TestMyGrades:
    def test_say_how_a_grade_comes_about(self, graded):
        text = graded.browser("mei").get(f"/learn/{graded.code}/grades").text
        assert "6 of 6" in text
        assert "6 of 6 points are 100 %" in text
        text = graded.browser("hao").get(f"/learn/{graded.code}/grades").text
        assert "waits for its points; does not count so far" in text
        assert f"/learn/{graded.code}/grades" in graded.browser("mei").get("/").text

    def test_never_show_notes_of_the_staff(self, graded):
        browser = graded.browser("lin")
        page = address(graded, f"/students/{person_id(graded, 'mei')}/{LAB}")
        browser.post(page, data={"note": "Suspicious", "revision": "0"})
        assert "Suspicious" in browser.get(page).text
        assert "Suspicious" not in graded.browser("mei").get(f"/learn/{graded.code}/grades").text

    def test_are_nothing_for_others(self, graded):
        for who in ("lin", "wang", "yun"):
            assert graded.browser(who).get(f"/learn/{graded.code}/grades").status_code == 404


class TestExports:
    def test_are_harmless_and_hold_every_point(self, graded):
        with graded.app.app_context():
            graded.person("mei").name = "=HYPERLINK(1)"
            db.session.commit()
        browser = graded.browser("lin")
        export = browser.get(address(graded, ".csv"))
        assert export.mimetype == "text/csv"
        assert export.text.startswith("\ufeff")
        assert "'=HYPERLINK(1)" in export.text
        assert f"[{LAB}]" in export.text
        line = next(line for line in export.text.splitlines() if "HYPERLINK" in line)
        assert line.endswith(",6,100,100,")

    def test_come_as_a_workbook_without_formulas(self, graded):
        with graded.app.app_context():
            graded.person("mei").name = "=1+1"
            db.session.commit()
        export = graded.browser("lin").get(address(graded, ".xlsx"))
        assert export.status_code == 200
        with zipfile.ZipFile(io.BytesIO(export.data)) as parts:
            sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert "=1+1" in sheet
        assert "<f>" not in sheet
