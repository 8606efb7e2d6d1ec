"""After the result: changes by hand, who must not come together, what is missing, minimums."""

import pytest
from sqlalchemy import select, text

from app import matching
from app.accounts.policies import is_instructor
from app.applications import operations as applications
from app.applications.rules import Move
from app.applications.rules import State as Applied
from app.evidence.models import Evidence
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.rounds import operations, queries
from app.rounds.models import RoundChange
from app.rounds.operations import ByHand
from app.rounds.rules import ChangeKind, OfferState, State, Way
from tests.rounds.conftest import DAY, HOUR, prepare


@pytest.fixture
def published(opened):
    with opened.at(2 * HOUR):
        opened.rank("mei", 0, 1)
        opened.rank("hao", 0, 1)
        opened.rank("yan", 0)
        opened.list_of(0, "mei", "hao", "yan")
        opened.list_of(1, "hao", "mei", "yan")
    opened.go_to(State.PUBLISHED)
    return opened


def reasons(stage, handle):
    found = queries.drawn_of(stage.round)
    return [m.explained.reason for m in queries.my_reasons(found, stage.entry(handle))]


class TestByHand:
    def test_a_change_is_looked_at_before_it_is_made(self, published):
        wanted = ByHand(entry=published.entry("yan"), project=published.projects[0])
        looked = operations.look(published.round, wanted)
        assert not looked.checked.is_clean
        assert looked.checked.over == (published.projects[0].key,)
        fang = published.person("fang")
        with published.at(3 * DAY), pytest.raises(operations.NotClean):
            operations.change_by_hand(fang, published.round, wanted, "She is needed.")
        assert db.session.scalars(select(RoundChange)).all() == []

    def test_it_needs_a_reason(self, published):
        wanted = ByHand(entry=published.entry("mei"))
        with published.at(3 * DAY), pytest.raises(operations.ReasonNeeded):
            operations.change_by_hand(published.person("fang"), published.round, wanted, "  ")

    def test_it_is_kept_with_what_it_broke_and_the_offer_follows(self, published):
        wanted = ByHand(entry=published.entry("yan"), project=published.projects[0])
        fang = published.person("fang")
        with published.at(3 * DAY):
            operations.change_by_hand(fang, published.round, wanted, "Needed.", confirmed=True)
        change = db.session.scalars(select(RoundChange)).one()
        assert (change.kind, change.reason, change.by_id) == (ChangeKind.MOVE, "Needed.", fang.id)
        assert change.checked["over"] == [published.projects[0].key]
        offer = published.offer("yan")
        assert (offer.way, offer.state) == (Way.HAND, OfferState.OPEN)
        assert offer.application.state is Applied.OFFERED
        assert list(queries.my_changes(published.entry("yan"))) == [change]

    def test_a_place_that_is_taken_back_goes_to_the_next_and_not_back(self, published):
        wanted = ByHand(entry=published.entry("mei"))
        with published.at(3 * DAY):
            operations.change_by_hand(
                published.person("fang"), published.round, wanted, "A rule.", confirmed=True
            )
        assert published.fill(3 * DAY) >= 1
        assert published.offer("hao").project_id == published.projects[0].id
        # mei stays in line for what else she ranked, and hao has just left it.
        assert published.offer("mei").project_id == published.projects[1].id

    def test_a_larger_quota_lets_the_next_in(self, published):
        wanted = ByHand(project=published.projects[0], count=2)
        assert operations.look(published.round, wanted).checked.new_pairs != ()
        with published.at(3 * DAY):
            operations.change_by_hand(
                published.person("fang"), published.round, wanted, "A chair more.", confirmed=True
            )
        assert published.fill(3 * DAY) == 1
        assert published.offer("hao").project_id == published.projects[0].id

    def test_nobody_else_changes_anything(self, published):
        wanted = ByHand(entry=published.entry("mei"))
        for handle in ("mei", "yun", "lin", "ting"):
            with published.at(3 * DAY), pytest.raises(NotVisible):
                operations.change_by_hand(
                    published.person(handle), published.round, wanted, "Because.", confirmed=True
                )

    def test_the_company_does_not_refuse_whom_the_round_gave_it(self, published):
        application = published.offer("mei").application
        with published.at(3 * DAY), pytest.raises(operations.PlacedByRound):
            applications.move(
                published.person("yun"), application, Move.REFUSE, seen=application.state,
                reason="We want somebody else.",
            )  # fmt: skip


class TestReasons:
    def test_who_must_not_come_together_does_not(self, opened):
        with opened.at(2 * HOUR):
            opened.rank("mei", 0)
            opened.list_of(0, "mei")
            operations.bar(
                opened.person("fang"), opened.round, opened.entry("mei"), opened.projects[0],
                "Her mother leads it.",
            )  # fmt: skip
        opened.go_to(State.PUBLISHED)
        assert opened.offer("mei") is None
        (why,) = queries.my_reasons(queries.drawn_of(opened.round), opened.entry("mei"))
        assert why.explained.reason is matching.Reason.NOT_ELIGIBLE
        assert why.barrier == "Her mother leads it."

    def test_what_is_missing_when_it_closes_is_named(self, opened):
        with opened.at(2 * HOUR):
            opened.rank("mei", 0)
            opened.list_of(0, "mei")
        mei = opened.person("mei")
        db.session.execute(text("SET LOCAL banyan.erasing = 'on'"))
        for row in db.session.scalars(select(Evidence).where(Evidence.person_id == mei.id)):
            db.session.delete(row)
        db.session.flush()
        opened.go_to(State.PUBLISHED)
        (why,) = queries.my_reasons(queries.drawn_of(opened.round), opened.entry("mei"))
        assert why.explained.reason is matching.Reason.NOT_ELIGIBLE
        assert [(skill.key, level) for skill, level in why.skills] == [("anomaly-detection", 2)]

    def test_not_ranked_and_lottery(self, opened):
        with opened.at(2 * HOUR):
            for handle in ("mei", "hao", "yan"):
                opened.rank(handle, 0)
            opened.list_of(0, "mei hao")
        opened.go_to(State.PUBLISHED)
        found = {h: reasons(opened, h) for h in ("mei", "hao", "yan")}
        assert found["yan"] == [matching.Reason.NOT_RANKED]
        assert sorted([found["mei"], found["hao"]]) == [[], [matching.Reason.LOTTERY]]

    def test_a_withdrawn_application_is_no_choice_any_more(self, opened):
        with opened.at(2 * HOUR):
            entry = opened.rank("mei", 0, 1)
            opened.list_of(0, "mei")
            opened.list_of(1, "mei")
            application = queries.applications_of(entry)[opened.projects[0].id]
            applications.withdraw(opened.person("mei"), application)
        opened.go_to(State.PUBLISHED)
        found = queries.drawn_of(opened.round)
        assert found.first.assigned[opened.entry("mei").key] == opened.projects[1].key
        dropped = queries.dropped_choices(found, opened.entry("mei"))
        assert [p.id for p in dropped] == [opened.projects[0].id]


def test_a_project_under_its_minimum_closes(enrolled, in_app):
    with in_app():
        stage = prepare(enrolled, quotas=(2, 3), minimum=2)
        stage.go_to(State.OPEN)
        with stage.at(2 * HOUR):
            stage.rank("mei", 0, 1)
            stage.rank("hao", 1)
            stage.rank("yan", 1)
            stage.list_of(0, "mei hao yan")
            stage.list_of(1, "mei", "hao", "yan")
        stage.go_to(State.PUBLISHED)
        assert stage.offer("mei").project_id == stage.projects[1].id
        assert reasons(stage, "mei") == [matching.Reason.CLOSED]
        assert queries.result_of(stage.round).closed == [stage.projects[0].key]


def test_a_supervisors_limit_holds_over_all_her_projects(enrolled, in_app):
    with in_app():
        stage = prepare(enrolled)
        lin, fang = stage.person("lin"), stage.person("fang")
        assert is_instructor(lin)
        for project in stage.projects:
            project.brief.supervisor_id = lin.id
        db.session.flush()
        operations.supervise(fang, stage.round, lin, 1)
        stage.go_to(State.OPEN)
        with stage.at(2 * HOUR):
            stage.rank("mei", 0)
            stage.rank("hao", 1)
            stage.list_of(0, "mei", "hao")
            stage.list_of(1, "yan", "mei", "hao")
        stage.go_to(State.PUBLISHED)
        assert stage.offer("mei").state is OfferState.OPEN
        assert stage.offer("hao") is None
        assert reasons(stage, "hao") == [matching.Reason.SUPERVISOR_LIMIT]


class TestKeeping:
    def test_more_time_moves_everything_after_it(self, opened):
        fang, before = opened.person("fang"), opened.round.windows
        with opened.at(2 * HOUR):
            operations.postpone(fang, opened.round, before.closes_at + DAY, "A storm.")
        after = opened.round.windows
        assert after.closes_at - before.closes_at == DAY
        assert after.publishes_at - before.publishes_at == DAY
        assert after.ends_at - before.ends_at == DAY
        with opened.at(2 * HOUR), pytest.raises(operations.DatesWrong):
            operations.postpone(fang, opened.round, before.closes_at, "Back.")

    def test_what_is_cancelled_is_never_drawn(self, opened):
        operations.cancel(opened.person("fang"), opened.round, "No students.")
        with opened.at(3 * DAY):
            assert operations.draw(opened.secret_key, opened.round.id) is False
            assert operations.go_on(opened.round.id) is State.CANCELLED
        assert opened.round.cancelled_reason == "No students."

    def test_nothing_comes_or_goes_once_the_ranking_is_open(self, opened):
        with pytest.raises(operations.NotNow):
            operations.remove_project(opened.person("fang"), opened.round, opened.projects[0])

    def test_nobody_ranks_before_or_after(self, announced):
        with pytest.raises(operations.NotNow):
            announced.rank("mei", 0)
        announced.go_to(State.OPEN)
        with announced.at(2 * HOUR):
            entry = announced.rank("mei", 0)
        # The date has come, though the clock's job has not run yet.
        with announced.at(DAY), pytest.raises(operations.NotNow):
            operations.save_choices(announced.person("mei"), announced.round, entry, [])

    def test_leaving_lets_her_enter_again_with_another_number(self, opened):
        with opened.at(2 * HOUR):
            first = opened.rank("mei", 0)
            operations.leave(opened.person("mei"), opened.round, first)
            second = opened.rank("mei", 1)
            assert second.key != first.key
            assert queries.counts_of(opened.round).applicants == 1

    def test_somebody_who_applied_for_nothing_does_not_enter(self, opened):
        with opened.at(2 * HOUR), pytest.raises(operations.NothingApplied):
            operations.enter(opened.person("lin"), opened.round)
