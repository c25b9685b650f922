"""Every cell of the course with the same in autograd's NumPy, and random shapes for them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import autograd.numpy as anp
import numpy as np
from autograd import grad
from hypothesis import strategies as st

from rnn_ref.bptt import rnn_backward
from rnn_ref.extensions import (
    gru_backward,
    gru_forward,
    mingru_backward,
    mingru_forward,
)
from rnn_ref.gradcheck import relative_error
from rnn_ref.lstm import lstm_forward
from rnn_ref.lstm_gradients import lstm_backward
from rnn_ref.recurrence import rnn_forward
from tests.rnn_ref.strategies import FloatArray

# Reverse mode twice, in two orders of summation: some hundred roundings of 1e-16 in sums near 10.
AUTOGRAD = 1e-10


ROUNDING = {"rtol": 0.0, "atol": 1e-12}


def _sigmoid(a: Any) -> Any:
    return 1 / (1 + anp.exp(-a))


def _blocks(array: Any, count: int) -> list[Any]:
    H = array.shape[-1] // count
    return [array[..., k * H : k * H + H] for k in range(count)]


def _rnn_plain(x: Any, h: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    states = []
    for t in range(x.shape[1]):
        h = anp.tanh(anp.dot(x[:, t], W_xh) + anp.dot(h, W_hh) + b)
        states.append(h)
    return anp.stack(states, axis=1)


def _lstm_plain(x: Any, h: Any, c: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    states = []
    for t in range(x.shape[1]):
        i, f, o, g = _blocks(anp.dot(x[:, t], W_xh) + anp.dot(h, W_hh) + b, 4)
        c = _sigmoid(f) * c + _sigmoid(i) * anp.tanh(g)
        h = _sigmoid(o) * anp.tanh(c)
        states.append(h)
    return anp.stack(states, axis=1)


def _gru_plain(x: Any, h: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    """A matrix for each gate, columns as Cho et al. write them, reset behind the product."""
    (W_r, W_z, W_g), (U_r, U_z, U_g), (b_r, b_z, b_g) = (_blocks(a, 3) for a in (W_xh, W_hh, b))
    states = []
    for t in range(x.shape[1]):
        x_t = x[:, t]
        r = _sigmoid(anp.dot(x_t, W_r) + anp.dot(h, U_r) + b_r)
        z = _sigmoid(anp.dot(x_t, W_z) + anp.dot(h, U_z) + b_z)
        g = anp.tanh(anp.dot(x_t, W_g) + b_g + r * anp.dot(h, U_g))
        h = g + z * (h - g)
        states.append(h)
    return anp.stack(states, axis=1)


def _mingru_plain(x: Any, h: Any, W_xh: Any, b: Any) -> Any:
    """Each state as the sum it stands for: what was taken, times all that was kept since."""
    (W_z, W_g), (b_z, b_g) = _blocks(W_xh, 2), _blocks(b, 2)
    z = [_sigmoid(anp.dot(x[:, t], W_z) + b_z) for t in range(x.shape[1])]
    g = [anp.dot(x[:, t], W_g) + b_g for t in range(x.shape[1])]
    states = []
    for t in range(x.shape[1]):
        state, kept = 0.0, 1.0
        for k in reversed(range(t + 1)):
            state = state + kept * z[k] * g[k]
            kept = kept * (1 - z[k])
        states.append(state + kept * h)
    return anp.stack(states, axis=1)


class Cell(NamedTuple):
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    plain: Callable[..., Any]
    blocks: int
    states: int
    recurrent: bool


CELLS = {
    "rnn": Cell(rnn_forward, rnn_backward, _rnn_plain, 1, 1, True),
    "lstm": Cell(lstm_forward, lstm_backward, _lstm_plain, 4, 2, True),
    "gru": Cell(gru_forward, gru_backward, _gru_plain, 3, 1, True),
    "mingru": Cell(mingru_forward, mingru_backward, _mingru_plain, 2, 1, False),
    "mingru loop": Cell(
        partial(mingru_forward, at_once=False),
        partial(mingru_backward, at_once=False),
        _mingru_plain,
        2,
        1,
        False,
    ),
}


def arguments(cell: Cell, N: int, D: int, H: int, rng: Any) -> tuple[FloatArray, ...]:
    """First states and weights, none of them zero."""
    return (
        *(rng.uniform(-0.9, 0.9, size=(N, H)) for _ in range(cell.states)),
        rng.normal(size=(D, cell.blocks * H)),
        *([rng.normal(size=(H, cell.blocks * H))] if cell.recurrent else []),
        rng.normal(size=cell.blocks * H),
    )


size = st.integers(1, 5)


class Case(NamedTuple):
    x: FloatArray  # (N, T, D)
    arguments: tuple[FloatArray, ...]
    dh: FloatArray  # (N, T, H)


def case(cell: Cell, N: int = 2, T: int = 5, D: int = 3, H: int = 4, seed: int = 0) -> Case:
    rng = np.random.default_rng(seed)
    x, dh = rng.normal(size=(N, T, D)), rng.normal(size=(N, T, H))
    return Case(x, arguments(cell, N, D, H, rng), dh)


any_sizes = st.fixed_dictionaries(
    {"N": size, "T": st.integers(1, 9), "D": size, "H": size, "seed": st.integers(0, 2**32 - 1)}
)


def assert_gradients(
    ours: Sequence[FloatArray],
    plain: Callable[..., Any],
    everything: Sequence[FloatArray],
    dh: FloatArray,
) -> None:
    """Every gradient has the shape and, to AUTOGRAD, the values that autograd finds."""
    assert len(ours) == len(everything)
    for k, one in enumerate(ours):
        other = grad(lambda *a: anp.sum(plain(*a) * dh), k)(*everything)
        assert one.shape == other.shape, k
        assert relative_error(one, other) < AUTOGRAD, k
