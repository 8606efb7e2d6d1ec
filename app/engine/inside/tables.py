"""Runs inside the sandbox: values of numpy, pandas and PyTorch as nodes of :mod:`codec`.

This file is handed in as text; the engine never imports it.
"""

import math
from typing import Any

from codec import (
    CannotCross,
    Decoder,
    Encoder,
    Malformed,
    Node,
    library,
    packed,
    text,
    unpacked,
    whole,
)

# numpy: arrays and scalars of fixed size; arrays of objects item by item.


def numpy_node(encoder: Encoder, value: Any, np: Any) -> Node | None:
    kind = type(value)
    if kind is np.ndarray:
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        if value.dtype.kind in "biufcSUmM":
            raw = packed(value.tobytes(order))
            return ["array", value.dtype.str, list(value.shape), raw, order]
        if value.dtype.kind == "O":
            return ["array", "O", list(value.shape), encoder.slots(value.ravel(order).tolist()),
                    order]  # fmt: skip
        if value.dtype.names:
            parts = [(name, value.dtype[name].str) for name in value.dtype.names]
            if all(value.dtype[name].kind in "biufcSUmM" for name in value.dtype.names):
                raw = packed(value.tobytes(order))
                return ["array", [list(part) for part in parts], list(value.shape), raw, order]
        return None
    if isinstance(value, np.generic) and kind.__module__ == "numpy":
        if value.dtype.kind in "biufcSUmM":
            return ["scalar", value.dtype.str, packed(value.tobytes())]
        return None
    if isinstance(value, np.dtype) and value.kind in "biufcSUmMO":
        return ["dtype", value.str]
    return None


def dtype_of(value: Any) -> Any:
    np = library("numpy")
    if isinstance(value, list):
        made = np.dtype([(text(name), text(kind)) for name, kind in value])
    else:
        made = np.dtype(text(value))
    if made.hasobject and made.kind != "O":
        raise Malformed
    return made


def array_of(decoder: Decoder, node: Node) -> Any:
    np = library("numpy")
    dtype, shape = dtype_of(node[1]), tuple(map(whole, node[2]))
    order = "F" if node[4] == "F" else "C"
    if dtype.kind == "O":
        items = decoder.values(node[3])
        made = np.empty(len(items), dtype=object)
        for place, item in enumerate(items):
            made[place] = item
    else:
        raw = unpacked(node[3])
        if len(raw) != math.prod(shape) * dtype.itemsize or any(part < 0 for part in shape):
            raise Malformed
        made = np.frombuffer(bytearray(raw), dtype=dtype) if raw else np.empty(shape, dtype)
    return made.reshape(shape, order=order)


def scalar_of(decoder: Decoder, node: Node) -> Any:
    dtype = dtype_of(node[1])
    raw = unpacked(node[2])
    if dtype.kind == "O" or len(raw) != dtype.itemsize:
        raise Malformed
    if not raw:
        return dtype.type()
    return library("numpy").frombuffer(raw, dtype=dtype)[0]


# pandas: a frame is its columns, a column its values and its index.


def pandas_node(encoder: Encoder, value: Any, pd: Any) -> Node | None:
    kind = type(value)
    if kind is pd.DataFrame:
        columns = [values_node(encoder, value.iloc[:, n].array) for n in range(value.shape[1])]
        return ["frame", encoder.slot(value.index), encoder.slot(value.columns), columns]
    if kind is pd.Series:
        name = encoder.slot(value.name)
        return ["series", encoder.slot(value.index), values_node(encoder, value.array), name]
    if kind is pd.RangeIndex:
        name = encoder.slot(value.name)
        return ["range-index", value.start, value.stop, value.step, name]
    if kind is pd.MultiIndex:
        levels = [encoder.slot(level) for level in value.levels]
        codes = [encoder.slot(list(map(int, part))) for part in value.codes]
        return ["multi-index", levels, codes, encoder.slot(list(value.names))]
    if kind in (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex,
                pd.PeriodIndex):  # fmt: skip
        freq = getattr(value, "freqstr", None)
        return ["index", values_node(encoder, value.array), encoder.slot(value.name), freq]
    if kind is pd.Timestamp:
        return ["stamp", encoder.slot(value.to_datetime64()), encoder.slot(value.tzinfo)]
    if kind is pd.Timedelta:
        return ["delta", encoder.slot(value.to_timedelta64())]
    if kind is pd.Period:
        return ["period", value.ordinal, value.freqstr]
    if value is pd.NaT:
        return ["nat"]
    if value is pd.NA:
        return ["na"]
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return ["values", values_node(encoder, value)]
    if isinstance(value, pd.api.extensions.ExtensionDtype):
        return ["pandas-dtype", str(value)]
    return None


def values_node(encoder: Encoder, array: Any) -> Node:
    """Encode a column's values with their dtype."""
    pd = library("pandas")
    name = type(array).__name__
    if name in ("NumpyExtensionArray", "PandasArray"):
        return ["plain", encoder.slot(array.to_numpy())]
    if isinstance(array.dtype, pd.CategoricalDtype):
        categories = encoder.slot(array.categories)
        return ["category", categories, list(map(int, array.codes)), bool(array.ordered)]
    if isinstance(array.dtype, pd.PeriodDtype):
        return ["periods", list(map(int, array.asi8)), array.freqstr]
    if isinstance(array.dtype, pd.DatetimeTZDtype):
        naive = array.tz_convert("UTC").tz_localize(None).to_numpy()
        return ["zoned", encoder.slot(naive), encoder.slot(array.tz), array.dtype.unit]
    if name in ("DatetimeArray", "TimedeltaArray"):
        return ["plain", encoder.slot(array.to_numpy())]
    if isinstance(array.dtype, pd.StringDtype):
        items = [None if lost else str(item) for item, lost in
                 zip(array.tolist(), array.isna().tolist(), strict=True)]  # fmt: skip
        missing = "NA" if array.dtype.na_value is pd.NA else "nan"
        return ["strings", items, text(array.dtype.storage), missing]
    if hasattr(array, "_mask") and hasattr(array, "_data"):
        return ["masked", encoder.slot(array._data), encoder.slot(array._mask)]
    raise CannotCross(str(array.dtype))


def decoded_values(decoder: Decoder, node: Node) -> Any:
    pd = library("pandas")
    kind = node[0]
    if kind == "plain":
        return decoder.value(node[1])
    if kind == "category":
        categories = decoder.value(node[1])
        return pd.Categorical.from_codes(
            list(map(whole, node[2])), categories=categories, ordered=bool(node[3])
        )
    if kind == "periods":
        np = library("numpy")
        raw = np.array(list(map(whole, node[1])), dtype="int64")
        return pd.arrays.PeriodArray(raw, dtype=pd.PeriodDtype(text(node[2])))
    if kind == "zoned":
        naive = pd.DatetimeIndex(decoder.value(node[1]))
        return naive.tz_localize("UTC").tz_convert(decoder.value(node[2])).array
    if kind == "strings":
        np = library("numpy")
        missing = pd.NA if node[3] == "NA" else np.nan
        dtype = pd.StringDtype(text(node[2]), na_value=missing)
        return pd.array([missing if item is None else text(item) for item in node[1]], dtype=dtype)
    if kind == "masked":
        data, mask = decoder.value(node[1]), decoder.value(node[2])
        if data.dtype.kind == "b":
            return pd.arrays.BooleanArray(data, mask)
        made = pd.arrays.FloatingArray if data.dtype.kind == "f" else pd.arrays.IntegerArray
        return made(data, mask)
    raise Malformed


def decoded_frame(decoder: Decoder, node: Node) -> Any:
    pd = library("pandas")
    index, columns = decoder.value(node[1]), decoder.value(node[2])
    parts = [pd.Series(decoded_values(decoder, part), index=index, copy=False) for part in node[3]]
    if len(parts) != len(columns):
        raise Malformed
    made = pd.DataFrame(dict(enumerate(parts)), index=index)
    made.columns = columns
    return made


def decoded_index(decoder: Decoder, node: Node) -> Any:
    pd = library("pandas")
    values, name = decoded_values(decoder, node[1]), decoder.value(node[2])
    made = pd.Index(values, name=name)
    if node[3] is not None and hasattr(made, "freq") and type(made) is not pd.PeriodIndex:
        made.freq = text(node[3])
    return made


def decoded_stamp(decoder: Decoder, node: Node) -> Any:
    pd = library("pandas")
    made = pd.Timestamp(decoder.value(node[1]))
    zone = decoder.value(node[2])
    return made if zone is None else made.tz_localize("UTC").tz_convert(zone)


def decoded_levels(decoder: Decoder, node: Node) -> Any:
    return library("pandas").MultiIndex(
        levels=decoder.values(node[1]),
        codes=decoder.values(node[2]),
        names=decoder.value(node[3]),
    )


def decoded_series(decoder: Decoder, node: Node) -> Any:
    values = decoded_values(decoder, node[2])
    index, name = decoder.value(node[1]), decoder.value(node[3])
    return library("pandas").Series(values, index=index, name=name)


# PyTorch: plain tensors in main memory, without what they were computed from.


def torch_node(encoder: Encoder, value: Any, torch: Any) -> Node | None:
    plain = type(value) is torch.Tensor and value.layout is torch.strided
    if plain and value.device.type == "cpu" and value.dtype is not torch.bfloat16:
        return ["tensor", encoder.slot(value.detach().numpy()), value.requires_grad]
    return None


def tensor_of(decoder: Decoder, node: Node) -> Any:
    made = library("torch").from_numpy(decoder.value(node[1]))
    return made.requires_grad_() if node[2] is True else made


BUILDERS = {
    "array": array_of,
    "tensor": tensor_of,
    "scalar": scalar_of,
    "dtype": lambda decoder, node: dtype_of(node[1]),
    "frame": decoded_frame,
    "series": decoded_series,
    "range-index": lambda decoder, node: library("pandas").RangeIndex(
        *map(whole, node[1:4]), name=decoder.value(node[4])
    ),
    "multi-index": decoded_levels,
    "index": decoded_index,
    "stamp": decoded_stamp,
    "delta": lambda decoder, node: library("pandas").Timedelta(decoder.value(node[1])),
    "period": lambda decoder, node: library("pandas").Period(
        ordinal=whole(node[1]), freq=text(node[2])
    ),
    "nat": lambda decoder, node: library("pandas").NaT,
    "na": lambda decoder, node: library("pandas").NA,
    "values": lambda decoder, node: decoded_values(decoder, node[1]),
    "pandas-dtype": lambda decoder, node: library("pandas").api.types.pandas_dtype(text(node[1])),
}
