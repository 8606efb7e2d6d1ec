"""The exchange over HTTP, as programs in people's labs meet it."""

import base64
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.grading import operations
from app.grading.models import Submission
from app.kernel import clock
from app.kernel.database import db
from app.learning.models import ItemPlan
from tests.cast import SOURCE
from tests.grading.helpers import grade_with, hand_in, result

BASE = "/api/exchange/v1"


def files(**contents: bytes) -> dict[str, object]:
    return {
        "files": [
            {"path": path, "content": base64.b64encode(content).decode()}
            for path, content in contents.items()
        ]
    }


@pytest.fixture
def lab(enrolled):
    """``lab("mei", "GET", path)`` asks as a program in mei's lab."""
    client = enrolled.app.test_client()

    def ask(handle, method, path, **options):
        headers = enrolled.lab_token(handle) if handle else {}
        return client.open(BASE + path, method=method, headers=headers, **options)

    return ask


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        "headers",
        [{}, {"Authorization": "token wrong"}, {"Authorization": "Basic bWVpOng="}],
        ids=["nobody", "unknown token", "another scheme"],
    )
    def test_nobody_without_a_token_of_the_hub(self, enrolled, headers):
        answer = enrolled.app.test_client().get(f"{BASE}/courses", headers=headers)
        assert answer.status_code == 401
        assert answer.json["error"]["code"] == "unknown_token"

    def test_not_a_suspended_person(self, enrolled, lab):
        from app.kernel import clock

        with enrolled.app.app_context():
            enrolled.person("mei").suspended_at = clock.now()
            db.session.commit()
        assert lab("mei", "GET", "/courses").status_code == 401

    def test_hears_that_the_hub_is_down(self, enrolled, lab):
        headers = enrolled.lab_token("mei")
        enrolled.hub.is_down = True
        answer = enrolled.app.test_client().get(f"{BASE}/courses", headers=headers)
        assert answer.status_code == 503
        assert "files are safe" in answer.json["error"]["message"]

    def test_meets_nothing_but_the_exchange_over_the_labs_socket(self, enrolled):
        client = enrolled.app.test_client()
        over_socket = {"REMOTE_ADDR": ""}
        assert client.get("/sign-in", environ_overrides=over_socket).status_code == 404
        assert client.get("/healthz", environ_overrides=over_socket).status_code == 404
        assert client.get(f"{BASE}/courses", environ_overrides=over_socket).status_code == 401


class TestList:
    def test_names_her_courses_and_her_role(self, enrolled, lab):
        assert lab("mei", "GET", "/courses").json["courses"][0]["role"] == "student"
        assert lab("lin", "GET", "/courses").json["courses"][0]["role"] == "instructor"
        assert lab("yun", "GET", "/courses").status_code == 401, "a company uses no labs"

    def test_shows_each_lab_with_her_submissions(self, enrolled, lab):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            receipt = made.receipt
        (entry,) = lab("mei", "GET", "/assignments").json["assignments"]
        assert (entry["assignment_id"], entry["notebooks"]) == ("squares", ["squares"])
        (shown,) = entry["submissions"]
        assert (shown["receipt"], shown["state"], shown["score"]) == (receipt, "graded", 4.0)
        assert lab("hao", "GET", "/assignments").json["assignments"][0]["submissions"] == []


class TestFetch:
    def test_gives_the_release_without_solutions_or_hidden_tests(self, enrolled, lab):
        answer = lab("mei", "GET", f"/assignments/{enrolled.code}/squares/release").json
        contents = {f["path"]: base64.b64decode(f["content"]) for f in answer["files"]}
        assert set(contents) == {"squares.ipynb", "data/numbers.csv"}
        assert b"i * i" not in contents["squares.ipynb"]
        assert b"16]" not in contents["squares.ipynb"]

    def test_is_for_those_who_take_or_teach_the_section(self, enrolled, lab):
        for handle in ("wang",):
            path = f"/assignments/{enrolled.code}/squares/release"
            assert lab(handle, "GET", path).status_code == 404
        assert lab("mei", "GET", f"/assignments/{enrolled.code}/nothing/release").status_code == 404


class TestSubmit:
    def test_takes_a_folder_and_answers_with_the_receipt(self, enrolled, lab):
        path = f"/assignments/{enrolled.code}/squares/submissions"
        answer = lab("mei", "POST", path, json=files(**{"squares.ipynb": SOURCE}))
        assert answer.status_code == 201
        assert (answer.json["number"], answer.json["state"]) == (1, "queued")
        with enrolled.app.app_context():
            (stored,) = db.session.scalars(select(Submission)).all()
            assert stored.receipt == answer.json["receipt"]

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (files(**{"squares.ipynb": b"no"}), 422, "not_a_notebook"),
            (files(**{"squares.ipynb": SOURCE, "../up": b""}), 422, "bad_path"),
            (files(**{"other.txt": b""}), 422, "no_notebook"),
            (files(**{"squares.ipynb": SOURCE, "big": bytes(20 << 20)}), 413, "too_large"),
            ({"files": "all"}, 422, "unreadable"),
            ({"files": [{"path": "a", "content": "%%%"}]}, 422, "unreadable"),
            ({"files": [{"path": 3, "content": ""}]}, 422, "unreadable"),
            ([], 422, "unreadable"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_refuses_with_a_code_and_words(self, enrolled, lab, body, status, code):
        path = f"/assignments/{enrolled.code}/squares/submissions"
        answer = lab("mei", "POST", path, data=json.dumps(body), content_type="application/json")
        assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
        with enrolled.app.app_context():
            assert db.session.scalars(select(Submission)).all() == []

    def test_refuses_two_hundred_megabytes_before_reading_them(self, enrolled):
        answer = enrolled.app.test_client().post(
            f"{BASE}/assignments/{enrolled.code}/squares/submissions",
            headers=enrolled.lab_token("mei") | {"Content-Length": str(200 << 20)},
            environ_overrides={"wsgi.input": None, "CONTENT_LENGTH": str(200 << 20)},
        )
        assert answer.status_code == 413


class TestFeedbackAndCollect:
    def test_feedback_is_a_page_without_script_for_its_student(self, enrolled, lab):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            operations.run_attempt(made.attempt.id)
        path = f"/assignments/{enrolled.code}/squares/submissions/1/feedback"
        (page,) = lab("mei", "GET", path).json["files"]
        html = base64.b64decode(page["content"]).decode()
        assert page["path"] == "squares.html"
        assert "<script" not in html and "[0, 1, 4, 9, 16]" not in html
        assert lab("hao", "GET", path).status_code == 404

    def test_collect_is_for_the_sections_staff(self, enrolled, lab):
        with enrolled.app.app_context():
            hand_in(enrolled, "mei")
            hand_in(enrolled, "mei", {"squares.ipynb": SOURCE, "notes.txt": b"second"})
        path = f"/assignments/{enrolled.code}/squares/submissions"
        (entry,) = lab("lin", "GET", path).json["submissions"]
        assert (entry["student"], entry["number"]) == ("mei", 2)
        got = lab("lin", "GET", entry["files_url"].removeprefix(BASE)).json["files"]
        assert {f["path"] for f in got} == {"squares.ipynb", "notes.txt"}
        for handle in ("mei", "wang"):
            assert lab(handle, "GET", path).status_code == 404
            files_path = entry["files_url"].removeprefix(BASE)
            assert lab(handle, "GET", files_path).status_code == 404


class TestClosingDates:
    @pytest.fixture
    def closed(self, enrolled):
        """The lab closed an hour ago."""
        with enrolled.app.app_context():
            section = enrolled.section()
            db.session.add(
                ItemPlan(
                    offering_id=section.offering_id,
                    item_key="lab:squares",
                    due_at=clock.now() - timedelta(hours=2),
                    closes_at=clock.now() - timedelta(hours=1),
                )
            )
            db.session.commit()
        return enrolled

    def test_nothing_is_taken_from_a_lab_after_it(self, closed, lab):
        path = f"/assignments/{closed.code}/squares/submissions"
        answer = lab("mei", "POST", path, json=files(**{"squares.ipynb": SOURCE}))
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "closed")
        assert "time for this lab is over" in answer.json["error"]["message"]

    def test_nor_from_the_site(self, closed):
        page = closed.browser("mei").post(
            f"/learn/{closed.code}/labs/squares/submissions",
            data={"files": (io.BytesIO(SOURCE), "squares.ipynb")},
            follow_redirects=True,
        )
        assert "time for this lab is over" in page.text
        with closed.app.app_context():
            assert db.session.scalars(select(Submission)).all() == []

    def test_an_assignment_says_when_it_is_due(self, closed, lab):
        (found,) = lab("mei", "GET", "/assignments").json["assignments"]
        assert found["due_at"] is not None
