"""Whose turn it is: between classes of work, between sections, between persons of one section."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.catalog.rules import ItemKind
from app.grading import operations
from app.grading.models import Attempt, Submission
from app.grading.rules import AttemptState, Via
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations as teaching
from app.learning import queries as learning
from tests.cast import SOURCE
from tests.grading.helpers import grade_with, hand_in, result


@pytest.fixture
def lines(enrolled):
    """Mei and hao in one section, wang in another; within a context."""
    with enrolled.app.app_context():
        yield enrolled


def hand_in_elsewhere(cast, handle):
    """Somebody of the other school hands in to the other section."""
    person = cast.person(handle)
    section = cast.section("jiayang")
    view = learning.section_for(person, section.code)
    item = view.item(ItemKind.LAB, "squares")
    return operations.submit(person, view.section, item, {"squares.ipynb": SOURCE}, via=Via.SITE)


def served(count=100, *, ending=True, first_ticket=1000):
    """Who is served, in order; each attempt ends before the next begins unless ENDING is False."""
    order = []
    for ticket in range(first_ticket, first_ticket + count):
        claimed = operations.claim_next(ticket)
        if claimed is None:
            break
        attempt = db.session.get(Attempt, claimed.attempt_id)
        order.append((attempt.submission.person.handle, attempt.submission.number))
        if ending:
            operations.finish(attempt.id, claimed.token, (result(4.0),), {"squares": b"[]"})
    return order


class TestAClassOfWork:
    def test_that_somebody_waits_for_goes_before_regrades(self, lines):
        first = hand_in(lines, "mei")
        grade_with(first, result(4.0))
        operations.regrade(lines.person("lin"), first)
        hand_in(lines, "hao")
        hand_in(lines, "hao")
        assert served() == [("hao", 1), ("hao", 2), ("mei", 1)]

    def test_that_is_regraded_is_shared_between_sections_too(self, lines, elsewhere):
        for _number in range(3):
            grade_with(hand_in(lines, "mei"), result(4.0))
        grade_with(hand_in_elsewhere(lines, elsewhere), result(4.0))
        for submission in db.session.scalars(select(Submission).order_by(Submission.submitted_at)):
            grader = next(p.person for p in submission.section.staff)
            operations.regrade(grader, submission)
        order = [handle for handle, _number in served()]
        assert order.index(elsewhere) <= 1 and len(order) == 4


@pytest.fixture
def elsewhere(lines):
    """A student in the section of the other school, by her handle."""
    from app.accounts import operations as accounts
    from app.accounts.rules import Proof, Role

    person = accounts.create_person(name="佳怡", email="jiayi@jiayang.example", handle="jiayi")
    section = lines.section("jiayang")
    accounts.add_membership(person, section.school_id, Role.STUDENT, Proof.OPERATOR)
    db.session.refresh(person)
    teaching.enrol(person, section)
    return person.handle


class TestSections:
    def test_take_turns_however_many_wait_in_one_of_them(self, lines, elsewhere):
        for _number in range(40):
            hand_in(lines, "mei")
        for _number in range(3):
            hand_in_elsewhere(lines, elsewhere)
        order = [handle for handle, _number in served(8)]
        assert sorted(order[:2]) == sorted(["mei", elsewhere])
        assert order[:6].count(elsewhere) == 3, "turn by turn"
        assert order[6:] == ["mei", "mei"], "and then all places are the other's"

    def test_with_fewer_running_go_first(self, lines, elsewhere):
        for _number in range(6):
            hand_in(lines, "mei")
        assert len(served(3, ending=False)) == 3
        for _number in range(4):
            hand_in_elsewhere(lines, elsewhere)
        order = [handle for handle, _number in served(5, ending=False, first_ticket=2000)]
        assert order[:3] == [elsewhere] * 3, "three run for the other section"
        assert sorted(order[3:]) == sorted([elsewhere, "mei"])


class TestPersonsOfASection:
    def test_come_to_their_first_before_anybody_comes_to_a_second(self, lines):
        for _number in range(50):
            hand_in(lines, "mei")
        hand_in(lines, "hao")
        hand_in(lines, "hao")
        order = served(6)
        assert order == [("mei", 1), ("hao", 1), ("mei", 2), ("hao", 2), ("mei", 3), ("mei", 4)]

    def test_are_served_in_the_order_in_which_each_handed_in(self, lines):
        for _number in range(3):
            hand_in(lines, "hao")
        assert served() == [("hao", 1), ("hao", 2), ("hao", 3)]


class TestATicket:
    def test_takes_up_what_its_dead_worker_left(self, lines):
        hand_in(lines, "mei")
        hand_in(lines, "hao")
        dead = operations.claim_next(7)
        other = operations.claim_next(8)
        again = operations.claim_next(7)
        assert dead is not None and again is not None and other is not None
        assert again.attempt_id == dead.attempt_id != other.attempt_id
        assert again.token != dead.token
        assert db.session.get(Attempt, again.attempt_id).claim_count == 2

    def test_that_finds_nothing_does_nothing(self, lines):
        assert operations.claim_next(7) is None
        assert operations.run_next(7) is False

    def test_leaves_what_has_just_failed_alone_for_a_moment(self, lines):
        hand_in(lines, "mei")
        hand_in(lines, "hao")
        claimed = operations.claim_next(7)
        assert claimed is not None
        operations.release(claimed)
        other = operations.claim_next(8)
        assert other is not None and other.attempt_id != claimed.attempt_id
        assert operations.claim_next(9) is None
        with clock.frozen_at(clock.now() + timedelta(seconds=2)):
            again = operations.claim_next(9)
        assert again is not None and again.attempt_id == claimed.attempt_id

    def test_ends_what_took_three_workers_with_it_and_goes_on_with_the_next(self, lines):
        poisonous, fine = hand_in(lines, "mei"), hand_in(lines, "hao")
        for _death in range(3):
            assert operations.claim_next(7) is not None
        claimed = operations.claim_next(7)
        assert claimed is not None and claimed.attempt_id == fine.attempt.id
        assert poisonous.attempt.state is AttemptState.FAILED


def test_finding_the_next_of_two_thousand_is_quick(lines):
    """As many again are done: no turn reads them."""
    made = hand_in(lines, "mei")
    db.session.execute(
        text(
            "INSERT INTO submissions (id, section_id, person_id, lab_slug, lab_version_id, number,"
            " submitted_at, receipt, via, size) SELECT gen_random_uuid(), section_id, person_id,"
            " lab_slug, lab_version_id, 1 + n, submitted_at, md5(n::text), via, size"
            " FROM submissions, generate_series(1, 4000) n WHERE submissions.id = :id"
        ),
        {"id": made.id},
    )
    db.session.execute(
        text(
            "INSERT INTO attempts (id, submission_id, section_id, number, state, queued_at,"
            " claim_count, pending_count, reason_params, turn, claimed_at)"
            " SELECT gen_random_uuid(), id, section_id, 1,"
            " CASE WHEN number % 2 = 0 THEN 'queued' ELSE 'graded' END,"
            " submitted_at, 0, 0, '{}', number,"
            " CASE WHEN number % 2 = 0 THEN NULL ELSE submitted_at END"
            " FROM submissions WHERE number > 1"
        )
    )
    db.session.execute(text("ANALYZE attempts"))
    began = clock.now()
    for ticket in range(20):
        assert operations.claim_next(ticket) is not None
    mean = (clock.now() - began).total_seconds() / 20
    assert mean < 0.1, f"{mean:.3f} s a turn"
