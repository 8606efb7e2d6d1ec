"""Changes after the result: what they make, and who moves up."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching import (
    Applicant,
    Limit,
    MatchingError,
    Move,
    Project,
    Quota,
    Round,
    Step,
    Withdrawal,
    check,
    match,
    moves_up,
    next_up,
    stability,
    waiting,
)
from tests.matching.worlds import SEED, rounds

LINE = (("a",), ("b",), ("c",))
ROUND = Round(
    "r",
    (Applicant("a", ("p",)), Applicant("b", ("p", "q")), Applicant("c", ("p", "q"))),
    (Project("p", 1, ranking=LINE), Project("q", 1, 1, ranking=LINE)),
)


class TestAChangeByHand:
    def test_that_passes_somebody_over_names_the_pair(self) -> None:
        checked = check(match(ROUND, SEED), Move("c", "q"))
        assert checked.over == ("q",)
        checked = check(checked.matching, Move("b", None))
        assert checked.over == ()
        assert checked.new_pairs == (("b", "q"),)
        assert not checked.is_clean

    def test_that_harms_nobody_is_clean(self) -> None:
        matching = check(match(ROUND, SEED), Quota("q", 2)).matching
        assert stability(matching) == [("c", "q")]
        assert check(matching, Move("c", "q")).is_clean

    def test_to_a_project_that_cannot_take_her_is_said(self) -> None:
        assert check(match(ROUND, SEED), Move("a", "q")).unfit

    def test_that_leaves_a_project_under_its_minimum_is_said(self) -> None:
        assert check(match(ROUND, SEED), Move("b", None)).under == ("q",)

    def test_of_something_unknown_is_refused(self) -> None:
        for change in (
            Move("x", "p"),
            Move("a", "x"),
            Withdrawal("x"),
            Quota("x", 1),
            Limit("x", 1),
        ):
            with pytest.raises(MatchingError, match="x is not in the round"):
                check(match(ROUND, SEED), change)

    @settings(max_examples=150, deadline=None)
    @given(rounds(), st.data())
    def test_changes_nobody_else(self, round_: Round, data: st.DataObject) -> None:
        matching = match(round_, SEED)
        applicant = data.draw(st.sampled_from(round_.applicants))
        project = data.draw(st.sampled_from((None, *(p.id for p in round_.projects))))
        checked = check(matching, Move(applicant.id, project))
        assert checked.matching.assigned == {**matching.assigned, applicant.id: project}
        assert checked.pairs == checked.new_pairs == tuple(stability(checked.matching))


class TestAPlaceThatFallsFree:
    def test_goes_down_the_line(self) -> None:
        left = check(match(ROUND, SEED), Withdrawal("a")).matching
        assert waiting(left, "p") == ["b", "c"]
        assert next_up(left) == (Step("b", "q", "p"),)
        after, steps = moves_up(left)
        assert steps == (Step("b", "q", "p"), Step("c", None, "q"))
        assert after.assigned == {"a": None, "b": "p", "c": "q"}

    def test_is_offered_to_the_next_when_the_first_declines_or_has_settled(self) -> None:
        left = check(match(ROUND, SEED), Withdrawal("a")).matching
        for options in ({"settled": {"b"}}, {"declined": {("b", "p")}}):
            assert next_up(left, **options) == (Step("c", None, "p"),)  # type: ignore[arg-type]

    @settings(max_examples=300, deadline=None)
    @given(rounds(), st.data())
    def test_leads_to_a_stable_matching_again_and_harms_nobody(
        self, round_: Round, data: st.DataObject
    ) -> None:
        matching = match(round_, SEED)
        changes: list[Withdrawal | Quota | Limit] = [
            Withdrawal(data.draw(st.sampled_from(round_.applicants)).id)
        ]
        project = data.draw(st.sampled_from(round_.projects))
        changes.append(Quota(project.id, project.quota + 1))
        changes += [Limit(s.id, s.limit + 1) for s in round_.supervisors]
        checked = check(matching, data.draw(st.sampled_from(changes)))
        after, steps = moves_up(checked.matching)
        assert stability(after) == []
        assert next_up(after) == ()
        moved = {step.applicant for step in steps}
        for name, received in checked.matching.assigned.items():
            choices = [*after.round.applicant[name].choices, None]
            now = choices.index(after.assigned[name])
            assert (
                now < choices.index(received) if name in moved else after.assigned[name] == received
            )
        assert check(after, Move(round_.applicants[0].id, None)).over == ()

    def test_keeps_the_lottery_of_the_round(self) -> None:
        matching = match(ROUND, SEED)
        assert replace(check(matching, Withdrawal("a")).matching).lottery == matching.lottery
