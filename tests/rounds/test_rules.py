"""Seals, lists, closed rankings and what holds after changes."""

import pytest

from app import matching
from app.matching.teams import Member, Topic
from app.rounds import rules
from app.rounds.rules import Change, ChangeKind

KEY = "f" * 64
SEED = "5e" * 32


class TestTheSeal:
    def test_holds_the_seed_of_the_hash(self):
        published, sealed = rules.draw_sealed(KEY, "r1")
        assert matching.seed_hash(rules.unseal(KEY, "r1", sealed, published)) == published

    def test_shows_nothing_of_the_seed(self):
        published, sealed = rules.draw_sealed(KEY, "r1")
        seed = rules.unseal(KEY, "r1", sealed, published)
        assert seed not in sealed
        assert seed not in published

    def test_is_another_each_time(self):
        drawn = {rules.draw_sealed(KEY, "r1") for _n in range(20)}
        assert len({published for published, _sealed in drawn}) == 20

    def test_does_not_open_with_another_key(self):
        published, sealed = rules.draw_sealed(KEY, "r1")
        with pytest.raises(rules.Broken):
            rules.unseal("0" * 64, "r1", sealed, published)

    def test_does_not_open_for_another_round(self):
        published, sealed = rules.draw_sealed(KEY, "r1")
        with pytest.raises(rules.Broken):
            rules.unseal(KEY, "r2", sealed, published)

    def test_does_not_open_for_another_hash(self):
        _published, sealed = rules.draw_sealed(KEY, "r1")
        other, _sealed = rules.draw_sealed(KEY, "r1")
        with pytest.raises(rules.Broken) as refused:
            rules.unseal(KEY, "r1", sealed, other)
        assert refused.value.__context__ is None
        assert sealed not in str(refused.value)

    def test_is_refused_when_somebody_changed_it(self):
        published, sealed = rules.draw_sealed(KEY, "r1")
        with pytest.raises(rules.Broken):
            rules.unseal(KEY, "r1", sealed[:-6] + "AAAAA=", published)


class TestLists:
    def test_numbers_may_have_gaps(self):
        assert rules.in_order(rules.places({"a": "7", "b": "", "c": " 2 "})) == ["c", "a"]

    @pytest.mark.parametrize("typed", ["0", "-1", "1.5", "x", "1000", "²"])
    def test_a_place_is_a_number_from_one(self, typed):
        with pytest.raises(rules.NoNumber):
            rules.places({"a": typed})

    def test_an_applicant_does_not_tie(self):
        with pytest.raises(rules.SamePlace):
            rules.in_order({"a": 1, "b": 1})

    def test_a_company_may(self):
        assert rules.tiers({"a": 4, "b": 1, "c": 4}) == (("b",), ("a", "c"))

    def test_tiers_and_numbers_are_opposites(self):
        given = (("b",), ("a", "c"), ("d",))
        assert rules.tiers(rules.numbered(given)) == given


def small_round():
    return matching.Round(
        "r1",
        (
            matching.Applicant("a1", ("p1", "p2")),
            matching.Applicant("a2", ("p1",)),
            matching.Applicant("a3", ("p1", "p2"), missing={"p2": ("skill:x",)}),
        ),
        (
            matching.Project("p1", 1, supervisor="s1", ranking=(("a1", "a2"), ("a3",))),
            matching.Project("p2", 2, ranking=(("a1",), ("a3",))),
        ),
        (matching.Supervisor("s1", 1),),
    )


class TestClosedRankings:
    def test_come_back_as_they_were(self):
        made = small_round()
        kept = rules.load(rules.dump(made))
        assert matching.digest(kept) == matching.digest(made)
        assert matching.match(kept, SEED) == matching.match(made, SEED)
        assert {a.id: a for a in kept.applicants} == {a.id: a for a in made.applicants}

    def test_of_teams_come_back_too(self):
        members = [Member("a", ("t",), frozenset({"x", "y"})), Member("b", ())]
        topics = [Topic("t", 1, 3, ("x",), must_run=True)]
        snapshot = rules.dump_teams(members, topics)
        assert rules.load_teams(snapshot) == (members, topics)
        assert rules.teams_digest(snapshot) == rules.teams_digest(
            rules.dump_teams(members[::-1], topics)
        )


class TestWhatHoldsNow:
    def matched(self):
        result = matching.match(small_round(), SEED)
        again = rules.drawn(small_round(), SEED, result.assigned, result.closed)
        assert again == result
        return result

    def test_is_the_same_as_checking_one_after_the_other(self):
        result = self.matched()
        changes = [
            Change(ChangeKind.MOVE, "a3", "p2"),
            Change(ChangeKind.LEFT, "a1"),
            Change(ChangeKind.QUOTA, project="p1", count=2),
            Change(ChangeKind.STEP, "a3", "p1"),
            Change(ChangeKind.LIMIT, supervisor="s1", count=3),
            Change(ChangeKind.MOVE, "a2", None),
        ]
        checked = result
        for number, change in enumerate(changes, 1):
            checked = matching.check(checked, change.for_matching).matching
            assert rules.held_now(result, changes[:number]) == checked

    @pytest.mark.parametrize(
        "change",
        [Change(ChangeKind.LEFT), Change(ChangeKind.QUOTA, project="p1"), Change(ChangeKind.LIMIT)],
    )
    def test_a_change_says_what_it_changes(self, change):
        with pytest.raises(ValueError, match="says too little"):
            rules.held_now(self.matched(), [change])
