"""Unit 07's loss of a whole model and its training step against autograd."""

from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_ref.clipping import (
    Arrays,
    global_norm,
    loss_and_gradients,
    train_step,
)

ROUNDING = {"rtol": 1e-12, "atol": 0.0}  # of some hundred sums and products in another order


def flat(grads: Arrays) -> list[float]:
    return [value for g in grads.values() for value in np.ravel(g).tolist()]


# --- the whole model ------------------------------------------------------------------------------


def problem(seed: int, N: int, T: int, V: int, H: int) -> tuple[Arrays, Any, Any]:
    rng = np.random.default_rng(seed)
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    batch = rng.integers(V, size=(N, T)), rng.integers(V, size=(N, T))
    return params, batch, rng.uniform(-0.9, 0.9, size=(N, H))


def autograd_loss(params: Any, batch: Any, h_0: Any) -> Any:
    inputs, targets = batch
    (N, T), V = inputs.shape, len(params["b_y"])
    state, total = h_0, 0.0
    for t in range(T):
        x_t = anp.eye(V)[inputs[:, t]]
        state = anp.tanh(x_t @ params["W_xh"] + state @ params["W_hh"] + params["b_h"])
        scores = state @ params["W_hy"] + params["b_y"]
        highest = anp.max(scores, axis=1, keepdims=True)
        normaliser = highest[:, 0] + anp.log(anp.sum(anp.exp(scores - highest), axis=1))
        total = total + anp.sum(normaliser - scores[anp.arange(N), targets[:, t]])
    return total / (N * T)


sizes = {"N": st.integers(1, 4), "T": st.integers(1, 6), "V": st.integers(2, 5)}


@settings(deadline=None)  # a busy machine is no mistake
@given(st.builds(problem, seed=st.integers(0, 2**32 - 1), H=st.integers(1, 5), **sizes))
def test_loss_and_gradients_any_model_equals_autograd(made: Any) -> None:
    params, batch, h_0 = made
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    assert loss == pytest.approx(autograd_loss(params, batch, h_0), rel=1e-12)
    expected = grad(autograd_loss)(params, batch, h_0)
    scale = max(float(np.abs(g).max()) for g in expected.values())
    assert grads.keys() == params.keys()
    for name, g in grads.items():
        np.testing.assert_allclose(g, expected[name], rtol=1e-10, atol=1e-12 * scale)
    assert h_T.shape == h_0.shape


def test_loss_and_gradients_state_carries_over_the_cut() -> None:
    params, (inputs, targets), h_0 = problem(1, N=3, T=6, V=4, H=5)
    whole, _, at_the_end = loss_and_gradients(params, (inputs, targets), h_0)
    first, _, h = loss_and_gradients(params, (inputs[:, :2], targets[:, :2]), h_0)
    second, _, h = loss_and_gradients(params, (inputs[:, 2:], targets[:, 2:]), h)
    np.testing.assert_allclose(h, at_the_end, **ROUNDING)
    assert (2 * first + 4 * second) / 6 == pytest.approx(whole, rel=1e-12)


def test_train_step_is_gradient_clip_and_descent_at_the_old_parameters() -> None:
    params, batch, h_0 = problem(2, N=3, T=4, V=4, H=5)
    before = flat(params)
    new, loss, norm, h_T = train_step(loss_and_gradients, params, batch, h_0, 0.5, 0.01)
    expected_loss, grads, expected_h_T = loss_and_gradients(params, batch, h_0)
    assert (loss, norm) == (expected_loss, global_norm(grads))
    assert norm > 0.01
    np.testing.assert_array_equal(h_T, expected_h_T)
    moved = np.array(flat(new)) - before
    np.testing.assert_allclose(moved, -0.5 * 0.01 / norm * np.array(flat(grads)), rtol=1e-9)
    assert flat(params) == before


def test_train_step_on_one_batch_again_and_again_learns_it() -> None:
    params, batch, _ = problem(3, N=2, T=5, V=4, H=8)
    losses = []
    for _ in range(300):
        params, loss, _, _ = train_step(
            loss_and_gradients, params, batch, np.zeros((2, 8)), 0.5, 1.0
        )
        losses.append(loss)
    assert losses[-1] < 0.1 * losses[0]
