"""Unit 10 beyond the list: failure signatures, and wrong and unusual answers nobody foresaw."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from autograder.student.report import Report
from rnn_ref.long_memory import adding_batch, best_unit_probe, bits_per_character

Function = Callable[..., Any]


def verdict(name: str, function: Function, seed: int = 3) -> Report:
    exercise = find_exercise(name)
    key = AnswerKey.draw(exercise, seed)
    (role,) = exercise.reference
    return judge(key, list(key.answers_of({role: function}).values()))


def failed(report: Report) -> set[str]:
    return {result.name for result in report.criteria if not result.passed}


# --- the adding problem -------------------------------------------------------------------------


def edited(change: Callable[[np.ndarray, np.ndarray, np.random.Generator], Any]) -> Function:
    """A right batch, changed afterwards."""

    def batch(N: int, T: int, rng: np.random.Generator) -> Any:
        x, y = adding_batch(N, T, rng)
        return change(x, y, rng)

    return batch


def _summed(x: np.ndarray) -> np.ndarray:
    total: np.ndarray = (x[:, :, 0] * x[:, :, 1]).sum(axis=1)
    return total


def _squared(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    x[:, :, 0] **= 2
    return x, _summed(x)


def _rounded(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    x[:, :, 0] = np.round(x[:, :, 0])
    return x, _summed(x)


def _sorted(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    marked = x[:, :, 0] * x[:, :, 1]
    x[:, :, 0] = np.where(x[:, :, 1] == 1, np.sqrt(marked), x[:, :, 0])
    return x, _summed(x)


def _markers_of_two(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    x[:, :, 1] *= 2
    return x, y


def _mirrored(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    """The second place follows from the first."""
    first = x[:, : x.shape[1] // 2, 1]
    x[:, x.shape[1] - first.shape[1] :, 1] = first[:, ::-1]
    x[:, first.shape[1] : x.shape[1] - first.shape[1], 1] = 0
    return x, _summed(x)


def _noisy(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    return x, y + 0.01 * rng.normal(size=y.shape)


def _shuffled(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    return x, np.roll(y, 1) if len(y) > 1 else y


def _not_finite(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    x[0, 0, 0] = np.nan
    return x, y


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (_squared, {"numbers", "places"}),
        (_rounded, {"numbers", "places"}),
        (_sorted, {"numbers", "places"}),  # marked numbers are larger than the others
        (_markers_of_two, {"markers", "edges", "places", "target"}),
        (_mirrored, {"places"}),
        (_noisy, {"target"}),
        (_shuffled, {"target"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_batch_that_nobody_foresaw_loses_just_what_is_wrong(
    change: Function, fails: set[str]
) -> None:
    report = verdict("adding_batch", edited(change))
    assert failed(report) == fails
    assert report.mistake == ""


def test_batch_with_nan_is_not_right() -> None:
    assert {"numbers", "target"} <= failed(verdict("adding_batch", edited(_not_finite)))


@pytest.mark.parametrize(
    "result", [None, 3.0, (np.zeros((2, 3)), np.zeros(2)), ([[1, 2], [3]], [0]), ("x", "y")]
)
def test_batch_of_another_form_earns_nothing_and_is_told_why(result: Any) -> None:
    report = verdict("adding_batch", lambda N, T, rng: result)
    assert report.points == 0
    assert all(criterion.detail for criterion in report.criteria)


def test_batch_missing_from_what_arrived_earns_nothing() -> None:
    """The judge does not trust that a batch comes with every answer."""
    key = AnswerKey.draw(find_exercise("adding_batch"), 0)
    empty = [Answer(case.name, {"own_y": np.zeros(3)}) for case in key.cases]
    assert judge(key, empty).points == 0


def _by_rows(first: Function, second: Function, fill: float = 0.0) -> Function:
    """A batch made row by row, in another order than the mistakes draw in."""

    def batch(N: int, T: int, rng: np.random.Generator) -> Any:
        x = np.full((N, T, 2), fill)
        y = np.zeros(N)
        for n in range(N):
            x[n, first(T, rng), 1] = 1
            x[n, second(T, rng), 1] = 1
            x[n, :, 0] = rng.random(T)
            y[n] = x[n, x[n, :, 1] == 1, 0].sum()
        return x, y

    return batch


def _in_first_half(T: int, rng: np.random.Generator) -> int:
    return int(rng.integers(T // 2))


def _in_second_half(T: int, rng: np.random.Generator) -> int:
    return int(rng.integers(T // 2, T))


def _anywhere(T: int, rng: np.random.Generator) -> int:
    return int(rng.integers(T))


@pytest.mark.parametrize(
    ("batch", "mistake"),
    [
        (_by_rows(_in_first_half, _in_second_half), ""),
        (_by_rows(_anywhere, _anywhere), "markers_may_coincide"),
        (
            _by_rows(
                _in_first_half,
                lambda T, rng: T // 2 + (T > 2) * rng.integers(max(T - T // 2 - 1, 1)),
            ),
            "last_step_never_marked",
        ),
        (
            _by_rows(
                lambda T, rng: rng.integers((T + 1) // 2),
                lambda T, rng: rng.integers((T + 1) // 2, T),
            ),
            "first_half_rounded_up",
        ),
        (_by_rows(_in_first_half, _in_second_half, fill=-1.0), "unmarked_are_minus_1"),
        (_by_rows(_in_first_half, lambda T, rng: []), "one_marker"),
    ],
    ids=["right", "anywhere", "last", "ceil", "minus", "one"],
)
def test_batch_mistake_is_named_whatever_the_order_of_the_draws(
    batch: Function, mistake: str
) -> None:
    report = verdict("adding_batch", batch)
    assert report.mistake == mistake
    assert (report.points == 2) is (mistake == "")


def test_batch_wrong_target_advice_shows() -> None:
    report = verdict("adding_batch", edited(_noisy))
    assert any("has shape (N,)" in sentence for sentence in report.advice)


# --- bits a character ---------------------------------------------------------------------------


def _bits_in_parts(params: Any, ids: np.ndarray, length: int) -> list[tuple[float, int]]:
    cuts = range(0, len(ids), length)
    return [
        (bits_per_character(params, ids[a : a + length]), len(ids[a : a + length])) for a in cuts
    ]


def _each_part_begun_anew(params: Any, ids: np.ndarray) -> float:
    parts = _bits_in_parts(params, ids, 50)
    return sum(bits * n for bits, n in parts) / len(ids)


def _limited(params: Any, ids: np.ndarray) -> float:
    return min(bits_per_character(params, ids), 20.0)


def _rounded_bits(params: Any, ids: np.ndarray) -> float:
    return round(bits_per_character(params, ids), 2)


def _backwards(params: Any, ids: np.ndarray) -> float:
    return bits_per_character(params, ids[::-1])


def _first_costs_log2_of_what_occurs(params: Any, ids: np.ndarray) -> float:
    right = bits_per_character(params, ids)
    return right + (math.log2(len(set(ids.tolist()))) - math.log2(len(params["b_y"]))) / len(ids)


def _first_1000(params: Any, ids: np.ndarray) -> float:
    return bits_per_character(params, ids[:1000])


def _bytes(params: Any, ids: np.ndarray) -> float:
    return bits_per_character(params, ids) / 8


@pytest.mark.parametrize(
    ("bits", "fails"),
    [
        (_each_part_begun_anew, {"long"}),
        (_limited, {"finite"}),
        (_rounded_bits, {"first", "values", "long", "finite"}),
        (_backwards, {"values", "long", "finite"}),
        (_first_costs_log2_of_what_occurs, {"first"}),
        (_first_1000, {"long"}),
        (_bytes, {"first", "values", "long", "finite"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bits_that_nobody_foresaw_lose_just_what_is_wrong(bits: Function, fails: set[str]) -> None:
    report = verdict("bits_per_character", bits)
    # How many characters occur in a short text is up to chance.
    assert fails <= failed(report) <= fails | ({"values", "finite"} if "first" in fails else set())


@pytest.mark.parametrize(
    ("bits", "word"), [(_each_part_begun_anew, "carried on"), (_limited, "without computing p")]
)
def test_bits_signature_of_a_failure_is_explained(bits: Function, word: str) -> None:
    report = verdict("bits_per_character", bits)
    assert report.mistake == ""
    assert any(word in sentence for sentence in report.advice)


# --- the best unit ------------------------------------------------------------------------------


def _other_unit(h: np.ndarray, labels: np.ndarray) -> Any:
    unit, r = best_unit_probe(h, labels)
    return (unit + 1) % h.shape[1], r


def _counted_from_1(h: np.ndarray, labels: np.ndarray) -> Any:
    unit, r = best_unit_probe(h, labels)
    return unit + 1, r


def _ranks(h: np.ndarray, labels: np.ndarray) -> Any:
    return best_unit_probe(h.argsort(axis=0).argsort(axis=0).astype(float), labels)


def _every_other(h: np.ndarray, labels: np.ndarray) -> Any:
    order = np.r_[0 : len(h) : 2, 1 : len(h) : 2]
    return best_unit_probe(h[order], labels[order])


def _larger_first_half(h: np.ndarray, labels: np.ndarray) -> Any:
    return best_unit_probe(np.concatenate([h[:1], h]), np.concatenate([labels[:1], labels]))


def _reversed(h: np.ndarray, labels: np.ndarray) -> Any:
    return best_unit_probe(h[::-1], labels[::-1])


@pytest.mark.parametrize(
    "best", [_other_unit, _counted_from_1, _ranks, _every_other, _larger_first_half, _reversed]
)
def test_best_that_nobody_foresaw_does_not_pass(best: Function) -> None:
    report = verdict("best_unit_probe", best)
    assert report.points is not None and report.points < 1
    assert failed(report) & {"unit", "held_out", "r"}


def test_best_swapped_pair_is_of_the_wrong_form() -> None:
    report = verdict("best_unit_probe", lambda h, labels: best_unit_probe(h, labels)[::-1])
    assert report.points == 0
    assert "expected an integer" in report.criteria[0].detail


def test_best_wrong_correlation_advice_shows() -> None:
    def doubled(h: np.ndarray, labels: np.ndarray) -> Any:
        unit, r = best_unit_probe(h, labels)
        return unit, r * 0.9

    report = verdict("best_unit_probe", doubled)
    assert any("keeps its sign" in sentence for sentence in report.advice)
