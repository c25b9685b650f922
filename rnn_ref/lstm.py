"""Unit 08: a cell state beside the hidden state, and gates that say what happens to it.

Rows are batch, as in unit 01. The four blocks of an LSTM stand side by side along the columns of
``W_xh`` (D, 4H), ``W_hh`` (H, 4H) and ``b`` (4H,), in the slides' order: input gate i, forget gate
f, output gate o, candidate g (the slides also write c with a tilde for it). No function changes an
argument. An empty batch or a sequence of no steps is allowed and gives an empty result.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, check_shapes

FloatArray = npt.NDArray[np.floating[Any]]
Shapes = dict[str, tuple[FloatArray, str]]

GATES = ("i", "f", "o", "c")
"""The keys of the form with a matrix per gate, as the slides write them: W^(i), ..., W^(c)."""


class LSTMStepCache(NamedTuple):
    """What going backward through one step needs. Holds the arrays themselves, not copies."""

    x_t: FloatArray  # inputs at this step, shape (N, D)
    h_prev: FloatArray  # hidden state before this step, shape (N, H)
    c_prev: FloatArray  # cell state before this step, shape (N, H)
    i_t: FloatArray  # input gate, shape (N, H): how much is written; after the sigmoid, as f and o
    f_t: FloatArray  # forget gate, shape (N, H): how much is kept
    o_t: FloatArray  # output gate, shape (N, H): how much is shown
    g_t: FloatArray  # candidate, shape (N, H): what would be written; after the tanh
    c_t: FloatArray  # cell state after this step, shape (N, H)
    W_xh: FloatArray  # input to the four blocks, shape (D, 4H)
    W_hh: FloatArray  # hidden state to the four blocks, shape (H, 4H)


LSTMCache = tuple[LSTMStepCache, ...]
"""One ``LSTMStepCache`` a step, the first step first; empty if there were no steps."""


def sigmoid(a: FloatArray) -> FloatArray:
    """``1 / (1 + exp(-a))`` without overflow, whatever the size of a.

    Parameters
    ----------
    a : float array, any shape

    Returns
    -------
    s : float array, same shape
        Between 0 and 1; float32 if a is.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, np.log(3.0)]))
    array([0.  , 0.5 , 0.75])
    """
    small = np.exp(-np.abs(a))  # between 0 and 1: nothing overflows
    return np.asarray(np.where(np.asarray(a) >= 0, 1, small) / (1 + small))


def lstm_step_forward(
    x_t: FloatArray,
    h_prev: FloatArray,
    c_prev: FloatArray,
    W_xh: FloatArray,
    W_hh: FloatArray,
    b: FloatArray,
) -> tuple[FloatArray, FloatArray, LSTMStepCache]:
    """Advance both states by one step: ``c_t = f c_prev + i g``, ``h_t = o tanh(c_t)``.

    Parameters
    ----------
    x_t : float array, shape (N, D)
        Inputs at this step.
    h_prev, c_prev : float arrays, shape (N, H)
        Hidden state and cell state before this step.
    W_xh, W_hh, b : float arrays, shapes (D, 4H), (H, 4H), (4H,)
        Input to the blocks i, f, o, g; hidden state to them; their biases.

    Returns
    -------
    h_t, c_t : float arrays, shape (N, H)
        Hidden state after this step, between -1 and 1, and cell state, which has no bound.
    cache : LSTMStepCache
        What the backward step needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: slides "Long Short Term Memory (LSTM)", the stacked form, transposed, with biases;
    Hochreiter and Schmidhuber (1997), the forget gate by Gers, Schmidhuber and Cummins (2000).

    Examples
    --------
    >>> b = np.log(np.array([3.0, 1.0, 4.0, 3.0]))  # i = 3/4, f = 1/2, o = 4/5, g = 4/5
    >>> nothing = np.zeros((1, 1))
    >>> h_t, c_t, cache = lstm_step_forward(
    ...     nothing, nothing, np.array([[2.0]]), np.zeros((1, 4)), np.zeros((1, 4)), b
    ... )
    >>> c_t  # 1/2 of 2 is kept, 3/4 of 4/5 is added
    array([[1.6]])
    >>> h_t.round(4)  # 4/5 of tanh(1.6)
    array([[0.7373]])
    """
    weights = _shapes(W_xh, W_hh, b)
    check_shapes(**weights, x_t=(x_t, "N D"), h_prev=(h_prev, "N H"), c_prev=(c_prev, "N H"))
    a = x_t @ W_xh + h_prev @ W_hh + b  # (N, 4H)
    a_i, a_f, a_o, a_g = np.split(a, 4, axis=1)  # (N, H) each
    i_t, f_t, o_t, g_t = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * np.tanh(c_t)
    cache = LSTMStepCache(x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh)
    return h_t, c_t, cache


def lstm_forward(
    x: FloatArray,
    h_0: FloatArray,
    c_0: FloatArray,
    W_xh: FloatArray,
    W_hh: FloatArray,
    b: FloatArray,
) -> tuple[FloatArray, FloatArray, LSTMCache]:
    """Read a sequence from left to right with one and the same step.

    Parameters
    ----------
    x : float array, shape (N, T, D)
        Inputs.
    h_0, c_0 : float arrays, shape (N, H)
        Hidden state and cell state before the first step.
    W_xh, W_hh, b : float arrays, shapes (D, 4H), (H, 4H), (4H,)
        As in ``lstm_step_forward``; the same at every step.

    Returns
    -------
    h, c : float arrays, shape (N, T, H)
        ``h[:, t]`` is the hidden state after ``x[:, t]`` was read, ``c[:, t]`` the cell state;
        h_0 and c_0 are not among them.
    cache : LSTMCache
        What the backward pass needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: slides "Long Short Term Memory (LSTM)": "at each timestep, there is a hidden state and
    also a cell state".

    Examples
    --------
    >>> x, h_0 = np.zeros((1, 3, 1)), np.zeros((1, 1))
    >>> b = np.array([-1000.0, 0.0, 0.0, 0.0])  # nothing is written, half is kept
    >>> h, c, cache = lstm_forward(x, h_0, np.array([[8.0]]), np.zeros((1, 4)), np.zeros((1, 4)), b)
    >>> c[0, :, 0]
    array([4., 2., 1.])
    """
    weights = _shapes(W_xh, W_hh, b)
    check_shapes(**weights, h_0=(h_0, "N H"), c_0=(c_0, "N H"), x=(x, "N T D"))
    h_states, c_states, caches = [h_0], [c_0], []
    for t in range(x.shape[1]):
        h_t, c_t, step_cache = lstm_step_forward(x[:, t], h_states[-1], c_states[-1], W_xh, W_hh, b)
        h_states.append(h_t)
        c_states.append(c_t)
        caches.append(step_cache)
    h, c = np.stack(h_states, axis=1), np.stack(c_states, axis=1)  # (N, T + 1, H)
    return h[:, 1:], c[:, 1:], tuple(caches)


def _shapes(W_xh: FloatArray, W_hh: FloatArray, b: FloatArray) -> Shapes:
    return {"W_hh": (W_hh, "H 4H"), "W_xh": (W_xh, "D 4H"), "b": (b, "4H")}


def lstm_step_gates(
    x_t: FloatArray,
    h_prev: FloatArray,
    c_prev: FloatArray,
    W: Mapping[str, FloatArray],
    U: Mapping[str, FloatArray],
    b: Mapping[str, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Advance both states by one step, with matrices and a bias of its own for each gate.

    Parameters
    ----------
    x_t : float array, shape (N, D)
    h_prev, c_prev : float arrays, shape (N, H)
    W, U, b : dicts from "i", "f", "o", "c" to float arrays, shapes (H, H), (D, H), (H,)
        What multiplies the hidden state and the input, as the slides have it; "c" is the candidate.

    Returns
    -------
    h_t, c_t : float arrays, shape (N, H)
        The same states as ``lstm_step_forward`` gives, up to rounding: ``h_t = o tanh(c_t)``.

    Raises
    ------
    InputError
        If a gate is missing.
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: slides "There are 4 gates", transposed; h_t with the tanh that this slide leaves out.

    Examples
    --------
    >>> W = U = {gate: np.zeros((1, 1)) for gate in "ifoc"}
    >>> b = {"i": np.log([3.0]), "f": np.log([1.0]), "o": np.log([4.0]), "c": np.log([3.0])}
    >>> h_t, c_t = lstm_step_gates(np.zeros((1, 1)), np.zeros((1, 1)), np.array([[2.0]]), W, U, b)
    >>> c_t
    array([[1.6]])
    """
    for name, weights in {"W": W, "U": U, "b": b}.items():
        if missing := [gate for gate in GATES if gate not in weights]:
            raise InputError(f"{name} has no {missing[0]!r}; expected the keys {', '.join(GATES)}.")
    shapes: Shapes = {}
    for gate in GATES:
        shapes[f"W[{gate!r}]"] = W[gate], "H H"
        shapes[f"U[{gate!r}]"] = U[gate], "D H"
        shapes[f"b[{gate!r}]"] = b[gate], "H"
    check_shapes(**shapes, x_t=(x_t, "N D"), h_prev=(h_prev, "N H"), c_prev=(c_prev, "N H"))
    i_t = sigmoid(h_prev @ W["i"] + x_t @ U["i"] + b["i"])
    f_t = sigmoid(h_prev @ W["f"] + x_t @ U["f"] + b["f"])
    o_t = sigmoid(h_prev @ W["o"] + x_t @ U["o"] + b["o"])
    candidate = np.tanh(h_prev @ W["c"] + x_t @ U["c"] + b["c"])
    c_t = f_t * c_prev + i_t * candidate
    return o_t * np.tanh(c_t), c_t


def split_gates(
    W_xh: FloatArray, W_hh: FloatArray, b: FloatArray
) -> tuple[dict[str, FloatArray], dict[str, FloatArray], dict[str, FloatArray]]:
    """Cut stacked weights into a matrix and a bias per gate: what makes both forms one.

    Parameters
    ----------
    W_xh, W_hh, b : float arrays, shapes (D, 4H), (H, 4H), (4H,)

    Returns
    -------
    W, U, b : dicts from "i", "f", "o", "c" to float arrays, shapes (H, H), (D, H), (H,)
        As ``lstm_step_gates`` takes them. Views, not copies.

    Raises
    ------
    ShapeError
        If H disagrees; the message names both shapes.

    Examples
    --------
    >>> W, U, b = split_gates(np.zeros((3, 8)), np.zeros((2, 8)), np.arange(8.0))
    >>> U["f"].shape, b["o"]
    ((3, 2), array([4., 5.]))
    """
    check_shapes(**_shapes(W_xh, W_hh, b))
    blocks = (np.split(stacked, 4, axis=-1) for stacked in (W_hh, W_xh, b))
    W, U, biases = (dict(zip(GATES, four, strict=True)) for four in blocks)
    return W, U, biases


def program_gates() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Set the weights of a one-unit LSTM by hand, so that it holds a bit for 100 steps.

    The inputs of a step are ``x_t = (bit, write)``. The bit is -1 or 1 at every step, write is 0
    or 1. Where write is 1, the bit is to be stored; elsewhere the bit is noise, and the last
    stored one is to be held. Required, from ``h_0 = c_0 = 0`` on: at each step up to 100 steps
    after the last write, ``c_t`` is within 0.1 of the stored bit (of 0 before the first write), and
    ``h_t`` within 0.1 of its tanh.

    Returns
    -------
    W_xh : float array, shape (2, 4)
    W_hh : float array, shape (1, 4)
    b : float array, shape (4,)
        Columns i, f, o, g.

    Source: slides "Does LSTM solve the vanishing gradient problems?": f = 1 and i = 0 preserve
    the information of a cell. A sigmoid never reaches either, so the biases are large instead.

    Examples
    --------
    >>> x = np.tile([-1.0, 0.0], (1, 101, 1))  # noise ...
    >>> x[0, 0] = [1.0, 1.0]  # ... after a 1 that is to be stored
    >>> h, c, cache = lstm_forward(x, np.zeros((1, 1)), np.zeros((1, 1)), *program_gates())
    >>> c[0, [0, 100], 0].round(2)
    array([1.  , 0.99])
    """
    #                   i      f     o    g
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [20.0, -20.0, 0.0, 0.0]])  # bit, write
    W_hh = np.zeros((1, 4))
    b = np.array([-10.0, 10.0, 10.0, 0.0])  # without write: closed, keeping, open
    return W_xh, W_hh, b
