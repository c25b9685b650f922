"""Unit 02: scores, their backward, the masked loss, the five patterns, ragged batches."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Trial, short
from autograder.judge.shared_criteria import later_calls, repeatable, right, unchanged
from autograder.judge.sizes import apart
from autograder.student.gradients import LATER, SECOND
from autograder.student.probes.outputs import STATES, WEIGHTS
from rnn_ref import outputs

BATCH, OTHER, BIAS_ALONE = "a whole batch", "with other numbers", "the bias alone"
SQUARE = "as many classes as units"
ONE_UNIT, ONE_CLASS = "a single unit", "a single class"
ONE_ROW, ONE_COLUMN = "a single sequence", "a single step"
LARGE = 1000.0  # exp of it is beyond every float
ONE_STEP = "one sequence of one step"
ALL_COUNT = "every target counts"
RAGGED = "a ragged batch"
HOLES = "a target here and there"
NO_TARGET = "no target at all"
EXTREME = "scores of ±1000"
MASKED_ROW = "one sequence without a target"
PADDINGS = ("the same with other padding", "the same with more padding")
REQUESTS = "requests, some of which cannot be met"
VECTORS, IDS, ONE_LENGTH = "vectors", "ids, zeros among them", "all of one length"
EMPTY, ALONE, NARROW = "one sequence is empty", "a single sequence", "vectors of one number"

Inputs = dict[str, Any]


def _layer(rng: np.random.Generator, N: int, T: int, H: int, V: int) -> Inputs:
    return {
        "h": rng.uniform(-1, 1, size=(N, T, H)),
        "W_hy": rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
        "dscores": rng.normal(size=(N, T, V)),
    }


def _layer_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, H, V = apart(rng, 4)
    inputs = _layer(rng, N, T, H, V)
    return (
        Case(BATCH, inputs),
        Case(OTHER, _layer(rng, H, N, V, T)),
        Case(BIAS_ALONE, {**inputs, "h": np.zeros_like(inputs["h"])}),
        Case(SQUARE, _layer(rng, N, T, H, H), edge=True),
        Case(ONE_ROW, _layer(rng, 1, T, H, V), edge=True),
        Case(ONE_COLUMN, _layer(rng, N, 1, H, V), edge=True),
        Case(ONE_STEP, _layer(rng, 1, 1, H, V), edge=True),
        Case(ONE_UNIT, _layer(rng, N, T, 1, V), edge=True),
        Case(ONE_CLASS, _layer(rng, N, T, H, 1), edge=True),
    )


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    return tuple(
        Case(case.name, {k: v for k, v in case.inputs.items() if k != "dscores"}, case.edge)
        for case in _layer_cases(rng)
    )


def _small_layers(rng: np.random.Generator) -> list[Inputs]:
    """Return small layers, as many as show one slip each: batch, steps, units and classes."""
    sizes = ((1, 1, 1, 1), (1, 2, 1, 1), (1, 2, 1, 2), (2, 1, 1, 1), (1, 2, 2, 1))
    return [short(_layer(rng, *four)) for four in sizes]


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


_SIZES = (SQUARE, ONE_ROW, ONE_COLUMN, ONE_STEP, ONE_UNIT, ONE_CLASS)
_GRADIENTS = {"dh": ("batch", "time", "unit"), "dW_hy": ("unit", "class"), "db_y": ("class",)}


EXERCISES = (
    Exercise(
        name="output_forward",
        title="Scores for every state",
        version=3,
        reference={"forward": outputs.output_forward},
        make_cases=_forward_cases,
        axes={
            "scores": ("batch", "time", "class"),
            STATES: ("batch", "time", "unit"),
            WEIGHTS: ("unit", "class"),
        },
        criteria=(
            Criterion("scores", 0.45, "Every state gets its scores.").of("scores", BATCH, OTHER),
            Criterion("bias", 0.1, "The bias alone comes out right.").of("scores", BIAS_ALONE),
            Criterion("sizes", 0.2, "It is right at any size.").of("scores", *_SIZES),
            Criterion(
                "cache", 0.15, "The cache holds the states and the weights, for the way back."
            ).of((STATES, WEIGHTS), BATCH, OTHER),
            unchanged(0.05),
            repeatable(0.05),
        ),
        trial=Trial(_small_layers, {"scores": "output_forward(h, W_hy, b_y)[0]"}),
    ),
    Exercise(
        name="output_backward",
        title="Back through the output layer",
        version=4,
        reference={"forward": outputs.output_forward, "backward": outputs.output_backward},
        stand_ins=("output_forward",),
        stand_in_cases=(BATCH, OTHER, *_SIZES),
        make_cases=_layer_cases,
        axes={
            name + when: axes for when in ("", SECOND, LATER) for name, axes in _GRADIENTS.items()
        },
        criteria=(
            right(0.25, "dh", "a gradient for each state", (BATCH, OTHER), "states"),
            right(0.3, "dW_hy", "a sum over all sequences and steps", (BATCH, OTHER), "weights"),
            right(0.15, "db_y", "a sum over all sequences and steps", (BATCH, OTHER), "bias"),
            Criterion("sizes", 0.1, "It is right at any size.").of(
                ("dh", "dW_hy", "db_y"), *_SIZES
            ),
            *later_calls(0.05, 0.1, tuple(_GRADIENTS), BATCH),
            unchanged(0.05),
        ),
        trial=Trial(
            _small_layers,
            {
                name: "scores, cache = output_forward(h, W_hy, b_y)\n"
                f"output_backward(dscores, cache)[{i}]"
                for i, name in enumerate(_GRADIENTS)
            },
        ),
    ),
    Exercise(
        name="softmax_cross_entropy",
        title="The loss, where it counts",
        version=4,
        reference={"loss": outputs.softmax_cross_entropy},
        make_cases=_loss_cases,
        axes={"loss": (), "dscores": ("batch", "time", "class")},
        criteria=(
            Criterion(
                "loss", 0.2, "Without a mask the loss is the mean over all targets, in nats."
            ).of("loss", ALL_COUNT),
            Criterion("gradient", 0.25, "Its gradient is right.").of("dscores", ALL_COUNT),
            Criterion(
                "mask", 0.2, "With a mask, loss and gradient are those of the targets that count."
            ).of(("loss", "dscores"), RAGGED, HOLES),
            Criterion(
                "padding",
                0.05,
                "Whatever the content and the length of the padding, both are right.",
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
    ),
    Exercise(
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
    ),
    Exercise(
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
            ).of(
                ("own_kind_of_padded", "own_kind_of_padded_ids", "own_kind_of_mask"), VECTORS, IDS
            ),
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
    ),
)
