"""The adding problem.

A batch is drawn by chance, so no certain numbers are expected. The judge makes tables of what came
back and holds them against their exact probabilities: some are 0 or 1, and the others leave a right
function a chance of ``frequencies.FALSE_ALARM`` = 1e-7 to fail.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise
from autograder.student.answers import FormError
from rnn_ref import long_memory

Inputs = Mapping[str, Any]
Outputs = Mapping[str, np.ndarray]
EVEN, ODD = "many examples", "many examples of odd length"
SMALL, LONG, SMALL_ODD = "a small batch", "long sequences", "an odd number of steps"
SHORTEST, ALONE = "two steps", "a single example"
ROWS = 1500  # of a table that chance decides, and up to ROWS_MORE - 1 more
ROWS_MORE = 400


def _adding_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def case(name: str, N: int, T: int, again: bool = False, edge: bool = False) -> Case:
        return Case(name, {"N": N, "T": T, "seed": int(rng.integers(2**31)), "again": again}, edge)

    def some(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    return (
        case(SMALL, some(3, 40), 2 * some(3, 30), again=True),
        case(SMALL_ODD, some(3, 40), 2 * some(3, 30) + 1),
        case(EVEN, ROWS + some(0, ROWS_MORE), 6),
        case(ODD, ROWS + some(0, ROWS_MORE), 7),
        case(LONG, some(3, 40), 2 * some(50, 90), edge=True),
        case(SHORTEST, some(5, 200), 2, edge=True),
        case(ALONE, 1, 2 * some(3, 90), edge=True),
    )


def _batch(inputs: Inputs, outputs: Outputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values (N, T), markers (N, T) and y, once x has the right shape."""
    if not {"x", "y"} <= outputs.keys():
        raise FormError("no batch came.")
    x, expected = outputs["x"], (inputs["N"], inputs["T"], 2)
    if x.shape != expected:
        raise FormError(f"x has shape {x.shape}; expected {expected} = (N, T, 2).")
    values, markers = np.moveaxis(x.astype(np.float64), 2, 0)
    return values, markers, outputs["y"].astype(np.float64)


def _markers(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by the markers in their first and in their second half; anything odd counts as 3."""
    _, markers, _ = _batch(inputs, outputs)
    halves = np.split(markers, [inputs["T"] // 2], axis=1)
    first, second = (
        np.where(np.isin(half, (0, 1)).all(axis=1), np.minimum(half.sum(axis=1), 3), 3).astype(int)
        for half in halves
    )
    return _table(4 * first + second, 16).reshape(4, 4)


def _marker_range(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """The smallest and the largest marker, (2,), as whole numbers."""
    _, markers, _ = _batch(inputs, outputs)
    return np.rint([markers.min(), markers.max()])


def _marker_chances(inputs: Inputs) -> np.ndarray:
    chances = np.zeros((4, 4))
    chances[1, 1] = 1
    return chances


def _places(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by the steps at which they are marked; the last cell: not one marker in each half."""
    _, markers, _ = _batch(inputs, outputs)
    half, T = inputs["T"] // 2, inputs["T"]
    marked = markers == 1
    first, last = marked.argmax(axis=1), T - 1 - marked[:, ::-1].argmax(axis=1)
    fits = (marked.sum(axis=1) == 2) & (first < half) & (half <= last)
    table = np.zeros((half + 1, T - half + 1), dtype=np.int64)
    np.add.at(table, (np.where(fits, first, -1), np.where(fits, last - half, -1)), 1)
    return table


def _place_chances(inputs: Inputs) -> np.ndarray:
    half = inputs["T"] // 2
    shape = (half, inputs["T"] - half)
    return np.pad(np.full(shape, 1 / (shape[0] * shape[1])), (0, 1))


def _tenths(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """How many of the numbers lie in each tenth from 0 to 1; then: outside, and missing (none)."""
    values, _, _ = _batch(inputs, outputs)
    return _in_tenths(values, values.size)


def _marked_tenths(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """The same of the marked numbers alone, of which there should be two a row."""
    values, markers, _ = _batch(inputs, outputs)
    return _in_tenths(values[markers == 1], 2 * inputs["N"])


def _in_tenths(values: np.ndarray, wanted: int) -> np.ndarray:
    inside = (values >= 0) & (values <= 1)
    tenth = np.minimum(10 * np.where(inside, values, 0), 9).astype(int)
    table = _table(np.where(inside, tenth, 10), 12)
    table[11] = max(0, wanted - values.size)
    return table


def _tenth_chances(inputs: Inputs) -> np.ndarray:
    return np.append(np.full(10, 0.1), [0.0, 0.0])


def _target(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """What y is, (N,): 0 the marked sum, 1 half of it, 2 the sum of all, 3 the product, …

    Anything else is a number of its own, and so is a wrong shape: -1 if it is (N, 1).
    """
    values, markers, y = _batch(inputs, outputs)
    N = inputs["N"]
    if y.shape != (N,):
        return np.full(N, -1.0 if y.shape == (N, 1) else -2.0 - y.size - y.ndim)
    total = _marked_sum(values, markers, y)
    product = np.where(markers == 1, values, 1).prod(axis=1)
    first = values[np.arange(N), markers.argmax(axis=1)]
    sorts = np.stack([total, total / 2, values.sum(axis=1), product, total / inputs["T"], first])
    fits = np.isclose(y, sorts, rtol=1e-5, atol=2e-6)
    other = len(sorts) + np.abs(y - total)
    target: np.ndarray = np.where(fits.any(axis=0), fits.argmax(axis=0), other)
    return target


def _error(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """By how much y misses the sum of the marked numbers, (N,); y itself if its shape is wrong."""
    values, markers, y = _batch(inputs, outputs)
    return y - _marked_sum(values, markers, y) if y.shape == (inputs["N"],) else y


def _marked_sum(values: np.ndarray, markers: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the sum of the marked numbers, (N,): markers that are wrong are no mistake of y.

    It is the sum of the products, or of all numbers with a marker above 0, whichever is nearer.
    """
    products = (values * markers).sum(axis=1)
    marked = np.where(markers > 0, values, 0).sum(axis=1)
    nearer: np.ndarray = np.where(np.abs(y - marked) < np.abs(y - products), marked, products)
    return nearer


def _difference(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
    """By how much the batch of an equal generator differs, (N, T, 2); of no batch, nothing."""
    if not inputs["again"] or not {"x", "x_again"} <= outputs.keys():
        return None
    _batch(inputs, outputs)
    x, again = outputs["x"].astype(np.float64), outputs["x_again"]
    if x.shape != again.shape:
        return again
    difference: np.ndarray = np.where(np.isnan(x) & np.isnan(again), 0, again - x)
    return difference


def _new_batches(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
    """Whether the next call gave another batch: 1, or 0."""
    if not inputs["again"] or not {"x", "next_x"} <= outputs.keys():
        return None
    _batch(inputs, outputs)
    return np.array(int(not np.array_equal(outputs["x"], outputs["next_x"])))


def _chance(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
    """Whether both are as they should be, (2,)."""
    difference, new = _difference(inputs, outputs), _new_batches(inputs, outputs)
    if difference is None or new is None:
        return None
    return np.array([not difference.any(), new], dtype=np.int64)


def _table(cells: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(cells.ravel(), minlength=size)


EXERCISE = Exercise(
    name="adding_batch",
    title="The adding problem",
    version=3,
    reference={"batch": long_memory.adding_batch},
    make_cases=_adding_cases,
    axes={
        "markers": ("markers in the first half", "markers in the second half"),
        "places": ("first marker at step", "second marker, steps into its half:"),
        "tenths": ("numbers in tenth",),
        "target": ("batch",),
        "marker_range": ("end",),
        "marked_tenths": ("marked numbers in tenth",),
        "own_y minus the marked sum": ("batch",),
        "own_x_again minus x": ("batch", "time", "channel"),
        "own_number of new batches on the second call": (),
        "chance": ("question",),
    },
    derived={
        "markers": _markers,
        "marker_range": _marker_range,
        "places": _places,
        "tenths": _tenths,
        "marked_tenths": _marked_tenths,
        "target": _target,
        "own_y minus the marked sum": _error,
        "own_x_again minus x": _difference,
        "own_number of new batches on the second call": _new_batches,
        "chance": _chance,
    },
    chances={
        "markers": _marker_chances,
        "places": _place_chances,
        "tenths": _tenth_chances,
        "marked_tenths": _tenth_chances,
    },
    criteria=(
        Criterion("numbers", 0.15, "The numbers, in x[:, :, 0], are drawn evenly from 0 to 1.").of(
            "tenths", EVEN, ODD
        ),
        Criterion(
            "markers", 0.25, "In x[:, :, 1] each half has one marker, a 1, and is 0 elsewhere."
        ).of("markers", SMALL, LONG, ALONE, EVEN),
        Criterion("edges", 0.1, "That holds for an odd number of steps, and for two steps.").of(
            "markers", SMALL_ODD, SHORTEST, ODD
        ),
        Criterion(
            "places",
            0.15,
            "Each example has its own draw: every step of a half is marked equally often.",
        ).of(("places", "marked_tenths"), EVEN),
        Criterion("target", 0.25, "y is the sum of the two marked numbers.").of(
            "own_y minus the marked sum"
        ),
        Criterion(
            "given_rng",
            0.1,
            "Chance comes from rng alone: equal generators give equal batches, and the next "
            "call gives another.",
        ).of(("own_x_again minus x", "own_number of new batches on the second call"), SMALL),
    ),
)
