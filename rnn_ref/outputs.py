"""Unit 02: from states to scores, from scores to a loss, and which steps of a batch count.

States h (N, T, H) become class scores (N, T, V). A loss is the mean over the targets that count,
in nats. A mask (N, T) says which count: True for a target, False for a step without one or for
padding, where it is never looked at what stands there. No function changes an argument.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, check_shapes

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]

PATTERNS: Mapping[str, str] = {
    "one-to-one": "one input, one target",
    "one-to-many": "one input, then a target at each step",
    "many-to-one": "one target, when the last input has been read",
    "many-to-many": "all inputs first; the first target comes with the last input",
    "aligned": "a target for each input",
}
"""The five input-output patterns of the lecture and what each of them means."""


class OutputCache(NamedTuple):
    """What going backward through the output layer needs: the arrays themselves, not copies."""

    h: FloatArray  # states, shape (N, T, H)
    W_hy: FloatArray  # hidden to output, shape (H, V)


def output_forward(
    h: FloatArray, W_hy: FloatArray, b_y: FloatArray
) -> tuple[FloatArray, OutputCache]:
    """Turn the state of every step into class scores: ``scores = h W_hy + b_y``.

    Parameters
    ----------
    h : float array, shape (N, T, H)
        States, as ``rnn_forward`` returns them.
    W_hy, b_y : float arrays, shapes (H, V), (V,)
        Hidden to output, and the bias; the same at every step.

    Returns
    -------
    scores : float array, shape (N, T, V)
        One score a class, any size and sign.
    cache : OutputCache
        What the backward pass needs.

    Raises
    ------
    ShapeError
        If H or V disagree; the message names both shapes.

    Source: slides "RNN output generation", transposed, with a bias.

    Examples
    --------
    >>> h = np.array([[[1.0, -1.0], [0.5, 0.0]]])  # one sequence of two steps
    >>> scores, cache = output_forward(h, np.array([[2.0, 0.0], [0.0, 3.0]]), np.array([0.0, 1.0]))
    >>> scores[0]
    array([[ 2., -2.],
           [ 1.,  1.]])
    """
    check_shapes(W_hy=(W_hy, "H V"), b_y=(b_y, "V"), h=(h, "N T H"))
    return h @ W_hy + b_y, OutputCache(h, W_hy)  # (N, T, H) @ (H, V)


def output_backward(
    dscores: FloatArray, cache: OutputCache
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry the gradient of the scores back to the states and the weights.

    Parameters
    ----------
    dscores : float array, shape (N, T, V)
        Gradient of the loss with respect to the scores.
    cache : OutputCache
        From ``output_forward``.

    Returns
    -------
    dh : float array, shape (N, T, H)
    dW_hy : float array, shape (H, V)
        A sum over sequences and steps: all of them share W_hy.
    db_y : float array, shape (V,)

    Raises
    ------
    ShapeError
        If dscores does not have the shape of the scores.

    Source: slides "RNN: computational graph": one W at every step, so its gradient is a sum.

    Examples
    --------
    >>> h = np.array([[[1.0, -1.0], [0.5, 0.0]]])
    >>> scores, cache = output_forward(h, np.array([[2.0, 0.0], [0.0, 3.0]]), np.zeros(2))
    >>> dh, dW_hy, db_y = output_backward(np.array([[[1.0, 0.0], [1.0, 2.0]]]), cache)
    >>> dW_hy
    array([[ 1.5,  1. ],
           [-1. ,  0. ]])
    """
    h, W_hy = cache
    check_shapes(W_hy=(W_hy, "H V"), h=(h, "N T H"), dscores=(dscores, "N T V"))
    dh = dscores @ W_hy.T  # (N, T, V) @ (V, H)
    dW_hy = np.einsum("nth,ntv->hv", h, dscores)
    db_y = dscores.sum(axis=(0, 1))
    return dh, dW_hy, db_y


def softmax(scores: FloatArray) -> FloatArray:
    """Turn scores into probabilities along the last axis.

    Parameters
    ----------
    scores : float array, shape (..., V)
        Finite numbers of any size.

    Returns
    -------
    probabilities : float array, shape (..., V)
        Between 0 and 1, and 1 in sum over the last axis.

    Source: slides "Example: Character-level Language Model", where softmax follows the scores.

    Examples
    --------
    >>> softmax(np.array([0.0, np.log(3.0)]))
    array([0.25, 0.75])
    """
    return np.asarray(np.exp(_log_softmax(scores)))


def _log_softmax(scores: FloatArray) -> FloatArray:
    shifted = scores - scores.max(axis=-1, keepdims=True)  # exp of it is at most 1
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def softmax_cross_entropy(
    scores: FloatArray, targets: IntArray, mask: npt.ArrayLike | None = None
) -> tuple[float, FloatArray]:
    """Mean of ``-log softmax(scores)[target]`` over the targets that count, and its gradient.

    Parameters
    ----------
    scores : float array, shape (N, T, V)
    targets : integer array, shape (N, T)
        The right class of each step, 0 to V-1.
    mask : bool array, shape (N, T), optional
        True where a target counts. Without a mask all count.

    Returns
    -------
    loss : float
        In nats per target that counts; 0 if none counts.
    dscores : float array, shape (N, T, V)
        Gradient of the loss; exactly 0 where the mask is False.

    Raises
    ------
    ShapeError
        If N or T disagree; the message names both shapes.
    InputError
        If a target that counts is not a class from 0 to V-1.

    Source: slides "RNN: computational graph: many to many" (L is made of all L_t).

    Examples
    --------
    >>> scores, targets = np.zeros((1, 2, 4)), np.array([[2, 0]])
    >>> loss, dscores = softmax_cross_entropy(scores, targets, np.array([[True, False]]))
    >>> round(loss, 4)  # four classes, nothing known: log 4
    1.3863
    >>> dscores[0]
    array([[ 0.25,  0.25, -0.75,  0.25],
           [ 0.  ,  0.  ,  0.  ,  0.  ]])
    """
    given = np.ones(np.shape(targets)) if mask is None else mask
    counts = np.asarray(given, dtype=bool)
    sizes = check_shapes(scores=(scores, "N T V"), targets=(targets, "N T"), mask=(counts, "N T"))
    dscores = np.zeros_like(scores)
    classes = np.asarray(targets)[counts]  # (K,): the K targets that count
    if classes.size == 0:
        return 0.0, dscores
    if classes.min() < 0 or classes.max() >= sizes["V"]:
        raise InputError(f"A target is not a class from 0 to {sizes['V'] - 1}. Mask padding out.")
    log_p = _log_softmax(scores[counts])  # (K, V)
    rows = np.arange(classes.size)
    dp = np.exp(log_p)
    dp[rows, classes] -= 1
    dscores[counts] = dp / classes.size
    return float(-log_p[rows, classes].mean()), dscores


def loss_mask(pattern: str, T: int, n_in: npt.ArrayLike, n_out: npt.ArrayLike) -> BoolArray:
    """Say at which steps a network of T steps has a target.

    Parameters
    ----------
    pattern : str
        One of ``PATTERNS``.
    T : int
        Steps of the whole batch, padding included.
    n_in, n_out : integer arrays, shape (N,)
        Inputs and targets of each sequence.

    Returns
    -------
    mask : bool array, shape (N, T)
        Aligned: True for the first n_in steps. Else: True for n_out steps, the first of them
        the step that reads the last input, number n_in - 1.

    Raises
    ------
    InputError
        If the pattern is unknown, the numbers contradict it, or the targets need more than T steps.
    ShapeError
        If n_in and n_out differ in shape.

    Source: slides "Input-output scenarios"; the start as in Karpathy, "The unreasonable
    effectiveness of recurrent neural networks" (2015), first figure.

    Examples
    --------
    >>> loss_mask("many-to-many", 5, [3, 2], [2, 1]).astype(int)
    array([[0, 0, 1, 1, 0],
           [0, 1, 0, 0, 0]])
    """
    inputs, outputs = np.asarray(n_in), np.asarray(n_out)
    check_shapes(n_in=(inputs, "N"), n_out=(outputs, "N"))
    if pattern not in PATTERNS:
        raise InputError(f"There is no pattern {pattern!r}. Choose from: {', '.join(PATTERNS)}.")
    aligned = pattern == "aligned"
    wrong = np.any(outputs < 0) or np.any(inputs < (0 if aligned else 1))
    wrong |= aligned and not np.array_equal(inputs, outputs)
    wrong |= pattern.startswith("one-") and np.any(inputs != 1)
    wrong |= pattern.endswith("-one") and np.any(outputs != 1)
    if wrong:
        raise InputError(
            f"{pattern} means {PATTERNS[pattern]}; n_in {inputs.tolist()} and "
            f"n_out {outputs.tolist()} do not fit that."
        )
    first = np.zeros_like(inputs) if aligned else inputs - 1  # (N,)
    end = first + outputs
    if np.any(end > T):
        raise InputError(f"The targets need {end.max()} steps; T is {T}.")
    t = np.arange(T)  # (T,)
    return np.asarray((first[:, None] <= t) & (t < end[:, None]))


def pad_and_mask(sequences: Sequence[npt.NDArray[Any]]) -> tuple[npt.NDArray[Any], BoolArray]:
    """Put sequences of different lengths into one array, zeros at their ends.

    Parameters
    ----------
    sequences : list of N arrays, shapes (T_n, ...)
        Vectors, (T_n, D), or ids, (T_n,); alike but for their lengths. One may be empty.

    Returns
    -------
    padded : array, shape (N, T, ...), T the greatest length
        Ids stay integers.
    mask : bool array, shape (N, T)
        True where padded holds a step of the sequence, False where it was filled up.

    Raises
    ------
    InputError
        If there is no sequence, or they differ in more than their lengths.

    Source: slides "Variable sequence length inputs and outputs!".

    Examples
    --------
    >>> padded, mask = pad_and_mask([np.array([7, 8, 9]), np.array([5])])
    >>> padded
    array([[7, 8, 9],
           [5, 0, 0]])
    >>> mask.astype(int)
    array([[1, 1, 1],
           [1, 0, 0]])
    """
    arrays = [np.asarray(sequence) for sequence in sequences]
    if not arrays:
        raise InputError("There is no sequence to pad; give at least one.")
    if min(array.ndim for array in arrays) == 0 or len({a.shape[1:] for a in arrays}) > 1:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise InputError(f"Sequences may differ in length alone; got shapes {shapes}.")
    lengths = np.array([len(array) for array in arrays])
    mask = np.arange(lengths.max()) < lengths[:, None]  # (T,) < (N, 1)
    padded = np.zeros((*mask.shape, *arrays[0].shape[1:]), dtype=np.result_type(*arrays))
    padded[mask] = np.concatenate(arrays)
    return padded, mask
