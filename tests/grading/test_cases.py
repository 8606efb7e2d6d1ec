"""When the checks around the tests did not hold: notice, answer, a person's decision."""

import threading

import pytest

from app import engine
from app.grading import operations, queries
from app.grading.rules import AttemptState, CaseDecision
from app.kernel.database import db
from app.labs.operations import roads
from tests.engine import build
from tests.grading.helpers import grade_with, hand_in
from tests.grading.tampering import EXECUTED, decide, mails, tampered, text_of, the_case


class TestNotice:
    def test_reaches_the_student_in_words_that_accuse_nobody(self, stage):
        with stage.app.app_context():
            (mail,) = mails(stage.person("mei").email)
            assert "沒有任何決定" in mail and stage.case in mail
        browser = stage.browser("mei")
        home = browser.get("/").text
        assert "A person looks at your work" in home and stage.case in home
        page = browser.get(stage.case).text
        assert "Nothing has been decided" in page and "What happens next" in page
        for word in ("cheat", "tamper", "misconduct", "interfere"):
            assert word not in page.split("<main", 1)[1].lower()

    def test_reaches_everyone_who_can_decide_and_nobody_else(self, stage):
        with stage.app.app_context():
            for handle in ("lin", "ping"):
                (mail,) = mails(stage.person(handle).email)
                assert stage.case in mail
            for handle in ("wang", "hao", "fang", "guo"):
                assert mails(stage.person(handle).email) == []
        for handle in ("lin", "ping"):
            home = stage.browser(handle).get("/").text
            assert "Attempts to decide" in home and stage.case in home
        assert "to decide" not in stage.browser("wang").get("/").text

    def test_stands_where_the_score_would_stand(self, stage):
        browser = stage.browser("mei")
        for page in (
            browser.get(f"/learn/{stage.code}/labs/squares").text,
            browser.get(f"/submissions/{stage.submission_id}").text,
        ):
            assert "Score withheld" in page and stage.case in page

    def test_withholds_scores_that_the_engine_kept(self, enrolled):
        with enrolled.app.app_context():
            kept = tampered(
                cells=(
                    engine.CellResult("test-squares", 3.75, 4.0, "tampered", "shared", "test"),
                    engine.CellResult("why", None, 2.0, "manual", "shared", "solution"),
                )
            )
            made = hand_in(enrolled, "mei")
            grade_with(made, kept)
            addresses = [f"/learn/{enrolled.code}/labs/squares", f"/submissions/{made.id}"]
            case = made.attempt.case
            for address in addresses:
                assert "3.75" not in enrolled.browser("mei").get(address).text
            operations.decide(enrolled.person("lin"), case, CaseDecision.CLEARED)
            db.session.refresh(made.attempt)
            assert (made.attempt.score, made.attempt.pending_count) == (3.75, 1)
        for address in addresses:
            assert "3.75" in enrolled.browser("mei").get(address).text


class TestWhoMaySee:
    @pytest.mark.parametrize(
        ("handle", "status"),
        [("mei", 200), ("lin", 200), ("ping", 200)]
        + [(who, 404) for who in ("hao", "wang", "jia-office", "yun", "guo", "fang", "ting")],
    )
    def test_a_case(self, stage, handle, status):
        assert stage.browser(handle).get(stage.case).status_code == status

    def test_the_evidence_is_for_graders(self, stage):
        page = stage.browser("lin").get(stage.case).text
        assert "assert hidden == 7" in page and "AssertionError" in page
        assert "builtins.len = None" in page and "&lt;b&gt;hello&lt;/b&gt;" in page
        assert "\x1b" not in page
        shown = stage.browser("mei").get(stage.case).text
        assert "hidden == 7" not in shown and "executed" not in shown

    @pytest.mark.parametrize(
        ("handle", "status"),
        [("lin", 200), ("ping", 200), ("mei", 404), ("hao", 404), ("wang", 404), ("fang", 404)],
    )
    def test_the_executed_notebook(self, stage, handle, status):
        answer = stage.browser(handle).get(f"{stage.case}/executed/squares")
        assert answer.status_code == status
        if status == 200:
            assert answer.data == EXECUTED
            assert answer.headers["Content-Disposition"].startswith("attachment")
        assert stage.browser("lin").get(f"{stage.case}/executed/other").status_code == 404

    @pytest.mark.parametrize("handle", ["mei", "hao", "wang", "jia-office", "fang", "ting"])
    def test_a_decision_is_taken_from_nobody_else(self, stage, handle):
        assert decide(stage, handle, "cleared").status_code == 404
        with stage.app.app_context():
            assert the_case(stage).decision is None

    @pytest.mark.parametrize("handle", ["lin", "ping", "hao", "wang", "fang"])
    def test_an_answer_is_taken_from_nobody_else(self, stage, handle):
        answer = stage.browser(handle).post(f"{stage.case}/answer", data={"answer": "It was I"})
        assert answer.status_code == 404
        with stage.app.app_context():
            assert the_case(stage).answer is None

    def test_a_case_about_ones_own_work_is_not_among_those_to_decide(self, stage):
        with stage.app.app_context():
            section = stage.section()
            assert queries.cases_to_decide(stage.person("mei"), [section.id]) == []
            assert len(queries.cases_to_decide(stage.person("lin"), [section.id])) == 1


class TestTheAnswer:
    def test_can_be_changed_until_the_decision_and_is_read_by_the_grader(self, stage):
        mei = stage.browser("mei")
        for words in ("我覆寫了 len，\n不是故意的。", "I redefined len & did not know."):
            answer = mei.post(f"{stage.case}/answer", data={"answer": words}, follow_redirects=True)
            assert "Saved" in answer.text
        page = stage.browser("lin").get(stage.case).text
        assert "I redefined len &amp; did not know." in page and "覆寫" not in page
        assert "the student has answered" in stage.browser("lin").get("/").text
        assert decide(stage, "lin", "cleared").status_code == 200
        late = mei.post(f"{stage.case}/answer", data={"answer": "More"}, follow_redirects=True)
        assert "has decided this already" in late.text
        with stage.app.app_context():
            assert the_case(stage).answer == "I redefined len & did not know."

    @pytest.mark.parametrize(
        ("words", "told"),
        [("", "Write what you want to say"), ("  \n ", "Write"), ("x" * 2001, "at most 2,000")],
    )
    def test_is_refused_with_words_and_keeps_what_was_typed(self, stage, words, told):
        answer = stage.browser("mei").post(f"{stage.case}/answer", data={"answer": words})
        assert answer.status_code == 422 and told in answer.text
        assert not words.strip() or words in answer.text
        with stage.app.app_context():
            assert the_case(stage).answer is None

    def test_may_be_as_long_as_it_says_with_line_ends_as_browsers_send_them(self, stage):
        words = "x\r\n" * 999 + "yz"
        answer = stage.browser("mei").post(f"{stage.case}/answer", data={"answer": words})
        assert answer.status_code == 303
        with stage.app.app_context():
            assert the_case(stage).answer == words.replace("\r\n", "\n")


SILENCED = """def squares(n):
    return []
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])"""


class TestARealAttempt:
    @pytest.fixture
    def beside(self, monkeypatch, request):
        """The cast, whose lab's test is judged beside the student's code."""
        monkeypatch.setattr(engine, "plan_roads", lambda lab, *, limits=None: {})
        monkeypatch.setattr(roads, "_plans", {})
        return request.getfixturevalue("enrolled")

    def test_that_silences_the_tests_is_found_looked_at_and_given_points(self, beside):
        silenced = build.notebook(
            build.solution(SILENCED, "squares"),
            build.test("assert True", "test-squares", points=4),
            build.answer("Because.", "why", points=2),
        )
        with beside.app.app_context():
            made = hand_in(beside, "mei", {"squares.ipynb": silenced})
            operations.run_attempt(made.attempt.id)
            assert made.attempt.state is AttemptState.TAMPERED
            case = f"/cases/{made.attempt.case.id}"
            address = f"/submissions/{made.id}"
        lin = beside.browser("lin")
        page = lin.get(case).text
        assert "input_transformers_cleanup" in page and "assert squares(5)" in page
        assert "assert squares(5)" not in beside.browser("mei").get(case).text
        shown = lin.post(f"{case}/decision", data={"decision": "cleared"}, follow_redirects=True)
        assert "Give points" in shown.text
        lin.post(
            f"{address}/scores",
            data={"notebook": "squares", "grade_id": "test-squares", "score": "1"},
        )
        assert "1 / 6" in text_of(beside.browser("mei").get(address).text)


def test_of_two_graders_at_the_same_moment_one_decides_and_the_other_is_told(committed):
    with committed.app.app_context():
        made = hand_in(committed, "mei")
        grade_with(made, tampered())
        case_id = made.attempt.case.id
    start = threading.Barrier(2)
    outcomes = []

    def judge(handle, decision):
        with committed.app.app_context():
            person = committed.person(handle)
            case = queries.case_visible_to(person, case_id)
            start.wait(10)
            try:
                operations.decide(person, case, decision, "A reason.")
                outcomes.append("decided")
            except operations.AlreadyDecided as refusal:
                outcomes.append(str(refusal.message))

    threads = [
        threading.Thread(target=judge, args=("lin", CaseDecision.CLEARED)),
        threading.Thread(target=judge, args=("ping", CaseDecision.CONFIRMED)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcome == "decided" for outcome in outcomes) == [False, True]
    assert any("已經決定過了" in outcome for outcome in outcomes)
