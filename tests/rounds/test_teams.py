"""Only students rank: teams of a section by the integer programme, and groups made of them."""

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import operations as learning
from app.learning.models import Group, GroupPlace
from app.rounds import operations, queries
from app.rounds.operations import Plan, TopicPlan
from app.rounds.rules import Kind, State
from tests.rounds.conftest import CODE, DAY, HOUR, Stage, both, student, windows


@pytest.fixture
def topics(enrolled, in_app):
    """Two topics in the section of lin; mei, hao and two more take it."""
    with in_app():
        stage = Stage(enrolled, clock.now())
        section, lin = enrolled.section(), enrolled.person("lin")
        for handle in ("yan", "kai"):
            learning.enrol(student(enrolled, handle), section)
        made = operations.create(
            lin,
            Plan(CODE, both("Topics"), both("x"), windows(stage.began), 5, Kind.TEAMS, section),
        )
        for name in ("Presses", "Orchids"):
            operations.add_topic(lin, made, TopicPlan(both(name), 2, 2))
        operations.announce(stage.secret_key, lin, stage.round)
        stage.go_to(State.OPEN)
        yield stage


def rank(stage, handle, *names):
    person = stage.person(handle)
    with stage.at(2 * HOUR):
        entry = operations.enter(person, stage.round)
        by_name = {p.name["en"]: p.id for p in stage.round.projects}
        operations.save_choices(person, stage.round, entry, [by_name[n] for n in names])


def test_teams_are_made_proven_and_become_groups(topics):
    rank(topics, "mei", "Presses", "Orchids")
    rank(topics, "hao", "Presses", "Orchids")
    rank(topics, "yan", "Presses", "Orchids")
    rank(topics, "kai", "Orchids")
    topics.go_to(State.DRAWN)
    result = queries.result_of(topics.round)
    assert (result.placed_count, result.seed, result.proof) == (4, None, None)
    assert all(stage["proven"] for stage in result.stages)
    with topics.at(DAY + HOUR):
        operations.publish(topics.person("lin"), topics.round)
    kai = queries.my_team(topics.round, topics.entry("kai"))
    assert (kai.project.name["en"], kai.place, len(kai.people)) == ("Orchids", 1, 2)
    groups = db.session.scalars(select(Group.name).order_by(Group.name)).all()
    assert len(groups) == 2
    assert len(db.session.scalars(select(GroupPlace.id)).all()) == 4
    page = topics.browser("kai").get(f"/rounds/{CODE}/mine").text
    assert "Orchids" in page
    assert "Proven the best" in topics.browser("kai").get(f"/rounds/{CODE}/proof").text


def test_who_is_without_a_team_reads_why(topics):
    rank(topics, "mei", "Presses")
    rank(topics, "hao", "Presses")
    rank(topics, "yan", "Orchids")
    topics.go_to(State.DRAWN)
    with topics.at(DAY + HOUR):
        operations.publish(topics.person("lin"), topics.round)
    yan = queries.my_team(topics.round, topics.entry("yan"))
    assert yan.project is None
    assert [(why, project.name["en"]) for why, project in yan.obstacles] == [
        ("too-few-chose", "Orchids")
    ]
    assert "Fewer chose it" in topics.browser("yan").get(f"/rounds/{CODE}/mine").text


def test_other_sections_see_nothing(topics):
    for handle in ("wang", "yun", "ting"):
        assert topics.browser(handle).get(f"/rounds/{CODE}").status_code == 404
        assert CODE not in topics.browser(handle).get("/rounds").text
    for handle in ("lin", "mei", "ping"):
        assert topics.browser(handle).get(f"/rounds/{CODE}").status_code == 200
    # Assistants read, instructors keep.
    assert topics.browser("ping").get(f"/rounds/{CODE}/desk").status_code in (403, 404)
    assert topics.browser("lin").get(f"/rounds/{CODE}/desk").status_code == 200
    with pytest.raises(NotVisible):
        operations.create(
            topics.person("wang"),
            Plan("x", both("x"), both("x"), windows(topics.began), 5, Kind.TEAMS,
                 topics.cast.section()),
        )  # fmt: skip


def test_a_trial_says_what_would_come_out(topics):
    rank(topics, "mei", "Presses")
    rank(topics, "hao", "Presses")
    found = queries.dry_run(topics.round)
    assert (found.applicants, found.placed, found.by_choice) == (2, 2, ((1, 2),))
    assert [row.is_closed for row in found.projects] == [False, True]
