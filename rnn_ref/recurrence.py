"""Unit 01: a state that is carried along, one step, the whole sequence, the stacked form.

Rows are batch: inputs x (N, T, D), states h (N, T, H). The slides write columns,
``h_t = tanh(W_hh h_{t-1} + W_xh x_t)``; everything here is the transpose of that.
No function changes an argument. An empty batch or a sequence of no steps is allowed and gives
an empty result.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import check_shapes

FloatArray = npt.NDArray[np.floating[Any]]


class RNNStepCache(NamedTuple):
    """What going backward through one step needs. Holds the arrays themselves, not copies."""

    x_t: FloatArray
    """Inputs at this step, shape (N, D)."""
    h_prev: FloatArray
    """State before this step, shape (N, H)."""
    h_t: FloatArray
    """State after this step, shape (N, H): tanh' can be computed from it."""
    W_xh: FloatArray
    """Input to hidden, shape (D, H)."""
    W_hh: FloatArray
    """Hidden to hidden, shape (H, H)."""


RNNCache = tuple[RNNStepCache, ...]
"""One ``RNNStepCache`` a step, the first step first; empty if there were no steps."""


def rnn_step_forward(
    x_t: FloatArray, h_prev: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b_h: FloatArray
) -> tuple[FloatArray, RNNStepCache]:
    """Advance the hidden state by one time step: ``h_t = tanh(x_t W_xh + h_prev W_hh + b_h)``.

    Parameters
    ----------
    x_t : float array, shape (N, D)
        Inputs at this step.
    h_prev : float array, shape (N, H)
        State before this step.
    W_xh : float array, shape (D, H)
        Input to hidden.
    W_hh : float array, shape (H, H)
        Hidden to hidden: what the state hands on to the next state.
    b_h : float array, shape (H,)
        Bias.

    Returns
    -------
    h_t : float array, shape (N, H)
        State after this step, between -1 and 1; float32 if every argument is.
    cache : RNNStepCache
        What the backward step needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: slides "RNN hidden state update", with the bias that they leave out; Elman (1990).

    Examples
    --------
    >>> x_t, h_prev = np.array([[1.0, 2.0]]), np.array([[0.5, 0.0, -0.5]])
    >>> W_xh = np.array([[0.5, 0.0, 1.0], [0.0, 0.5, -0.5]])
    >>> W_hh = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    >>> h_t, cache = rnn_step_forward(x_t, h_prev, W_xh, W_hh, np.array([1.0, -1.0, -0.5]))
    >>> h_t.round(4)
    array([[ 0.7616,  0.4621, -0.4621]])
    """
    check_shapes(
        W_hh=(W_hh, "H H"),
        W_xh=(W_xh, "D H"),
        b_h=(b_h, "H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
    )
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)  # (N, H)
    return h_t, RNNStepCache(x_t, h_prev, h_t, W_xh, W_hh)


def rnn_forward(
    x: FloatArray, h_0: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b_h: FloatArray
) -> tuple[FloatArray, RNNCache]:
    """Read a sequence from left to right with one and the same step.

    Parameters
    ----------
    x : float array, shape (N, T, D)
        Inputs.
    h_0 : float array, shape (N, H)
        State before the first step.
    W_xh, W_hh, b_h : float arrays, shapes (D, H), (H, H), (H,)
        As in ``rnn_step_forward``; the same at every step.

    Returns
    -------
    h : float array, shape (N, T, H)
        ``h[:, t]`` is the state after ``x[:, t]`` was read; h_0 is not among them.
    cache : RNNCache
        What the backward pass needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: slides "Unrolled RNN" and "RNN: computational graph".

    Examples
    --------
    >>> x = np.array([[[1.0], [0.0], [0.0]], [[0.0], [0.0], [0.0]]])  # two sequences of 3 steps
    >>> h_0 = np.array([[0.0], [1.0]])
    >>> h, cache = rnn_forward(x, h_0, np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
    >>> h[:, :, 0].round(4)
    array([[0.7616, 0.3634, 0.1797],
           [0.4621, 0.227 , 0.113 ]])
    """
    check_shapes(
        W_hh=(W_hh, "H H"),
        W_xh=(W_xh, "D H"),
        b_h=(b_h, "H"),
        h_0=(h_0, "N H"),
        x=(x, "N T D"),
    )
    states = [h_0]
    caches = []
    for t in range(x.shape[1]):
        h_t, step_cache = rnn_step_forward(x[:, t], states[-1], W_xh, W_hh, b_h)
        states.append(h_t)
        caches.append(step_cache)
    h = np.stack(states, axis=1)[:, 1:]  # (N, T, H): h_0 cut off again
    return h, tuple(caches)


def stack_weights(W_xh: FloatArray, W_hh: FloatArray) -> FloatArray:
    """Put both weight matrices into one, hidden rows first, as the slides do.

    Parameters
    ----------
    W_xh : float array, shape (D, H)
    W_hh : float array, shape (H, H)

    Returns
    -------
    W : float array, shape (H + D, H)
        A new array: rows 0 to H-1 are W_hh, the D rows after them W_xh.

    Raises
    ------
    ShapeError
        If W_hh is not square or H disagrees; the message names both shapes.

    Source: slides "(W_hh W_hx) (h; x) = W (h; x)", transposed.

    Examples
    --------
    >>> stack_weights(np.array([[6.0]]), np.array([[3.0]]))
    array([[3.],
           [6.]])
    """
    check_shapes(W_hh=(W_hh, "H H"), W_xh=(W_xh, "D H"))
    return np.concatenate([W_hh, W_xh], axis=0)  # (H + D, H)


def rnn_step_stacked(
    x_t: FloatArray, h_prev: FloatArray, W: FloatArray, b_h: FloatArray
) -> FloatArray:
    """Advance the state by one step with a single product: ``h_t = tanh([h_prev, x_t] W + b_h)``.

    Parameters
    ----------
    x_t : float array, shape (N, D)
    h_prev : float array, shape (N, H)
    W : float array, shape (H + D, H)
        Both weight matrices, as ``stack_weights`` returns them.
    b_h : float array, shape (H,)

    Returns
    -------
    h_t : float array, shape (N, H)
        The same state as ``rnn_step_forward`` gives, up to rounding.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: slides "= tanh(W (h; x))", transposed.

    Examples
    --------
    >>> W = stack_weights(np.array([[6.0]]), np.array([[3.0]]))
    >>> rnn_step_stacked(np.array([[1.0]]), np.array([[-1.0]]), W, np.array([-1.0])).round(4)
    array([[0.964]])
    """
    check_shapes(
        b_h=(b_h, "H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
        W=(W, "H+D H"),
    )
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)  # (N, H + D) @ (H + D, H)
