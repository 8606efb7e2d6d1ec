"""Figures are what numpy and scipy say, worked out by themselves."""

import numpy
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from app.insights.rules.cells import cell_statistics
from app.insights.rules.distribution import FEW, bins, quantile, summary

VALUES = st.lists(
    st.floats(0, 100, allow_nan=False).map(lambda v: round(v, 2)), min_size=FEW, max_size=60
)


class TestSummary:
    @given(VALUES)
    def test_is_what_numpy_says(self, values):
        found = summary(values)
        assert found.count == len(values)
        assert found.mean == pytest.approx(numpy.mean(values))
        assert found.deviation == pytest.approx(numpy.std(values, ddof=1), abs=1e-9)
        assert (found.lower, found.median, found.upper) == pytest.approx(
            tuple(numpy.percentile(values, [25, 50, 75]))
        )
        assert (found.least, found.most) == (min(values), max(values))

    @given(VALUES, st.floats(0, 1))
    def test_quantiles_are_numpys(self, values, share):
        assert quantile(sorted(values), share) == pytest.approx(numpy.quantile(values, share))

    def test_says_nothing_of_fewer_than_five(self):
        assert summary([1, 2, 3, 4]) is None
        assert summary([1, 2, 3, 4, 5]).median == 3


class TestBins:
    @given(VALUES)
    def test_count_as_numpy_does(self, values):
        # Where numpy's edges are inexact, exact edges decide: whole numbers have neither.
        whole = [int(value) for value in values]
        counts, edges = numpy.histogram(whole, bins=10, range=(0, 100))
        found = bins(whole, 100)
        assert [row.count for row in found] == counts.tolist()
        assert [row.low for row in found] == edges[:-1].tolist()

    def test_take_each_edge_into_the_upper_bin(self):
        found = bins([0.1 * 3, 0.3, 1.0], 1)
        assert [n for n, row in enumerate(found) if row.count] == [3, 9]

    def test_keep_extra_points_in_the_last(self):
        assert bins([12], 10)[-1].count == 1


def sheets_of(table, keys):
    return [dict(zip(keys, row, strict=True)) for row in table]


class TestCells:
    KEYS = (("lab", "a"), ("lab", "b"), ("lab", "c"), ("lab", "d"))

    def drawn(self, count=40):
        pick = numpy.random.default_rng(20261122)
        able = pick.normal(size=count)
        table = (able[:, None] + pick.normal(size=(count, 4)) > [0, 0.5, -0.5, 1]).astype(float)
        return table * [1, 2, 3, 4]

    def test_discrimination_is_point_biserial_with_the_rest(self):
        table = self.drawn()
        found = cell_statistics(
            sheets_of(table.tolist(), self.KEYS), dict(zip(self.KEYS, (1, 2, 3, 4), strict=True))
        )
        for n, row in enumerate(found):
            rest = table.sum(axis=1) - table[:, n]
            oracle = scipy.stats.pointbiserialr(table[:, n] > 0, rest).statistic
            assert row.discrimination == pytest.approx(oracle)
            assert row.difficulty == pytest.approx(table[:, n].mean() / (n + 1))
            assert row.full_share == pytest.approx((table[:, n] > 0).mean())
            assert (row.count, row.compared) == (40, 40)

    def test_cells_that_wait_for_a_person_do_not_change_totals(self):
        table = self.drawn()
        rows = sheets_of(table.tolist(), self.KEYS)
        for row in rows[6:]:
            row["lab", "d"] = None
        worth = dict(zip(self.KEYS, (1, 2, 3, 4), strict=True))
        *tests, waiting = cell_statistics(rows, worth)
        for n, row in enumerate(tests):
            rest = table[:, :3].sum(axis=1) - table[:, n]
            assert row.discrimination == pytest.approx(numpy.corrcoef(table[:, n], rest)[0, 1])
        assert (waiting.count, waiting.compared, waiting.discrimination) == (6, 6, None)

    def test_nothing_is_said_of_a_few(self):
        worth = dict(zip(self.KEYS, (1, 2, 3, 4), strict=True))
        for count, says_difficulty, says_discrimination in (
            (4, False, False), (9, True, False), (10, True, True),
        ):  # fmt: skip
            rows = sheets_of(self.drawn(40)[:count].tolist(), self.KEYS)
            found = cell_statistics(rows, worth)[0]
            assert (found.difficulty is not None) is says_difficulty
            assert (found.discrimination is not None) is says_discrimination

    def test_what_does_not_vary_tells_nothing_apart(self):
        rows = [{("lab", "a"): 1.0, ("lab", "b"): n % 2} for n in range(12)]
        found = cell_statistics(rows, {("lab", "a"): 1, ("lab", "b"): 1})
        assert [row.discrimination for row in found] == [None, None]
