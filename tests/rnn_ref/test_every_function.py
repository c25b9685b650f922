"""What every function of the reference keeps to: arguments stay, calls repeat, precision stays."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from rnn_ref import bptt, extensions, gradient_flow, lstm, lstm_gradients, outputs, recurrence
from rnn_ref.errors import ShapeError
from tests.rnn_ref.lstm_strategies import lstm as lstm_of
from tests.rnn_ref.strategies import network

Call = tuple[Callable[..., Any], tuple[Any, ...]]
N, T, D, H = 2, 3, 5, 4


def with_type(value: Any, dtype: Any) -> Any:
    """Return the same with every array of `dtype`, in tuples and dicts, too."""
    if isinstance(value, dict):
        return {name: with_type(one, dtype) for name, one in value.items()}
    if isinstance(value, tuple):
        made = [with_type(one, dtype) for one in value]
        return getattr(type(value), "_make", tuple)(made)
    return value.astype(dtype) if isinstance(value, np.ndarray) else value


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Yield every array of arguments, results and caches."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict | tuple | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from arrays_in(one)


def normal(*shape: int) -> np.ndarray:
    values = np.random.default_rng(sum(shape)).normal(size=shape)
    return np.asarray(values + np.sign(values) * 0.1)


def backward_calls() -> dict[str, Call]:
    """Functions of an upstream gradient, which comes first, and of what a forward kept."""
    dh, net, cells = normal(N, T, H), network(N, T, D, H), lstm_of(N, T, D, H)
    _, cache = recurrence.rnn_forward(*net.arguments)
    *_, gates = lstm.lstm_forward(*cells.arguments)
    _, gru = extensions.gru_forward(net.x, net.h_0, normal(D, 12), normal(H, 12), normal(12))
    calls: dict[str, Call] = {
        "rnn_step_backward": (bptt.rnn_step_backward, (dh[:, -1], cache[-1])),
        "rnn_backward": (bptt.rnn_backward, (dh, cache)),
        "per_step_weight_gradient": (bptt.per_step_weight_gradient, (dh, cache)),
        "truncated_bptt": (bptt.truncated_bptt, (dh, cache, 2)),
        "state_gradients": (bptt.state_gradients, (dh, cache)),
        "lstm_step_backward": (
            lstm_gradients.lstm_step_backward,
            (dh[:, 0], normal(N, H), gates[0]),
        ),
        "lstm_backward": (lstm_gradients.lstm_backward, (dh, gates)),
        "gru_backward": (extensions.gru_backward, (dh, gru)),
        "output_backward": (outputs.output_backward, (normal(N, T, 6), (dh, normal(H, 6)))),
    }
    for name, at_once in (("mingru_backward", True), ("mingru_backward loop", False)):
        _, kept = extensions.mingru_forward(
            net.x, net.h_0, normal(D, 8), normal(8), at_once=at_once
        )
        calls[name] = (partial(extensions.mingru_backward, at_once=at_once), (dh, kept))
    return calls


def forward_calls() -> dict[str, Call]:
    net, cells = network(N, T, D, H), lstm_of(N, T, D, H)
    by_gate = lstm.split_gates(*cells.weights)
    stacked = recurrence.stack_weights(net.W_xh, net.W_hh)
    gru = (net.x, net.h_0, normal(D, 12), normal(H, 12), normal(12))
    return {
        "rnn_step_forward": (recurrence.rnn_step_forward, (net.x[:, 0], *net.arguments[1:])),
        "rnn_forward": (recurrence.rnn_forward, net.arguments),
        "stack_weights": (recurrence.stack_weights, (net.W_xh, net.W_hh)),
        "rnn_step_stacked": (
            recurrence.rnn_step_stacked,
            (net.x[:, 0], net.h_0, stacked, net.b_h),
        ),
        "lstm_step_forward": (lstm.lstm_step_forward, cells.step_arguments),
        "lstm_forward": (lstm.lstm_forward, cells.arguments),
        "lstm_step_gates": (lstm.lstm_step_gates, (*cells.step_arguments[:3], *by_gate)),
        "direct_path_gain": (lstm_gradients.direct_path_gain, (normal(N, T, H),)),
        "gru_forward": (extensions.gru_forward, gru),
        "mingru_forward": (extensions.mingru_forward, (net.x, net.h_0, normal(D, 8), normal(8))),
        "linear_scan": (extensions.linear_scan, (normal(N, T, H), normal(N, T, H), net.h_0)),
        "output_forward": (outputs.output_forward, (normal(N, T, H), normal(H, 6), normal(6))),
        "linear_gradient_norms": (
            gradient_flow.linear_gradient_norms,
            (net.W_hh, net.h_0[0], 5),
        ),
        "jacobian_product_norms": (
            gradient_flow.jacobian_product_norms,
            (np.tanh(normal(T, H)), net.W_hh),
        ),
        "rescale_spectral_radius": (gradient_flow.rescale_spectral_radius, (net.W_hh, 0.9)),
    }


BACKWARD = backward_calls()
CALLS = forward_calls() | BACKWARD


@pytest.mark.parametrize("name", CALLS)
def test_function_arguments_stay_and_second_call_agrees(name: str) -> None:
    function, arguments = CALLS[name]
    before = [array.copy() for array in arrays_in(arguments)]
    first = [array.copy() for array in arrays_in(function(*arguments))]
    for one, two in zip(first, arrays_in(function(*arguments)), strict=True):
        np.testing.assert_array_equal(one, two)
    for array, copy in zip(arrays_in(arguments), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", CALLS)
def test_function_single_precision_stays_single(name: str) -> None:
    function, arguments = CALLS[name]
    single = function(*with_type(arguments, np.float32))
    double = function(*arguments)
    for one, other in zip(arrays_in(single), arrays_in(double), strict=True):
        if "norms" not in name:  # these are told in double precision
            assert one.dtype == np.float32
        # A few steps of float32's 6e-8, summed, on numbers of some tens.
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", BACKWARD)
def test_backward_result_shares_no_memory_with_upstream(name: str) -> None:
    function, arguments = BACKWARD[name]
    for array in arrays_in(function(*arguments)):
        assert not np.shares_memory(array, arguments[0])


@pytest.mark.parametrize("name", BACKWARD)
def test_backward_whole_numbers_upstream_are_taken_as_floats(name: str) -> None:
    function, (upstream, *others) = BACKWARD[name]
    whole = np.rint(3 * upstream)
    given, expected = function(whole.astype(int), *others), function(whole, *others)
    for one, other in zip(arrays_in(given), arrays_in(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


# --- shapes that do not fit -----------------------------------------------------------------------

Shapes = dict[str, tuple[int, ...]]


def shapes_of(gates: int, states: int, at_once: bool) -> Shapes:
    """The arguments of a cell, a step's or a sequence's, whose matrices have blocks for gates."""
    first = {"x": (3, 6, 5)} if at_once else {"x_t": (3, 5)}
    names = ("h_0", "c_0") if at_once else ("h_prev", "c_prev")
    weights = {"W_xh": (5, 4 * gates), "W_hh": (4, 4 * gates)}
    bias = "b_h" if gates == 1 else "b"
    return {**first, **dict.fromkeys(names[:states], (3, 4)), **weights, bias: (4 * gates,)}


RNN, RNN_STEP = shapes_of(1, 1, True), shapes_of(1, 1, False)
LSTM, LSTM_STEP = shapes_of(4, 2, True), shapes_of(4, 2, False)
GRU = shapes_of(3, 1, True)
MINGRU = {name: shape for name, shape in shapes_of(2, 1, True).items() if name != "W_hh"}
STACK: Shapes = {"W_xh": (5, 4), "W_hh": (4, 4)}
STACKED: Shapes = {"x_t": (3, 5), "h_prev": (3, 4), "W": (9, 4), "b_h": (4,)}


@pytest.mark.parametrize(
    ("function", "good", "name", "wrong", "expected"),
    [
        (recurrence.rnn_step_forward, RNN_STEP, "x_t", (5, 3), "(N, 5) = (N, D)"),
        (recurrence.rnn_step_forward, RNN_STEP, "h_prev", (4, 3), "(3, 4) = (N, H)"),
        (recurrence.rnn_step_forward, RNN_STEP, "W_xh", (4, 5), "(D, 4) = (D, H)"),
        (recurrence.rnn_step_forward, RNN_STEP, "W_hh", (4, 3), "(4, 4) = (H, H)"),
        (recurrence.rnn_step_forward, RNN_STEP, "b_h", (1, 4), "(4,) = (H,)"),
        (recurrence.rnn_forward, RNN, "x", (6, 3, 5), "(3, T, 5) = (N, T, D)"),
        (recurrence.rnn_forward, RNN, "h_0", (4, 3), "(N, 4) = (N, H)"),
        (recurrence.rnn_forward, RNN, "W_xh", (4, 5), "(D, 4) = (D, H)"),
        (recurrence.rnn_forward, RNN, "W_hh", (3, 4), "(3, 3) = (H, H)"),
        (recurrence.rnn_forward, RNN, "b_h", (5,), "(4,) = (H,)"),
        (recurrence.stack_weights, STACK, "W_xh", (4, 5), "(D, 4) = (D, H)"),
        (recurrence.stack_weights, STACK, "W_hh", (4, 3), "(4, 4) = (H, H)"),
        (recurrence.rnn_step_stacked, STACKED, "x_t", (5,), "(N, D)"),
        (recurrence.rnn_step_stacked, STACKED, "h_prev", (4, 3), "(3, 4) = (N, H)"),
        (recurrence.rnn_step_stacked, STACKED, "W", (4, 9), "(9, 4) = (H+D, H)"),
        (recurrence.rnn_step_stacked, STACKED, "b_h", (4, 1), "(H,)"),
        (lstm.lstm_step_forward, LSTM_STEP, "x_t", (5, 3), "(N, 5) = (N, D)"),
        (lstm.lstm_step_forward, LSTM_STEP, "h_prev", (4, 3), "(3, 4) = (N, H)"),
        (lstm.lstm_step_forward, LSTM_STEP, "c_prev", (4, 3), "(3, 4) = (N, H)"),
        (lstm.lstm_step_forward, LSTM_STEP, "W_xh", (16, 5), "(D, 16) = (D, 4H)"),
        (lstm.lstm_step_forward, LSTM_STEP, "W_hh", (4, 12), "(4, 16) = (H, 4H)"),
        (lstm.lstm_step_forward, LSTM_STEP, "b", (4,), "(16,) = (4H,)"),
        (lstm.lstm_forward, LSTM, "x", (6, 3, 5), "(3, T, 5) = (N, T, D)"),
        (lstm.lstm_forward, LSTM, "h_0", (4, 3), "(N, 4) = (N, H)"),
        (lstm.lstm_forward, LSTM, "c_0", (3, 1, 4), "(3, 4) = (N, H)"),
        (lstm.lstm_forward, LSTM, "b", (1, 16), "(16,) = (4H,)"),
        (extensions.gru_forward, GRU, "W_hh", (4, 16), "(4, 12) = (H, 3H)"),
        (extensions.gru_forward, GRU, "W_xh", (12, 5), "(D, 12) = (D, 3H)"),
        (extensions.gru_forward, GRU, "b", (4,), "(12,) = (3H,)"),
        (extensions.gru_forward, GRU, "h_0", (4, 3), "(N, 4) = (N, H)"),
        (extensions.gru_forward, GRU, "x", (6, 3, 5), "(3, T, 5) = (N, T, D)"),
        (extensions.mingru_forward, MINGRU, "W_xh", (5, 4), "(D, 8) = (D, 2H)"),
        (extensions.mingru_forward, MINGRU, "b", (4,), "(8,) = (2H,)"),
        (extensions.mingru_forward, MINGRU, "x", (6, 3, 5), "(3, T, 5) = (N, T, D)"),
    ],
)
def test_function_misshaped_argument_is_named_with_both_shapes(
    function: Callable[..., Any], good: Shapes, name: str, wrong: tuple[int, ...], expected: str
) -> None:
    arguments = {key: np.zeros(shape) for key, shape in good.items()}
    function(**arguments)  # the other shapes are not to blame
    arguments[name] = np.zeros(wrong)
    with pytest.raises(ShapeError) as caught:
        function(**arguments)
    assert str(caught.value).startswith(f"{name} has shape {wrong}; expected {expected}.")
