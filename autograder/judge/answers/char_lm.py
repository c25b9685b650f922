"""03_char_lm: the model answers. Made by ``autograder release``."""

import numpy as np
from rnn_ref.gradcheck import numeric_gradient
from rnn_ref.outputs import output_forward, softmax_cross_entropy
from rnn_ref.recurrence import rnn_forward


def build_vocabulary(text):
    """Return (char_to_id, id_to_char) for the different characters of text, sorted."""
    characters = sorted(set(text))
    char_to_id = {character: i for i, character in enumerate(characters)}
    id_to_char = dict(enumerate(characters))
    return char_to_id, id_to_char


def encode(text, char_to_id):
    """Return the ids of all characters, shape (L,); ValueError if one is unknown."""
    for character in text:
        if character not in char_to_id:
            raise ValueError(f"{character!r} is not in the vocabulary")
    return np.array([char_to_id[character] for character in text], dtype=int)


def decode(ids, id_to_char):
    """Return the text that the ids stand for; ValueError if one is unknown."""
    for i in ids:
        if i not in id_to_char:
            raise ValueError(f"id {i} is not in the vocabulary")
    return "".join(id_to_char[i] for i in ids)


def one_hot(ids, V):
    """Return ids as vectors of V numbers, a 1 at the place of the id, on a new last axis."""
    if np.any(ids < 0) or np.any(ids >= V):
        raise ValueError(f"ids must be from 0 to {V - 1}")
    return np.eye(V)[ids]  # (N, T) -> (N, T, V)


def make_batches(ids, N, T):
    """Return (inputs, targets), both (B, N, T); row n goes on from batch to batch."""
    B = (len(ids) - 1) // (N * T)
    if B < 1:
        raise ValueError(f"{len(ids)} ids are too few for N = {N} and T = {T}")
    used = N * B * T
    inputs = ids[:used].reshape(N, B, T).swapaxes(0, 1)  # (B, N, T)
    targets = ids[1 : used + 1].reshape(N, B, T).swapaxes(0, 1)
    return inputs, targets


def lowest_loss(text, n):
    """Return the lowest mean loss of a model that sees the latest n characters, in nats."""
    followers = {}
    for i in range(1, len(text)):
        followers.setdefault(text[max(0, i - n) : i], []).append(text[i])
    loss = 0.0
    for after in followers.values():
        _, counts = np.unique(after, return_counts=True)
        loss -= np.sum(counts * np.log(counts / len(after)))
    return loss / (len(text) - 1)
