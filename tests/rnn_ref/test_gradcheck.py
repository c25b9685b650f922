"""Unit 00 against independent oracles: autograd, scalar arithmetic, known errors."""

import math
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.gradcheck import FloatArray, numeric_gradient, relative_error
from tests.rnn_ref.differences import STEP, difference_error, rounding

LARGEST = 2.0
FUNCTION = 8  # operations that NumPy's sin, cos, tanh and powers are as far off as, at most

numbers = st.floats(-LARGEST, LARGEST)
arrays = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=4, max_side=3), elements=numbers
)
entries = st.floats(-1e3, 1e3, allow_subnormal=False)
lists = st.lists(entries, max_size=6)


def smooth(x: Any) -> Any:
    """Every entry meets every other, so that no two slopes are alike."""
    return anp.sum(anp.tanh(x) * anp.cos(0.5 * x)) + 0.1 * anp.sum(x) ** 2


def error_of_smooth(x: FloatArray) -> float:
    """How far off its central differences are, at most: by its third derivative, and rounding."""
    size = float(np.abs(x).sum())
    slope = 1.5 + 0.2 * size
    value_error = (
        rounding(x.size + 2 * FUNCTION + 2, x.size)  # tanh times cos, each at most 1, and their sum
        + rounding(2 * x.size + 3, 0.1 * size**2)
        + rounding(1, slope * (LARGEST + STEP))  # of x + h
    )
    return difference_error(third=4.1, value_error=value_error)


def several(x: Any) -> Any:
    """An array out, of another shape than x."""
    flat = anp.reshape(x, (-1,))
    return anp.stack([anp.sum(anp.sin(flat)), anp.sum(flat**2), anp.sum(anp.tanh(flat))])


def error_of_several(x: FloatArray, df: FloatArray) -> float:
    """The same for their weighted sum: third derivatives of sin and tanh are at most 1 and 2."""
    weights = float(np.abs(df).sum())
    sizes = x.size * max(1, LARGEST**2)
    slope = weights * 2 * LARGEST
    value_error = rounding(x.size + FUNCTION, weights * sizes) + rounding(
        1, slope * (LARGEST + STEP)
    )
    return difference_error(third=2 * weights, value_error=value_error)


@given(arrays)
def test_numeric_gradient_of_any_shape_equals_autograd(x: FloatArray) -> None:
    measured = numeric_gradient(smooth, x)
    assert measured.shape == x.shape
    np.testing.assert_allclose(measured, grad(smooth)(x), rtol=0, atol=error_of_smooth(x))


@given(arrays, hnp.arrays(np.float64, 3, elements=numbers))
def test_numeric_gradient_with_df_equals_autograd_of_the_weighted_sum(
    x: FloatArray, df: FloatArray
) -> None:
    def loss(x: Any) -> Any:
        return anp.sum(df * several(x))

    np.testing.assert_allclose(
        numeric_gradient(several, x, df), grad(loss)(x), rtol=0, atol=error_of_several(x, df)
    )


@given(x=numbers, h=st.floats(0.01, 2))
def test_numeric_gradient_of_a_cube_is_off_by_h_squared(x: float, h: float) -> None:
    """((x + h)^3 - (x - h)^3) / 2h = 3 x^2 + h^2 exactly: h and both sides show."""
    measured = numeric_gradient(lambda z: z**3, x, h=h)
    rounded = rounding(FUNCTION + 3, (abs(x) + h) ** 3)  # of a cube and three times that of x + h
    error = difference_error(third=0, value_error=rounded, h=h)
    assert float(measured) == pytest.approx(3 * x * x + h * h, abs=error)


@given(x=numbers)
def test_numeric_gradient_step_of_1e_5_beats_a_large_and_a_tiny_one(x: float) -> None:
    def error(h: float) -> float:
        return abs(float(numeric_gradient(np.exp, x, h=h)) - math.exp(x))

    assert error(1e-5) < error(1e-2)
    assert error(1e-5) < 1e-9 < 1e-6 < max(error(1e-13), error(1e-14), error(1e-15))


def test_numeric_gradient_leaves_x_and_df_as_they_were() -> None:
    x, df = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    numeric_gradient(np.tanh, x, df)
    np.testing.assert_array_equal(x, np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(df, np.ones((2, 3)))


def test_numeric_gradient_of_a_function_that_returns_its_argument_is_one() -> None:
    """Were f handed one array twice, both its values would be that array."""
    np.testing.assert_allclose(numeric_gradient(lambda x: x, np.zeros(2), np.ones(2)), [1, 1])


def test_numeric_gradient_of_a_function_that_spoils_its_argument_is_right() -> None:
    def spoil(x: FloatArray) -> float:
        x *= 2
        return float(np.sum(x))

    np.testing.assert_allclose(numeric_gradient(spoil, np.ones(3)), [2, 2, 2])


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.bool_])
def test_numeric_gradient_of_another_dtype_is_taken_as_float64(dtype: Any) -> None:
    x = np.array([1, 0], dtype=dtype)
    measured = numeric_gradient(lambda z: np.sum(z**2), x)
    assert measured.dtype == np.float64
    np.testing.assert_allclose(
        measured, [2, 0], atol=difference_error(0, rounding(FUNCTION + 3, 2))
    )


def test_numeric_gradient_of_no_entries_is_empty() -> None:
    assert numeric_gradient(np.sum, np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("h", [0.0, -1e-5, math.nan, math.inf])
def test_numeric_gradient_impossible_step_is_refused(h: float) -> None:
    with pytest.raises(InputError, match="step h"):
        numeric_gradient(np.sum, np.ones(2), h=h)


@pytest.mark.parametrize(
    ("df", "sentence"),
    [(None, "without df it must return one number"), (np.ones(2), r"df has shape \(2,\)")],
)
def test_numeric_gradient_array_without_fitting_df_is_refused(df: Any, sentence: str) -> None:
    with pytest.raises(ShapeError, match=sentence):
        numeric_gradient(np.tanh, np.ones(3), df)


def relative_error_by_loops(a: list[float], b: list[float]) -> float:
    largest, scale = 0.0, 0.0
    for p, q in zip(a, b, strict=True):
        largest = max(largest, abs(p - q))
        scale = max(scale, abs(p), abs(q))
    return largest / scale if scale else 0.0


@given(st.lists(st.tuples(entries, entries), max_size=6))
def test_relative_error_equals_scalar_loops(pairs: list[tuple[float, float]]) -> None:
    a, b = [p for p, _ in pairs], [q for _, q in pairs]
    assert relative_error(a, b) == pytest.approx(relative_error_by_loops(a, b), rel=1e-12)


@given(lists, st.sampled_from([1e-9, -1.0, 1024.0]))
def test_relative_error_does_not_depend_on_the_unit(a: list[float], unit: float) -> None:
    b = [0.5 * value + 1 for value in a]
    scaled = relative_error(unit * np.array(a), unit * np.array(b))
    assert scaled == pytest.approx(relative_error(b, a), rel=1e-9)  # nor on the order


@given(lists)
def test_relative_error_is_at_most_2_and_0_for_the_same(a: list[float]) -> None:
    assert relative_error(a, a) == 0.0
    assert relative_error(a, -np.array(a)) == (2.0 if any(a) else 0.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_relative_error_of_what_is_not_finite_is_nan(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        assert math.isnan(relative_error([1.0, bad], [1.0, bad]))


def test_relative_error_of_different_shapes_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"\(3,\) and b \(3, 1\)"):
        relative_error(np.ones(3), np.ones((3, 1)))


def derivative_forgetting_the_square(x: FloatArray) -> FloatArray:
    return 1 - np.tanh(x)


def derivative_with_one_sign_turned(x: FloatArray) -> FloatArray:
    gradient = 1 - np.tanh(x) ** 2
    gradient.flat[-1] *= -1
    return gradient


def test_together_they_pass_a_right_derivative() -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    measured = numeric_gradient(lambda z: np.sum(np.tanh(z)), x)
    assert relative_error(1 - np.tanh(x) ** 2, measured) < 1e-9


@pytest.mark.parametrize(
    "wrong", [derivative_forgetting_the_square, derivative_with_one_sign_turned]
)
def test_together_they_find_a_planted_error(wrong: Callable[[FloatArray], FloatArray]) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    measured = numeric_gradient(lambda z: np.sum(np.tanh(z)), x)
    assert relative_error(wrong(x), measured) > 1e-2
