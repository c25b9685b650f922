"""Slip 3 of the slides: what the notebook and the errata page say of it is so."""

import numpy as np
import pytest

from rnn_ref.gradient_flow import (
    jacobian_product_norms,
    linear_gradient_norms,
    spectral_radius,
)
from tests.rnn_ref.strategies import FloatArray

SHEAR = np.array([[0.9, 5.0], [0.0, 0.9]])


def gaussian(H: int, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(H, H))


# --- slip 3: what the notebook and the errata page say of it --------------------------------------


def powers(W: FloatArray, count: int) -> FloatArray:
    """Spectral norms of W to the powers 0 to count - 1, by repeated squaring."""
    return np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(count)])


def test_slip_gaussian_scaled_to_a_singular_value_of_1_1_has_radius_0_6_and_vanishes() -> None:
    radii, ends = [], []
    for seed in range(20):
        W = gaussian(64, seed)
        W = W * (1.1 / np.linalg.norm(W, 2))
        radii.append(spectral_radius(W))
        ends.append(jacobian_product_norms(np.zeros((51, 64)), W)[-1])
    assert np.mean(radii) == pytest.approx(0.60, abs=0.01)
    assert all(0.55 < radius < 0.65 for radius in radii)
    assert max(ends) < 1e-8  # 50 steps back; the bound is 1.1^50 = 117
    assert round(1.1**50) == 117


def test_slip_singular_value_10_is_gone_after_two_steps() -> None:
    W = np.array([[0.0, 10.0], [0.0, 0.0]])
    assert np.linalg.norm(W, 2) == 10
    np.testing.assert_array_equal(jacobian_product_norms(np.zeros((4, 2)), W), [1, 10, 0, 0])
    assert spectral_radius(W) == 0


def test_slip_shear_grows_to_19_4_at_step_9_and_is_below_1_from_step_55() -> None:
    norms = powers(SHEAR, 400)
    assert int(norms.argmax()) == 9
    assert norms[9] == pytest.approx(19.4, abs=0.05)
    assert norms[54] > 1 and np.all(norms[55:] < 1)
    assert np.linalg.norm(SHEAR, 2) == pytest.approx(5.16, abs=0.005)
    assert spectral_radius(SHEAR) == pytest.approx(0.9, rel=1e-12)
    np.testing.assert_allclose(jacobian_product_norms(np.zeros((60, 2)), SHEAR), norms[:60])


def test_slip_shear_one_direction_only_decays() -> None:
    W = SHEAR
    shrinking = linear_gradient_norms(W, np.array([1.0, 0.0]), 30)
    np.testing.assert_allclose(shrinking, 0.9 ** np.arange(30))
    assert linear_gradient_norms(W, np.array([0.0, 1.0]), 10).max() > 19


def test_slip_singular_values_below_1_do_suffice_to_vanish() -> None:
    for seed in range(20):
        W = gaussian(16, seed)
        W = W * (0.9 / np.linalg.norm(W, 2))
        assert np.all(powers(W, 60) <= 0.9 ** np.arange(60) * (1 + 1e-12))
