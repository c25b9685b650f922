"""Counts against probabilities: the false-alarm rate holds, and wrong laws are found."""

import math

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.frequencies import FALSE_ALARM, alike, divergence, unlikely
from autograder.judge.key import AnswerKey

LAW = np.array([[0.5, 0.2], [0.25, 0.05]])
AXES = ("first", "second")
KEY = AnswerKey.draw(find_exercise("sample"), 7)


def drawn(law: np.ndarray, trials: int, seed: int) -> np.ndarray:
    counts: np.ndarray = np.random.default_rng(seed).multinomial(trials, law.ravel())
    return counts.reshape(law.shape)


def verdict_on(counts: np.ndarray, law: np.ndarray = LAW, false_alarm: float = 1e-7) -> str:
    return unlikely("counts", counts, law, AXES, false_alarm)


@pytest.mark.parametrize(("trials", "p"), [(5, 0.5), (50, 0.1), (200, 0.02), (300, 0.7)])
@pytest.mark.parametrize("false_alarm", [0.2, 0.01, 1e-6])
def test_exact_chance_of_a_false_alarm_is_at_most_what_is_stated(
    trials: int, p: float, false_alarm: float
) -> None:
    """Summed over the binomial distribution: no simulation, no approximation."""
    law = np.array([p, 1 - p])
    chance = math.fsum(
        math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
        for k in range(trials + 1)
        if unlikely("counts", np.array([k, trials - k]), law, ("side",), false_alarm)
    )
    assert chance <= false_alarm


def test_alarms_on_a_table_of_the_right_law_stay_below_the_rate() -> None:
    alarms = sum(bool(verdict_on(drawn(LAW, 400, seed), false_alarm=0.05)) for seed in range(400))
    assert alarms <= 400 * 0.05  # the bound leaves room: it is a bound, not an estimate


def test_wrong_law_is_found_and_said_without_a_probability() -> None:
    wrong = np.array([[0.3, 0.2], [0.25, 0.25]])
    sentence = verdict_on(drawn(wrong, 500, 0))
    assert sentence.startswith("first 0 came up ")
    assert "too rarely for chance" in sentence
    assert "0.7" not in sentence


def test_outcome_that_cannot_happen_is_found_at_once() -> None:
    law = np.array([[0.5, 0.25], [0.25, 0.0]])
    sentence = verdict_on(np.array([[50, 25], [24, 1]]), law)
    assert sentence == "first 1, second 1 came up 1 times in 100: too often for chance."


@pytest.mark.parametrize(
    "counts",
    [
        np.array([250, 100, 125, 25]),
        np.array([[250.0, 100.0], [125.0, 25.0]]),
        np.array([[-1, 200], [200, 101]]),
        np.array([[True, False], [True, True]]),
    ],
    ids=["shape", "floats", "negative", "booleans"],
)
def test_what_is_no_table_of_counts_is_refused(counts: np.ndarray) -> None:
    assert verdict_on(counts)


@pytest.mark.parametrize("value", [math.nan, -0.5, 0.9])
def test_own_probabilities_that_are_none_are_refused(value: float) -> None:
    law = LAW.copy()
    law[0, 0] = value
    assert verdict_on(drawn(LAW, 500, 1), law)


def test_divergence_is_zero_at_equality_and_infinite_at_the_impossible() -> None:
    assert divergence(0.3, 0.3) == 0
    assert divergence(0.0, 0.0) == 0
    assert divergence(1.0, 1.0 + 1e-15) == 0
    assert divergence(0.1, 0.0) == math.inf
    assert divergence(0.5, 0.25) == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))


def test_tables_of_one_law_are_alike_and_of_two_are_not() -> None:
    assert alike(drawn(LAW, 500, 1), drawn(LAW, 500, 2))
    assert not alike(drawn(LAW, 500, 1), drawn(LAW[::-1], 500, 2))
    assert not alike(drawn(LAW, 500, 1), drawn(LAW, 499, 1))
    assert not alike(drawn(LAW, 500, 1), drawn(LAW, 500, 1).ravel())


def test_all_tables_of_a_check_share_one_false_alarm_rate() -> None:
    tables = sum("counts" in answer.outputs for answer in KEY.expected.values())
    assert tables == 4  # two temperatures, with the learner's own softmax and with ours
    assert tables * KEY.false_alarm == pytest.approx(FALSE_ALARM)
    assert FALSE_ALARM < 1e-6


def test_tables_with_many_cells_a_little_off_are_not_alike() -> None:
    counts = np.full((4, 4), 50)
    off = np.where(np.indices((4, 4)).sum(axis=0) % 2, 25, -25)  # 3.6 deviations each
    assert not alike(counts + off // 2, counts - off // 2 - off % 2)


def test_tables_of_one_law_are_alike_but_for_one_in_a_thousand() -> None:
    law = np.random.default_rng(1).dirichlet(np.ones(16)).reshape(4, 4)
    pairs = [(drawn(law, 500, seed), drawn(law, 500, seed + 10_000)) for seed in range(1000)]
    assert sum(not alike(one, other) for one, other in pairs) <= 3
