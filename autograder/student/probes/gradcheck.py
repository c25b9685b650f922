"""Unit 00: a gradient measured by central differences, and the relative error."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.student.answers import Outputs, as_array
from autograder.student.probes import probe
from autograder.student.refusals import refusals
from autograder.student.stand_ins import stand_ins_of

_GRADIENT = "f x df h"

#: Outputs: which pairs were refused; the errors of two gradients beside a measured one.
REFUSALS = "refusals"
OF_THE_RIGHT, OF_THE_PLANTED = "error of the right gradient", "error of the planted one"


@probe("numeric_gradient", gradient=_GRADIENT)
def numeric_gradient(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the gradient of a function that is made from the inputs; df and h where given."""
    if "waves" in inputs:
        f = _waves(inputs["w"], inputs["waves"])
    else:
        f = _array_out(inputs["A"]) if "A" in inputs else _number_out(inputs["w"])
    further = [inputs.get(name) for name in ("df", "h") if "h" in inputs or name in inputs]
    yield "gradient", call.gradient(f, inputs["x"], *further)


@probe("relative_error", gradient=_GRADIENT, error="a b")
def relative_error(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the error of two arrays; then either refusals, or what the two functions find."""
    yield "error", call.error(inputs["a"], inputs["b"])
    if "others" in inputs:
        yield from refusals(REFUSALS, call.error, [(inputs["a"], b) for b in inputs["others"]])
    if "x" in inputs:
        x, w = inputs["x"], inputs["w"]
        right = 8 * w * np.cos(8 * x)
        gradient = stand_ins_of(inputs).get("numeric_gradient", call.gradient)
        slopes = gradient(lambda z: np.sum(w * np.sin(8 * z)), x)
        measured = as_array("gradient", slopes)
        yield OF_THE_RIGHT, call.error(right, measured)
        yield OF_THE_PLANTED, call.error(right * inputs["planted"], measured)


def _number_out(w: np.ndarray) -> Callable[[np.ndarray], Any]:
    """Return a function of an array of w's shape; each slope depends on every entry."""
    return lambda z: np.sum(w * np.sin(z) + z**3 / 3) + np.sum(w * z) ** 2 / 2


def _waves(w: np.ndarray, waves: np.ndarray) -> Callable[[np.ndarray], Any]:
    """Return a function so wavy that a difference tells from how far away it was taken."""
    return lambda z: np.sum(w * np.sin(waves * z) / waves)


def _array_out(A: np.ndarray) -> Callable[[np.ndarray], Any]:
    """Return a function with results of the shape of all axes of A but the last."""
    return lambda z: np.tanh(np.tensordot(A, z.reshape(-1), axes=1))
