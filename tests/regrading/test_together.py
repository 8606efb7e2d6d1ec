"""Two who give points and a regrade on the same cells, over real connections; a worker that dies in
the middle of a regrade."""

import os
import signal

from sqlalchemy import select, text

from app.gradebook import operations as gradebook
from app.gradebook import queries as books
from app.gradebook.models import GradeChange, StudentGrade
from app.grading import operations as grading
from app.grading.models import Attempt, ManualScore, Submission
from app.kernel.database import db
from app.regrading import operations, queries
from app.regrading.models import Regrade
from app.regrading.operations import Plan
from app.regrading.rules import RunState, Which, WorkState
from tests.gradebook.test_together import in_parallel
from tests.grading.conftest import committed, house, rows, until, worker  # noqa: F401
from tests.grading.helpers import grade_with, hand_in, result
from tests.regrading.trials import corrected, pretend

ROUNDS = 6


def test_two_graders_and_a_regrade_on_the_same_cells_lose_nothing(committed):  # noqa: F811
    with committed.app.app_context():
        gradebook.bring_up_to_date(
            books.book_taught_by(committed.person("lin"), committed.section().code)
        )
        ids = []
        for handle in ("mei", "hao"):
            made = hand_in(committed, handle)
            grade_with(made, result(0.0))
            ids.append(made.id)
        corrected(committed)
        lin = committed.person("lin")
        lab = queries.lab_to_regrade(lin, committed.section().code, "squares")
        plan = Plan(version=lab.versions[0], reason="Zero counts.", which=Which.ALL)
        regrade = operations.try_out(lin, lab, plan)
        for work_id, _state in operations.open_works(regrade.id):
            pretend(work_id, result(4.0))
        operations.conclude(regrade.id)
        regrade_id = regrade.id
        db.session.remove()

    def giving(handle, cell):
        def run():
            with committed.app.app_context():
                grader = committed.person(handle)
                for n in range(ROUNDS):
                    for submission_id in ids:
                        submission = db.session.get_one(Submission, submission_id)
                        grading.give_score(
                            grader,
                            submission,
                            grading.CellRef("squares", cell),
                            (n % 3) / 2 + (0.25 if handle == "ping" else 0),
                            f"{handle} {n}",
                        )
                        db.session.expire_all()
                db.session.remove()

        return run

    def regrading():
        with committed.app.app_context():
            found = db.session.get_one(Regrade, regrade_id)
            operations.apply(committed.person("lin"), found)
            for work_id, _state in operations.open_works(regrade_id):
                operations.take_over(work_id)
            operations.conclude(regrade_id)
            db.session.remove()

    jobs = [giving("lin", "why"), giving("ping", "why"), giving("lin", "test-squares"), regrading]
    in_parallel(len(jobs), lambda number: jobs[number]())
    with committed.app.app_context():
        found = db.session.get_one(Regrade, regrade_id)
        assert found.state is RunState.APPLIED
        for submission_id in ids:
            submission = db.session.get_one(Submission, submission_id)
            given = db.session.scalars(
                select(ManualScore)
                .where(ManualScore.submission_id == submission_id)
                .order_by(ManualScore.graded_at, ManualScore.id)
            ).all()
            assert len(given) == 3 * ROUNDS, "every score that somebody gave is kept"
            current = {row.grade_id: row.score for row in given if row.superseded_at is None}
            assert set(current) == {"why", "test-squares"}
            assert [one.number for one in submission.attempts] == [1, 2]
            assert submission.attempt.score == sum(current.values()), "the newest attempt counts"
            changes = db.session.scalars(
                select(GradeChange)
                .where(
                    GradeChange.person_id == submission.person_id,
                    GradeChange.item_key == "lab:squares",
                )
                .order_by(GradeChange.at, GradeChange.id)
            ).all()
            # Each change begins where the one before ended.
            after = [{}, *(change.after for change in changes)]
            begins = [change.before for change in changes]
            chained = {str(state) for state in after}
            assert all(str(state) in chained for state in begins[1:])
            assert sum(1 for change in changes if change.reason.startswith("#1: ")) <= 1
            grade = db.session.scalars(
                select(StudentGrade).where(StudentGrade.person_id == submission.person_id)
            ).one()
            assert float(grade.cells["lab:squares"]["p"]) == submission.attempt.score


def test_requests_for_the_same_cell_at_once_are_one(committed):  # noqa: F811
    with committed.app.app_context():
        made = hand_in(committed, "mei")
        grade_with(made, result(0.0))
        submission_id = made.id
        db.session.remove()

    def ask(_number):
        with committed.app.app_context():
            mei = committed.person("mei")
            subject = queries.cell_of_mine(mei, submission_id, "squares", "test-squares")
            try:
                operations.ask(mei, subject, "Zero counts.")
            except operations.AlreadyAsked:
                return 0
            else:
                return 1
            finally:
                db.session.remove()

    assert sum(in_parallel(5, ask)) == 1


def test_two_regrades_of_one_lab_at_once_are_one(committed):  # noqa: F811
    with committed.app.app_context():
        grade_with(hand_in(committed, "mei"), result(0.0))
        corrected(committed)
        db.session.remove()

    def begin(_number):
        with committed.app.app_context():
            lin = committed.person("lin")
            lab = queries.lab_to_regrade(lin, committed.section().code, "squares")
            try:
                operations.try_out(lin, lab, Plan(version=lab.versions[0], reason="Zero"))
            except operations.AlreadyAtWork:
                return 0
            else:
                return 1
            finally:
                db.session.remove()

    assert sum(in_parallel(4, begin)) == 1


def test_goes_on_after_its_worker_was_killed(house, worker, tmp_path):  # noqa: F811
    with house.app.app_context():
        for handle in ("mei", "hao"):
            grade_with(hand_in(house, handle), result(0.0))
        corrected(house)
        db.session.execute(text("DELETE FROM procrastinate_jobs"))
        db.session.commit()
        lin = house.person("lin")
        lab = queries.lab_to_regrade(lin, house.section().code, "squares")
        plan = Plan(version=lab.versions[0], reason="Zero counts.", which=Which.ALL)
        regrade_id = operations.try_out(lin, lab, plan).id
        db.session.remove()
    first = worker("--jobs", "1")
    until(lambda: rows(house, "SELECT 1 FROM regrade_works WHERE state = 'running'"), tmp_path)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(20)
    assert rows(house, "SELECT 1 FROM regrade_works WHERE state IN ('waiting', 'running')")
    worker("--jobs", "1")
    until(lambda: rows(house, "SELECT 1 FROM regrades WHERE state = 'tried'"), tmp_path)
    with house.app.app_context():
        found = db.session.get_one(Regrade, regrade_id)
        assert queries.summary_of(found).count(WorkState.TRIED) == 2
        assert len(db.session.scalars(select(Attempt)).all()) == 2, "nothing counts yet"
        operations.apply(house.person("lin"), found)
        db.session.remove()
    until(lambda: rows(house, "SELECT 1 FROM regrades WHERE state = 'applied'"), tmp_path)
    scores = rows(house, "SELECT number, score FROM attempts ORDER BY number, score")
    assert [tuple(row) for row in scores] == [(1, 0.0), (1, 0.0), (2, 4.0), (2, 4.0)]
