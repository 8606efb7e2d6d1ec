"""Three ways of vouching, each by itself; corrections reach all of them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.evidence import operations, queries
from app.evidence.events import EvidenceRecorded, EvidenceWithdrawn
from app.evidence.models import Evidence, EvidenceWithdrawal, SupervisedRepeat
from app.grading import operations as grading
from app.grading.models import Submission
from app.grading.rules import CaseDecision
from app.kernel import clock, events
from app.kernel.database import db
from app.learning.models import Extension
from app.learning.operations import releases
from app.notifications.models import Notification
from tests.evidence.helpers import shown
from tests.grading.helpers import grade_with, hand_in, result
from tests.grading.tampering import tampered

WHY = grading.CellRef("squares", "why")


@pytest.fixture
def passed(proving):
    """mei's lab has all of its points."""
    with proving.app.app_context():
        work = hand_in(proving, "mei")
        grade_with(work, result(4.0, 2.0))
        proving.work_id = work.id
    return proving


def piece(cast, key="anomaly-detection", vouching="autograded"):
    person = cast.person("mei")
    return next(
        one.best
        for one in queries.standing(person.id)
        if one.skill.key == key and one.vouching == vouching
    )


def ways(cast, key="anomaly-detection"):
    return [(way, score) for name, _level, way, score in shown(cast, "mei") if name == key]


@pytest.fixture
def heard():
    """The events of evidence that were told."""
    told = []
    kinds = (EvidenceRecorded, EvidenceWithdrawn)
    for kind in kinds:
        events.subscribe(kind)(told.append)
    yield told
    for kind in kinds:
        events._subscribers[kind].remove(told.append)


class TestAConfirmation:
    def test_stands_beside_what_was_graded_and_tells_the_student(self, passed):
        with passed.app.app_context():
            made = operations.confirm(passed.person("lin"), piece(passed), "Talked it through.")
            assert ways(passed) == [("autograded", Decimal(6)), ("confirmed", Decimal(6))]
            assert (made.vouched_by.handle, made.note) == ("lin", "Talked it through.")
            told = db.session.scalars(
                select(Notification).where(Notification.kind == "evidence.mine")
            ).all()
            assert [note.person.handle for note in told] == ["mei"]

    def test_is_not_for_ones_own_work(self, passed):
        with passed.app.app_context(), pytest.raises(operations.OwnWork):
            operations.confirm(passed.person("mei"), piece(passed))

    def test_is_not_for_what_is_not_enough(self, proving):
        with proving.app.app_context():
            grade_with(hand_in(proving, "mei"), result(1.0, 0.0))
            low = db.session.scalars(select(Evidence)).first()
            with pytest.raises(operations.NothingToConfirm):
                operations.confirm(proving.person("lin"), low)

    def test_can_be_taken_back_and_stays_on_record(self, passed):
        with passed.app.app_context():
            made = operations.confirm(passed.person("lin"), piece(passed))
            operations.take_back(passed.person("lin"), made)
            assert ways(passed) == [("autograded", Decimal(6))]
            assert db.session.get(Evidence, made.id).withdrawal.reason == "by-person"

    def test_given_again_supersedes_the_one_before(self, passed):
        with passed.app.app_context():
            first = operations.confirm(passed.person("lin"), piece(passed))
            second = operations.confirm(passed.person("lin"), piece(passed), "Again.")
            assert (second.supersedes_id, second.revision) == (first.id, 2)


class TestACorrection:
    def test_that_still_passes_is_confirmed_as_before(self, passed, heard):
        with passed.app.app_context():
            lin = passed.person("lin")
            operations.confirm(lin, piece(passed))
            heard.clear()
            work = db.session.get(Submission, passed.work_id)
            grading.give_score(lin, work, WHY, 1.0, "")
            assert ways(passed) == [("autograded", Decimal(5)), ("confirmed", Decimal(5))]
            assert [type(event) for event in heard] == [EvidenceRecorded]
            assert len(heard[0].evidence_ids) == 2

    def test_to_less_than_passes_takes_the_confirmation_with_it(self, passed, heard):
        with passed.app.app_context():
            lin = passed.person("lin")
            operations.confirm(lin, piece(passed))
            heard.clear()
            work = db.session.get(Submission, passed.work_id)
            grading.regrade(lin, work)
            grade_with(work, result(1.0, 0.0))
            assert ways(passed) == []
            reasons = db.session.scalars(select(EvidenceWithdrawal.reason)).all()
            assert reasons == ["confirmation-lost"]
            assert {type(event) for event in heard} == {EvidenceRecorded, EvidenceWithdrawn}

    def test_that_finds_tampering_withdraws_and_clearing_it_brings_it_back(self, passed):
        with passed.app.app_context():
            lin = passed.person("lin")
            work = db.session.get(Submission, passed.work_id)
            grading.regrade(lin, work)
            grade_with(work, tampered())
            assert shown(passed, "mei") == []
            assert set(db.session.scalars(select(EvidenceWithdrawal.reason))) == {"tampered"}
            db.session.expire(work, ["attempts"])
            grading.decide(passed.person("lin"), work.attempts[-1].case, CaseDecision.CLEARED)
            for cell, points in (("test-squares", 4.0), ("why", 2.0)):
                grading.give_score(lin, work, grading.CellRef("squares", cell), points, "")
            assert ways(passed) == [("autograded", Decimal(6))]
            assert piece(passed).revision > 2 and piece(passed).supersedes_id is not None


class TestASupervisedRepeat:
    @pytest.fixture
    def ordered(self, passed):
        with passed.app.app_context():
            now = clock.now()
            made = operations.order_repeat(
                passed.person("lin"), passed.section(), passed.person("mei"), "squares",
                place="Room 301", starts_at=now + timedelta(hours=1),
                ends_at=now + timedelta(hours=3),
            )  # fmt: skip
            passed.repeat_id, passed.inside = made.id, now + timedelta(hours=2)
            passed.after = now + timedelta(hours=4)
        return passed

    def repeat(self, cast):
        return db.session.get(SupervisedRepeat, cast.repeat_id)

    def test_opens_the_lab_until_its_end_and_tells_the_student(self, ordered):
        with ordered.app.app_context():
            given = db.session.scalars(select(Extension)).one()
            assert (given.item_key, given.due_at) == ("lab:squares", self.repeat(ordered).ends_at)
            told = db.session.scalars(
                select(Notification).where(Notification.kind == "evidence.repeats")
            ).one()
            assert told.person.handle == "mei" and "Room 301" in told.body["en"]

    def test_is_vouched_for_by_whoever_watched(self, ordered, frozen):
        with ordered.app.app_context():
            with frozen(ordered.inside):
                again = hand_in(ordered, "mei")
                grade_with(again, result(4.0, 1.0))
            with frozen(ordered.after):
                operations.attest_repeat(ordered.person("lin"), self.repeat(ordered), "ID checked")
            found = piece(ordered, vouching="supervised")
            assert (found.submission_id, found.score) == (again.id, Decimal(5))
            assert found.vouched_by.handle == "lin"
            assert "Room 301" in found.note and "ID checked" in found.note
            # The better result outside of it is still what was graded best.
            assert dict(ways(ordered))["autograded"] == Decimal(6)

    def test_of_a_held_result_counts_from_its_release_on(self, ordered, frozen):
        with ordered.app.app_context():
            lin, section = ordered.person("lin"), ordered.section()
            releases.hold(lin, [section], ["lab:squares"])
            with frozen(ordered.inside):
                grade_with(hand_in(ordered, "mei"), result(4.0, 2.0))
                operations.attest_repeat(lin, self.repeat(ordered))
            assert "supervised" not in dict(ways(ordered))
            releases.release_now(lin, [section], ["lab:squares"])
            assert dict(ways(ordered))["supervised"] == Decimal(6)

    def test_takes_only_what_was_handed_in_within_its_time(self, ordered, frozen):
        with ordered.app.app_context(), frozen(ordered.after):
            hand_in(ordered, "mei")
            with pytest.raises(operations.NothingHandedIn):
                operations.attest_repeat(ordered.person("lin"), self.repeat(ordered))

    def test_that_was_cancelled_is_not_attested(self, ordered, frozen):
        with ordered.app.app_context():
            operations.cancel_repeat(ordered.person("lin"), self.repeat(ordered))
            with frozen(ordered.inside):
                hand_in(ordered, "mei")
                with pytest.raises(operations.RepeatOver):
                    operations.attest_repeat(ordered.person("lin"), self.repeat(ordered))

    def test_lasts_at_most_a_day(self, passed):
        with passed.app.app_context(), pytest.raises(operations.WrongTime):
            now = clock.now()
            operations.order_repeat(
                passed.person("lin"), passed.section(), passed.person("mei"), "squares",
                place="Room 301", starts_at=now, ends_at=now + timedelta(days=2),
            )  # fmt: skip
