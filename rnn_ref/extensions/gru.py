"""The gated recurrent unit: two gates and one state, forward and backward.

Three blocks stand side by side along the columns of ``W_xh`` (D, 3H), ``W_hh`` (H, 3H) and ``b``
(3H,): reset gate r, update gate z, candidate g. No function changes an argument.

Two forms of the reset gate are in use. Cho et al. (2014) multiply the state by it before the
matrix, ``(r * h_prev) W_hg``. Here, as in cuDNN and PyTorch, it multiplies what comes out of the
matrix, ``r * (h_prev W_hg)``, so that one product serves all three blocks. Both train alike; the
weights of one mean something else in the other. PyTorch has a second bias, inside the bracket; it
is left out here. Keeping is ``z`` in Cho et al., in PyTorch and here, and ``1 - z`` in others.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_ref.errors import InputError, ShapeError, check_shapes
from rnn_ref.lstm import FloatArray, sigmoid

GRUGradients = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]
"""dx_t, dh_prev, dW_xh, dW_hh, db; or, for a sequence, dx, dh_0 and the same."""


class GRUStepCache(NamedTuple):
    """What going backward through one step needs. Holds the arrays themselves, not copies."""

    x_t: FloatArray
    """Inputs at this step, shape (N, D)."""
    h_prev: FloatArray
    """State before this step, shape (N, H)."""
    r_t: FloatArray
    """Reset gate, shape (N, H): how much of the old state the candidate sees."""
    z_t: FloatArray
    """Update gate, shape (N, H): how much of the old state is kept."""
    g_t: FloatArray
    """Candidate, shape (N, H): what replaces the rest. After the tanh."""
    u_t: FloatArray
    """What the old state says to the candidate, before the reset gate, shape (N, H)."""
    W_xh: FloatArray
    """Input to the three blocks, shape (D, 3H)."""
    W_hh: FloatArray
    """State to the three blocks, shape (H, 3H)."""


GRUCache = tuple[GRUStepCache, ...]
"""One ``GRUStepCache`` a step, the first step first; empty if there were no steps."""


def gru_step_forward(
    x_t: FloatArray, h_prev: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b: FloatArray
) -> tuple[FloatArray, GRUStepCache]:
    """Advance the state by one step: ``h_t = z h_prev + (1 - z) g``.

    With ``r = sigmoid(x_t W_xr + h_prev W_hr + b_r)``, z likewise, and
    ``g = tanh(x_t W_xg + b_g + r * (h_prev W_hg))``.

    Parameters
    ----------
    x_t : float array, shape (N, D)
        Inputs at this step.
    h_prev : float array, shape (N, H)
        State before this step.
    W_xh : float array, shape (D, 3H)
        Input to the blocks r, z, g.
    W_hh : float array, shape (H, 3H)
        State to the blocks r, z, g.
    b : float array, shape (3H,)
        Biases of the blocks r, z, g.

    Returns
    -------
    h_t : float array, shape (N, H)
        State after this step: between h_prev and g, number by number.
    cache : GRUStepCache
        What the backward step needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: Cho et al. (2014), equations 5 to 8, with the reset gate behind the product as in
    PyTorch's ``nn.GRU``.

    Examples
    --------
    >>> b = np.log(np.array([1.0, 3.0, 2.0]))  # r = 1/2, z = 3/4
    >>> W_hh = np.log(np.array([[1.0, 1.0, 2.25]]))
    >>> h_t, cache = gru_step_forward(
    ...     np.zeros((1, 1)), np.array([[1.0]]), np.zeros((1, 3)), W_hh, b
    ... )
    >>> cache.g_t  # tanh(ln 2 + 1/2 ln 2.25) = tanh(ln 3)
    array([[0.8]])
    >>> h_t  # 3/4 of 1, 1/4 of 0.8
    array([[0.95]])
    """
    check_shapes(
        W_hh=(W_hh, "H 3H"),
        W_xh=(W_xh, "D 3H"),
        b=(b, "3H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
    )
    H = h_prev.shape[1]
    from_x, from_h = x_t @ W_xh + b, h_prev @ W_hh  # (N, 3H): blocks r, z, g
    gates = sigmoid(from_x[:, : 2 * H] + from_h[:, : 2 * H])
    r_t, z_t = gates[:, :H], gates[:, H:]
    u_t = from_h[:, 2 * H :]
    g_t = np.tanh(from_x[:, 2 * H :] + r_t * u_t)
    h_t = z_t * h_prev + (1 - z_t) * g_t
    return h_t, GRUStepCache(x_t, h_prev, r_t, z_t, g_t, u_t, W_xh, W_hh)


def gru_forward(
    x: FloatArray, h_0: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b: FloatArray
) -> tuple[FloatArray, GRUCache]:
    """Read a sequence from left to right with one and the same step.

    Parameters
    ----------
    x : float array, shape (N, T, D)
        Inputs.
    h_0 : float array, shape (N, H)
        State before the first step.
    W_xh, W_hh, b : float arrays, shapes (D, 3H), (H, 3H), (3H,)
        As in ``gru_step_forward``; the same at every step.

    Returns
    -------
    h : float array, shape (N, T, H)
        ``h[:, t]`` is the state after ``x[:, t]`` was read; h_0 is not among them.
    cache : GRUCache
        What the backward pass needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: Cho et al. (2014).

    Examples
    --------
    >>> b = np.array([0.0, 0.0, -1000.0])  # half is kept, the candidate is -1
    >>> h, cache = gru_forward(
    ...     np.zeros((1, 3, 1)), np.ones((1, 1)), np.zeros((1, 3)), np.zeros((1, 3)), b
    ... )
    >>> h[0, :, 0]
    array([ 0.  , -0.5 , -0.75])
    """
    check_shapes(
        W_hh=(W_hh, "H 3H"),
        W_xh=(W_xh, "D 3H"),
        b=(b, "3H"),
        h_0=(h_0, "N H"),
        x=(x, "N T D"),
    )
    states, caches = [h_0], []
    for t in range(x.shape[1]):
        h_t, step_cache = gru_step_forward(x[:, t], states[-1], W_xh, W_hh, b)
        states.append(h_t)
        caches.append(step_cache)
    h = np.stack(states, axis=1)[:, 1:]  # (N, T, H): h_0 cut off again
    return h, tuple(caches)


def gru_step_backward(dh_t: FloatArray, cache: GRUStepCache) -> GRUGradients:
    """Go back through one step: from the gradient of h_t to those of all that made it.

    Parameters
    ----------
    dh_t : float array, shape (N, H)
        Gradient of the loss with respect to h_t, by every way it is used.
    cache : GRUStepCache
        From ``gru_step_forward``.

    Returns
    -------
    dx_t : float array, shape (N, D)
    dh_prev : float array, shape (N, H)
        By all four ways: kept by z, and through each of the three blocks.
    dW_xh, dW_hh, db : float arrays, shapes (D, 3H), (H, 3H), (3H,)
        Summed over the batch.

    Raises
    ------
    ShapeError
        If dh_t does not have the shape of the state; the message names both shapes.

    Source: the chain rule, applied to Cho et al. (2014) in PyTorch's form.

    Examples
    --------
    >>> one, half = np.array([[1.0]]), np.array([[0.5]])
    >>> W = np.array([[0.0, 0.0, 2.0]])  # the candidate alone looks
    >>> cache = GRUStepCache(one, 4 * one, half, half, 0 * one, 8 * one, W, W)
    >>> dx_t, dh_prev, dW_xh, dW_hh, db = gru_step_backward(one, cache)
    >>> db  # dr = 1/2 · 8, dz = 4 - 0, each times 1/4; dg = 1/2
    array([1. , 1. , 0.5])
    >>> dh_prev  # 1/2 is kept, 1/2 · 1/2 · 2 comes through the candidate
    array([[1.]])
    """
    x_t, h_prev, r_t, z_t, g_t, u_t, W_xh, W_hh = cache
    check_shapes(h_prev=(h_prev, "N H"), dh_t=(dh_t, "N H"))
    dz_t = dh_t * (h_prev - g_t)
    da_g = dh_t * (1 - z_t) * (1 - g_t**2)
    dr_t = da_g * u_t
    da_r, da_z = dr_t * r_t * (1 - r_t), dz_t * z_t * (1 - z_t)
    from_x = np.concatenate([da_r, da_z, da_g], axis=1)  # (N, 3H)
    from_h = np.concatenate([da_r, da_z, da_g * r_t], axis=1)  # r stands behind this product
    dx_t = from_x @ W_xh.T
    dh_prev = dh_t * z_t + from_h @ W_hh.T
    return dx_t, dh_prev, x_t.T @ from_x, h_prev.T @ from_h, from_x.sum(axis=0)


def gru_backward(dh: FloatArray, cache: Sequence[GRUStepCache]) -> GRUGradients:
    """Go back through a whole sequence, from the last step to the first.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
        Gradient of the losses with respect to the states, directly: not through later states.
    cache : sequence of T GRUStepCache
        From ``gru_forward``.

    Returns
    -------
    dx : float array, shape (N, T, D)
    dh_0 : float array, shape (N, H)
    dW_xh, dW_hh, db : float arrays, shapes (D, 3H), (H, 3H), (3H,)
        Summed over the batch and over the steps.

    Raises
    ------
    InputError
        If there is no step to go back through.
    ShapeError
        If dh does not fit the cache; the message names both shapes.

    Source: as ``gru_step_backward``; Werbos (1990) for the way back through time.

    Examples
    --------
    >>> one, nothing = np.array([[1.0]]), np.zeros((1, 3))
    >>> h, cache = gru_forward(np.zeros((1, 3, 1)), one, nothing, nothing, np.zeros(3))
    >>> dx, dh_0, dW_xh, dW_hh, db = gru_backward(np.array([[[0.0], [0.0], [1.0]]]), cache)
    >>> dh_0  # z = 1/2, three times
    array([[0.125]])
    """
    if not cache:
        raise InputError("The cache is empty; expected one entry for each of at least one step.")
    check_shapes(h_prev=(cache[0].h_prev, "N H"), dh=(dh, "N T H"))
    if dh.shape[1] != len(cache):
        raise ShapeError(f"dh has {dh.shape[1]} steps; expected {len(cache)}, those of the cache.")
    carry = np.zeros_like(dh[:, 0])
    dW_xh, dW_hh = np.zeros_like(cache[0].W_xh), np.zeros_like(cache[0].W_hh)
    db = np.zeros_like(dW_hh[0])
    dx = np.empty((*dh.shape[:2], cache[0].x_t.shape[1]), dtype=dW_xh.dtype)
    for t in reversed(range(len(cache))):
        dx[:, t], carry, dW_xh_t, dW_hh_t, db_t = gru_step_backward(dh[:, t] + carry, cache[t])
        dW_xh += dW_xh_t
        dW_hh += dW_hh_t
        db += db_t
    return dx, carry, dW_xh, dW_hh, db
