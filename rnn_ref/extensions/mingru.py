"""The minimal gated unit whose gates look at the input alone, so that time can be done at once.

Two blocks stand side by side along the columns of ``W_xh`` (D, 2H) and ``b`` (2H,): update gate z,
candidate g. There is no W_hh: the next state is a linear function of the one before, with factors
that are known for all steps before the first is taken. Such a recurrence is an associative
operation, and T steps of it can be done in about log2 T passes over whole arrays.
No function changes an argument. An empty batch or a sequence of no steps gives an empty result.
"""

from typing import NamedTuple

import numpy as np

from rnn_ref.errors import InputError, check_shapes
from rnn_ref.lstm import FloatArray, sigmoid

MinGRUGradients = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
"""dx, dh_0, dW_xh, db."""


class MinGRUCache(NamedTuple):
    """What going backward through a sequence needs. Holds the arrays themselves, not copies."""

    x: FloatArray
    """Inputs, shape (N, T, D)."""
    h_0: FloatArray
    """State before the first step, shape (N, H)."""
    z: FloatArray
    """Update gates, shape (N, T, H): how much of the candidate is taken."""
    g: FloatArray
    """Candidates, shape (N, T, H); they have no bound."""
    h: FloatArray
    """States, shape (N, T, H)."""
    W_xh: FloatArray
    """Input to both blocks, shape (D, 2H)."""


def linear_loop(a: FloatArray, b: FloatArray, h_0: FloatArray) -> FloatArray:
    """Carry a state through ``h_t = a_t h_{t-1} + b_t``, one step after the other.

    Parameters
    ----------
    a, b : float arrays, shape (N, T, H)
        Factors and additions.
    h_0 : float array, shape (N, H)
        State before the first step.

    Returns
    -------
    h : float array, shape (N, T, H)

    Raises
    ------
    ShapeError
        If N, T or H disagree; the message names both shapes.

    Source: the definition; ``linear_scan`` gives the same.

    Examples
    --------
    >>> a, b = np.array([[[2.0], [0.5]]]), np.array([[[1.0], [3.0]]])
    >>> linear_loop(a, b, np.array([[10.0]]))[0, :, 0]  # 20 + 1, 10.5 + 3
    array([21. , 13.5])
    """
    check_shapes(a=(a, "N T H"), b=(b, "N T H"), h_0=(h_0, "N H"))
    h = np.empty(b.shape, np.result_type(a, b, h_0))
    h_t = h_0
    for t in range(a.shape[1]):
        h_t = a[:, t] * h_t + b[:, t]
        h[:, t] = h_t
    return h


def linear_scan(a: FloatArray, b: FloatArray, h_0: FloatArray) -> FloatArray:
    """The states of ``linear_loop``, in about log2 T passes over all steps at once.

    Step s after step r is a step of the same kind:
    ``a_s (a_r h + b_r) + b_s = (a_s a_r) h + (a_s b_r + b_s)``.
    The first pass makes each step a pair with the one before it, the second joins pairs to
    fours, and so on; then each holds all that came before. No quotient is taken: running
    products may underflow to 0 without harm.

    Parameters
    ----------
    a, b, h_0 : float arrays
        As in ``linear_loop``.

    Returns
    -------
    h : float array, shape (N, T, H)
        Equal to that of ``linear_loop`` up to rounding.

    Raises
    ------
    ShapeError
        If N, T or H disagree; the message names both shapes.

    Source: Hillis and Steele (1986) for the passes, Blelloch (1990) for the pairs; Martin and
    Cundy (2018) for networks.

    Examples
    --------
    >>> a, b = np.array([[[2.0], [0.5]]]), np.array([[[1.0], [3.0]]])
    >>> linear_scan(a, b, np.array([[10.0]]))[0, :, 0]
    array([21. , 13.5])
    """
    check_shapes(a=(a, "N T H"), b=(b, "N T H"), h_0=(h_0, "N H"))
    factor, h = a.copy(), b.astype(np.result_type(a, b, h_0))  # a copy, in any case
    h[:, :1] += a[:, :1] * h_0[:, None]  # the first step knows where it starts
    distance = 1
    while distance < a.shape[1]:
        h[:, distance:] += factor[:, distance:] * h[:, :-distance]
        factor[:, distance:] = factor[:, distance:] * factor[:, :-distance]
        distance *= 2
    return h


def mingru_forward(
    x: FloatArray, h_0: FloatArray, W_xh: FloatArray, b: FloatArray, *, at_once: bool = True
) -> tuple[FloatArray, MinGRUCache]:
    """Read a sequence: ``h_t = (1 - z_t) h_{t-1} + z_t g_t``, z and g from the input alone.

    With ``z = sigmoid(x W_xz + b_z)`` and ``g = x W_xg + b_g``, without a tanh.

    Parameters
    ----------
    x : float array, shape (N, T, D)
        Inputs.
    h_0 : float array, shape (N, H)
        State before the first step.
    W_xh : float array, shape (D, 2H)
        Input to the blocks z, g.
    b : float array, shape (2H,)
        Biases of the blocks z, g.
    at_once : bool
        All steps by ``linear_scan``; else one after the other by ``linear_loop``.

    Returns
    -------
    h : float array, shape (N, T, H)
        ``h[:, t]`` is the state after ``x[:, t]`` was read; h_0 is not among them.
    cache : MinGRUCache
        What the backward pass needs.

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.

    Source: Feng et al., "Were RNNs all we needed?" (2024), section 3.1.
    Taking is ``z`` there and here; in the GRU of Cho et al. z is keeping.

    Examples
    --------
    >>> W_xh, b = np.array([[0.0, 1.0]]), np.zeros(2)  # half is taken, of the input
    >>> h, cache = mingru_forward(np.array([[[8.0], [0.0], [0.0]]]), np.zeros((1, 1)), W_xh, b)
    >>> h[0, :, 0]
    array([4., 2., 1.])
    """
    check_shapes(
        h_0=(h_0, "N H"),
        W_xh=(W_xh, "D 2H"),
        b=(b, "2H"),
        x=(x, "N T D"),
    )
    a_z, g = np.split(x @ W_xh + b, 2, axis=2)  # (N, T, H) each: all steps in one product
    z = sigmoid(a_z)
    recurrence = linear_scan if at_once else linear_loop
    h = recurrence(1 - z, z * g, h_0)
    return h, MinGRUCache(x, h_0, z, g, h, W_xh)


def mingru_backward(dh: FloatArray, cache: MinGRUCache, *, at_once: bool = True) -> MinGRUGradients:
    """Go back through a whole sequence; the gradient runs through the same kind of recurrence.

    With all that comes later counted in, ``total_t = dh_t + (1 - z_{t+1}) total_{t+1}``: linear
    again, so it is scanned, too, from the right.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
        Gradient of the losses with respect to the states, directly: not through later states.
    cache : MinGRUCache
        From ``mingru_forward``.
    at_once : bool
        As in ``mingru_forward``.

    Returns
    -------
    dx : float array, shape (N, T, D)
    dh_0 : float array, shape (N, H)
    dW_xh, db : float arrays, shapes (D, 2H), (2H,)
        Summed over the batch and over the steps.

    Raises
    ------
    InputError
        If there is no step to go back through.
    ShapeError
        If dh does not have the shape of the states; the message names both shapes.

    Source: the chain rule; Martin and Cundy (2018) for the scan backward.

    Examples
    --------
    >>> W_xh, b = np.array([[0.0, 1.0]]), np.zeros(2)
    >>> h, cache = mingru_forward(np.zeros((1, 3, 1)), np.ones((1, 1)), W_xh, b)
    >>> dx, dh_0, dW_xh, db = mingru_backward(np.array([[[0.0], [0.0], [1.0]]]), cache)
    >>> dx[0, :, 0], dh_0
    (array([0.125, 0.25 , 0.5  ]), array([[0.125]]))
    """
    x, h_0, z, g, h, W_xh = cache
    if h.shape[1] == 0:
        raise InputError("The cache holds no step; run the forward on a sequence of 1 or more.")
    check_shapes(h=(h, "N T H"), dh=(dh, "N T H"))
    keep = 1 - z
    recurrence = linear_scan if at_once else linear_loop
    nothing = np.zeros_like(keep[:, :1])  # behind the last step
    later = np.concatenate([keep[:, 1:], nothing], axis=1)  # total_t is kept by step t + 1
    total = recurrence(later[:, ::-1], dh[:, ::-1], nothing[:, 0])[:, ::-1]
    h_prev = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)  # (N, T, H)
    da_z = total * (g - h_prev) * z * keep
    da = np.concatenate([da_z, total * z], axis=2)  # (N, T, 2H)
    dW_xh = np.tensordot(x, da, axes=([0, 1], [0, 1]))  # summed over batch and time
    return da @ W_xh.T, total[:, 0] * keep[:, 0], dW_xh, da.sum(axis=(0, 1))
