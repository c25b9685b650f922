"""Deep and bidirectional networks, over any cell with the course's signature.

A cell is a pair of functions: ``forward(x, *arguments)``, which returns the states (N, T, H) first
and its cache last, and ``backward(dh, cache)``, which returns dx and then the gradient of each of
the arguments. So are ``rnn_forward`` and ``rnn_backward``, with the arguments (h_0, W_xh, W_hh,
b_h); the LSTM's, with (h_0, c_0, W_xh, W_hh, b); those of this package. A wrapped cell is a cell
again: ``partial(bidirectional_forward, gru_forward)`` can be stacked.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.lstm import FloatArray

Forward = Callable[..., tuple[Any, ...]]
"""From x and the arguments to (states, ..., cache)."""
Backward = Callable[[FloatArray, Any], tuple[Any, ...]]
"""From (dh, cache) to (dx, gradients of the arguments ...)."""
Arguments = Sequence[Any]
"""What a cell's forward takes after x: first states and weights."""


class BothCaches(NamedTuple):
    """The caches of both directions."""

    ahead: Any
    """Of the cell that reads from left to right."""
    behind: Any
    """Of the cell that reads from right to left."""


def deep_forward(
    forward: Forward, x: FloatArray, layers: Sequence[Arguments]
) -> tuple[FloatArray, tuple[Any, ...]]:
    """Stack layers: the states of one are the inputs of the next, step by step.

    Parameters
    ----------
    forward : function
        The cell's forward, such as ``rnn_forward``.
    x : float array, shape (N, T, D)
        Inputs of the first layer.
    layers : sequence of argument tuples
        One tuple a layer, the first layer first: what `forward` takes after x.

    Returns
    -------
    h : float array, shape (N, T, H)
        States of the last layer.
    cache : tuple
        One of the cell's caches a layer.

    Raises
    ------
    InputError
        If there is no layer.
    ShapeError
        From the cell, if shapes disagree.

    Source: El Hihi and Bengio (1995); Graves, Mohamed and Hinton (2013).

    Examples
    --------
    >>> from rnn_ref.extensions.mingru import mingru_forward
    >>> layer = (np.zeros((1, 1)), np.array([[0.0, 2.0]]), np.zeros(2))  # half of twice the input
    >>> h, cache = deep_forward(mingru_forward, np.array([[[8.0], [0.0]]]), [layer, layer])
    >>> h[0, :, 0]  # the first layer says 8, 4
    array([8., 8.])
    """
    if not layers:
        raise InputError("There is no layer; give the arguments of at least one.")
    h, caches = x, []
    for arguments in layers:
        h, *_, cache = forward(h, *arguments)
        caches.append(cache)
    return h, tuple(caches)


def deep_backward(
    backward: Backward, dh: FloatArray, cache: Sequence[Any]
) -> tuple[FloatArray, tuple[tuple[Any, ...], ...]]:
    """Go back through all layers, the last first: the dx of one is the dh of the one below.

    Parameters
    ----------
    backward : function
        The cell's backward, such as ``rnn_backward``.
    dh : float array, shape (N, T, H)
        Gradient of the losses with respect to the last layer's states.
    cache : sequence
        From ``deep_forward``.

    Returns
    -------
    dx : float array, shape (N, T, D)
    gradients : tuple of tuples
        One a layer, the first layer first: the gradient of each of its arguments.

    Raises
    ------
    InputError
        If there is no layer.

    Source: the chain rule.

    Examples
    --------
    >>> from rnn_ref.extensions.mingru import mingru_backward, mingru_forward
    >>> layer = (np.zeros((1, 1)), np.array([[0.0, 2.0]]), np.zeros(2))
    >>> h, cache = deep_forward(mingru_forward, np.array([[[8.0], [0.0]]]), [layer, layer])
    >>> dx, gradients = deep_backward(mingru_backward, np.array([[[0.0], [1.0]]]), cache)
    >>> dx[0, :, 0]  # h_2 = x_1 + x_2 here: half of x_1 by each layer's memory
    array([1., 1.])
    """
    if not cache:
        raise InputError("The cache holds no layer.")
    gradients = []
    for layer_cache in reversed(cache):
        dh, *of_arguments = backward(dh, layer_cache)
        gradients.append(tuple(of_arguments))
    return dh, tuple(reversed(gradients))


def bidirectional_forward(
    forward: Forward, x: FloatArray, ahead: Arguments, behind: Arguments
) -> tuple[FloatArray, BothCaches]:
    """Read the sequence twice, from both ends, and put the states of each step side by side.

    Parameters
    ----------
    forward : function
        The cell's forward, such as ``rnn_forward``.
    x : float array, shape (N, T, D)
        Inputs, whole: the last must be there before the first answer is given.
    ahead, behind : argument tuples
        What `forward` takes after x, for the cell that reads from left to right and for the one
        that reads from right to left. They share nothing and may differ in H.

    Returns
    -------
    h : float array, shape (N, T, H_ahead + H_behind)
        ``h[:, t]`` has read everything: the first part steps 0 to t, the second t to T - 1.
    cache : BothCaches

    Raises
    ------
    ShapeError
        From the cell, if shapes disagree.

    Source: Schuster and Paliwal (1997).

    Examples
    --------
    >>> from rnn_ref.extensions.mingru import mingru_forward
    >>> cell = (np.zeros((1, 1)), np.array([[0.0, 2.0]]), np.zeros(2))
    >>> h, cache = bidirectional_forward(mingru_forward, np.array([[[8.0], [0.0]]]), cell, cell)
    >>> h[0]  # from the left 8, 4; from the right, steps in the order of time, 8, 0
    array([[8., 8.],
           [4., 0.]])
    """
    h_ahead, *_, cache_ahead = forward(x, *ahead)
    h_behind, *_, cache_behind = forward(x[:, ::-1], *behind)
    h = np.concatenate([h_ahead, h_behind[:, ::-1]], axis=2)  # both in the order of time
    return h, BothCaches(cache_ahead, cache_behind)


def bidirectional_backward(
    backward: Backward, dh: FloatArray, cache: BothCaches, H_ahead: int | None = None
) -> tuple[FloatArray, tuple[Any, ...], tuple[Any, ...]]:
    """Go back through both directions: each gets its part of dh, and their dx are added.

    Parameters
    ----------
    backward : function
        The cell's backward, such as ``rnn_backward``.
    dh : float array, shape (N, T, H_ahead + H_behind)
        Gradient of the losses with respect to the states of both, side by side.
    cache : BothCaches
        From ``bidirectional_forward``.
    H_ahead : int, optional
        Columns that belong to the cell from left to right; half of them if not given.

    Returns
    -------
    dx : float array, shape (N, T, D)
    d_ahead, d_behind : tuples
        The gradient of each argument of both cells.

    Raises
    ------
    ShapeError
        If dh has an odd number of columns and H_ahead is not given, or from the cell.

    Source: Schuster and Paliwal (1997).

    Examples
    --------
    >>> from rnn_ref.extensions.mingru import mingru_backward, mingru_forward
    >>> cell = (np.zeros((1, 1)), np.array([[0.0, 2.0]]), np.zeros(2))
    >>> h, cache = bidirectional_forward(mingru_forward, np.array([[[8.0], [0.0]]]), cell, cell)
    >>> dh = np.array([[[0.0, 1.0], [0.0, 0.0]]])  # the state from the right, at the first step
    >>> bidirectional_backward(mingru_backward, dh, cache)[0][0, :, 0]
    array([1. , 0.5])
    """
    if H_ahead is None:
        H_ahead, odd = divmod(dh.shape[2], 2)
        if odd:
            raise ShapeError(
                f"dh has {dh.shape[2]} columns, which are not two halves; give H_ahead."
            )
    dx_ahead, *d_ahead = backward(dh[:, :, :H_ahead], cache.ahead)
    dx_behind, *d_behind = backward(dh[:, ::-1, H_ahead:], cache.behind)
    return dx_ahead + dx_behind[:, ::-1], tuple(d_ahead), tuple(d_behind)
