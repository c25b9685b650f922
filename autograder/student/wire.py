"""Plain bytes for plain values: what crosses between student code and the judge.

A value is ``None``, a bool, an int, a float, a str, an array of a listed dtype, or a list or dict
of values. The decoder believes nothing: every length is capped and checked against the bytes that
are there, dtypes come from a list, and neither pickle nor any other code is ever run.

Layout: one tag byte, then the payload; lengths are little-endian unsigned 32-bit integers.
"""

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

_INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
DTYPES = ("bool", *_INTEGERS, "float16", "float32", "float64")
_CODES = {np.dtype(name): code for code, name in enumerate(DTYPES)}
_LENGTH = struct.Struct("<I")
_INT = struct.Struct("<q")
_FLOAT = struct.Struct("<d")


class WireError(ValueError):
    """Bytes that are no value, or a value that has no bytes."""


@dataclass(frozen=True)
class WireLimits:
    """Caps a decoder holds untrusted bytes to."""

    total_bytes: int = 16 * 2**20
    items: int = 10_000
    depth: int = 6
    ndim: int = 6
    text_bytes: int = 64 * 2**10


def encode(value: Any) -> bytes:
    """Return `value` as bytes.

    Raises
    ------
    WireError
        If `value` holds anything but plain values and arrays of a listed dtype.
    """
    parts: list[bytes] = []
    _write(value, parts)
    return b"".join(parts)


def _write(value: Any, parts: list[bytes]) -> None:
    if value is None:
        parts.append(b"N")
    elif isinstance(value, (bool, np.bool_)):
        parts.append(b"T" if value else b"F")
    elif isinstance(value, np.ndarray):
        parts.append(_array_bytes(value))
    elif isinstance(value, (int, np.integer)):
        if not -(2**63) <= int(value) < 2**63:
            raise WireError("an integer of more than 64 bits cannot be sent")
        parts.append(b"i" + _INT.pack(int(value)))
    elif isinstance(value, (float, np.floating)):
        parts.append(b"f" + _FLOAT.pack(float(value)))
    elif isinstance(value, str):
        encoded = value.encode("utf-8", "backslashreplace")
        parts.append(b"s" + _LENGTH.pack(len(encoded)) + encoded)
    elif isinstance(value, (list, tuple)):
        parts.append(b"l" + _LENGTH.pack(len(value)))
        for item in value:
            _write(item, parts)
    elif isinstance(value, dict):
        parts.append(b"d" + _LENGTH.pack(len(value)))
        for key, item in value.items():
            _write(str(key), parts)
            _write(item, parts)
    else:
        raise WireError(f"a {type(value).__name__} cannot be sent")


def _array_bytes(array: np.ndarray) -> bytes:
    plain = np.array(array, copy=True, order="C", subok=False)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    code = _CODES.get(plain.dtype.newbyteorder("="))
    if code is None:
        raise WireError(f"an array of dtype {plain.dtype} cannot be sent")
    head = struct.pack("<BB", code, plain.ndim)
    shape = b"".join(_LENGTH.pack(length) for length in plain.shape)
    return b"a" + head + shape + plain.tobytes()


def decode(data: bytes, limits: WireLimits | None = None) -> Any:
    """Return the value that `data` stands for.

    Parameters
    ----------
    data : bytes
        Untrusted.
    limits : WireLimits, optional
        Caps; the defaults when missing.

    Raises
    ------
    WireError
        If `data` is anything but exactly one value within the limits.
    """
    limits = limits or WireLimits()
    if len(data) > limits.total_bytes:
        raise WireError(f"{len(data)} bytes, more than the limit of {limits.total_bytes}")
    reader = _Reader(data, limits)
    value = reader.value(depth=0)
    if reader.position != len(data):
        raise WireError("bytes are left over behind the value")
    return value


class _Reader:
    def __init__(self, data: bytes, limits: WireLimits) -> None:
        self.data = data
        self.limits = limits
        self.position = 0
        self.items = 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise WireError("the bytes end in the middle of a value")
        chunk = self.data[self.position : end]
        self.position = end
        return chunk

    def length(self) -> int:
        return int(_LENGTH.unpack(self.take(4))[0])

    def value(self, depth: int) -> Any:
        self.items += 1
        if self.items > self.limits.items:
            raise WireError(f"more than {self.limits.items} values")
        if depth > self.limits.depth:
            raise WireError(f"nested deeper than {self.limits.depth}")
        match self.take(1):
            case b"N":
                return None
            case b"T":
                return True
            case b"F":
                return False
            case b"i":
                return _INT.unpack(self.take(8))[0]
            case b"f":
                return _FLOAT.unpack(self.take(8))[0]
            case b"s":
                return self.text()
            case b"a":
                return self.array()
            case b"l":
                return [self.value(depth + 1) for _ in range(self.length())]
            case b"d":
                return self.mapping(depth)
            case tag:
                raise WireError(f"unknown tag {tag!r}")

    def text(self) -> str:
        length = self.length()
        if length > self.limits.text_bytes:
            raise WireError(f"a text of {length} bytes, more than {self.limits.text_bytes}")
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise WireError("a text is not UTF-8") from error

    def mapping(self, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for _ in range(self.length()):
            if self.take(1) != b"s":
                raise WireError("a key is not a text")
            key = self.text()
            if key in result:
                raise WireError("a key comes twice")
            result[key] = self.value(depth + 1)
        return result

    def array(self) -> np.ndarray:
        code, ndim = self.take(2)
        if code >= len(DTYPES):
            raise WireError(f"unknown dtype {code}")
        if ndim > self.limits.ndim:
            raise WireError(f"an array of {ndim} axes, more than {self.limits.ndim}")
        dtype = np.dtype(DTYPES[code]).newbyteorder("<")
        shape = tuple(self.length() for _ in range(ndim))
        if any(extent > self.limits.total_bytes for extent in shape):
            raise WireError(f"an axis is longer than {self.limits.total_bytes}")
        raw = self.take(math.prod(shape) * dtype.itemsize)
        if dtype == np.bool_ and raw.strip(b"\x00\x01"):
            raise WireError("a boolean is neither 0 nor 1")
        array = np.frombuffer(raw, dtype=dtype).astype(dtype.newbyteorder("="), copy=True)
        return array.reshape(shape)
