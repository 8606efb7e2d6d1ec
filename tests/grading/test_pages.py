"""The lab's page, submissions and feedback, as people see them."""

import io

import pytest

from app.grading import operations
from tests.cast import SOURCE
from tests.grading.helpers import grade_with, hand_in, result


@pytest.fixture
def lab_page(enrolled):
    return f"/learn/{enrolled.code}/labs/squares"


class TestTheLabsPage:
    def test_shows_each_cell_with_its_outcome_and_the_authors_hint(self, enrolled, lab_page):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(1.0))
        page = enrolled.browser("mei").get(lab_page).text
        assert "test-squares" in page and "Not passed" in page
        assert "Begin at zero." in page
        assert "line 4 of the hidden test" not in page, "that is for staff"

    def test_says_what_the_notebook_took(self, enrolled, lab_page):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0, peak_memory_mb=83.4))
        page = enrolled.browser("mei").get(lab_page).text
        assert "Ran for 0.5 s and used up to 83 MB of memory." in page

    def test_says_on_which_road_each_test_was_judged(self, enrolled, lab_page):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            addresses = [lab_page, f"/submissions/{made.id}"]
        for address in addresses:
            page = enrolled.browser("mei").get(address).text
            assert "/assurance#shared" in page and "/assurance#separate" not in page

    def test_shows_nothing_of_a_classmates_work(self, enrolled, lab_page):
        with enrolled.app.app_context():
            receipt = hand_in(enrolled, "mei").receipt
        page = enrolled.browser("hao").get(lab_page).text
        assert receipt not in page and "You have not handed in anything yet" in page

    def test_takes_an_uploaded_notebook(self, enrolled, lab_page):
        browser = enrolled.browser("mei")
        answer = browser.post(
            f"{lab_page}/submissions",
            data={"files": [(io.BytesIO(SOURCE), "squares.ipynb")]},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303
        assert "Submission 1" in browser.get(lab_page).text

    def test_says_what_is_wrong_with_an_upload_that_is_no_notebook(self, enrolled, lab_page):
        answer = enrolled.browser("mei").post(
            f"{lab_page}/submissions",
            data={"files": [(io.BytesIO(b"PK\x03\x04"), "squares.ipynb")]},
            content_type="multipart/form-data",
            follow_redirects=True,
        )
        assert "squares.ipynb is not a notebook" in answer.text

    def test_says_so_when_the_lab_service_is_down(self, enrolled, lab_page):
        enrolled.hub.is_down = True
        browser = enrolled.browser("mei")
        answer = browser.post(f"{lab_page}/workspace")
        assert answer.status_code == 503 and "files are safe" in answer.text
        answer = browser.post(
            f"{lab_page}/submissions", data={"source": "workspace"}, follow_redirects=True
        )
        assert answer.status_code == 200 and "files are safe" in answer.text


class TestASubmissionsPage:
    def test_shows_staff_what_is_for_staff_and_takes_their_points(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            operations.run_attempt(made.attempt.id)
            address = f"/submissions/{made.id}"
        lin = enrolled.browser("lin")
        assert "Give points" in lin.get(address).text
        lin.post(
            f"{address}/scores",
            data={"notebook": "squares", "grade_id": "why", "score": "1.5", "comment": "好的"},
        )
        page = enrolled.browser("mei").get(address).text
        assert "1.5" in page and "好的" in page and "Give points" not in page

    @pytest.mark.parametrize("handle", ["mei", "hao", "wang", "fang"])
    def test_takes_points_from_nobody_else(self, enrolled, handle):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            address = f"/submissions/{made.id}/scores"
        answer = enrolled.browser(handle).post(
            address, data={"notebook": "squares", "grade_id": "why", "score": "2"}
        )
        assert answer.status_code == 404
        with enrolled.app.app_context():
            assert made.id and enrolled.person("mei")

    def test_gives_files_back_as_they_were_and_only_as_downloads(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei", {"squares.ipynb": SOURCE, "x.html": b"<script>"})
            address = f"/submissions/{made.id}/files"
        answer = enrolled.browser("lin").get(f"{address}/x.html")
        assert answer.data == b"<script>"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.mimetype == "application/octet-stream"
        assert enrolled.browser("hao").get(f"{address}/x.html").status_code == 404

    def test_of_hostile_work_runs_nothing_in_the_readers_browser(self, enrolled):
        from tests.engine import build

        hostile = build.notebook(
            build.solution(
                "from IPython.display import HTML, SVG\n"
                "def squares(n):\n    return [i * i for i in range(n)]\n"
                "HTML('<img src=x onerror=alert(1)><script>alert(2)</script>')",
                "squares",
            ),
            build.test("assert True", "test-squares", points=4),
            build.answer("<script>alert(3)</script>[x](javascript:alert(4))", "why", points=2),
        )
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei", {"squares.ipynb": hostile})
            operations.run_attempt(made.attempt.id)
            assert made.attempt.score == 4.0
            address = f"/submissions/{made.id}"
        page = enrolled.browser("lin").get(address).text
        main = page.split("<main", 1)[1]
        assert "<script" not in main and "onerror=" not in main.replace("onerror=alert(1)&gt;", "")
        assert 'href="javascript' not in main


class TestHome:
    def test_lists_what_waits_for_the_instructor_and_what_came_back_to_the_student(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
        assert "To grade" in enrolled.browser("lin").get("/").text
        home = enrolled.browser("mei").get("/").text
        assert "Continue where you stopped" in home and "4 of 6 points" in home
