"""What deferred acceptance promises, against everything that could have been."""

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching import Applicant, Project, Round, Supervisor, match, match_with, stability
from app.matching.blocking import blocking_pairs
from app.matching.standing import Standing
from tests.matching.worlds import SEED, large, lottery_of, matchings, rounds


def is_fit(round_: Round, standing: Standing, assigned: dict[str, str | None]) -> bool:
    return all(p is None or standing.at(p, a) is not None for a, p in assigned.items())


def rank(round_: Round, name: str, received: str | None) -> int:
    choices = round_.applicant[name].choices
    return len(choices) if received is None else choices.index(received)


class TestAmongAllStableMatchings:
    @settings(max_examples=400, deadline=None)
    @given(rounds())
    def test_everybody_receives_the_best_that_she_has_in_any(self, round_: Round) -> None:
        matching = match_with(round_, lottery_of(round_))
        standing = Standing(round_, matching.lottery)
        stable = [
            assigned
            for assigned in matchings(round_)
            if is_fit(round_, standing, assigned) and not blocking_pairs(round_, standing, assigned)
        ]
        assert dict(matching.assigned) in stable
        for name, received in matching.assigned.items():
            best = min(rank(round_, name, assigned[name]) for assigned in stable)
            assert rank(round_, name, received) == best

    @settings(max_examples=150, deadline=None)
    @given(rounds(minimums=True))
    def test_what_closes_leaves_a_stable_matching_of_the_others(self, round_: Round) -> None:
        matching = match(round_, SEED)
        assert stability(matching) == []
        open_ = [p for p in round_.projects if p.id not in matching.closed]
        assert all(len(matching.admitted(p.id)) >= p.minimum for p in open_)
        assert not set(matching.closed) & set(matching.assigned.values())
        without = replace(
            round_,
            applicants=tuple(
                replace(
                    a,
                    choices=tuple(c for c in a.choices if c not in matching.closed),
                    missing={c: s for c, s in a.missing.items() if c not in matching.closed},
                )
                for a in round_.applicants
            ),
            projects=tuple(replace(p, minimum=0) for p in open_),
        )
        assert match_with(without, matching.lottery).assigned == matching.assigned


class TestAMisreport:
    @settings(max_examples=120, deadline=None)
    @given(rounds(most=5, teams=False), st.data())
    def test_helps_nobody(self, round_: Round, data: st.DataObject) -> None:
        lottery = lottery_of(round_)
        honest = match_with(round_, lottery)
        liar = data.draw(st.sampled_from(round_.applicants))
        for length in range(len(round_.projects) + 1):
            for choices in permutations([p.id for p in round_.projects], length):
                lie = replace(
                    liar,
                    choices=choices,
                    missing={c: s for c, s in liar.missing.items() if c in choices},
                )
                told = replace(
                    round_,
                    applicants=tuple(lie if a.id == liar.id else a for a in round_.applicants),
                )
                received = match_with(told, lottery).assigned[liar.id]
                if received is None or received in liar.choices:
                    better = rank(round_, liar.id, received)
                    assert better >= rank(round_, liar.id, honest.assigned[liar.id])


class TestTheOrderOfTheInput:
    @settings(max_examples=150, deadline=None)
    @given(rounds(minimums=True), st.randoms(use_true_random=False))
    def test_does_not_matter(self, round_: Round, rng: random.Random) -> None:
        def mixed(things):  # type: ignore[no-untyped-def]
            return tuple(rng.sample(things, len(things)))

        def tied(ranking):  # type: ignore[no-untyped-def]
            return None if ranking is None else tuple(mixed(tier) for tier in ranking)

        other = replace(
            round_,
            applicants=mixed(round_.applicants),
            projects=mixed([replace(p, ranking=tied(p.ranking)) for p in round_.projects]),
            supervisors=mixed([replace(s, ranking=tied(s.ranking)) for s in round_.supervisors]),
        )
        first, second = match(round_, SEED), match(other, SEED)
        assert (first.assigned, first.closed) == (second.assigned, second.closed)


class TestASupervisorsLimit:
    """The example of a move within what one supervisor has, which no other list has to allow."""

    ROUND = Round(
        "r",
        (Applicant("a", ("p", "q")), Applicant("b", ("q",)), Applicant("c", ("p", "q"))),
        (
            Project("p", 1, supervisor="s", ranking=None),
            Project("q", 2, supervisor="s", ranking=None),
        ),
        (Supervisor("s", 2, (("b",), ("a",), ("c",))),),
    )

    def test_is_kept_though_projects_have_room(self) -> None:
        matching = match(self.ROUND, SEED)
        assert matching.assigned == {"a": "p", "b": "q", "c": None}

    def test_does_not_keep_somebody_from_a_better_project_of_the_same_supervisor(self) -> None:
        matching = match(self.ROUND, SEED)
        moved = replace(matching, assigned={"a": "q", "b": "q", "c": None})
        assert stability(moved) == [("a", "p")]


@pytest.mark.parametrize("minimum", [0, 3])
def test_two_thousand_applicants_leave_no_blocking_pair(minimum: int) -> None:
    matching = match(large(2000, 120, choices=6, minimum=minimum * 4), SEED)
    assert stability(matching) == []
    assert sum(p is not None for p in matching.assigned.values()) > 1000
    assert bool(matching.closed) == bool(minimum)
