"""The reference of unit 04 against scalar loops, exact probabilities and properties."""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.sampling import next_scores, read_prime, sample, softmax_temperature
from tests.rnn_ref.scalar_rnn import scalar_step

ROUNDING = {"rtol": 0.0, "atol": 1e-12}  # of sums of at most a dozen numbers not above 1
TINY = 1e-9

scores_of_any_shape = arrays(
    np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.floats(-1e3, 1e3)
)
temperatures = st.floats(1e-3, 1e3)


def model(seed: int = 0, V: int = 3, H: int = 4) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "W_xh": rng.normal(size=(V, H)),
        "W_hh": rng.normal(size=(H, H)),
        "b_h": rng.normal(size=H),
        "W_hy": 1.5 * rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
    }


def first_state(seed: int = 1, H: int = 4) -> Any:
    return np.random.default_rng(seed).uniform(-0.9, 0.9, size=(1, H))


def scalar_softmax(scores: list[float], temperature: float) -> list[float]:
    highest = max(scores)
    weights = [math.exp((s - highest) / temperature) for s in scores]
    return [w / math.fsum(weights) for w in weights]


def scalar_next(params: dict[str, Any], h: list[float], last: int) -> tuple[list[float], Any]:
    V = len(params["b_y"])
    x = [1.0 if v == last else 0.0 for v in range(V)]
    h = scalar_step(x, h, params["W_xh"].tolist(), params["W_hh"].tolist(), params["b_h"].tolist())
    columns = zip(*params["W_hy"].tolist(), strict=True)
    scores = [
        math.fsum(a * w for a, w in zip(h, column, strict=True)) + bias
        for column, bias in zip(columns, params["b_y"].tolist(), strict=True)
    ]
    return scores, h


def probability_of(
    ids: tuple[int, ...], params: dict[str, Any], h: list[float], first_id: int, temperature: float
) -> float:
    """Of one text, by the chain rule, one scalar at a time."""
    total, last = 1.0, first_id
    for drawn in ids:
        scores, h = scalar_next(params, h, last)
        total *= scalar_softmax(scores, temperature)[drawn]
        last = drawn
    return total


# --- the temperature --------------------------------------------------------------------------


@given(scores_of_any_shape, temperatures)
def test_softmax_any_scores_equals_scalar_loop(scores: Any, temperature: float) -> None:
    p = softmax_temperature(scores, temperature)
    rows = zip(
        p.reshape(-1, p.shape[-1]), scores.reshape(-1, scores.shape[-1]).tolist(), strict=True
    )
    for row, scalars in rows:
        np.testing.assert_allclose(row, scalar_softmax(scalars, temperature), **ROUNDING)


@given(scores_of_any_shape, st.floats(min_value=0, exclude_min=True))
def test_softmax_any_temperature_at_all_gives_probabilities(
    scores: Any, temperature: float
) -> None:
    """From the smallest number there is up to infinity."""
    p = softmax_temperature(scores, temperature)
    assert p.shape == scores.shape
    assert p.min() >= 0
    np.testing.assert_allclose(p.sum(axis=-1), 1.0, **ROUNDING)


@given(scores_of_any_shape, temperatures, st.floats(-1e3, 1e3))
def test_softmax_shifted_scores_give_the_same(
    scores: Any, temperature: float, shift: float
) -> None:
    moved = softmax_temperature(scores + shift, temperature)
    # The shift rounds each score by up to 1e-13, which dividing by 0.001 makes a thousandfold.
    np.testing.assert_allclose(moved, softmax_temperature(scores, temperature), atol=1e-9)


@given(arrays(np.float64, 4, elements=st.floats(-5, 5)), st.floats(0.1, 10), st.floats(0.1, 10))
def test_softmax_higher_temperature_never_has_less_entropy(
    scores: Any, one: float, other: float
) -> None:
    def entropy(temperature: float) -> float:
        p = softmax_temperature(scores, temperature)
        return -math.fsum(x * math.log(x) for x in p if x > 0)

    low, high = sorted((one, other))
    assert entropy(low) <= entropy(high) + 1e-9  # equal scores: entropies equal up to rounding


def test_softmax_tiny_temperature_is_one_hot_at_the_largest() -> None:
    np.testing.assert_array_equal(softmax_temperature(np.array([1.0, 3.0, 2.9]), TINY), [0, 1, 0])


def test_softmax_huge_temperature_is_uniform() -> None:
    p = softmax_temperature(np.array([-5.0, 0.0, 5.0, 9.0]), 1e9)
    np.testing.assert_allclose(p, 0.25, atol=1e-8)  # 14 / 1e9 / 4


def test_softmax_scores_of_a_thousand_stay_finite() -> None:
    p = softmax_temperature(np.array([[1000.0, 999.0], [-1000.0, -999.0]]), 1.0)
    expected = 1 / (1 + math.exp(-1))
    np.testing.assert_allclose(p, [[expected, 1 - expected], [1 - expected, expected]], **ROUNDING)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_softmax_temperature_not_above_zero_is_refused(temperature: float) -> None:
    with pytest.raises(InputError, match="must be greater than 0"):
        softmax_temperature(np.zeros(3), temperature)


def test_softmax_single_precision_stays_single_and_scores_stay() -> None:
    scores = np.array([1.0, 2.0, 4.0], dtype=np.float32)
    p = softmax_temperature(scores, 0.7)
    assert p.dtype == np.float32
    np.testing.assert_array_equal(scores, [1.0, 2.0, 4.0])


# --- one step, and a beginning ----------------------------------------------------------------


def test_next_scores_equal_scalar_loop() -> None:
    params, h_0 = model(), first_state()
    scores, h_1 = next_scores(params, h_0, 2)
    expected, h = scalar_next(params, h_0[0].tolist(), 2)
    np.testing.assert_allclose(scores, expected, **ROUNDING)
    np.testing.assert_allclose(h_1[0], h, **ROUNDING)


@pytest.mark.parametrize("prime", [[2], [0, 1], [2, 2, 0, 1]])
def test_read_prime_leaves_the_last_character_to_sample(prime: list[int]) -> None:
    params = model()
    h_0, first_id = read_prime(params, np.array(prime))
    h = [0.0] * 4
    for i in prime[:-1]:
        _, h = scalar_next(params, h, i)
    np.testing.assert_allclose(h_0, [h], **ROUNDING)
    assert first_id == prime[-1]


def test_read_prime_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        read_prime(model(), np.array([], dtype=int))


# --- the text ---------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_sample_frequencies_of_whole_texts_are_their_probabilities(temperature: float) -> None:
    params, h_0, texts = model(), first_state(), 1500
    rng = np.random.default_rng(7)
    counts = dict.fromkeys(product(range(3), repeat=3), 0)
    for _ in range(texts):
        counts[tuple(sample(params, h_0, 1, 3, temperature, rng).tolist())] += 1
    chances = [probability_of(ids, params, h_0[0].tolist(), 1, temperature) for ids in counts]
    assert math.fsum(chances) == pytest.approx(1.0)
    # Six standard deviations and one count more: the seed is fixed, so this holds or it does not.
    for count, p in zip(counts.values(), chances, strict=True):
        assert abs(count - texts * p) <= 6 * math.sqrt(texts * p * (1 - p)) + 1


def test_sample_tiny_temperature_takes_the_largest_score_each_time() -> None:
    params, h_0 = model(seed=3), first_state()
    h, last, expected = h_0[0].tolist(), 0, []
    for _ in range(12):
        scores, h = scalar_next(params, h, last)
        last = scores.index(max(scores))
        expected.append(last)
    assert len(set(expected)) > 1  # else nothing would show that the input is replaced
    ids = sample(params, h_0, 0, 12, TINY, np.random.default_rng(0))
    assert ids.tolist() == expected


@given(st.integers(0, 2**32 - 1), st.integers(0, 8), st.integers(0, 2))
def test_sample_with_stop_is_the_same_text_cut_after_it(seed: int, length: int, stop: int) -> None:
    params, h_0 = model(), first_state()
    whole = sample(params, h_0, 0, length, 1.0, np.random.default_rng(seed)).tolist()
    cut = sample(params, h_0, 0, length, 1.0, np.random.default_rng(seed), stop).tolist()
    assert len(whole) == length
    assert cut == (whole[: whole.index(stop) + 1] if stop in whole else whole)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_sample_continued_from_its_own_state_equals_one_long_text(
    seed: int, first: int, second: int
) -> None:
    params, h_0 = model(), first_state()
    whole = sample(params, h_0, 0, first + second, 1.0, np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    beginning = sample(params, h_0, 0, first, 1.0, rng)
    h = h_0
    for i in [0, *beginning[:-1].tolist()]:
        _, h = next_scores(params, h, i)
    rest = sample(params, h, int(beginning[-1]), second, 1.0, rng)
    np.testing.assert_array_equal(np.concatenate([beginning, rest]), whole)


def test_sample_one_generator_twice_gives_two_texts() -> None:
    params, h_0, rng = model(), first_state(), np.random.default_rng(5)
    one, two = (sample(params, h_0, 0, 40, 1.0, rng).tolist() for _ in range(2))
    assert one != two


def test_sample_leaves_its_arguments_and_global_chance_alone() -> None:
    params, h_0 = model(), first_state()
    before = {name: array.copy() for name, array in params.items()}
    state, legacy = h_0.copy(), np.random.get_state(legacy=False)
    sample(params, h_0, 0, 5, 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(h_0, state)
    for name, array in params.items():
        np.testing.assert_array_equal(array, before[name])
    after = np.random.get_state(legacy=False)
    np.testing.assert_array_equal(after["state"]["key"], legacy["state"]["key"])
    assert after["state"]["pos"] == legacy["state"]["pos"]


def test_sample_of_no_length_is_empty_and_draws_nothing() -> None:
    rng = np.random.default_rng(0)
    ids = sample(model(), first_state(), 0, 0, 1.0, rng)
    assert ids.shape == (0,)
    assert rng.random() == np.random.default_rng(0).random()


def test_sample_state_of_more_than_one_row_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"h_prev has shape \(2, 4\); expected \(1, 4\)"):
        sample(model(), np.zeros((2, 4)), 0, 3, 1.0, np.random.default_rng(0))


@pytest.mark.parametrize("first_id", [3, -1])
def test_sample_first_id_out_of_range_is_refused(first_id: int) -> None:
    with pytest.raises(InputError):
        sample(model(), first_state(), first_id, 3, 1.0, np.random.default_rng(0))
