"""The reference of unit 01 against a scalar loop, autograd and, where installed, PyTorch."""

import numpy as np
import pytest
from hypothesis import given

from rnn_ref.errors import ShapeError
from rnn_ref.recurrence import (
    RNNStepCache,
    rnn_forward,
    rnn_step_forward,
    rnn_step_stacked,
    stack_weights,
)
from tests.rnn_ref.scalar_rnn import scalar_forward, scalar_step
from tests.rnn_ref.strategies import Network, network, networks

# Sums of at most ten products in another order differ in the last places of numbers near 10,
# 2e-15 each; six steps with weights near 1 can make some hundred times that of it.
ROUNDING = {"rtol": 0.0, "atol": 1e-12}


# --- the step ---------------------------------------------------------------------------------


@given(networks())
def test_step_any_network_equals_scalar_loop(net: Network) -> None:
    h_t, _ = rnn_step_forward(net.x[:, 0], net.h_0, *net.weights)
    expected = [
        scalar_step(x_t, h, net.W_xh.tolist(), net.W_hh.tolist(), net.b_h.tolist())
        for x_t, h in zip(net.x[:, 0].tolist(), net.h_0.tolist(), strict=True)
    ]
    np.testing.assert_allclose(h_t, expected, **ROUNDING)


def test_step_cache_holds_what_backward_needs() -> None:
    net = network(N=2, T=1, D=3, H=4)
    h_t, cache = rnn_step_forward(net.x[:, 0], net.h_0, *net.weights)
    assert isinstance(cache, RNNStepCache)
    np.testing.assert_array_equal(cache.x_t, net.x[:, 0])
    assert cache.h_prev is net.h_0
    assert cache.h_t is h_t
    assert cache.W_xh is net.W_xh
    assert cache.W_hh is net.W_hh


@pytest.mark.parametrize("silent", ["x_t", "h_prev", "b_h"])
def test_step_each_term_moves_the_state(silent: str) -> None:
    net = network(N=2, T=1, D=3, H=4)
    arguments = {"x_t": net.x[:, 0], "h_prev": net.h_0, "b_h": net.b_h}
    weights = {"W_xh": net.W_xh, "W_hh": net.W_hh}
    whole, _ = rnn_step_forward(**arguments, **weights)
    arguments[silent] = np.zeros_like(arguments[silent])
    without, _ = rnn_step_forward(**arguments, **weights)
    assert np.abs(whole - without).max() > 0.1


def test_step_saturated_input_stays_finite_and_within_one() -> None:
    net = network(N=2, T=1, D=3, H=4)
    h_t, _ = rnn_step_forward(1e6 * net.x[:, 0], net.h_0, *net.weights)
    np.testing.assert_array_equal(np.abs(h_t), 1.0)


# --- the sequence -----------------------------------------------------------------------------


@given(networks())
def test_forward_any_network_equals_scalar_loop(net: Network) -> None:
    h, _ = rnn_forward(*net.arguments)
    expected = scalar_forward(*(array.tolist() for array in net.arguments))
    np.testing.assert_allclose(h, expected, **ROUNDING)


def test_forward_reversed_inputs_change_the_last_state() -> None:
    net = network(N=2, T=5, D=3, H=4)
    forwards, _ = rnn_forward(*net.arguments)
    backwards, _ = rnn_forward(net.x[:, ::-1], net.h_0, *net.weights)
    assert np.abs(forwards[:, -1] - backwards[:, -1]).max() > 0.1


def test_forward_first_state_is_used_once() -> None:
    net = network(N=2, T=3, D=3, H=4)
    zeros, _ = rnn_forward(net.x, np.zeros_like(net.h_0), *net.weights)
    h, cache = rnn_forward(*net.arguments)
    assert np.abs(h[:, 0] - zeros[:, 0]).min() > 1e-6
    assert cache[0].h_prev is net.h_0
    assert all(cache[t].h_prev is cache[t - 1].h_t for t in (1, 2))


def test_forward_one_step_one_sequence_equals_step() -> None:
    net = network(N=1, T=1, D=3, H=4)
    h, cache = rnn_forward(*net.arguments)
    h_1, _ = rnn_step_forward(net.x[:, 0], net.h_0, *net.weights)
    np.testing.assert_array_equal(h[:, 0], h_1)
    assert len(cache) == 1


# --- the stacked form -------------------------------------------------------------------------


@given(networks())
def test_stacked_step_any_network_equals_plain_step(net: Network) -> None:
    plain, _ = rnn_step_forward(net.x[:, 0], net.h_0, *net.weights)
    W = stack_weights(net.W_xh, net.W_hh)
    np.testing.assert_allclose(
        rnn_step_stacked(net.x[:, 0], net.h_0, W, net.b_h), plain, **ROUNDING
    )


def test_stack_weights_hidden_rows_come_first() -> None:
    W = stack_weights(np.array([[7.0, 8.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(W, [[1.0, 2.0], [3.0, 4.0], [7.0, 8.0]])


def test_stack_weights_result_does_not_share_memory() -> None:
    net = network(N=1, T=1, D=3, H=4)
    W = stack_weights(net.W_xh, net.W_hh)
    assert not np.shares_memory(W, net.W_xh)
    assert not np.shares_memory(W, net.W_hh)


# --- shapes that do not fit -------------------------------------------------------------------

GOOD_SEQUENCE = {"x": (3, 6, 5), "h_0": (3, 4), "W_xh": (5, 4), "W_hh": (4, 4), "b_h": (4,)}


def test_forward_time_axis_first_asks_about_swapping() -> None:
    arguments = {key: np.zeros(shape) for key, shape in GOOD_SEQUENCE.items()}
    arguments["x"] = np.zeros((6, 3, 5))
    with pytest.raises(ShapeError, match=r"Are the batch and time axes swapped\?$"):
        rnn_forward(**arguments)
