"""Unit 00: measuring a gradient, and telling how far two gradients differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import (
    ANY_SHAPE,
    Case,
    Criterion,
    Exercise,
    Kind,
    Tolerance,
    Trial,
    short,
)
from autograder.judge.hints.gradcheck import HINTS
from autograder.judge.mistakes import gradcheck as mistakes
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import apart
from autograder.judge.variants import gradcheck as variants
from autograder.student.probes.gradcheck import OF_THE_PLANTED, OF_THE_RIGHT, REFUSALS
from rnn_ref import gradcheck

UNIT = "gradcheck"


def _number_out(rng: np.random.Generator, *shape: int) -> dict[str, Any]:
    """Return the inputs for a function that returns one number."""
    x, w = rng.normal(size=(2, *shape))
    return {"x": np.asarray(x), "w": np.asarray(1 + w)}


def _array_out(rng: np.random.Generator, *shape: int) -> dict[str, Any]:
    """Return the inputs for a function that returns an array, and the weights df."""
    x, out = rng.normal(size=shape), apart(rng, 2)
    A = rng.normal(size=(*out, x.size)) / np.sqrt(x.size)
    return {"x": x, "A": A, "df": rng.normal(size=out)}


def _gradient_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    several = _number_out(rng, 4)
    signs = rng.permutation([-1, 1, -1, 1])
    waves = rng.uniform(0.8e5, 1.2e5, size=3)  # on which a step of 1e-5 shows
    return (
        Case("several numbers", several),
        Case("with other numbers", _number_out(rng, 4)),
        Case("a matrix", _number_out(rng, *apart(rng, 2))),
        Case("a large step", {**_number_out(rng, 4), "h": float(rng.uniform(0.3, 0.6))}),
        Case("the step that is given", {**_number_out(rng, 3), "waves": waves}, edge=True),
        Case("an array out, with df", _array_out(rng, 5)),
        Case("a matrix in, an array out", _array_out(rng, *apart(rng, 2))),
        Case("three axes", _number_out(rng, *apart(rng, 3, least=4))),
        Case("a single number, of shape ()", _number_out(rng), edge=True),
        Case("a single entry, of shape (1,)", _number_out(rng, 1), edge=True),
        Case("at zero", {**several, "x": np.zeros(4)}, edge=True),
        Case("whole numbers", {**several, "x": signs * rng.integers(1, 4, size=4)}, edge=True),
        # No criterion looks at it; beside a step of 1e-5 what is made of df and f tells little.
        Case(
            "a large step, an array out", {**_array_out(rng, 3), "h": float(rng.uniform(0.3, 0.6))}
        ),
    )


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


_TRY = "f = lambda z: np.tanh(A @ z)\n"


def _small_gradients(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return one number and two, then a step so large that it shows where f is looked at."""
    made = []
    for h, n, outs in ((1e-5, 1, 1), (1e-5, 1, 2), (0.5, 1, 1), (0.5, 2, 2)):
        drawn = {"x": rng.uniform(-1, 1, n), "A": rng.uniform(-1, 1, (outs, n))}
        made.append({**short({**drawn, "df": rng.normal(size=outs)}), "h": h})
    return made


def _small_pairs(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return one entry each, the smaller first, of two signs, twice zero; then two entries each."""
    first, second = short(_pair(rng, 1)), short(_pair(rng, 1, larger="b"))
    turned = {**first, "b": -first["b"]}
    zeros = {"a": np.zeros(1), "b": np.zeros(1)}
    return [first, second, turned, zeros, short(_pair(rng, 2)), short(_pair(rng, 2))]


EXERCISES = (
    Exercise(
        name="numeric_gradient",
        unit=UNIT,
        title="A gradient from values alone",
        version=6,
        reference={"gradient": gradcheck.numeric_gradient},
        make_cases=_gradient_cases,
        axes={"gradient": ANY_SHAPE},
        criteria=(
            Criterion(
                "slopes",
                0.3,
                "Each entry holds the slope when that entry alone moves.",
                ("gradient",),
                ("several numbers", "with other numbers", "a matrix"),
            ),
            Criterion(
                "central",
                0.2,
                "Each slope is that between both sides, as far away as the step h says.",
                ("gradient",),
                ("a large step", "the step that is given"),
            ),
            Criterion(
                "upstream",
                0.2,
                "If f returns an array, each entry holds the slope of the sum that df weighs.",
                ("gradient",),
                ("an array out, with df", "a matrix in, an array out"),
            ),
            Criterion(
                "shapes",
                0.1,
                "At any shape it comes out right, and in the shape of x.",
                ("gradient",),
                (
                    "three axes",
                    "a single number, of shape ()",
                    "a single entry, of shape (1,)",
                ),
            ),
            Criterion(
                "zeros",
                0.1,
                "It comes out right at zero, and where x holds whole numbers.",
                ("gradient",),
                ("at zero", "whole numbers"),
            ),
            Criterion("unchanged", 0.1, "x is left as it was.", kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.GRADIENT),
        variants=tuple(variants.GRADIENT),
        hints=HINTS["numeric_gradient"],
        trial=Trial(_small_gradients, {"gradient": f"{_TRY}numeric_gradient(f, x, df, h)"}),
        # A step to one side is off by h/2 |f''|, some 1e-5: right here, and wrong for a large step.
        tolerance=Tolerance(relative=1e-4, absolute=1e-4),
    ),
    Exercise(
        name="relative_error",
        unit=UNIT,
        title="How far two gradients differ",
        version=8,
        reference={
            "gradient": gradcheck.numeric_gradient,
            "error": gradcheck.relative_error,
        },
        make_cases=_error_cases,
        axes={"error": (), REFUSALS: ("pair",), OF_THE_RIGHT: (), OF_THE_PLANTED: ()},
        calls={REFUSALS: _calls},
        criteria=(
            Criterion(
                "error",
                0.3,
                "It is the largest difference, measured by the largest entry of both.",
                ("error",),
                _MAIN,
            ),
            Criterion(
                "shapes",
                0.1,
                "At any shape it comes out right.",
                ("error",),
                (
                    "three axes",
                    "two single numbers, of shape ()",
                    "two single entries, of shape (1,)",
                ),
                besides=_MAIN,
            ),
            Criterion(
                "zeros",
                0.15,
                "Zeros do no harm: zero against zero is no error.",
                ("error",),
                ("zeros here and there", "zero throughout", "one of them zero throughout"),
                besides=_MAIN,
            ),
            Criterion(
                "tiny",
                0.1,
                "Tiny gradients are measured as strictly as large ones.",
                ("error",),
                ("tiny numbers",),
                besides=_MAIN,
            ),
            Criterion(
                "refuses",
                0.15,
                "Two different shapes are refused with a ValueError, equal ones are not.",
                (REFUSALS,),
                ("two shapes",),
            ),
            Criterion(
                "planted",
                0.1,
                "Together with your numeric_gradient it passes what is right and finds an error.",
                (OF_THE_RIGHT, OF_THE_PLANTED),
                ("a planted error",),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.ERROR),
        variants=tuple(variants.ERROR),
        stand_ins=("numeric_gradient",),
        stand_in_cases=_ALIKE,
        hints=HINTS["relative_error"],
        trial=Trial(
            _small_pairs,
            {"error": "relative_error(a, b)"},
        ),
    ),
)
