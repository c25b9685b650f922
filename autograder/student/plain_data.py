"""Python's plain data as a value of ``wire``, with the kinds that it alone would lose.

Tuples, sets, keys that are no texts, complex and large numbers, NumPy's scalars: what comes out is
equal to what went in, and of the same type. Only exact types pass, so what comes out has no methods
of anybody's own.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.student import wire

LIMITS = wire.WireLimits(total_bytes=4 * 2**20, items=200_000, depth=24, text_bytes=2**20)
_AS_THEY_ARE = (bool, float, str, type(None))
_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset"}
_MAKERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": lambda items: dict(zip(items[::2], items[1::2], strict=True)),
    "int": lambda items: int(items[0], 16),
    "complex": lambda items: complex(*items),
    "bytes": lambda items: items[0].tobytes(),
    "scalar": lambda items: items[0][()],
}


class NotData(ValueError):
    """A value that is more than data, and cannot leave its process."""


def encode(value: Any) -> bytes:
    """Return `value` as bytes.

    Raises
    ------
    NotData
        If it holds anything but plain data, or more than may be sent.
    """
    try:
        data = wire.encode(_packed(value))
    except RecursionError:
        raise NotData("data that hold themselves, or are nested too deeply") from None
    except wire.WireError as error:
        raise NotData(str(error)) from None
    if len(data) > LIMITS.total_bytes:
        raise NotData(f"{len(data)} bytes")
    return data


def decode(data: bytes) -> Any:
    """Return the value that `data` stands for.

    Raises
    ------
    WireError
        If it is none.
    """
    try:
        return _unpacked(wire.decode(data, LIMITS))
    except wire.WireError:
        raise
    except Exception as error:
        raise wire.WireError(f"no plain data ({type(error).__name__})") from error


def _packed(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE or (kind is int and -(2**63) <= value < 2**63):
        return value
    if kind is np.ndarray:
        return value
    if kind in (set, frozenset):  # whose order is another one in every process
        return [_SEQUENCES[kind], *sorted(map(_packed, value), key=wire.encode)]
    if kind in _SEQUENCES:
        return [_SEQUENCES[kind], *map(_packed, value)]
    if kind is dict:
        return ["dict", *(_packed(part) for pair in value.items() for part in pair)]
    if kind is int:
        return ["int", hex(value)]
    if kind is complex:
        return ["complex", value.real, value.imag]
    if kind is bytes:
        return ["bytes", np.frombuffer(value, np.uint8)]
    if kind.__module__ == "numpy" and issubclass(kind, np.generic):
        return ["scalar", np.asarray(value)]
    raise NotData(f"a value of type {kind.__name__}")


def _unpacked(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, *items = value
    return _MAKERS[kind](list(map(_unpacked, items)))
