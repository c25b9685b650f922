"""Learning "hello" with measured gradients, with memory and without."""

import math
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from rnn_ref.char_lm import FloatArray, build_vocabulary, encode, make_batches, one_hot
from rnn_ref.gradcheck import numeric_gradient
from rnn_ref.outputs import softmax

WORD = "hello"
H = 8  # 140 parameters in all
STEPS = 60
RATE = 0.5  # how far a step goes along the gradient
SCALE = 0.3  # of the first weights
SEED = 0

FLOOR = math.log(4) / 4
"""No model without memory has a smaller mean loss on "hello": l is followed by l and by o."""

_CHAR_TO_ID, _ = build_vocabulary(WORD)
V = len(_CHAR_TO_ID)
_INPUTS, _TARGETS = make_batches(encode(WORD, _CHAR_TO_ID), N=1, T=len(WORD) - 1)
_X = one_hot(_INPUTS[0], V)  # (1, 4, 4)

Parameters = Mapping[str, FloatArray]


class Training(NamedTuple):
    """What was seen before each step, and after the last: STEPS + 1 entries."""

    losses: FloatArray
    """Mean loss, nats a character, shape (STEPS + 1,)."""
    tables: FloatArray
    """Probability of each next character in the order of "helo", after h, he, hel, hell; shape
    (STEPS + 1, 4, 4)."""


def first_parameters(seed: int = SEED) -> dict[str, FloatArray]:
    """Small random weights and no biases: 140 numbers, by name.

    Parameters
    ----------
    seed : int
        Another seed gives other weights, and another course of the training.
    """
    rng = np.random.default_rng(seed)
    return {
        "W_xh": SCALE * rng.normal(size=(V, H)),
        "W_hh": SCALE * rng.normal(size=(H, H)),
        "b_h": np.zeros(H),
        "W_hy": SCALE * rng.normal(size=(H, V)),
        "b_y": np.zeros(V),
    }


def hello_scores(params: Parameters) -> FloatArray:
    """Scores of the next character, in the order of the ids, after h, he, hel, hell; (4, 4).

    ``rnn_forward`` and ``output_forward`` without their checks: it runs some 30,000 times.
    """
    h_t: FloatArray = np.zeros(H)
    states = []
    for from_input in _X[0] @ params["W_xh"] + params["b_h"]:
        h_t = np.tanh(from_input + h_t @ params["W_hh"])
        states.append(h_t)
    scores: FloatArray = np.stack(states) @ params["W_hy"] + params["b_y"]
    return scores


def hello_loss(params: Parameters) -> float:
    """Mean cross-entropy of the four next characters, nats a character."""
    scores = hello_scores(params)
    scores = scores - scores.max(axis=1, keepdims=True)
    right = scores[np.arange(len(scores)), _TARGETS[0, 0]]
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - right))


@cache
def train(memory: bool = True, steps: int = STEPS) -> Training:
    """Train by plain gradient descent; every gradient is measured with ``numeric_gradient``.

    Parameters
    ----------
    memory : bool
        False holds W_hh at zero, so that each output depends on the latest character alone.
    steps : int
        How often the parameters are moved.
    """
    params = first_parameters()
    learned = [name for name in params if memory or name != "W_hh"]
    if not memory:
        params["W_hh"] = np.zeros((H, H))
    losses, tables = [hello_loss(params)], [_table(params)]
    for _ in range(steps):
        gradients = {name: _gradient(params, name) for name in learned}
        params |= {name: params[name] - RATE * gradients[name] for name in learned}
        losses.append(hello_loss(params))
        tables.append(_table(params))
    return Training(np.array(losses), np.stack(tables))


def _gradient(params: Parameters, name: str) -> FloatArray:
    return numeric_gradient(lambda value: hello_loss({**params, name: value}), params[name])


def _table(params: Parameters) -> FloatArray:
    slides_order = encode("helo", _CHAR_TO_ID)
    table: FloatArray = softmax(hello_scores(params))[:, slides_order]
    return table
