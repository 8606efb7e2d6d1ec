"""What crosses between a notebook's process and its judge, and what becomes of the rest."""

from __future__ import annotations

import collections
import contextlib
import datetime
import decimal
import fractions
import importlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.engine import zygote

PROGRAMS = ("codec", "plain", "tables", "files")


@pytest.fixture(scope="module")
def inside() -> Iterator[dict[str, ModuleType]]:
    """The programs of the sandbox, imported here for once."""
    sys.path.insert(0, str(zygote.INSIDE))
    try:
        yield {name: importlib.import_module(name) for name in PROGRAMS}
    finally:
        sys.path.remove(str(zygote.INSIDE))
        for name in PROGRAMS:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def codec(inside: dict[str, ModuleType]) -> ModuleType:
    return inside["codec"]


def crossed(codec: Any, value: Any) -> Any:
    """Return what the other process makes of ``value``."""
    encoder = codec.Encoder(lambda value, encoder: None)
    root = encoder.slot(value)
    root, nodes = json.loads(json.dumps([root, encoder.nodes]))

    def adopt(node: Any, decoder: Any) -> Any:
        raise codec.Malformed

    return codec.Decoder(nodes, adopt).value(root)


def same(a: Any, b: Any) -> bool:
    """Equal, of the same types all the way down, with nan equal to itself."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (a != a and b != b)
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, list | tuple | collections.deque):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(map(repr, a)) == list(map(repr, b)) and all(map(same, a.values(), b.values()))
    return bool(a == b)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(),
    st.complex_numbers(), st.decimals(allow_nan=False), st.fractions(), st.uuids(),
    st.dates(), st.times(), st.timedeltas(),
    st.datetimes(timezones=st.none() | st.just(datetime.UTC)),
)  # fmt: skip
HASHABLE = st.one_of(
    st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(), st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(HASHABLE, inner, max_size=5),
        st.sets(HASHABLE, max_size=5),
        st.frozensets(HASHABLE, max_size=5),
        st.lists(inner, max_size=3).map(collections.deque),
        st.dictionaries(HASHABLE, inner, max_size=3).map(collections.OrderedDict),
    ),
    max_leaves=20,
)
ARRAYS = hnp.arrays(
    st.one_of(
        hnp.integer_dtypes(), hnp.floating_dtypes(sizes=(16, 32, 64)), hnp.boolean_dtypes(),
        hnp.complex_number_dtypes(sizes=(64, 128)), hnp.unicode_string_dtypes(max_len=4),
        hnp.datetime64_dtypes(max_period="s", min_period="ms"),
    ),
    hnp.array_shapes(min_dims=0, max_dims=3, max_side=4),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class TestWhatCrosses:
    @given(value=VALUES)
    @QUICK
    def test_plain_values_arrive_as_they_are(self, codec: ModuleType, value: Any) -> None:
        assert same(crossed(codec, value), value)

    @given(value=ARRAYS)
    @QUICK
    def test_arrays_arrive_with_dtype_and_shape(self, codec: ModuleType, value: Any) -> None:
        got = crossed(codec, value)
        assert (got.dtype, got.shape) == (value.dtype, value.shape)
        np.testing.assert_array_equal(got, value)
        assert got.flags.writeable

    @pytest.mark.parametrize(
        "value",
        [
            pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [True, False]}),
            pd.DataFrame({"t": pd.to_datetime(["2026-01-01", None])}, index=["p", "q"]),
            pd.DataFrame({"z": pd.to_datetime(["2026-01-01"]).tz_localize("Asia/Taipei")}),
            pd.DataFrame({"k": pd.Categorical(["u", "v"], ["v", "u"], ordered=True)}),
            pd.DataFrame({"n": pd.array([1, None], dtype="Int64")}),
            pd.DataFrame({"b": pd.array([True, None], dtype="boolean")}),
            pd.DataFrame({"s": pd.array(["a", None], dtype="string")}),
            pd.DataFrame({"o": [[1], {"x": 2}]}),
            pd.DataFrame({("a", 1): [1], ("b", 2): [2]}),
            pd.DataFrame({"twice": [1]}).reindex(columns=["twice", "twice"]),
            pd.DataFrame(),
            pd.DataFrame({"a": []}),
        ],
        ids=str,
    )
    def test_tables_arrive(self, codec: ModuleType, value: pd.DataFrame) -> None:
        pd.testing.assert_frame_equal(crossed(codec, value), value)

    @pytest.mark.parametrize(
        "value",
        [
            pd.Series([1.5, None], name="x"),
            pd.Series(["a"], index=pd.MultiIndex.from_tuples([(1, "p")], names=["i", None])),
            pd.Series([1, 2], index=pd.date_range("2026-01-01", periods=2, freq="D")),
            pd.Series([1], index=pd.PeriodIndex(["2026-01"], freq="M")),
            pd.Series(pd.to_timedelta(["1 day"])),
            pd.Series([], dtype=float),
        ],
        ids=str,
    )
    def test_series_arrive(self, codec: ModuleType, value: pd.Series) -> None:
        pd.testing.assert_series_equal(crossed(codec, value), value)

    @pytest.mark.parametrize(
        "value",
        [pd.Timestamp("2026-01-02 03:04:05.678", tz="Asia/Taipei"), pd.Timestamp("2026-01-02"),
         pd.Timedelta("2 days 3 s"), pd.Period("2026-03"), np.float64(1.5), np.int8(-3),
         np.bool_(True), np.str_("文"), np.datetime64("2026-01-01"), decimal.Decimal("1.10"),
         fractions.Fraction(1, 3), 2**5000, -(2**5000), range(1, 9, 2), slice(None, 3), ...,
         float("inf"), "\ud800"],
        ids=repr,
    )  # fmt: skip
    def test_single_values_arrive(self, codec: ModuleType, value: Any) -> None:
        got = crossed(codec, value)
        assert type(got) is type(value) and got == value

    def test_tensors_arrive(self, codec: ModuleType) -> None:
        torch = pytest.importorskip("torch")
        for value in (torch.arange(6).reshape(2, 3), torch.tensor(1.5, requires_grad=True)):
            got = crossed(codec, value)
            assert torch.equal(got, value) and got.dtype == value.dtype
            assert got.requires_grad == value.requires_grad
        with pytest.raises(codec.CannotCross):
            crossed(codec, torch.nn.Parameter(torch.ones(1)))

    def test_what_is_shared_stays_shared(self, codec: ModuleType) -> None:
        inner: list[Any] = [1]
        value = [inner, inner]
        value.append(value)
        got = crossed(codec, value)
        assert got[0] is got[1] and got[2] is got


class TestWhatDoesNot:
    class Lying(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    @pytest.mark.parametrize(
        "value",
        [Lying(3), [Lying(3)], {"a": Lying(3)}, object(), np.ma.array([1]), np.matrix([1]),
         type("List", (list,), {})([1]), type("Text", (str,), {})("x"), lambda: 1, sys],
        ids=lambda value: type(value).__name__,
    )  # fmt: skip
    def test_objects_with_methods_of_their_own(self, codec: ModuleType, value: Any) -> None:
        with pytest.raises(codec.CannotCross):
            crossed(codec, value)

    def test_a_shape_too_deep(self, codec: ModuleType) -> None:
        value: Any = []
        for _ in range(5_000):
            value = [value]
        with pytest.raises(codec.CannotCross):
            crossed(codec, value)

    @given(nodes=st.lists(JSON, max_size=5), root=JSON)
    @settings(QUICK, max_examples=400)
    def test_no_message_does_more_than_fail(self, codec: ModuleType, nodes: Any, root: Any) -> None:
        self.decode(codec, nodes, root)

    @given(data=st.data())
    @settings(QUICK, max_examples=400)
    def test_no_node_of_a_known_kind_does(self, codec: ModuleType, data: st.DataObject) -> None:
        kinds = st.sampled_from(sorted({*codec.BUILDERS, *codec.EMPTY}))
        node = st.tuples(kinds, st.lists(JSON, max_size=5)).map(lambda pair: [pair[0], *pair[1]])
        nodes = data.draw(st.lists(node, min_size=1, max_size=4))
        self.decode(codec, nodes, [data.draw(st.integers(-2, 4))])

    def decode(self, codec: Any, nodes: Any, root: Any) -> None:
        def adopt(node: Any, decoder: Any) -> Any:
            raise codec.Malformed

        with contextlib.suppress(codec.Malformed):
            codec.Decoder(nodes, adopt).value(root)


class TestFiles:
    def test_only_what_changed_travels(self, inside: dict[str, ModuleType], tmp_path: Path) -> None:
        (tmp_path / "old.txt").write_text("old")
        files = inside["files"].Files([str(tmp_path)], set())
        assert files.changed() == []
        (tmp_path / "new.txt").write_text("new")
        (tmp_path / "mine.py").write_text("import os")
        assert files.changed() == [[str(tmp_path / "new.txt"), "bmV3"]]
        (tmp_path / "old.txt").unlink()
        assert files.changed() == [[str(tmp_path / "old.txt"), None]]

    @pytest.mark.parametrize(
        "path",
        ["../out.txt", "/etc/banyan-test", "a/../../out.txt", "code.py", "lib.so", "kept.txt", ""],
    )
    def test_what_is_not_welcome_is_left_out(
        self, inside: dict[str, ModuleType], tmp_path: Path, path: str
    ) -> None:
        root = tmp_path / "work"
        root.mkdir()
        (root / "kept.txt").write_text("kept")
        files = inside["files"].Files([str(root)], {str(root / "kept.txt")})
        target = path if path.startswith("/") else f"{root}/{path}"
        files.take([[target, "eA=="], [target, None], [target], target, None])
        assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["kept.txt"]
        assert (root / "kept.txt").read_text() == "kept"
        assert not Path("/etc/banyan-test").exists()

    def test_links_are_not_followed(self, inside: dict[str, ModuleType], tmp_path: Path) -> None:
        root, outside = tmp_path / "work", tmp_path / "outside.txt"
        root.mkdir()
        outside.write_text("untouched")
        (root / "link.txt").symlink_to(outside)
        files = inside["files"].Files([str(root)], set())
        files.take([[str(root / "link.txt"), "eA=="]])
        assert outside.read_text() == "untouched"
