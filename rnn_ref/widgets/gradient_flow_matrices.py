"""Recurrent matrices to turn by hand, and what is left of gradients that they send back.

The eigenvalues of a matrix and its singular values can be moved apart. In a suitable orthonormal
basis Q every matrix is block triangular, ``W = Q (B + N) Q^T``: the blocks B on the diagonal hold
the eigenvalues, and N, above them, does not touch these but stretches the singular values. A matrix
without N is called normal. Here N, and what makes a 2 by 2 block of B lopsided, is scaled by the
non-normality: 0 takes it away, 1 leaves W as it was drawn.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.gradient_flow import (
    FloatArray,
    jacobian_product_norms,
    linear_gradient_norms,
    orthogonal,
    spectral_radius,
)
from rnn_ref.recurrence import rnn_forward
from rnn_ref.widgets.learners import tried

H = 32
SEED = 1
LONGEST = 100  # states of the longest way back
RUN_UP = 20  # steps before the first of them, so that the start is forgotten
INPUT_SIZE = 0.5  # standard deviation of what reaches each unit from the inputs
SINGLE_GRADIENTS = 6

GAUSSIAN, ORTHOGONAL = "Gaussian", "orthogonal"
LINEAR, TANH, RELU = "none", "tanh", "ReLU"

Norms = Callable[..., Any]


class Family(NamedTuple):
    """A matrix taken apart so that its non-normality can be chosen."""

    basis: FloatArray
    """Q, shape (H, H)."""
    triangle: FloatArray
    """Q^T W Q, shape (H, H): block upper triangular."""
    ratios: FloatArray
    """How lopsided each 2 by 2 block is, shape (H,); 1 where there is none."""
    eigenvalues: Any
    """Complex, shape (H,)."""

    def matrix(self, non_normality: float) -> FloatArray:
        """Return W with the same eigenvalues and the given non-normality; 1 as it was drawn."""
        T = non_normality * self.triangle
        np.fill_diagonal(T, self.triangle.diagonal())
        first = np.flatnonzero(self.ratios != 1)
        turn = np.sign(self.triangle[first, first + 1]) * np.sqrt(
            -self.triangle[first, first + 1] * self.triangle[first + 1, first]
        )
        T[first, first + 1] = turn * self.ratios[first] ** non_normality
        T[first + 1, first] = -turn / self.ratios[first] ** non_normality
        return self.basis @ T @ self.basis.T


def take_apart(W: FloatArray) -> Family:
    """Return the family that W belongs to.

    Parameters
    ----------
    W : float array, shape (H, H)
        With distinct eigenvalues, as a random matrix has them.
    """
    size = len(W)
    eigenvalues, vectors = np.linalg.eig(W)
    basis = np.zeros((size, 0))
    ratios = np.ones(size)
    for eigenvalue, vector in zip(eigenvalues, vectors.T, strict=True):
        if eigenvalue.imag < 0:
            continue  # its conjugate brings it along
        rest = vector - basis @ (basis.T @ vector)
        rest = rest - basis @ (basis.T @ rest)  # once more for rounding
        if eigenvalue.imag > 0:
            rest = rest * np.exp(-0.5j * np.angle(np.sum(rest**2)))  # real ⟂ imaginary part
            ratios[basis.shape[1]] = np.linalg.norm(rest.real) / np.linalg.norm(rest.imag)
        parts = [rest.real, rest.imag] if eigenvalue.imag > 0 else [rest.real]
        basis = np.column_stack([basis, *(part / np.linalg.norm(part) for part in parts)])
    return Family(basis, basis.T @ W @ basis, ratios, eigenvalues)


@cache
def family(start: str) -> Family:
    """Return the family of one of the two starts."""
    rng = np.random.default_rng(SEED)
    if start == ORTHOGONAL:
        return take_apart(orthogonal(H, rng))
    return take_apart(rng.normal(size=(H, H)))


class Settings(NamedTuple):
    """What the controls say, but for the scale of the matrix."""

    start: str = GAUSSIAN
    nonlinearity: str = LINEAR
    non_normality: float = 1.0
    T: int = 50


class Shape(NamedTuple):
    """A matrix up to a factor, with its two sizes: they have a fixed quotient."""

    W: FloatArray
    sigma: float
    rho: float
    eigenvalues: Any


@lru_cache(maxsize=256)
def shape_of(start: str, non_normality: float) -> Shape:
    """Return the matrix of these settings, not yet scaled."""
    W = family(start).matrix(1.0 if start == ORTHOGONAL else non_normality)
    return Shape(W, float(np.linalg.norm(W, 2)), spectral_radius(W), family(start).eigenvalues)


class Flow(NamedTuple):
    """What is left of gradients at each lag, shape (T,) each; not finite numbers are left out."""

    largest: FloatArray
    """Spectral norm of the product of Jacobians."""
    single: FloatArray
    """Lengths of some gradients of length 1, shape (SINGLE_GRADIENTS, T)."""
    bound: FloatArray
    radius: FloatArray
    slope: float
    """Mean derivative of the nonlinearity on the way."""
    note: str
    """Why a learner's function was not used, if it was not."""


def measure(
    settings: Settings,
    scale: float,
    norms: Norms = jacobian_product_norms,
    linear_norms: Norms = linear_gradient_norms,
) -> Flow:
    """Send gradients back from the last state.

    Parameters
    ----------
    settings : Settings
    scale : float
        Factor of the matrix.
    norms, linear_norms : functions
        ``jacobian_product_norms`` and ``linear_gradient_norms``, or a learner's own. If one of them
        stops or gives no T numbers, the reference takes over and the note says so.
    """
    shape = shape_of(settings.start, settings.non_normality)
    W, T = scale * shape.W, settings.T
    slopes = _slopes(W, settings.nonlinearity)[-T:]
    # 1 - h² is the slope of tanh, so states of this size have any slope that is asked for.
    largest, note = _call(norms, jacobian_product_norms, np.sqrt(1 - slopes), W)
    if settings.nonlinearity == LINEAR:
        answers = [_call(linear_norms, linear_gradient_norms, W, g, T) for g in _GRADIENTS]
        single = np.stack([lengths for lengths, _ in answers])
        note = note or answers[0][1]
    else:
        single = _lengths(W, slopes)
    lag = np.arange(T)
    bound, radius = (scale * shape.sigma) ** lag, (scale * shape.rho) ** lag
    mean_slope = float(slopes[1:].mean()) if T > 1 else 1.0
    return Flow(largest, single, bound, radius, mean_slope, note)


_INPUTS = INPUT_SIZE * np.random.default_rng(SEED + 1).normal(size=(RUN_UP + LONGEST, H))
_GRADIENTS = np.random.default_rng(SEED + 2).normal(size=(SINGLE_GRADIENTS, H))
_GRADIENTS /= np.linalg.norm(_GRADIENTS, axis=1, keepdims=True)


def _slopes(W: FloatArray, nonlinearity: str) -> FloatArray:
    """Derivative of the nonlinearity at every step of a run over random inputs."""
    if nonlinearity == LINEAR:
        return np.ones_like(_INPUTS)
    if nonlinearity == TANH:
        h, _ = rnn_forward(_INPUTS[None], np.zeros((1, H)), np.eye(H), W, np.zeros(H))
        slopes: FloatArray = 1 - h[0] ** 2
        return slopes
    state, active = np.zeros(H), []
    for from_input in _INPUTS:
        state = np.maximum(0, state @ W + from_input)
        active.append(state > 0)
    return np.array(active, dtype=float)


def _lengths(W: FloatArray, slopes: FloatArray) -> FloatArray:
    g, lengths = _GRADIENTS, [np.ones(SINGLE_GRADIENTS)]
    for slope in slopes[:0:-1]:
        g = (g * slope) @ W.T
        lengths.append(np.linalg.norm(g, axis=1))
    return np.stack(lengths, axis=1)


def _call(own: Norms, reference: Norms, *arguments: Any) -> tuple[FloatArray, str]:
    """Return what a learner's function gives, or the reference and why."""
    expected: FloatArray = reference(*arguments)
    if own is reference:
        return expected, ""

    def make(norms: Norms) -> FloatArray:
        copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
        return np.asarray(norms(*copies), dtype=float)

    values, note = tried(make, own, reference)
    if values.shape != expected.shape:
        shape = f"gives shape {values.shape}, not {expected.shape}"
        return expected, f"Your {reference.__name__} {shape}; the reference runs here."
    return values, note
