"""Copies of what is handed to a learner's function, and whether it was changed there.

A cache may be anything. Arrays and containers of them are copied, of their own type and however
deep or circular; what else it may hold (functions, generators, classes) is handed over as it is.
Nothing here recurses.
"""

import copy
from collections import deque
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

_MOST_LOOKED_AT = 200  # of what a cache holds, when arrays are looked for
_SCALARS = (bool, int, float, complex, str, bytes)
_WAYS_TO_COPY = ("__reduce__", "__reduce_ex__", "__getstate__")


def copied(value: Any) -> Any:
    """Return a copy of `value`, down to its arrays; `value` itself where it cannot be copied."""
    if type(value) in _SCALARS or value is None:
        return value
    # First what nearly all calls are handed, for there are thousands of them: arrays, parameters.
    if _is_plain(value):
        return value.copy()
    if _is_plain_dict(value) and len(set(map(id, value.values()))) == len(value):
        return {name: array.copy() for name, array in value.items()}
    try:
        return _Copier().copy(value)
    except Exception:  # a class of the learner's that does not like to be copied
        return value


def _is_plain(value: Any) -> bool:
    return type(value) is np.ndarray and value.dtype != object


def _is_plain_dict(value: Any) -> bool:
    return type(value) is dict and all(map(_is_plain, value.values()))


def arrays_in(value: Any) -> list[np.ndarray]:
    """Return the arrays of numbers that `value` holds, however deep, the first one first."""
    found: list[np.ndarray] = []
    waiting: list[Any] = [value]
    seen: dict[int, Any] = {}
    while waiting and len(seen) < _MOST_LOOKED_AT:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one  # an id stays that of its object for as long as this lives
        if isinstance(one, np.ndarray) and one.dtype.kind in "biuf":
            found.append(one)
        closed_over = [cell.cell_contents for cell in getattr(one, "__closure__", None) or ()]
        waiting += [*[part for _, part in _parts(one)], *closed_over][::-1]
    return found


class _Copier:
    """One round of copying: what occurs twice is copied once."""

    def __init__(self) -> None:
        self._made: dict[int, Any] = {}
        self._kept: list[Any] = []  # an id stays that of its object for as long as this lives

    def copy(self, value: Any) -> Any:
        tuples: list[tuple[Any, ...]] = []
        others: list[Any] = []
        waiting, seen = [value], set()
        while waiting:
            one = waiting.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            self._kept.append(one)
            if isinstance(one, tuple):
                tuples.append(one)
            elif (shell := _shell(one)) is not one:
                self._made[id(one)] = shell
                others.append(one)
            else:
                continue
            waiting.extend(part for _, part in _parts(one))
        for one in tuples:
            self._make_tuple(one)
        for one in (*tuples, *others):
            for place, part in _parts(one):
                if not isinstance(one, tuple) or place[0] == "attribute":
                    _put(self._made[id(one)], place, self._new(part))
        return self._new(value)

    def _new(self, part: Any) -> Any:
        return self._made.get(id(part), part)

    def _make_tuple(self, value: tuple[Any, ...]) -> None:
        """Make the copy of a tuple; those within it come first."""
        waiting: list[tuple[Any, ...]] = [value]
        while waiting:
            one = waiting[-1]
            missing = [p for p in one if isinstance(p, tuple) and id(p) not in self._made]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if id(one) not in self._made:
                items = [self._new(part) for part in one]
                self._made[id(one)] = tuple.__new__(type(one), items)


def _shell(value: Any) -> Any:
    """Return a new object of the type of `value` that still holds the same parts, or `value`."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, dict, deque, SimpleNamespace)) or _is_plain_instance(value):
        try:
            shell = copy.copy(value)
        except Exception:
            return value
        return shell if type(shell) is type(value) else value
    return value


def _is_plain_instance(value: Any) -> bool:
    """Return whether `value` is of a class written in Python that says nothing of copying."""
    kind = type(value)
    return (
        kind.__flags__ & 1 << 9 != 0  # made by a class statement
        and not isinstance(value, (type, BaseException, tuple))
        and all(getattr(kind, way) is getattr(object, way) for way in _WAYS_TO_COPY)
        and not hasattr(kind, "__copy__")
    )


def _parts(value: Any) -> Iterator[tuple[tuple[str, Any], Any]]:
    """Yield what `value` holds, each with its place; of arrays of numbers nothing."""
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            yield from ((("flat", i), part) for i, part in enumerate(value.ravel().tolist()))
        return
    if isinstance(value, dict):
        yield from ((("key", key), dict.__getitem__(value, key)) for key in dict.keys(value))
    elif isinstance(value, (list, deque, tuple)):
        yield from ((("item", i), part) for i, part in enumerate(value))
    if type(value) not in (list, tuple, dict, deque):
        for name, part in _attributes(value):
            yield ("attribute", name), part


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    yield from getattr(value, "__dict__", {}).items()
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                yield name, getattr(value, name)


def _put(shell: Any, place: tuple[str, Any], part: Any) -> None:
    kind, key = place
    if kind == "flat":
        shell[np.unravel_index(key, shell.shape)] = part
    elif kind == "key":
        dict.__setitem__(shell, key, part)
    elif kind == "attribute":
        object.__setattr__(shell, key, part)
    elif isinstance(shell, deque):
        deque.__setitem__(shell, key, part)
    else:
        list.__setitem__(shell, key, part)


def unchanged(before: Any, after: Any, may_grow: bool = False) -> bool:
    """Return whether all that `before` held is still so in `after`, its copy.

    Parameters
    ----------
    may_grow : bool
        Whether something may have been added: a note in a cache harms nobody.
    """
    if _is_plain(before) and _is_plain(after):
        return _same_numbers(before, after)
    if _is_plain_dict(before) and _is_plain_dict(after) and before.keys() == after.keys():
        return all(_same_numbers(array, after[name]) for name, array in before.items())
    try:
        return _unchanged(before, after, may_grow)
    except Exception:  # a class of the learner's that does not like to be compared
        return True


def _unchanged(before: Any, after: Any, may_grow: bool) -> bool:
    waiting, seen = [(before, after)], set()
    while waiting:
        old, new = waiting.pop()
        if old is new or (id(old), id(new)) in seen:
            continue
        seen.add((id(old), id(new)))
        if type(old) is not type(new):
            return False
        if isinstance(old, _SCALARS):
            if old != new and old == old:
                return False
        elif isinstance(old, np.ndarray) and old.dtype != object:
            if not _same_numbers(old, new):
                return False
        else:
            held, holds = dict(_parts(old)), dict(_parts(new))
            grown = holds.keys() - held.keys()
            if held.keys() - holds.keys() or (grown and not may_grow):
                return False
            if isinstance(old, np.ndarray) and old.shape != new.shape:
                return False
            waiting.extend((part, holds[place]) for place, part in held.items())
    return True


def _same_numbers(old: np.ndarray, new: np.ndarray) -> bool:
    old, new = np.asarray(old), np.asarray(new)
    if (old.dtype, old.shape) == (new.dtype, new.shape) and old.tobytes() == new.tobytes():
        return True
    return np.array_equal(old, new, equal_nan=old.dtype.kind in "fc" and new.dtype.kind in "fc")
