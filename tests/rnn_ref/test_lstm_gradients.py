"""The reference of unit 09 against autograd, scalar sums and, where installed, PyTorch."""

import math
from dataclasses import dataclass, replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.gradcheck import numeric_gradient, relative_error
from rnn_ref.lstm import lstm_forward, lstm_step_forward
from rnn_ref.lstm_gradients import (
    direct_path_gain,
    lstm_backward,
    lstm_step_backward,
    lstm_step_stages,
)
from tests.rnn_ref.extension_cells import AUTOGRAD, CELLS
from tests.rnn_ref.lstm_strategies import LSTM, lstm
from tests.rnn_ref.strategies import FloatArray

STEP_NAMES = ("x_t", "h_prev", "c_prev", "W_xh", "W_hh", "b")
SEQUENCE_NAMES = ("x", "h_0", "c_0", "W_xh", "W_hh", "b")


@dataclass(frozen=True)
class Cells(LSTM):
    """One LSTM and upstream gradients, none of them zero."""

    dh: FloatArray  # (N, T, H)
    dc: FloatArray  # (N, H)


def cells(N: int, T: int, D: int, H: int, seed: int = 0) -> Cells:
    rng = np.random.default_rng(seed + 1)
    dh, dc = rng.normal(size=(N, T, H)), rng.normal(size=(N, H))
    return Cells(*lstm(N, T, D, H, seed).arguments, dh, dc)


size = st.integers(1, 5)
any_cells = st.builds(
    cells, N=size, T=st.integers(1, 6), D=size, H=size, seed=st.integers(0, 2**32 - 1)
)


def _slides_step(x_t: Any, h: Any, c: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    """One step of the slides in autograd's NumPy, a block of columns for each gate."""
    H = h.shape[1]
    i, f, o, g = (
        anp.dot(x_t, W_xh[:, k * H : k * H + H])
        + anp.dot(h, W_hh[:, k * H : k * H + H])
        + b[k * H : k * H + H]
        for k in range(4)
    )
    i, f, o = (1 / (1 + anp.exp(-a)) for a in (i, f, o))
    c = f * c + i * anp.tanh(g)
    return o * anp.tanh(c), c


def _autograd_step(net: Cells) -> list[FloatArray]:
    def loss(*arguments: Any) -> Any:
        h_t, c_t = _slides_step(*arguments)
        return anp.sum(h_t * net.dh[:, 0]) + anp.sum(c_t * net.dc)

    return [grad(loss, k)(*net.step_arguments) for k in range(6)]


def _autograd_sequence(net: Cells) -> list[FloatArray]:
    def loss(*arguments: Any) -> Any:
        return anp.sum(CELLS["lstm"].plain(*arguments) * net.dh)

    return [grad(loss, k)(*net.arguments) for k in range(6)]


def _step_gradients(net: Cells) -> tuple[FloatArray, ...]:
    *_, cache = lstm_step_forward(*net.step_arguments)
    return lstm_step_backward(net.dh[:, 0], net.dc, cache)


def _sequence_gradients(net: Cells) -> tuple[FloatArray, ...]:
    *_, cache = lstm_forward(*net.arguments)
    return lstm_backward(net.dh, cache)


# --- the step ---------------------------------------------------------------------------------


@given(any_cells)
def test_step_any_sizes_equals_autograd(net: Cells) -> None:
    for name, ours, theirs in zip(
        STEP_NAMES, _step_gradients(net), _autograd_step(net), strict=True
    ):
        assert ours.shape == theirs.shape, name
        assert relative_error(ours, theirs) < AUTOGRAD, name


def test_step_equals_the_gradients_worked_out_by_hand() -> None:
    """The notebook's tiny example, with Python's floats alone."""
    x, h_prev, c_prev = 1.0, 0.5, 2.0
    i = f = o = 0.5  # sigmoid(0)
    g = 0.5  # its sum in front is artanh(0.5), given as the bias
    c = f * c_prev + i * g
    dh, dc = 2.0, -0.5
    do = dh * math.tanh(c)
    dc_total = dc + dh * o * (1 - math.tanh(c) ** 2)
    da = [
        dc_total * g * 0.25,
        dc_total * c_prev * 0.25,
        do * 0.25,
        dc_total * i * (1 - g**2),
    ]
    W_xh, W_hh = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[0.5, -0.5, 1.0, -1.0]])
    b = -(x * W_xh[0] + h_prev * W_hh[0]) + np.array([0, 0, 0, math.atanh(0.5)])
    states = np.array([[x]]), np.array([[h_prev]]), np.array([[c_prev]])
    _, c_t, cache = lstm_step_forward(*states, W_xh, W_hh, b)
    assert c_t.item() == pytest.approx(c)
    gradients = lstm_step_backward(np.array([[dh]]), np.array([[dc]]), cache)
    expected = (
        sum(a * w for a, w in zip(da, W_xh[0], strict=True)),
        sum(a * w for a, w in zip(da, W_hh[0], strict=True)),
        dc_total * f,
        [x * a for a in da],
        [h_prev * a for a in da],
        da,
    )
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours.ravel(), theirs, rtol=1e-14)


@pytest.mark.parametrize("name", ["i", "f", "o", "g"])
def test_stages_of_each_gate_equal_numeric_gradients(name: str) -> None:
    """After the nonlinearity a gate is moved itself; before it, the bias that shifts its sum."""
    net = cells(N=2, T=1, D=3, H=4)
    *_, cache = lstm_step_forward(*net.step_arguments)
    stages = lstm_step_stages(net.dh[:, 0], net.dc, cache)

    def loss(gate: FloatArray) -> float:
        moved = cache._replace(**{f"{name}_t": gate})
        c_t = moved.f_t * moved.c_prev + moved.i_t * moved.g_t
        h_t = moved.o_t * np.tanh(c_t)
        return float(np.sum(h_t * net.dh[:, 0]) + np.sum(c_t * net.dc))

    gate = getattr(cache, f"{name}_t")
    after = numeric_gradient(loss, gate)
    np.testing.assert_allclose(getattr(stages, f"d{name}_t"), after, atol=1e-8)
    into = np.arctanh(gate) if name == "g" else np.log(gate / (1 - gate))
    squash = np.tanh if name == "g" else lambda a: 1 / (1 + np.exp(-a))
    before = numeric_gradient(lambda a: loss(squash(a)), into)
    np.testing.assert_allclose(getattr(stages, f"da_{name}"), before, atol=1e-8)


def test_step_is_linear_in_its_two_upstream_gradients() -> None:
    net = cells(N=2, T=1, D=3, H=4)
    *_, cache = lstm_step_forward(*net.step_arguments)
    none = np.zeros_like(net.dc)
    from_h = lstm_step_backward(net.dh[:, 0], none, cache)
    from_c = lstm_step_backward(none, net.dc, cache)
    for both, one, other in zip(_step_gradients(net), from_h, from_c, strict=True):
        np.testing.assert_allclose(both, one + other, atol=1e-12)
        assert np.abs(one).max() > 0 < np.abs(other).max()


def test_step_saturated_gates_stay_finite() -> None:
    net = cells(N=2, T=1, D=3, H=4)
    *_, cache = lstm_step_forward(1e6 * net.x[:, 0], *net.arguments[1:])
    for gradient in lstm_step_backward(net.dh[:, 0], net.dc, cache):
        assert np.isfinite(gradient).all()


# --- the sequence -----------------------------------------------------------------------------


@given(any_cells)
def test_backward_any_sizes_equals_autograd(net: Cells) -> None:
    for name, ours, theirs in zip(
        SEQUENCE_NAMES, _sequence_gradients(net), _autograd_sequence(net), strict=True
    ):
        assert ours.shape == theirs.shape, name
        assert relative_error(ours, theirs) < AUTOGRAD, name


def test_backward_without_recurrent_weights_carries_the_cell_alone() -> None:
    net = cells(N=2, T=4, D=3, H=4)
    still = replace(net, W_hh=0 * net.W_hh)
    *_, cache = lstm_forward(*still.arguments)
    only_last = np.concatenate([np.zeros_like(net.dh[:, 1:]), net.dh[:, :1]], axis=1)
    _, dh_0, dc_0, *_ = lstm_backward(only_last, cache)
    np.testing.assert_array_equal(dh_0, 0)
    at_the_end = only_last[:, -1] * cache[-1].o_t * (1 - np.tanh(cache[-1].c_t) ** 2)
    forgotten = math.prod(step.f_t for step in cache)
    np.testing.assert_allclose(dc_0, at_the_end * forgotten, rtol=1e-12)


def test_backward_of_shut_forget_gates_carries_the_state_alone() -> None:
    net = cells(N=2, T=4, D=3, H=4)
    shut = net.b.copy()
    shut[4:8] = -800.0  # its sigmoid is 0 as a float
    *_, cache = lstm_forward(*net.arguments[:5], shut)
    _, dh_0, dc_0, *_ = lstm_backward(net.dh, cache)
    np.testing.assert_array_equal(dc_0, 0)
    assert np.abs(dh_0).min() > 0


def test_backward_of_no_step_says_so() -> None:
    with pytest.raises(InputError, match="at least one step"):
        lstm_backward(np.zeros((2, 0, 3)), ())


# --- the direct path --------------------------------------------------------------------------

gates = st.builds(
    lambda N, T, H, seed: np.random.default_rng(seed).uniform(size=(N, T, H)),
    size,
    st.integers(1, 8),
    size,
    st.integers(0, 2**32 - 1),
)


@given(gates)
def test_direct_path_gain_is_the_product_of_later_gates(f: FloatArray) -> None:
    gain = direct_path_gain(f)
    N, T, H = f.shape
    for n, t, j in np.ndindex(N, T, H):
        assert gain[n, t, j] == pytest.approx(math.prod(f[n, t + 1 :, j].tolist()), rel=1e-12)


def test_direct_path_gain_equals_numeric_gradient_of_cells_with_held_gates() -> None:
    """Held: the gates do not react, as if no h reached them."""
    rng = np.random.default_rng(0)
    f, written = rng.uniform(size=(2, 1, 5, 3))

    def last_cell(c_1: FloatArray) -> FloatArray:
        c = c_1
        for t in range(2, 5):
            c = f[:, t] * c + written[:, t]
        return c

    gradient = numeric_gradient(last_cell, rng.normal(size=(1, 3)), df=np.ones((1, 3)))
    np.testing.assert_allclose(direct_path_gain(f)[:, 1], gradient, atol=1e-9)


def test_direct_path_gain_of_open_and_shut_gates() -> None:
    f = np.ones((1, 50, 2))
    f[0, 20, 1] = 0.0
    gain = direct_path_gain(f)[0]
    np.testing.assert_array_equal(gain[:, 0], 1)
    np.testing.assert_array_equal(gain[:20, 1], 0)
    np.testing.assert_array_equal(gain[20:, 1], 1)


# --- shapes that do not fit -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wrong", "expected"),
    [
        ("dh_t", (4, 3), "(3, 4) = (N, H). Are the batch and hidden axes swapped?"),
        ("dh_t", (3, 5), "(3, 4) = (N, H)."),
        ("dc_t", (4,), "(3, 4) = (N, H). Is the batch axis missing?"),
    ],
)
def test_step_misshaped_upstream_is_named(name: str, wrong: tuple[int, ...], expected: str) -> None:
    net = cells(N=3, T=1, D=2, H=4)
    *_, cache = lstm_step_forward(*net.step_arguments)
    upstream = {"dh_t": net.dh[:, 0], "dc_t": net.dc, name: np.zeros(wrong)}
    with pytest.raises(ShapeError) as caught:
        lstm_step_backward(**upstream, cache=cache)
    assert str(caught.value) == f"{name} has shape {wrong}; expected {expected}"


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((5, 3, 4), "dh has shape"),
        ((3, 5, 3), "dh has shape"),
        ((3, 4), "dh has shape"),
        ((3, 4, 4), "dh has 4 steps; expected 5"),
    ],
)
def test_backward_misshaped_upstream_is_named(shape: tuple[int, ...], words: str) -> None:
    *_, cache = lstm_forward(*cells(N=3, T=5, D=2, H=4).arguments)
    with pytest.raises(ShapeError, match=f"^{words}"):
        lstm_backward(np.zeros(shape), cache)


def test_direct_path_gain_of_gates_without_time_is_named() -> None:
    with pytest.raises(ShapeError, match=r"^f has shape"):
        direct_path_gain(np.ones((3, 4)))
