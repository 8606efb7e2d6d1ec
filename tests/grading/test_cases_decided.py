"""What comes of a case: cleared, confirmed, or not decided yet."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.grading import operations, queries
from app.grading.rules import AttemptState, CaseDecision
from app.kernel.audit import AuditEntry
from app.kernel.database import db
from app.learning import queries as learning
from tests.grading.helpers import grade_with, hand_in, result
from tests.grading.tampering import decide, mails, tampered, the_case


class TestTheDecision:
    def test_to_clear_makes_it_count_and_leaves_the_withheld_points_to_a_person(self, stage):
        answer = decide(stage, "ping", "cleared", "All is well.")
        assert "waits for your points" in answer.text
        with stage.app.app_context():
            case = the_case(stage)
            assert case.attempt.state is AttemptState.GRADED
            assert (case.attempt.score, case.attempt.pending_count) == (0.0, 2)
            submission = case.attempt.submission
            operations.give_score(
                stage.person("ping"),
                submission,
                operations.CellRef("squares", "test-squares"),
                4,
                "",
            )
            best = queries.best_of(submission.section_id, submission.person_id, "squares")
            assert best is not None and best.score == 4.0
            assert "All is well." in mails(stage.person("mei").email)[-1]
        page = stage.browser("mei").get(stage.case).text
        assert "counts like any other" in page and "All is well." in page
        assert "Decided: it counts." in stage.browser("mei").get("/").text
        assert "to decide" not in stage.browser("lin").get("/").text

    def test_to_confirm_keeps_the_score_away_and_tells_why(self, stage):
        decide(stage, "lin", "confirmed", "The tests were <silenced>.")
        with stage.app.app_context():
            case = the_case(stage)
            assert case.attempt.state is AttemptState.TAMPERED and case.attempt.score is None
            assert "The tests were <silenced>." in mails(stage.person("mei").email)[-1]
        mei = stage.browser("mei")
        assert "The tests were &lt;silenced&gt;." in mei.get(stage.case).text
        assert "No score" in mei.get(f"/submissions/{stage.submission_id}").text

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ({}, "Choose one of the two."),
            ({"decision": "rerun"}, ""),
            ({"decision": "guilty"}, ""),
            ({"decision": "confirmed", "reason": "  "}, "why this attempt gets no score"),
            ({"decision": "cleared", "reason": "x" * 2001}, "at most 2,000"),
        ],
    )
    def test_is_refused_with_words_when_something_is_missing(self, stage, data, told):
        answer = stage.browser("lin").post(f"{stage.case}/decision", data=data)
        assert answer.status_code == 422 and told in answer.text
        with stage.app.app_context():
            assert the_case(stage).decided_at is None

    def test_is_made_once_and_the_second_grader_is_told_by_whom(self, stage):
        decide(stage, "lin", "cleared")
        answer = decide(stage, "ping", "confirmed", "No.")
        with stage.app.app_context():
            assert f"{stage.person('lin').name} has decided this already" in answer.text
            assert the_case(stage).decision is CaseDecision.CLEARED

    def test_is_written_into_the_audit_trail_with_the_notice_and_the_answer(self, stage):
        stage.browser("mei").post(f"{stage.case}/answer", data={"answer": "Sorry"})
        decide(stage, "lin", "confirmed", "Silenced.")
        with stage.app.app_context():
            rows = db.session.execute(
                select(AuditEntry.verb, AuditEntry.actor_id)
                .where(AuditEntry.verb.startswith("case."))
                .order_by(AuditEntry.id)
            ).all()
            assert rows == [
                ("case.opened", None),
                ("case.answered", stage.person("mei").id),
                ("case.confirmed", stage.person("lin").id),
            ]

    def test_is_never_changed_by_the_database(self, stage):
        decide(stage, "lin", "cleared")
        with stage.app.app_context(), pytest.raises(IntegrityError, match="never changed"):
            db.session.execute(text("UPDATE tamper_cases SET reason = 'else'"))

    def test_about_an_older_submission_leaves_the_newer_one_alone(self, stage):
        with stage.app.app_context():
            newer = hand_in(stage, "mei")
            grade_with(newer, result(4.0))
            newer_id = newer.id
        assert "Attempts to decide" in stage.browser("lin").get("/").text
        decide(stage, "lin", "confirmed", "No.")
        with stage.app.app_context():
            mei = stage.person("mei")
            best = queries.best_of(stage.section().id, mei.id, "squares")
            assert best is not None and best.submission_id == newer_id and best.score == 4.0


class TestWithoutADecision:
    def test_an_earlier_better_submission_goes_on_counting(self, enrolled):
        with enrolled.app.app_context():
            first = hand_in(enrolled, "mei")
            grade_with(first, result(4.0))
            grade_with(hand_in(enrolled, "mei"), tampered())
            best = queries.best_of(first.section_id, first.person_id, "squares")
            assert best is not None and (best.number, best.score) == (1, 4.0)
            progress = learning.progress_of(enrolled.person("mei"), first.section)["lab:squares"]
            assert progress.score == 4.0

    def test_another_run_takes_the_place_of_the_attempt_and_ends_the_case(self, stage):
        stage.browser("mei").post(f"{stage.case}/answer", data={"answer": "A mistake"})
        stage.browser("lin").post(f"/submissions/{stage.submission_id}/attempts")
        with stage.app.app_context():
            assert the_case(stage).decision is CaseDecision.RERUN
            submission = queries.submission_visible_to(stage.person("lin"), stage.submission_id)
            grade_with(submission, tampered())
            db.session.expire_all()
            again = submission.attempt.case
            assert again.id != stage.case_id and again.answer == "A mistake"
        answer = decide(stage, "lin", "confirmed", "No.")
        assert "has decided this already: run again" in answer.text
