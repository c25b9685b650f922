"""The reference of unit 08 against a scalar loop, autograd and, where installed, PyTorch."""

from math import exp, tanh

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.lstm import (
    GATES,
    LSTMStepCache,
    lstm_forward,
    lstm_step_forward,
    lstm_step_gates,
    program_gates,
    sigmoid,
    split_gates,
)
from tests.rnn_ref.lstm_strategies import LSTM, lstm, lstms
from tests.rnn_ref.scalar_lstm import scalar_lstm_forward, scalar_lstm_step

# Sums of at most ten products in another order differ in the last places of numbers near 10,
# 2e-15 each; six steps with weights near 1 can make some hundred times that of it.
ROUNDING = {"rtol": 0.0, "atol": 1e-12}

# --- the sigmoid ------------------------------------------------------------------------------


@given(st.floats(-700, 700))
def test_sigmoid_any_number_equals_formula(z: float) -> None:
    # Both sides round a handful of times, 1.1e-16 of the value each.
    np.testing.assert_allclose(sigmoid(np.array(z)), 1 / (1 + exp(-z)), rtol=1e-14, atol=0.0)


def test_sigmoid_huge_numbers_saturate_without_a_warning() -> None:
    with np.errstate(all="raise", under="ignore"):
        values = sigmoid(np.array([-np.inf, -1e6, 0.0, 1e6, np.inf]))
    np.testing.assert_array_equal(values, [0.0, 0.0, 0.5, 1.0, 1.0])


# --- the step ---------------------------------------------------------------------------------


@given(lstms())
def test_step_any_cell_equals_scalar_loop(net: LSTM) -> None:
    h_t, c_t, _ = lstm_step_forward(*net.step_arguments)
    for n in range(len(net.x)):
        expected = scalar_lstm_step(
            *(a[n].tolist() for a in (net.x[:, 0], net.h_0, net.c_0)),
            *(a.tolist() for a in net.weights),
        )
        np.testing.assert_allclose((h_t[n], c_t[n]), expected, **ROUNDING)


def test_step_cache_holds_what_backward_needs() -> None:
    net = lstm(N=2, T=1, D=3, H=4)
    h_t, c_t, cache = lstm_step_forward(*net.step_arguments)
    assert isinstance(cache, LSTMStepCache)
    assert " ".join(cache._fields) == "x_t h_prev c_prev i_t f_t o_t g_t c_t W_xh W_hh"
    np.testing.assert_array_equal(cache.x_t, net.x[:, 0])
    assert cache.h_prev is net.h_0
    assert cache.c_prev is net.c_0
    assert cache.c_t is c_t
    assert cache.W_xh is net.W_xh
    assert cache.W_hh is net.W_hh
    np.testing.assert_allclose(cache.f_t * net.c_0 + cache.i_t * cache.g_t, c_t, **ROUNDING)
    np.testing.assert_allclose(cache.o_t * np.tanh(c_t), h_t, **ROUNDING)


@pytest.mark.parametrize("silent", ["x_t", "h_prev", "c_prev", "b"])
def test_step_each_term_moves_both_states(silent: str) -> None:
    net = lstm(N=2, T=1, D=3, H=4)
    names = ["x_t", "h_prev", "c_prev", "W_xh", "W_hh", "b"]
    arguments = dict(zip(names, net.step_arguments, strict=True))
    whole = lstm_step_forward(**arguments)
    arguments[silent] = np.zeros_like(arguments[silent])
    without = lstm_step_forward(**arguments)
    assert np.abs(whole[0] - without[0]).max() > 0.1
    assert np.abs(whole[1] - without[1]).max() > 0.1


def _one_gate_at_work(block: int, bias: float) -> tuple[float, float]:
    """One unit, c_prev = 2, all biases 0 but one; ``(h_t, c_t)``."""
    b = np.zeros(4)
    b[block] = bias
    zero = np.zeros((1, 1))
    h_t, c_t, _ = lstm_step_forward(
        zero, zero, np.array([[2.0]]), np.zeros((1, 4)), np.zeros((1, 4)), b
    )
    return h_t.item(), c_t.item()


def test_step_gates_stand_in_the_order_i_f_o_g() -> None:
    # At rest i = f = o = 1/2 and g = 0: c = 1, h = tanh(1)/2.
    assert _one_gate_at_work(0, 50.0) == pytest.approx((tanh(1) / 2, 1.0))  # nothing to write
    assert _one_gate_at_work(1, 50.0) == pytest.approx((tanh(2) / 2, 2.0))  # all is kept
    assert _one_gate_at_work(2, 50.0) == pytest.approx((tanh(1), 1.0))  # all is shown
    assert _one_gate_at_work(3, 50.0) == pytest.approx((tanh(1.5) / 2, 1.5))  # a half is added


@given(lstms())
def test_step_saturated_gates_stay_finite(net: LSTM) -> None:
    huge = tuple(1e6 * array for array in net.weights)
    with np.errstate(over="raise", invalid="raise"):
        h_t, c_t, _ = lstm_step_forward(net.x[:, 0], net.h_0, net.c_0, *huge)
    assert np.all(np.abs(h_t) <= 1)
    assert np.all(np.abs(c_t) <= np.abs(net.c_0) + 1)


# --- the sequence -----------------------------------------------------------------------------


@given(lstms())
def test_forward_any_cell_equals_scalar_loop(net: LSTM) -> None:
    h, c, _ = lstm_forward(*net.arguments)
    expected = scalar_lstm_forward(*(array.tolist() for array in net.arguments))
    np.testing.assert_allclose((h, c), expected, **ROUNDING)


def test_forward_first_cell_state_is_used_once_and_carried() -> None:
    net = lstm(N=2, T=3, D=3, H=4)
    _, zeros, _ = lstm_forward(net.x, net.h_0, np.zeros_like(net.c_0), *net.weights)
    _, c, cache = lstm_forward(*net.arguments)
    np.testing.assert_allclose(c[:, 0] - zeros[:, 0], cache[0].f_t * net.c_0, **ROUNDING)
    assert cache[0].c_prev is net.c_0
    assert all(cache[t].c_prev is cache[t - 1].c_t for t in (1, 2))


# --- a matrix per gate ------------------------------------------------------------------------


@given(lstms())
def test_step_gates_any_cell_equals_stacked_step(net: LSTM) -> None:
    stacked = lstm_step_forward(*net.step_arguments)
    per_gate = lstm_step_gates(net.x[:, 0], net.h_0, net.c_0, *split_gates(*net.weights))
    np.testing.assert_allclose(per_gate, stacked[:2], **ROUNDING)


def test_split_gates_blocks_put_side_by_side_give_the_stacked_weights() -> None:
    net = lstm(N=1, T=1, D=3, H=4)
    W, U, b = split_gates(*net.weights)
    np.testing.assert_array_equal(np.hstack([W[gate] for gate in GATES]), net.W_hh)
    np.testing.assert_array_equal(np.hstack([U[gate] for gate in GATES]), net.W_xh)
    np.testing.assert_array_equal(np.hstack([b[gate] for gate in GATES]), net.b)


# --- gates programmed by hand -----------------------------------------------------------------


@pytest.mark.parametrize(("bias", "kept"), [(5.0, 0.51), (10.0, 0.995)])
def test_forget_bias_over_100_steps_keeps_what_the_notebook_says(bias: float, kept: float) -> None:
    b = np.array([-1000.0, bias, 0.0, 0.0])
    zero = np.zeros((1, 4))
    x, h_0, c_0 = np.zeros((1, 100, 1)), np.zeros((1, 1)), np.ones((1, 1))
    _, c, _ = lstm_forward(x, h_0, c_0, zero, zero, b)
    assert c[0, -1, 0] == pytest.approx((1 / (1 + exp(-bias))) ** 100)
    assert round(c[0, -1, 0], len(str(kept)) - 2) == kept


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=4), st.data())
def test_program_gates_any_writes_are_held_up_to_100_steps(
    plan: list[tuple[int, bool]], data: st.DataObject
) -> None:
    seed = data.draw(st.integers(0, 2**32 - 1), label="noise")
    rng = np.random.default_rng(seed)
    rows, stored = [[1.0, 0.0]], [0.0]
    for hold, positive in plan:
        bit = 1.0 if positive else -1.0
        rows += [[bit, 1.0], *([noise, 0.0] for noise in rng.choice([-1.0, 1.0], size=hold))]
        stored += [bit] * (hold + 1)
    zero = np.zeros((1, 1))
    h, c, _ = lstm_forward(np.array([rows]), zero, zero, *program_gates())
    np.testing.assert_allclose(c[0, :, 0], stored, rtol=0.0, atol=0.1)
    np.testing.assert_allclose(h[0, :, 0], np.tanh(stored), rtol=0.0, atol=0.1)


# --- what the notebook says -------------------------------------------------------------------


def test_notebook_sigmoids_are_as_said() -> None:
    values = sigmoid(np.array([0.0, 2.0, 5.0, -2.0]))
    assert [round(float(v), 4) for v in values] == [0.5, 0.8808, 0.9933, 0.1192]


def test_notebook_step_by_hand_is_as_said_in_both_forms() -> None:
    weights = (
        np.array([[np.log(3), 0.0, np.log(4), np.log(3)]]),
        np.array([[0.0, 2.0, 0.0, 0.0]]),
        np.array([0.0, -1.0, 0.0, 0.0]),
    )
    x_t, h_prev, c_prev = (np.array([[number]]) for number in (1.0, 0.5, 2.0))
    h_t, c_t, cache = lstm_step_forward(x_t, h_prev, c_prev, *weights)
    gates = (cache.i_t, cache.f_t, cache.o_t, cache.g_t)
    assert [gate.item() for gate in gates] == pytest.approx([0.75, 0.5, 0.8, 0.8])
    assert (c_t.item(), round(h_t.item(), 4)) == (pytest.approx(1.6), 0.7373)
    per_gate = lstm_step_gates(x_t, h_prev, c_prev, *split_gates(*weights))
    np.testing.assert_allclose(per_gate, (h_t, c_t), **ROUNDING)


def test_notebook_sequence_by_hand_is_as_said() -> None:
    zero = np.zeros((1, 4))
    b = np.array([-30.0, 0.0, 0.0, 0.0])
    x, h_0, c_0 = np.zeros((1, 3, 1)), np.zeros((1, 1)), np.array([[8.0]])
    h, c, _ = lstm_forward(x, h_0, c_0, zero, zero, b)
    np.testing.assert_allclose(c[0, :, 0], [4.0, 2.0, 1.0], rtol=1e-12)
    assert h[0, :, 0].round(4).tolist() == [0.4997, 0.482, 0.3808]


# --- shapes that do not fit -------------------------------------------------------------------


def test_step_gates_misshaped_matrix_is_named_with_its_gate() -> None:
    net = lstm(N=2, T=1, D=3, H=4)
    W, U, b = split_gates(*net.weights)
    U["o"] = U["o"].T
    with pytest.raises(ShapeError, match=r"^U\['o'\] has shape \(4, 3\); expected \(3, 4\)"):
        lstm_step_gates(*net.step_arguments[:3], W, U, b)


def test_step_gates_missing_gate_is_named() -> None:
    net = lstm(N=2, T=1, D=3, H=4)
    W, U, b = split_gates(*net.weights)
    del b["c"]
    with pytest.raises(InputError, match=r"^b has no 'c'; expected the keys i, f, o, c\.$"):
        lstm_step_gates(*net.step_arguments[:3], W, U, b)
