"""Unit 06: what many steps back do to a gradient, and how to start with one that lasts.

A gradient is a row g (H,): one number for each unit of a state. One step back through
``h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h)`` turns it into ``(g * (1 - h_t**2)) W_hh^T``, and
without the tanh into ``g W_hh^T``. After k steps that is a product of k matrices, and the lag is k.
No function changes an argument.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, check_shapes

FloatArray = npt.NDArray[np.floating[Any]]


def linear_gradient_norms(W: FloatArray, g: FloatArray, T: int) -> FloatArray:
    """Send a gradient back through the linear recurrence ``h_t = h_{t-1} W``; return its lengths.

    Parameters
    ----------
    W : float array, shape (H, H)
        Hidden to hidden.
    g : float array, shape (H,)
        Gradient of a loss with respect to the last of T states.
    T : int
        States; at least 1.

    Returns
    -------
    norms : float array, shape (T,)
        Entry k is the Euclidean length of ``g W^T ... W^T`` with k factors; entry 0 that of g.

    Raises
    ------
    ShapeError
        If W is not square or g has another H; the message names both shapes.
    InputError
        If T is less than 1.

    Source: slides "What if we assumed no non-linearity?": the factor W_hh^(T-1), transposed.

    Examples
    --------
    >>> W = np.array([[0.0, 2.0], [-2.0, 0.0]])  # a quarter turn that doubles
    >>> linear_gradient_norms(W, np.array([3.0, 4.0]), 4)
    array([ 5., 10., 20., 40.])
    """
    check_shapes(W=(W, "H H"), g=(g, "H"))
    if T < 1:
        raise InputError(f"T is {T}; there is at least one state, the last.")
    norms = []
    for _ in range(T):
        norms.append(np.linalg.norm(g))
        g = g @ W.T  # (H,): a new array
    return np.array(norms)


def jacobian_product_norms(h: FloatArray, W_hh: FloatArray) -> FloatArray:
    """Return how much the last state can move with each state before it: ``||dh_T / dh_k||``.

    Parameters
    ----------
    h : float array, shape (T, H)
        States of one sequence, ``h[t]`` after input t; at least one.
    W_hh : float array, shape (H, H)
        Hidden to hidden.

    Returns
    -------
    norms : float array, shape (T,)
        Entry k is the spectral norm of the derivative of the last state with respect to the state
        k steps before it: the most that a gradient can grow on this way. Entry 0 is 1.

    Raises
    ------
    ShapeError
        If W_hh is not square, h has another H, or h has not two axes; the message names both.
    InputError
        If there is no state.

    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks
    (2013), equation 5.

    Examples
    --------
    >>> h = np.array([[0.9, 0.1], [0.0, 0.5]])
    >>> jacobian_product_norms(h, np.array([[0.0, 2.0], [1.0, 0.0]]))
    array([1. , 1.5])
    """
    check_shapes(W_hh=(W_hh, "H H"), h=(h, "T H"))
    if len(h) == 0:
        raise InputError("h has no states; expected at least one.")
    products = [np.eye(W_hh.shape[0])]  # each from the right: g dh_T/dh_k is a row
    for h_t in h[:0:-1]:  # the last state first; the first state's own step is not on the way
        products.append((products[-1] * (1 - h_t**2)) @ W_hh.T)  # (H, H)
    norms: FloatArray = np.linalg.norm(np.stack(products), ord=2, axis=(1, 2))
    return norms


def spectral_radius(W: FloatArray) -> float:
    """Return the largest absolute value of W's eigenvalues, complex and negative ones included.

    Examples
    --------
    >>> round(spectral_radius(np.array([[0.0, 2.0], [-2.0, 0.0]])), 6)  # eigenvalues 2i and -2i
    2.0
    """
    check_shapes(W=(W, "H H"))
    return float(np.abs(np.linalg.eigvals(W)).max(initial=0.0))


def rescale_spectral_radius(W: FloatArray, rho: float) -> FloatArray:
    """Multiply W by the number that makes its spectral radius rho.

    Parameters
    ----------
    W : float array, shape (H, H)
    rho : float
        The spectral radius that is wanted; greater than 0.

    Returns
    -------
    scaled : float array, shape (H, H)
        A new array.

    Raises
    ------
    ShapeError
        If W is not square.
    InputError
        If every eigenvalue of W is 0, as in a matrix of zeros or one with numbers above the
        diagonal alone: no factor helps. Also if rho is not a positive, finite number.

    Source: Jaeger, The "echo state" approach (2001).

    Examples
    --------
    >>> rescale_spectral_radius(np.array([[0.0, 2.0], [-2.0, 0.0]]), 0.5)
    array([[ 0. ,  0.5],
           [-0.5,  0. ]])
    """
    radius = spectral_radius(W)
    if radius == 0:
        raise InputError("Every eigenvalue of W is 0, so no factor gives it another radius.")
    if not (rho > 0 and np.isfinite(rho)):
        raise InputError(f"The radius rho is {rho}; expected a number greater than 0.")
    return W * (rho / radius)


def orthogonal(H: int, rng: np.random.Generator) -> FloatArray:
    """Draw an orthogonal matrix, none more likely than another (the Haar distribution).

    Parameters
    ----------
    H : int
        Rows and columns; at least 1.
    rng : numpy Generator
        Where chance comes from.

    Returns
    -------
    Q : float64 array, shape (H, H)
        ``Q Q^T`` is the identity, up to rounding: Q changes no length.

    Raises
    ------
    InputError
        If H is less than 1.

    Source: Mezzadri, How to generate random matrices from the classical compact groups (2007),
    section 5; as a start for recurrent weights: Saxe, McClelland and Ganguli (2014).

    Examples
    --------
    >>> Q = orthogonal(3, np.random.default_rng(0))
    >>> np.allclose(Q @ Q.T, np.eye(3))
    True
    """
    if H < 1:
        raise InputError(f"H is {H}; expected at least 1.")
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    # NumPy leaves the signs of R's diagonal to chance and habit; positive ones make Q unique.
    return Q * np.where(np.diag(R) < 0, -1.0, 1.0)  # the sign of each column
