"""Unit 07: a network of one unit whose loss has a cliff, and two ways down it.

One unit reads nothing: ``h_t = tanh(w h_{t-1} + b)`` from h_0 = 0.5, 20 times, and its last state
should be 0.7. Two parameters, so that the loss can be drawn as a map. After Pascanu, Mikolov and
Bengio (2013), section 2.3, who drew the first such map.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.clipping import Arrays, FloatArray, clip_by_global_norm, sgd_step

T, H_0, TARGET = 20, 0.5, 0.7
START = (1.7, -0.1)

Clip = Callable[[Mapping[str, FloatArray], float], tuple[Arrays, float]]
"""A function with the signature of ``clip_by_global_norm``: the reference, or a learner's."""


class Descent(NamedTuple):
    """A path of gradient descent: numbers before the first step and after each."""

    w: FloatArray
    b: FloatArray
    loss: FloatArray
    norm: FloatArray
    """Length of the gradient there, before clipping."""

    def step_length(self, i: int) -> float:
        """How far step i, counted from 0, goes."""
        return math.hypot(self.w[i + 1] - self.w[i], self.b[i + 1] - self.b[i])


def last_state(w: Any, b: Any) -> Any:
    """State after T steps; w and b may be arrays: a whole map at once."""
    h = H_0
    for _ in range(T):
        h = np.tanh(w * h + b)
    return h


def loss_of(w: Any, b: Any) -> Any:
    """Squared distance of the last state from the target."""
    return (last_state(w, b) - TARGET) ** 2


def gradient_of(w: float, b: float) -> tuple[float, float]:
    """Slopes of the loss along w and b, by going back through the T steps."""
    states = [H_0]
    for _ in range(T):
        states.append(math.tanh(w * states[-1] + b))
    dh = 2 * (states[-1] - TARGET)
    dw = db = 0.0
    for before, after in zip(states[-2::-1], states[:0:-1], strict=True):
        da = dh * (1 - after**2)
        dw, db, dh = dw + da * before, db + da, da * w
    return dw, db


def descend(
    learning_rate: float,
    max_norm: float,
    steps: int,
    clip: Clip = clip_by_global_norm,
    start: tuple[float, float] = START,
) -> Descent:
    """Gradient descent from `start`; a `max_norm` of inf does not clip.

    Parameters
    ----------
    clip : function
        ``clip_by_global_norm``, or a learner's own.
    """
    params = {"w": np.array([start[0]]), "b": np.array([start[1]])}
    rows = []
    for i in range(steps + 1):
        w, b = float(params["w"][0]), float(params["b"][0])
        dw, db = gradient_of(w, b)
        rows.append((w, b, float(loss_of(w, b)), math.hypot(dw, db)))
        if i < steps:
            grads: Arrays = {"w": np.array([dw]), "b": np.array([db])}
            if max_norm < math.inf:
                grads, _ = clip(grads, max_norm)
            params = sgd_step(params, grads, learning_rate)
    return Descent(*np.array(rows).T)
