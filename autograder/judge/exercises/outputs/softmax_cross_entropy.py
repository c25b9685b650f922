"""The loss, where it counts."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.outputs.shared import ONE_COLUMN, ONE_ROW, ONE_STEP
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs, apart
from rnn_ref import outputs

LARGE = 1000.0  # exp of it is beyond every float
ALL_COUNT = "every target counts"
RAGGED = "a ragged batch"
HOLES = "a target here and there"
NO_TARGET = "no target at all"
EXTREME = "scores of ±1000"
MASKED_ROW = "one sequence without a target"
PADDINGS = ("the same with other padding", "the same with more padding")


def _scored(rng: np.random.Generator, N: int, T: int, V: int, *mask: Any) -> Inputs:
    """Return scores, targets, and a mask, if there is one."""
    scores, targets = 2 * rng.normal(size=(N, T, V)), rng.integers(V, size=(N, T))
    return {"scores": scores, "targets": targets, **({"mask": mask[0]} if mask else {})}


def _ragged_mask(rng: np.random.Generator, N: int, T: int) -> np.ndarray:
    """Return a mask with one full row, one row of a single target, and lengths between."""
    lengths = rng.permutation([T, 1, *rng.integers(2, T, size=N - 2)])
    return np.asarray(np.arange(T) < lengths[:, None])


def _repadded(rng: np.random.Generator, inputs: Inputs, more: int) -> Inputs:
    """Return the same targets with other padding, and `more` steps of it.

    Its exp is finite, in float32, too: who subtracts no maximum fails where that is asked for.
    """
    scores, targets, mask = inputs["scores"], inputs["targets"], inputs["mask"]
    N, T, V = scores.shape
    longer = np.zeros((N, T + more), dtype=bool)
    longer[:, :T] = mask
    other = rng.uniform(-20, 20, size=(N, T + more, V))
    ids = rng.integers(-1, V, size=(N, T + more))
    other[longer], ids[longer] = scores[mask], targets[mask]
    return {"scores": other, "targets": ids, "mask": longer}


def _large(rng: np.random.Generator, N: int, T: int, V: int) -> Inputs:
    """Return scores of 0 and ±1000 alone: exact in float32, too.

    The target of the first step has the lowest score; all scores of the second are -1000.
    """
    inputs = _scored(rng, N, T, V)
    scores = LARGE * rng.integers(-1, 2, size=(N, T, V))
    scores[0, 0] = LARGE
    scores[0, 0, inputs["targets"][0, 0]] = -LARGE
    scores[0, 1] = -LARGE
    return {**inputs, "scores": scores}


def _loss_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, V = apart(rng, 3, least=3)
    ragged = _scored(rng, N, T, V, _ragged_mask(rng, N, T))
    holes = rng.permutation(np.arange(N * T) < N * T // 2).reshape(N, T)
    masked_row = _ragged_mask(rng, N, T)
    masked_row[int(rng.integers(N))] = False
    more = int(rng.integers(2, 5))
    rows = [_scored(rng, *sizes, V) for sizes in ((1, T), (N, 1))]
    for row in rows:
        places = row["targets"].size
        row["mask"] = rng.permutation(np.arange(places) < places - 1).reshape(row["targets"].shape)
    return (
        Case(ALL_COUNT, _scored(rng, N, T, V)),
        Case(RAGGED, ragged),
        Case(HOLES, _scored(rng, N, T, V, holes)),
        Case(PADDINGS[0], _repadded(rng, ragged, 0), edge=True),
        Case(PADDINGS[1], _repadded(rng, ragged, more), edge=True),
        Case(EXTREME, _large(rng, N, T, V), edge=True),
        Case(MASKED_ROW, _scored(rng, N, T, V, masked_row), edge=True),
        Case(NO_TARGET, _scored(rng, N, T, V, np.zeros((N, T), dtype=bool)), edge=True),
        Case(ONE_ROW, rows[0], edge=True),
        Case(ONE_COLUMN, rows[1], edge=True),
        Case(ONE_STEP, _scored(rng, 1, 1, V, None), edge=True),
    )


def _small_losses(rng: np.random.Generator) -> list[Inputs]:
    """Return one step; two steps; and two of which one counts."""
    some = [short(_scored(rng, 1, T, 2, mask)) for T, mask in ((1, None), (2, None))]
    return [*some, {**some[1], "mask": np.array([[True, False]])}]


EXERCISE = Exercise(
    name="softmax_cross_entropy",
    title="The loss, where it counts",
    version=4,
    reference={"loss": outputs.softmax_cross_entropy},
    make_cases=_loss_cases,
    axes={"loss": (), "dscores": ("batch", "time", "class")},
    criteria=(
        Criterion("loss", 0.2, "Without a mask the loss is the mean over all targets, in nats.").of(
            "loss", ALL_COUNT
        ),
        Criterion("gradient", 0.25, "Its gradient is right.").of("dscores", ALL_COUNT),
        Criterion(
            "mask", 0.2, "With a mask, loss and gradient are those of the targets that count."
        ).of(("loss", "dscores"), RAGGED, HOLES),
        Criterion(
            "padding", 0.05, "Whatever the content and the length of the padding, both are right."
        ).of(("loss", "dscores"), *PADDINGS, besides=(RAGGED,)),
        Criterion("large", 0.1, "Scores of ±1000 give finite, right numbers.").of(
            ("loss", "dscores"), EXTREME
        ),
        Criterion(
            "no_target",
            0.1,
            "Both are right where a sequence has no target; without any target all is 0.",
        ).of(("loss", "dscores"), MASKED_ROW, NO_TARGET, besides=(RAGGED, HOLES)),
        Criterion("sizes", 0.05, "A single sequence and a single step come out right.").of(
            ("loss", "dscores"), ONE_ROW, ONE_COLUMN, ONE_STEP
        ),
        unchanged(0.05),
    ),
    trial=Trial(
        _small_losses,
        {
            "loss": "softmax_cross_entropy(scores, targets, mask)[0]",
            "dscores": "softmax_cross_entropy(scores, targets, mask)[1]",
        },
    ),
)
