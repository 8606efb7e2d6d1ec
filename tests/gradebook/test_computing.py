"""What is kept of everybody's grade, and how it follows what happens."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.gradebook import operations, queries
from app.gradebook.models import GradeChange, StudentGrade
from app.gradebook.rules.entries import COURSE, EMPTY, Entry, Way, read
from app.grading import operations as grading
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations as learning
from app.learning.operations import PlanDates
from tests.grading.helpers import grade_with, hand_in, result

LAB = "lab:squares"
DUE = datetime(2026, 9, 20, 16, tzinfo=UTC)


def book_of(cast):
    return queries.book_taught_by(cast.person("lin"), cast.section().code)


def grade_of(cast, handle):
    return db.session.scalars(
        select(StudentGrade)
        .where(StudentGrade.person_id == cast.person(handle).id)
        .execution_options(populate_existing=True)
    ).one()


def history(cast, handle, key=LAB):
    return db.session.scalars(
        select(GradeChange)
        .where(GradeChange.person_id == cast.person(handle).id, GradeChange.item_key == key)
        .order_by(GradeChange.at, GradeChange.id)
    ).all()


def setting(cast, handle, text="5", reason="Seen on paper", key=LAB, revision=0, was=EMPTY):
    typed = was.typed(key, read(text), reason)
    return operations.CellEdit(cast.person(handle).id, key, typed, revision)


def fully(cast, handle, score=4.0, why=2.0):
    made = hand_in(cast, handle)
    grade_with(made, result(score, why))
    return made


def set_due(cast, due=DUE, closes=None):
    section = cast.section()
    version = queries.books.learning.section_for(cast.person("lin"), section.code).version
    learning.save_dates(
        cast.person("lin"), section.offering, version, {LAB: PlanDates(None, due, closes)}
    )


class TestComputing:
    def test_follows_a_score_in_the_same_transaction(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei", 4.0, 2.0)
            row = grade_of(enrolled, "mei")
            assert (row.exact, row.rounded, row.is_passed) == ("100/1", Decimal(100), True)
            assert row.cells[LAB]["p"] == "6"

    def test_waits_while_a_person_has_points_to_give(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            row = grade_of(enrolled, "mei")
            assert (row.exact, row.waiting_count) == (None, 1)
            assert row.cells[LAB] == {"s": "waiting", "p": "4", "u": str(made.id)}
            grading.give_score(
                enrolled.person("lin"), made, grading.CellRef("squares", "why"), 0.5, ""
            )
            assert grade_of(enrolled, "mei").exact == "75/1"

    def test_tells_in_the_history_what_tests_and_people_gave(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            grade_with(made, result(4.0))
            grading.give_score(
                enrolled.person("lin"), made, grading.CellRef("squares", "why"), 0.5, ""
            )
            rows = history(enrolled, "mei")
            assert [row.way for row in rows] == [
                Way.HANDED_IN, Way.AUTOGRADED, Way.MANUAL_GRADING,
            ]  # fmt: skip
            assert rows[-1].after == {"state": "graded", "points": "4.5"}
            assert rows[-1].by_id == enrolled.person("lin").id

    def test_leaves_out_staff_who_try_a_lab(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "lin")
            operations.bring_up_to_date(book_of(enrolled))
            people = set(db.session.scalars(select(StudentGrade.person_id)))
            assert people == {enrolled.person("mei").id, enrolled.person("hao").id}

    def test_does_nothing_when_nothing_is_stale(self, enrolled):
        with enrolled.app.app_context():
            assert operations.bring_up_to_date(book_of(enrolled)) == 2
            assert operations.bring_up_to_date(book_of(enrolled)) == 0


class TestTime:
    def test_makes_work_missing_when_it_was_due(self, enrolled, frozen):
        with enrolled.app.app_context():
            with frozen(DUE - timedelta(days=2)):
                set_due(enrolled)
                operations.bring_up_to_date(book_of(enrolled))
                row = grade_of(enrolled, "mei")
                assert (row.missing_count, row.stale_at) == (0, DUE)
            with frozen(DUE):
                assert operations.bring_up_to_date(book_of(enrolled)) == 2
                row = grade_of(enrolled, "mei")
                assert (row.missing_count, row.exact) == (1, "0/1")

    def test_counts_an_extension_of_one_student(self, enrolled, frozen):
        with enrolled.app.app_context():
            with frozen(DUE - timedelta(days=2)):
                set_due(enrolled)
                operations.bring_up_to_date(book_of(enrolled))
                given = learning.grant_extension(
                    enrolled.person("lin"), enrolled.section(), enrolled.person("mei"),
                    item_key=LAB, due_at=None, extra_days=3, time_factor=1, reason="ill",
                )  # fmt: skip
                assert operations.bring_up_to_date(book_of(enrolled)) == 1
            with frozen(DUE + timedelta(days=1)):
                operations.bring_up_to_date(book_of(enrolled))
                assert grade_of(enrolled, "mei").missing_count == 0
                assert grade_of(enrolled, "hao").missing_count == 1
                learning.end_extension(enrolled.person("lin"), given)
                assert operations.bring_up_to_date(book_of(enrolled)) == 1
                assert grade_of(enrolled, "mei").missing_count == 1

    def test_says_how_late_work_came(self, enrolled, frozen):
        with enrolled.app.app_context():
            with frozen(DUE - timedelta(days=2)):
                set_due(enrolled)
            with frozen(DUE + timedelta(hours=3)):
                fully(enrolled, "mei")
                row = grade_of(enrolled, "mei")
                assert (row.late_count, row.cells[LAB]["l"]) == (1, 3 * 3600)

    def test_notices_that_dates_were_moved(self, enrolled):
        with enrolled.app.app_context():
            operations.bring_up_to_date(book_of(enrolled))
            set_due(enrolled, clock.now() - timedelta(days=1))
            assert operations.bring_up_to_date(book_of(enrolled)) == 2
            assert grade_of(enrolled, "hao").missing_count == 1


class TestSettingCells:
    def test_puts_a_number_in_the_place_of_what_was_computed(self, enrolled):
        with enrolled.app.app_context():
            fully(enrolled, "mei")
            done = operations.set_cells(
                enrolled.person("lin"), book_of(enrolled), [setting(enrolled, "mei", "3")],
                way=Way.GRID,
            )  # fmt: skip
            assert not done.conflicts
            row = grade_of(enrolled, "mei")
            assert row.exact == "50/1"
            assert row.cells[LAB] | {"u": ""} == {
                "s": "graded", "p": "3", "r": "6", "o": 1, "v": 1, "u": "",
            }  # fmt: skip
            last = history(enrolled, "mei")[-1]
            assert (last.before, last.after) == ({}, {"override": "3", "reason": "Seen on paper"})

    def test_asks_for_a_reason(self, enrolled):
        with enrolled.app.app_context(), pytest.raises(operations.ReasonNeeded):
            operations.set_cells(
                enrolled.person("lin"), book_of(enrolled),
                [setting(enrolled, "mei", "3", reason=" ")], way=Way.GRID,
            )  # fmt: skip

    def test_shows_both_sides_of_a_conflict_and_writes_the_rest(self, enrolled):
        with enrolled.app.app_context():
            lin, book = enrolled.person("lin"), book_of(enrolled)
            operations.set_cells(lin, book, [setting(enrolled, "mei", "3")], way=Way.GRID)
            done = operations.set_cells(
                lin, book,
                [setting(enrolled, "mei", "5"), setting(enrolled, "hao", "4")], way=Way.GRID,
            )  # fmt: skip
            (conflict,) = done.conflicts
            assert (conflict.theirs.override, conflict.revision) == (Decimal(3), 1)
            assert conflict.by == lin.name
            assert [change.person_id for change in done.changes] == [enrolled.person("hao").id]
            assert grade_of(enrolled, "mei").cells[LAB]["p"] == "3"

    def test_takes_back_a_batch_by_another_change(self, enrolled):
        with enrolled.app.app_context():
            lin, book = enrolled.person("lin"), book_of(enrolled)
            fully(enrolled, "mei")
            edits = [setting(enrolled, "mei", "3"), setting(enrolled, "hao", "4")]
            done = operations.set_cells(lin, book, edits, way=Way.GRID)
            undone = operations.undo(lin, book, batch_id=done.batch_id)
            assert len(undone.changes) == 2
            assert grade_of(enrolled, "mei").exact == "100/1"
            assert history(enrolled, "mei")[-1].way is Way.UNDO
            with pytest.raises(operations.NotUndoable):
                operations.undo(lin, book, batch_id=done.batch_id)
            again = operations.undo(lin, book, batch_id=undone.batch_id)  # redo
            assert len(again.changes) == 2
            assert grade_of(enrolled, "mei").exact == "50/1"

    def test_does_not_take_back_what_somebody_changed_since(self, enrolled):
        with enrolled.app.app_context():
            lin, book = enrolled.person("lin"), book_of(enrolled)
            done = operations.set_cells(lin, book, [setting(enrolled, "mei", "3")], way=Way.GRID)
            operations.set_cells(
                lin, book, [setting(enrolled, "mei", "4", revision=1)], way=Way.GRID
            )
            with pytest.raises(operations.NotUndoable):
                operations.undo(lin, book, batch_id=done.batch_id)
            assert grade_of(enrolled, "mei").cells[LAB]["p"] == "4"

    def test_sets_a_whole_grade_and_leaves_it_open(self, enrolled):
        with enrolled.app.app_context():
            lin, book = enrolled.person("lin"), book_of(enrolled)
            fully(enrolled, "mei")
            mei = enrolled.person("mei").id
            operations.set_cells(
                lin, book, [operations.CellEdit(mei, COURSE, Entry(is_incomplete=True), 0)],
                way=Way.PAGE,
            )  # fmt: skip
            row = grade_of(enrolled, "mei")
            assert (row.is_incomplete, row.is_passed) == (True, None)
            entry = Entry(override=Decimal(59), reason="Board of examiners")
            operations.set_cells(
                lin, book, [operations.CellEdit(mei, COURSE, entry, 1)], way=Way.PAGE
            )
            row = grade_of(enrolled, "mei")
            assert (row.rounded, row.is_passed) == (Decimal(59), False)

    def test_refuses_people_and_columns_of_elsewhere(self, enrolled):
        with enrolled.app.app_context():
            lin, book = enrolled.person("lin"), book_of(enrolled)
            for handle, key in (("zhen", LAB), ("mei", "lab:nothing")):
                if handle == "zhen":
                    handle = "wang"
                with pytest.raises(operations.NotInTheGradebook):
                    operations.set_cells(
                        lin, book, [setting(enrolled, handle, key=key)], way=Way.GRID
                    )
