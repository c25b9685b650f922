"""Unit 05: each gradient beside the measured one, while a backward is still being written."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_ref.errors import CourseError
from rnn_ref.gradcheck import FloatArray, numeric_gradient, relative_error

AGREES = 1e-6
"""A central difference is off by some 1e-9; a mistake by far more than this."""

STEP_NAMES = ("x_t", "h_prev", "W_xh", "W_hh", "b_h")
SEQUENCE_NAMES = ("x", "h_0", "W_xh", "W_hh", "b_h")


def compare_step(forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
    """Print how far each of the step's five gradients is from one measured on the forward."""
    N, D, H = 3, 2, 4
    shapes = ((N, D), (N, H), (D, H), (H, H), (H,))
    print(table(STEP_NAMES, shapes, (N, H), forward, backward))


def compare_sequence(forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
    """Print how far each of the sequence's five gradients is from one measured on the forward."""
    N, T, D, H = 3, 5, 2, 4
    shapes = ((N, T, D), (N, H), (D, H), (H, H), (H,))
    print(table(SEQUENCE_NAMES, shapes, (N, T, H), forward, backward))


def table(
    names: Sequence[str],
    shapes: Sequence[tuple[int, ...]],
    upstream_shape: tuple[int, ...],
    forward: Callable[..., Any],
    backward: Callable[..., Any],
) -> str:
    """Return a line for each gradient: what it is off by, or what is missing.

    Parameters
    ----------
    names, shapes : sequences
        Of the forward's arguments, in order; they are drawn at random.
    upstream_shape : tuple of int
        Of what the forward returns first.
    forward, backward : functions
        A learner's; the backward may return None for what is not written yet.
    """
    rng = np.random.default_rng(5)
    arguments = [rng.uniform(-0.9, 0.9, size=shape) for shape in shapes]
    upstream = rng.normal(size=upstream_shape)
    try:
        _, cache = forward(*[array.copy() for array in arguments])
        gradients = backward(upstream.copy(), cache)
        if not isinstance(gradients, (tuple, list)) or len(gradients) != len(names):
            return f"Return {len(names)} gradients; None stands for one that is still to come."
    except NotImplementedError:
        gradients = [None] * len(names)
    except Exception as error:  # whatever a learner's function may do wrong
        return f"It stopped: {type(error).__name__}: {error}"
    lines = []
    for i, name in enumerate(names):
        measured = _measured(forward, arguments, i, upstream)
        lines.append(f"d{name:<8}{_verdict(gradients[i], measured)}")
    return "\n".join(lines)


def _measured(
    forward: Callable[..., Any], arguments: Sequence[FloatArray], i: int, upstream: FloatArray
) -> FloatArray:
    def result(moved: FloatArray) -> Any:
        return forward(*arguments[:i], moved, *arguments[i + 1 :])[0]

    return numeric_gradient(result, arguments[i], upstream)


def _verdict(gradient: Any, measured: FloatArray) -> str:
    if gradient is None:
        return "still to come"
    try:
        error = relative_error(gradient, measured)
    except CourseError:
        return f"has shape {np.shape(gradient)}; expected {measured.shape}"
    except (TypeError, ValueError):
        return "is no array of numbers"
    return f"error {error:.0e}   {'agrees' if error < AGREES else 'DIFFERS'}"
