"""The reference of unit 06 against scalar loops, autograd, PyTorch, and what the text says."""

import math
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import jacobian
from hypothesis import given
from hypothesis import strategies as st

from autograder.judge.frequencies import FALSE_ALARM, unlikely
from rnn_ref.errors import InputError, ShapeError
from rnn_ref.gradient_flow import (
    jacobian_product_norms,
    linear_gradient_norms,
    orthogonal,
    rescale_spectral_radius,
    spectral_radius,
)
from rnn_ref.recurrence import rnn_forward
from tests.rnn_ref.strategies import FloatArray, Network, networks

# A few products of matrices with entries near 1, in another order.
ROUNDING = {"rtol": 1e-10, "atol": 1e-13}


sizes = st.integers(1, 6)


seeds = st.integers(0, 2**32 - 1)


def gaussian(H: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(H, H))


def rotation(turn: float) -> FloatArray:
    return np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])


# --- the linear case ------------------------------------------------------------------------------


def scalar_norms(W: list[list[float]], g: list[float], T: int) -> list[float]:
    """One number at a time: unit i hands W[i][j] of its state to unit j, and gets it back."""
    norms = []
    for _ in range(T):
        norms.append(math.sqrt(sum(entry * entry for entry in g)))
        g = [sum(W[i][j] * g[j] for j in range(len(g))) for i in range(len(g))]
    return norms


@given(sizes, st.integers(1, 8), seeds)
def test_linear_any_matrix_equals_scalar_loop(H: int, T: int, seed: int) -> None:
    W, g = gaussian(H, seed), gaussian(H, seed + 1)[0]
    expected = scalar_norms(W.tolist(), g.tolist(), T)
    np.testing.assert_allclose(linear_gradient_norms(W, g, T), expected, **ROUNDING)


@given(sizes, st.integers(1, 8), seeds)
def test_linear_never_exceeds_the_bound_of_the_largest_singular_value(
    H: int, T: int, seed: int
) -> None:
    W, g = gaussian(H, seed), gaussian(H, seed + 1)[0]
    bound = np.linalg.norm(g) * np.linalg.norm(W, 2) ** np.arange(T)
    assert np.all(linear_gradient_norms(W, g, T) <= bound * (1 + 1e-12))


@given(sizes, seeds)
def test_linear_orthogonal_matrix_keeps_every_length(H: int, seed: int) -> None:
    W, g = orthogonal(H, np.random.default_rng(seed)), gaussian(H, seed + 1)[0]
    norms = linear_gradient_norms(W, g, 50)
    np.testing.assert_allclose(norms, np.linalg.norm(g), rtol=1e-12)


def test_linear_jacobian_of_the_last_state_is_autograds() -> None:
    W, g = gaussian(4), gaussian(4, 1)[0]

    def last(h: Any, steps: int) -> Any:
        for _ in range(steps):
            h = anp.dot(h, W)
        return h

    expected = [np.linalg.norm(g @ jacobian(last)(np.ones(4), k)) for k in range(5)]
    np.testing.assert_allclose(linear_gradient_norms(W, g, 5), expected, **ROUNDING)


@pytest.mark.parametrize("T", [0, -1])
def test_linear_without_a_state_raises(T: int) -> None:
    with pytest.raises(InputError, match="at least one state"):
        linear_gradient_norms(np.eye(2), np.ones(2), T)


# --- the product of Jacobians ---------------------------------------------------------------------


def states_of(net: Network) -> FloatArray:
    return rnn_forward(*net.arguments)[0][0]  # (T, H)


@given(networks())
def test_jacobians_any_network_equal_the_scalar_product(net: Network) -> None:
    h, W = states_of(net), net.W_hh
    T, H = h.shape
    product, expected = np.eye(H), [1.0]
    for t in range(T - 1, 0, -1):
        # d h_t[j] / d h_{t-1}[i] = (1 - h_t[j]²) W[i, j]
        step = np.array([[(1 - h[t, j] ** 2) * W[i, j] for i in range(H)] for j in range(H)])
        product = product @ step
        expected.append(math.sqrt(max(np.linalg.eigvalsh(product @ product.T).max(), 0.0)))
    # The root of a rounded square: 1e-16 of the largest singular value squared.
    np.testing.assert_allclose(jacobian_product_norms(h, W), expected, rtol=1e-7, atol=1e-12)


def _last_state(net: Network, k: int) -> Callable[[Any], Any]:
    """The last state as a function of the state k steps before it, in autograd's NumPy."""

    def last(h_k: Any) -> Any:
        T = net.x.shape[1]
        for t in range(T - k, T):
            h_k = anp.tanh(anp.dot(net.x[0, t], net.W_xh) + anp.dot(h_k, net.W_hh) + net.b_h)
        return h_k

    return last


@given(networks(min_T=2))
def test_jacobians_any_network_equal_autograd_to_1e_10(net: Network) -> None:
    h = states_of(net)
    expected = [
        np.linalg.norm(jacobian(_last_state(net, k))(h[len(h) - 1 - k]), 2) for k in range(len(h))
    ]
    np.testing.assert_allclose(
        jacobian_product_norms(h, net.W_hh), expected, rtol=1e-10, atol=1e-14
    )


@given(networks(min_T=2))
def test_jacobians_never_exceed_the_bound_for_tanh(net: Network) -> None:
    h = states_of(net)
    bound = np.linalg.norm(net.W_hh, 2) ** np.arange(len(h))
    assert np.all(jacobian_product_norms(h, net.W_hh) <= bound * (1 + 1e-12))


@given(sizes, st.integers(1, 6), seeds)
def test_jacobians_of_states_at_zero_are_the_linear_case(H: int, T: int, seed: int) -> None:
    """Where tanh is steepest it does nothing, and the worst gradient is as long as allowed."""
    W = gaussian(H, seed)
    norms = jacobian_product_norms(np.zeros((T, H)), W)
    powers = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(T)]
    np.testing.assert_allclose(norms, powers, rtol=1e-9)


def test_jacobians_of_saturated_states_are_zero() -> None:
    np.testing.assert_array_equal(
        jacobian_product_norms(np.ones((4, 3)), gaussian(3)), [1, 0, 0, 0]
    )


def test_jacobians_without_a_state_raise() -> None:
    with pytest.raises(InputError, match="no states"):
        jacobian_product_norms(np.zeros((0, 3)), np.eye(3))


# --- the spectral radius --------------------------------------------------------------------------


@given(sizes, st.floats(0.01, 100), seeds)
def test_rescaled_any_matrix_has_the_radius_and_the_direction(
    H: int, rho: float, seed: int
) -> None:
    W = gaussian(H, seed)
    scaled = rescale_spectral_radius(W, rho)
    assert np.abs(np.linalg.eigvals(scaled)).max() == pytest.approx(rho, rel=1e-9)
    np.testing.assert_allclose(scaled / scaled.flat[0], W / W.flat[0], rtol=1e-9)
    assert scaled.flat[0] * W.flat[0] > 0  # the factor is positive


@pytest.mark.parametrize(
    ("W", "radius"),
    [
        (3 * rotation(1.0), 3.0),  # complex: 3 (cos 1 ± i sin 1)
        (np.diag([1.0, -4.0, 2.0]), 4.0),  # negative
        (np.array([[2.0, 7.0], [0.0, -3.0]]), 3.0),  # triangular: the diagonal
        (np.ones((3, 3)), 3.0),  # singular
        (np.array([[-2.0]]), 2.0),
    ],
    ids=["complex", "negative", "triangular", "singular", "one unit"],
)
def test_radius_of_known_eigenvalues_is_the_largest_absolute_value(
    W: FloatArray, radius: float
) -> None:
    assert spectral_radius(W) == pytest.approx(radius, rel=1e-12)
    np.testing.assert_allclose(rescale_spectral_radius(W, 0.5), W * (0.5 / radius), rtol=1e-12)


@pytest.mark.parametrize("H", [1, 2, 5])
@pytest.mark.parametrize("kind", ["zeros", "above", "below", "shuffled"])
def test_rescale_of_a_matrix_without_radius_raises(kind: str, H: int) -> None:
    order = np.random.default_rng(H).permutation(H)
    W = {
        "zeros": np.zeros((H, H)),
        "above": np.triu(gaussian(H), 1),
        "below": np.tril(gaussian(H), -1),
        "shuffled": np.triu(gaussian(H), 1)[order][:, order],
    }[kind]
    with pytest.raises(InputError, match="eigenvalue"):
        rescale_spectral_radius(W, 0.9)


@pytest.mark.parametrize("rho", [0.0, -1.0, math.nan, math.inf])
def test_rescale_to_no_radius_raises(rho: float) -> None:
    with pytest.raises(InputError, match="rho"):
        rescale_spectral_radius(np.eye(2), rho)


# --- the orthogonal start -------------------------------------------------------------------------


@pytest.mark.parametrize("H", [1, 2, 3, 64])
def test_orthogonal_times_its_transpose_is_the_identity(H: int) -> None:
    Q = orthogonal(H, np.random.default_rng(H))
    assert np.abs(Q @ Q.T - np.eye(H)).max() < 1e-13
    assert np.abs(Q.T @ Q - np.eye(H)).max() < 1e-13


def test_orthogonal_equal_generators_give_equal_matrices_and_the_next_is_another() -> None:
    rng = np.random.default_rng(0)
    first = orthogonal(5, rng)
    np.testing.assert_array_equal(orthogonal(5, np.random.default_rng(0)), first)
    assert np.abs(orthogonal(5, rng) - first).max() > 0.1


def corner_and_turn(draw: Callable[[np.random.Generator], FloatArray], draws: int) -> Any:
    """Counts (4, 2): the corner entry in four equal parts of -1 to 1; reflected or turned."""
    rng = np.random.default_rng(7)
    counts = np.zeros((4, 2), dtype=np.int64)
    for _ in range(draws):
        Q = draw(rng)
        part = min(int(2 * (Q[0, 0] + 1)), 3)
        counts[part, int(np.linalg.det(Q) > 0)] += 1
    return counts


EVEN = np.full((4, 2), 1 / 8)  # Archimedes: one coordinate of a point on the sphere is even


def test_orthogonal_corner_entries_and_turns_come_up_as_often_as_they_should() -> None:
    counts = corner_and_turn(lambda rng: orthogonal(3, rng), 2000)
    assert unlikely("counts", counts, EVEN, ("part", "turn"), FALSE_ALARM) == ""


def test_orthogonal_without_the_signs_is_found_out() -> None:
    counts = corner_and_turn(lambda rng: np.linalg.qr(rng.normal(size=(3, 3)))[0], 2000)
    assert unlikely("counts", counts, EVEN, ("part", "turn"), FALSE_ALARM) != ""
    assert counts[2:].sum() == 0  # LAPACK's first entry is never positive
    assert counts[:, 0].sum() == 0  # two reflections: always a turn


def test_orthogonal_of_no_rows_raises() -> None:
    with pytest.raises(InputError, match="at least 1"):
        orthogonal(0, np.random.default_rng(0))


# --- what all of them keep to ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (linear_gradient_norms, (np.eye(3), np.ones(4), 2), "g has shape (4,); expected (3,)"),
        (linear_gradient_norms, (np.ones((2, 3)), np.ones(2), 2), "W has shape (2, 3)"),
        (jacobian_product_norms, (np.ones((5, 4)), np.eye(3)), "h has shape (5, 4); expected"),
        (jacobian_product_norms, (np.ones((1, 5, 3)), np.eye(3)), "h has shape (1, 5, 3)"),
        (rescale_spectral_radius, (np.ones((2, 3)), 0.9), "W has shape (2, 3)"),
    ],
)
def test_function_misshaped_argument_is_named(
    function: Callable[..., Any], arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        function(*arguments)
    assert str(caught.value).startswith(message)
