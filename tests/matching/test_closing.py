"""Minimum sizes: the least-filled project under its minimum closes, and everything runs again."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings

from app.matching import Applicant, Project, Round, match, match_with
from tests.matching.worlds import SEED, lottery_of, rounds


def without(round_: Round, closed: list[str]) -> Round:
    """As if the closed projects could take nobody."""
    return replace(
        round_,
        projects=tuple(replace(p, minimum=0, quota=0) if p.id in closed else p
                       for p in round_.projects),
        applicants=round_.applicants,
    )  # fmt: skip


class TestClosing:
    @settings(max_examples=200, deadline=None)
    @given(rounds(minimums=True))
    def test_one_by_one_and_from_the_beginning_gives_the_same(self, round_: Round) -> None:
        lottery = lottery_of(round_)
        closed: list[str] = []
        while True:
            open_ = replace(round_, projects=tuple(replace(p, minimum=0) for p in round_.projects))
            assigned = match_with(without(open_, closed), lottery).assigned
            admitted = Counter(assigned.values())
            under = [
                (admitted[p.id], -p.minimum, lottery.projects[p.id], p.id)
                for p in round_.projects
                if p.id not in closed and admitted[p.id] < p.minimum
            ]
            if not under:
                break
            closed.append(min(under)[-1])
        matching = match_with(round_, lottery)
        assert matching.assigned == assigned
        assert matching.closed == tuple(closed)

    def test_lets_those_who_were_in_it_go_to_what_they_wanted_next(self) -> None:
        round_ = Round(
            "r",
            (Applicant("a", ("p", "q")), Applicant("b", ("q",))),
            (Project("p", 2, 2, ranking=(("a", "b"),)), Project("q", 2, 2, ranking=(("a", "b"),))),
        )
        matching = match(round_, SEED)
        assert matching.assigned == ({"a": "q", "b": "q"} if matching.closed == ("p",) else
                                     {"a": None, "b": None})  # fmt: skip
        assert "p" in matching.closed
