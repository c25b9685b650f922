"""Two tasks for the comparison: one needs a long memory, one is easier for who sees the future."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnn_ref.long_memory import adding_batch
from rnn_ref.lstm import FloatArray

FLIP = 0.05
"""Chance that the signal changes from one step to the next."""
NOISE = 1.0
"""Standard deviation of what is added to the signal of -1 or 1."""
TEST_SEED = 2024


class Task(NamedTuple):
    """Where the examples come from."""

    draw: Callable[[int, int, np.random.Generator], tuple[FloatArray, FloatArray]]
    """From N, T and a generator to x (N, T, D) and y, (N, T) or (N,)."""
    D: int
    """Numbers in an input."""
    T: int = 30
    """Steps of a sequence."""
    N: int = 32
    """Sequences in a batch."""

    def batch(self, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Draw a training batch, in single precision."""
        return self._single(self.N, rng)

    def test(self) -> tuple[FloatArray, FloatArray]:
        """Draw the test examples: 1000 sequences, always the same."""
        return self._single(1000, np.random.default_rng(TEST_SEED))

    def _single(self, N: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        x, y = self.draw(N, self.T, rng)
        return x.astype(np.float32), y.astype(np.float32)


def noisy_switch(N: int, T: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw a switch that is seldom turned, seen through noise; where does it stand at each step?

    Parameters
    ----------
    N, T : int
        Sequences, and steps of each.
    rng : Generator

    Returns
    -------
    x : float array, shape (N, T, 1)
        -1 (off) or 1 (on), plus Gaussian noise of standard deviation ``NOISE``.
    y : float array, shape (N, T)
        0 (off) or 1 (on). Either is equally likely at first; then each step turns the switch
        with the chance ``FLIP``.

    Source: the hidden Markov model of Baum and Petrie (1966) with two states.

    Examples
    --------
    >>> x, y = noisy_switch(2, 6, np.random.default_rng(3))
    >>> y
    array([[1., 1., 1., 1., 1., 1.],
           [0., 0., 0., 0., 0., 0.]])
    """
    turned = rng.uniform(size=(N, T)) < FLIP
    turned[:, 0] = rng.uniform(size=N) < 0.5
    y = np.cumsum(turned, axis=1) % 2.0
    x = 2 * y - 1 + NOISE * rng.normal(size=(N, T))
    return x[:, :, None], y


def best_guess(x: FloatArray, *, look_ahead: bool) -> FloatArray:
    """The probability that the switch is on, as exactly as it can be known.

    Nobody who knows as much has a smaller mean squared error.

    Parameters
    ----------
    x : float array, shape (N, T, 1)
        From ``noisy_switch``.
    look_ahead : bool
        Whether all steps are known, or only those up to the one that is asked for.

    Returns
    -------
    p : float array, shape (N, T)

    Source: the forward and backward recursions of Baum et al. (1970).

    Examples
    --------
    >>> x = np.array([[[0.0], [3.0]]])  # no hint, then a strong one
    >>> best_guess(x, look_ahead=False).round(2), best_guess(x, look_ahead=True).round(2)
    (array([[0.5, 1. ]]), array([[0.95, 1.  ]]))
    """
    hints = np.exp(2 * x[:, :, 0] / NOISE**2)  # how much likelier x is where the switch is on
    p = np.empty(hints.shape)
    before = np.full(len(hints), 0.5)
    for t in range(hints.shape[1]):
        on = before * hints[:, t]
        p[:, t] = on / (on + 1 - before)
        before = p[:, t] * (1 - FLIP) + (1 - p[:, t]) * FLIP
    if not look_ahead:
        return p
    smooth = p.copy()
    later = np.ones(len(hints))  # likelihood of all that follows, on against off
    for t in reversed(range(hints.shape[1])):
        smooth[:, t] = p[:, t] * later / (p[:, t] * later + 1 - p[:, t])
        on, off = hints[:, t] * later, 1.0
        later = ((1 - FLIP) * on + FLIP * off) / (FLIP * on + (1 - FLIP) * off)
    return smooth


ADDING = Task(adding_batch, D=2)
"""The adding problem of unit 10: one answer, after the last step."""
SWITCH = Task(noisy_switch, D=1)
"""The noisy switch: an answer at each step."""
