"""Where a target stands."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.outputs.shared import ONE_COLUMN, ONE_ROW
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs, apart
from rnn_ref import outputs

REQUESTS = "requests, some of which cannot be met"


def _asked(rng: np.random.Generator, pattern: str, N: int) -> Inputs:
    """Return lengths that fit the pattern, ragged where it allows, and the steps they need.

    Where there may be none, one sequence has no target.
    """
    n_in, n_out = rng.permutation(np.arange(2, 2 + N)), rng.permutation(np.arange(N) + 1)
    if pattern.startswith("one-"):
        n_in = np.ones_like(n_in)
    if pattern.endswith("-one"):
        n_out = np.ones_like(n_out)
    elif pattern == "aligned":
        n_out = n_in
    else:
        n_out[int(rng.integers(N))] = 0
    first = 0 if pattern == "aligned" else n_in - 1
    T = int((first + n_out).max())
    return {"pattern": pattern, "T": T, "n_in": n_in, "n_out": n_out}


def _requests(rng: np.random.Generator, N: int) -> Inputs:
    """Return requests of each pattern: some just fit, as many need a step more; three of none."""
    requests = [_asked(rng, pattern, N) for pattern in outputs.PATTERNS for _ in range(4)]
    for request in requests[::2]:
        request["T"] -= 1
    for name in ("one-to-some", "many", "diagonal"):
        asked = _asked(rng, str(rng.choice(sorted(outputs.PATTERNS))), N)
        asked["T"] *= 2  # enough for any of the five: nothing but the pattern is wrong
        requests.append({**asked, "pattern": name})
    return {"requests": [requests[int(i)] for i in rng.permutation(len(requests))]}


def _other(pattern: str) -> str:
    return f"{pattern}, with other numbers"


def _both(*patterns: str) -> tuple[str, ...]:
    return (*patterns, *map(_other, patterns))


def _mask_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return a case a pattern, all of one shape, with steps to spare; and the requests."""
    N, more = apart(rng, 2, least=3)

    def patterns(N: int, names: tuple[str, ...]) -> list[Case]:
        asked = [_asked(rng, pattern, N) for pattern in outputs.PATTERNS]
        begun_late = [int(np.max(one["n_in"] - 1 + one["n_out"])) for one in asked]
        T = max(*(one["T"] for one in asked), *begun_late) + int(rng.integers(2, 5))
        each = zip(names, asked, strict=True)
        return [Case(name, {**inputs, "T": T}) for name, inputs in each]

    n_in, n_out = (rng.integers(2, 8, size=1) for _ in range(2))
    row = {"pattern": "many-to-many", "T": int(n_in[0] + n_out[0]), "n_in": n_in, "n_out": n_out}
    rows = N + int(rng.integers(3, 7))
    ones, some = np.ones(rows, dtype=int), rng.permutation(np.arange(rows) % 2)
    column = {"pattern": "one-to-many", "T": 1, "n_in": ones, "n_out": some}
    return (
        *patterns(N, tuple(outputs.PATTERNS)),
        *patterns(more, tuple(map(_other, outputs.PATTERNS))),
        Case(ONE_ROW, row, edge=True),
        Case(ONE_COLUMN, column, edge=True),
        Case(REQUESTS, _requests(rng, N), edge=True),
    )


def _request_calls(inputs: Mapping[str, Any]) -> list[str]:
    """Return how each request reads, without its numbers."""
    calls = []
    for request in inputs["requests"]:
        first = 0 if request["pattern"] == "aligned" else request["n_in"] - 1
        what = "targets that all fit"
        if request["pattern"] not in outputs.PATTERNS:
            what = "a pattern that is none of the five"
        elif np.max(first + request["n_out"]) > request["T"]:
            what = "a T one step too small"
        calls.append(f"`loss_mask(pattern, T, n_in, n_out)` with {what}")
    return calls


def _small_masks(_: np.random.Generator) -> list[Inputs]:
    def asked(pattern: str, T: int, n_in: list[int], n_out: list[int]) -> Inputs:
        return {"pattern": pattern, "T": T, "n_in": np.array(n_in), "n_out": np.array(n_out)}

    return [
        asked("one-to-one", 2, [1], [1]),
        asked("one-to-many", 3, [1], [2]),
        asked("many-to-one", 3, [2], [1]),
        asked("aligned", 3, [2], [2]),
        asked("many-to-many", 4, [2], [2]),
        asked("many-to-one", 3, [2, 1], [1, 1]),
    ]


EXERCISE = Exercise(
    name="loss_mask",
    title="Where a target stands",
    version=4,
    reference={"mask": outputs.loss_mask},
    make_cases=_mask_cases,
    axes={"mask": ("batch", "time"), "refused": ("request",), "own_kind_of_mask": ()},
    calls={"refused": _request_calls},
    criteria=(
        Criterion("one_input", 0.1, "After one input: one target, or many.").of(
            "mask", *_both("one-to-one", "one-to-many")
        ),
        Criterion(
            "many_to_one", 0.2, "Many to one: the target is at the sequence's own last input."
        ).of("mask", *_both("many-to-one")),
        Criterion(
            "many_to_many", 0.2, "Many to many: the targets begin with the last input, and end."
        ).of("mask", *_both("many-to-many")),
        Criterion("aligned", 0.15, "Aligned: a target for each input.").of(
            "mask", *_both("aligned")
        ),
        Criterion("sizes", 0.05, "A single sequence and a single step come out right.").of(
            "mask", ONE_ROW, ONE_COLUMN
        ),
        Criterion(
            "refused",
            0.15,
            "A ValueError for an unknown pattern or too few steps, and for nothing else.",
        ).of("refused", REQUESTS),
        Criterion(
            "booleans",
            0.1,
            "The mask is an array of True and False, by which a loss can choose.",
            kind=Kind.FORM,
        ).of("own_kind_of_mask", *tuple(outputs.PATTERNS)),
        unchanged(0.05),
    ),
    trial=Trial(_small_masks, {"mask": "loss_mask(pattern, T, n_in, n_out)"}),
)
