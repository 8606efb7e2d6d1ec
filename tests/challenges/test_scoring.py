"""Challenges: written, scored, scored again, and over; scores stay."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.challenges import operations, queries
from app.challenges.events import ChallengeEnded, ChallengeScored
from app.challenges.models import ChallengeEntry, ChallengeRun, ChallengeScore
from app.challenges.rules import EntryState
from app.datasets import queries as datasets
from app.datasets.rules import Access
from app.kernel import clock
from app.kernel.database import db
from app.notifications.models import Notification
from tests.challenges.field import ANSWERS, hand_in, how, make, notebook, off_by, settings, table


class TestWriting:
    def test_answers_are_a_hidden_data_set(self, enrolled, in_app):
        with in_app():
            answers = make(enrolled).evaluation.answers
            assert answers.access is Access.HIDDEN
            assert answers.rows == 10
            assert datasets.data_sets(enrolled.person("mei")).total == 0

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"answers": None}, "hidden answers"),
            ({"answers": b"id,y\nr0,1\nr0,2\n"}, "Row 3"),
            ({"answers": b"id,y\nr0,1\nr1,many\n"}, "not a number"),
            ({"answers": b"\xff\xfe"}, "not a CSV"),
            ({"answers": b"id,z\nr0,1\nr1,2\n"}, "Row 2"),
            ({"metric": "best"}, "Choose a metric"),
            ({"metric": "own"}, "Send the program"),
            ({"metric": "own", "program": b"def score(:"}, "not valid Python"),
            ({"metric": "own", "program": b"x = 1"}, "score(answers, predictions)"),
            ({"public_share": 1.0}, "5 to 95"),
        ],
    )
    def test_what_cannot_hold_is_said(self, enrolled, in_app, wrong, said):
        with in_app(), pytest.raises(operations.BadSettings) as refusal:
            make(enrolled, evaluation=how(**wrong))
        with in_app():
            from app.kernel.i18n import speaking

            with speaking("en"):
                assert said in str(refusal.value.message)

    def test_only_open_data_sets_can_be_named(self, enrolled, in_app):
        with in_app():
            hidden = make(enrolled).evaluation.answers.address
            with pytest.raises(operations.BadSettings):
                make(enrolled, slug="second", data=[hidden])

    def test_another_evaluation_is_another_version_and_keeps_the_seed(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            lin = enrolled.person("lin")
            first = challenge.evaluation
            same = operations.set_evaluation(lin, challenge, how(seed=None, answers=None))
            assert same.id == first.id
            second = operations.set_evaluation(lin, challenge, how(metric="rmse", answers=None))
            assert (second.number, second.seed, second.answers_id) == (2, "7", first.answers_id)
            first.metric = "r2"
            with pytest.raises(IntegrityError):
                db.session.flush()


class TestScoring:
    def test_a_file_gets_two_scores_with_all_that_they_were_made_of(self, enrolled, in_app, heard):
        with in_app():
            challenge = make(enrolled)
            entry = hand_in(enrolled, "mei", challenge, off_by(2))
            score = entry.score
            assert (entry.state, score.public, score.private) == (EntryState.SCORED, 2.0, 2.0)
            assert score.answers_digest == challenge.evaluation.answers.files[0]["digest"]
            assert score.predictions_digest == entry.blob
            assert {"python", "scikit-learn", "evaluator"} <= set(score.environment)
            assert heard == [ChallengeScored(challenge.id, entry.id)]
            operations.score_entry(entry.id)  # twice changes nothing
            assert len(entry.scores) == 1

    def test_a_notebook_is_run_with_the_open_data_and_once_only(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            code = "rows = ''.join(f'r{n},{n + 1}\\n' for n in range(10))\n"
            work = notebook(code + "open('predictions.csv', 'w').write('id,y\\n' + rows)")
            entry = hand_in(enrolled, "mei", challenge, work, "mine.ipynb")
            assert (entry.state, entry.score.public) == (EntryState.SCORED, 1.0)
            assert entry.score.predictions_digest == entry.predictions_blob != entry.blob

    def test_what_is_wrong_is_said_with_its_line_and_costs_no_attempt(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            rows = {f"r{n}": n for n in range(10)} | {"r4": "four"}
            entry = hand_in(enrolled, "mei", challenge, table(rows))
            assert (entry.state, entry.problem, entry.line) == (
                EntryState.INVALID, "file-not-a-number", 6,
            )  # fmt: skip
            assert queries.attempts(challenge, enrolled.person("mei").id).left == 3

    def test_an_evaluation_that_breaks_is_nobodys_fault(self, enrolled, in_app):
        with in_app():
            program = b"def score(answers, predictions):\n    return answers[99]\n"
            challenge = make(enrolled, evaluation=how(metric="own", program=program, seed="1"))
            entry = hand_in(enrolled, "mei", challenge, off_by(1))
            assert (entry.state, entry.problem) == (EntryState.FAILED, "evaluator")
            assert "IndexError" in entry.detail
            hand_in(enrolled, "hao", challenge, off_by(1))
            told = db.session.scalars(
                select(Notification).where(Notification.kind == "challenges.broken")
            ).all()
            staff = {row.person_id for row in enrolled.section().staff}
            assert {row.person_id for row in told} == staff and len(told) == len(staff)
            assert queries.attempts(challenge, enrolled.person("mei").id).left == 3

    def test_a_score_cannot_be_changed_in_the_database(self, enrolled, in_app):
        with in_app():
            entry = hand_in(enrolled, "mei", make(enrolled), off_by(1))
            entry.score.public = 0.0
            with pytest.raises(IntegrityError):
                db.session.flush()

    def test_a_worker_that_lost_its_claim_keeps_nothing(self, enrolled, in_app):
        from app.challenges.operations import scoring

        with in_app():
            entry = hand_in(enrolled, "mei", make(enrolled), off_by(1), score=False)
            old = scoring._claim(entry.id)
            new = scoring._claim(entry.id)
            outcome = scoring.run(old)
            assert scoring._finish(old, outcome) is False
            assert scoring._finish(new, outcome) is True
            assert len(db.session.scalars(select(ChallengeScore)).all()) == 1

    def test_what_waits_without_a_job_gets_one(self, enrolled, in_app, frozen):
        with in_app():
            entry = hand_in(enrolled, "mei", make(enrolled), off_by(1), score=False)
            db.session.execute(db.text("DELETE FROM procrastinate_jobs"))
            assert operations.requeue_forgotten() == 0  # it has only just come
            with frozen(clock.now() + timedelta(minutes=2)):
                assert operations.requeue_forgotten() == 1
                assert operations.requeue_forgotten() == 0
            operations.score_entry(entry.id)
            assert entry.state is EntryState.SCORED


class TestTheEnd:
    def test_waits_for_the_last_score_then_tells_everybody_once(
        self, enrolled, in_app, heard, frozen
    ):
        with in_app():
            challenge = make(enrolled)
            entry = hand_in(enrolled, "mei", challenge, off_by(1), score=False)
            assert operations.settle_what_is_over() == 0
            operations.end_early(enrolled.person("lin"), challenge)
            assert operations.settle_what_is_over() == 0  # one has no score yet
            operations.score_entry(entry.id)
            assert operations.settle_what_is_over() == 1
            assert operations.settle_what_is_over() == 0
            assert heard[-1] == ChallengeEnded(challenge.id)
            told = db.session.scalars(
                select(Notification).where(Notification.kind == "challenges.ended")
            ).all()
            assert [row.person_id for row in told] == [enrolled.person("mei").id]

    def test_its_date_stays_once_it_is_final(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            lin = enrolled.person("lin")
            operations.end_early(lin, challenge)
            operations.settle_what_is_over()
            with pytest.raises(operations.BadSettings):
                operations.edit(lin, challenge, settings(ends_at=clock.now() + timedelta(days=90)))


class TestScoringAgain:
    def test_supersedes_and_shows_what_changed(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            lin = enrolled.person("lin")
            entry = hand_in(enrolled, "mei", challenge, off_by(2))
            wrong = hand_in(enrolled, "mei", challenge, b"id,y\nr0,1\n")
            first = entry.score
            operations.set_evaluation(
                lin, challenge, how(answers=ANSWERS.replace(b"r0,0", b"r0,20"), seed=None)
            )
            run_id = operations.ask_to_score_again(lin, challenge)
            assert operations.ask_to_score_again(lin, challenge) == run_id
            operations.score_again(run_id)
            run = db.session.get_one(ChallengeRun, run_id)
            assert (run.done_count, run.entry_count, run.changed_count) == (2, 2, 1)
            assert (run.has_failed, run.finished_at is not None) == (False, True)
            db.session.expire_all()
            entry = db.session.get_one(ChallengeEntry, entry.id)
            assert entry.score.id != first.id
            assert db.session.get_one(ChallengeScore, first.id).superseded_at is not None
            assert entry.score.evaluation.number == 2
            assert db.session.get_one(ChallengeEntry, wrong.id).state is EntryState.INVALID

    def test_an_evaluation_that_breaks_leaves_the_scores_that_were(self, enrolled, in_app):
        with in_app():
            challenge = make(enrolled)
            lin = enrolled.person("lin")
            entry = hand_in(enrolled, "mei", challenge, off_by(2))
            program = b"def score(answers, predictions):\n    raise RuntimeError('mine')\n"
            operations.set_evaluation(
                lin, challenge, how(metric="own", program=program, answers=None)
            )
            operations.score_again(operations.ask_to_score_again(lin, challenge))
            db.session.expire_all()
            entry = db.session.get_one(ChallengeEntry, entry.id)
            assert (entry.state, entry.score.public) == (EntryState.SCORED, 2.0)
            assert "mine" in entry.detail


def test_an_entry_that_is_not_there_is_nothing(in_app, app):
    with in_app():
        operations.score_entry(uuid.uuid4())
