"""Teams by integer programme, against everything that could have been."""

import random
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, milp

from app.matching import MatchingError, programme
from app.matching.teams import Member, NoTeams, Obstacle, Teams, Topic, Why, form_teams

SKILLS = ("code", "design")


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Member], list[Topic]]:
    names = [f"t{n}" for n in range(draw(st.integers(1, 3)))]
    topics = []
    for name in names:
        smallest = draw(st.integers(1, 3))
        needs = draw(st.lists(st.sampled_from(SKILLS), unique=True, max_size=2))
        largest = smallest + draw(st.integers(0, 2))
        topics.append(Topic(name, smallest, largest, tuple(needs)))
    members = [
        Member(
            f"m{n}",
            tuple(draw(st.permutations(names))[: draw(st.integers(0, len(names)))]),
            draw(st.frozensets(st.sampled_from(SKILLS))),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    return members, topics


def value(members: list[Member], assigned: dict[str, str | None]) -> tuple[int, int, int]:
    """What is made small: who is left, the worst choice, the squares."""
    ranks = [
        m.choices.index(received) + 1 for m in members if (received := assigned[m.id]) is not None
    ]
    return len(members) - len(ranks), max(ranks, default=0), sum(rank**2 for rank in ranks)


def is_allowed(members: list[Member], topics: list[Topic], assigned: dict[str, str | None]) -> bool:
    for topic in topics:
        team = [m for m in members if assigned[m.id] == topic.id]
        if team and not (
            topic.smallest <= len(team) <= topic.largest
            and all(any(skill in m.skills for m in team) for skill in topic.skills)
        ):
            return False
        if topic.must_run and not team:
            return False
    return True


def best(members: list[Member], topics: list[Topic]) -> tuple[int, int, int] | None:
    return min(
        (
            value(members, assigned)
            for received in product(*((None, *m.choices) for m in members))
            if is_allowed(
                members,
                topics,
                assigned := {m.id: r for m, r in zip(members, received, strict=True)},
            )
        ),
        default=None,
    )


def reached(members: list[Member], topics: list[Topic], teams: Teams) -> tuple[int, int, int]:
    assert is_allowed(members, topics, dict(teams.assigned))
    return value(members, dict(teams.assigned))


class TestTeams:
    @settings(max_examples=80, deadline=None)
    @given(courses())
    def test_are_the_best_of_all(self, course: tuple[list[Member], list[Topic]]) -> None:
        members, topics = course
        teams = form_teams(members, topics)
        assert reached(members, topics, teams) == best(members, topics)
        assert teams.is_proven
        placed, worst, squares = (stage.value for stage in teams.stages)
        assert (len(members) - placed, worst, squares) == best(members, topics)
        assert set(teams.obstacles) == {m.id for m in members if teams.assigned[m.id] is None}
        assert all(teams.obstacles.values())

    @settings(max_examples=60, deadline=None)
    @given(courses(), st.data())
    def test_with_topics_that_must_run_are_the_best_or_refused(
        self, course: tuple[list[Member], list[Topic]], data: st.DataObject
    ) -> None:
        members, topics = course
        must = data.draw(st.sets(st.sampled_from([t.id for t in topics]), min_size=1))
        asked = [
            Topic(t.id, t.smallest, t.largest, t.skills, must_run=t.id in must) for t in topics
        ]
        expected = best(members, asked)
        if expected is None:
            with pytest.raises(NoTeams) as none:
                form_teams(members, asked)
            assert none.value.obstacles
            assert {o.topic for o in none.value.obstacles} <= must
        else:
            assert reached(members, asked, form_teams(members, asked)) == expected

    @settings(max_examples=30, deadline=None)
    @given(courses(), st.randoms(use_true_random=False))
    def test_are_the_same_in_any_order_of_the_input(
        self, course: tuple[list[Member], list[Topic]], rng: random.Random
    ) -> None:
        members, topics = course
        other = form_teams(rng.sample(members, len(members)), rng.sample(topics, len(topics)))
        assert other.assigned == form_teams(members, topics).assigned

    def test_that_were_not_proven_best_in_time_say_so_with_the_gap(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stopped(costs: Any, **options: Any) -> OptimizeResult:
            """What HiGHS answers when its time ran out: a solution, and a bound beyond it."""
            solution = milp(costs, **options)
            if solution.x is not None:
                solution.update(status=1, mip_dual_bound=solution.fun - 1)
            return solution

        monkeypatch.setattr(programme, "milp", stopped)
        members = [Member("a", ("t",)), Member("b", ("t",))]
        teams = form_teams(members, [Topic("t", 1, 1)])
        assert not teams.is_proven
        placed, _worst, squares = teams.stages
        assert (placed.value, placed.bound, placed.gap) == (1, 2, 1.0)
        assert (squares.value, squares.bound) == (1, 0)

    def test_are_not_looked_for_without_time(self) -> None:
        with pytest.raises(TimeoutError):
            form_teams([Member("a", ("t",))], [Topic("t", 1, 1)], seconds=0.0)


class TestNoTeams:
    MEMBERS = (Member("a", ("t",), frozenset({"code"})), Member("b", ("t",)), Member("c", ()))

    def reasons(self, *topics: Topic, everybody: bool = False) -> tuple[Obstacle, ...]:
        with pytest.raises(NoTeams) as none:
            form_teams(self.MEMBERS, topics, everybody=everybody)
        return none.value.obstacles

    def test_because_nobody_holds_a_skill(self) -> None:
        topic = Topic("t", 1, 3, ("code", "design"), must_run=True)
        assert self.reasons(topic) == (Obstacle(Why.NOBODY_HOLDS, topic="t", skill="design"),)

    def test_because_too_few_chose_it(self) -> None:
        topic = Topic("t", 3, 3, must_run=True)
        assert self.reasons(topic) == (Obstacle(Why.TOO_FEW_CHOSE, topic="t", count=2),)

    def test_because_somebody_chose_nothing_and_places_are_too_few(self) -> None:
        assert self.reasons(Topic("t", 1, 2), everybody=True) == (
            Obstacle(Why.TOO_FEW_PLACES, count=2),
            Obstacle(Why.NO_CHOICES, student="c"),
        )

    def test_because_two_topics_need_the_same_people(self) -> None:
        members = [Member(name, ("t", "u")) for name in "abc"]
        topics = [Topic("t", 2, 3, must_run=True), Topic("u", 2, 3, must_run=True)]
        with pytest.raises(NoTeams) as none:
            form_teams(members, topics)
        (obstacle,) = none.value.obstacles
        assert obstacle.why is Why.TOO_LITTLE_TOGETHER

    def test_tells_how_many_could_be_placed(self) -> None:
        with pytest.raises(NoTeams) as none:
            form_teams(self.MEMBERS, [Topic("t", 1, 5)], everybody=True)
        assert none.value.most == 2

    def test_is_not_said_of_a_topic_that_need_not_run(self) -> None:
        teams = form_teams(self.MEMBERS, [Topic("t", 3, 3)])
        assert teams.assigned == {"a": None, "b": None, "c": None}
        assert teams.obstacles["a"] == (Obstacle(Why.TOO_FEW_CHOSE, topic="t", count=2),)

    def test_of_a_course_that_contradicts_itself(self) -> None:
        for members, topics in (
            ([Member("a", ("x",))], [Topic("t", 1, 1)]),
            ([Member("a", ()), Member("a", ())], []),
            ([], [Topic("t", 2, 1)]),
        ):
            with pytest.raises(MatchingError):
                form_teams(members, topics)
