"""One-hot vectors."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.char_lm.shared import (
    BATCH,
    KNOWN_OR_NOT,
    ONE_CHARACTER,
    ONE_IN_BATCH,
    ONE_STEP,
    OTHER_NUMBERS,
    REFUSED,
    id_trials,
    ids_in_words,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import apart
from autograder.student.refusals import ANSWERS
from rnn_ref import char_lm

ONE_ROW, OTHER_ROW = "a row of ids", "another row of ids"
ONE_ID, SQUARE = "a single id", "as many rows and steps as characters"


def _one_hot_calls(inputs: Mapping[str, Any]) -> list[str]:
    return [f"`one_hot(ids, V)` with {ids_in_words(i, inputs['V'])}" for i in inputs["trials"]]


def _one_hot_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, V = apart(rng, 3, least=3)
    shapes: dict[str, tuple[int, ...]] = {
        ONE_ROW: (T + 2,),
        OTHER_ROW: (T + 2,),
        BATCH: (N, T),
        OTHER_NUMBERS: (T, N),
        ONE_IN_BATCH: (1, T),
        ONE_STEP: (N, 1),
        SQUARE: (V, V),
        KNOWN_OR_NOT: (N, T),
    }
    made = {}
    for name, shape in shapes.items():
        ids = rng.integers(V, size=shape)
        ends = (V - 2, 0) if name == OTHER_ROW else (0, V - 2)  # the last character never occurs
        ids.ravel()[[0, 1, -1]] = *ends, ends[0]  # two rows that differ at both ends
        made[name] = {"ids": np.minimum(ids, V - 2), "V": V, "trials": []}
    made[KNOWN_OR_NOT]["trials"] = id_trials(rng, V, (N, T))
    made[ONE_ID] = {"ids": rng.integers(V, size=1), "V": V, "trials": []}
    made[ONE_CHARACTER] = {"ids": np.zeros((N, T), dtype=int), "V": 1, "trials": []}
    main = (ONE_ROW, OTHER_ROW, BATCH, OTHER_NUMBERS)
    return tuple(Case(name, inputs, edge=name not in main) for name, inputs in made.items())


EXERCISE = Exercise(
    name="one_hot",
    title="One-hot vectors",
    version=5,
    reference={"one_hot": char_lm.one_hot},
    make_cases=_one_hot_cases,
    axes={
        "x": ("batch", "time", "character"),
        "x_row": ("time", "character"),
        "own_kind_of_x": (),
        REFUSED: ("try",),
        REFUSED + ANSWERS: ("number",),
    },
    clues=(REFUSED + ANSWERS,),
    calls={REFUSED: _one_hot_calls},
    criteria=(
        Criterion("row", 0.25, "A row of ids becomes a row of vectors.").of(
            "x_row", ONE_ROW, OTHER_ROW
        ),
        Criterion("batch", 0.3, "A batch (N, T) becomes (N, T, V).").of("x", BATCH, OTHER_NUMBERS),
        Criterion("array", 0.05, "The vectors are an array.", kind=Kind.FORM).of(
            "own_kind_of_x", ONE_ROW, OTHER_ROW, BATCH, OTHER_NUMBERS
        ),
        Criterion(
            "sizes",
            0.1,
            "A batch of one, a single step, id or character and equal sizes come out right.",
        ).of(("x", "x_row"), ONE_IN_BATCH, ONE_STEP, ONE_ID, ONE_CHARACTER, SQUARE),
        Criterion(
            "refused",
            0.2,
            "A ValueError is raised where an id is below 0 or not below V, and only there.",
        ).of(REFUSED, KNOWN_OR_NOT),
        unchanged(0.05),
        repeatable(0.05),
    ),
    trial=Trial(
        lambda _: [{"ids": np.array(ids), "V": 2, "trials": []} for ids in ([0], [1, 0], [[1, 0]])],
        {"x_row": "one_hot(ids, V)", "x": "one_hot(ids, V)"},
    ),
)
