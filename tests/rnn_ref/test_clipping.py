"""The reference of unit 07 against exact sums, scalar loops, autograd and, where it is, PyTorch."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rnn_ref.clipping import (
    Arrays,
    adam_step,
    clip_by_global_norm,
    global_norm,
    sgd_step,
)
from rnn_ref.errors import InputError, ShapeError

ROUNDING = {"rtol": 1e-12, "atol": 0.0}  # of some hundred sums and products in another order


UNUSABLE = [math.nan, math.inf, -math.inf]


def numbers(limit: float = 1e3) -> st.SearchStrategy[Any]:
    # Nothing below 1e-100 but 0: its square would be 0, and so would the norm be.
    size = st.floats(1e-100, limit)
    return st.one_of(st.just(0.0), size, size.map(lambda v: -v))


def gradients(limit: float = 1e3) -> st.SearchStrategy[Arrays]:
    shape = array_shapes(min_dims=0, max_dims=3, max_side=4)
    array = arrays(np.float64, shape, elements=numbers(limit))
    return st.dictionaries(st.sampled_from("abcdef"), array, min_size=1, max_size=4)


def flat(grads: Arrays) -> list[float]:
    return [value for g in grads.values() for value in np.ravel(g).tolist()]


def pair_of(seed: int = 0, **shapes: tuple[int, ...]) -> tuple[Arrays, Arrays]:
    rng = np.random.default_rng(seed)
    sizes = shapes or {"W_hh": (4, 4), "b_h": (4,), "W_hy": (4, 3)}
    params, grads = ({k: rng.normal(size=s) for k, s in sizes.items()} for _ in range(2))
    return params, grads


# --- the norm -------------------------------------------------------------------------------------


@given(gradients())
def test_norm_any_arrays_equals_exact_sum_of_squares(grads: Arrays) -> None:
    expected = math.sqrt(math.fsum(v * v for v in flat(grads)))
    assert global_norm(grads) == pytest.approx(expected, rel=1e-13, abs=0)


@given(gradients(), st.floats(-1e3, 1e3))
def test_norm_of_a_multiple_is_the_multiple_of_the_norm(grads: Arrays, factor: float) -> None:
    assume(factor == 0 or abs(factor) > 1e-40)
    scaled = global_norm({name: factor * g for name, g in grads.items()})
    assert scaled == pytest.approx(abs(factor) * global_norm(grads), rel=1e-12)


def test_norm_without_arrays_or_numbers_is_zero() -> None:
    assert global_norm({}) == 0.0
    assert global_norm({"b": np.zeros(0)}) == 0.0


def test_norm_of_integers_does_not_wrap_round() -> None:
    assert global_norm({"b": np.array([300], dtype=np.int16)}) == 300.0


@pytest.mark.parametrize(
    ("value", "norm"), [(math.inf, "inf"), (-math.inf, "inf"), (math.nan, "nan")]
)
def test_norm_of_a_number_that_is_not_finite_says_so(value: float, norm: str) -> None:
    assert str(global_norm({"a": np.ones(3), "b": np.array([1.0, value])})) == norm


def test_norm_of_numbers_whose_squares_overflow_is_infinite() -> None:
    assert global_norm({"a": np.array([1e200])}) == math.inf


# --- clipping -------------------------------------------------------------------------------------


@given(gradients(), st.floats(1e-3, 1e4))
def test_clip_any_gradient_is_within_the_limit_and_keeps_its_direction(
    grads: Arrays, max_norm: float
) -> None:
    clipped, norm = clip_by_global_norm(grads, max_norm)
    assert norm == global_norm(grads)
    assert global_norm(clipped) <= max_norm * (1 + 1e-12)
    expected = [v * min(1.0, max_norm / norm) if norm else 0.0 for v in flat(grads)]
    np.testing.assert_allclose(flat(clipped), expected, rtol=1e-12, atol=1e-300)
    assert clipped.keys() == grads.keys()
    assert all(clipped[name].shape == g.shape for name, g in grads.items())


@given(gradients(), st.floats(1.0, 10.0))
def test_clip_within_the_limit_changes_no_bit(grads: Arrays, slack: float) -> None:
    assume(global_norm(grads) > 0)
    clipped, _ = clip_by_global_norm(grads, slack * global_norm(grads))
    assert flat(clipped) == flat(grads)


@given(gradients(), st.floats(1e-3, 1e4))
def test_clip_twice_is_clip_once(grads: Arrays, max_norm: float) -> None:
    once, _ = clip_by_global_norm(grads, max_norm)
    twice, _ = clip_by_global_norm(once, max_norm)
    np.testing.assert_allclose(flat(twice), flat(once), **ROUNDING)


def test_clip_zero_stays_zero() -> None:
    clipped, norm = clip_by_global_norm({"a": np.zeros((2, 3))}, 5.0)
    assert norm == 0.0
    np.testing.assert_array_equal(clipped["a"], np.zeros((2, 3)))


@pytest.mark.parametrize("value", UNUSABLE)
def test_clip_not_finite_gives_zeros_and_reports_the_norm(value: float) -> None:
    clipped, norm = clip_by_global_norm({"a": np.ones((2, 3)), "b": np.array([value])}, 5.0)
    assert not math.isfinite(norm)
    assert flat(clipped) == [0.0] * 7
    assert clipped["a"].shape == (2, 3)


def test_clip_infinite_limit_clips_nothing() -> None:
    _, grads = pair_of()
    assert flat(clip_by_global_norm(grads, math.inf)[0]) == flat(grads)


@pytest.mark.parametrize("max_norm", [0.0, -1.0, math.nan])
def test_clip_limit_that_is_not_positive_raises(max_norm: float) -> None:
    with pytest.raises(InputError, match="max_norm"):
        clip_by_global_norm({"a": np.ones(2)}, max_norm)


@pytest.mark.parametrize("max_norm", [0.1, 1e6])
def test_clip_shares_no_memory_and_changes_nothing(max_norm: float) -> None:
    _, grads = pair_of()
    before = flat(grads)
    clipped, _ = clip_by_global_norm(grads, max_norm)
    assert not any(np.shares_memory(clipped[name], grads[name]) for name in grads)
    assert flat(grads) == before


# --- the optimisers -------------------------------------------------------------------------------


def test_sgd_equals_scalar_loop() -> None:
    params, grads = pair_of()
    expected = [p - 0.3 * g for p, g in zip(flat(params), flat(grads), strict=True)]
    np.testing.assert_allclose(flat(sgd_step(params, grads, 0.3)), expected, **ROUNDING)


def scalar_adam(
    p: float, gradients: list[float], rate: float, beta1: float, beta2: float, epsilon: float
) -> list[float]:
    """One number through several steps of algorithm 1, with the averages written out as sums."""
    places = []
    for t in range(1, len(gradients) + 1):
        m = math.fsum((1 - beta1) * beta1 ** (t - i) * gradients[i - 1] for i in range(1, t + 1))
        v = math.fsum(
            (1 - beta2) * beta2 ** (t - i) * gradients[i - 1] ** 2 for i in range(1, t + 1)
        )
        p -= rate * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + epsilon)
        places.append(p)
    return places


@given(
    st.lists(numbers(), min_size=1, max_size=6),
    st.floats(-10, 10),
    st.floats(0, 0.99),
    st.floats(0, 0.999),
)
def test_adam_any_gradients_equals_sums_written_out(
    gradients: list[float], p: float, beta1: float, beta2: float
) -> None:
    params, state, places = {"p": np.array([p])}, None, []
    for g in gradients:
        params, state = adam_step(params, {"p": np.array([g])}, state, 0.1, beta1, beta2, 1e-6)
        places.append(float(params["p"][0]))
    expected = scalar_adam(p, gradients, 0.1, beta1, beta2, 1e-6)
    np.testing.assert_allclose(places, expected, rtol=1e-9, atol=1e-9)


def test_adam_first_step_has_the_size_of_the_rate_whatever_the_gradient() -> None:
    params, grads = pair_of()
    for factor in (1e-3, 1.0, 1e6):
        new, _ = adam_step(params, {k: factor * g for k, g in grads.items()}, None, 0.01)
        moved = np.abs(np.array(flat(new)) - flat(params))
        np.testing.assert_allclose(moved, 0.01, rtol=1e-2)


def test_adam_gradient_that_was_always_zero_moves_nothing() -> None:
    params, grads = pair_of()
    zeros = {name: np.zeros_like(g) for name, g in grads.items()}
    new, _ = adam_step(params, zeros, None, 0.01)
    assert flat(new) == flat(params)


def test_adam_same_state_twice_gives_the_same() -> None:
    params, grads = pair_of()
    params, state = adam_step(params, grads, None, 0.01)
    first, _ = adam_step(params, grads, state, 0.01)
    second, _ = adam_step(params, grads, state, 0.01)
    assert flat(first) == flat(second)


Optimiser = Callable[[Arrays, Arrays], Any]


OPTIMISERS: dict[str, Optimiser] = {
    "sgd": lambda params, grads: sgd_step(params, grads, 0.1),
    "adam": lambda params, grads: adam_step(params, grads, None, 0.1)[0],
}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_optimiser_shares_no_memory_and_changes_nothing(name: str) -> None:
    params, grads = pair_of()
    before = flat(params), flat(grads)
    new = OPTIMISERS[name](params, grads)
    given_arrays = [*params.values(), *grads.values()]
    assert not any(np.shares_memory(n, g) for n in new.values() for g in given_arrays)
    assert (flat(params), flat(grads)) == before


@pytest.mark.parametrize("name", OPTIMISERS)
def test_optimiser_names_or_shapes_that_differ_raise(name: str) -> None:
    params, grads = pair_of()
    with pytest.raises(InputError, match="same names"):
        OPTIMISERS[name](params, {"W_hh": grads["W_hh"]})
    with pytest.raises(ShapeError, match="W_hy"):
        OPTIMISERS[name](params, {**grads, "W_hy": grads["W_hy"].T})


# --- against PyTorch, where it is installed -------------------------------------------------------


def test_clip_and_optimisers_equal_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    params, grads = pair_of(5)
    state: Any = None
    theirs = {k: torch.nn.Parameter(torch.tensor(p)) for k, p in params.items()}
    adam = torch.optim.Adam(theirs.values(), lr=0.02, betas=(0.8, 0.95), eps=1e-6)
    for factor in (0.1, 3.0, 40.0, 1.0):
        ours = {
            k: factor * g * (1 + p)
            for (k, g), p in zip(grads.items(), params.values(), strict=True)
        }
        for name, tensor in theirs.items():
            tensor.grad = torch.tensor(ours[name])
        their_norm = torch.nn.utils.clip_grad_norm_(theirs.values(), 5.0)
        clipped, norm = clip_by_global_norm(ours, 5.0)
        assert norm == pytest.approx(float(their_norm), rel=1e-12)
        for name, tensor in theirs.items():  # theirs divides by norm + 1e-6
            np.testing.assert_allclose(clipped[name], tensor.grad.numpy(), rtol=1e-6)
            tensor.grad = torch.tensor(clipped[name])
        adam.step()
        params, state = adam_step(params, clipped, state, 0.02, 0.8, 0.95, 1e-6)
        for name, tensor in theirs.items():
            np.testing.assert_allclose(params[name], tensor.detach().numpy(), rtol=1e-12)
