"""How far two gradients differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import apart
from autograder.student.probes.gradcheck import OF_THE_PLANTED, OF_THE_RIGHT, REFUSALS
from rnn_ref import gradcheck


def _error_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    n = int(rng.integers(4, 7))
    zeros = np.zeros(n)
    some = _pair(rng, n + 3)
    some["a"][[0, 1]] = some["b"][[1, 2]] = 0.0  # in a alone, in both, in b alone
    order, planted = rng.permutation(n), np.ones(n)
    planted[order[0]] = rng.uniform(0.3, 0.7)
    cosines = rng.uniform(-0.3, 0.3, size=n)  # the probe's slopes; the longest is a negative one
    cosines[order[:2]] = rng.uniform(0.4, 0.6), -rng.uniform(0.9, 1)
    own = {"x": np.arccos(cosines) / 8, "w": rng.uniform(0.9, 1.1, size=n), "planted": planted}
    tiny = {name: 1e-10 * value for name, value in _pair(rng, n).items()}
    turned = _pair(rng, n)
    turned["b"][[0, 1, np.argmax(np.abs(turned["a"]))]] *= -1  # the error is above 1
    return (
        Case("two gradients", _pair(rng, n)),
        Case("with other numbers", _pair(rng, n)),
        Case("the other way round", _pair(rng, n, larger="b")),
        Case("with other signs", turned),
        Case("three axes", _pair(rng, *apart(rng, 3))),
        Case("two single numbers, of shape ()", _pair(rng), edge=True),
        Case("two single entries, of shape (1,)", _pair(rng, 1), edge=True),
        Case("zeros here and there", some, edge=True),
        Case("zero throughout", {"a": zeros, "b": zeros.copy()}, edge=True),
        Case("one of them zero throughout", {"a": zeros, "b": rng.normal(size=n)}, edge=True),
        Case("tiny numbers", tiny, edge=True),
        Case("two shapes", {**_pair(rng, n, 1), "others": _others(rng, n)}, edge=True),
        Case("a planted error", {**_pair(rng, n), **own}, edge=True),
    )


_MAIN = ("two gradients", "with other numbers", "the other way round", "with other signs")
#: The cases in which two arrays of one shape are compared.
_ALIKE = (
    *_MAIN,
    "three axes",
    "two single numbers, of shape ()",
    "two single entries, of shape (1,)",
    "zeros here and there",
    "zero throughout",
    "one of them zero throughout",
    "tiny numbers",
    "a planted error",
)


def _others(rng: np.random.Generator, n: int) -> list[np.ndarray]:
    """Return arrays to be compared with one of shape (n, 1), which has the shape of the last two.

    NumPy would stretch the others; they have as many rows, entries or axes as that one.
    """
    others = [(n,), (1, n), (n, 3), (n + 2, 1), (1, 1)]
    shapes = [*others, *[(n, 1)] * int(rng.integers(3, 9))]
    return [rng.normal(size=shapes[i]) for i in rng.permutation(len(shapes))]


def _pair(rng: np.random.Generator, *shape: int, larger: str = "a") -> dict[str, Any]:
    """Return two arrays some ten percent apart; the largest entry of all is negative.

    Where there are several, another one is positive.
    """
    first = np.asarray(rng.uniform(0.5, 2, size=shape) * rng.choice([-1, 1], size=shape))
    flat = first.reshape(-1)
    largest = rng.integers(first.size)
    flat[largest - 1] = abs(flat[largest - 1])
    flat[largest] = -rng.uniform(2.5, 3)
    second = np.asarray(first * rng.uniform(0.8, 0.98, size=shape))
    return {"a": first, "b": second} if larger == "a" else {"a": second, "b": first}


def _calls(inputs: Mapping[str, Any]) -> list[str]:
    shape = inputs["a"].shape
    kinds = ("of one shape" if b.shape == shape else "of two shapes" for b in inputs["others"])
    return [f"`relative_error(a, b)` {kind}" for kind in kinds]


def _small_pairs(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return one entry each, the smaller first, of two signs, twice zero; then two entries each."""
    first, second = short(_pair(rng, 1)), short(_pair(rng, 1, larger="b"))
    turned = {**first, "b": -first["b"]}
    zeros = {"a": np.zeros(1), "b": np.zeros(1)}
    return [first, second, turned, zeros, short(_pair(rng, 2)), short(_pair(rng, 2))]


EXERCISE = Exercise(
    name="relative_error",
    title="How far two gradients differ",
    version=8,
    reference={"gradient": gradcheck.numeric_gradient, "error": gradcheck.relative_error},
    make_cases=_error_cases,
    axes={"error": (), REFUSALS: ("pair",), OF_THE_RIGHT: (), OF_THE_PLANTED: ()},
    calls={REFUSALS: _calls},
    criteria=(
        Criterion(
            "error", 0.3, "It is the largest difference, measured by the largest entry of both."
        ).of("error", *_MAIN),
        Criterion("shapes", 0.1, "At any shape it comes out right.").of(
            "error",
            "three axes",
            "two single numbers, of shape ()",
            "two single entries, of shape (1,)",
            besides=_MAIN,
        ),
        Criterion("zeros", 0.15, "Zeros do no harm: zero against zero is no error.").of(
            "error",
            "zeros here and there",
            "zero throughout",
            "one of them zero throughout",
            besides=_MAIN,
        ),
        Criterion("tiny", 0.1, "Tiny gradients are measured as strictly as large ones.").of(
            "error", "tiny numbers", besides=_MAIN
        ),
        Criterion(
            "refuses",
            0.15,
            "Two different shapes are refused with a ValueError, equal ones are not.",
        ).of(REFUSALS, "two shapes"),
        Criterion(
            "planted",
            0.1,
            "With your numeric_gradient it is right for a right gradient and for a wrong one.",
        ).of((OF_THE_RIGHT, OF_THE_PLANTED), "a planted error"),
        unchanged(0.1),
    ),
    stand_ins=("numeric_gradient",),
    stand_in_cases=_ALIKE,
    trial=Trial(_small_pairs, {"error": "relative_error(a, b)"}),
)
