"""The notebook on extensions: what a learner has tried beside the reference; loop against scan."""

import timeit
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rnn_ref.extensions import (
    bidirectional_forward,
    gru_forward,
    gru_step_forward,
    linear_loop,
    linear_scan,
)
from rnn_ref.gradcheck import relative_error
from rnn_ref.lstm import FloatArray, lstm_forward
from rnn_ref.recurrence import rnn_forward


def try_gru(step: Callable[..., Any]) -> None:
    """Compare a learner's GRU step with the reference's.

    Parameters
    ----------
    step : function of (x_t, h_prev, W_xh, W_hh, b)
        Returns h_t.
    """
    rng = np.random.default_rng(0)
    shapes = ((3, 2), (3, 4), (2, 12), (4, 12), (12,))
    arguments = [rng.normal(size=shape) for shape in shapes]
    _compare("h_t", lambda: step(*arguments), gru_step_forward(*arguments)[0])


def try_products(states: Callable[..., Any], T: int) -> None:
    """Compare a learner's way to do a linear recurrence at once with the loop.

    Parameters
    ----------
    states : function of (a, b, h_0)
        Returns h (N, T, H).
    T : int
        Steps.
    """
    rng = np.random.default_rng(0)
    a, b, h_0 = rng.uniform(size=(2, T, 3)), rng.normal(size=(2, T, 3)), rng.normal(size=(2, 3))
    expected = linear_loop(a, b, h_0)
    print(
        f"linear_scan against linear_loop: {relative_error(linear_scan(a, b, h_0), expected):.0e}"
    )
    with np.errstate(all="ignore"):
        _compare("h", lambda: states(a, b, h_0), expected)


def try_bidirectional(forward: Callable[..., Any]) -> None:
    """Compare a learner's bidirectional network with the reference's, over three cells.

    Parameters
    ----------
    forward : function of (forward, x, ahead, behind)
        Returns h (N, T, 2H).
    """
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 3))
    for cell, blocks in ((rnn_forward, 1), (gru_forward, 3), (lstm_forward, 4)):
        zeros = [np.zeros((2, 4))] * (2 if cell is lstm_forward else 1)
        shapes = ((3, 4 * blocks), (4, 4 * blocks), (4 * blocks,))
        ahead, behind = ([*zeros, *(rng.normal(size=s) for s in shapes)] for _ in range(2))
        expected, _ = bidirectional_forward(cell, x, ahead, behind)
        mine = partial(forward, cell, x, ahead, behind)
        if not _compare(f"over {cell.__name__}", mine, expected):
            return


def _compare(name: str, mine: Callable[[], Any], expected: FloatArray) -> bool:
    """Say how far a learner's result is from the expected one; False if there is none yet."""
    try:
        result = np.asarray(mine(), dtype=float)
    except NotImplementedError:
        print("Yours is not written yet.")
        return False
    if result.shape != expected.shape:
        print(f"{name}: yours has shape {result.shape}; expected {expected.shape}.")
        return True
    broken = ~np.isfinite(result)
    if broken.any():
        print(f"{name}: yours is no number from step {np.argwhere(broken)[:, 1].min() + 1} on.")
        return True
    error = relative_error(result, expected)
    print(f"{name}: relative difference {error:.0e}, {'equal' if error < 1e-9 else 'not equal'}.")
    return True


def time_scan(N: int, T: int, H: int) -> None:
    """Say how long a linear recurrence takes one step after the other, and at once.

    Parameters
    ----------
    N, T, H : int
        Sequences, steps, units.
    """
    rng = np.random.default_rng(0)
    a, b, h_0 = rng.uniform(size=(N, T, H)), rng.normal(size=(N, T, H)), np.zeros((N, H))
    times = []
    for recurrence in (linear_loop, linear_scan):
        runs = timeit.repeat(partial(recurrence, a, b, h_0), number=1, repeat=10)
        times.append(f"{1000 * min(runs):.2f} ms")
    print(f"N = {N:2}, T = {T:4}, H = {H:3}: loop {times[0]}, scan {times[1]}")
