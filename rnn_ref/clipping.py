"""Unit 07: a gradient of bounded norm, two optimisers, and a training step made of them.

Parameters travel as a dict from name to array; gradients as a dict with the same names and shapes.
No function changes an argument, and what is returned shares no memory with one: changing
the one later never changes the other.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.bptt import rnn_backward
from rnn_ref.char_lm import one_hot
from rnn_ref.errors import InputError, ShapeError
from rnn_ref.outputs import output_backward, output_forward, softmax_cross_entropy
from rnn_ref.recurrence import rnn_forward

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
Arrays = dict[str, FloatArray]
Batch = tuple[IntArray, IntArray]
"""Inputs and targets, ids of shape (N, T) each, as ``make_batches`` gives them."""

LossAndGradients = Callable[[Arrays, Batch, FloatArray], tuple[float, Arrays, FloatArray]]
"""From (params, batch, h_0) to (loss, grads, h_T)."""


class AdamState(NamedTuple):
    """What Adam remembers of the gradients so far."""

    steps: int  # how many there were
    mean: Arrays  # moving average of the gradients, starting from zero
    square: Arrays  # moving average of their squares, number by number, starting from zero


def global_norm(grads: Mapping[str, FloatArray]) -> float:
    """Length of the gradient, all arrays taken together as one long vector.

    ``sqrt(sum of the squares of all numbers in all arrays)``.

    Parameters
    ----------
    grads : mapping from name to float array of any shape

    Returns
    -------
    norm : float
        0 without arrays. inf if a number is infinite, nan if one is nan; a number beyond 1e154,
        whose square overflows, counts as infinite.

    Source: slides "Gradient clipping: scale gradient if its norm is too big" (with the square root
    that their code leaves out); Pascanu, Mikolov and Bengio (2013).

    Examples
    --------
    >>> global_norm({"W_hh": np.array([[1.0, 2.0], [4.0, 2.0]]), "b_h": np.array([0.0, 12.0])})
    13.0
    """
    with np.errstate(over="ignore"):
        squares = sum(float(np.sum(np.square(g, dtype=np.float64))) for g in grads.values())
    return math.sqrt(squares)


def clip_by_global_norm(grads: Mapping[str, FloatArray], max_norm: float) -> tuple[Arrays, float]:
    """Shorten the gradient to ``max_norm`` where it is longer; never turn it.

    Parameters
    ----------
    grads : mapping from name to float array
    max_norm : float
        The greatest length allowed, greater than 0; ``inf`` allows any.

    Returns
    -------
    clipped : dict from name to float array
        New arrays. A gradient within the limit keeps its values; a longer one is multiplied, all
        arrays by the same factor ``max_norm / norm``. Zero throughout if the norm is not finite:
        no direction can be told from inf or nan, and zero makes no step.
    norm : float
        Before clipping; inf or nan says that the gradient was unusable.

    Raises
    ------
    InputError
        If max_norm is not greater than 0.

    Source: slides "Gradient clipping"; Pascanu, Mikolov and Bengio (2013), algorithm 1.

    Examples
    --------
    >>> grads = {"W_hh": np.array([[1.0, 2.0], [4.0, 2.0]]), "b_h": np.array([0.0, 12.0])}
    >>> clipped, norm = clip_by_global_norm(grads, 6.5)
    >>> clipped["b_h"], norm
    (array([0., 6.]), 13.0)
    """
    if not max_norm > 0:  # written so that nan is refused too
        raise InputError(f"max_norm is {max_norm}; it must be greater than 0.")
    norm = global_norm(grads)
    if not math.isfinite(norm):
        return {name: np.zeros_like(g) for name, g in grads.items()}, norm
    scale = max_norm / norm if norm > max_norm else 1.0
    return {name: np.asarray(scale * g) for name, g in grads.items()}, norm


def sgd_step(
    params: Mapping[str, FloatArray], grads: Mapping[str, FloatArray], learning_rate: float
) -> Arrays:
    """Move every parameter against its gradient: ``p - learning_rate · g``.

    Parameters
    ----------
    params, grads : mappings from name to float array
        With the same names and shapes.
    learning_rate : float

    Returns
    -------
    params : dict from name to float array
        New arrays.

    Raises
    ------
    InputError
        If the names differ.
    ShapeError
        If a gradient does not have the shape of its parameter.

    Source: Robbins and Monro (1951); the slides train with it without saying so.

    Examples
    --------
    >>> sgd_step({"b": np.array([1.0, 2.0])}, {"b": np.array([10.0, -10.0])}, 0.1)
    {'b': array([0., 3.])}
    """
    _check_pairs(params, grads)
    return {name: np.asarray(p - learning_rate * grads[name]) for name, p in params.items()}


def adam_step(
    params: Mapping[str, FloatArray],
    grads: Mapping[str, FloatArray],
    state: AdamState | None,
    learning_rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Arrays, AdamState]:
    """Move every number by about ``learning_rate``, whatever the size of its gradient.

    With the moving averages m of g and v of g², both starting from 0, at step t = 1, 2, …:
    ``p - learning_rate · m̂ / (sqrt(v̂) + epsilon)``, ``m̂ = m / (1 - beta1^t)``,
    ``v̂ = v / (1 - beta2^t)``.

    Parameters
    ----------
    params, grads : mappings from name to float array
        With the same names and shapes.
    state : AdamState or None
        What the step before returned; None at the first step.
    learning_rate : float
    beta1, beta2 : float
        How much of the averages is kept at each step, from 0 up to but not including 1.
    epsilon : float
        Keeps the quotient finite where the gradient has always been 0.

    Returns
    -------
    params : dict from name to float array
        New arrays.
    state : AdamState
        For the next step.

    Raises
    ------
    InputError
        If the names differ.
    ShapeError
        If a gradient does not have the shape of its parameter.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.

    Examples
    --------
    >>> params, state = {"b": np.array([1.0, 1.0])}, None
    >>> params, state = adam_step(params, {"b": np.array([4.0, -0.1])}, state, 0.01)
    >>> params["b"].round(6)
    array([0.99, 1.01])
    """
    _check_pairs(params, grads)
    if state is None:
        zeros = {name: np.zeros_like(p) for name, p in params.items()}
        state = AdamState(0, zeros, zeros)
    t = state.steps + 1
    mean = {k: np.asarray(beta1 * state.mean[k] + (1 - beta1) * g) for k, g in grads.items()}
    square = {k: np.asarray(beta2 * state.square[k] + (1 - beta2) * g**2) for k, g in grads.items()}
    new: Arrays = {}
    for name, p in params.items():
        first = mean[name] / (1 - beta1**t)
        second = square[name] / (1 - beta2**t)
        new[name] = np.asarray(p - learning_rate * first / (np.sqrt(second) + epsilon))
    return new, AdamState(t, mean, square)


def loss_and_gradients(
    params: Arrays, batch: Batch, h_0: FloatArray
) -> tuple[float, Arrays, FloatArray]:
    """Loss of a character model on one batch, and its gradient through all T steps.

    Parameters
    ----------
    params : dict from name to float array
        W_xh (V, H), W_hh (H, H), b_h (H,), W_hy (H, V), b_y (V,).
    batch : pair of integer arrays, shapes (N, T)
        Inputs and targets.
    h_0 : float array, shape (N, H)
        State before the batch.

    Returns
    -------
    loss : float
        Mean over the targets, in nats a character.
    grads : dict from name to float array
        Its gradient, with the names and shapes of params.
    h_T : float array, shape (N, H)
        State after the batch, to begin the next one with. The gradient goes back no further
        than h_0.

    Raises
    ------
    ShapeError
        If N, T, V or H disagree; the message names both shapes.

    Source: slides "RNN: computational graph: many to many"; units 01, 02, 03 and 05 put together.
    """
    inputs, targets = batch
    x = one_hot(inputs, len(params["b_y"]))  # (N, T, V)
    h, cache = rnn_forward(x, h_0, params["W_xh"], params["W_hh"], params["b_h"])
    scores, output_cache = output_forward(h, params["W_hy"], params["b_y"])
    loss, dscores = softmax_cross_entropy(scores, targets)
    dh, dW_hy, db_y = output_backward(dscores, output_cache)
    _, _, dW_xh, dW_hh, db_h = rnn_backward(dh, cache)
    grads = {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "W_hy": dW_hy, "b_y": db_y}
    return loss, grads, h[:, -1]


def train_step(
    loss_and_gradients: LossAndGradients,
    params: Arrays,
    batch: Batch,
    h_0: FloatArray,
    learning_rate: float,
    max_norm: float,
) -> tuple[Arrays, float, float, FloatArray]:
    """Learn from one batch: gradient, clipping, a step of gradient descent.

    Parameters
    ----------
    loss_and_gradients : function
        From (params, batch, h_0) to (loss, grads, h_T); called once.
    params : dict from name to float array
    batch : pair of integer arrays, shapes (N, T)
    h_0 : float array, shape (N, H)
        State before the batch.
    learning_rate : float
    max_norm : float
        See ``clip_by_global_norm``; ``inf`` does not clip.

    Returns
    -------
    params : dict from name to float array
        After the step; new arrays.
    loss : float
        Before the step.
    norm : float
        Of the gradient before clipping.
    h_T : float array, shape (N, H)
        State after the batch.

    Source: slides "Gradient clipping"; the whole as in Karpathy, "min-char-rnn" (2015).
    """
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    clipped, norm = clip_by_global_norm(grads, max_norm)
    return sgd_step(params, clipped, learning_rate), loss, norm, h_T


def _check_pairs(params: Mapping[str, FloatArray], grads: Mapping[str, FloatArray]) -> None:
    if params.keys() != grads.keys():
        raise InputError(
            f"params has the names {', '.join(params)}, grads {', '.join(grads)}; "
            "expected the same names."
        )
    for name, p in params.items():
        if p.shape != grads[name].shape:
            raise ShapeError(
                f"The gradient of {name} has shape {grads[name].shape}; "
                f"expected {p.shape}, that of {name}."
            )
