"""Plans of marking: who may make one, whose works are whose, and what moves when."""

from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.kernel.audit import AuditEntry
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.learning.rules import StaffRole
from app.marking.models import MarkingPlan, MarkingShare
from app.marking.operations import shares as operations
from app.marking.queries import shares as queries
from app.marking.queries import shares_progress as reading
from app.marking.queries.shares import Plan
from app.marking.rules.sharing import Sharing
from tests.gradebook.test_together import in_parallel
from tests.grading.conftest import committed  # noqa: F401
from tests.grading.helpers import grade_with, hand_in, result
from tests.marking.people import ITEM, more_students, plan_with, works_in


class TestThePlan:
    def test_without_one_everything_is_everybodys(self, enrolled, in_app, count_queries):
        with in_app():
            section, lin = enrolled.section(), enrolled.person("lin")
            with count_queries() as seen:
                plan = queries.plan(section, ITEM)
                assert queries.mine(lin, section, ITEM) is None
            assert len(seen) == 2
            assert plan == Plan() and plan.way == "all" and plan.seconds == 0

    def test_is_made_by_instructors_alone(self, enrolled, in_app):
        with in_app():
            with pytest.raises(NotVisible):
                plan_with(enrolled, "ping", actor="ping")
            with pytest.raises(NotVisible):
                plan_with(enrolled, "ping", actor="wang")
            assert queries.plan(enrolled.section(), ITEM).number == 0

    def test_is_kept_in_versions_that_nobody_changes(self, enrolled, in_app):
        with in_app():
            plan_with(enrolled, "lin", "ping")
            plan_with(enrolled, "ping", blind=True)
            plan = queries.plan(enrolled.section(), ITEM)
            assert plan.number == 2 and plan.blind and plan.way == "shared"
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.execute(text("UPDATE marking_plans SET is_blind = false"))
            db.session.rollback()

    def test_made_meanwhile_is_not_overwritten(self, enrolled, in_app):
        with in_app():
            plan_with(enrolled, "lin", "ping")
            with pytest.raises(operations.PlanChangedMeanwhile):
                plan_with(enrolled, "ping", seen=0)

    def test_needs_graders_and_two_where_two_mark(self, enrolled, in_app):
        with in_app():
            with pytest.raises(operations.NoGrader):
                plan_with(enrolled)
            with pytest.raises(operations.NoGrader):
                plan_with(enrolled, "wang")
            with pytest.raises(operations.NoSecondGrader):
                plan_with(enrolled, "ping", seconds_percent=20)

    def test_blind_marking_ends_only_with_a_reason_that_stays_known(self, enrolled, in_app):
        with in_app():
            plan_with(enrolled, "lin", "ping", blind=True)
            with pytest.raises(operations.LiftedWithoutReason):
                plan_with(enrolled, "lin", "ping")
            plan_with(enrolled, "lin", "ping", reason="Two names were mixed up")
            rows = db.session.scalars(queries.versions(enrolled.section().id, ITEM)).all()
            assert rows[0].by.handle == "lin" and rows[0].reason == "Two names were mixed up"
            entry = db.session.scalars(
                select(AuditEntry).where(AuditEntry.verb == "marking.blind_lifted")
            ).one()
            assert entry.actor_id == enrolled.person("lin").id
            assert entry.details["reason"] == "Two names were mixed up"


class TestSharing:
    def test_is_even_and_each_work_is_one_graders(self, enrolled, in_app):
        with in_app():
            handles = more_students(enrolled, 7)
            works = {str(work.id) for work in works_in(enrolled, *handles)}
            plan_with(enrolled, "lin", "ping")
            section = enrolled.section()
            mine = [
                queries.mine(enrolled.person(handle), section, ITEM) for handle in ("lin", "ping")
            ]
            assert {str(one) for one in mine[0] | mine[1]} == works
            assert not mine[0] & mine[1]
            assert sorted(map(len, mine)) == [3, 4]

    def test_goes_on_as_works_arrive_and_moves_none(self, enrolled, in_app):
        with in_app():
            handles = more_students(enrolled, 9)
            plan_with(enrolled, "lin", "ping")
            section, before = enrolled.section(), {}
            for handle in handles:
                works_in(enrolled, handle)
                now = {k: v.grader_id for k, v in reading.shares_in(section, ITEM).items()}
                assert before.items() <= now.items() and len(now) == len(before) + 1
                counts = Counter(now.values())
                assert max(counts.values()) - min(counts[p.id] for p in _pair(enrolled)) <= 1
                before = now

    def test_what_is_handed_in_again_goes_to_the_same_grader(self, enrolled, in_app):
        with in_app():
            plan_with(enrolled, "lin", "ping")
            first = works_in(enrolled, "mei")[0]
            again = works_in(enrolled, "mei")[0]
            section = enrolled.section()
            hers = [queries.mine(person, section, ITEM) for person in _pair(enrolled)]
            assert {first.id, again.id} in hers and set() in hers

    def test_by_weight(self, enrolled, in_app):
        with in_app():
            works_in(enrolled, *more_students(enrolled, 8))
            plan_with(enrolled, lin=1, ping=3)
            counts = Counter(
                share.grader_id for share in reading.shares_in(enrolled.section(), ITEM).values()
            )
            lin, ping = _pair(enrolled)
            assert counts == {lin.id: 2, ping.id: 6}

    def test_by_groups_follows_the_section(self, enrolled, in_app):
        with in_app():
            section, lin = enrolled.section(), enrolled.person("lin")
            made = learning.make_group_set(lin, section, "Table", ["Table 1", "Table 2"])
            one, two = made.groups
            learning.place_in_groups(lin, section, made, {enrolled.person("mei").id: one.id})
            works_in(enrolled, "mei", "hao")
            plan_with(
                enrolled,
                sharing=Sharing.GROUPS,
                group_set_id=made.id,
                groups={one.id: enrolled.person("ping").id, two.id: lin.id},
            )
            shares = reading.shares_in(section, ITEM)
            assert shares[enrolled.person("mei").id].grader_id == enrolled.person("ping").id
            assert shares[enrolled.person("hao").id].grader_id is None

    def test_by_a_list_gives_what_was_named_and_leaves_the_rest(self, enrolled, in_app):
        with in_app():
            works_in(enrolled, "mei", "hao")
            plan_with(enrolled, "ping", "lin", sharing=Sharing.LISTS)
            section, mei = enrolled.section(), enrolled.person("mei")
            ping = enrolled.person("ping")
            assert operations.assign(enrolled.person("lin"), section, ITEM, {mei.id: ping.id}) == 1
            assert len(queries.mine(ping, section, ITEM)) == 1
            with pytest.raises(NotVisible):
                operations.assign(ping, section, ITEM, {mei.id: ping.id})

    def test_anew_moves_only_what_is_not_marked(self, enrolled, in_app):
        with in_app():
            handles = more_students(enrolled, 8)
            works = works_in(enrolled, *handles)
            plan_with(enrolled, "ping")
            for work in works[:3]:
                mark(enrolled, "ping", work)
            plan_with(enrolled, "lin")
            shares = reading.shares_in(enrolled.section(), ITEM)
            lin, ping = _pair(enrolled)
            for n, work in enumerate(works):
                assert shares[work.person_id].grader_id == (ping.id if n < 3 else lin.id)
            live = db.session.scalars(select(MarkingShare)).all()
            assert len(live) == 8 + 5, "what ended is kept"

    def test_lifting_the_blindness_moves_nothing(self, enrolled, in_app):
        with in_app():
            works_in(enrolled, *more_students(enrolled, 6))
            plan_with(enrolled, "lin", "ping", blind=True)
            before = set(db.session.scalars(select(MarkingShare.id)))
            plan_with(enrolled, "lin", "ping", reason="Done")
            assert set(db.session.scalars(select(MarkingShare.id))) == before

    def test_is_foreseen_without_being_written(self, enrolled, in_app):
        with in_app():
            works_in(enrolled, *more_students(enrolled, 6))
            lin, ping = _pair(enrolled)
            wanted = Plan(sharing=Sharing.RANDOM, graders={lin.id: 1, ping.id: 2})
            found = operations.foreseen(enrolled.section(), ITEM, wanted)
            assert found == {lin.id: 2, ping.id: 4}
            assert not db.session.scalars(select(MarkingPlan)).all()
            assert not reading.shares_in(enrolled.section(), ITEM)


class TestWhoLeaves:
    @pytest.fixture
    def shared(self, enrolled, in_app):
        with in_app():
            learning.appoint(enrolled.person("wang"), enrolled.section(), StaffRole.INSTRUCTOR)
            works = works_in(enrolled, *more_students(enrolled, 6))
            plan_with(enrolled, "lin", "ping")
            hers = queries.mine(enrolled.person("ping"), enrolled.section(), ITEM)
            mark(enrolled, "ping", next(work for work in works if work.id in hers))
        return enrolled

    def rows(self, cast):
        section = cast.section()
        plan = queries.plan(section, ITEM)
        return {
            row.person.handle if row.person else None: row
            for row in reading.progress(section, ITEM, plan)
        }

    def test_her_works_are_nobodys_and_what_she_did_is_hers(self, shared, in_app):
        with in_app():
            before = self.rows(shared)
            assert (before["ping"].done, before["ping"].waiting) == (1, 2)
            assert before["lin"].waiting == 3 and before[None].waiting == 0
            leave(shared, "ping")
            after = self.rows(shared)
            assert not after["ping"].is_here
            assert (after["ping"].done, after["ping"].waiting) == (1, 0)
            assert after[None].waiting == 2 and after["lin"].waiting == 3

    def test_so_it_is_when_she_is_suspended(self, shared, in_app):
        with in_app():
            suspend(shared, "ping")
            after = self.rows(shared)
            assert not after["ping"].is_here and after[None].waiting == 2

    def test_somebody_takes_them_over(self, shared, in_app):
        with in_app():
            leave(shared, "ping")
            lin, section = shared.person("lin"), shared.section()
            moved = operations.hand_over(
                lin, section, ITEM, source=shared.person("ping").id, target=lin.id
            )
            assert moved == 2
            assert self.rows(shared)["lin"].waiting == 5 and self.rows(shared)[None].waiting == 0

    def test_an_assistant_takes_over_for_herself_what_is_nobodys_alone(self, shared, in_app):
        with in_app():
            ping, lin, section = shared.person("ping"), shared.person("lin"), shared.section()
            with pytest.raises(operations.NotYours):
                operations.hand_over(ping, section, ITEM, source=lin.id, target=ping.id)
            with pytest.raises(operations.NotYours):
                operations.hand_over(ping, section, ITEM, source=None, target=lin.id)
            with pytest.raises(NotVisible):
                operations.hand_over(
                    shared.person("wang"), section, ITEM, source=None, target=lin.id
                )
            assert operations.hand_over(ping, section, ITEM, source=None, target=ping.id) == 0

    def test_progress_costs_the_same_for_many(self, shared, in_app, count_queries):
        with in_app():
            self.rows(shared)
            with count_queries() as few:
                self.rows(shared)
            works_in(shared, *more_students(shared, 5, "late"))
            self.rows(shared)
            with count_queries() as many:
                self.rows(shared)
            assert len(few) == len(many)


def test_works_that_arrive_while_it_is_shared_are_each_one_graders(committed):  # noqa: F811
    with committed.app.app_context():
        handles = more_students(committed, 12)
        made = [hand_in(committed, handle).id for handle in handles]
        db.session.remove()

    def work(number):
        with committed.app.app_context():
            if number < 4:
                for id_ in made[number * 3 : number * 3 + 3]:
                    finish(id_)
            else:
                while True:
                    try:
                        plan_with(committed, "lin", "ping")
                        break
                    except operations.PlanChangedMeanwhile:
                        db.session.expire_all()
            db.session.remove()

    in_parallel(6, work)
    with committed.app.app_context():
        section = committed.section()
        operations.catch_up(section, ITEM)
        shares = reading.shares_in(section, ITEM)
        assert len(shares) == 12
        counts = Counter(share.grader_id for share in shares.values())
        assert sorted(counts.values()) == [6, 6]


def finish(submission_id):
    from app.grading.models import Submission

    assert grade_with(db.session.get_one(Submission, submission_id), result(4.0))


def mark(cast, handle, work, points=Decimal(1)):
    from app.marking.operations.seconds import record

    return record(cast.person(handle), work, "squares/why", points, "")


def _pair(cast):
    return cast.person("lin"), cast.person("ping")


@operation
def leave(cast, handle):
    section = cast.section()
    person = cast.person(handle)
    place = next(p for p in section.staff if p.person_id == person.id and p.ended_at is None)
    learning.dismiss(cast.person("lin"), section, place)


@operation
def suspend(cast, handle):
    from app.kernel import clock

    db.session.get_one(Person, cast.person(handle).id).suspended_at = clock.now()
    db.session.flush()
