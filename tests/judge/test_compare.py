"""Where two arrays first differ, in words."""

import numpy as np
import pytest

from autograder.judge.compare import difference, equal, same_but_rounded
from autograder.judge.exercise import ANY_SHAPE, Tolerance

AXES = ("batch", "time", "unit")
EXACT = Tolerance(relative=0.0, absolute=0.0)


def compare(got: np.ndarray, expected: np.ndarray, axes: tuple[str, ...] = AXES) -> str:
    return difference("h", got, expected, axes, Tolerance())


def test_difference_of_equal_arrays_is_empty() -> None:
    h = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert compare(h, h.copy()) == ""
    assert compare(h.astype(np.float32), h) == ""


def test_difference_names_the_earliest_time_first() -> None:
    expected = np.zeros((2, 3, 4))
    got = expected.copy()
    got[0, 2, 0] = 1.0
    got[1, 1, 3] = 0.25
    sentence = compare(got, expected)
    assert sentence == (
        "2 of 24 numbers in h differ, first at batch 1, time 1, unit 3 (yours is 0.25)."
    )


def test_difference_never_tells_the_expected_number() -> None:
    assert "0.625" not in compare(np.zeros((1, 1, 2)), np.full((1, 1, 2), 0.625))


def test_difference_of_shapes_names_both_and_asks_for_a_swap() -> None:
    sentence = compare(np.zeros((3, 2, 4)), np.zeros((2, 3, 4)))
    assert "(3, 2, 4); expected (2, 3, 4) = (batch, time, unit)" in sentence
    assert "swapped" in sentence


def test_difference_of_shapes_asks_for_an_axis_of_length_one() -> None:
    assert "axis of length 1" in compare(np.zeros((2, 4)), np.zeros((2, 1, 4)))


def test_difference_of_a_shape_that_would_broadcast_is_told() -> None:
    assert "has shape (1, 3, 4)" in compare(np.zeros((1, 3, 4)), np.zeros((2, 3, 4)))
    assert not equal(np.zeros(()), np.zeros(3), EXACT)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e-3])
def test_equal_of_a_wrong_number_is_false(wrong: float) -> None:
    assert not equal(np.array([1.0, wrong]), np.array([1.0, 0.0]), Tolerance())


def test_equal_holds_to_the_tolerance_and_not_beyond() -> None:
    tolerance = Tolerance(relative=0.0, absolute=0.1)
    assert equal(np.array([1.05]), np.array([1.0]), tolerance)
    assert not equal(np.array([1.2]), np.array([1.0]), tolerance)


def test_equal_of_wide_integers_does_not_wrap() -> None:
    got, expected = np.array([255], dtype=np.uint8), np.array([-1], dtype=np.int64)
    assert not equal(got, expected, EXACT)


def test_difference_of_any_shape_gives_the_entry() -> None:
    got = np.zeros((2, 3))
    got[1, 2] = 0.5
    sentence = compare(got, np.zeros((2, 3)), ANY_SHAPE)
    assert sentence == "1 of 6 numbers in h differ, first at entry [1, 2] (yours is 0.5)."


@pytest.mark.parametrize("axes", [ANY_SHAPE, ()])
def test_difference_of_shapes_without_named_axes_names_both(axes: tuple[str, ...]) -> None:
    assert compare(np.zeros(4), np.zeros(()), axes).startswith("h has shape (4,); expected ().")


def test_single_precision_counts_as_a_mistakes_numbers_beside_the_largest_of_them() -> None:
    mistaken = np.array([2000.125, 0.03])
    rounded = np.array([2000.125, 0.0304], dtype=np.float32)
    assert not equal(rounded, mistaken, Tolerance())
    assert same_but_rounded(rounded, mistaken, Tolerance())
    assert not same_but_rounded(rounded.astype(np.float64) + 1e-12, mistaken, Tolerance())
    assert not same_but_rounded(np.float32([2000.125, 0.06]), mistaken, Tolerance())


def test_whole_numbers_are_not_taken_for_rounded_ones() -> None:
    mistaken = np.array([1_000_000.0, 3.0])
    assert not same_but_rounded(np.array([1_000_000.0, 4.0]), mistaken, Tolerance())
