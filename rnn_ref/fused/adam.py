"""Clipping and Adam of unit 07, for long training runs."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]


class Adam:
    """Clips gradients together and takes steps of Adam that change the parameters in place.

    A step is ``rnn_ref.clipping.clip_by_global_norm`` and ``adam_step`` of the same module, up to
    rounding, without an array of its own for every intermediate result.

    Parameters
    ----------
    params : mapping from name to float array
    max_norm : float
        The greatest length of a gradient, greater than 0.
    beta1, beta2 : float
        How much of the averages is kept at each step, from 0 up to but not including 1.
    epsilon : float
        Keeps the quotient finite where the gradient has always been 0.

    Source: Kingma and Ba (2015), algorithm 1; Pascanu, Mikolov and Bengio (2013), algorithm 1.
    """

    def __init__(
        self,
        params: Mapping[str, FloatArray],
        max_norm: float,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self._params = params
        self._max_norm, self._beta1, self._beta2, self._epsilon = max_norm, beta1, beta2, epsilon
        self._steps = 0
        self._mean, self._square, self._room = (
            {name: np.zeros_like(p) for name, p in params.items()} for _ in range(3)
        )

    def step(self, grads: Mapping[str, FloatArray], learning_rate: float) -> float:
        """Move every parameter by about ``learning_rate``.

        Parameters
        ----------
        grads : mapping from name to float array
            With the names and shapes of the parameters.
        learning_rate : float

        Returns
        -------
        norm : float
            Before clipping. If it is not finite, the gradient counts as zero; in single precision
            numbers from 1e19 on make it infinite.
        """
        with np.errstate(over="ignore"):
            flat = [g.ravel(order="K") for g in grads.values()]
            norm = math.sqrt(sum(float(g.dot(g)) for g in flat))
        scale = self._max_norm / norm if norm > self._max_norm else 1.0
        self._steps += 1
        of_mean, of_square = (1 - beta**self._steps for beta in (self._beta1, self._beta2))
        for name, p in self._params.items():
            mean, square, room = self._mean[name], self._square[name], self._room[name]
            mean *= self._beta1
            square *= self._beta2
            if math.isfinite(norm):
                mean += np.multiply(grads[name], (1 - self._beta1) * scale, room)
                np.multiply(grads[name], scale * math.sqrt(1 - self._beta2), room)
                square += np.multiply(room, room, room)
            np.sqrt(square, room)
            room *= 1 / math.sqrt(of_square)
            room += self._epsilon
            np.divide(mean, room, room)
            room *= learning_rate / of_mean
            p -= room
        return norm
