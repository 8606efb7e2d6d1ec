"""Holding grades and letting them go: what is held when, who hears of it, what is on record."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from app.catalog.rules import ItemKind
from app.kernel import events
from app.kernel.audit import AuditEntry
from app.kernel.database import db
from app.learning import queries
from app.learning.events import GradesReleased
from app.learning.models import GradeRelease, ItemProgress
from app.learning.operations import record_progress, releases
from app.learning.rules.release import Release, Way, held_keys, is_item_key, waits_for

LAB, QUIZ = "lab:squares", "quiz:check"
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


class TestRule:
    def test_the_instant_itself_is_released(self):
        assert Release(NOW + timedelta(microseconds=1)).is_held(NOW)
        assert not Release(NOW).is_held(NOW)
        assert Release(None).is_held(NOW)

    def test_a_release_has_one_of_three_ways(self):
        assert [Release(at).way(NOW) for at in (None, LATER, NOW)] == [
            Way.HELD, Way.TIMED, Way.AT_ONCE,
        ]  # fmt: skip

    def test_held_keys_and_the_next_instant(self):
        found = {"a": Release(None), "b": Release(LATER), "c": Release(NOW)}
        assert held_keys(found, NOW) == {"a", "b"}
        assert held_keys(found, LATER) == {"a"}
        assert waits_for(found.values(), NOW) == LATER
        assert waits_for(found.values(), LATER) is None

    @pytest.mark.parametrize(
        "key", ["lab:", "squares", "lesson:areas", "course", "lab:" + "x" * 120]
    )
    def test_only_what_is_graded_has_a_release(self, key):
        assert not is_item_key(key)
        assert is_item_key(LAB)


@pytest.fixture
def told(monkeypatch):
    """What the rooms above hear of releases."""
    heard = []
    monkeypatch.setitem(events._subscribers, GradesReleased, [heard.append])
    return heard


def held(cast):
    return queries.held_items(cast.section().id)


class TestRelease:
    def test_is_at_once_when_nobody_said_anything(self, enrolled):
        with enrolled.app.app_context():
            assert held(enrolled) == frozenset()

    def test_by_hand_is_told_once_for_several_items(self, enrolled, told):
        with enrolled.app.app_context():
            lin, section = enrolled.person("lin"), enrolled.section()
            assert releases.hold(lin, [section], [LAB, QUIZ]) == 2
            assert held(enrolled) == {LAB, QUIZ}
            assert releases.hold(lin, [section], [LAB]) == 0  # it is already
            assert releases.release_now(lin, [section], [LAB, QUIZ]) == 2
            assert held(enrolled) == frozenset()
            assert [event.item_keys for event in told] == [(LAB, QUIZ)]
            assert releases.release_now(lin, [section], [LAB, QUIZ]) == 0
            assert len(told) == 1

    def test_at_a_time_needs_no_job_to_have_run(self, enrolled, told, frozen):
        with enrolled.app.app_context(), frozen(NOW):
            releases.release_at(enrolled.person("lin"), [enrolled.section()], [LAB], LATER)
            assert held(enrolled) == {LAB}
        with enrolled.app.app_context(), frozen(LATER):
            assert held(enrolled) == frozenset()
            assert told == []

    def test_at_a_time_is_a_job_that_can_run_twice(self, enrolled, told, frozen):
        with enrolled.app.app_context(), frozen(NOW):
            releases.release_at(enrolled.person("lin"), [enrolled.section()], [LAB], LATER)
            ((batch, at),) = db.session.execute(
                text(
                    "SELECT args->>'batch_id', scheduled_at FROM procrastinate_jobs"
                    " WHERE task_name = 'learning.tasks.release_grades'"
                )
            ).all()
            assert at == LATER
            assert releases.tell_released(batch) == 0  # too early
        with enrolled.app.app_context(), frozen(LATER):
            assert releases.tell_released(batch) == 1
            assert releases.tell_released(batch) == 0
        assert len(told) == 1

    def test_a_job_of_a_time_that_was_changed_does_nothing(self, enrolled, told, frozen):
        with enrolled.app.app_context(), frozen(NOW):
            lin, section = enrolled.person("lin"), enrolled.section()
            releases.release_at(lin, [section], [LAB], LATER)
            first = db.session.scalar(select(GradeRelease.batch_id))
            releases.hold(lin, [section], [LAB])
        with enrolled.app.app_context(), frozen(LATER):
            assert releases.tell_released(first) == 0
            assert held(enrolled) == {LAB}
        assert told == []

    @pytest.mark.parametrize("by", [timedelta(0), timedelta(seconds=-1), timedelta(days=800)])
    def test_at_a_time_that_is_not_to_come_is_refused(self, enrolled, frozen, by):
        with enrolled.app.app_context(), frozen(NOW), pytest.raises(releases.TimeWrong):
            releases.release_at(enrolled.person("lin"), [enrolled.section()], [LAB], NOW + by)

    def test_of_nothing_is_refused(self, enrolled):
        with enrolled.app.app_context(), pytest.raises(releases.NothingChosen):
            releases.hold(enrolled.person("lin"), [enrolled.section()], ["lesson:areas"])

    def test_is_a_sections_own(self, enrolled):
        with enrolled.app.app_context():
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            assert queries.held_items(enrolled.section("jiayang").id) == frozenset()

    def test_taken_back_is_said_in_the_audit(self, enrolled):
        with enrolled.app.app_context():
            lin, section = enrolled.person("lin"), enrolled.section()
            releases.hold(lin, [section], [LAB])
            releases.release_now(lin, [section], [LAB])
            releases.hold(lin, [section], [LAB])
            rows = db.session.scalars(
                select(AuditEntry).where(AuditEntry.verb.like("grades.%")).order_by(AuditEntry.at)
            ).all()
            assert [row.verb for row in rows] == ["grades.held", "grades.released", "grades.held"]
            assert rows[-1].details["taken_back"] == [LAB]
            assert {row.actor_id for row in rows} == {lin.id}


def scored(cast, score=3.0):
    record_progress(
        cast.section().id, cast.person("mei").id, ItemKind.LAB, "squares",
        completed=True, score=score, max_score=4.0,
    )  # fmt: skip


class TestProgress:
    def test_knows_no_points_while_they_are_held(self, enrolled):
        with enrolled.app.app_context():
            scored(enrolled)
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            mei = enrolled.person("mei")
            for view in (queries.section_for(mei, enrolled.code), queries.my_enrolments(mei)[0]):
                assert view.held == {LAB}
                assert (view.progress[LAB].score, view.progress[LAB].max_score) == (None, None)
                assert view.facts.shares == {}
                assert view.is_done(view.version.item(ItemKind.LAB, "squares"))

    def test_is_not_written_over_by_being_looked_at(self, enrolled):
        with enrolled.app.app_context():
            scored(enrolled)
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            queries.section_for(enrolled.person("mei"), enrolled.code)
            db.session.commit()
            found = db.session.execute(
                select(func.count(), func.max(ItemProgress.score)).where(
                    ItemProgress.person_id == enrolled.person("mei").id
                )
            ).one()
            assert tuple(found) == (1, 3.0)

    def test_a_lock_does_not_tell_a_held_score(self, enrolled):
        with enrolled.app.app_context():
            scored(enrolled)
            lin, section = enrolled.person("lin"), enrolled.section()
            view = queries.section_for(enrolled.person("mei"), enrolled.code)
            assert view.facts.shares == {LAB: 0.75}
            releases.hold(lin, [section], [LAB])
            assert queries.section_for(enrolled.person("mei"), enrolled.code).facts.shares == {}
            releases.release_now(lin, [section], [LAB])
            view = queries.section_for(enrolled.person("mei"), enrolled.code)
            assert view.facts.shares == {LAB: 0.75}

    def test_what_remains_of_a_cluster_does_not_tell_it_either(self, enrolled):
        with enrolled.app.app_context():
            scored(enrolled)
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            from app.learning.queries.clusters import _facts

            rows = db.session.execute(_facts()).all()
            assert {row.share for row in rows} == {None}

    def test_staff_see_their_own_as_ever(self, enrolled):
        with enrolled.app.app_context():
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            assert queries.section_for(enrolled.person("lin"), enrolled.code).held == frozenset()

    def test_costs_no_statement_more(self, enrolled, count_queries):
        with enrolled.app.app_context():
            mei, code = enrolled.person("mei"), enrolled.code
            with count_queries() as before:
                queries.section_for(mei, code)
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            mei = enrolled.person("mei")
            with count_queries() as after:
                queries.section_for(mei, code)
        assert len([s for s in after if "grade_releases" in s]) == 1
        assert not [s for s in before if "grade_releases" in s and "sections" not in s]
