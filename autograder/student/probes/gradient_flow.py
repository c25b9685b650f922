"""Unit 06: gradients sent back, products of Jacobians, two ways to make a recurrent matrix."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array
from autograder.student.probes import probe
from autograder.student.refusals import refusals

_NEAR_AXIS = np.cos(np.pi / 8)  # half of all directions of the plane: within 22.5° of an axis


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
    if "refused" in inputs:
        trials = [(W, inputs["rho"]) for W in inputs["refused"]]
        yield from refusals("refusals", call.rescale, trials)


@probe("orthogonal", orthogonal="H rng")
def orthogonal(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield what one matrix does to given columns, or how often kinds of matrices come up."""
    H, rng = inputs["H"], np.random.default_rng(inputs["seed"])
    if "draws" in inputs:
        yield from _count(call, H, inputs["draws"], rng)
        return
    Q, next_Q = _square(call, H, rng), _square(call, H, rng)
    again = _square(call, H, np.random.default_rng(inputs["seed"]))
    columns = inputs["columns"]
    yield "there_and_back", Q.T @ (Q @ columns)
    yield "back_and_there", Q @ (Q.T @ columns)
    if H > 1:  # of one unit there are two matrices only, often equal by chance
        moves_on = not np.array_equal(Q, next_Q)
        yield "columns_again", columns * (moves_on and np.array_equal(Q, again))  # else zeros
        yield "moves_on", int(moves_on)


def _square(call: Any, H: int, rng: np.random.Generator) -> np.ndarray:
    Q = as_array("Q", call.orthogonal(H, rng))
    if Q.shape != (H, H):
        raise FormError(f"Q has shape {Q.shape}; expected {(H, H)} = (H, H).")
    return Q


def _count(call: Any, H: int, draws: int, rng: np.random.Generator) -> Outputs:
    """Yield how often each pattern of signs comes up; in the plane, also where column 0 points."""
    signs, directions = np.zeros((2,) * H, dtype=np.int64), np.zeros(2, dtype=np.int64)
    for _ in range(draws):
        Q = _square(call, H, rng)
        diagonal = (int(entry > 0) for entry in Q.diagonal()[:-1])
        signs[(*diagonal, int(np.linalg.det(Q) > 0))] += 1
        directions[int(np.abs(Q[:, 0]).max() > _NEAR_AXIS)] += 1
    yield f"signs_of_{H}", signs
    if H == 2:
        yield "directions", directions
