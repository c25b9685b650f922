"""The matrices and the curves of unit 06's widget and stills are those of the reference."""

from typing import Any

import numpy as np
import pytest

from rnn_ref.gradient_flow import (
    jacobian_product_norms,
    linear_gradient_norms,
    orthogonal,
    spectral_radius,
)
from rnn_ref.widgets.gradient_flow_matrices import (
    _INPUTS,
    GAUSSIAN,
    LINEAR,
    ORTHOGONAL,
    RELU,
    TANH,
    H,
    Settings,
    family,
    measure,
    shape_of,
    take_apart,
)
from rnn_ref.widgets.gradient_flow_pictures import (
    SHEAR,
    counterexamples,
    gaussian_of_size,
    powers,
    tanh_starts,
)

# --- the matrix that is shaped --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [1, 2, 3, 8, 33])
def test_family_of_any_matrix_is_that_matrix_at_non_normality_1(size: int, seed: int) -> None:
    W = np.random.default_rng(seed).normal(size=(size, size))
    np.testing.assert_allclose(take_apart(W).matrix(1.0), W, atol=1e-9)


@pytest.mark.parametrize("non_normality", [0.0, 0.3, 1.0, 1.7])
def test_family_keeps_its_eigenvalues_at_any_non_normality(non_normality: float) -> None:
    W = np.random.default_rng(3).normal(size=(8, 8))
    before = np.sort_complex(np.linalg.eigvals(W))
    after = np.sort_complex(np.linalg.eigvals(take_apart(W).matrix(non_normality)))
    np.testing.assert_allclose(after, before, atol=1e-8)


def test_family_at_non_normality_0_is_normal_and_its_two_sizes_are_equal() -> None:
    W = take_apart(np.random.default_rng(3).normal(size=(8, 8))).matrix(0.0)
    np.testing.assert_allclose(W @ W.T, W.T @ W, atol=1e-10)
    assert np.linalg.norm(W, 2) == pytest.approx(spectral_radius(W), rel=1e-10)


def test_two_sizes_of_the_widgets_matrix_move_apart_with_the_non_normality() -> None:
    quotients = [s.sigma / s.rho for s in (shape_of(GAUSSIAN, n) for n in (0.0, 0.5, 1.0, 2.0))]
    assert quotients == sorted(quotients)
    assert quotients[0] == pytest.approx(1, rel=1e-9)
    assert quotients[2] == pytest.approx(1.82, abs=0.01)  # the notebook tells it


def test_orthogonal_start_is_orthogonal() -> None:
    W = family(ORTHOGONAL).matrix(1.0)
    np.testing.assert_allclose(W @ W.T, np.eye(H), atol=1e-12)


# --- what is measured -----------------------------------------------------------------------------


def test_linear_curves_are_those_of_the_reference() -> None:
    flow = measure(Settings(), 0.3)
    W = 0.3 * shape_of(GAUSSIAN, 1.0).W
    np.testing.assert_allclose(flow.largest, powers(W, 49))
    assert np.all(flow.single <= flow.largest * (1 + 1e-9))


@pytest.mark.parametrize("nonlinearity", [LINEAR, TANH, RELU])
@pytest.mark.parametrize("start", [GAUSSIAN, ORTHOGONAL])
def test_no_gradient_is_longer_than_the_largest_nor_that_than_the_bound(
    start: str, nonlinearity: str
) -> None:
    for sigma in (0.8, 1.2, 2.5):
        flow = measure(Settings(start, nonlinearity), sigma / shape_of(start, 1.0).sigma)
        assert np.all(flow.single <= flow.largest * (1 + 1e-9))
        assert np.all(flow.largest <= flow.bound * (1 + 1e-9))


@pytest.mark.parametrize("nonlinearity", [TANH, RELU])
@pytest.mark.parametrize("start", [GAUSSIAN, ORTHOGONAL])
def test_curve_with_a_nonlinearity_is_that_of_measured_slopes(
    start: str, nonlinearity: str
) -> None:
    """Each state is moved a little, and the recurrence runs on from there to the last state."""
    settings, scale = Settings(start, nonlinearity, 1.0, 6), 1.3 / shape_of(start, 1.0).sigma
    W = scale * shape_of(start, 1.0).W
    squash = {TANH: np.tanh, RELU: lambda a: np.maximum(a, 0)}[nonlinearity]

    def run(h: Any, first: int) -> Any:
        for from_input in _INPUTS[first:]:
            h = squash(h @ W + from_input)
        return h

    last = len(_INPUTS) - 1
    measured = [1.0]
    for lag in range(1, 6):
        state = np.zeros(H)
        for from_input in _INPUTS[: last - lag + 1]:
            state = squash(state @ W + from_input)
        moved = 1e-6 * np.eye(H)
        J = (run(state + moved, last - lag + 1) - run(state - moved, last - lag + 1)) / 2e-6
        measured.append(float(np.linalg.norm(J, 2)))
    np.testing.assert_allclose(measure(settings, scale).largest, measured, rtol=1e-5)


def test_own_functions_draw_the_curves() -> None:
    def twice(h: Any, W_hh: Any) -> Any:
        return 2 * jacobian_product_norms(h, W_hh)

    def thrice(W: Any, g: Any, T: Any) -> Any:
        return 3 * linear_gradient_norms(W, g, T)

    own, reference = measure(Settings(), 0.3, twice, thrice), measure(Settings(), 0.3)
    np.testing.assert_allclose(own.largest, 2 * reference.largest)
    np.testing.assert_allclose(own.single, 3 * reference.single)
    assert own.note == ""


# --- what the notebook says about the widget ------------------------------------------------------


def test_notebook_orthogonal_without_nonlinearity_loses_nothing_in_99_steps() -> None:
    flow = measure(Settings(ORTHOGONAL, LINEAR, 1.0, 100), 1.0)
    np.testing.assert_allclose(flow.largest, 1.0, rtol=1e-12)


def test_notebook_tanh_has_slopes_of_about_0_7_on_the_orthogonal_start() -> None:
    assert measure(Settings(ORTHOGONAL, TANH, 1.0, 100), 1.0).slope == pytest.approx(0.7, abs=0.03)


def test_notebook_tanh_brakes_itself_and_relu_does_not() -> None:
    tanh, relu = (measure(Settings(ORTHOGONAL, kind, 1.0, 50), 3.0) for kind in (TANH, RELU))
    small = measure(Settings(ORTHOGONAL, TANH, 1.0, 50), 1.0)
    assert tanh.slope < 0.5 * small.slope
    assert tanh.largest[-1] < 1e-6 * relu.largest[-1]


# --- still pictures -------------------------------------------------------------------------------


def test_counterexamples_alt_text_tells_the_numbers_of_the_errata() -> None:
    _, alt = counterexamples()
    assert "grows to 19.4 at lag 9 and is below 1 from lag 55" in alt
    assert "10 at lag 1 and 0 from lag 2" in alt
    assert powers(SHEAR, 9)[9] == pytest.approx(19.4, abs=0.05)


def test_gaussian_of_the_prediction_has_radius_0_59_and_loses_eleven_decades() -> None:
    W = gaussian_of_size(64, 1.1)
    assert np.linalg.norm(W, 2) == pytest.approx(1.1)
    assert spectral_radius(W) == pytest.approx(0.59, abs=0.005)
    assert 1e-12 < powers(W, 50)[-1] < 1e-11


def test_starts_tell_what_is_left_and_use_functions_handed_in() -> None:
    _, alt = tanh_starts()
    left = dict(part.split(": ") for part in alt.partition("steps: ")[2].rstrip(".").split("; "))
    assert float(left["orthogonal"]) == pytest.approx(0.05, abs=0.02)
    assert float(left["Gaussian, ρ = 1"]) == pytest.approx(0.16, abs=0.02)
    assert left["Gaussian, σ_max = 1"].endswith("10⁻¹⁶")
    calls: list[int] = []

    def own(size: int, rng: np.random.Generator) -> Any:
        calls.append(size)
        return orthogonal(size, rng)

    tanh_starts(draw=own, T=5, H=6)
    assert calls == [6]
