"""Unit 10 beyond the list: failure signatures, and wrong and unusual answers nobody foresaw."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.edits import base_source, compiled
from autograder.judge.exercises import find_exercise
from autograder.judge.mistakes.long_memory import BITS
from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from autograder.student.report import Report
from rnn_ref.long_memory import adding_batch, best_unit_probe, bits_per_character
from tests.judge import judged
from tests.judge.judged import drawn, failed

Function = Callable[..., Any]


def verdict(name: str, function: Function, seed: int = 3) -> Report:
    (role,) = find_exercise(name).reference
    return judged.verdict(name, seed, **{role: function})


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
        (_sorted, {"numbers", "places"}),  # marked numbers are larger than the others
        (_markers_of_two, {"markers", "edges", "places"}),
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


def test_batch_of_rounded_numbers_is_named_by_what_they_are() -> None:
    report = verdict("adding_batch", edited(_rounded))
    assert (failed(report), report.mistake) == ({"numbers", "places"}, "whole_numbers")


def test_batch_wrong_target_is_told_by_how_far_it_is_off() -> None:
    (target,) = [c for c in verdict("adding_batch", edited(_noisy)).criteria if c.name == "target"]
    assert "numbers in y minus the marked sum differ, first at batch 0" in target.detail


def test_batch_with_nan_is_not_right() -> None:
    report = verdict("adding_batch", edited(_not_finite))
    assert {"numbers", "target"} <= failed(report)
    assert "given_rng" not in failed(report) and not report.mistake


@pytest.mark.parametrize(
    "result", [None, 3.0, (np.zeros((2, 3)), np.zeros(2)), ([[1, 2], [3]], [0]), ("x", "y")]
)
def test_batch_of_another_form_earns_nothing_and_is_told_why(result: Any) -> None:
    report = verdict("adding_batch", lambda N, T, rng: result)
    assert report.points == 0
    assert report.headline and not any(criterion.judged for criterion in report.criteria)


def test_batch_missing_from_what_arrived_earns_nothing() -> None:
    """The judge does not trust that a batch comes with every answer."""
    key = drawn("adding_batch")
    empty = [Answer(case.name, {"y": np.zeros(3)}) for case in key.cases]
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


def test_batch_of_which_the_first_is_not_asked_again_is_not_judged_by_it() -> None:
    """What is missing is not taken for equal."""
    key = drawn("adding_batch")
    answers = key.answers_of(key.exercise.reference)
    for missing in ("next_x", "x_again"):
        sent = dict(answers["a small batch"].outputs)
        del sent[missing]
        changed = {**answers, "a small batch": Answer("a small batch", sent)}
        assert failed(judge(key, list(changed.values()))) == {"given_rng"}


def test_batch_statistics_that_are_sent_count_for_nothing() -> None:
    key = drawn("adding_batch")
    derived = key.exercise.derived.keys()
    sent = [
        Answer(case, {name: value for name, value in answer.outputs.items() if name in derived})
        for case, answer in key.expected.items()
    ]
    assert judge(key, sent).points == 0


@pytest.mark.parametrize("shape", [(3000, 3000), (10**7,), (2, 2, 2, 2), ()])
def test_batch_of_another_shape_is_refused_before_anything_is_computed(shape: Any) -> None:
    key = drawn("adding_batch")
    sent = [Answer(c.name, {"x": np.ones(shape, bool), "y": np.ones(3)}) for c in key.cases]
    report = judge(key, sent)
    assert report.points == 0 and "expected" in report.headline


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


@pytest.mark.parametrize("size", [100, 500, 1000])
@pytest.mark.parametrize("mistake", ["state_reset_at_chunks", "cell_not_carried", "mean_of_means"])
def test_bits_lost_between_chunks_are_told_with_the_size_of_the_chunks(
    size: int, mistake: str
) -> None:
    name = mistake + ("" if size == 500 else f"_of_{size}")
    report = verdict("bits_per_character", BITS[name].function)
    assert (failed(report), report.mistake) == ({"long"}, name)
    assert f"chunks of {size}" in report.mistake_sentence.replace("one chunk", "chunks")


@pytest.mark.parametrize("seed", range(11, 15))
@pytest.mark.parametrize("state", ["c[:, 0]", "0 * c[:, -1]", "c[:, len(targets) // 2]"])
def test_bits_with_a_wrong_cell_state_between_chunks_never_pass(state: str, seed: int) -> None:
    source = base_source("long_memory", "bits_per_character").replace(
        "h[:, -1], c[:, -1]", f"h[:, -1], {state}"
    )
    wrong = compiled(source, "long_memory", "bits_per_character")
    assert failed(verdict("bits_per_character", wrong, seed)) == {"long"}


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
    assert "expected an integer" in report.headline


def _with_a_threshold(limit: float) -> Function:
    source = base_source("long_memory", "best_unit_probe").replace("1e-12", str(limit))
    return compiled(source, "long_memory", "best_unit_probe")


@pytest.mark.parametrize("limit", [0.3, 1, 2])
def test_best_that_takes_small_changes_for_none_is_named(limit: float) -> None:
    for seed in range(11, 15):
        report = verdict("best_unit_probe", _with_a_threshold(limit), seed)
        assert failed(report) == {"constant"}
        assert report.mistake == "small_changes_count_as_none"


@pytest.mark.parametrize("limit", [1e-6, 1e-9, 1e-15])
def test_best_with_another_small_threshold_earns_all(limit: float) -> None:
    for seed in range(11, 15):
        assert failed(verdict("best_unit_probe", _with_a_threshold(limit), seed)) == set()


def _steady_over_all(h: np.ndarray, labels: np.ndarray) -> Any:
    """Looks for units that never change in the whole text, not in each half."""
    half = len(labels) // 2

    def r(part: np.ndarray, wanted: np.ndarray) -> Any:
        a, b = part - part.mean(axis=0), wanted - wanted.mean()
        return b @ a / np.sqrt((a**2).sum(axis=0) * (b**2).sum())

    chosen = np.where(np.ptp(h, axis=0) == 0, 0, r(h[:half], labels[:half]))
    unit = int(np.argmax(np.abs(chosen)))
    return unit, r(h[half:], labels[half:])[unit]


def test_best_unit_that_changes_later_is_no_best_one() -> None:
    report = verdict("best_unit_probe", _steady_over_all)
    assert failed(report) == {"constant"}
    assert report.mistake == "constant_unit_is_nan"
    assert "A unit that changes in the second half alone" in report.mistake_sentence


# --- a case to try ------------------------------------------------------------------------------
