"""A corrected lab: what would change, and then what did."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import engine
from app.gradebook.models import GradeChange
from app.grading import operations as grading
from app.grading.rules import AttemptState
from app.kernel import clock
from app.kernel.database import db
from app.notifications.models import Notification
from app.regrading import operations, queries
from app.regrading.models import Regrade
from app.regrading.rules import RunState, WorkState
from tests.grading.helpers import grade_with, hand_in, result
from tests.regrading.helpers import assistant_elsewhere, graded
from tests.regrading.trials import (
    corrected,
    let_count,
    look,
    pretend,
)


class TestApplying:
    def test_supersedes_and_keeps(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            version = corrected(enrolled)
            regrade = look(enrolled)
            let_count(enrolled, regrade)
            assert regrade.state is RunState.APPLIED
            db.session.expire_all()
            first, second = made.attempts
            assert (first.score, second.score) == (0, 4)
            assert (first.lab_version_id, second.lab_version_id) == (None, version.id)
            assert made.lab_version_id != version.id
            (work,) = queries.works_in(regrade).rows
            assert (work.state, work.attempt_id) == (WorkState.APPLIED, second.id)
            change = db.session.scalars(
                select(GradeChange).order_by(GradeChange.at.desc(), GradeChange.id.desc()).limit(1)
            ).one()
            assert change.reason == "#1: The test forgot zero."
            assert change.by_id == enrolled.person("lin").id

    def test_tells_students_once_with_what_changed(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0)
            graded(enrolled, "hao", 4.0)
            corrected(enrolled)
            regrade = look(enrolled)
            let_count(enrolled, regrade)
            operations.tell_of_regrade(regrade.id)
            told = db.session.scalars(
                select(Notification).where(Notification.kind == "regrading.regrades")
            ).all()
            assert [row.person_id for row in told] == [enrolled.person("mei").id]
            assert "0 / 6 → 4 / 6" in str(told[0].body["en"])

    def test_keeps_points_of_people(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            lin = enrolled.person("lin")
            grading.give_score(lin, made, grading.CellRef("squares", "why"), 2.0, "Good")
            corrected(enrolled)
            let_count(enrolled, look(enrolled))
            db.session.expire_all()
            assert (made.attempt.number, made.attempt.score) == (2, 6)
            (given,) = made.manual_scores
            assert given.superseded_at is None

    def test_caps_points_of_people_at_what_the_cell_is_worth(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            lin = enrolled.person("lin")
            grading.give_score(lin, made, grading.CellRef("squares", "why"), 2.0, "Good")
            corrected(enrolled)
            small = engine.CellResult("why", None, 1.0, "manual", "shared", "solution")
            cells = (result(4.0).cells[0], small)
            let_count(enrolled, look(enrolled, result(4.0, cells=cells)))
            db.session.expire_all()
            assert made.attempt.score == 5
            assert sorted(row.score for row in made.manual_scores) == [1, 2]

    def test_lowers_nobody_when_asked_not_to(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 4.0)
            corrected(enrolled)
            regrade = look(enrolled, result(1.0), never_lower=True)
            let_count(enrolled, regrade)
            db.session.expire_all()
            assert (made.attempt.number, made.attempt.score) == (1, 4)
            (work,) = queries.works_in(regrade).rows
            assert work.state is WorkState.STANDS

    def test_gives_new_points_to_chosen_cells_only(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0, 1.0)
            corrected(enrolled)
            let_count(enrolled, look(enrolled, result(4.0, 2.0), cells=("squares/test-squares",)))
            db.session.expire_all()
            assert made.attempt.score == 5, "4 of the test, and 1 as before"

    def test_takes_up_what_came_meanwhile(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            regrade = look(enrolled)
            late = hand_in(enrolled, "hao")
            operations.apply(enrolled.person("lin"), regrade)
            for work_id, _state in operations.open_works(regrade.id):
                operations.take_over(work_id)
            operations.conclude(regrade.id)
            assert regrade.state is RunState.APPLYING, "hao's is being graded"
            grade_with(late, result(0.0))
            operations.conclude(regrade.id)
            ((work_id, _state),) = operations.open_works(regrade.id)
            pretend(work_id, result(4.0))
            operations.conclude(regrade.id)
            db.session.expire_all()
            assert regrade.state is RunState.APPLIED
            assert (late.attempt.number, late.attempt.score) == (2, 4)

    def test_grades_anew_what_was_tried_with_something_else(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            regrade = look(enrolled)
            (work,) = queries.works_in(regrade).rows
            work.inputs = "0" * 64
            db.session.commit()
            let_count(enrolled, regrade)
            db.session.expire_all()
            assert made.attempt.number == 1
            ((work_id, state),) = operations.open_works(regrade.id)
            assert state is WorkState.WAITING
            pretend(work_id, result(3.0))
            db.session.expire_all()
            assert (made.attempt.number, made.attempt.score) == (2, 3)

    def test_waits_for_a_run_that_somebody_has_begun(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            regrade = look(enrolled)
            grading.regrade(enrolled.person("lin"), made)
            let_count(enrolled, regrade)
            assert regrade.state is RunState.APPLYING
            db.session.expire_all()
            grade_with(made, result(1.0))
            for work_id, _state in operations.open_works(regrade.id):
                operations.take_over(work_id)
            db.session.expire_all()
            assert (made.attempt.number, made.attempt.score) == (3, 4)

    def test_can_be_cancelled_and_what_counts_goes_on_counting(self, enrolled):
        with enrolled.app.app_context():
            mine = [graded(enrolled, handle, 0.0) for handle in ("mei", "hao")]
            corrected(enrolled)
            regrade = look(enrolled)
            lin = enrolled.person("lin")
            operations.apply(lin, regrade)
            (first, second) = operations.open_works(regrade.id)
            operations.take_over(first[0])
            operations.cancel(lin, regrade)
            operations.take_over(second[0])
            db.session.expire_all()
            assert sorted(one.attempt.number for one in mine) == [1, 2]
            with pytest.raises(operations.NotNow):
                operations.apply(lin, regrade)
            assert look(enrolled).number == 2

    def test_leaves_alone_what_waits_for_a_decision(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            regrade = look(enrolled)
            grading.regrade(enrolled.person("lin"), made)
            db.session.expire_all()
            grade_with(made, result(4.0, state="tampered"))
            let_count(enrolled, regrade)
            db.session.expire_all()
            assert made.attempt.state is AttemptState.TAMPERED
            assert queries.summary_of(regrade).count(WorkState.FAILED) == 1

    def test_the_same_version_again_takes_what_was_graded_before(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled, "mei", 0.0)
            with clock.frozen_at(clock.now() + timedelta(minutes=1)):
                regrade = look(enrolled)
                assert regrade.lab_version_id == made.lab_version_id
                let_count(enrolled, regrade)
            db.session.expire_all()
            assert (made.attempt.number, made.attempt.score) == (2, 4)
            assert regrade.state is RunState.APPLIED


class TestPages:
    def test_lead_from_the_choice_to_what_counts(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0)
            version = corrected(enrolled).id
        lin = enrolled.browser("lin")
        base = f"/teaching/{enrolled.code}/regrading"
        assert "Squares" in lin.get(base).text
        form = lin.get(f"{base}/labs/squares").text
        assert "Version 2 of" in form and "squares/test-squares" in form
        assert lin.post(f"{base}/labs/squares", data={"version": version}).status_code == 422
        sent = lin.post(
            f"{base}/labs/squares",
            data={"version": version, "which": "counting", "reason": "The test forgot zero."},
        )
        assert sent.status_code == 303 and sent.location.endswith("/regrading/1")
        assert "Looking at what would change" in lin.get(sent.location).text
        with enrolled.app.app_context():
            regrade = db.session.scalars(select(Regrade)).one()
            for work_id, _state in operations.open_works(regrade.id):
                pretend(work_id, result(4.0))
            operations.conclude(regrade.id)
        page = lin.get(f"{base}/1?effect=up").text
        assert "0 → 4" in page and "Let it count" in page
        assert "Let it count" in lin.get(f"{base}/1/now").text
        table = lin.get(f"{base}/1.csv").get_data(as_text=True)
        assert "squares/test-squares: 0 → 4" in table
        assert lin.post(f"{base}/1/application").status_code == 303
        with enrolled.app.app_context():
            regrade = db.session.scalars(select(Regrade)).one()
            for work_id, _state in operations.open_works(regrade.id):
                operations.take_over(work_id)
            operations.conclude(regrade.id)
        assert "It counts since" in lin.get(f"{base}/1").text
        assert "The test forgot zero." in lin.get(base).text

    def test_are_the_instructors(self, enrolled):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            look(enrolled)
        base = f"/teaching/{enrolled.code}/regrading"
        ping = enrolled.browser("ping")
        assert ping.get(f"{base}/1").status_code == 200
        assert "Let it count" not in ping.get(f"{base}/1").text
        assert ping.get(f"{base}/labs/squares").status_code == 404
        for act in ("application", "cancellation"):
            assert ping.post(f"{base}/1/{act}").status_code == 404
        with enrolled.app.app_context():
            assistant_elsewhere(enrolled)
        for handle in ("ping", "wang", "mei"):
            browser = enrolled.browser(handle)
            for rest in ("", "/1", "/1/now", "/1/events", "/1.csv", "/labs/squares"):
                assert browser.get(base + rest).status_code in (403, 404), (handle, rest)

    def test_take_a_constant_number_of_statements(self, enrolled, count_queries):
        with enrolled.app.app_context():
            graded(enrolled, "mei", 0.0)
            corrected(enrolled)
            look(enrolled)
        lin, address = enrolled.browser("lin"), f"/teaching/{enrolled.code}/regrading"
        lin.get(f"{address}/1")
        with count_queries() as one:
            lin.get(f"{address}/1")
        with enrolled.app.app_context():
            graded(enrolled, "hao", 0.0)
            look(enrolled)
        with count_queries() as two:
            lin.get(f"{address}/2")
        assert len(one) == len(two)
        with count_queries() as listed:
            lin.get(address)
        with enrolled.app.app_context():
            look(enrolled)
        with count_queries() as longer:
            lin.get(address)
        assert len(listed) == len(longer)


def test_the_command_line_looks_and_lets_count(enrolled, monkeypatch):
    from click.testing import CliRunner

    from app.regrading.cli import regrade as command

    def found(_files: Any, _version: Any, **_options: Any) -> Any:
        return (result(4.0),), {"squares": b"[]"}

    monkeypatch.setattr(grading, "run_engine", found)
    callback = command.callback
    with enrolled.app.app_context():
        made = graded(enrolled, "mei", 0.0)
        corrected(enrolled)
        code = enrolled.section().code
        asked = [code, "squares", "--by", "lin"]
        monkeypatch.setattr(command, "callback", getattr(callback, "__wrapped__", callback))
        looked = CliRunner().invoke(command, asked)
        assert looked.exit_code == 0, looked.output
        assert "0.0 → 4.0 of 6" in looked.output and "Nothing was changed" in looked.output
        db.session.expire_all()
        assert made.attempt.number == 1
        done = CliRunner().invoke(command, [*asked, "--apply"])
        assert done.exit_code == 0, done.output
        db.session.expire_all()
        assert (made.attempt.number, made.attempt.score) == (2, 4)
        refused = CliRunner().invoke(command, [code, "squares", "--by", "mei"])
        assert refused.exit_code == 1 and "mei teaches no section" in refused.output
