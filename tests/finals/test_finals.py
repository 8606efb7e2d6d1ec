"""Final grades: settled for good, corrected by somebody else's leave, exported with receipts."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.finals import operations, queries
from app.finals.rules import Grade, State
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.notifications.models import Notification
from tests.finals.settling import corrected, desk, settle, standing
from tests.gradebook.test_computing import fully
from tests.grading.helpers import grade_with, hand_in, result


class TestSettling:
    def test_keeps_every_grade_with_its_trace_and_the_scheme(self, settled):
        with settled.app.app_context():
            mei, hao = standing(settled, "mei"), standing(settled, "hao")
            assert mei.grade == Grade(Decimal(100), None, True, False)
            (part,) = mei.trace.parts
            assert [row.key for row in part.items] == ["lab:squares"]
            assert [step.kind.value for step in part.items[0].steps] == ["won"]
            assert mei.final.settlement.scheme["totals"] == "points"
            assert hao.grade.is_incomplete
            assert hao.incomplete_until is not None
            assert re.fullmatch("[0-9a-f]{64}", mei.digest)

    def test_asks_to_look_at_what_is_open(self, graded):
        with graded.app.app_context():
            found = queries.checklist_of(desk(graded).book)
            assert (found.people, found.waiting, found.incomplete) == (2, 1, 1)
            assert not found.has_scheme
            with pytest.raises(operations.NotLookedAt):
                settle(graded, is_looked_at=False)

    def test_refuses_what_somebody_else_changed_since_it_was_looked_at(self, graded):
        with graded.app.app_context():
            seen, _ = queries.unsettled_of(desk(graded).book)
            grade_with(hand_in(graded, "hao"), result(4.0, why=2.0))
            with pytest.raises(operations.GradesChanged):
                settle(graded, seen=seen)

    @pytest.mark.parametrize("until", [None, date(2020, 1, 1)])
    def test_wants_an_end_that_is_to_come_for_incomplete_grades(self, graded, until):
        with graded.app.app_context(), pytest.raises(operations.DeadlineNeeded):
            settle(graded, until=until)

    def test_takes_a_day_of_her_own_for_one_student(self, graded):
        with graded.app.app_context():
            day = clock.now().date() + timedelta(days=60)
            settle(graded, dates={graded.person("hao").id: day})
            assert standing(graded, "hao").incomplete_until == day

    def test_is_done_once_for_each_student(self, settled):
        with settled.app.app_context(), pytest.raises(operations.NobodyToSettle):
            settle(settled)

    def test_settles_who_comes_later_in_a_second_round(self, cast):
        cast.enrol("mei")
        with cast.app.app_context():
            fully(cast, "mei")
            settle(cast)
        cast.enrol("hao")
        with cast.app.app_context():
            assert settle(cast).number == 2
            assert len(queries.standings_of(cast.section())) == 2

    def test_is_the_instructors_alone(self, graded):
        with graded.app.app_context():
            for who in ("ping", "wang", "jia-office", "mei"):
                with pytest.raises(NotVisible):
                    settle(graded, who=who)

    @pytest.mark.parametrize("statement", [
        "UPDATE final_grades SET rounded = 1 WHERE rounded IS NOT NULL",
        "DELETE FROM final_grades",
        "UPDATE final_settlements SET note = 'x'",
    ])  # fmt: skip
    def test_the_database_lets_nobody_change_it(self, settled, statement):
        with (
            settled.app.app_context(),
            pytest.raises(IntegrityError),
            db.session.begin_nested(),
        ):
            db.session.execute(text(statement))


class TestAfterwards:
    def test_scores_change_the_gradebook_and_not_the_final_grade(self, settled):
        with settled.app.app_context():
            grade_with(hand_in(settled, "hao"), result(4.0, why=2.0))
            (row,) = queries.desk_rows(desk(settled).book, 1, differing=True).rows
            assert row.computed.name == settled.person("hao").name
            assert row.now.rounded == 100
            assert row.standing.grade.is_incomplete
        page = settled.browser("lin").get(f"/teaching/{settled.code}/finals")
        assert "the gradebook differs" in page.text

    def test_a_correction_holds_once_somebody_else_approved_it(self, settled):
        with settled.app.app_context():
            before = standing(settled, "mei").digest
            made = operations.propose(
                settled.person("lin"), standing(settled, "mei").final,
                percent=Decimal("70"), reason="A page was overlooked",
            )  # fmt: skip
            assert standing(settled, "mei").grade.rounded == 100
            with pytest.raises(NotVisible):
                operations.decide(settled.person("lin"), made, approve=True)
            for who in ("wang", "ping", "mei"):
                with pytest.raises(NotVisible):
                    operations.decide(settled.person(who), made, approve=True)
            operations.decide(settled.person("jia-office"), made, approve=True)
            now = standing(settled, "mei")
            assert now.grade.rounded == 70
            assert now.digest not in ("", before)
            assert now.final.grade.rounded == 100
            with pytest.raises(operations.NotNow):
                operations.decide(settled.person("jia-office"), made, approve=True)

    def test_another_waits_until_the_first_is_decided(self, settled):
        with settled.app.app_context():
            lin, final = settled.person("lin"), standing(settled, "mei").final
            made = operations.propose(lin, final, percent=Decimal(70), reason="One")
            with pytest.raises(operations.AlreadyProposed):
                operations.propose(lin, final, percent=Decimal(71), reason="Two")
            operations.withdraw(lin, made)
            operations.propose(lin, final, percent=Decimal(71), reason="Two")

    @pytest.mark.parametrize(
        ("percent", "reason", "error"),
        [("70", " ", operations.ReasonNeeded), ("100", "Why not", operations.NothingCorrected)],
    )
    def test_a_correction_says_why_and_changes_something(self, settled, percent, reason, error):
        with settled.app.app_context(), pytest.raises(error):
            operations.propose(
                settled.person("lin"), standing(settled, "mei").final,
                percent=Decimal(percent), reason=reason,
            )  # fmt: skip

    def test_a_refusal_has_words_and_changes_nothing(self, settled):
        with settled.app.app_context():
            made = operations.propose(
                settled.person("lin"), standing(settled, "mei").final,
                percent=Decimal("70"), reason="A page was overlooked",
            )  # fmt: skip
            office = settled.person("jia-office")
            with pytest.raises(operations.WordsNeeded):
                operations.decide(office, made, approve=False)
            operations.decide(office, made, approve=False, words="The page is there")
            assert made.state is State.REFUSED
            assert standing(settled, "mei").grade.rounded == 100

    def test_what_was_decided_stays_in_the_database(self, settled):
        with settled.app.app_context():
            corrected(settled)
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(text("UPDATE final_corrections SET words = 'other'"))
            with pytest.raises(IntegrityError), db.session.begin_nested():
                db.session.execute(text("DELETE FROM final_corrections"))

    def test_an_incomplete_grade_is_completed_within_its_time(self, settled):
        with settled.app.app_context():
            lin, final = settled.person("lin"), standing(settled, "hao").final
            operations.complete(lin, final, percent=Decimal("66"), reason="Handed in on paper")
            assert standing(settled, "hao").grade.rounded == 66
            with pytest.raises(operations.TimeIsOver):
                operations.complete(lin, final, percent=Decimal("67"), reason="Again")

    def test_afterwards_it_takes_a_correction(self, settled, frozen):
        with settled.app.app_context():
            lin, final = settled.person("lin"), standing(settled, "hao").final
            end = datetime.combine(final.incomplete_until, datetime.min.time(), UTC)
            with frozen(end + timedelta(days=2)):
                assert standing(settled, "hao").is_overdue
                with pytest.raises(operations.TimeIsOver):
                    operations.complete(lin, final, percent=Decimal("66"), reason="Late")
                operations.propose(lin, final, percent=Decimal("66"), reason="Late")
                operations.tell_of_deadlines()
                operations.tell_of_deadlines()
            told = db.session.scalars(
                select(Notification.subject).where(Notification.key.like("incomplete:%:over"))
            ).all()
            assert len(told) == 2, "the instructor and the student, once each"


class TestNews:
    def test_students_hear_that_it_stands_and_what_was_corrected(self, settled):
        with settled.app.app_context():
            made = corrected(settled)
            operations.tell_of_settlement(made.final.settlement_id)
            operations.tell_of_correction(made.id, "approved")
            operations.tell_of_correction(made.id, "approved")
            told = {
                row.key.partition(":")[0]: row
                for row in db.session.scalars(
                    select(Notification).where(
                        Notification.person_id == settled.person("mei").id,
                        Notification.kind == "finals.mine",
                    )
                )
            }
            assert set(told) == {"final", "corrected"}
            assert told["corrected"].body["en"] == (
                "Corrected from 100 to 70: A page was overlooked"
            )

    def test_who_may_decide_hears_of_a_proposal_and_who_proposed_does_not(self, settled):
        with settled.app.app_context():
            made = operations.propose(
                settled.person("lin"), standing(settled, "mei").final,
                percent=Decimal("70"), reason="A page was overlooked",
            )  # fmt: skip
            operations.tell_of_correction(made.id, "proposed")
            told = db.session.scalars(
                select(Notification.person_id).where(Notification.kind == "finals.corrections")
            ).all()
            assert told == [settled.person("jia-office").id]
