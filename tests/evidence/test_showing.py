"""When a skill counts as shown, as the rule says it."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules import ENOUGH, PASS, Vouching, Weighed, at_least, highest, shown

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def piece(share="1", *, level=1, weight="1", vouching=Vouching.AUTOGRADED, item="a", day=0):
    return Weighed(
        uuid.uuid4(), level, Decimal(weight), Decimal(share), vouching, item,
        DAY + timedelta(days=day),
    )  # fmt: skip


class TestAPiece:
    def test_counts_from_the_mark_itself_on(self):
        assert shown([piece("0.6")], 1, Vouching.AUTOGRADED) is not None
        assert shown([piece("0.599")], 1, Vouching.AUTOGRADED) is None

    def test_of_a_higher_level_counts_for_the_lower_ones(self):
        assert shown([piece(level=3)], 1, Vouching.AUTOGRADED) is not None
        assert shown([piece(level=1)], 2, Vouching.AUTOGRADED) is None

    def test_that_is_half_the_proof_needs_another_from_elsewhere(self):
        half = {"weight": "0.5"}
        assert shown([piece(**half), piece(**half)], 1, Vouching.AUTOGRADED) is None
        both = [piece(**half), piece(**half, item="b", day=2)]
        found = shown(both, 1, Vouching.AUTOGRADED)
        assert found.since == DAY + timedelta(days=2) and len(found.ids) == 2

    def test_of_the_same_item_counts_by_the_best(self):
        worse, better = piece("0.7"), piece("0.9", day=1)
        assert shown([worse, better], 1, Vouching.AUTOGRADED).ids == (better.id,)

    def test_of_the_same_item_never_stands_behind_one_that_proves_less(self):
        whole, half = piece("0.7"), piece("1", weight="0.5", day=1)
        assert shown([whole, half], 1, Vouching.AUTOGRADED).ids == (whole.id,)

    def test_of_equals_counts_by_the_earliest(self):
        first, again = piece("0.9"), piece("0.9", day=1)
        assert shown([again, first], 1, Vouching.AUTOGRADED).since == first.at


class TestWaysOfVouching:
    def test_are_never_merged(self):
        rows = [piece(level=3), piece(level=1, vouching=Vouching.CONFIRMED, item="b")]
        assert highest(rows, Vouching.AUTOGRADED).level == 3
        assert highest(rows, Vouching.CONFIRMED).level == 1
        assert highest(rows, Vouching.SUPERVISED) is None

    def test_hold_for_what_asks_for_less(self):
        rows = [piece(vouching=Vouching.SUPERVISED)]
        assert all(highest(rows, vouching) is not None for vouching in Vouching)


pieces = st.lists(
    st.builds(
        piece,
        st.sampled_from(["0", "0.3", "0.6", "0.8", "1"]),
        level=st.integers(1, 3),
        weight=st.sampled_from(["0.25", "0.5", "1"]),
        vouching=st.sampled_from(list(Vouching)),
        item=st.sampled_from("abc"),
        day=st.integers(0, 9),
    ),
    max_size=8,
)


class TestWhateverThereIs:
    @given(pieces, st.sampled_from(list(Vouching)), st.randoms())
    def test_the_order_does_not_matter(self, rows, vouching, random):
        mixed = rows.copy()
        random.shuffle(mixed)
        assert highest(rows, vouching) == highest(mixed, vouching)

    @given(pieces, pieces, st.sampled_from(list(Vouching)))
    def test_more_evidence_never_takes_a_level_away(self, rows, more, vouching):
        before, after = highest(rows, vouching), highest(rows + more, vouching)
        assert before is None or (after is not None and after.level >= before.level)

    @given(pieces, st.sampled_from(list(Vouching)))
    def test_what_shows_it_is_enough_of_each_by_itself(self, rows, vouching):
        found = highest(rows, vouching)
        if found is None:
            return
        used = [row for row in rows if row.id in found.ids]
        assert sum(row.weight for row in used) >= ENOUGH
        assert len({row.item for row in used}) == len(used)
        assert all(
            row.share >= PASS and row.level >= found.level and at_least(row.vouching, vouching)
            for row in used
        )
