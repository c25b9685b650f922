"""The reference of unit 08 against a scalar loop, autograd and, where installed, PyTorch."""

from collections.abc import Callable
from math import exp, tanh
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
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
from tests.rnn_ref.differences import central_differences
from tests.rnn_ref.lstm_strategies import LSTM, lstm, lstms
from tests.rnn_ref.scalar_lstm import scalar_lstm_forward, scalar_lstm_step
from tests.rnn_ref.strategies import FloatArray

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


@given(lstms(), st.data())
def test_forward_split_anywhere_equals_whole(net: LSTM, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, net.x.shape[1]), label="cut")
    whole_h, whole_c, whole_cache = lstm_forward(*net.arguments)
    h_1, c_1, cache_1 = lstm_forward(net.x[:, :cut], net.h_0, net.c_0, *net.weights)
    between = (h_1[:, -1], c_1[:, -1]) if cut else (net.h_0, net.c_0)
    h_2, c_2, cache_2 = lstm_forward(net.x[:, cut:], *between, *net.weights)
    np.testing.assert_allclose(np.concatenate([h_1, h_2], axis=1), whole_h, **ROUNDING)
    np.testing.assert_allclose(np.concatenate([c_1, c_2], axis=1), whole_c, **ROUNDING)
    assert len(cache_1) + len(cache_2) == len(whole_cache)


@given(lstms())
def test_forward_each_sequence_alone_equals_its_row_of_the_batch(net: LSTM) -> None:
    h, c, _ = lstm_forward(*net.arguments)
    for n in range(len(net.x)):
        row = slice(n, n + 1)
        alone = lstm_forward(net.x[row], net.h_0[row], net.c_0[row], *net.weights)
        np.testing.assert_allclose(alone[:2], (h[row], c[row]), **ROUNDING)


@given(lstms(min_T=2))
def test_forward_later_input_leaves_earlier_states_alone(net: LSTM) -> None:
    changed = net.x.copy()
    changed[:, -1] += 1.0
    before = lstm_forward(*net.arguments)
    after = lstm_forward(changed, *net.arguments[1:])
    for earlier, later in zip(before[:2], after[:2], strict=True):
        np.testing.assert_array_equal(earlier[:, :-1], later[:, :-1])


def test_forward_first_cell_state_is_used_once_and_carried() -> None:
    net = lstm(N=2, T=3, D=3, H=4)
    _, zeros, _ = lstm_forward(net.x, net.h_0, np.zeros_like(net.c_0), *net.weights)
    _, c, cache = lstm_forward(*net.arguments)
    np.testing.assert_allclose(c[:, 0] - zeros[:, 0], cache[0].f_t * net.c_0, **ROUNDING)
    assert cache[0].c_prev is net.c_0
    assert all(cache[t].c_prev is cache[t - 1].c_t for t in (1, 2))


@pytest.mark.parametrize(("N", "T"), [(0, 3), (2, 0), (0, 0)])
def test_forward_nothing_to_read_returns_empty_states(N: int, T: int) -> None:
    h, c, cache = lstm_forward(*lstm(N=N, T=T, D=3, H=4).arguments)
    assert h.shape == c.shape == (N, T, 4)
    assert len(cache) == T


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


# --- all of them ------------------------------------------------------------------------------


def _calls(net: LSTM) -> dict[str, Callable[[], Any]]:
    return {
        "step": lambda: lstm_step_forward(*net.step_arguments)[:2],
        "forward": lambda: lstm_forward(*net.arguments)[:2],
        "gates": lambda: lstm_step_gates(*net.step_arguments[:3], *split_gates(*net.weights)),
    }


@pytest.mark.parametrize("function", ["step", "forward", "gates"])
@given(net=lstms())
def test_function_arguments_stay_and_second_call_agrees(function: str, net: LSTM) -> None:
    call = _calls(net)[function]
    before = [array.copy() for array in net.arguments]
    first = [array.copy() for array in call()]
    np.testing.assert_array_equal(call(), first)
    for array, copy in zip(net.arguments, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("function", ["step", "forward", "gates"])
def test_function_single_precision_stays_single(function: str) -> None:
    single = LSTM(*(a.astype(np.float32) for a in lstm(N=2, T=3, D=3, H=4).arguments))
    result = _calls(single)[function]()
    assert {array.dtype for array in result} == {np.dtype(np.float32)}
    expected = _calls(lstm(N=2, T=3, D=3, H=4))[function]()
    np.testing.assert_allclose(result, expected, atol=1e-5)  # three steps of float32's 6e-8


# --- autograd: values and gradients -----------------------------------------------------------


def _autograd_states(x: Any, h_0: Any, c_0: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    """The columns of the slides for each sequence, in autograd's NumPy; h and c, (2, N, T, H)."""
    H = h_0.shape[1]
    h, c, h_states, c_states = h_0.T, c_0.T, [], []
    for t in range(x.shape[1]):
        z = anp.dot(W_hh.T, h) + anp.dot(W_xh.T, x[:, t].T) + b[:, None]
        i, f, o = ((1 + anp.tanh(z[k * H : (k + 1) * H] / 2)) / 2 for k in range(3))
        c = f * c + i * anp.tanh(z[3 * H :])
        h = o * anp.tanh(c)
        h_states.append(h.T)
        c_states.append(c.T)
    return anp.stack([anp.stack(h_states, axis=1), anp.stack(c_states, axis=1)])


def test_forward_values_equal_autograd_numpy() -> None:
    net = lstm(N=2, T=5, D=3, H=4)
    np.testing.assert_allclose(
        lstm_forward(*net.arguments)[:2], _autograd_states(*net.arguments), **ROUNDING
    )


@pytest.mark.parametrize("index", range(6), ids=["x", "h_0", "c_0", "W_xh", "W_hh", "b"])
def test_forward_central_differences_equal_autograd_gradient(index: int) -> None:
    net = lstm(N=2, T=4, D=3, H=4)
    upstream = np.random.default_rng(1).normal(size=(2, 2, 4, 4))
    analytic = grad(lambda *a: anp.sum(_autograd_states(*a) * upstream), index)(*net.arguments)

    def loss(array: FloatArray) -> float:
        arguments = list(net.arguments)
        arguments[index] = array
        return float(np.sum(np.stack(lstm_forward(*arguments)[:2]) * upstream))

    # Error of a central difference: step² from the third derivative, 1e-16/step from rounding.
    np.testing.assert_allclose(central_differences(loss, net.arguments[index]), analytic, atol=1e-7)


# --- PyTorch, where it is installed -----------------------------------------------------------


def test_forward_values_equal_torch_lstm() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is an optional second oracle")
    net = lstm(N=2, T=5, D=3, H=4)
    order = [0, 1, 3, 2]  # PyTorch's rows: i, f, g, o
    module = torch.nn.LSTM(3, 4, batch_first=True, dtype=torch.float64)

    def rows(array: FloatArray) -> Any:
        blocks = np.split(array, 4, axis=-1)
        return torch.from_numpy(np.concatenate([blocks[k] for k in order], axis=-1).T.copy())

    with torch.no_grad():
        module.weight_ih_l0.copy_(rows(net.W_xh))
        module.weight_hh_l0.copy_(rows(net.W_hh))
        module.bias_ih_l0.copy_(rows(net.b))
        module.bias_hh_l0.zero_()  # PyTorch has two biases; ours is their sum
    first = torch.from_numpy(net.h_0)[None], torch.from_numpy(net.c_0)[None]
    expected, (_, c_last) = module(torch.from_numpy(net.x), first)
    h, c, _ = lstm_forward(*net.arguments)
    np.testing.assert_allclose(h, expected.detach().numpy(), **ROUNDING)
    np.testing.assert_allclose(c[:, -1], c_last[0].detach().numpy(), **ROUNDING)


# --- shapes that do not fit -------------------------------------------------------------------

GOOD = {
    "x_t": (3, 5),
    "h_prev": (3, 4),
    "c_prev": (3, 4),
    "W_xh": (5, 16),
    "W_hh": (4, 16),
    "b": (16,),
}
GOOD_SEQUENCE = {
    "x": (3, 6, 5),
    "h_0": (3, 4),
    "c_0": (3, 4),
    "W_xh": (5, 16),
    "W_hh": (4, 16),
    "b": (16,),
}


@pytest.mark.parametrize(
    ("function", "good", "name", "wrong", "expected"),
    [
        (lstm_step_forward, GOOD, "x_t", (5, 3), "(N, 5) = (N, D)"),
        (lstm_step_forward, GOOD, "h_prev", (4, 3), "(3, 4) = (N, H)"),
        (lstm_step_forward, GOOD, "c_prev", (4, 3), "(3, 4) = (N, H)"),
        (lstm_step_forward, GOOD, "W_xh", (16, 5), "(D, 16) = (D, 4H)"),
        (lstm_step_forward, GOOD, "W_hh", (4, 12), "(4, 16) = (H, 4H)"),
        (lstm_step_forward, GOOD, "b", (4,), "(16,) = (4H,)"),
        (lstm_forward, GOOD_SEQUENCE, "x", (6, 3, 5), "(3, T, 5) = (N, T, D)"),
        (lstm_forward, GOOD_SEQUENCE, "h_0", (4, 3), "(N, 4) = (N, H)"),
        (lstm_forward, GOOD_SEQUENCE, "c_0", (3, 1, 4), "(3, 4) = (N, H)"),
        (lstm_forward, GOOD_SEQUENCE, "b", (1, 16), "(16,) = (4H,)"),
    ],
)
def test_function_misshaped_argument_is_named_with_both_shapes(
    function: Callable[..., Any],
    good: dict[str, tuple[int, ...]],
    name: str,
    wrong: tuple[int, ...],
    expected: str,
) -> None:
    arguments = {key: np.zeros(shape) for key, shape in good.items()}
    function(**arguments)  # the other shapes are not to blame
    arguments[name] = np.zeros(wrong)
    with pytest.raises(ShapeError) as caught:
        function(**arguments)
    assert str(caught.value).startswith(f"{name} has shape {wrong}; expected {expected}.")


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
