"""Unit 04: from scores to text: a temperature, a draw, and the draw as the next input.

Parameters travel as a dict: W_xh (V, H), W_hh (H, H), b_h (H,), W_hy (H, V), b_y (V,). Inputs are
one-hot characters, so D = V. Chance comes in as a Generator; nothing here seeds one.
No function changes an array it is given.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.char_lm import one_hot
from rnn_ref.errors import InputError
from rnn_ref.outputs import output_forward
from rnn_ref.recurrence import rnn_forward, rnn_step_forward

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
Params = Mapping[str, FloatArray]


def softmax_temperature(scores: FloatArray, temperature: float) -> FloatArray:
    """Turn scores into probabilities: ``p = softmax(scores / temperature)``.

    Parameters
    ----------
    scores : float array, shape (..., V)
        Finite numbers of any size.
    temperature : float
        Greater than 0. At 1 it is the plain softmax; towards 0 all the probability goes to the
        largest score; towards infinity every class gets the same.

    Returns
    -------
    p : float array, shape (..., V)
        Between 0 and 1, with sum 1 along the last axis.

    Raises
    ------
    InputError
        If the temperature is not greater than 0. (It is a ValueError.)

    Source: slides "Character-level Language Model Sampling", where the temperature is 1;
    Ackley, Hinton and Sejnowski (1985) for the temperature.

    Examples
    --------
    >>> scores = np.log([1.0, 3.0])
    >>> softmax_temperature(scores, 1.0)
    array([0.25, 0.75])
    >>> softmax_temperature(scores, 0.5)  # the odds 1 : 3 are squared: 1 : 9
    array([0.1, 0.9])
    """
    if not temperature > 0:  # written so that NaN is refused too
        raise InputError(f"The temperature is {temperature}; it must be greater than 0.")
    below = scores - scores.max(axis=-1, keepdims=True)  # 0 for the largest, the others negative
    with np.errstate(over="ignore"):  # far below: -inf, and exp of it is the 0 that is meant
        unnormalised = np.exp(below / temperature)
    return np.asarray(unnormalised / unnormalised.sum(axis=-1, keepdims=True))


def read_prime(params: Params, ids: IntArray) -> tuple[FloatArray, int]:
    """Let the network read a beginning, so that what it writes goes on from there.

    Parameters
    ----------
    params : mapping from name to array
    ids : integer array, shape (L,)
        Characters of the beginning; at least one.

    Returns
    -------
    h_0 : float array, shape (1, H)
        State after all of them but the last, starting from zeros.
    first_id : int
        The last one, which is still to be read: ``sample`` does it first.

    Raises
    ------
    InputError
        If there is no character, or an id is none of the V classes.

    Source: Karpathy, "The unreasonable effectiveness of recurrent neural networks" (2015).
    """
    ids = np.asarray(ids)
    if ids.size == 0:
        raise InputError("The beginning is empty; give at least one character.")
    V, H = params["W_xh"].shape
    x = one_hot(ids[None, :-1].astype(np.int64), V)  # (1, L - 1, V)
    zeros = np.zeros((1, H))
    h, _ = rnn_forward(x, zeros, params["W_xh"], params["W_hh"], params["b_h"])
    return (h[:, -1] if h.shape[1] else zeros), int(ids[-1])


def next_scores(params: Params, h_prev: FloatArray, last_id: int) -> tuple[FloatArray, FloatArray]:
    """Read one character and score the next.

    Parameters
    ----------
    params : mapping from name to array
    h_prev : float array, shape (1, H)
        State before the character.
    last_id : int
        The character, 0 to V-1.

    Returns
    -------
    scores : float array, shape (V,)
    h_t : float array, shape (1, H)
        State after the character.

    Raises
    ------
    ShapeError
        If V, H or the batch of one disagree; the message names both shapes.
    InputError
        If last_id is none of the V classes.
    """
    x_t = one_hot(np.array([last_id]), len(params["b_y"]))  # (1, V)
    h_t, _ = rnn_step_forward(x_t, h_prev, params["W_xh"], params["W_hh"], params["b_h"])
    scores, _ = output_forward(h_t[:, None], params["W_hy"], params["b_y"])  # (1, 1, V)
    return scores[0, 0], h_t


def sample(
    params: Params,
    h_0: FloatArray,
    first_id: int,
    length: int,
    temperature: float,
    rng: np.random.Generator,
    stop_id: int | None = None,
) -> IntArray:
    """Write text: draw a character, make it the next input, draw again.

    Parameters
    ----------
    params : mapping from name to array
        W_xh (V, H), W_hh (H, H), b_h (H,), W_hy (H, V), b_y (V,).
    h_0 : float array, shape (1, H)
        State before ``first_id`` is read: zeros, or what ``read_prime`` returns.
    first_id : int
        The first input. It is given, not drawn, and is not among the ids returned.
    length : int
        Draw at most this many.
    temperature : float
        Greater than 0; see ``softmax_temperature``.
    rng : numpy Generator
        The only source of chance. It moves on, so a second call writes another text.
    stop_id : int, optional
        Stop as soon as this one is drawn.

    Returns
    -------
    ids : integer array, shape (length,), or shorter if it ended with stop_id
        In the order of drawing; stop_id, if drawn, is the last of them.

    Raises
    ------
    ShapeError
        If V, H or the batch of one disagree; the message names both shapes.
    InputError
        If the temperature is not greater than 0, or first_id is none of the V classes.

    Source: slides "Example: Character-level Language Model Sampling".

    Examples
    --------
    A network that knows one song: after 0 comes 1, after 1 comes 2, after 2 comes 0.

    >>> after = np.roll(np.eye(3), 1, axis=1)
    >>> params = {"W_xh": 9 * np.eye(3), "W_hh": np.zeros((3, 3)), "b_h": np.zeros(3),
    ...           "W_hy": 90 * after, "b_y": np.zeros(3)}
    >>> sample(params, np.zeros((1, 3)), 0, 5, 1.0, np.random.default_rng(0))
    array([1, 2, 0, 1, 2])
    >>> sample(params, np.zeros((1, 3)), 0, 5, 1.0, np.random.default_rng(0), stop_id=0)
    array([1, 2, 0])
    """
    h_t, last_id = h_0, first_id
    ids: list[int] = []
    for _ in range(length):
        scores, h_t = next_scores(params, h_t, last_id)
        p = softmax_temperature(scores, temperature)
        last_id = int(rng.choice(len(p), p=p))
        ids.append(last_id)
        if last_id == stop_id:
            break
    return np.array(ids, dtype=np.int64)
