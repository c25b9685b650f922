"""Unit 03: text as numbers: a vocabulary, ids, one-hot vectors, batches that carry the state on.

A character is what Python calls one: a Unicode code point. No function changes an argument.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, check_shapes

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]

MOST_CHARACTERS_SHOWN = 20  # of a vocabulary, in an error message


def build_vocabulary(text: str) -> tuple[dict[str, int], dict[int, str]]:
    """Give each different character of a text a number: 0, 1, 2, … in sorted order.

    Parameters
    ----------
    text : str
        Any Unicode text; may be empty.

    Returns
    -------
    char_to_id : dict from character to int
    id_to_char : dict from int to character
        The same pairs the other way round. V is the length of either.

    Source: slide "Vocabulary: [h,e,l,o]", there in order of appearance. Sorted, the numbers depend
    on which characters occur and on nothing else.

    Examples
    --------
    >>> build_vocabulary("hello")
    ({'e': 0, 'h': 1, 'l': 2, 'o': 3}, {0: 'e', 1: 'h', 2: 'l', 3: 'o'})
    """
    characters = sorted(set(text))
    char_to_id = {character: i for i, character in enumerate(characters)}
    id_to_char = dict(enumerate(characters))
    return char_to_id, id_to_char


def encode(text: str, char_to_id: Mapping[str, int]) -> IntArray:
    """Replace every character by its id.

    Parameters
    ----------
    text : str
        L characters.
    char_to_id : mapping from character to int

    Returns
    -------
    ids : int array, shape (L,)

    Raises
    ------
    InputError
        If a character is not in the vocabulary; the message names it and its place.

    Source: slide "Example training sequence: 'hello'".

    Examples
    --------
    >>> encode("hole", {"e": 0, "h": 1, "l": 2, "o": 3})
    array([1, 3, 2, 0])
    """
    for place, character in enumerate(text):
        if character not in char_to_id:
            raise InputError(
                f"Character {character!r} at position {place} is not in the vocabulary "
                f"({_some(char_to_id)}). Was the vocabulary built from another text?"
            )
    return np.array([char_to_id[character] for character in text], dtype=np.int64)


def decode(ids: npt.ArrayLike, id_to_char: Mapping[int, str]) -> str:
    """Turn ids back into text; undoes ``encode``.

    Parameters
    ----------
    ids : int array, shape (L,)
    id_to_char : mapping from int to character

    Returns
    -------
    text : str
        L characters.

    Raises
    ------
    ShapeError
        If ids has another number of axes than one.
    InputError
        If an id is not in the vocabulary; the message names it and its place.

    Source: slides "Character-level Language Model Sampling", where samples become text.

    Examples
    --------
    >>> decode(np.array([1, 3, 2, 0]), {0: "e", 1: "h", 2: "l", 3: "o"})
    'hole'
    """
    check_shapes(ids=(ids, "T"))
    plain = np.asarray(ids).tolist()
    for place, i in enumerate(plain):
        if i not in id_to_char:
            raise InputError(
                f"Id {i} at position {place} is not in the vocabulary; "
                f"expected 0 to {len(id_to_char) - 1}."
            )
    return "".join(id_to_char[i] for i in plain)


def one_hot(ids: npt.ArrayLike, V: int) -> FloatArray:
    """Make each id a vector of V numbers: 1 at the id's place, 0 elsewhere.

    Parameters
    ----------
    ids : int array, any shape, often (N, T)
        Between 0 and V - 1.
    V : int
        Characters in the vocabulary.

    Returns
    -------
    x : float array, shape of ids with an axis V behind it, often (N, T, V)

    Raises
    ------
    InputError
        If an id is no integer, below 0 or not below V; the message names it.

    Source: slide "Example: Character-level Language Model", the input layer.

    Examples
    --------
    >>> one_hot(np.array([1, 0, 2]), 4)
    array([[0., 1., 0., 0.],
           [1., 0., 0., 0.],
           [0., 0., 1., 0.]])
    """
    places = np.asarray(ids)
    if places.size and places.dtype.kind not in "iu":
        raise InputError(f"ids has dtype {places.dtype}; expected integers, as encode makes them.")
    outside = places[(places < 0) | (places >= V)]
    if outside.size:
        raise InputError(f"Id {outside[0]} is out of range; expected 0 to {V - 1} (V = {V}).")
    x = np.zeros((*places.shape, V))
    np.put_along_axis(x, places.astype(np.int64)[..., None], 1.0, axis=-1)
    return x


def make_batches(ids: npt.ArrayLike, N: int, T: int) -> tuple[IntArray, IntArray]:
    """Cut a long text into N rows that are read side by side, T characters at a time.

    There are B = (L - 1) // (N T) batches. Row n is the stretch of B T ids from n B T on, and batch
    b holds its T ids from b T on: a row goes on in the next batch where it stopped, so the state
    can be carried. The target of an id is the id after it. At most N T ids at the end of the text
    are in no input.

    Parameters
    ----------
    ids : int array, shape (L,)
        The text, encoded.
    N : int
        Rows a batch, at least 1.
    T : int
        Time steps a batch, at least 1.

    Returns
    -------
    inputs, targets : int arrays, shape (B, N, T)
        New arrays; ``zip(inputs, targets)`` gives the batches in the order to train on.

    Raises
    ------
    ShapeError
        If ids has another number of axes than one.
    InputError
        If N or T is below 1, or there are fewer than N T + 1 ids: no full batch.

    Source: slide "Example training sequence: 'hello'", for more than one row.

    Examples
    --------
    >>> inputs, targets = make_batches(np.arange(14), N=2, T=3)  # B = 13 // 6 = 2
    >>> inputs.tolist()
    [[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]]
    >>> targets.tolist()
    [[[1, 2, 3], [7, 8, 9]], [[4, 5, 6], [10, 11, 12]]]
    """
    check_shapes(ids=(ids, "T"))
    text = np.asarray(ids)
    if N < 1 or T < 1:
        raise InputError(f"N is {N} and T is {T}; expected both to be at least 1.")
    B = (len(text) - 1) // (N * T)
    if B < 1:
        raise InputError(
            f"There are {len(text)} ids; one batch of N = {N} rows and T = {T} steps needs "
            f"{N * T + 1}, one more than it has inputs. Use a longer text or a smaller N or T."
        )
    used = N * B * T
    inputs = text[:used].reshape(N, B, T)  # row n is one stretch of the text
    targets = text[1 : used + 1].reshape(N, B, T)
    return inputs.swapaxes(0, 1).copy(), targets.swapaxes(0, 1).copy()  # (B, N, T)


def _some(char_to_id: Mapping[str, int]) -> str:
    """The vocabulary in a few words."""
    shown = "".join(sorted(char_to_id)[:MOST_CHARACTERS_SHOWN])
    more = ", …" if len(char_to_id) > MOST_CHARACTERS_SHOWN else ""
    return f"V = {len(char_to_id)}: {shown!r}{more}"
