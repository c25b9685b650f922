"""One array for a ragged batch."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.outputs.shared import ONE_COLUMN
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs, apart
from rnn_ref import outputs

VECTORS, IDS, ONE_LENGTH = "vectors", "ids, zeros among them", "all of one length"
EMPTY, ALONE, NARROW = "one sequence is empty", "a single sequence", "vectors of one number"


def _sequences(rng: np.random.Generator, lengths: Any, D: int) -> Inputs:
    return {"sequences": [rng.normal(size=(int(length), D)) for length in lengths]}


def _ids(rng: np.random.Generator, lengths: Any) -> Inputs:
    """Return ids, of which the last of each sequence is 0."""
    sequences = [rng.integers(1, 9, size=int(length)) for length in lengths]
    for sequence in sequences:
        sequence[-1:] = 0
    return {"sequences": sequences}


def _pad_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D = apart(rng, 3, least=3)
    lengths = rng.permutation([T, 1, *rng.integers(1, T, size=N - 2)])
    if lengths[0] == T:
        lengths = np.roll(lengths, 1)  # the longest must not come first
    with_empty = np.insert(lengths, int(rng.integers(N + 1)), 0)
    return (
        Case(VECTORS, _sequences(rng, lengths, D)),
        Case(IDS, _ids(rng, lengths)),
        Case(ONE_LENGTH, _sequences(rng, [T] * N, D)),
        Case(EMPTY, _sequences(rng, with_empty, D), edge=True),
        Case(ALONE, _sequences(rng, [T], D), edge=True),
        Case(NARROW, _sequences(rng, lengths, 1), edge=True),
        Case(ONE_COLUMN, _sequences(rng, [1] * N, D), edge=True),
    )


def _small_pads(_: np.random.Generator) -> list[Inputs]:
    return [
        {"sequences": [np.array(ids) for ids in ([7, 0], [5])]},
        {"sequences": [np.array([vector]) for vector in ([0.5, -1.5], [2.5, 0.5])]},
        {"sequences": [np.array(rows) for rows in ([[0.5]], [[-1.5], [2.5]])]},
    ]


EXERCISE = Exercise(
    name="pad_and_mask",
    title="One array for a ragged batch",
    version=3,
    reference={"pad": outputs.pad_and_mask},
    make_cases=_pad_cases,
    axes={
        "padded": ("batch", "time", "feature"),
        "padded_ids": ("batch", "time"),
        "mask": ("batch", "time"),
        "own_kind_of_padded": (),
        "own_kind_of_padded_ids": (),
        "own_kind_of_mask": (),
    },
    criteria=(
        Criterion("padded", 0.3, "Each sequence begins its row; zeros follow.").of(
            "padded", VECTORS, ONE_LENGTH
        ),
        Criterion("mask", 0.2, "The mask is True where a step is real.").of("mask", VECTORS),
        Criterion("ids", 0.15, "With ids both are right: an id 0 is no padding.").of(
            ("padded_ids", "mask"), IDS
        ),
        Criterion(
            "corners",
            0.2,
            "An empty sequence keeps its row; single, short and narrow ones come out right.",
        ).of(("padded", "mask"), EMPTY, ALONE, NARROW, ONE_COLUMN),
        Criterion(
            "kinds",
            0.1,
            "Both are arrays: ids stay integers, the mask holds True and False.",
            kind=Kind.FORM,
        ).of(("own_kind_of_padded", "own_kind_of_padded_ids", "own_kind_of_mask"), VECTORS, IDS),
        unchanged(0.05),
    ),
    trial=Trial(
        _small_pads,
        {
            "padded": "pad_and_mask(sequences)[0]",
            "padded_ids": "pad_and_mask(sequences)[0]",
            "mask": "pad_and_mask(sequences)[1]",
        },
    ),
)
