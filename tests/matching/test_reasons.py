"""Why somebody did not receive a choice."""

from dataclasses import replace

from hypothesis import given, settings

from app.matching import (
    Applicant,
    Move,
    Project,
    Reason,
    Round,
    Supervisor,
    check,
    explain,
    explain_all,
    match,
)
from tests.matching.worlds import SEED, rounds


def reasons(round_: Round, name: str) -> dict[str, Reason]:
    return {e.choice: e.reason for e in explain(match(round_, SEED), name)}


ONE = Project("p", 1, ranking=(("a",), ("b",)))
A, B = Applicant("a", ("p",)), Applicant("b", ("p", "q"))
Q = Project("q", 1, ranking=(("b",),))


class TestAReason:
    def test_is_full_when_all_who_were_admitted_are_ranked_above(self) -> None:
        assert reasons(Round("r", (A, B), (ONE, Q)), "b") == {"p": Reason.FULL}

    def test_is_the_lottery_when_the_last_is_ranked_alike(self) -> None:
        tied = replace(ONE, ranking=(("a", "b"),))
        round_ = Round("r", (A, B), (tied, Q))
        matching = match(round_, SEED)
        loser = next(n for n in "ab" if matching.assigned[n] != "p")
        (explained,) = explain(matching, loser)
        assert explained.reason is Reason.LOTTERY
        assert explained.drawn == 2

    def test_is_the_supervisor_where_the_project_had_room(self) -> None:
        round_ = Round(
            "r",
            (A, B),
            (replace(ONE, quota=2, supervisor="s", ranking=None), Q),
            (Supervisor("s", 1, (("a",), ("b",))),),
        )
        assert reasons(round_, "b") == {"p": Reason.SUPERVISOR_LIMIT}

    def test_names_the_skills_that_are_missing(self) -> None:
        unable = replace(B, missing={"p": ("vision", "python")})
        (explained,) = explain(match(Round("r", (A, unable), (ONE, Q)), SEED), "b")
        assert explained.reason is Reason.NOT_ELIGIBLE
        assert explained.missing == ("vision", "python")

    def test_is_that_the_project_did_not_rank_her(self) -> None:
        round_ = Round("r", (A, B), (replace(ONE, quota=2, ranking=(("a",),)), Q))
        assert reasons(round_, "b") == {"p": Reason.NOT_RANKED}

    def test_is_that_it_closed(self) -> None:
        round_ = Round("r", (A, B), (replace(ONE, quota=3, minimum=3), Q))
        assert reasons(round_, "b") == {"p": Reason.CLOSED}
        assert reasons(round_, "a") == {"p": Reason.CLOSED}

    def test_tells_when_places_were_changed_by_hand(self) -> None:
        matching = match(Round("r", (A, B), (ONE, Q)), SEED)
        changed = check(matching, Move("a", None)).matching
        assert [e.reason for e in explain(changed, "b")] == [Reason.CHANGED]

    @settings(max_examples=200, deadline=None)
    @given(rounds(minimums=True))
    def test_is_there_for_each_choice_above_what_was_received(self, round_: Round) -> None:
        matching = match(round_, SEED)
        everybody = explain_all(matching)
        for name, received in matching.assigned.items():
            choices = round_.applicant[name].choices
            above = choices if received is None else choices[: choices.index(received)]
            assert tuple(e.choice for e in everybody[name]) == above
            assert everybody[name] == explain(matching, name)
            for explained in everybody[name]:
                assert explained.reason is not Reason.CHANGED
                if explained.reason is Reason.FULL:
                    quota = round_.project[explained.choice].quota
                    assert len(matching.admitted(explained.choice)) == quota
