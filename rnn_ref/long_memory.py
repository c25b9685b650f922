"""Unit 10: a task that needs memory, text measured in bits, and what a single unit has learned.

Parameters of a character model travel as a dict, those of the LSTM and of the output layer
together: W_xh (V, 4H), W_hh (H, 4H), b (4H,), W_hy (H, V), b_y (V,); gates in the order i, f, o, g.
Inputs are one-hot characters, so D = V. No function changes an argument.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.char_lm import one_hot
from rnn_ref.errors import InputError, check_shapes
from rnn_ref.lstm import lstm_forward
from rnn_ref.outputs import output_forward, softmax_cross_entropy

FloatArray = npt.NDArray[np.floating[Any]]
Params = Mapping[str, FloatArray]

CHUNK = 500  # characters read at once: bounds the memory, changes no result


def adding_batch(N: int, T: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw examples of the adding problem: two of T numbers are marked; what is their sum?

    One marker stands in the first half, among the first ``T // 2`` steps, the other in the second,
    among the rest; each step of a half is equally likely. The sum has variance 2/12, so who always
    answers 1, its mean, has a mean squared error of 1/6.

    Parameters
    ----------
    N : int
        Examples, each drawn by itself.
    T : int
        Steps, at least 2.
    rng : Generator
        The only source of chance; every call moves it on.

    Returns
    -------
    x : float array, shape (N, T, 2)
        ``x[:, :, 0]`` are numbers, uniform from 0 to 1; ``x[:, :, 1]`` is 1 at the two marked
        steps and 0 at all others.
    y : float array, shape (N,)
        The sum of the two marked numbers.

    Raises
    ------
    InputError
        If T is below 2: there is no room for two markers.

    Source: Hochreiter and Schmidhuber (1997), experiment 4, in the form of Le, Jaitly and Hinton
    (2015), with each marker in its own half.

    Examples
    --------
    >>> x, y = adding_batch(3, 10, np.random.default_rng(0))
    >>> x.shape, y.shape
    ((3, 10, 2), (3,))
    >>> x[:, :5, 1].sum(axis=1), x[:, 5:, 1].sum(axis=1)  # a marker in each half
    (array([1., 1., 1.]), array([1., 1., 1.]))
    >>> bool(np.allclose(y, (x[:, :, 0] * x[:, :, 1]).sum(axis=1)))
    True
    """
    if T < 2:
        raise InputError(f"T is {T}; expected at least 2 steps, one for each marker.")
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    y = (values * markers).sum(axis=1)  # (N,)
    return np.stack([values, markers], axis=2), y


def bits_per_character(params: Params, ids: npt.ArrayLike) -> float:
    """Measure how well an LSTM predicts a text: the mean of -log2 p over its characters.

    It is the length of the code, in bits a character, into which an arithmetic coder would turn the
    text with these predictions. Reading starts at states of zero, and they are carried on to the
    end. The first character is coded before anything was read, as one of V equally likely: it costs
    log2 V.

    Parameters
    ----------
    params : mapping from name to array
        W_xh (V, 4H), W_hh (H, 4H), b (4H,), W_hy (H, V), b_y (V,).
    ids : int array, shape (L,)
        The text, at least one character.

    Returns
    -------
    bits : float

    Raises
    ------
    ShapeError
        If shapes disagree; the message names both.
    InputError
        If there is no character, or an id is none of the V classes.

    Source: Shannon (1951) for bits a character as a measure of prediction.

    Examples
    --------
    >>> shapes = {"W_xh": (4, 8), "W_hh": (2, 8), "b": (8,), "W_hy": (2, 4), "b_y": (4,)}
    >>> ignorant = {name: np.zeros(shape) for name, shape in shapes.items()}
    >>> round(bits_per_character(ignorant, np.array([0, 3, 3, 1, 2])), 6)  # log2 4, everywhere
    2.0
    """
    check_shapes(ids=(ids, "L"))
    ids = np.asarray(ids)
    if ids.size == 0:
        raise InputError("The text is empty; give at least one character.")
    V, H = len(params["b_y"]), len(params["W_hh"])
    one_hot(ids[-1:], V)  # refuses an id out of range also where it is only a target
    nats = math.log(V)  # the first character
    h_t: FloatArray = np.zeros((1, H))
    c_t: FloatArray = np.zeros((1, H))
    for start in range(0, len(ids) - 1, CHUNK):
        inputs = ids[start : start + CHUNK]
        targets = ids[start + 1 : start + CHUNK + 1]
        x = one_hot(inputs[: len(targets)], V)[None]  # (1, T, V)
        h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
        h_t, c_t = h[:, -1], c[:, -1]
        scores, _ = output_forward(h, params["W_hy"], params["b_y"])  # (1, T, V)
        loss, _ = softmax_cross_entropy(scores, targets[None])
        nats += loss * len(targets)
    return nats / len(ids) / math.log(2)


def best_unit_probe(h: FloatArray, labels: npt.ArrayLike) -> tuple[int, float]:
    """Find the unit that goes with a label best, and judge it on text it was not chosen on.

    The unit is chosen on the first half of the text, the first ``L // 2`` characters, by the
    largest absolute correlation with the labels. Its correlation on the rest is returned, with its
    sign. A unit that never changes, or a label that does not, has correlation 0; of units that are
    equally good the first is taken.

    Parameters
    ----------
    h : float array, shape (L, H)
        The state after each character.
    labels : bool array, or array of 0 and 1, shape (L,)
        Whether the character has the property.

    Returns
    -------
    unit : int
        0 to H - 1.
    r : float
        Pearson's correlation of that unit with the labels on the second half, -1 to 1.

    Raises
    ------
    ShapeError
        If L disagrees; the message names both shapes.
    InputError
        If there are fewer than two characters in a half.

    Source: Karpathy, Johnson and Fei-Fei (2015) for units that can be read; a choice is judged on
    other data than it was made on.

    Examples
    --------
    >>> h = np.array([[3.0, 0.9], [1.0, 0.1], [2.0, 0.2], [1.0, 0.8], [2.0, 0.7], [3.0, 0.3]])
    >>> unit, r = best_unit_probe(h, np.array([0, 1, 1, 0, 0, 1]))
    >>> unit, round(r, 4)
    (1, -0.982)
    """
    check_shapes(h=(h, "L H"), labels=(labels, "L"))
    wanted = np.asarray(labels, dtype=np.float64)
    middle = len(wanted) // 2
    if middle < 2:
        raise InputError(f"There are {len(wanted)} characters; expected 4 or more, 2 in each half.")
    unit = int(np.argmax(np.abs(_correlations(h[:middle], wanted[:middle]))))
    return unit, float(_correlations(h[middle:, [unit]], wanted[middle:])[0])


def _correlations(h: FloatArray, labels: FloatArray) -> FloatArray:
    """Correlation of each unit with the labels, (L, H) and (L,) to (H,); 0 for what is constant."""
    centred = h - h.mean(axis=0)
    centred_labels = labels - labels.mean()
    products = np.sqrt((centred**2).sum(axis=0) * (centred_labels**2).sum())  # (H,)
    constant = (h == h[0]).all(axis=0) | (labels == labels[0]).all()
    r: FloatArray = np.where(constant, 0.0, centred_labels @ centred / (products + constant))
    return r
