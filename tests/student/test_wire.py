"""Plain bytes: whatever can be sent comes back, and no other bytes are ever believed."""

import io
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.student import wire

ARRAYS = hnp.arrays(
    dtype=st.sampled_from([np.dtype(name) for name in wire.DTYPES]),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=("Cs",)))
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc_", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and list(left) == list(right)
            and all(same(left[key], right[key]) for key in left)
        )
    return type(left) is type(right) and left == right


@given(VALUES)
def test_decode_of_encoded_value_gives_it_back(value: object) -> None:
    limits = wire.WireLimits(depth=20)
    assert same(value, wire.decode(wire.encode(value), limits))


@given(VALUES, st.data())
def test_decode_of_truncated_bytes_raises_wire_error(value: object, data: st.DataObject) -> None:
    encoded = wire.encode(value)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(wire.WireError):
        wire.decode(encoded[:cut], wire.WireLimits(depth=20))


@given(st.binary(max_size=200))
def test_decode_of_any_bytes_gives_value_or_wire_error(data: bytes) -> None:
    try:
        value = wire.decode(data)
    except wire.WireError:
        return
    assert wire.encode(value) is not None


@given(VALUES, st.data())
def test_decode_of_altered_bytes_gives_value_or_wire_error(
    value: object, data: st.DataObject
) -> None:
    altered = bytearray(wire.encode(value))
    for _ in range(data.draw(st.integers(1, 4))):
        altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    try:
        wire.decode(bytes(altered))
    except wire.WireError:
        return


def test_decode_with_bytes_left_over_raises() -> None:
    with pytest.raises(wire.WireError, match="left over"):
        wire.decode(wire.encode(1) + b"N")


def test_decode_of_pickle_and_npy_raises() -> None:
    npy = io.BytesIO()
    np.save(npy, np.array([{}], dtype=object), allow_pickle=True)
    for data in (pickle.dumps([1, 2]), npy.getvalue()):
        with pytest.raises(wire.WireError):
            wire.decode(data)


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array(["text"]),
        np.array([1j]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.zeros(2, dtype=[("a", "f8")]),
        {1, 2},
        object(),
        2**70,
    ],
)
def test_encode_of_what_is_not_plain_raises(value: object) -> None:
    with pytest.raises(wire.WireError):
        wire.encode(value)


def test_encode_of_subclass_sends_a_plain_array() -> None:
    class Loud(np.ndarray):
        pass

    decoded = wire.decode(wire.encode(np.arange(3.0).view(Loud)))
    assert type(decoded) is np.ndarray


@pytest.mark.parametrize(
    ("limits", "value"),
    [
        (wire.WireLimits(total_bytes=10), "more than ten bytes"),
        (wire.WireLimits(items=3), [1, 2, 3]),
        (wire.WireLimits(depth=1), [[[1]]]),
        (wire.WireLimits(ndim=1), np.zeros((1, 1))),
        (wire.WireLimits(text_bytes=3), "four"),
    ],
)
def test_decode_beyond_a_limit_raises(limits: wire.WireLimits, value: object) -> None:
    encoded = wire.encode(value)
    wire.decode(encoded)
    with pytest.raises(wire.WireError):
        wire.decode(encoded, limits)


def test_decode_of_huge_claimed_shape_raises_before_allocating() -> None:
    claim = b"a" + struct.pack("<BBII", wire.DTYPES.index("float64"), 2, 2**31, 2**31)
    with pytest.raises(wire.WireError):
        wire.decode(claim)
    empty_but_long = b"a" + struct.pack("<BBII", wire.DTYPES.index("float64"), 2, 0, 2**32 - 1)
    with pytest.raises(wire.WireError):
        wire.decode(empty_but_long)


def test_decode_of_repeated_key_raises() -> None:
    pair = wire.encode("a") + wire.encode(1)
    with pytest.raises(wire.WireError, match="twice"):
        wire.decode(b"d" + struct.pack("<I", 2) + pair + pair)
