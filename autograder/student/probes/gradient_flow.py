"""Unit 06: gradients sent back, products of Jacobians, two ways to make a recurrent matrix."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array
from autograder.student.probes import probe
from autograder.student.refusals import refusals


@probe("linear_gradient_norms", norms="W g T")
def linear_gradient_norms(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the lengths of a gradient on its way back."""
    yield "norms", call.norms(inputs["W"], inputs["g"], inputs["T"])


@probe("jacobian_product_norms", norms="h W_hh")
def jacobian_product_norms(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the norm for every lag."""
    yield "norms", call.norms(inputs["h"], inputs["W_hh"])


@probe("rescale_spectral_radius", rescale="W rho")
def rescale_spectral_radius(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the new matrix; where a case asks, which matrices are refused."""
    yield "scaled", call.rescale(inputs["W"], inputs["rho"])
    if "tried" in inputs:
        trials = [(W, inputs["rho"]) for W in inputs["tried"]]
        yield from refusals("refusals", call.rescale, trials)


@probe("orthogonal", orthogonal="H rng")
def orthogonal(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield three matrices, the third of a generator like the first's; or many matrices."""
    H, rng = inputs["H"], np.random.default_rng(inputs["seed"])
    if "draws" in inputs:
        yield "matrices", np.stack([_square(call, H, rng) for _ in range(inputs["draws"])])
        return
    yield "Q", _square(call, H, rng)
    yield "next_Q", _square(call, H, rng)
    yield "Q_again", _square(call, H, np.random.default_rng(inputs["seed"]))


def _square(call: Any, H: int, rng: np.random.Generator) -> np.ndarray:
    Q = as_array("Q", call.orthogonal(H, rng))
    if Q.shape != (H, H):
        raise FormError(f"Q has shape {Q.shape}; expected {(H, H)} = (H, H).")
    return Q
