"""The reference of unit 05 against sums over paths, autograd and, where installed, PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref.bptt import (
    Gradients,
    per_step_weight_gradient,
    rnn_backward,
    rnn_step_backward,
    state_gradients,
    truncated_bptt,
)
from rnn_ref.errors import InputError, ShapeError
from rnn_ref.recurrence import RNNCache, rnn_forward, rnn_step_forward
from tests.rnn_ref import scalar_bptt
from tests.rnn_ref.strategies import FloatArray, Network, network, networks

NAMES = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h")

# Sums of products in another order differ by some 1e-15 of their largest terms. Six steps with
# weights near 1 can make gradients of some thousands, whose terms cancel.
ROUNDING = {"rtol": 1e-10, "atol": 1e-10}


def upstream(net: Network, seed: int = 1) -> FloatArray:
    """No entry is zero, and no step is like another."""
    N, T, _ = net.x.shape
    shape = (N, T, len(net.b_h))
    values: FloatArray = np.random.default_rng(seed).normal(size=shape)
    return values + np.sign(values) * 0.1


def run(net: Network) -> RNNCache:
    return rnn_forward(*net.arguments)[1]


def assert_all_close(got: Gradients, expected: Any) -> None:
    for name, ours, theirs in zip(NAMES, got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, **ROUNDING, err_msg=name)


# --- a sum over paths, number by number ---------------------------------------------------------


@given(networks())
def test_step_backward_any_network_equals_sum_over_paths(net: Network) -> None:
    one = Network(net.x[:, :1], *net.arguments[1:])
    _, cache = rnn_step_forward(one.x[:, 0], one.h_0, *one.weights)
    dh = upstream(one)
    expected = scalar_bptt.backward(dh, *one.arguments)
    dx_t, dh_prev, *weights = rnn_step_backward(dh[:, 0], cache)
    assert_all_close((dx_t[:, None], dh_prev, *weights), [expected[name] for name in NAMES])


@given(networks())
def test_backward_any_network_equals_sum_over_paths(net: Network) -> None:
    dh = upstream(net)
    expected = scalar_bptt.backward(dh, *net.arguments)
    assert_all_close(rnn_backward(dh, run(net)), [expected[name] for name in NAMES])


@given(networks())
def test_per_step_any_network_equals_sum_over_paths(net: Network) -> None:
    dh = upstream(net)
    expected = scalar_bptt.backward(dh, *net.arguments)["by_loss"]
    np.testing.assert_allclose(per_step_weight_gradient(dh, run(net)), expected, **ROUNDING)


@given(networks(), st.integers(1, 7))
def test_truncated_any_chunk_equals_sum_over_uncut_paths(net: Network, k: int) -> None:
    dh = upstream(net)
    expected = scalar_bptt.backward(dh, *net.arguments, chunk=k)
    assert_all_close(truncated_bptt(dh, run(net), k), [expected[name] for name in NAMES])


# --- properties ---------------------------------------------------------------------------------


@given(networks())
def test_backward_sums_of_upstreams_give_sums_of_gradients(net: Network) -> None:
    cache, dh, other = run(net), upstream(net), upstream(net, seed=2)
    both = rnn_backward(dh + 2 * other, cache)
    parts = zip(rnn_backward(dh, cache), rnn_backward(other, cache), strict=True)
    assert_all_close(both, [a + 2 * b for a, b in parts])


@given(networks())
def test_per_step_slices_sum_to_whole_gradient(net: Network) -> None:
    cache, dh = run(net), upstream(net)
    slices = per_step_weight_gradient(dh, cache)
    np.testing.assert_allclose(slices.sum(axis=0), rnn_backward(dh, cache)[3], **ROUNDING)


@given(networks(), st.integers(0, 3))
def test_truncated_nothing_to_cut_equals_whole(net: Network, more: int) -> None:
    cache, dh = run(net), upstream(net)
    assert_all_close(
        truncated_bptt(dh, cache, net.x.shape[1] + more),
        rnn_backward(dh, cache),
    )


@given(networks(), st.integers(1, 6))
def test_truncated_equals_chunks_run_on_their_own(net: Network, k: int) -> None:
    """The forward is run once more for every chunk, from the state that was handed on."""
    h, cache = rnn_forward(*net.arguments)
    dh = upstream(net)
    totals = [np.zeros_like(array) for array in net.weights]
    dx, starts = [], []
    for start in range(0, net.x.shape[1], k):
        before = net.h_0 if start == 0 else h[:, start - 1]
        _, own = rnn_forward(net.x[:, start : start + k], before, *net.weights)
        chunk_dx, dh_0, *weights = rnn_backward(dh[:, start : start + k], own)
        dx.append(chunk_dx)
        starts.append(dh_0)
        totals = [total + share for total, share in zip(totals, weights, strict=True)]
    assert_all_close(truncated_bptt(dh, cache, k), [np.concatenate(dx, axis=1), starts[0], *totals])


@given(networks())
def test_state_gradients_give_the_carries_of_backward(net: Network) -> None:
    """Summed over the losses, the triangle holds the whole gradient of each state."""
    cache, dh = run(net), upstream(net)
    whole = state_gradients(dh, cache).sum(axis=0)  # (T, N, H): dL/dh_s
    steps = [rnn_step_backward(whole[s], step) for s, step in enumerate(cache)]
    dx, dh_0, *weights = rnn_backward(dh, cache)
    assert_all_close(
        (
            np.stack([step[0] for step in steps], axis=1),
            steps[0][1],
            *(np.sum([step[i] for step in steps], axis=0) for i in (2, 3, 4)),
        ),
        [dx, dh_0, *weights],
    )


def test_state_gradients_later_states_have_none() -> None:
    net = network(N=2, T=4, D=3, H=5)
    triangle = state_gradients(upstream(net), run(net))
    for t, s in np.ndindex(4, 4):
        assert bool(np.all(triangle[t, s] == 0)) == (s > t)


# --- the slides' one path (slip 4) --------------------------------------------------------------


def _one_path(net: Network, dh_T: FloatArray) -> tuple[FloatArray, FloatArray]:
    """dW_xh and dW_hh of the displayed formula: dL_T/dh_T times Jacobians times dh_1/dW alone."""
    cache = run(net)
    carry = dh_T
    for step in cache[:0:-1]:
        _, carry, *_ = rnn_step_backward(carry, step)
    _, _, dW_xh, dW_hh, _ = rnn_step_backward(carry, cache[0])
    return dW_xh, dW_hh


def test_one_path_first_state_zero_leaves_no_share_to_hidden_weights_but_to_input_weights() -> None:
    net = network(N=2, T=4, D=3, H=5)
    from_zero = Network(net.x, np.zeros_like(net.h_0), *net.weights)
    dW_xh, dW_hh = _one_path(from_zero, upstream(net)[:, -1])
    np.testing.assert_array_equal(dW_hh, 0)
    assert np.abs(dW_xh).max() > 1e-3


def test_one_path_is_not_the_gradient_of_the_last_loss() -> None:
    net = network(N=2, T=4, D=3, H=5)
    dh = upstream(net)
    whole = per_step_weight_gradient(dh, run(net))[-1]
    assert np.abs(_one_path(net, dh[:, -1])[1] - whole).max() > 0.1 * np.abs(whole).max()


# --- all of them --------------------------------------------------------------------------------


@given(networks())
def test_backward_each_sequence_alone_sums_to_the_batch(net: Network) -> None:
    dh = upstream(net)
    whole = rnn_backward(dh, run(net))
    alone = [
        rnn_backward(
            dh[n : n + 1], run(Network(net.x[n : n + 1], net.h_0[n : n + 1], *net.weights))
        )
        for n in range(len(net.x))
    ]
    joined = [np.concatenate([gradients[i] for gradients in alone]) for i in (0, 1)]
    summed = [np.sum([gradients[i] for gradients in alone], axis=0) for i in (2, 3, 4)]
    assert_all_close(whole, [*joined, *summed])


# --- PyTorch, where it is installed -------------------------------------------------------------


def _torch_gradients(net: Network, dh: FloatArray, chunk: int | None) -> list[FloatArray]:
    """Return the five gradients; `chunk` detaches the state at every border, as people do."""
    torch = pytest.importorskip("torch", reason="PyTorch is an optional second oracle")
    tensors = [torch.tensor(array, requires_grad=True) for array in net.arguments]
    x, h_0, W_xh, W_hh, b_h = tensors
    state, loss = h_0, 0.0
    for t in range(x.shape[1]):
        if chunk is not None and t > 0 and t % chunk == 0:
            state = state.detach()
        state = torch.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        loss = loss + (torch.from_numpy(dh[:, t].copy()) * state).sum()
    loss.backward()
    return [tensor.grad.numpy() for tensor in tensors]


@pytest.mark.parametrize("k", [1, 2, 3, 4, 6, 9])
def test_truncated_equals_torch_with_detached_states(k: int) -> None:
    net = network(N=3, T=6, D=2, H=5)
    dh = upstream(net)
    assert_all_close(truncated_bptt(dh, run(net), k), _torch_gradients(net, dh, k))


# --- what does not fit --------------------------------------------------------------------------


def test_step_backward_misshaped_upstream_is_named_with_both_shapes() -> None:
    net = network(N=3, T=1, D=2, H=4)
    with pytest.raises(ShapeError, match=r"^dh_t has shape \(4, 3\); expected \(3, 4\) = \(N, H\)"):
        rnn_step_backward(np.zeros((4, 3)), run(net)[0])


@pytest.mark.parametrize("function", [rnn_backward, per_step_weight_gradient, state_gradients])
@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((6, 3, 4), "expected (3, T, 4) = (N, T, H). Are the batch and time axes swapped?"),
        ((3, 4), "expected (3, T, 4) = (N, T, H)."),
        ((3, 5, 4), "and the cache 6 steps"),
    ],
)
def test_function_misshaped_upstream_is_named(
    function: Callable[..., Any], shape: tuple[int, ...], words: str
) -> None:
    cache = run(network(N=3, T=6, D=2, H=4))
    with pytest.raises(ShapeError) as caught:
        function(np.zeros(shape), cache)
    assert str(caught.value).startswith(f"dh has shape {shape}")
    assert words in str(caught.value)


@pytest.mark.parametrize("function", [rnn_backward, per_step_weight_gradient, state_gradients])
def test_function_no_step_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match="holds no step"):
        function(np.zeros((3, 0, 4)), ())


@pytest.mark.parametrize("k", [0, -2, 1.5, float("nan"), float("inf")])
def test_truncated_chunk_that_is_no_count_is_refused(k: float) -> None:
    net = network(N=3, T=4, D=2, H=4)
    with pytest.raises(InputError, match="expected a whole number of steps"):
        truncated_bptt(upstream(net), run(net), k)  # type: ignore[arg-type]
