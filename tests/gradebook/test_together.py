"""Many at the same cells at once, over real connections: nothing is lost, all is in the history."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from sqlalchemy import select

from app.gradebook import operations, queries
from app.gradebook.models import GradeChange, GradeEntry, StudentGrade
from app.gradebook.rules.entries import EMPTY, Way, read
from app.kernel.database import db
from tests.gradebook.test_computing import LAB
from tests.grading.conftest import committed  # noqa: F401
from tests.grading.helpers import grade_with, hand_in, result

GRADERS = 6
ROUNDS = 5


def in_parallel(count, work):
    """WORK(number) in COUNT threads that begin together; raises what one of them raised."""
    start = Barrier(count)

    def begin(number):
        start.wait(30)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result(60) for future in [pool.submit(begin, n) for n in range(count)]]


def set_until_it_holds(cast, number, text):
    """As somebody who keeps hers at each conflict; returns how many there were."""
    with cast.app.app_context():
        lin = cast.person("lin")
        book = queries.book_taught_by(lin, cast.section().code)
        mei = cast.person("mei").id
        conflicts, revision = 0, 0
        while True:
            db.session.expire_all()
            edit = operations.CellEdit(mei, LAB, EMPTY.typed(LAB, read(text), "R"), revision)
            done = operations.set_cells(lin, book, [edit], way=Way.GRID, reason=f"by {number}")
            if not done.conflicts:
                db.session.remove()
                return conflicts
            conflicts += 1
            revision = done.conflicts[0].revision


def test_graders_at_one_cell_lose_nothing(committed):  # noqa: F811
    def work(number):
        total = 0
        for n in range(ROUNDS):
            total += set_until_it_holds(committed, number, f"{number}.{n}")
        return total

    in_parallel(GRADERS, work)
    with committed.app.app_context():
        rows = db.session.scalars(select(GradeChange).order_by(GradeChange.at)).all()
        entry = db.session.scalars(select(GradeEntry)).one()
        # Every write is one revision and one line of the history, each upon the one before.
        assert entry.revision == len(rows) == GRADERS * ROUNDS
        by_before = {str(row.before): row for row in rows}
        assert len(by_before) == len(rows)
        state, seen = str({}), 0
        while state in by_before:
            state, seen = str(by_before[state].after), seen + 1
        assert seen == len(rows)
        kept = db.session.scalars(
            select(StudentGrade).where(StudentGrade.person_id == entry.person_id)
        ).one()
        assert Decimal(kept.cells[LAB]["p"]) == entry.override
        assert kept.cells[LAB]["v"] == entry.revision


def test_a_regrade_an_import_and_a_new_scheme_at_once_end_in_one_truth(committed):  # noqa: F811
    with committed.app.app_context():
        made = hand_in(committed, "mei")
        again = hand_in(committed, "hao")
        ids = made.attempt.id, again.attempt.id
        assert all(ids)

    def grading(handle):
        def run():
            with committed.app.app_context():
                grade_with(hand_in(committed, handle), result(3.0, 1.0))
                db.session.remove()

        return run

    def importing():
        with committed.app.app_context():
            lin = committed.person("lin")
            book = queries.book_taught_by(lin, committed.section().code)
            text = f"Mail,Squares\n{committed.person('hao').email},2\n"
            plan, _read = operations.plan_import(book, text.encode(), reason="Paper")
            operations.apply_plan(lin, book, plan, way=Way.IMPORT, reason="Paper")
            db.session.remove()

    def scheme():
        with committed.app.app_context():
            lin = committed.person("lin")
            book = queries.book_taught_by(lin, committed.section().code)
            operations.add_column(lin, book, title="Exam", points=Decimal(10), category="")
            operations.recompute(queries.book_of(committed.section()))
            db.session.remove()

    works = [grading("mei"), importing, scheme, grading("hao")]
    with committed.app.app_context():
        operations.bring_up_to_date(
            queries.book_taught_by(committed.person("lin"), committed.section().code)
        )
        db.session.remove()
    in_parallel(len(works), lambda number: works[number]())
    with committed.app.app_context():
        book = queries.book_taught_by(committed.person("lin"), committed.section().code)
        operations.bring_up_to_date(book)
        kept = {
            row.person_id: (row.exact, row.cells)
            for row in db.session.scalars(select(StudentGrade))
        }
        operations.recompute(book)
        db.session.expire_all()
        # What was kept is what a fresh look at everything finds.
        assert kept == {
            row.person_id: (row.exact, row.cells)
            for row in db.session.scalars(select(StudentGrade))
        }
        assert kept[committed.person("hao").id][1][LAB]["p"] == "2"
        ways = {row.way for row in db.session.scalars(select(GradeChange))}
        assert {Way.IMPORT, Way.AUTOGRADED, Way.HANDED_IN} <= ways
