"""Sizes, votes and balance, without a database."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules import Vouching
from app.teams.rules import Ballot, Held, Wanted, balance, elected, gain, lacks

A, B, C, D = (uuid.UUID(int=n) for n in range(1, 5))
SKILL, OTHER, THIRD = (uuid.UUID(int=n) for n in range(11, 14))


class TestElecting:
    def test_needs_more_than_half_of_all_members(self):
        assert elected([Ballot(A, B), Ballot(B, B)], {A, B, C, D}) is None
        assert elected([Ballot(A, B), Ballot(B, B), Ballot(C, B)], {A, B, C, D}) == B

    def test_leaves_out_who_is_gone(self):
        assert elected([Ballot(A, C), Ballot(D, C)], {A, B, C}) is None
        assert elected([Ballot(A, D), Ballot(B, D)], {A, B}) is None

    @given(st.lists(st.sampled_from([A, B, C, D]), min_size=4, max_size=4))
    def test_never_elects_two(self, choices):
        ballots = [Ballot(*pair) for pair in zip([A, B, C, D], choices, strict=True)]
        chosen = elected(ballots, {A, B, C, D})
        assert chosen is None or choices.count(chosen) >= 3


class TestBalance:
    HELD = (
        Held(A, SKILL, 3, Vouching.AUTOGRADED),
        Held(A, SKILL, 2, Vouching.CONFIRMED),
        Held(B, SKILL, 1, Vouching.AUTOGRADED),
        Held(B, OTHER, 1, Vouching.AUTOGRADED),
    )

    def test_names_who_has_a_skill_and_never_merges_ways(self):
        row, missing = balance((Wanted(SKILL, 2), Wanted(OTHER, 2)), self.HELD)
        assert [(h.person_id, h.level, h.vouching) for h in row.holders] == [
            (A, 3, Vouching.AUTOGRADED),
            (A, 2, Vouching.CONFIRMED),
        ]
        assert row.is_met and not missing.is_met and missing.nearest == 1

    def test_counts_nobody_as_nothing(self):
        (row,) = balance((Wanted(THIRD, 1),), self.HELD)
        assert row.holders == () and row.nearest == 0

    def test_gain_is_what_is_missing_with_required_first(self):
        rows = balance((Wanted(OTHER, 2, False), Wanted(SKILL, 2), Wanted(THIRD, 1)), self.HELD)
        hers = (
            Held(C, OTHER, 2, Vouching.AUTOGRADED),
            Held(C, SKILL, 3, Vouching.AUTOGRADED),
            Held(C, THIRD, 1, Vouching.SUPERVISED),
        )
        assert gain(rows, hers) == (THIRD, OTHER)
        assert gain(rows, {THIRD: 0}) == ()


def test_what_is_missing_to_the_smallest_size():
    assert [lacks(count, 3) for count in (1, 3, 5)] == [2, 0, 0]
