"""Comparing two arrays and saying, in words, where they first differ."""

from collections.abc import Sequence

import numpy as np

from autograder.judge.exercise import ANY_SHAPE, Tolerance
from autograder.student.refusals import CAME, REFUSED

ROUNDED = 1e-5
"""Of the largest number of an array in single precision: a hundred of its roundings."""


def equal(got: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> bool:
    """Return whether shapes agree and all numbers do, within `tolerance`."""
    return got.shape == expected.shape and bool(np.all(close(got, expected, tolerance)))


def close(got: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Return of each number whether it is right, within `tolerance`."""
    with np.errstate(all="ignore"):
        found: np.ndarray = np.isclose(
            got.astype(np.float64),
            expected.astype(np.float64),
            rtol=tolerance.relative,
            atol=tolerance.absolute,
            equal_nan=True,
        )
    return found


def same_but_rounded(got: np.ndarray, mistaken: np.ndarray, tolerance: Tolerance) -> bool:
    """Return whether a mistake's numbers are a learner's, who may have rounded on the way.

    A sum in single precision is off by a share of its largest part, not of what is left of it.
    """
    if not is_single(got) or got.shape != mistaken.shape or not np.isfinite(mistaken).all():
        return equal(got, mistaken, tolerance)
    largest = float(np.abs(mistaken).max(initial=0.0))
    wider = Tolerance(tolerance.relative, tolerance.absolute + ROUNDED * largest)
    return equal(got, mistaken, wider)


def is_single(array: np.ndarray) -> bool:
    """Return whether all that `array` holds are numbers of single precision, not whole ones."""
    with np.errstate(all="ignore"):
        rounded = array.astype(np.float32)
        return bool(np.array_equal(rounded, array) and (rounded != np.rint(rounded)).any())


def difference(
    name: str,
    got: np.ndarray,
    expected: np.ndarray,
    axes: tuple[str, ...],
    tolerance: Tolerance,
) -> str:
    """Return a sentence that says how `got` differs from `expected`, or "" if it does not.

    The sentence never holds an expected number: only shapes, places and the learner's own values.

    Parameters
    ----------
    name : str
        What the output is called.
    axes : tuple of str
        Names of the axes of `expected`, or ``ANY_SHAPE``; the first place is the earliest along an
        axis "time".
    """
    if got.shape != expected.shape:
        return _shape_sentence(name, got.shape, expected.shape, axes)
    wrong = ~close(got, expected, tolerance)
    if not wrong.any():
        return ""
    if len(axes) != got.ndim:  # two of the learner's own, both with other axes than asked for
        axes = ANY_SHAPE
    place = _first(wrong, axes)
    where = f"entry {list(place)}"
    if axes != ANY_SHAPE:
        where = ", ".join(f"{axis} {i}" for axis, i in zip(axes, place, strict=True))
    yours = got[place]
    value = f"yours is {yours:.4g}" if got.dtype.kind == "f" else f"yours is {yours}"
    count = int(wrong.sum())
    if wrong.size == 1:
        return f"{name} differs ({value})."
    return f"{count} of {wrong.size} numbers in {name} differ, first at {where} ({value})."


def refusal_difference(
    calls: Sequence[str], got: np.ndarray, expected: np.ndarray, came: np.ndarray | None
) -> str:
    """Return what the first call that went otherwise gave, as a call; "" if none did.

    Parameters
    ----------
    calls : sequence of str
        How each reads: no numbers of a case are in it.
    got, expected : int array
        Codes of `student.refusals`.
    came : int array or None
        What came, each a place in its ``CAME``. Not trusted.
    """
    for i, call in enumerate(calls):
        if got[i] != expected[i]:
            known = came is not None and came.shape == got.shape and 0 <= came[i] < len(CAME)
            what = CAME[int(came[i])] if came is not None and known else "gave something else"
            wanted = "a ValueError" if expected[i] == REFUSED else "an answer"
            return f"{call} {what}; expected {wanted}."
    return ""


def _first(wrong: np.ndarray, axes: tuple[str, ...]) -> tuple[int, ...]:
    """Return the first index that is wrong, the earliest time before all else."""
    places = np.argwhere(wrong)
    if "time" in axes:
        time = places[:, axes.index("time")]
        places = places[time == time.min()]
    return tuple(int(i) for i in places[0])


def _shape_sentence(
    name: str, got: tuple[int, ...], expected: tuple[int, ...], axes: tuple[str, ...]
) -> str:
    meaning = "" if axes in ((), ANY_SHAPE) else f" = ({', '.join(axes)})"
    sentence = f"{name} has shape {got}; expected {expected}{meaning}."
    if sorted(got) == sorted(expected):
        sentence += " Are two axes swapped?"
    elif tuple(n for n in got if n != 1) == tuple(n for n in expected if n != 1):
        sentence += " Is an axis of length 1 missing or too many?"
    return sentence
