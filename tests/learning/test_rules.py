"""Pure rules: release conditions, due dates, the fates of roster lines, recognition."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules.rosters import RosterLine
from app.learning.rules import RecognitionState, may_follow
from app.learning.rules.conditions import (
    MOST_LEAVES,
    ConditionInvalid,
    Facts,
    check,
    cycle,
    from_blocks,
    holds,
    items_of,
    leaves,
    missing,
    shifted,
    to_blocks,
)
from app.learning.rules.due import terms_for
from app.learning.rules.rosters import Fate, Known, fates

NOW = datetime(2026, 9, 14, 4, tzinfo=UTC)
KEYS = ("lesson:a", "lesson:b", "lab:c")
instants = st.integers(-3, 3).map(lambda days: (NOW + timedelta(days=days)).isoformat())
leaf = st.one_of(
    instants.map(lambda at: {"from": at}),
    instants.map(lambda at: {"until": at}),
    st.sampled_from(KEYS).map(lambda key: {"completed": key}),
    st.tuples(st.sampled_from(KEYS), st.sampled_from([0, 0.5, 0.6, 1])).map(
        lambda pair: {"score": pair[0], "least": pair[1]}
    ),
    st.sampled_from("AB").map(lambda name: {"group": name}),
)
trees = st.recursive(
    leaf,
    lambda inner: st.tuples(
        st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)
    ).map(lambda pair: {pair[0]: pair[1]}),
    max_leaves=6,
)
facts = st.builds(
    Facts,
    now=st.just(NOW),
    completed=st.frozensets(st.sampled_from(KEYS)),
    shares=st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0.0, 0.5, 0.6, 1.0])),
    groups=st.frozensets(st.sampled_from(["A", "B"])),
)


class TestConditions:
    @given(trees, facts)
    def test_what_is_missing_is_nothing_exactly_when_the_tree_holds(self, tree, known):
        assert (missing(tree, known) is None) == holds(tree, known)

    @given(trees, facts)
    def test_nothing_that_is_missing_holds(self, tree, known):
        assert not any(holds(part, known) for part in leaves(missing(tree, known)))

    @given(trees, facts)
    def test_are_the_same_as_alternatives_of_lists(self, tree, known):
        again = from_blocks(to_blocks(tree))
        assert holds(again, known) == holds(tree, known)

    @given(trees, st.integers(-400, 400))
    def test_moving_there_and_back_changes_nothing(self, tree, days):
        by = timedelta(days=days)
        assert shifted(shifted(tree, by), -by) == shifted(tree, timedelta(0))

    @given(trees, facts, st.integers(-400, 400))
    def test_moving_the_dates_and_the_clock_together_changes_no_answer(self, tree, known, days):
        by = timedelta(days=days)
        later = Facts(known.now + by, known.completed, known.shares, known.groups)
        assert holds(shifted(tree, by), later) == holds(tree, known)

    def test_a_date_counts_from_its_very_instant(self):
        at = NOW.isoformat()
        assert holds({"from": at}, Facts(NOW))
        assert not holds({"until": at}, Facts(NOW))
        assert not holds({"from": at}, Facts(NOW - timedelta(microseconds=1)))

    def test_a_score_of_exactly_the_least_is_enough(self):
        assert holds({"score": "lab:c", "least": 0.3}, Facts(NOW, shares={"lab:c": 0.1 * 3}))
        assert not holds({"score": "lab:c", "least": 0}, Facts(NOW))

    @pytest.mark.parametrize(
        "tree",
        [
            {},
            [],
            "now",
            {"all": []},
            {"any": [], "all": []},
            {"from": "2026-09-01T00:00:00"},
            {"from": "yesterday"},
            {"until": 5},
            {"completed": ""},
            {"score": "lab:c"},
            {"score": "lab:c", "least": 2},
            {"score": "lab:c", "least": True},
            {"group": "x" * 121},
            {"constructor": "x"},
            {"all": [{"group": "A"}] * (MOST_LEAVES + 1)},
            {"all": [{"all": [{"all": [{"all": [{"group": "A"}]}]}]}]},
        ],
    )
    def test_of_another_shape_are_refused(self, tree):
        with pytest.raises(ConditionInvalid):
            check(tree)

    @given(trees)
    def test_of_the_right_shape_name_only_items(self, tree):
        assert items_of(tree) <= set(KEYS)


class TestCircles:
    def test_are_found_wherever_they_begin(self):
        assert cycle({"a": {"completed": "a"}}) == ["a", "a"]
        found = cycle(
            {
                "a": {"completed": "b"},
                "b": {"any": [{"group": "A"}, {"score": "c", "least": 0.5}]},
                "c": {"all": [{"completed": "b"}]},
            }
        )
        assert found[0] == found[-1] and set(found) == {"b", "c"}

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=15))
    def test_are_found_exactly_when_there_is_no_order_of_opening(self, edges):
        asks: dict[str, list] = {}
        for waits, first in edges:
            asks.setdefault(str(waits), []).append({"completed": str(first)})
        found = cycle({key: {"all": parts} for key, parts in asks.items()})
        left = {str(n) for n in range(10)}
        while True:
            ready = {
                key
                for key in left
                if all(part["completed"] not in left for part in asks.get(key, []))
            }
            if not ready:
                break
            left -= ready
        assert bool(found) == bool(left)
        for waits, first in pairwise(found):
            assert {"completed": first} in asks[waits]


@dataclass
class Given:
    item_key: str | None = None
    due_at: datetime | None = None
    extra_days: int = 0
    time_factor: float = 1.0


class TestTerms:
    def test_the_kindest_grant_counts_for_its_item_alone(self):
        grants = [
            Given(extra_days=2),
            Given("lab:c", due_at=NOW + timedelta(days=5)),
            Given("lab:d", extra_days=30, time_factor=3),
            Given(time_factor=1.5),
        ]
        terms = terms_for("lab:c", NOW, None, grants)
        assert terms.due_at == NOW + timedelta(days=5)
        assert terms.time_factor == 1.5

    def test_an_earlier_date_takes_nothing_away(self):
        terms = terms_for("lab:c", NOW, None, [Given("lab:c", due_at=NOW - timedelta(days=3))])
        assert terms.due_at == NOW

    def test_an_extension_is_not_cut_off_by_the_close(self):
        closes = NOW + timedelta(days=1)
        terms = terms_for("lab:c", NOW, closes, [Given(extra_days=7)])
        assert terms.closes_at == closes + timedelta(days=7)

    @given(
        st.lists(
            st.builds(Given, extra_days=st.integers(0, 30), time_factor=st.floats(1, 5)), max_size=4
        )
    )
    def test_no_grant_ever_takes_time_away(self, grants):
        closes = NOW + timedelta(days=1)
        terms = terms_for("lab:c", NOW, closes, grants)
        assert terms.due_at >= NOW and terms.closes_at >= closes and terms.time_factor >= 1


def line(number: int) -> RosterLine:
    return RosterLine(f"S{number}", f"Name {number}", f"S{number}@x.example".lower(), None)


class TestFates:
    HERE = Known(is_student_here=True, is_student_elsewhere=True)

    def test_fill_the_places_in_the_order_of_the_lines(self):
        known = {line(n).email: self.HERE for n in range(4)}
        found = [row.fate for row in fates([line(n) for n in range(4)], known, 2)]
        assert found == [Fate.ENROL, Fate.ENROL, Fate.WAIT, Fate.WAIT]

    @pytest.mark.parametrize(
        ("known", "fate"),
        [
            (None, Fate.INVITE),
            (Known(False, False), Fate.INVITE),
            (Known(False, True), Fate.GUEST),
            (Known(True, True, is_in=True), Fate.ALREADY),
            (Known(True, True, teaches=True), Fate.TEACHES),
            (Known(True, True, is_suspended=True), Fate.SUSPENDED),
        ],
    )
    def test_say_what_becomes_of_each_kind_of_person(self, known, fate):
        people = {line(1).email: known} if known else {}
        assert fates([line(1)], people, 5)[0].fate is fate

    @given(st.lists(st.booleans(), max_size=8), st.integers(-2, 8))
    def test_never_give_more_places_than_are_free(self, here, free):
        known = {line(n).email: self.HERE for n, is_here in enumerate(here) if is_here}
        found = fates([line(n) for n in range(len(here))], known, free)
        assert sum(row.fate is Fate.ENROL for row in found) <= max(0, free)


class TestRecognitionStates:
    def test_a_decision_needs_a_review_and_is_final(self):
        state = RecognitionState
        assert not may_follow(state.REQUESTED, state.RECOGNISED)
        assert may_follow(state.UNDER_REVIEW, state.REFUSED)
        for final in (state.RECOGNISED, state.REFUSED, state.WITHDRAWN):
            assert not any(may_follow(final, after) for after in state)
