"""Attempts: beginning, answering, handing in, being over."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import operations as learning
from app.learning.models import ItemProgress
from app.learning.queries import ItemLocked
from app.notifications.models import Notification
from app.quizzes import operations, queries, tasks
from app.quizzes.models import QuizAnswer, QuizAttempt, QuizMark
from app.quizzes.operations import AttemptOver, NewerAnswer
from app.quizzes.rules import GRACE, Ending, Marker
from tests.quizzes.quizzing import (
    ESSAY,
    NUMBER,
    SHORT,
    answer,
    at,
    begin,
    meet,
    place_quiz,
    plan,
    quiz_document,
    right_answer,
    single,
    take,
    wrong_option,
)

MINUTE = timedelta(minutes=1)


def jobs_for(attempt):
    return db.session.execute(
        text(
            "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'quizzes.tasks.finish'"
            " AND args ->> 'attempt_id' = :id ORDER BY id"
        ),
        {"id": str(attempt.id)},
    ).scalars().all()  # fmt: skip


def progress(attempt):
    return db.session.scalars(
        select(ItemProgress).where(
            ItemProgress.person_id == attempt.person_id, ItemProgress.slug == attempt.slug
        )
    ).one()


class TestBeginning:
    def test_draws_questions_that_stay(self, quizzed, in_app):
        with in_app():
            first = begin(quizzed)
            drawn, seed = first.questions, first.seed
            again = begin(quizzed)
            assert (again.id, again.questions, again.seed) == (first.id, drawn, seed)
            assert first.number == 1 and first.max_score == 3

    def test_ends_when_there_are_no_attempts_left(self, quizzed, in_app):
        with in_app():
            take(quizzed, "mei")
            assert meet(quizzed).attempts_left == 0
            with pytest.raises(operations.NoAttemptLeft):
                begin(quizzed)

    def test_is_for_students_of_the_section(self, quizzed, in_app):
        with in_app(), pytest.raises(operations.NotAStudent):
            begin(quizzed, "lin")
        with in_app(), pytest.raises(NotVisible):
            begin(quizzed, "wang")

    def test_is_refused_once_the_quiz_or_the_section_is_closed(self, quizzed, in_app):
        with in_app():
            plan(quizzed.section(), closes_at=clock.now() - MINUTE)
            with pytest.raises(operations.QuizClosed):
                begin(quizzed)
            plan(quizzed.section())
            learning.close_section(quizzed.person("lin"), quizzed.section())
            with pytest.raises(operations.QuizClosed):
                begin(quizzed)

    def test_is_refused_while_the_quiz_is_locked_but_what_is_begun_stays_hers(
        self, quizzed, in_app
    ):
        with in_app():
            begin(quizzed, "hao")
            plan(quizzed.section(), condition={"completed": "lesson:areas"})
            with pytest.raises(ItemLocked):
                begin(quizzed)
            answer(begin(quizzed, "hao"), "capital")
            learning.complete_lesson(quizzed.person("mei"), quizzed.section(), "areas")
            assert begin(quizzed).number == 1


class TestAnswering:
    def test_keeps_the_newest_and_counts_revisions(self, quizzed, in_app):
        with in_app():
            attempt = begin(quizzed)
            assert operations.save_answer(attempt.id, "capital", "Tainan").answer.revision == 1
            assert operations.save_answer(attempt.id, "capital", "Taipei").answer.revision == 2
            assert operations.save_answer(attempt.id, "capital", "Taipei").answer.revision == 2

    def test_of_two_windows_the_later_typed_answer_wins_and_the_other_is_told(
        self, quizzed, in_app
    ):
        with in_app():
            attempt = begin(quizzed)
            now = clock.now() + MINUTE
            with at(now):
                operations.save_answer(attempt.id, "capital", "one", base=0)
                # This window was offline and typed before the other: its answer does not win.
                with pytest.raises(NewerAnswer) as told:
                    operations.save_answer(
                        attempt.id, "capital", "old", base=0, age=timedelta(seconds=30)
                    )
                assert told.value.answer.response == "one"
            with at(now + MINUTE):
                saved = operations.save_answer(attempt.id, "capital", "new", base=0)
                assert saved.replaced and saved.answer.response == "new"

    def test_refuses_what_no_form_sends(self, quizzed, in_app):
        from app import questions

        with in_app():
            attempt = begin(quizzed)
            for response in ({"a": 1}, ["x"], 7, "x" * 501):
                with pytest.raises(questions.BadResponse):
                    operations.save_answer(attempt.id, "capital", response)
            with pytest.raises(NotVisible):
                operations.save_answer(attempt.id, "nothing", "x")
            assert db.session.scalar(select(func.count()).select_from(QuizAnswer)) == 0

    def test_a_clock_that_is_wrong_on_her_device_wins_nothing(self, quizzed, in_app):
        with in_app():
            attempt = begin(quizzed)
            saved = operations.save_answer(
                attempt.id, "capital", "x", base=0, age=timedelta(days=-400)
            )
            assert saved.answer.answered_at <= clock.now()
            saved = operations.save_answer(
                attempt.id, "colour", None, base=0, age=timedelta(days=400)
            )
            assert saved.answer.answered_at >= attempt.started_at

    def test_a_form_leaves_alone_what_it_did_not_change(self, quizzed, in_app):
        from app.quizzes.operations import Given
        from app.quizzes.rules import fingerprint

        with in_app():
            attempt = begin(quizzed)
            answer(attempt, "capital", "first")
            seen = fingerprint("first")
            answer(attempt, "capital", "second")  # in another window
            saved = operations.save_form(attempt.id, [Given("capital", "first", 1, seen)])
            assert saved.kept_newer == ("capital",)
            saved = operations.save_form(attempt.id, [Given("capital", "third", 1, seen)])
            stored = db.session.scalars(select(QuizAnswer)).one()
            assert (saved.kept_newer, stored.response) == ((), "third")


class TestHandingIn:
    def test_scores_at_once_and_tells_learning(self, quizzed, in_app):
        with in_app():
            attempt = take(quizzed, "mei", "colour")
            assert (attempt.ending, attempt.score, attempt.max_score) == (Ending.HANDED_IN, 2, 3)
            row = progress(attempt)
            assert row.completed_at is not None and (row.score, row.max_score) == (2.0, 3.0)
            assert queries.kept_scores(quizzed.section())[
                (attempt.person_id, "check")
            ].score == Decimal(2)

    def test_twice_changes_nothing(self, quizzed, in_app):
        with in_app():
            attempt = take(quizzed, "mei", "colour")
            at_first = attempt.submitted_at
            again = operations.hand_in(quizzed.person("mei"), attempt)
            assert again.submitted_at == at_first
            assert db.session.scalar(select(func.count()).select_from(QuizMark)) == 2

    def test_takes_no_answer_afterwards(self, quizzed, in_app):
        with in_app():
            attempt = take(quizzed, "mei")
            with pytest.raises(AttemptOver):
                answer(attempt, "colour")

    def test_waits_for_a_person_only_where_something_was_written(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(single(), ESSAY, attempts=2))
            assert take(enrolled, "mei", "colour").waiting_count == 0
            attempt = begin(enrolled)
            answer(attempt, "essay", "Because.")
            operations.hand_in(enrolled.person("mei"), attempt)
            assert attempt.waiting_count == 1 and attempt.score == 0

    def test_below_the_pass_mark_is_not_completed(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(attempts=2, pass_percent=100))
            attempt = take(enrolled, "mei", "colour")
            assert progress(attempt).completed_at is None
            take(enrolled, "mei", "colour", "capital")
            db.session.expire_all()
            assert progress(attempt).completed_at is not None
            assert progress(attempt).score == 3.0

    @pytest.mark.parametrize(("how", "score"), [("best", 3.0), ("last", 1.0), ("average", 2.0)])
    def test_keeps_the_score_that_the_quiz_says(self, enrolled, in_app, how, score):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(attempts=None, keep=how))
            take(enrolled, "mei", "colour", "capital")
            attempt = take(enrolled, "mei", "capital")
            assert progress(attempt).score == score

    def test_a_score_that_is_never_shown_does_not_reach_the_course_page(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(show="never"))
            attempt = take(enrolled, "mei", "colour")
            row = progress(attempt)
            assert row.completed_at is not None and row.score is None
            assert queries.kept_scores(enrolled.section())[(attempt.person_id, "check")].score == 2

    def test_opens_what_waited_for_its_score(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(attempts=None))
            place_quiz(enrolled.section(), quiz_document(SHORT), slug="second")
            plan(enrolled.section(), "second", condition={"score": "quiz:check", "least": 0.6})
            take(enrolled, "mei", "capital")
            with pytest.raises(ItemLocked):
                begin(enrolled, slug="second")
            take(enrolled, "mei", "colour")
            assert begin(enrolled, slug="second").number == 1


class TestTime:
    @pytest.fixture
    def timed(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(minutes=30, attempts=3))
        return enrolled

    def test_a_job_waits_for_the_end(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            assert attempt.deadline_at == attempt.started_at + 30 * MINUTE
            assert jobs_for(attempt) == [attempt.deadline_at + GRACE]

    def test_the_worker_hands_in_what_was_saved(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            answer(attempt, "colour")
            with at(attempt.deadline_at + GRACE):
                tasks.finish(attempt_id=str(attempt.id))
            db.session.refresh(attempt)
            assert (attempt.ending, attempt.score) == (Ending.TIME_OVER, 2)
            assert attempt.submitted_at == attempt.deadline_at
            note = db.session.scalars(select(Notification)).one()
            assert note.kind == "quizzes.time" and note.person_id == attempt.person_id

    def test_the_worker_leaves_alone_what_has_time(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            tasks.finish(attempt_id=str(attempt.id))
            tasks.finish_forgotten(0)
            assert attempt.submitted_at is None

    def test_what_was_forgotten_is_swept_up(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            with at(attempt.deadline_at + GRACE):
                tasks.finish_forgotten(0)
            db.session.refresh(attempt)
            assert attempt.ending is Ending.TIME_OVER

    def test_answers_on_their_way_are_taken_and_late_ones_are_not(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            end = attempt.deadline_at
            with at(end + GRACE - timedelta(seconds=1)):
                answer(attempt, "colour")
            with at(end + GRACE), pytest.raises(AttemptOver):
                answer(attempt, "capital")
            with at(end + GRACE):
                operations.hand_in(timed.person("mei"), attempt)
            assert (attempt.ending, attempt.score) == (Ending.TIME_OVER, 2)

    def test_an_accommodation_moves_the_end_of_an_attempt_under_way(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            given = operations.give_accommodation(
                timed.person("lin"), timed.section(), timed.person("mei"),
                operations.Terms(extra_percent=50, reason="Reads with a screen reader"),
            )  # fmt: skip
            db.session.refresh(attempt)
            assert attempt.deadline_at == attempt.started_at + 45 * MINUTE
            assert len(jobs_for(attempt)) == 2
            with at(attempt.started_at + 31 * MINUTE):
                tasks.finish(attempt_id=str(attempt.id))
                answer(attempt, "colour")
            operations.end_accommodation(timed.person("lin"), given)
            db.session.refresh(attempt)
            assert attempt.deadline_at == attempt.started_at + 30 * MINUTE

    def test_an_extension_of_the_section_counts_too(self, timed, in_app):
        with in_app():
            learning.grant_extension(
                timed.person("lin"), timed.section(), timed.person("mei"), time_factor=2
            )
            attempt = begin(timed)
            assert attempt.deadline_at == attempt.started_at + 60 * MINUTE

    def test_a_browsers_clock_at_zero_ends_only_what_is_over_by_what_holds_now(self, timed, in_app):
        with in_app():
            mei, attempt = timed.person("mei"), begin(timed)
            end = attempt.deadline_at
            operations.hand_in(mei, attempt, by_clock=True)
            assert attempt.submitted_at is None
            learning.grant_extension(timed.person("lin"), timed.section(), mei, time_factor=2)
            with at(end):
                operations.hand_in(mei, attempt, by_clock=True)
                assert attempt.submitted_at is None
                assert attempt.deadline_at == end + 30 * MINUTE
            with at(end + 30 * MINUTE):
                operations.hand_in(mei, attempt, by_clock=True)
            assert attempt.ending is Ending.TIME_OVER

    def test_dates_that_were_moved_later_count_when_the_old_end_comes(self, timed, in_app):
        with in_app():
            closes = clock.now() + 10 * MINUTE
            plan(timed.section(), closes_at=closes)
            attempt = begin(timed)
            assert attempt.deadline_at == closes
            plan(timed.section(), closes_at=closes + 10 * MINUTE)
            with at(closes + MINUTE):
                answer(attempt, "colour")
                tasks.finish(attempt_id=str(attempt.id))
            db.session.refresh(attempt)
            assert attempt.submitted_at is None
            assert attempt.deadline_at == closes + 10 * MINUTE

    def test_a_closed_section_ends_what_is_open(self, timed, in_app):
        with in_app():
            attempt = begin(timed)
            answer(attempt, "colour")
            learning.close_section(timed.person("lin"), timed.section())
            with pytest.raises(AttemptOver):
                answer(attempt, "capital")
            tasks.finish_forgotten(0)
            db.session.refresh(attempt)
            assert attempt.ending is Ending.TIME_OVER

    def test_more_attempts_are_hers_alone(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document())
            take(enrolled, "mei")
            take(enrolled, "hao")
            operations.give_accommodation(
                enrolled.person("lin"), enrolled.section(), enrolled.person("mei"),
                operations.Terms(slug="check", extra_attempts=1, reason="Was ill"),
            )  # fmt: skip
            assert begin(enrolled).number == 2
            with pytest.raises(operations.NoAttemptLeft):
                begin(enrolled, "hao")


class TestStaying:
    """The database itself keeps what is handed in."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE quiz_attempts SET submitted_at = now() - interval '1 day'",
            "UPDATE quiz_attempts SET questions = '[]'",
            "UPDATE quiz_attempts SET submitted_at = NULL, ending = NULL",
            "UPDATE quiz_answers SET response = '1'",
            "DELETE FROM quiz_answers",
            "UPDATE quiz_marks SET points = 0 WHERE points > 0",
        ],
    )
    def test_refuses(self, quizzed, in_app, statement):
        with in_app():
            take(quizzed, "mei", "colour")
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(text(statement))

    def test_lets_only_one_attempt_be_open(self, quizzed, in_app):
        with in_app():
            first = begin(quizzed)
            copy = {
                c.name: getattr(first, c.name)
                for c in QuizAttempt.__table__.columns if c.name not in ("id", "number")
            }  # fmt: skip
            refused = pytest.raises(IntegrityError, match="one_live_quiz_attempt")
            with refused, db.session.begin_nested():
                db.session.add(QuizAttempt(number=2, **copy))
                db.session.flush()


class TestMarking:
    @pytest.fixture
    def written(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(single(), ESSAY))
            attempt = begin(enrolled)
            answer(attempt, "colour")
            answer(attempt, "essay", "Because.")
            operations.hand_in(enrolled.person("mei"), attempt)
        return enrolled

    def attempt(self):
        return db.session.scalars(select(QuizAttempt)).one()

    def test_by_a_person_counts_and_the_student_is_told(self, written, in_app):
        with in_app():
            attempt = self.attempt()
            operations.give_mark(
                written.person("lin"), attempt, "essay", Decimal("3.5"), "Well argued."
            )
            assert (attempt.score, attempt.waiting_count) == (Decimal("5.5"), 0)
            assert progress(attempt).score == 5.5
            note = db.session.scalars(select(Notification)).one()
            assert note.kind == "quizzes.marks" and "5.5" in note.body["en"]

    def test_a_later_mark_supersedes_and_keeps_the_earlier(self, written, in_app):
        with in_app():
            attempt = self.attempt()
            for points in ("1", "4"):
                operations.give_mark(written.person("lin"), attempt, "essay", Decimal(points))
            rows = db.session.scalars(
                select(QuizMark)
                .where(QuizMark.question_id == "essay")
                .order_by(QuizMark.superseded_at.nulls_last(), QuizMark.marked_at)
            ).all()
            assert [row.points for row in rows] == [None, 1, 4]
            assert [row.superseded_at is None for row in rows] == [False, False, True]
            assert attempt.score == 6

    @pytest.mark.parametrize("points", ["-1", "5.01", "NaN", "Infinity"])
    def test_points_stay_within_what_the_question_is_worth(self, written, in_app, points):
        with in_app(), pytest.raises(operations.PointsOutOfRange):
            operations.give_mark(written.person("lin"), self.attempt(), "essay", Decimal(points))

    def test_waits_until_the_attempt_is_handed_in(self, quizzed, in_app):
        with in_app():
            attempt = begin(quizzed)
            with pytest.raises(operations.NotHandedIn):
                operations.give_mark(quizzed.person("lin"), attempt, "colour", Decimal(1))


class TestReopening:
    def test_a_new_attempt_takes_the_place_once_it_is_handed_in(self, quizzed, in_app):
        with in_app():
            attempt = take(quizzed, "mei", "colour")
            made = operations.reopen(quizzed.person("lin"), attempt, reason="The power failed")
            assert (made.number, made.questions) == (2, attempt.questions)
            assert meet(quizzed).kept.score == 2  # until the new one is handed in
            answer(made, "colour", wrong_option(made, "colour"))
            operations.hand_in(quizzed.person("mei"), made)
            assert meet(quizzed).kept.score == 0
            assert meet(quizzed).attempts_left == 0
            assert attempt.score == 2 and attempt.submitted_at is not None

    def test_needs_a_reason_and_happens_once(self, quizzed, in_app):
        with in_app():
            lin, attempt = quizzed.person("lin"), take(quizzed, "mei")
            with pytest.raises(operations.ReasonMissing):
                operations.reopen(lin, attempt, reason=" ")
            operations.reopen(lin, attempt, reason="Ill")
            with pytest.raises(operations.NothingToReopen):
                operations.reopen(lin, attempt, reason="Ill")

    def test_after_the_close_needs_a_later_one(self, quizzed, in_app):
        with in_app():
            attempt = take(quizzed, "mei")
            plan(quizzed.section(), closes_at=clock.now() - MINUTE)
            with pytest.raises(operations.QuizClosed):
                operations.reopen(quizzed.person("lin"), attempt, reason="Ill")
            later = clock.now() + 60 * MINUTE
            made = operations.reopen(quizzed.person("lin"), attempt, reason="Ill", closes_at=later)
            assert made.deadline_at == later

    def test_staff_can_end_an_attempt(self, quizzed, in_app):
        with in_app():
            attempt = begin(quizzed)
            answer(attempt, "colour")
            operations.end_by_staff(quizzed.person("lin"), attempt)
            assert (attempt.ending, attempt.score) == (Ending.BY_STAFF, 2)


class TestMarkingAgain:
    def test_by_a_corrected_key_shows_first_what_changes(self, quizzed, in_app):
        with in_app():
            lin = quizzed.person("lin")
            attempt = take(quizzed, "mei", "colour", "capital")
            before = right_answer(attempt, "colour")
            place_quiz(quizzed.section(), quiz_document(single(right=2), SHORT))
            desk = queries.quiz_desk(lin, quizzed.code, "check")
            plan_ = operations.preview_remarking(desk)
            assert plan_.looked_at == 1 and plan_.left_alone == ()
            assert [(c.before, c.after) for c in plan_.changes] == [(3, 1)]
            assert db.session.scalar(select(func.count()).select_from(QuizMark)) == 2
            operations.remark(lin, desk)
            db.session.expire_all()
            attempt = db.session.scalars(select(QuizAttempt)).one()
            assert attempt.score == 1 and progress(attempt).score == 1.0
            mark = next(m for m in attempt.marks if m.question_id == "colour")
            assert mark.marker is Marker.CORRECTED_KEY
            assert mark.question["key"]["correct"] != [before]
            assert operations.preview_remarking(desk).changes == ()

    def test_leaves_alone_what_is_another_question_now_and_what_a_person_marked(
        self, quizzed, in_app
    ):
        with in_app():
            lin, attempt = quizzed.person("lin"), take(quizzed, "mei", "colour")
            operations.give_mark(lin, attempt, "capital", Decimal(1))
            other = single(right=2)
            other["options"] = [*other["options"], {"text": {"en": "Black", "zh-Hant-TW": "黑"}}]
            place_quiz(quizzed.section(), quiz_document(other, SHORT | {"accepted": ["x"]}))
            plan_ = operations.preview_remarking(queries.quiz_desk(lin, quizzed.code, "check"))
            assert plan_.changes == () and plan_.left_alone == ("colour",)

    def test_keeps_the_numbers_of_a_variant(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(NUMBER))
            attempt = take(enrolled, "mei", "area")
            assert attempt.score == 2
            wrong = NUMBER | {"answer": "side * 4"}
            place_quiz(enrolled.section(), quiz_document(wrong))
            plan_ = operations.preview_remarking(
                queries.quiz_desk(enrolled.person("lin"), enrolled.code, "check")
            )
            side = int(right_answer(attempt, "area")["value"]) ** 0.5
            assert bool(plan_.changes) is (side != 4)
