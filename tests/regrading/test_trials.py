"""The trial: what a corrected lab would change, without changing anything."""

import pytest
from sqlalchemy import text

from app.gradebook import operations as gradebook
from app.gradebook import queries as books
from app.grading import operations as grading
from app.kernel.database import db
from app.regrading import operations, queries, tasks
from app.regrading.operations import works
from app.regrading.rules import Effect, RunState, Which, WorkState
from tests.engine import build
from tests.grading.helpers import hand_in, result
from tests.regrading.helpers import graded
from tests.regrading.trials import corrected, everything, let_count, look, pretend, try_out


class TestATrial:
    def test_changes_nothing_that_counts(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0)
            graded(enrolled, "hao", 4.0)
            corrected(enrolled)
            gradebook.bring_up_to_date(books.book_of(enrolled.section()))
            before = everything()
            regrade = look(enrolled)
            db.session.expire_all()
            assert everything() == before
            assert regrade.state is RunState.TRIED
            found = queries.summary_of(regrade)
            assert found.effects == {Effect.UP: 1, Effect.SAME: 1}

    def test_says_points_by_cell_and_the_whole_course(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0, 2.0)
            corrected(enrolled)
            (work,) = queries.works_in(look(enrolled, result(4.0, 2.0))).rows
            assert work.before is not None and work.after is not None
            assert (work.before["score"], work.after["score"]) == (2, 6)
            assert work.after["cells"]["squares/test-squares"] == [4, 4]
            assert list(work.course.values()) == [["33.33", "100.00"]]

    def test_takes_the_submission_that_counts_the_newest_or_all(self, enrolled):
        with enrolled.app.app_context():
            best = graded(enrolled, "mei", 3.0)
            newest = graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            for which, expected in (
                (Which.COUNTING, {best.id}),
                (Which.NEWEST, {newest.id}),
                (Which.ALL, {best.id, newest.id}),
            ):
                regrade = look(enrolled, which=which)
                found = {work.submission_id for work in queries.works_in(regrade).rows}
                assert found == expected, which

    def test_takes_only_those_that_failed_a_cell(self, enrolled):
        with enrolled.app.app_context():
            poor = graded(enrolled, "mei", 0.0)
            graded(enrolled, "hao", 4.0)
            corrected(enrolled)
            regrade = look(enrolled, failed_cell="squares/test-squares")
            assert [work.submission_id for work in queries.works_in(regrade).rows] == [poor.id]

    def test_is_refused_while_another_of_the_same_lab_is_at_work(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled)
            corrected(enrolled)
            try_out(enrolled)
            with pytest.raises(operations.AlreadyAtWork):
                try_out(enrolled)

    def test_needs_submissions_and_a_reason(self, enrolled):
        with enrolled.app.app_context():
            corrected(enrolled)
            with pytest.raises(operations.NothingToRegrade):
                try_out(enrolled)
            graded(enrolled)
            with pytest.raises(operations.ReasonNeeded):
                try_out(enrolled, reason=" ")

    def test_says_what_could_not_be_graded(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled)
            corrected(enrolled)
            regrade = look(enrolled, result(4.0, state="tampered"))
            (work,) = queries.works_in(regrade).rows
            assert work.state is WorkState.FAILED
            assert "checks around the tests" in (work.reason or "")

    def test_takes_a_result_under_the_last_claim_only(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled)
            corrected(enrolled)
            regrade = try_out(enrolled)
            ((work_id, _state),) = operations.open_works(regrade.id)
            dead, alive = operations.claim_work(work_id), operations.claim_work(work_id)
            assert dead is not None and alive is not None
            plain = [grading.plain_result(result(1.0), b"[]")]
            assert not operations.keep_result(dead, plain)
            assert operations.keep_result(alive, plain)

    def test_gives_up_what_took_three_workers_with_it(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled)
            corrected(enrolled)
            regrade = try_out(enrolled)
            ((work_id, _state),) = operations.open_works(regrade.id)
            for _death in range(works.MOST_CLAIMS):
                assert operations.claim_work(work_id) is not None
            assert operations.claim_work(work_id) is None
            operations.conclude(regrade.id)
            assert regrade.state is RunState.TRIED
            assert queries.summary_of(regrade).count(WorkState.FAILED) == 1

    def test_that_was_forgotten_gets_its_jobs_back(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled)
            corrected(enrolled)
            regrade = try_out(enrolled)
            assert operations.requeue_forgotten() == 0
            db.session.execute(text("DELETE FROM procrastinate_jobs"))
            db.session.commit()
            assert operations.requeue_forgotten() == 1
            ((work_id, _state),) = operations.open_works(regrade.id)
            pretend(work_id, result(4.0))
            db.session.execute(text("DELETE FROM procrastinate_jobs"))
            db.session.commit()
            assert operations.requeue_forgotten() == 1, "nobody has concluded it"

    def test_grades_with_the_real_engine(self, enrolled):
        with enrolled.app.app_context():
            wrong = build.notebook(
                build.solution("def squares(n):\n    return []", "squares"),
                build.test("assert squares(3) == [0, 1, 4]", "test-squares", points=4),
                build.answer("Because squares are areas.", "why", points=2),
            )
            made = hand_in(enrolled, "mei", {"squares.ipynb": wrong})
            grading.run_attempt(made.attempt.id)
            assert made.attempt.score == 0
            corrected(enrolled)
            regrade = try_out(enrolled)
            ((work_id, _state),) = operations.open_works(regrade.id)
            tasks.grade_again(work_id=str(work_id))
            tasks.conclude(regrade_id=str(regrade.id))
            let_count(enrolled, regrade)
            db.session.expire_all()
            assert (made.attempt.number, made.attempt.score) == (2, 4)
