"""What the reference raises, and the one way it checks shapes.

An axis is named by its letter in the course: N batch, T time, D input, H hidden, V class.
A shape is written as those letters with spaces between them: ``"N T D"``, or ``"H+D H"``, or
``"H 4H"`` for the four gates of an LSTM side by side.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

AXIS_NAMES: Mapping[str, str] = {
    "N": "batch",
    "T": "time",
    "D": "input",
    "H": "hidden",
    "V": "class",
    "2H": "gate",
    "3H": "gate",
    "4H": "gate",
}

Shape = tuple[int, ...]
Expected = tuple[int | str, ...]  # a size where it is known, a letter where it is still free


class CourseError(Exception):
    """Everything the reference raises on purpose; the message is written for a learner."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the message alone, for it says what to do."""
        return [f"{type(self).__name__}: {self}"]


class ShapeError(CourseError, ValueError):
    """An array's shape does not fit; the message names the shape and the one expected."""


class InputError(CourseError, ValueError):
    """A value has the right shape and still makes no sense; the message says what would."""


def check_shapes(**arrays: tuple[npt.ArrayLike, str]) -> dict[str, int]:
    """Compare the shapes of arrays with the letters they were promised to have.

    A letter gets its size where it first appears, so give the arrays first whose shape is
    least in doubt: the weights, then the data.

    Parameters
    ----------
    **arrays : pair of an array and its axes
        For example ``h_prev=(h_prev, "N H")``. The name is used in the message.

    Returns
    -------
    sizes : dict from letter to int

    Raises
    ------
    ShapeError
        At the first array that does not fit; the message names both shapes.

    Examples
    --------
    >>> check_shapes(W_hh=(np.zeros((4, 4)), "H H"), h_prev=(np.zeros((3, 4)), "N H"))
    {'H': 4, 'N': 3}
    >>> check_shapes(b_h=(np.zeros(4), "H"), h_prev=(np.zeros((4, 3)), "N H"))
    Traceback (most recent call last):
        ...
    rnn_ref.errors.ShapeError: h_prev has shape (4, 3); expected (N, 4) = (N, H). \
Are the batch and hidden axes swapped?
    """
    sizes = _sizes_if_all_fit(arrays)
    return _checked_slowly(arrays) if sizes is None else sizes


def _sizes_if_all_fit(arrays: Mapping[str, tuple[npt.ArrayLike, str]]) -> dict[str, int] | None:
    """The sizes, or None where something does not fit: quick, for every step checks."""
    sizes: dict[str, int] = {}
    for array, axes in arrays.values():
        letters, sums = _axes(axes)
        shape = array.shape if isinstance(array, np.ndarray) else ()
        if len(shape) != len(letters) + len(sums):
            return None
        for axis, letter in letters:
            if sizes.setdefault(letter, shape[axis]) != shape[axis]:
                return None
        for axis, parts in sums:
            known = [count * sizes[letter] for count, letter in parts if letter in sizes]
            if len(known) == len(parts) and sum(known) != shape[axis]:
                return None
    return sizes


@cache
def _axes(
    axes: str,
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, tuple[tuple[int, str], ...]], ...]]:
    """Axes that are one letter, and axes such as ``"H+D"`` or ``"4H"`` as sums of multiples."""
    names = list(enumerate(axes.split()))
    letters = tuple((axis, name) for axis, name in names if name.isalpha())
    sums = tuple(
        (axis, tuple((int(part[:-1] or 1), part[-1]) for part in name.split("+")))
        for axis, name in names
        if not name.isalpha()
    )
    return letters, sums


def _checked_slowly(arrays: Mapping[str, tuple[npt.ArrayLike, str]]) -> dict[str, int]:
    """The same, one array after the other; the first that does not fit is named."""
    sizes: dict[str, int] = {}
    for name, (array, axes) in arrays.items():
        letters = axes.split()
        shape = _shape_of(name, array)
        _compare(name, shape, letters, sizes)
        for letter, size in zip(letters, shape, strict=True):
            if letter.isalpha():  # "H+D" is not a size of its own
                sizes.setdefault(letter, size)
        _compare(name, shape, letters, sizes)  # again: "H H" is square
    return sizes


def _compare(name: str, shape: Shape, letters: list[str], sizes: Mapping[str, int]) -> None:
    expected: Expected = tuple(_size(letter, sizes) for letter in letters)
    if not _fits(shape, expected):
        raise ShapeError(_message(name, shape, expected, letters))


def _shape_of(name: str, array: npt.ArrayLike) -> Shape:
    try:
        return np.shape(array)
    except ValueError:
        raise ShapeError(f"{name} is not a rectangular array: its rows differ in length.") from None


def _size(letter: str, sizes: Mapping[str, int]) -> int | str:
    """The size of ``"H"``, ``"H+D"`` or ``"4H"``, or the letters themselves while one is free."""
    parts = letter.split("+")
    if all(part[-1:] in sizes for part in parts):
        return sum(int(part[:-1] or 1) * sizes[part[-1:]] for part in parts)
    return letter


def _fits(shape: tuple[Any, ...], expected: Expected) -> bool:
    return len(shape) == len(expected) and all(
        isinstance(size, str) or size == got for got, size in zip(shape, expected, strict=True)
    )


def _message(name: str, shape: Shape, expected: Expected, letters: list[str]) -> str:
    sentence = f"{name} has shape {shape}; expected {_tuple(expected)}"
    if any(isinstance(size, int) for size in expected):
        sentence += f" = {_tuple(letters)}"
    return " ".join([f"{sentence}.", *_question(shape, expected, letters)])


def _tuple(entries: Expected | list[str]) -> str:
    comma = "," if len(entries) == 1 else ""
    return f"({', '.join(str(entry) for entry in entries)}{comma})"


def _question(shape: Shape, expected: Expected, letters: list[str]) -> Iterator[str]:
    """Ask about the mistake that would explain the shape; stay silent if none does."""
    axes = ["+".join(AXIS_NAMES.get(part, part) for part in axis.split("+")) for axis in letters]
    if len(shape) == len(expected):
        for a, b in combinations(range(len(shape)), 2):
            swapped = list(shape)
            swapped[a], swapped[b] = shape[b], shape[a]
            if axes[a] != axes[b] and _fits(tuple(swapped), expected):
                yield f"Are the {axes[a]} and {axes[b]} axes swapped?"
                return
    elif len(shape) == len(expected) - 1:
        without = [expected[:a] + expected[a + 1 :] for a in range(len(expected))]
        known = [
            _fits(shape, rest) * (1 + sum(isinstance(n, int) for n in rest)) for rest in without
        ]
        missing = [axis for axis, sizes in zip(axes, known, strict=True) if sizes == max(known)]
        if max(known) == 1:  # no size is known: the batch is forgotten most
            missing = missing[:1]
        if max(known):
            yield f"Is the {' or '.join(missing)} axis missing?"
