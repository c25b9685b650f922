"""Unit 10 beyond the list: failure signatures, and wrong and unusual answers nobody foresaw."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.edits import base_source, compiled
from autograder.judge.mistakes.long_memory import BITS
from rnn_ref.long_memory import best_unit_probe, bits_per_character
from tests.judge.judged import failed, verdict_on

Function = Callable[..., Any]


# --- bits a character -----------------------------------------------------------------------------


def _bits_in_parts(params: Any, ids: np.ndarray, length: int) -> list[tuple[float, int]]:
    cuts = range(0, len(ids), length)
    return [
        (bits_per_character(params, ids[a : a + length]), len(ids[a : a + length])) for a in cuts
    ]


def _each_part_begun_anew(params: Any, ids: np.ndarray) -> float:
    parts = _bits_in_parts(params, ids, 50)
    return sum(bits * n for bits, n in parts) / len(ids)


def _first_costs_log2_of_what_occurs(params: Any, ids: np.ndarray) -> float:
    right = bits_per_character(params, ids)
    return right + (math.log2(len(set(ids.tolist()))) - math.log2(len(params["b_y"]))) / len(ids)


BITS_WRONG: dict[str, tuple[Function, set[str]]] = {
    "each part begun anew": (_each_part_begun_anew, {"long"}),
    "limited": (lambda params, ids: min(bits_per_character(params, ids), 20.0), {"finite"}),
    "rounded": (
        lambda params, ids: round(bits_per_character(params, ids), 2),
        {"first", "values", "long", "finite"},
    ),
    "backwards": (
        lambda params, ids: bits_per_character(params, ids[::-1]),
        {"values", "long", "finite"},
    ),
    "first costs log2 of what occurs": (_first_costs_log2_of_what_occurs, {"first"}),
    "first 1000": (lambda params, ids: bits_per_character(params, ids[:1000]), {"long"}),
    "bytes": (
        lambda params, ids: bits_per_character(params, ids) / 8,
        {"first", "values", "long", "finite"},
    ),
}


@pytest.mark.parametrize("wrong", BITS_WRONG)
def test_bits_that_nobody_foresaw_lose_just_what_is_wrong(wrong: str) -> None:
    bits, fails = BITS_WRONG[wrong]
    report = verdict_on("bits_per_character", bits)
    # How many characters occur in a short text is up to chance.
    assert fails <= failed(report) <= fails | ({"values", "finite"} if "first" in fails else set())


@pytest.mark.parametrize("size", [100, 500, 1000])
@pytest.mark.parametrize("mistake", ["state_reset_at_chunks", "cell_not_carried", "mean_of_means"])
def test_bits_lost_between_chunks_are_told_with_the_size_of_the_chunks(
    size: int, mistake: str
) -> None:
    name = mistake + ("" if size == 500 else f"_of_{size}")
    report = verdict_on("bits_per_character", BITS[name].function)
    assert (failed(report), report.mistake) == ({"long"}, name)
    assert f"chunks of {size}" in report.mistake_sentence.replace("one chunk", "chunks")


@pytest.mark.parametrize("seed", range(11, 15))
@pytest.mark.parametrize("state", ["c[:, 0]", "0 * c[:, -1]", "c[:, len(targets) // 2]"])
def test_bits_with_a_wrong_cell_state_between_chunks_never_pass(state: str, seed: int) -> None:
    source = base_source("long_memory", "bits_per_character").replace(
        "h[:, -1], c[:, -1]", f"h[:, -1], {state}"
    )
    wrong = compiled(source, "long_memory", "bits_per_character")
    assert failed(verdict_on("bits_per_character", wrong, seed)) == {"long"}


# --- the best unit --------------------------------------------------------------------------------


def _in_order(order: Callable[[int], Any]) -> Function:
    """The model answer on time steps in another order, or some of them twice."""
    return lambda h, labels: best_unit_probe(h[order(len(h))], labels[order(len(h))])


BEST_WRONG: dict[str, Function] = {
    "other unit": lambda h, labels: (
        (best_unit_probe(h, labels)[0] + 1) % h.shape[1],
        best_unit_probe(h, labels)[1],
    ),
    "counted from 1": lambda h, labels: (
        best_unit_probe(h, labels)[0] + 1,
        best_unit_probe(h, labels)[1],
    ),
    "ranks": lambda h, labels: best_unit_probe(
        h.argsort(axis=0).argsort(axis=0).astype(float), labels
    ),
    "every other": _in_order(lambda n: np.r_[0:n:2, 1:n:2]),
    "larger first half": _in_order(lambda n: np.r_[0, 0:n]),
    "reversed": _in_order(lambda n: np.arange(n)[::-1]),
}


@pytest.mark.parametrize("best", BEST_WRONG.values(), ids=BEST_WRONG)
def test_best_that_nobody_foresaw_does_not_pass(best: Function) -> None:
    report = verdict_on("best_unit_probe", best)
    assert report.points is not None and report.points < 1
    assert failed(report) & {"unit", "held_out", "r"}


def test_best_swapped_pair_is_of_the_wrong_form() -> None:
    report = verdict_on("best_unit_probe", lambda h, labels: best_unit_probe(h, labels)[::-1])
    assert report.points == 0
    assert "expected an integer" in report.headline


def _with_a_threshold(limit: float) -> Function:
    source = base_source("long_memory", "best_unit_probe").replace("1e-12", str(limit))
    return compiled(source, "long_memory", "best_unit_probe")


@pytest.mark.parametrize("limit", [0.3, 1, 2])
def test_best_that_takes_small_changes_for_none_is_named(limit: float) -> None:
    for seed in range(11, 15):
        report = verdict_on("best_unit_probe", _with_a_threshold(limit), seed)
        assert failed(report) == {"constant"}
        assert report.mistake == "small_changes_count_as_none"


@pytest.mark.parametrize("limit", [1e-6, 1e-9, 1e-15])
def test_best_with_another_small_threshold_earns_all(limit: float) -> None:
    for seed in range(11, 15):
        assert failed(verdict_on("best_unit_probe", _with_a_threshold(limit), seed)) == set()


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
    report = verdict_on("best_unit_probe", _steady_over_all)
    assert failed(report) == {"constant"}
    assert report.mistake == "constant_unit_is_nan"
    assert "A unit that changes in the second half alone" in report.mistake_sentence
