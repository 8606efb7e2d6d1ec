"""The pages: students' road, staff's desk, what is told to whom, and never a key too early."""

import io
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.database import db
from app.quizzes import operations
from app.quizzes.models import Accommodation, QuizAnswer, QuizAttempt, QuizFile
from tests.quizzes.quizzing import (
    ESSAY,
    FILE,
    MARKER,
    NUMBER,
    SHORT,
    answer,
    begin,
    place_quiz,
    plan,
    quiz_document,
    single,
    take,
)

PDF = b"%PDF-1.4 report"


def road(cast, rest=""):
    return f"/learn/{cast.code}/quizzes/check{rest}"


def desk(cast, rest=""):
    return f"/teaching/{cast.code}/quizzes{rest}"


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the quiz's form."""
    return dict(
        re.findall(r'<input type="hidden" name="((?:base|seen)-[^"]+)" value="([^"]*)"', page)
    )


@pytest.fixture
def everything(enrolled):
    """A quiz with a question of each sort, in the section of mei and hao."""
    with enrolled.app.app_context():
        place_quiz(
            enrolled.section(),
            quiz_document(single(), SHORT, NUMBER, ESSAY, FILE, attempts=2, show="after-closing"),
        )
    return enrolled


class TestTheStudentsRoad:
    def test_from_the_course_to_a_score_without_script(self, quizzed):
        mei = quizzed.browser("mei")
        page = mei.get(f"/learn/{quizzed.code}").text
        assert "Quiz" in page and road(quizzed) in page
        page = mei.get(road(quizzed)).text
        assert "Check yourself" in page and "Read <em>carefully</em>" in page
        begun = mei.post(road(quizzed, "/attempts"))
        assert begun.headers["Location"] == road(quizzed, "/attempts/1")
        page = mei.get(road(quizzed, "/attempts/1")).text
        with quizzed.app.app_context():
            attempt = db.session.scalars(select(QuizAttempt)).one()
            right = attempt.questions[0]["key"]["correct"][0]
        form = fields_of(page) | {"q-colour": right, "q-capital": "臺北", "do": "review"}
        saved = mei.post(road(quizzed, "/attempts/1"), data=form)
        assert saved.headers["Location"] == road(quizzed, "/attempts/1/review")
        assert "Every question has an answer" in mei.get(saved.headers["Location"]).text
        done = mei.post(road(quizzed, "/attempts/1/submission"))
        page = mei.get(done.headers["Location"]).text
        assert 'score-value">3<' in page and f"{MARKER}-explained" in page
        assert "You have used all your attempts" in mei.get(road(quizzed)).text
        assert 'score-value">3<' in mei.get(f"/learn/{quizzed.code}").text

    def test_begin_pressed_in_two_windows_is_one_attempt(self, quizzed):
        mei = quizzed.browser("mei")
        places = {mei.post(road(quizzed, "/attempts")).headers["Location"] for _n in range(2)}
        assert places == {road(quizzed, "/attempts/1")}

    def test_handing_in_twice_is_harmless(self, quizzed):
        mei = quizzed.browser("mei")
        mei.post(road(quizzed, "/attempts"))
        for _window in range(2):
            assert mei.post(road(quizzed, "/attempts/1/submission")).status_code == 303
        assert mei.post(road(quizzed, "/attempts/1"), data={"do": "save"}).status_code == 303
        assert "too late" in mei.get(road(quizzed, "/attempts/1")).text

    def test_saves_one_answer_for_the_script(self, quizzed):
        mei = quizzed.browser("mei")
        mei.post(road(quizzed, "/attempts"))
        to = road(quizzed, "/attempts/1/answers/capital")
        told = mei.post(to, data={"q-capital": "Taipei", "base": 0, "age": 0})
        assert told.status_code == 200
        assert {k: told.json[k] for k in ("revision", "replaced", "answered")} == {
            "revision": 1, "replaced": False, "answered": True,
        }  # fmt: skip
        told = mei.post(to, data={"q-capital": "Old", "base": 0, "age": 3_600_000})
        assert (told.status_code, told.json["error"]["code"]) == (409, "newer")
        told = mei.post(to, data={"q-capital": "x" * 501, "base": 1})
        assert (told.status_code, told.json["error"]["code"]) == (422, "bad")
        assert "Taipei" in mei.get(to).json["html"]
        state = mei.get(road(quizzed, "/attempts/1/state")).json
        assert state["revisions"] == {"capital": 1} and state["over"] is False
        assert mei.post(road(quizzed, "/attempts/1/answers/none"), data={}).status_code == 404

    def test_a_late_answer_is_refused_in_words(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(minutes=10))
        mei = enrolled.browser("mei")
        mei.post(road(enrolled, "/attempts"))
        with clock.frozen_at(clock.now() + timedelta(minutes=11)):
            told = mei.post(
                road(enrolled, "/attempts/1/answers/capital"), data={"q-capital": "x", "base": 0}
            )
            assert (told.status_code, told.json["error"]["code"]) == (409, "over")
            assert "too late" in told.json["error"]["message"]
            assert mei.get(road(enrolled, "/attempts/1/state")).json["over"] is True
            assert "Time was over" in mei.get(road(enrolled, "/attempts/1")).text

    def test_a_form_from_an_old_window_overwrites_nothing(self, quizzed):
        mei = quizzed.browser("mei")
        mei.post(road(quizzed, "/attempts"))
        old = fields_of(mei.get(road(quizzed, "/attempts/1")).text)
        with quizzed.app.app_context():
            answer(db.session.scalars(select(QuizAttempt)).one(), "capital", "newer")
        mei.post(road(quizzed, "/attempts/1"), data=old | {"q-capital": "", "do": "save"})
        with quizzed.app.app_context():
            assert db.session.scalars(select(QuizAnswer)).one().response == "newer"
        assert "changed in another window" in mei.get(road(quizzed, "/attempts/1")).text

    def test_files_are_taken_within_limits_and_given_back_as_downloads(self, everything):
        mei = everything.browser("mei")
        mei.post(road(everything, "/attempts"))
        here = road(everything, "/attempts/1")

        def send(content, name):
            return mei.post(
                here, data={"do": "save", "q-report": (io.BytesIO(content), name)},
                content_type="multipart/form-data",
            )  # fmt: skip

        assert send(b"MZ", "run.exe").status_code == 422
        assert send(b"", "empty.pdf").status_code == 422
        assert send(PDF, "../<b>報告.pdf").status_code == 303
        with everything.app.app_context():
            file = db.session.scalars(select(QuizFile)).one()
            file_id = file.id
            assert "/" not in file.name
        got = mei.get(f"{here}/files/{file_id}")
        assert got.data == PDF
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in got.headers["Content-Security-Policy"]
        assert everything.browser("hao").get(f"{here}/files/{file_id}").status_code == 404
        assert send(PDF, "b.pdf").status_code == 303
        assert send(PDF, "c.pdf").status_code == 422
        assert mei.post(here, data={"remove": str(file_id)}).status_code == 303
        assert mei.get(f"{here}/files/{file_id}").status_code == 404

    def test_home_tells_of_what_is_under_way_and_due(self, quizzed):
        with quizzed.app.app_context():
            plan(quizzed.section(), due_at=clock.now() + timedelta(days=1))
        mei = quizzed.browser("mei")
        assert road(quizzed) in mei.get("/").text
        mei.post(road(quizzed, "/attempts"))
        assert "Quizzes under way" in mei.get("/").text

    def test_more_time_is_said_on_the_quizs_page(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(minutes=20))
            operations.give_accommodation(
                enrolled.person("lin"), enrolled.section(), enrolled.person("mei"),
                operations.Terms(extra_percent=50, reason="x"),
            )  # fmt: skip
        assert "You have more time than usual" in enrolled.browser("mei").get(road(enrolled)).text
        assert "more time than usual" not in enrolled.browser("hao").get(road(enrolled)).text

    def test_a_locked_quiz_says_what_opens_it(self, quizzed):
        with quizzed.app.app_context():
            plan(quizzed.section(), condition={"completed": "lesson:areas"})
        told = quizzed.browser("mei").get(road(quizzed))
        assert told.status_code == 403 and "Areas" in told.text


class TestKeysStayOnTheServer:
    """Marker strings stand wherever a key stands; no answer to a student holds one too early."""

    def reachable(self, cast, browser, number=1):
        """Every answer that a student can get, with headers."""
        here = road(cast, f"/attempts/{number}")
        with cast.app.app_context():
            names = [q["id"] for q in db.session.scalars(select(QuizAttempt)).first().questions]
        asked = [
            ("GET", road(cast)), ("GET", here), ("GET", f"{here}/review"), ("GET", f"{here}/state"),
            ("GET", f"/learn/{cast.code}"), ("GET", "/"), ("GET", "/notifications"),
            ("GET", "/courses/areas-and-squares"), ("POST", here),
            ("GET", f"{here}/answers/nothing"), ("POST", f"{here}/answers/nothing"),
            ("GET", f"/learn/{cast.code}/quizzes/other"),
            ("GET", desk(cast)), ("GET", desk(cast, "/check")),
            ("GET", desk(cast, "/check/statistics")),
            ("GET", desk(cast, "/check/remarking")), ("GET", desk(cast, "/check/attempts.csv")),
        ]  # fmt: skip
        for name in names:
            asked += [("GET", f"{here}/answers/{name}")]
            for value in ("x", "", "x" * 501, "0", "true"):
                asked.append(("POST", f"{here}/answers/{name}?{name}={value}"))
        for method, address in asked:
            address, _q, query = address.partition("?")
            name, _e, value = query.partition("=")
            data = {f"q-{name}": value, f"q-{name}.unit": "", "base": 99} if query else None
            told = browser.open(address, method=method, data=data)
            yield method, address, told.text + json.dumps(dict(told.headers), ensure_ascii=False)

    def secrets_of(self, cast):
        """What the keys hold: markers, and the computed number of the variant."""
        with cast.app.app_context():
            attempt = db.session.scalars(select(QuizAttempt)).first()
            return attempt.seed

    def test_while_she_works(self, everything):
        mei = everything.browser("mei")
        mei.post(road(everything, "/attempts"))
        seed = self.secrets_of(everything)
        for method, address, told in self.reachable(everything, mei):
            for secret in (MARKER, "0.0078125", '"correct"', '"origin"', '"accepted"', seed):
                assert secret not in told, (method, address, secret)

    def test_after_handing_in_until_the_quiz_has_closed_for_everybody(self, everything):
        now = clock.now()
        with everything.app.app_context():
            plan(everything.section(), closes_at=now + timedelta(hours=1))
            operations.give_accommodation(
                everything.person("lin"), everything.section(), everything.person("hao"),
                operations.Terms(closes_at=now + timedelta(hours=3), reason="x"),
            )  # fmt: skip
        mei = everything.browser("mei")
        mei.post(road(everything, "/attempts"))
        mei.post(road(everything, "/attempts/1/submission"))
        # The second: closed for mei, while hao may still begin.
        for later in (timedelta(0), timedelta(hours=2)):
            with clock.frozen_at(now + later):
                for method, address, told in self.reachable(everything, mei):
                    assert MARKER not in told, (method, address)
                    assert "0.0078125" not in told, (method, address)
        with clock.frozen_at(now + timedelta(hours=4)):
            assert f"{MARKER}-explained" in mei.get(road(everything, "/attempts/1")).text

    def test_of_an_earlier_attempt_while_another_is_open(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(attempts=2))
            take(enrolled, "mei")
        mei = enrolled.browser("mei")
        assert MARKER in mei.get(road(enrolled, "/attempts/1")).text
        mei.post(road(enrolled, "/attempts"))
        for number in (1, 2):
            assert MARKER not in mei.get(road(enrolled, f"/attempts/{number}")).text

    def test_never_where_the_quiz_says_never_nor_the_score(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(show="never"))
            take(enrolled, "mei", "colour")
        mei = enrolled.browser("mei")
        for address in (road(enrolled), road(enrolled, "/attempts/1"), f"/learn/{enrolled.code}"):
            page = mei.get(address).text
            assert MARKER not in page and "score-value" not in page, address

    def test_right_and_wrong_are_not_told_before_release_either(self, everything):
        mei = everything.browser("mei")
        mei.post(road(everything, "/attempts"))
        mei.post(road(everything, "/attempts/1/submission"))
        page = mei.get(road(everything, "/attempts/1")).text
        assert 'class="question-score"' not in page and "Wrong" not in page


class TestTheDesk:
    def test_shows_who_is_how_far(self, quizzed):
        with quizzed.app.app_context():
            take(quizzed, "mei", "colour")
        lin = quizzed.browser("lin")
        assert "Check yourself" in lin.get(desk(quizzed)).text
        page = lin.get(desk(quizzed, "/check")).text
        assert "Not begun" in page and 'score-value">2<' in page
        waiting = lin.get(desk(quizzed, "/check?state=not_begun")).text
        assert "Attempt 1" not in waiting
        assert "Attempt 1" in lin.get(desk(quizzed, "/check?q=mei")).text
        csv = lin.get(desk(quizzed, "/check/attempts.csv")).text
        assert csv.count("\n") == 3 and ",2.0,3.0," in csv

    def test_marks_an_essay_and_the_student_reads_it(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(single(), ESSAY))
            attempt = begin(enrolled)
            answer(attempt, "essay", "Because of <script>alert(1)</script>")
            operations.hand_in(enrolled.person("mei"), attempt)
            attempt_id = attempt.id
        lin = enrolled.browser("lin")
        assert "1 attempt waits for marks" in lin.get("/").text
        here = desk(enrolled, f"/check/attempts/{attempt_id}")
        page = lin.get(here).text
        assert f"{MARKER}-guide" in page and "<script>alert" not in page
        marked = lin.post(
            f"{here}/marks", data={"question": "essay", "points": "4.5", "comment": "Good: <b>"}
        )
        assert marked.headers["Location"].endswith("#question-essay")
        mei = enrolled.browser("mei")
        page = mei.get(road(enrolled, "/attempts/1")).text
        assert 'score-value">4.5<' in page and "Good: &lt;b&gt;" in page
        assert "Marked: Check yourself" in mei.get("/notifications").text
        for points in ("six", "9", "", "nan"):
            lin.post(f"{here}/marks", data={"question": "essay", "points": points})
        lin.post(f"{here}/marks", data={"question": "essay", "points": "1"})
        assert "Earlier marks" in lin.get(here).text

    def test_gives_accommodations_and_ends_them(self, quizzed):
        lin = quizzed.browser("lin")
        with quizzed.app.app_context():
            mei_id = quizzed.person("mei").id
        assert (
            f"/students/{mei_id}/quizzes"
            in lin.get(f"/teaching/{quizzed.code}/students/{mei_id}").text
        )
        here = f"/teaching/{quizzed.code}/students/{mei_id}/quizzes"
        assert lin.post(here, data={"quiz": "", "extra_percent": "25"}).status_code == 422
        assert lin.post(here, data={"quiz": "", "reason": "x"}).status_code == 422
        given = {
            "quiz": "check",
            "extra_percent": "25",
            "extra_attempts": "1",
            "reason": "Dyslexia",
        }
        assert lin.post(here, data=given).status_code == 303
        assert "25% more time" in lin.get(here).text
        with quizzed.app.app_context():
            row = db.session.scalars(select(Accommodation)).one()
        ended = lin.post(f"/teaching/{quizzed.code}/accommodations/{row.id}/end")
        assert ended.status_code == 303 and "Ended" in lin.get(here).text
        note = quizzed.browser("mei").get("/notifications").text
        assert "You were given more in quizzes" in note and "Dyslexia" not in note

    def test_opens_an_attempt_again_and_ends_one(self, quizzed):
        with quizzed.app.app_context():
            attempt_id = take(quizzed, "mei").id
        lin = quizzed.browser("lin")
        here = desk(quizzed, f"/check/attempts/{attempt_id}")
        assert lin.post(f"{here}/continuation", data={}).status_code == 422
        made = lin.post(f"{here}/continuation", data={"reason": "Power cut"})
        assert made.status_code == 303
        page = lin.get(made.headers["Location"]).text
        assert "at work on this attempt" in page and MARKER not in page
        assert lin.post(f"{made.headers['Location']}/end").status_code == 303
        assert "Ended by staff" in lin.get(made.headers["Location"]).text

    def test_marks_again_after_a_preview(self, quizzed):
        with quizzed.app.app_context():
            take(quizzed, "mei", "colour")
            place_quiz(quizzed.section(), quiz_document(single(right=2), SHORT))
        lin = quizzed.browser("lin")
        assert "See whether corrected keys change marks" in lin.get(desk(quizzed, "/check")).text
        page = lin.get(desk(quizzed, "/check/remarking")).text
        assert "colour (2 → 0)" in page
        lin.post(desk(quizzed, "/check/remarking"))
        assert "Nothing would change" in lin.get(desk(quizzed, "/check/remarking")).text
        page = quizzed.browser("mei").get(road(quizzed, "/attempts/1")).text
        assert "was corrected, and your answer was marked again" in page

    def test_statistics_say_how_options_were_chosen(self, quizzed):
        with quizzed.app.app_context():
            take(quizzed, "mei", "colour")
            take(quizzed, "hao", "colour", "capital")
            begin_later = place_quiz(quizzed.section(), quiz_document(), slug="unused")
            assert begin_later is not None
        lin = quizzed.browser("lin")
        page = lin.get(desk(quizzed, "/check/statistics")).text
        assert "83%" in page and "2 · 100%" in page and "from 10 attempts on" in page
        assert "No figures yet" in lin.get(desk(quizzed, "/unused/statistics")).text


class TestWhoMay:
    STAFF = ("", "/check", "/check/attempts.csv", "/check/statistics")

    @pytest.mark.parametrize(
        ("handle", "may"),
        [
            ("lin", 200), ("ping", 200), ("wang", 404),
            ("mei", 403), ("jia-office", 403), ("fang", 403),
        ],
    )  # fmt: skip
    def test_see_the_desk(self, quizzed, handle, may):
        browser = quizzed.browser(handle)
        for rest in self.STAFF:
            assert browser.get(desk(quizzed, rest)).status_code == may, rest

    def test_an_assistant_marks_but_grants_and_reopens_nothing(self, quizzed):
        with quizzed.app.app_context():
            attempt_id, mei_id = take(quizzed, "mei").id, quizzed.person("mei").id
        ping = quizzed.browser("ping")
        here = desk(quizzed, f"/check/attempts/{attempt_id}")
        assert (
            ping.post(f"{here}/marks", data={"question": "capital", "points": "1"}).status_code
            == 303
        )
        assert ping.post(f"{here}/continuation", data={"reason": "x"}).status_code == 404
        assert ping.post(f"{here}/end").status_code == 404
        assert ping.get(desk(quizzed, "/check/remarking")).status_code == 404
        assert ping.post(desk(quizzed, "/check/remarking")).status_code == 404
        more = f"/teaching/{quizzed.code}/students/{mei_id}/quizzes"
        assert ping.get(more).status_code == 200
        assert (
            ping.post(more, data={"quiz": "", "extra_percent": "9", "reason": "x"}).status_code
            == 404
        )

    @pytest.mark.parametrize("handle", ["wang", "guo", "fang", "ting", "yun"])
    def test_meet_a_quiz_only_in_their_own_section(self, quizzed, handle):
        browser = quizzed.browser(handle)
        assert browser.get(road(quizzed)).status_code == 404
        assert browser.post(road(quizzed, "/attempts")).status_code == 404

    def test_open_only_their_own_attempts(self, quizzed):
        with quizzed.app.app_context():
            begin(quizzed)
        hao = quizzed.browser("hao")
        for rest in ("", "/review", "/state", "/answers/capital"):
            assert hao.get(road(quizzed, f"/attempts/1{rest}")).status_code == 404, rest
        for rest in ("", "/submission", "/answers/capital"):
            assert hao.post(road(quizzed, f"/attempts/1{rest}")).status_code == 404, rest
        with quizzed.app.app_context():
            assert db.session.scalars(select(QuizAttempt)).one().submitted_at is None

    def test_an_attempt_is_not_reached_through_another_quiz_or_section(self, quizzed):
        with quizzed.app.app_context():
            attempt_id = take(quizzed, "mei").id
            place_quiz(quizzed.section(), quiz_document(), slug="other")
        lin = quizzed.browser("lin")
        assert lin.get(desk(quizzed, f"/other/attempts/{attempt_id}")).status_code == 404
        wang = quizzed.browser("wang")
        there = f"/teaching/{quizzed.other_code}/quizzes/check/attempts/{attempt_id}"
        assert wang.get(there).status_code == 404

    def test_staff_are_never_students_of_their_own_quiz(self, quizzed):
        lin = quizzed.browser("lin")
        assert "You are on the staff" in lin.get(road(quizzed)).text
        lin.post(road(quizzed, "/attempts"))
        with quizzed.app.app_context():
            assert db.session.scalars(select(QuizAttempt)).all() == []


def test_statements_do_not_grow_with_students_and_attempts(enrolled, count_queries):
    from tests.learning.people import student

    with enrolled.app.app_context():
        place_quiz(enrolled.section(), quiz_document(single(), SHORT, ESSAY, attempts=None))
        take(enrolled, "mei", "colour")
    lin = enrolled.browser("lin")
    pages = [
        desk(enrolled, rest) for rest in ("", "/check", "/check/attempts.csv", "/check/statistics")
    ]
    mine = [road(enrolled), f"/learn/{enrolled.code}"]

    def measure():
        mei = enrolled.browser("mei")
        found = []
        for browser, address in [(lin, a) for a in pages] + [(mei, a) for a in mine]:
            browser.get(address)
            with count_queries() as seen:
                assert browser.get(address).status_code == 200
            found.append(len(seen))
        return found

    few = measure()
    with enrolled.app.app_context():
        for number in range(6):
            student(f"extra-{number}")
        db.session.commit()
        enrolled.enrol(*(f"extra-{number}" for number in range(6)))
        for number in range(6):
            for _again in range(2):
                take(enrolled, f"extra-{number}", "capital")
        for _again in range(3):
            take(enrolled, "mei", "colour")
        for slug in ("b", "c"):
            place_quiz(enrolled.section(), quiz_document(), slug=slug)
    assert measure() == few


def test_an_answer_costs_few_statements(quizzed, count_queries):
    mei = quizzed.browser("mei")
    mei.post(road(quizzed, "/attempts"))
    to = road(quizzed, "/attempts/1/answers/capital")
    mei.post(to, data={"q-capital": "a", "base": 0})
    with count_queries() as seen:
        assert mei.post(to, data={"q-capital": "b", "base": 1}).status_code == 200
    assert len(seen) <= 30, seen


def test_marks_reach_whoever_keeps_grades_in_one_statement(quizzed, count_queries):
    from app.quizzes import queries

    with quizzed.app.app_context():
        take(quizzed, "mei", "colour")
        take(quizzed, "hao", "capital")
        section = quizzed.section()
        with count_queries() as seen:
            found = queries.kept_scores(section)
        assert len(seen) == 1
        assert {kept.score for kept in found.values()} == {Decimal(2), Decimal(1)}
