"""Points from files, changes for many: seen beforehand, matched without guessing."""

import io

import pytest

from app.gradebook.models import GradeChange
from app.gradebook.rules.entries import Way
from app.gradebook.rules.importing import Known, read_table
from app.kernel.database import db
from app.kernel.i18n import speaking
from tests.gradebook.test_computing import LAB, fully, grade_of
from tests.gradebook.test_gradebook import address, graded, typed  # noqa: F401

KNOWN = Known(
    by_number={"b1": ["mei"], "b2": ["hao"], "b9": ["x", "y"]},
    by_mail={"mei@x.example": ["mei"], "hao@x.example": ["hao"]},
    by_title={"lab:a": ["lab:a"], "a": ["lab:a"], "twin": ["lab:b", "manual:1"]},
)


def read(text, known=KNOWN):
    with speaking("en"):
        found = read_table(text if isinstance(text, bytes) else text.encode(), known)
    cells = [(c.person, c.key, c.typed.value and str(c.typed.value)) for c in found.cells]
    return cells, [problem.message for problem in found.problems]


class TestReading:
    @pytest.mark.parametrize(
        "text",
        [
            "Student number,A\nB1,7\n",
            "學號;A\r\nb1;7\r\n",
            "\ufeffMail\tlab:a\nMEI@x.example\t7",
            "Name,Student number,Old title (9) [lab:a]\n'=1+1,B1,7\n",
            "學號,A\nB1,7".encode("cp950"),
        ],
    )
    def test_finds_students_and_columns(self, text):
        assert read(text) == ([("mei", "lab:a", "7.000")], [])

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "The file is empty."),
            ("A,B\n1,2", "nobody can be found"),
            ("Number,A\nB7,1", "takes no part"),
            ("Number,A\nB9,1", "could be several students"),
            ("Number,Mail,A\nB1,hao@x.example,1", "could be several students"),
            ("Number,Twin\nB1,1", "could be several columns"),
            ("Number,A\nB1,=1+1", "is no number of points"),
            ("Number,A\nB1,-5", "is no number of points"),
            ("Number,A\nB1,1e9", "is no number of points"),
        ],
    )
    def test_leaves_out_what_is_not_sure_and_says_so(self, text, said):
        cells, problems = read(text)
        assert cells == []
        assert said in problems[0]

    def test_takes_the_first_line_of_a_student_and_the_first_of_two_columns(self):
        cells, problems = read("Number,A,a\nB1,1,2\nB1,3,3\n")
        assert cells == [("mei", "lab:a", "1.000")]
        assert len(problems) == 2

    @pytest.mark.parametrize(
        "content", [b"\xff\xfe\x00\x01", b"\0" * 50, b'"' * 99, b"a" * 200_000]
    )
    def test_survives_anything(self, content):
        cells, problems = read(content)
        assert cells == []
        assert problems


def upload(browser, cast, text, reason="Paper exam"):
    return browser.post(
        address(cast, "/import"),
        data={"file": (io.BytesIO(text.encode()), "points.csv"), "reason": reason},
        content_type="multipart/form-data",
    )


def hidden(page, name):
    return page.split(f'name="{name}" value="')[1].split('"')[0]


class TestImport:
    def test_shows_what_it_would_do_then_does_it_and_can_be_taken_back(self, graded):  # noqa: F811
        browser = graded.browser("lin")
        with graded.app.app_context():
            mails = {name: graded.person(name).email for name in ("mei", "hao")}
        page = upload(
            browser, graded, f"Mail,Squares\n{mails['mei']},3\n{mails['hao']},EX\nno@x,1\n"
        ).text
        assert "2 cells would change." in page
        assert "takes no part in this section" in page
        with graded.app.app_context():
            assert grade_of(graded, "mei").exact == "100/1"
        form = {"upload": hidden(page, "upload"), "plan": hidden(page, "plan")}
        answer = browser.post(address(graded, "/import/apply"), data=form)
        batch = browser.get(answer.headers["Location"]).text
        assert "imported from a file" in batch
        with graded.app.app_context():
            assert grade_of(graded, "mei").exact == "50/1"
            assert grade_of(graded, "hao").cells[LAB]["s"] == "excused"
            assert {c.way for c in db.session.query(GradeChange) if c.by_id} == {Way.IMPORT}
        assert browser.post(answer.headers["Location"] + "/undo").status_code == 302
        with graded.app.app_context():
            assert grade_of(graded, "mei").exact == "100/1"

    def test_changes_nothing_when_an_export_comes_back(self, graded):  # noqa: F811
        typed(graded, text="3")
        browser = graded.browser("lin")
        export = browser.get(address(graded, ".csv")).text
        page = upload(browser, graded, export).text
        assert "0 cells would change." in page
        assert "2 cells stay as they are" in page

    def test_is_shown_again_when_grades_changed_meanwhile(self, graded):  # noqa: F811
        browser = graded.browser("lin")
        with graded.app.app_context():
            mail = graded.person("mei").email
        page = upload(browser, graded, f"Mail,Squares\n{mail},3\n").text
        typed(graded, text="5")
        form = {"upload": hidden(page, "upload"), "plan": hidden(page, "plan")}
        answer = browser.post(address(graded, "/import/apply"), data=form)
        assert answer.status_code == 200
        assert "Grades changed meanwhile" in answer.text
        with graded.app.app_context():
            assert grade_of(graded, "mei").cells[LAB]["p"] == "5"

    def test_needs_a_reason_and_a_file_of_its_own(self, graded):  # noqa: F811
        browser = graded.browser("lin")
        assert upload(browser, graded, "Mail\n", reason=" ").status_code == 422
        assert upload(browser, graded, "").status_code == 422
        gone = browser.post(address(graded, "/import/apply"), data={"upload": "forged"})
        assert gone.status_code == 302
        assert graded.browser("wang").get(address(graded, "/import")).status_code == 404


class TestBulk:
    def test_shows_then_does_for_those_who_are_filtered(self, graded):  # noqa: F811
        browser = graded.browser("lin")
        page = address(graded, "/bulk?state=waiting")
        assert "For 1 student" in browser.get(page).text
        form = {"key": LAB, "act": "excuse", "reason": "Broken lab"}
        shown = browser.post(page, data=form).text
        assert "1 cell would change." in shown
        done = browser.post(page, data=form | {"plan": hidden(shown, "plan")})
        assert done.status_code == 302
        with graded.app.app_context():
            assert grade_of(graded, "hao").cells[LAB]["s"] == "excused"
            assert grade_of(graded, "mei").cells[LAB]["s"] == "graded"

    def test_adds_points_and_gives_zero_where_nothing_came(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei", 2.0, 1.0)
            db.session.commit()
        browser, page = enrolled.browser("lin"), address(enrolled, "/bulk")
        for form in (
            {"key": LAB, "act": "add", "points": "1.5", "reason": "Unclear task"},
            {"key": LAB, "act": "zero", "reason": "Never came"},
        ):
            shown = browser.post(page, data=form).text
            assert "1 cell would change." in shown
            browser.post(page, data=form | {"plan": hidden(shown, "plan")})
        with enrolled.app.app_context():
            assert grade_of(enrolled, "mei").exact == "75/1"
            assert grade_of(enrolled, "hao").exact == "0/1"

    @pytest.mark.parametrize(
        "form", [{}, {"act": "zero"}, {"act": "add", "key": LAB, "points": "x", "reason": "r"}]
    )
    def test_refuses_what_is_not_said_whole(self, enrolled, form):
        assert (
            enrolled.browser("lin").post(address(enrolled, "/bulk"), data=form).status_code == 422
        )
