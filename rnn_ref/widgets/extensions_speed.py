"""The notebook on extensions: the time of an LSTM, forward and backward, stage by stage."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.gradcheck import relative_error
from rnn_ref.lstm import FloatArray, lstm_forward
from rnn_ref.lstm_gradients import lstm_backward

DOUBLE = 1e-9
SINGLE = 1e-3
"""How far results may be from the unit's own, by precision: sums in another order."""


class Race:
    """Measures stages of one LSTM on the same numbers, and holds each against the unit's own.

    Parameters
    ----------
    N, T, D, H : int
        Sequences, steps, inputs, units.
    seconds : float
        Of the runs within this time the shortest counts: what disturbs a machine makes runs longer.
    """

    def __init__(self, N: int, T: int, D: int, H: int, seconds: float = 0.5) -> None:
        self._seconds = seconds
        rng = np.random.default_rng(0)
        self._arguments = [
            rng.normal(size=(N, T, D)),
            *np.zeros((2, N, H)),
            rng.normal(size=(D, 4 * H)) / np.sqrt(D),
            rng.normal(size=(H, 4 * H)) / np.sqrt(H),
            np.zeros(4 * H),
        ]
        self._dh = rng.normal(size=(N, T, H))
        self._expected = _both_ways(lstm_forward, lstm_backward, self._arguments, self._dh)
        self.milliseconds: list[float] = []

    def measure(
        self,
        stage: str,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        """Say what time forward and backward take together, and against the first stage.

        Parameters
        ----------
        stage : str
            What to call it.
        forward : function of (x, h_0, c_0, W_xh, W_hh, b)
            Returns (h, c, cache).
        backward : function of (dh, cache)
            Returns (dx, dh_0, dc_0, dW_xh, dW_hh, db).
        """
        *arguments, dh = (array.astype(dtype) for array in (*self._arguments, self._dh))
        results = _both_ways(forward, backward, arguments, dh)
        pairs = zip(results, self._expected, strict=True)
        error = max(relative_error(result, expected) for result, expected in pairs)
        if not error < (SINGLE if results[0].dtype == np.float32 else DOUBLE):
            print(f"{stage}: not the unit's results, relative difference {error:.0e}.")
            return
        end, runs = time.perf_counter() + self._seconds, [math.inf]
        while time.perf_counter() < end or len(runs) < 5:
            begin = time.perf_counter()
            _both_ways(forward, backward, arguments, dh)
            runs.append(time.perf_counter() - begin)
        self.milliseconds.append(1000 * min(runs))
        first, *_, now = (self.milliseconds[0], *self.milliseconds)
        line = f"{stage:42} {now:7.2f} ms"
        print(line if len(self.milliseconds) == 1 else f"{line}   {first / now:4.1f} times as fast")


def _both_ways(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    arguments: list[FloatArray],
    dh: FloatArray,
) -> list[FloatArray]:
    *states, cache = forward(*arguments)
    return [*states, *backward(dh, cache)]
