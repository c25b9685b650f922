"""Arrays whose memory comes back when nobody looks at it any more.

A training step needs the same big arrays as the step before. Memory that goes back to the system in
between must be found, emptied and mapped again; so it is kept. An array handed out here is like any
other: its memory is free only when the array and every view of it are gone.
"""

import weakref
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt

CACHE_LINE = 64  # bytes
MIN_BYTES = 1 << 17
"""Smaller arrays come from the system quickly."""
MAX_BYTES_KEPT = 1 << 28
"""Of memory that nobody uses; beyond that, what was used longest ago goes back to the system."""

_kept: OrderedDict[int, tuple[Hashable, Any]] = OrderedDict()
"""By identity: what it can be used for, and the thing itself; the longest kept first."""
_lent: dict[int, tuple[Any, Hashable, Any]] = {}
"""By identity: the reference that tells when nobody looks any more, and what is kept then."""


def buffer(shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array with anything in it, as ``np.empty`` does.

    Parameters
    ----------
    shape : tuple of int
    dtype : data type

    Returns
    -------
    array : array of that shape

    Examples
    --------
    >>> first = buffer((100, 1000), np.float64)
    >>> place, view = first.ctypes.data, first[3:5]
    >>> del first  # a view is left, so the memory is in use
    >>> second = buffer((100, 1000), np.float64)
    >>> second.ctypes.data == place
    False
    >>> del view
    >>> third = buffer((100, 1000), np.float64)
    >>> third.ctypes.data == place
    True
    """
    array: npt.NDArray[Any] = np.empty(0, dtype)
    size = array.itemsize
    for length in shape:
        size *= length
    if size < MIN_BYTES:
        return np.empty(shape, dtype)
    memory = take(size)
    if memory is None:
        memory = aligned_memory(size)
    return lent(memory, size, memory, dtype).reshape(shape)


def aligned_memory(n_bytes: int) -> memoryview:
    """Return memory that begins at the edge of a cache line.

    NumPy's own begins a quarter of a line later, so that every second wide load takes two lines.
    """
    memory = np.empty(n_bytes + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + n_bytes].data


def take(key: Hashable) -> Any:
    """Return what was kept last for this use, or None."""
    for identity, (its_key, thing) in reversed(list(_kept.items())):
        if its_key == key and _kept.pop(identity, None) is not None:
            return thing
    return None


def lent(memory: memoryview, key: Hashable, thing: Any, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array over all of a memory; when it and its views are gone, the thing is kept.

    Views of an array over foreign memory refer to that array, not to the memory: it lives as long
    as any of them, and its end tells that all are gone.

    Parameters
    ----------
    memory : memoryview
    key : hashable
        What ``take`` finds the thing by.
    thing : object with ``nbytes``
        The memory itself, or something that has it.
    dtype : data type

    Returns
    -------
    array : array, shape (elements of the memory,)
    """
    owner = np.frombuffer(memory, dtype)
    reference = weakref.ref(owner, _keep)
    _lent[id(reference)] = reference, key, thing
    return owner


def _keep(reference: "weakref.ref[npt.NDArray[Any]]") -> None:
    _, key, thing = _lent.pop(id(reference))
    _kept[id(thing)] = key, thing
    while sum(thing.nbytes for _, thing in list(_kept.values())) > MAX_BYTES_KEPT:
        try:
            _kept.popitem(last=False)
        except KeyError:  # another thread was quicker
            return
