"""Batches that go on where they stopped."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.char_lm.shared import (
    FULL,
    ONE_STEP,
    OTHER_NUMBERS,
    REFUSED,
    draw_coin,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import apart
from rnn_ref import char_lm

TOO_FEW, TWO_TOO_FEW = "one id too few for the last batch", "two ids too few for the last batch"
REMAINDER = "with a remainder"
ONE_ROW_ALONE, ONE_BATCH, SHORT = "a single row", "a single batch", "long and too short"


def _batch_calls(inputs: Mapping[str, Any]) -> list[str]:
    least = inputs["N"] * inputs["T"]
    sizes = [f"{'fewer' if n < least else 'more'} than " * (n != least) for n in inputs["trials"]]
    return [f"`make_batches(ids, N, T)` with {size}N * T ids" for size in sizes]


def _cut(rng: np.random.Generator, L: int, N: int, T: int, **more: Any) -> dict[str, Any]:
    """Return a text of L different ids."""
    return {"ids": rng.permutation(3 * L)[:L], "N": N, "T": T, "trials": [], **more}


def _batch_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, B = apart(rng, 3)
    used = N * T * B
    lengths = [
        N * T + (-1 if short else 1) * int(rng.integers(1, N * T)) for short in draw_coin(rng)
    ]
    return (
        Case(FULL, _cut(rng, used + 1, N, T)),
        Case(OTHER_NUMBERS, _cut(rng, used + 1, B, N)),
        Case(TOO_FEW, _cut(rng, used, N, T)),
        Case(TWO_TOO_FEW, _cut(rng, used - 1, N, T)),
        Case(REMAINDER, _cut(rng, used + 1 + int(rng.integers(N, N * T)), N, T)),
        Case(ONE_ROW_ALONE, _cut(rng, T * B + 1, 1, T), edge=True),
        Case(ONE_STEP, _cut(rng, N * B + 1, N, 1), edge=True),
        Case(ONE_BATCH, _cut(rng, N * T + 1, N, T), edge=True),
        Case(SHORT, _cut(rng, used + 1, N, T, trials=[*lengths, N * T]), edge=True),
    )


EXERCISE = Exercise(
    name="make_batches",
    title="Batches that go on where they stopped",
    version=4,
    reference={"make": char_lm.make_batches},
    make_cases=_batch_cases,
    axes={
        "inputs": ("number", "row", "time"),
        "targets": ("number", "row", "time"),
        "own_kind_of_inputs": (),
        "own_kind_of_targets": (),
        REFUSED: ("try",),
    },
    calls={REFUSED: _batch_calls},
    criteria=(
        Criterion(
            "inputs",
            0.25,
            "The inputs are right: each row goes on in the next batch where it stopped.",
        ).of("inputs", FULL, OTHER_NUMBERS),
        Criterion(
            "targets", 0.25, "The targets are right: each is the id that comes next in the text."
        ).of("targets", FULL, OTHER_NUMBERS),
        Criterion(
            "remainder",
            0.15,
            "Where the length does not come out even all is right, nothing lost or made up.",
        ).of(("inputs", "targets"), TOO_FEW, TWO_TOO_FEW, REMAINDER),
        Criterion(
            "integers", 0.05, "Both are arrays of integers, as the ids are.", kind=Kind.FORM
        ).of(("own_kind_of_inputs", "own_kind_of_targets"), FULL, OTHER_NUMBERS),
        Criterion(
            "sizes", 0.1, "A single row, a single step and a single batch come out right."
        ).of(("inputs", "targets"), ONE_ROW_ALONE, ONE_STEP, ONE_BATCH),
        Criterion(
            "refused", 0.1, "A ValueError is raised where there is no full batch, and only there."
        ).of(REFUSED, SHORT),
        unchanged(0.05),
        repeatable(0.05),
    ),
    trial=Trial(
        lambda _: [
            {"ids": np.arange(N * T * B + 1), "N": N, "T": T, "trials": []}
            for N, T, B in ((1, 2, 1), (1, 2, 2), (2, 1, 2), (2, 2, 1), (2, 2, 2))
        ],
        {"inputs": "make_batches(ids, N, T)[0]", "targets": "make_batches(ids, N, T)[1]"},
    ),
)
