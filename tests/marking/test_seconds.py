"""Two graders: independent until both have given, settled when close, else by a word."""

from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.grading import operations as grading
from app.grading.models import ManualScore, Submission
from app.grading.operations import ScoreOutOfRange
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import operations as learning
from app.learning.rules import StaffRole
from app.marking.models import Opinion, Proposal, Settlement
from app.marking.operations import seconds as operations
from app.marking.queries import seconds as queries
from app.marking.queries import seconds_agreement as agreements
from app.marking.queries import shares
from app.marking.rules.seconds import Settled
from app.marking.rules.sharing import Agreeing, Sharing
from app.quizzes import operations as quizzes
from app.quizzes.models import QuizAttempt
from tests.gradebook.test_together import in_parallel
from tests.grading.conftest import committed  # noqa: F401
from tests.marking.people import ITEM, PART, plan_with, works_in
from tests.quizzes.quizzing import ESSAY, answer, begin, place_quiz, quiz_document


def give(cast, handle, work, points, comment="", part=PART):
    return operations.record(cast.person(handle), work, part, Decimal(points), comment)


def counting(work):
    """The points that count for the cell, as the student would see them."""
    return db.session.scalars(
        select(ManualScore.score).where(
            ManualScore.submission_id == work.id, ManualScore.superseded_at.is_(None)
        )
    ).all()


@pytest.fixture
def doubled(enrolled, in_app):
    """mei's work, which lin and ping mark; a quarter of the points apart is close enough."""
    with in_app():
        works_in(enrolled, "mei")
        plan_with(enrolled, "lin", "ping", seconds_percent=100, threshold=25)
    return enrolled


def work_of(cast):
    return db.session.scalars(select(Submission)).one()


class TestTwoMark:
    def test_without_a_second_look_points_count_at_once(self, enrolled, in_app):
        with in_app():
            (work,) = works_in(enrolled, "mei")
            done = give(enrolled, "lin", work, "1.5")
            assert done.counts and counting(work) == [1.5]
            assert not db.session.scalars(select(Opinion)).all()

    def test_the_first_counts_nothing_until_the_second_has_given(self, doubled, in_app):
        with in_app():
            work = work_of(doubled)
            assert queries.due(doubled.section(), ITEM, [work.id]) == {work.id}
            done = give(doubled, "lin", work, 2)
            assert done.state == "waits" and counting(work) == []
            assert work.attempt.score == 4 and work.attempt.pending_count == 1
            assert queries.done_by(doubled.person("lin"), doubled.section(), ITEM) == {work.id}
            assert not queries.done_by(doubled.person("ping"), doubled.section(), ITEM)

    def test_each_sees_only_her_own(self, doubled, in_app):
        with in_app():
            work = work_of(doubled)
            give(doubled, "lin", work, 2, "secret praise")
            assert queries.mine_of(doubled.person("ping"), work.id) == {}
            assert queries.mine_of(doubled.person("lin"), work.id)[PART].points == 2
            assert queries.pairs(doubled.section(), ITEM) == []

    def test_close_points_count_as_their_mean(self, doubled, in_app):
        with in_app():
            work = work_of(doubled)
            give(doubled, "lin", work, 2, "Good")
            done = give(doubled, "ping", work, "1.75", "Fine")
            assert done.counts and counting(work) == [1.88], "half up to a hundredth"
            assert done.settlement.way is Settled.WITHIN and done.settlement.is_within
            score = db.session.scalars(select(ManualScore)).one()
            assert set(score.comment.split("\n\n")) == {"Good", "Fine"}
            assert work.attempt.pending_count == 0

    def test_or_as_the_firsts_when_the_plan_says_so(self, doubled, in_app):
        with in_app():
            plan_with(
                doubled, "lin", "ping", seconds_percent=100, threshold=25, agreeing=Agreeing.FIRST
            )
            work = work_of(doubled)
            first = shares_of(doubled, work).grader_id
            points = {"lin": 2, "ping": "1.75"}
            for handle in ("ping", "lin"):
                done = give(doubled, handle, work, points[handle])
            expected = next(p for h, p in points.items() if doubled.person(h).id == first)
            assert done.settlement.points == Decimal(expected)
            assert done.settlement.first.grader_id == first

    def test_what_is_far_apart_waits_for_a_word(self, doubled, in_app):
        with in_app():
            work = work_of(doubled)
            give(doubled, "lin", work, 2)
            assert give(doubled, "ping", work, "1.4").state == "differs"
            assert counting(work) == []
            (pair,) = queries.pairs(doubled.section(), ITEM)
            assert {pair.first.points, pair.second.points} == {Decimal(2), Decimal("1.4")}
            with pytest.raises(operations.BothHaveMarked):
                give(doubled, "lin", work, "1.4")

    def test_she_may_change_hers_until_the_other_has_given(self, doubled, in_app):
        with in_app():
            work = work_of(doubled)
            give(doubled, "lin", work, 0)
            give(doubled, "lin", work, 2)
            assert give(doubled, "ping", work, 2).counts and counting(work) == [2]
            assert len(db.session.scalars(select(Opinion)).all()) == 3, "what was changed is kept"

    def test_settled_points_change_like_any_others(self, doubled, in_app):
        with in_app():
            work = work_of(doubled)
            give(doubled, "lin", work, 2)
            give(doubled, "ping", work, 2)
            assert give(doubled, "lin", work, 1).counts and counting(work) == [1]

    @pytest.mark.parametrize("points", ["2.1", "-1", "NaN"])
    def test_points_are_within_what_it_is_worth(self, doubled, in_app, points):
        with in_app(), pytest.raises(ScoreOutOfRange):
            give(doubled, "lin", work_of(doubled), points)

    def test_where_everybody_takes_what_comes_the_second_is_anybody_else(self, enrolled, in_app):
        with in_app():
            works_in(enrolled, "mei")
            plan_with(enrolled, sharing=Sharing.ALL, seconds_percent=100)
            work = work_of(enrolled)
            assert shares.mine(enrolled.person("ping"), enrolled.section(), ITEM) is None
            assert give(enrolled, "ping", work, 2).state == "waits"
            assert give(enrolled, "ping", work, 1).state == "waits", "still the same person"
            assert give(enrolled, "lin", work, 1).counts and counting(work) == [1]

    def test_a_percentage_gets_a_second_look(self, enrolled, in_app):
        with in_app():
            works_in(enrolled, "mei", "hao")
            plan_with(enrolled, "lin", "ping", seconds_percent=50)
            ids = list(db.session.scalars(select(Submission.id)))
            assert len(queries.due(enrolled.section(), ITEM, ids)) == 1
            for handle in ("lin", "ping"):
                assert shares.mine(enrolled.person(handle), enrolled.section(), ITEM)

    def test_essays_of_quizzes_as_well(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(ESSAY))
            attempt = begin(enrolled, "mei")
            answer(attempt, "essay", "Because squares are areas.")
            quizzes.hand_in(enrolled.person("mei"), attempt)
            plan_with(enrolled, "lin", "ping", item="quiz:check", seconds_percent=100, threshold=20)
            work = db.session.scalars(select(QuizAttempt)).one()
            assert give(enrolled, "lin", work, 4, part="essay").state == "waits"
            assert work.score == 0 and work.waiting_count == 1
            done = give(enrolled, "ping", work, 5, part="essay")
            db.session.refresh(work)
            assert done.counts and work.score == Decimal("4.5") and work.waiting_count == 0


class TestSettling:
    @pytest.fixture
    def apart(self, doubled, in_app):
        with in_app():
            learning.appoint(doubled.person("lin"), doubled.section(), StaffRole.INSTRUCTOR)
            work = work_of(doubled)
            give(doubled, "lin", work, 2)
            give(doubled, "ping", work, 0)
        return doubled

    def propose(self, cast, handle, points, word="Look at line two"):
        return operations.propose(
            cast.person(handle), cast.section(), work_of(cast), PART, Decimal(points), word
        )

    def test_an_instructors_word_settles_it(self, apart, in_app):
        with in_app():
            settled = self.propose(apart, "lin", 1)
            assert settled.way is Settled.INSTRUCTOR and settled.word == "Look at line two"
            assert counting(work_of(apart)) == [1] and not settled.is_within
            assert queries.pairs(apart.section(), ITEM) == []
            with pytest.raises(operations.NothingToSettle):
                self.propose(apart, "lin", 2)

    def test_both_agree_when_they_say_the_same_points(self, apart, in_app):
        with in_app():
            staff = apart.section().staff
            lin = apart.person("lin").id
            # lin as one of two assistants: her word alone settles nothing.
            next(
                place for place in staff if place.person_id == lin
            ).role = StaffRole.TEACHING_ASSISTANT
            db.session.flush()
            assert self.propose(apart, "lin", 1) is None
            assert self.propose(apart, "ping", "1.5") is None
            assert counting(work_of(apart)) == []
            settled = self.propose(apart, "lin", "1.5", "You are right")
            assert settled.way is Settled.BOTH and counting(work_of(apart)) == [1.5]
            assert len(db.session.scalars(select(Proposal)).all()) == 3

    def test_takes_a_word_and_points_within_the_worth(self, apart, in_app):
        with in_app():
            with pytest.raises(operations.WordMissing):
                self.propose(apart, "lin", 1, "  ")
            with pytest.raises(ScoreOutOfRange):
                self.propose(apart, "lin", 3)

    def test_is_nobody_elses(self, apart, in_app):
        with in_app():
            with pytest.raises(NotVisible):
                self.propose(apart, "wang", 1)
            with pytest.raises(NotVisible):
                self.propose(apart, "hao", 1)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE marking_opinions SET points = 1",
            "UPDATE marking_opinions SET superseded_at = NULL",
            "UPDATE marking_settlements SET points = 0",
            "UPDATE marking_proposals SET word = 'x'",
        ],
    )
    def test_stays_as_it_was_said(self, apart, in_app, statement):
        with in_app():
            self.propose(apart, "lin", 1)
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.execute(text(statement))
            db.session.rollback()


def test_agreement_is_told_by_its_exact_definition(doubled, in_app):
    with in_app():
        for handle, one, other in (("mei", 2, 2), ("hao", 2, 0)):
            work = works_in(doubled, handle)[0]
            first = shares_of(doubled, work).grader_id
            order = sorted(("lin", "ping"), key=lambda who: doubled.person(who).id != first)
            give(doubled, order[0], work, one)
            give(doubled, order[1], work, other)
        found = agreements.agreement_on(doubled.section(), ITEM)
        assert (found.count, found.within) == (2, 1)
        assert found.mean_difference == Fraction(-1, 2) and found.mean_distance == Fraction(1, 2)
        assert found.kappa == 0


def shares_of(cast, work):
    from app.marking.queries.shares_progress import shares_in

    return shares_in(cast.section(), ITEM)[work.person_id]


def test_two_who_give_at_once_are_both_kept_and_settle_once(committed):  # noqa: F811
    with committed.app.app_context():
        work_id = works_in(committed, "mei")[0].id
        plan_with(committed, "lin", "ping", seconds_percent=100, threshold=50)
        db.session.remove()

    def mark(number):
        with committed.app.app_context():
            work = db.session.get_one(Submission, work_id)
            try:
                return give(committed, ("lin", "ping")[number % 2], work, number // 2 + 1).state
            except operations.BothHaveMarked:
                return "both"
            finally:
                db.session.remove()

    states = in_parallel(4, mark)
    with committed.app.app_context():
        assert len(db.session.scalars(select(Settlement)).all()) == 1
        live = db.session.scalars(select(Opinion).where(Opinion.superseded_at.is_(None))).all()
        assert {row.grader_id for row in live} == {
            committed.person(handle).id for handle in ("lin", "ping")
        }
        assert "given" in states and states.count("waits") in (1, 2)
        kept = db.session.scalars(
            select(ManualScore).where(ManualScore.superseded_at.is_(None))
        ).all()
        assert len(kept) == 1


class TestOtherRoads:
    def test_points_elsewhere_are_refused_while_two_mark(self, doubled, in_app):
        with in_app():
            work, lin = work_of(doubled), doubled.person("lin")
            cell = grading.CellRef("squares", "why")
            with pytest.raises(operations.TwoMarkThis):
                grading.give_score(lin, work, cell, 2.0, "")
            give(doubled, "lin", work, 2)
            give(doubled, "ping", work, 2)
            grading.give_score(lin, work, cell, 1.0, "Looked at again")
            assert counting(work) == [1]

    def test_what_tests_judge_is_not_given_around_it_either(self, doubled, in_app):
        with in_app(), pytest.raises(operations.TwoMarkThis):
            grading.give_score(
                doubled.person("ping"),
                work_of(doubled),
                grading.CellRef("squares", "test-squares"),
                4.0,
                "",
            )

    def test_nor_marks_of_a_quiz(self, enrolled, in_app):
        with in_app():
            place_quiz(enrolled.section(), quiz_document(ESSAY))
            attempt = begin(enrolled, "mei")
            answer(attempt, "essay", "Because squares are areas.")
            quizzes.hand_in(enrolled.person("mei"), attempt)
            plan_with(enrolled, "lin", "ping", item="quiz:check", seconds_percent=100)
            with pytest.raises(operations.TwoMarkThis):
                quizzes.give_mark(enrolled.person("lin"), attempt, "essay", Decimal(3))
