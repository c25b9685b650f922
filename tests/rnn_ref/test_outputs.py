"""The reference of unit 02 against Python floats, autograd, numeric gradients and properties."""

from collections.abc import Callable
from math import exp, log
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.outputs import (
    loss_mask,
    output_backward,
    output_forward,
    pad_and_mask,
    softmax,
    softmax_cross_entropy,
)
from tests.rnn_ref.strategies import FloatArray

# Sums of some dozen products in another order differ in the last places of numbers near 10.
ROUNDING = {"rtol": 1e-12, "atol": 1e-12}


sizes = st.integers(1, 5)


seeds = st.integers(0, 2**32 - 1)


def batch(N: int, T: int, V: int, seed: int) -> tuple[FloatArray, Any, Any]:
    """Scores, targets and a mask that leaves at least one target."""
    rng = np.random.default_rng(seed)
    mask = rng.random((N, T)) < 0.6
    mask[rng.integers(N), rng.integers(T)] = True
    return 3 * rng.normal(size=(N, T, V)), rng.integers(V, size=(N, T)), mask


batches = st.builds(batch, N=sizes, T=sizes, V=st.integers(2, 5), seed=seeds)


# --- the output layer -----------------------------------------------------------------------------


@given(sizes, sizes, sizes, sizes, seeds)
def test_output_forward_any_sizes_equals_scalar_loop(
    N: int, T: int, H: int, V: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    h, W_hy, b_y = rng.normal(size=(N, T, H)), rng.normal(size=(H, V)), rng.normal(size=V)
    scores, _ = output_forward(h, W_hy, b_y)
    assert scores.shape == (N, T, V)
    for n, t, v in np.ndindex(N, T, V):
        expected = b_y[v] + sum(float(h[n, t, k] * W_hy[k, v]) for k in range(H))
        assert scores[n, t, v] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@given(sizes, sizes, sizes, sizes, seeds)
def test_output_backward_any_sizes_equals_autograd(
    N: int, T: int, H: int, V: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    h, W_hy, b_y = rng.normal(size=(N, T, H)), rng.normal(size=(H, V)), rng.normal(size=V)
    dscores = rng.normal(size=(N, T, V))
    _, cache = output_forward(h, W_hy, b_y)

    def weighted(h: Any, W_hy: Any, b_y: Any) -> Any:
        return anp.sum(dscores * (anp.dot(h, W_hy) + b_y))

    expected = (grad(weighted, argnum)(h, W_hy, b_y) for argnum in range(3))
    for got, want in zip(output_backward(dscores, cache), expected, strict=True):
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, **ROUNDING)


# --- softmax and the loss -------------------------------------------------------------------------


def scalar_loss(scores: Any, targets: Any, mask: Any) -> float:
    """From the definition, with Python floats: right as long as exp does not overflow."""
    losses = []
    for n, t in np.ndindex(*np.shape(targets)):
        if mask[n, t]:
            powers = [exp(float(s)) for s in scores[n, t]]
            losses.append(-log(powers[targets[n, t]] / sum(powers)))
    return sum(losses) / len(losses)


@given(batches)
def test_loss_any_batch_equals_definition(drawn: tuple[Any, Any, Any]) -> None:
    loss, _ = softmax_cross_entropy(*drawn)
    assert loss == pytest.approx(scalar_loss(*drawn), rel=1e-12, abs=1e-12)


@given(batches)
def test_loss_gradient_equals_autograd(drawn: tuple[Any, Any, Any]) -> None:
    scores, targets, mask = drawn
    n, t = np.nonzero(mask)

    def mean_loss(scores: Any) -> Any:
        chosen = scores[n, t]
        log_sums = anp.log(anp.sum(anp.exp(chosen), axis=1))
        return anp.mean(log_sums - chosen[anp.arange(len(n)), targets[n, t]])

    _, dscores = softmax_cross_entropy(scores, targets, mask)
    np.testing.assert_allclose(dscores, grad(mean_loss)(scores), **ROUNDING)


@given(batches, st.floats(-1e6, 1e6))
def test_loss_same_number_added_to_all_scores_of_a_step_changes_nothing(
    drawn: tuple[Any, Any, Any], shift: float
) -> None:
    scores, targets, mask = drawn
    loss, dscores = softmax_cross_entropy(scores, targets, mask)
    shifted_loss, shifted = softmax_cross_entropy(scores + shift, targets, mask)
    # A score near 1e6 is known to 1e-10 only.
    assert shifted_loss == pytest.approx(loss, abs=1e-8)
    np.testing.assert_allclose(shifted, dscores, rtol=0, atol=1e-8)


@given(batches)
def test_loss_gradient_of_each_step_sums_to_zero(drawn: tuple[Any, Any, Any]) -> None:
    _, dscores = softmax_cross_entropy(*drawn)
    np.testing.assert_allclose(dscores.sum(axis=2), 0.0, atol=1e-12)


def test_loss_scores_of_plus_and_minus_a_thousand_is_exact() -> None:
    scores = np.array([[[1000.0, -1000.0], [-1000.0, -1000.0], [1000.0, -1000.0]]])
    loss, dscores = softmax_cross_entropy(scores, np.array([[1, 0, 0]]))
    assert loss == pytest.approx((2000 + log(2) + 0) / 3, rel=1e-14)
    np.testing.assert_allclose(3 * dscores[0], [[1, -1], [-0.5, 0.5], [0, 0]], atol=1e-15)


@given(batches, st.integers(0, 4), seeds)
def test_loss_content_and_length_of_padding_change_nothing(
    drawn: tuple[Any, Any, Any], more: int, seed: int
) -> None:
    scores, targets, mask = drawn
    rng = np.random.default_rng(seed)
    N, T, V = scores.shape
    other = rng.choice([np.nan, np.inf, -1e300, 0.0, 7.0], size=(N, T + more, V))
    ids = rng.choice([-1, V, 10**6, 0], size=(N, T + more))
    longer = np.zeros((N, T + more), dtype=bool)
    longer[:, :T] = mask
    other[longer], ids[longer] = scores[mask], targets[mask]
    loss, dscores = softmax_cross_entropy(scores, targets, mask)
    padded_loss, padded = softmax_cross_entropy(other, ids, longer)
    assert padded_loss == loss
    np.testing.assert_array_equal(padded[longer], dscores[mask])
    np.testing.assert_array_equal(padded[~longer], 0.0)


@given(batches)
def test_loss_masked_batch_equals_its_targets_alone(drawn: tuple[Any, Any, Any]) -> None:
    scores, targets, mask = drawn
    loss, dscores = softmax_cross_entropy(scores, targets, mask)
    alone, dalone = softmax_cross_entropy(scores[mask][None], targets[mask][None])
    assert alone == pytest.approx(loss, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(dalone[0], dscores[mask], **ROUNDING)


def test_loss_fully_masked_is_zero_with_zero_gradient() -> None:
    scores, targets, _ = batch(2, 3, 4, seed=1)
    loss, dscores = softmax_cross_entropy(scores, targets, np.zeros((2, 3), dtype=bool))
    assert loss == 0.0
    np.testing.assert_array_equal(dscores, np.zeros((2, 3, 4)))


@pytest.mark.parametrize("target", [-1, 4])
def test_loss_target_that_is_no_class_raises(target: int) -> None:
    scores, targets, _ = batch(2, 3, 4, seed=1)
    targets[1, 2] = target
    with pytest.raises(InputError, match="0 to 3"):
        softmax_cross_entropy(scores, targets)


@given(batches)
def test_softmax_sums_to_one_and_keeps_the_order(drawn: tuple[Any, Any, Any]) -> None:
    scores, _, _ = drawn
    p = softmax(scores)
    np.testing.assert_allclose(p.sum(axis=-1), 1.0, **ROUNDING)
    np.testing.assert_array_equal(np.argsort(p, axis=-1), np.argsort(scores, axis=-1))


# --- all of them together -------------------------------------------------------------------------


def _calls() -> dict[str, tuple[Callable[..., Any], list[Any]]]:
    scores, targets, mask = batch(2, 3, 4, seed=3)
    rng = np.random.default_rng(0)
    h, W_hy, b_y = rng.normal(size=(2, 3, 5)), rng.normal(size=(5, 4)), rng.normal(size=4)
    return {
        "output_forward": (output_forward, [h, W_hy, b_y]),
        "output_backward": (lambda d, h, W: output_backward(d, (h, W)), [scores, h, W_hy]),  # type: ignore[arg-type]
        "softmax_cross_entropy": (softmax_cross_entropy, [scores, targets, mask]),
        "loss_mask": (lambda i, o: loss_mask("many-to-many", 9, i, o), [targets[0] + 1, mask[0]]),
        "pad_and_mask": (lambda *rows: pad_and_mask(list(rows)), [h[0], h[1, :1]]),
    }


@pytest.mark.parametrize("name", _calls())
def test_any_function_leaves_its_arguments_alone(name: str) -> None:
    function, arguments = _calls()[name]
    copies = [argument.copy() for argument in arguments]
    function(*arguments)
    for argument, copy in zip(arguments, copies, strict=True):
        np.testing.assert_array_equal(argument, copy)


@pytest.mark.parametrize("name", ["output_forward", "output_backward", "softmax_cross_entropy"])
def test_any_function_misshapen_argument_raises_shape_error(name: str) -> None:
    function, (first, *others) = _calls()[name]
    with pytest.raises(ShapeError):
        function(first[:, :, :-1] if name != "softmax_cross_entropy" else first[:, :-1], *others)
