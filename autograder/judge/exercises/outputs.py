"""Unit 02: scores, their backward, the masked loss, the five patterns, ragged batches."""

from typing import Any

import numpy as np

from autograder.judge.exercise import Advice, Case, Criterion, Exercise, Kind
from autograder.judge.hints.outputs import HINTS
from autograder.judge.mistakes import outputs as mistakes
from autograder.judge.variants import outputs as variants
from rnn_ref import outputs

UNIT = "outputs"
SQUARE = "as many classes as units"
LARGE = 1000.0  # exp of it is beyond every float
ONE_STEP = "one sequence of one step"
ALL_COUNT = "every target counts"
RAGGED = "a ragged batch"
HOLES = "a target here and there"
NO_TARGET = "no target at all"
MASKED_ROW = "one sequence without a target"
PADDINGS = ("the same with other padding", "the same with more padding")
REQUESTS = "requests, some of which cannot be met"

Inputs = dict[str, Any]


def _sizes(rng: np.random.Generator, count: int) -> list[int]:
    """Return `count` different sizes, so that no two axes can be mistaken for each other."""
    return [int(n) for n in rng.permutation(np.arange(3, 3 + 2 * count))[:count]]


def _layer(rng: np.random.Generator, N: int, T: int, H: int, V: int) -> Inputs:
    return {
        "h": rng.uniform(-1, 1, size=(N, T, H)),
        "W_hy": rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
        "dscores": rng.normal(size=(N, T, V)),
    }


def _layer_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, H, V = _sizes(rng, 4)
    inputs = _layer(rng, N, T, H, V)
    return (
        Case("a whole batch", inputs),
        Case("with other numbers", _layer(rng, N, T, H, V)),
        Case("the bias alone", {**inputs, "h": np.zeros_like(inputs["h"])}),
        Case(ONE_STEP, _layer(rng, 1, 1, H, V)),
        Case(SQUARE, _layer(rng, N, T, H, H)),
    )


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    return tuple(
        Case(case.name, {k: v for k, v in case.inputs.items() if k != "dscores"})
        for case in _layer_cases(rng)
    )


def _scored(rng: np.random.Generator, N: int, T: int, V: int, mask: np.ndarray | None) -> Inputs:
    scores, targets = 2 * rng.normal(size=(N, T, V)), rng.integers(V, size=(N, T))
    return {"scores": scores, "targets": targets, "mask": mask}


def _ragged_mask(rng: np.random.Generator, N: int, T: int) -> np.ndarray:
    """Return a mask with one full row, one row of a single target, and lengths between."""
    lengths = rng.permutation([T, 1, *rng.integers(2, T, size=N - 2)])
    return np.asarray(np.arange(T) < lengths[:, None])


def _repadded(rng: np.random.Generator, inputs: Inputs, more: int) -> Inputs:
    """Return the same targets with other padding, and `more` steps of it."""
    scores, targets, mask = inputs["scores"], inputs["targets"], inputs["mask"]
    N, T, V = scores.shape
    longer = np.zeros((N, T + more), dtype=bool)
    longer[:, :T] = mask
    other = 50 * rng.normal(size=(N, T + more, V))
    ids = rng.integers(-1, V, size=(N, T + more))
    other[longer], ids[longer] = scores[mask], targets[mask]
    return {"scores": other, "targets": ids, "mask": longer}


def _large(rng: np.random.Generator, N: int, T: int, V: int) -> Inputs:
    """Return scores of 0 and ±1000 alone: exact in float32, too.

    The target of the first step has the lowest score; all scores of the second are -1000.
    """
    inputs = _scored(rng, N, T, V, None)
    scores = LARGE * rng.integers(-1, 2, size=(N, T, V))
    scores[0, 0] = LARGE
    scores[0, 0, inputs["targets"][0, 0]] = -LARGE
    scores[0, 1] = -LARGE
    return {**inputs, "scores": scores}


def _loss_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, V = _sizes(rng, 3)
    ragged = _scored(rng, N, T, V, _ragged_mask(rng, N, T))
    holes = rng.permutation(np.arange(N * T) < N * T // 2).reshape(N, T)
    masked_row = _ragged_mask(rng, N, T)
    masked_row[int(rng.integers(N))] = False
    more = int(rng.integers(2, 5))
    return (
        Case(ALL_COUNT, _scored(rng, N, T, V, None)),
        Case(RAGGED, ragged),
        Case(HOLES, _scored(rng, N, T, V, holes)),
        Case(PADDINGS[0], _repadded(rng, ragged, 0)),
        Case(PADDINGS[1], _repadded(rng, ragged, more)),
        Case("scores of ±1000", _large(rng, N, T, V)),
        Case(MASKED_ROW, _scored(rng, N, T, V, masked_row)),
        Case(NO_TARGET, _scored(rng, N, T, V, np.zeros((N, T), dtype=bool))),
        Case(ONE_STEP, _scored(rng, 1, 1, V, None)),
    )


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
    """Return three requests that can just be met, three of no pattern, three a step too short."""
    patterns = [str(name) for name in rng.choice(sorted(outputs.PATTERNS), size=9)]
    requests = [_asked(rng, pattern, N) for pattern in patterns]
    for request, name in zip(requests[:3], ("one-to-some", "many", "diagonal"), strict=True):
        request["pattern"] = name
        request["T"] *= 2  # enough for any of the five: nothing but the pattern is wrong
    for request in requests[3:6]:
        request["T"] -= 1
    return {"requests": [requests[int(i)] for i in rng.permutation(len(requests))]}


def _mask_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return a case a pattern, all of one shape, with steps to spare; and the requests."""
    N = int(rng.integers(3, 6))
    asked = {name: _asked(rng, name, N) for name in outputs.PATTERNS}
    T = max(inputs["T"] for inputs in asked.values()) + int(rng.integers(1, 4))
    patterns = tuple(Case(name, {**inputs, "T": T}) for name, inputs in asked.items())
    return (*patterns, Case(REQUESTS, _requests(rng, N)))


def _sequences(rng: np.random.Generator, lengths: Any, D: int) -> Inputs:
    return {"sequences": [rng.normal(size=(int(length), D)) for length in lengths]}


def _ids(rng: np.random.Generator, lengths: Any) -> Inputs:
    """Return ids, of which the last of each sequence is 0."""
    sequences = [rng.integers(1, 9, size=int(length)) for length in lengths]
    for sequence in sequences:
        sequence[-1:] = 0
    return {"sequences": sequences}


def _pad_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D = _sizes(rng, 3)
    lengths = rng.permutation([T, 1, *rng.integers(1, T, size=N - 2)])
    if lengths[0] == T:
        lengths = np.roll(lengths, 1)  # the longest must not come first
    with_empty = np.insert(lengths, int(rng.integers(1, N)), 0)
    return (
        Case("vectors", _sequences(rng, lengths, D)),
        Case("ids, zeros among them", _ids(rng, lengths)),
        Case("one sequence is empty", _sequences(rng, with_empty, D)),
        Case("all of one length", _sequences(rng, [T] * N, D)),
        Case("a single sequence", _sequences(rng, [T], D)),
    )


_UNCHANGED = Criterion("unchanged", 0.05, "No argument is changed in place.", kind=Kind.UNCHANGED)
_REPEATABLE = Criterion("repeatable", 0.05, "A second call gives the same.", kind=Kind.REPEATABLE)
_BATCH = ("a whole batch", "with other numbers")
_SIZES = (ONE_STEP, SQUARE)

EXERCISES = (
    Exercise(
        name="output_forward",
        unit=UNIT,
        title="Scores for every state",
        points=1,
        version=1,
        reference={"forward": outputs.output_forward},
        make_cases=_forward_cases,
        axes={"scores": ("batch", "time", "class")},
        criteria=(
            Criterion("scores", 0.5, "Every state gets its scores.", ("scores",), _BATCH),
            Criterion("bias", 0.15, "The bias is added once.", ("scores",), ("the bias alone",)),
            Criterion("sizes", 0.25, "Any sizes work.", ("scores",), _SIZES),
            _UNCHANGED,
            _REPEATABLE,
        ),
        mistakes=tuple(mistakes.FORWARD),
        variants=tuple(variants.FORWARD),
        hints=HINTS["output_forward"],
    ),
    Exercise(
        name="output_backward",
        unit=UNIT,
        title="Back through the output layer",
        points=2,
        version=1,
        reference={"forward": outputs.output_forward, "backward": outputs.output_backward},
        make_cases=_layer_cases,
        axes={
            "dh": ("batch", "time", "unit"),
            "dh_again": ("batch", "time", "unit"),
            "dW_hy": ("unit", "class"),
            "dW_hy_again": ("unit", "class"),
            "db_y": ("class",),
            "db_y_again": ("class",),
        },
        criteria=(
            Criterion("states", 0.25, "Each state gets its gradient dh.", ("dh",), _BATCH),
            Criterion(
                "weights",
                0.3,
                "dW_hy sums over all sequences and steps.",
                ("dW_hy",),
                _BATCH,
            ),
            Criterion("bias", 0.15, "db_y sums over all sequences and steps.", ("db_y",), _BATCH),
            Criterion("sizes", 0.1, "Any sizes work.", ("dh", "dW_hy", "db_y"), _SIZES),
            Criterion(
                "again",
                0.1,
                "A second backward from the same cache gives the same.",
                ("dh_again", "dW_hy_again", "db_y_again"),
                _BATCH,
            ),
            Criterion("unchanged", 0.1, "No argument is changed in place.", kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.BACKWARD),
        variants=tuple(variants.BACKWARD),
        hints=HINTS["output_backward"],
        advice=(
            Advice(
                "dh is right and dW_hy is not: look at what your cache holds for h, and over "
                "which axes you sum.",
                failed=("weights",),
                met=("states",),
            ),
        ),
    ),
    Exercise(
        name="softmax_cross_entropy",
        unit=UNIT,
        title="The loss, where it counts",
        points=2,
        version=1,
        reference={"loss": outputs.softmax_cross_entropy},
        make_cases=_loss_cases,
        axes={"loss": (), "dscores": ("batch", "time", "class")},
        criteria=(
            Criterion(
                "loss",
                0.2,
                "Without a mask the loss is the mean over all targets, in nats.",
                ("loss",),
                (ALL_COUNT, ONE_STEP),
            ),
            Criterion(
                "gradient",
                0.25,
                "Its gradient is right.",
                ("dscores",),
                (ALL_COUNT, ONE_STEP),
            ),
            Criterion(
                "mask",
                0.2,
                "With a mask, loss and gradient are those of the targets that count.",
                ("loss", "dscores"),
                (RAGGED, HOLES),
            ),
            Criterion(
                "padding",
                0.1,
                "Neither content nor length of the padding changes anything.",
                ("loss", "dscores"),
                PADDINGS,
            ),
            Criterion(
                "large",
                0.1,
                "Scores of ±1000 give finite, right numbers.",
                ("loss", "dscores"),
                ("scores of ±1000",),
            ),
            Criterion(
                "no_target",
                0.1,
                "A sequence without a target adds nothing; without any target all is 0.",
                ("loss", "dscores"),
                (MASKED_ROW, NO_TARGET),
            ),
            _UNCHANGED,
        ),
        mistakes=tuple(mistakes.LOSS),
        variants=tuple(variants.LOSS),
        hints=HINTS["softmax_cross_entropy"],
        advice=(
            Advice(
                "All is right until a mask comes in: does it reach the loss, the gradient and the "
                "count you divide by?",
                failed=("mask",),
                met=("loss", "gradient"),
            ),
        ),
    ),
    Exercise(
        name="loss_mask",
        unit=UNIT,
        title="Where a target stands",
        points=1,
        version=1,
        reference={"mask": outputs.loss_mask},
        make_cases=_mask_cases,
        axes={"mask": ("batch", "time"), "refused": ("request",)},
        criteria=(
            Criterion(
                "one_input",
                0.15,
                "After one input: one target, or many.",
                ("mask",),
                ("one-to-one", "one-to-many"),
            ),
            Criterion(
                "many_to_one",
                0.2,
                "Many to one: the target is at the sequence's own last input.",
                ("mask",),
                ("many-to-one",),
            ),
            Criterion(
                "many_to_many",
                0.25,
                "Many to many: the targets begin with the last input, and end.",
                ("mask",),
                ("many-to-many",),
            ),
            Criterion("aligned", 0.2, "Aligned: a target for each input.", ("mask",), ("aligned",)),
            Criterion(
                "refused",
                0.15,
                "A ValueError for an unknown pattern or too few steps, and for nothing else.",
                ("refused",),
                (REQUESTS,),
            ),
            _UNCHANGED,
        ),
        mistakes=tuple(mistakes.MASK),
        variants=tuple(variants.MASK),
        hints=HINTS["loss_mask"],
    ),
    Exercise(
        name="pad_and_mask",
        unit=UNIT,
        title="One array for a ragged batch",
        points=1,
        version=1,
        reference={"pad": outputs.pad_and_mask},
        make_cases=_pad_cases,
        axes={
            "padded": ("batch", "time", "feature"),
            "padded_ids": ("batch", "time"),
            "mask": ("batch", "time"),
            "whole_numbers": (),
        },
        criteria=(
            Criterion(
                "padded",
                0.3,
                "Each sequence begins its row; zeros follow.",
                ("padded",),
                ("vectors", "all of one length"),
            ),
            Criterion(
                "mask", 0.25, "The mask is True where a step is real.", ("mask",), ("vectors",)
            ),
            Criterion(
                "ids",
                0.2,
                "Ids stay integers, and an id 0 is no padding.",
                ("padded_ids", "mask", "whole_numbers"),
                ("ids, zeros among them",),
            ),
            Criterion(
                "corners",
                0.2,
                "An empty sequence keeps its row; a single sequence works.",
                ("padded", "mask"),
                ("one sequence is empty", "a single sequence"),
            ),
            _UNCHANGED,
        ),
        mistakes=tuple(mistakes.PAD),
        variants=tuple(variants.PAD),
        hints=HINTS["pad_and_mask"],
    ),
)
