"""Unit 05: backpropagation through time, one step back and then the whole sequence.

A backward takes the upstream gradient, that of the loss with respect to the states, and the cache
of ``rnn_ref.recurrence``. Gradients have the shape of what they belong to; they are sums over
batch and time, because every sequence and every step uses the same weights. If the loss is a mean,
its upstream gradient says so already. No function changes an argument.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, ShapeError, check_shapes
from rnn_ref.recurrence import RNNStepCache

FloatArray = npt.NDArray[np.floating[Any]]
Gradients = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]


def rnn_step_backward(dh_t: FloatArray, cache: RNNStepCache) -> Gradients:
    """Go back through one step: ``da_t = dh_t * (1 - h_t**2)``, then through each product.

    Parameters
    ----------
    dh_t : float array, shape (N, H)
        Gradient of the loss with respect to the state after the step, by every way it is used.
    cache : RNNStepCache
        From ``rnn_step_forward``.

    Returns
    -------
    dx_t : float array, shape (N, D)
    dh_prev : float array, shape (N, H)
        What is carried to the step before.
    dW_xh : float array, shape (D, H)
        This step's share; a sum over the batch, as are the next two.
    dW_hh : float array, shape (H, H)
    db_h : float array, shape (H,)

    Raises
    ------
    ShapeError
        If dh_t does not have the shape of the state; the message names both shapes.

    Source: slides "Backpropagation through time"; Werbos (1990).

    Examples
    --------
    >>> x_t, h_prev = np.array([[1.0], [2.0]]), np.array([[3.0], [6.0]])  # two examples, one unit
    >>> h_t, W_xh, W_hh = np.array([[0.5], [0.0]]), np.array([[2.0]]), np.array([[4.0]])
    >>> cache = RNNStepCache(x_t, h_prev, h_t, W_xh, W_hh)
    >>> dx_t, dh_prev, dW_xh, dW_hh, db_h = rnn_step_backward(np.array([[4.0], [1.0]]), cache)
    >>> dh_prev  # da_t is 3 and 1
    array([[12.],
           [ 4.]])
    >>> dW_xh, dW_hh, db_h
    (array([[5.]]), array([[15.]]), array([4.]))
    """
    x_t, h_prev, h_t, W_xh, W_hh = cache
    check_shapes(
        W_hh=(W_hh, "H H"),
        W_xh=(W_xh, "D H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
        h_t=(h_t, "N H"),
        dh_t=(dh_t, "N H"),
    )
    da_t = dh_t * (1 - h_t**2)  # (N, H): tanh' = 1 - tanh**2
    dx_t = da_t @ W_xh.T  # (N, H) @ (H, D)
    dh_prev = da_t @ W_hh.T  # (N, H) @ (H, H)
    dW_xh = x_t.T @ da_t  # (D, N) @ (N, H)
    dW_hh = h_prev.T @ da_t  # (H, N) @ (N, H)
    db_h = da_t.sum(axis=0)
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


def rnn_backward(dh: FloatArray, cache: Sequence[RNNStepCache]) -> Gradients:
    """Go back through a whole sequence, the last step first.

    The state after step t is used twice, by the loss at t and by step t + 1, so its gradient is
    ``dh[:, t]`` plus what step t + 1 hands back. The weights are used T times: T shares are summed.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
        Gradient of the losses with respect to the states, directly: not through later states.
    cache : sequence of T RNNStepCache
        From ``rnn_forward``.

    Returns
    -------
    dx : float array, shape (N, T, D)
    dh_0 : float array, shape (N, H)
    dW_xh : float array, shape (D, H)
    dW_hh : float array, shape (H, H)
    db_h : float array, shape (H,)

    Raises
    ------
    InputError
        If there is no step: then no weight was used.
    ShapeError
        If dh does not have the shape of the states; the message names both shapes.

    Source: slides "Backpropagation through time", with the sum over all paths; Werbos (1990).

    Examples
    --------
    >>> from rnn_ref.recurrence import rnn_forward
    >>> one, half = np.array([[1.0]]), np.array([[0.5]])
    >>> h, cache = rnn_forward(np.array([[[1.0], [0.0]]]), 0 * one, one, half, np.array([0.0]))
    >>> dx, dh_0, dW_xh, dW_hh, db_h = rnn_backward(np.array([[[0.0], [1.0]]]), cache)
    >>> dx[0, :, 0].round(4), dh_0.round(4), dW_hh.round(4)
    (array([0.1823, 0.8679]), array([[0.0911]]), array([[0.661]]))
    """
    _check(dh, cache)
    carry = np.zeros_like(dh[:, 0])  # (N, H): nothing comes back from beyond the end
    dx_steps = []
    totals = [np.zeros_like(cache[0].W_xh), np.zeros_like(cache[0].W_hh), np.zeros_like(carry[0])]
    for t in reversed(range(dh.shape[1])):
        dx_t, carry, *shares = rnn_step_backward(dh[:, t] + carry, cache[t])
        dx_steps.append(dx_t)
        totals = [total + share for total, share in zip(totals, shares, strict=True)]
    dx = np.stack(dx_steps[::-1], axis=1)  # (N, T, D): they were found last step first
    dW_xh, dW_hh, db_h = totals
    return dx, carry, dW_xh, dW_hh, db_h


def per_step_weight_gradient(dh: FloatArray, cache: Sequence[RNNStepCache]) -> FloatArray:
    """Gradient of each step's loss alone with respect to W_hh: the terms of ``sum_t dL_t/dW_hh``.

    Slice t belongs to the loss at step t. It sums over the uses of W_hh at steps t, t - 1, ..., 0,
    all of which shaped the state that this loss looks at.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
        ``dh[:, t]`` is the gradient of the loss at step t with respect to the state at step t.
    cache : sequence of T RNNStepCache
        From ``rnn_forward``.

    Returns
    -------
    slices : float array, shape (T, H, H)
        Their sum over the first axis is dW_hh of ``rnn_backward``.

    Raises
    ------
    InputError, ShapeError
        As ``rnn_backward``.

    Source: slides "dL/dW = sum over t of dL_t/dW".

    Examples
    --------
    >>> from rnn_ref.recurrence import rnn_forward
    >>> one, half = np.array([[1.0]]), np.array([[0.5]])
    >>> h, cache = rnn_forward(np.array([[[1.0], [0.0]]]), 0 * one, one, half, np.array([0.0]))
    >>> per_step_weight_gradient(np.ones((1, 2, 1)), cache).ravel().round(4)  # h_0 = 0: none at 0
    array([0.   , 0.661])
    """
    _check(dh, cache)
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H), dtype=cache[0].h_t.dtype)
    for t in range(T):
        carry = dh[:, t]  # this loss alone
        for k in reversed(range(t + 1)):
            _, carry, _, dW_hh, _ = rnn_step_backward(carry, cache[k])
            slices[t] += dW_hh
    return slices


def truncated_bptt(dh: FloatArray, cache: Sequence[RNNStepCache], k: int) -> Gradients:
    """Go back through chunks of k steps, each on its own: no gradient crosses from chunk to chunk.

    Chunks are counted from the start: steps 0 to k - 1, k to 2k - 1, and so on; the last may be
    shorter. The states were carried through all of them, so each chunk starts where the one before
    ended; it treats that state as a given number.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
        As for ``rnn_backward``.
    cache : sequence of T RNNStepCache
        From ``rnn_forward``.
    k : int
        Steps of a chunk, at least 1. With k of T or more nothing is cut.

    Returns
    -------
    dx, dh_0, dW_xh, dW_hh, db_h : float arrays
        As ``rnn_backward``; the weights' gradients are sums over the chunks, dh_0 is that of
        the first chunk.

    Raises
    ------
    InputError
        If k is not a whole number of at least 1, or there is no step.
    ShapeError
        As ``rnn_backward``.

    Source: Williams and Peng (1990), with chunks that do not overlap.

    Examples
    --------
    >>> from rnn_ref.recurrence import rnn_forward
    >>> one, half = np.array([[1.0]]), np.array([[0.5]])
    >>> h, cache = rnn_forward(np.array([[[1.0], [0.0]]]), 0 * one, one, half, np.array([0.0]))
    >>> dx, dh_0, *_ = truncated_bptt(np.array([[[0.0], [1.0]]]), cache, k=1)
    >>> dx[0, :, 0].round(4), dh_0  # the loss at the last step no longer reaches the first
    (array([0.    , 0.8679]), array([[0.]]))
    """
    _check(dh, cache)
    if not (k >= 1 and float(k).is_integer()):
        raise InputError(f"k is {k}; expected a whole number of steps, 1 or more.")
    starts = range(0, dh.shape[1], int(k))
    chunks = [rnn_backward(dh[:, s : s + int(k)], cache[s : s + int(k)]) for s in starts]
    dx_chunks, dh_0_chunks, *weights = zip(*chunks, strict=True)
    dW_xh, dW_hh, db_h = (np.sum(shares, axis=0) for shares in weights)
    return np.concatenate(dx_chunks, axis=1), dh_0_chunks[0], dW_xh, dW_hh, db_h


def state_gradients(dh: FloatArray, cache: Sequence[RNNStepCache]) -> FloatArray:
    """Gradient of each step's loss with respect to each state: the triangle dL_t/dh_s.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
    cache : sequence of T RNNStepCache
        From ``rnn_forward``.

    Returns
    -------
    triangle : float array, shape (T, T, N, H)
        Entry [t, s] is the gradient of the loss at step t with respect to the state after step s;
        zero where s > t, for a loss does not depend on later states.

    Raises
    ------
    InputError, ShapeError
        As ``rnn_backward``.

    Source: slides "Backpropagation through time", written out; Pascanu et al. (2013), equation 4.

    Examples
    --------
    >>> from rnn_ref.recurrence import rnn_forward
    >>> one, half = np.array([[1.0]]), np.array([[0.5]])
    >>> h, cache = rnn_forward(np.array([[[1.0], [0.0]]]), 0 * one, one, half, np.array([0.0]))
    >>> state_gradients(np.ones((1, 2, 1)), cache)[:, :, 0, 0].round(4)
    array([[1.   , 0.   ],
           [0.434, 1.   ]])
    """
    _check(dh, cache)
    N, T, H = dh.shape
    triangle = np.zeros((T, T, N, H), dtype=cache[0].h_t.dtype)
    for t in range(T):
        triangle[t, t] = dh[:, t]
        for s in reversed(range(t)):
            triangle[t, s] = rnn_step_backward(triangle[t, s + 1], cache[s + 1])[1]
    return triangle


def _check(dh: FloatArray, cache: Sequence[RNNStepCache]) -> None:
    """Compare upstream gradient and cache; the arrays of a step are checked where it is used."""
    if len(cache) == 0:
        raise InputError(
            "The cache holds no step; run the forward on a sequence of 1 step or more."
        )
    sizes = check_shapes(h_t=(cache[0].h_t, "N H"), dh=(dh, "N T H"))
    if sizes["T"] != len(cache):
        raise ShapeError(
            f"dh has shape {np.shape(dh)} and the cache {len(cache)} steps; expected one and the "
            f"same T. Is the time axis the second one?"
        )
