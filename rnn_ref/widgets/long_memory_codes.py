"""Unit 10: how many bits a character other ways to predict need, cold and primed.

Each code reads the same held-out text. *Cold*, it knows nothing before; *primed*, it has read the
training text, and what that costs is not counted. All are real codes: a receiver who is given the
same can undo them. Counts and compressors go on learning while they read; the network does so in
``adaptive_costs`` alone.
"""

import bz2
import gzip
import lzma
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from rnn_ref.long_memory import CHUNK
from rnn_ref.widgets.bars import tqdm
from rnn_ref.widgets.long_memory_training import (
    Arrays,
    FloatArray,
    IntArray,
    Learner,
    character_loss,
    read,
    zero_state,
)

SEEN_AT_FIRST = 0.5
"""Times that each character counts as seen before anything was (Krichevsky and Trofimov, 1981)."""

COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
    "bzip2": lambda data: bz2.compress(data, 9),
    "xz": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
}


def compressor_bits(name: str, held_out: str, training: str = "") -> float:
    """Bits a character by which the compressed file grows when the held-out text is added to it."""
    compress = COMPRESSORS[name]
    before = len(compress(training.encode("ascii"))) if training else 0
    after = len(compress((training + held_out).encode("ascii")))
    return 8 * (after - before) / len(held_out)


def counting_bits(
    order: int, held_out: IntArray, V: int, training: IntArray | None = None
) -> float:
    """Bits a character if each is predicted from counts, which go on growing as the text is read.

    Parameters
    ----------
    order : int
        How many characters before it are looked at: 0 for the unigram, 1 for the bigram.
    held_out, training : int arrays, shape (L,)
    V : int
    """
    counts = np.full((V**order, V), SEEN_AT_FIRST)
    if training is not None:
        contexts = training[:-1] if order else np.zeros(len(training), dtype=np.int64)
        np.add.at(counts, (contexts, training[order:]), 1)
    rows: list[list[float]] = counts.tolist()
    totals: list[float] = counts.sum(axis=1).tolist()
    ids: list[int] = held_out.tolist()
    contexts_now = [0, *ids[:-1]] if order else [0] * len(ids)
    bits = math.log2(V) if order else 0.0  # the first character has none before it
    for context, character in list(zip(contexts_now, ids, strict=True))[order:]:
        bits -= math.log2(rows[context][character] / totals[context])
        rows[context][character] += 1
        totals[context] += 1
    return bits / len(ids)


def model_bits(params: Arrays, ids: IntArray) -> float:
    """``bits_per_character`` by the fast cell: the same number, up to rounding."""
    state = zero_state("LSTM", 1, len(params["W_hh"]))
    nats = math.log(len(params["b_y"]))
    for start in range(0, len(ids) - 1, CHUNK):
        targets = ids[start + 1 : start + CHUNK + 1]
        h, state, _ = read(params, ids[None, start : start + len(targets)], state)
        scores = h[0] @ params["W_hy"] + params["b_y"]
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[np.arange(len(targets)), targets]
        nats += float((np.log(np.exp(scores).sum(axis=1)) - right).sum(dtype=np.float64))
    return nats / len(ids) / math.log(2)


ADAPTIVE_T = 32
"""Characters between two steps of learning; each is paid for before anything is learned from it."""


def adaptive_costs(params: Arrays, ids: IntArray, rate: float) -> FloatArray:
    """Bits that each stretch of ``ADAPTIVE_T`` characters costs a network that goes on learning.

    A stretch is predicted with the weights of before; then one step of Adam learns from it. So it
    is a real code, as those of the compressors are: a receiver who has the first stretches can take
    the same steps. Krause and others (2018) call it dynamic evaluation.

    Parameters
    ----------
    params : dict from name to float32 array
        Not changed.
    ids : int array, shape (L,)
        The first character costs log2 V and is counted in the first stretch.
    rate : float
        Adam's; 0 learns nothing.
    """
    learner = Learner({name: array.copy() for name, array in params.items()})
    state = zero_state("LSTM", 1, len(params["W_hh"]))
    nats = []
    for start in range(0, len(ids) - 1, ADAPTIVE_T):
        targets = ids[None, start + 1 : start + ADAPTIVE_T + 1]
        inputs = ids[None, start : start + targets.shape[1]]
        loss, grads, state = character_loss(learner.params, inputs, targets, state)
        nats.append(loss * targets.shape[1])
        learner.step(grads, rate)
    nats[0] += math.log(len(params["b_y"]))
    return np.array(nats) / math.log(2)


def adaptive_bits(params: Arrays, ids: IntArray, rate: float) -> float:
    """Bits a character of ``adaptive_costs``."""
    return float(adaptive_costs(params, ids, rate).sum()) / len(ids)


def states_over(params: Arrays, ids: IntArray) -> np.ndarray:
    """The state h after each character, (L, H), from states of zero."""
    state = zero_state("LSTM", 1, len(params["W_hh"]))
    return np.concatenate(list(_chunks_of_states(params, ids, state)))


def _chunks_of_states(
    params: Arrays, ids: IntArray, state: tuple[np.ndarray, ...]
) -> Iterator[np.ndarray]:
    for start in tqdm(range(0, len(ids), CHUNK), desc="reading", leave=False, mininterval=0.5):
        h, state, _ = read(params, ids[None, start : start + CHUNK], state)
        yield h[0].copy()
