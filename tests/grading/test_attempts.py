"""Graded exactly once, whatever dies."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app import engine
from app.grading import operations, queries
from app.grading.models import CellScore
from app.grading.operations.claims import MOST_CLAIMS
from app.grading.rules import AttemptState
from app.kernel import blobs, clock
from app.kernel.database import db
from app.learning import queries as learning
from tests.grading.helpers import grade_with, hand_in, result


class TestAnAttempt:
    def test_keeps_cells_total_and_what_waits_for_a_person(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            assert grade_with(made, result(4.0))
            attempt = made.attempt
            assert attempt.state is AttemptState.GRADED
            assert (attempt.score, attempt.max_score, attempt.pending_count) == (4.0, 6.0, 1)
            progress = learning.progress_of(enrolled.person("mei"), made.section)["lab:squares"]
            assert (progress.score, progress.max_score) == (4.0, 6.0)
            assert progress.completed_at is not None

    def test_is_finished_by_the_last_claim_only(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            dead = operations.claim(made.attempt.id)
            alive = operations.claim(made.attempt.id)
            assert dead is not None and alive is not None
            assert not operations.finish(
                made.attempt.id, dead[0], (result(0.0),), {"squares": b"[]"}
            )
            assert operations.finish(made.attempt.id, alive[0], (result(4.0),), {"squares": b"[]"})
            assert not operations.finish(
                made.attempt.id, alive[0], (result(0.0),), {"squares": b"[]"}
            )
            assert made.attempt.score == 4.0
            assert len(db.session.scalars(select(CellScore)).all()) == 2

    def test_that_is_done_is_not_claimed_again(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result())
            assert operations.claim(made.attempt.id) is None

    def test_goes_back_to_the_queue_when_its_worker_could_not(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            claimed = operations.claim(made.attempt.id)
            assert claimed is not None
            operations.release(claimed._replace(token=uuid.uuid4()))
            assert made.attempt.state is AttemptState.RUNNING
            operations.release(claimed)
            assert made.attempt.state is AttemptState.QUEUED

    def test_ends_with_a_reason_when_it_could_not_be_graded_three_times(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            for _try in range(MOST_CLAIMS):
                claimed = operations.claim(made.attempt.id)
                assert claimed is not None
                operations.release(claimed)
            assert made.attempt.state is AttemptState.FAILED
            assert made.attempt.reason_code == "engine_fault"
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares").text
        assert "Grading failed for a reason that is not in your work" in page

    def test_loses_no_try_to_a_machine_that_cannot_grade_at_all(self, enrolled, monkeypatch):
        def cannot(*_args, **_options):
            raise engine.EngineUnavailable("no namespaces here")

        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            monkeypatch.setattr(engine, "grade", cannot)
            for _try in range(MOST_CLAIMS + 1):
                with pytest.raises(engine.EngineUnavailable):
                    operations.run_attempt(made.attempt.id)
            assert (made.attempt.state, made.attempt.claim_count) == (AttemptState.QUEUED, 0)

    def test_ends_with_a_reason_after_it_took_three_workers_with_it(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            for _death in range(MOST_CLAIMS):
                assert operations.claim(made.attempt.id) is not None
            assert operations.claim(made.attempt.id) is None
            assert made.attempt.state is AttemptState.FAILED
            assert made.attempt.reason_code == "worker_died"

    def test_withholds_the_score_of_what_was_tampered_with(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0, state="tampered"))
            assert made.attempt.state is AttemptState.TAMPERED
            assert made.attempt.score is None
            assert queries.best_of(made.section_id, made.person_id, "squares") is None

    def test_fails_with_the_engines_reason_when_nothing_could_be_run(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            broken = result(
                state="failed", reason="Too many cells", reason_code="many", cells=(), executed=b""
            )
            grade_with(made, broken)
            assert made.attempt.state is AttemptState.FAILED
            assert made.attempt.reason == "Too many cells"


class TestRunAttempt:
    def test_grades_with_the_real_engine(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            operations.run_attempt(made.attempt.id)
            assert made.attempt.state is AttemptState.GRADED
            assert (made.attempt.score, made.attempt.pending_count) == (4.0, 1)
            (notebook,) = made.attempt.notebooks
            shown = str(queries.feedback_blocks(notebook))
            assert "range(n)" in shown
            assert "[0, 1, 4, 9, 16]" not in shown, "a hidden test is never shown"

    def test_gives_the_attempt_back_when_the_lab_cannot_be_read(self, enrolled, instance):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            file = next(f for f in made.lab_version.files if f.path == "data/numbers.csv")
            path = instance / "blobs" / file.blob[:2] / file.blob[2:]
            content = path.read_bytes()
            path.unlink()
            try:
                with pytest.raises(blobs.BlobMissing):
                    operations.run_attempt(made.attempt.id)
            finally:
                path.write_bytes(content)
            assert made.attempt.state is AttemptState.QUEUED


def tickets() -> int:
    """How many tickets wait on the queue."""
    statement = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'grading.tasks.grade'"
    return db.session.execute(text(statement)).scalar_one()


class TestRequeueForgotten:
    def test_gives_a_ticket_to_what_waits_without_one_and_leaves_the_rest(self, enrolled):
        with enrolled.app.app_context():
            for handle in ("mei", "hao"):
                hand_in(enrolled, handle)
            db.session.execute(text("DELETE FROM procrastinate_jobs"))
            db.session.commit()
            assert operations.requeue_forgotten() == 0, "they are only just there"
            with clock.frozen_at(clock.now() + timedelta(minutes=2)):
                assert operations.requeue_forgotten() == 2
                assert operations.requeue_forgotten() == 0
            assert tickets() == 2

    def test_brings_back_what_runs_under_a_ticket_that_is_gone(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            (ticket,) = db.session.scalars(text("SELECT id FROM procrastinate_jobs")).all()
            assert operations.claim_next(ticket) is not None
            with clock.frozen_at(clock.now() + timedelta(minutes=2)):
                assert operations.requeue_forgotten() == 0, "its ticket is still there"
                assert made.attempt.state is AttemptState.RUNNING
                db.session.execute(text("DELETE FROM procrastinate_jobs"))
                assert operations.requeue_forgotten() == 1
            assert made.attempt.state is AttemptState.QUEUED


class TestManualScore:
    def test_adds_to_the_total_and_is_kept_when_it_changes(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            lin, cell = enrolled.person("lin"), operations.CellRef("squares", "why")
            operations.give_score(lin, made, cell, 1.0, "Say more.")
            assert (made.attempt.score, made.attempt.pending_count) == (5.0, 0)
            operations.give_score(lin, made, cell, 2.0, "Good.")
            assert made.attempt.score == 6.0
            db.session.refresh(made)
            assert [(m.score, m.superseded_at is None) for m in made.manual_scores] in (
                [(1.0, False), (2.0, True)],
                [(2.0, True), (1.0, False)],
            )

    @pytest.mark.parametrize("points", [-0.5, 2.5, float("nan"), float("inf")])
    def test_is_refused_outside_what_the_cell_is_worth(self, enrolled, points):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            cell = operations.CellRef("squares", "why")
            with pytest.raises(operations.ScoreOutOfRange):
                operations.give_score(enrolled.person("lin"), made, cell, points, "")
            assert made.attempt.pending_count == 1

    def test_is_refused_while_the_submission_waits(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            cell = operations.CellRef("squares", "why")
            with pytest.raises(operations.NotGradable):
                operations.give_score(enrolled.person("lin"), made, cell, 1.0, "")

    def test_survives_a_regrade(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(0.0))
            lin = enrolled.person("lin")
            operations.give_score(lin, made, operations.CellRef("squares", "why"), 2.0, "")
            operations.regrade(lin, made)
            db.session.refresh(made)
            assert len(made.attempts) == 2
            grade_with(made, result(4.0))
            assert [a.score for a in made.attempts] == [2.0, 6.0]
