"""Unit 10: the adding problem, judged by what a batch is; bits a character; the best unit.

A batch is drawn by chance, so no certain numbers are expected. The judge makes tables of what came
back and holds them against their exact probabilities: some are 0 or 1, and the others leave a right
function a chance of ``frequencies.FALSE_ALARM`` = 1e-7 to fail.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Advice, Case, Criterion, Exercise, Kind
from autograder.judge.hints.long_memory import HINTS
from autograder.judge.mistakes import long_memory as mistakes
from autograder.judge.mistakes import long_memory_bits as mistakes_in_bits
from autograder.judge.variants import long_memory as variants
from autograder.student.answers import FormError
from rnn_ref import long_memory

UNIT = "long_memory"
Inputs = Mapping[str, Any]
Outputs = Mapping[str, np.ndarray]

EVEN, ODD = "many examples", "many examples of odd length"
SMALL, LONG, SMALL_ODD = "a small batch", "long sequences", "an odd number of steps"
SHORTEST, ALONE = "two steps", "a single example"
ROWS = 1500  # of a table that chance decides, and up to ROWS_MORE - 1 more
ROWS_MORE = 400
CLEAR = 0.02  # of correlation by which the best unit leads
SORTS = 4  # of targets that are told apart, and any other


def _adding_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def case(name: str, N: int, T: int, again: bool = False) -> Case:
        return Case(name, {"N": N, "T": T, "seed": int(rng.integers(2**31)), "again": again})

    def some(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    return (
        case(SMALL, some(3, 40), 2 * some(3, 30), again=True),
        case(LONG, some(3, 40), 2 * some(50, 90)),
        case(SMALL_ODD, some(3, 40), 2 * some(3, 30) + 1),
        case(SHORTEST, some(5, 200), 2),
        case(ALONE, 1, 2 * some(3, 90)),
        case(EVEN, ROWS + some(0, ROWS_MORE), 6),
        case(ODD, ROWS + some(0, ROWS_MORE), 7),
    )


def _batch(inputs: Inputs, outputs: Outputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values (N, T), markers (N, T) and y, once x has the right shape."""
    if not {"own_x", "own_y"} <= outputs.keys():
        raise FormError("no batch came.")
    x, expected = outputs["own_x"], (inputs["N"], inputs["T"], 2)
    if x.shape != expected:
        raise FormError(f"x has shape {x.shape}; expected {expected} = (N, T, 2).")
    values, markers = np.moveaxis(x.astype(np.float64), 2, 0)
    return values, markers, outputs["own_y"].astype(np.float64)


def _markers(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by the markers in their first and in their second half; anything odd counts as 3."""
    _, markers, _ = _batch(inputs, outputs)
    halves = np.split(markers, [inputs["T"] // 2], axis=1)
    first, second = (
        np.where(np.isin(half, (0, 1)).all(axis=1), np.minimum(half.sum(axis=1), 3), 3).astype(int)
        for half in halves
    )
    return _table(4 * first + second, 16).reshape(4, 4)


def _marker_chances(inputs: Inputs) -> np.ndarray:
    chances = np.zeros((4, 4))
    chances[1, 1] = 1
    return chances


def _places(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by the steps at which they are marked; the last cell: not one marker in each half."""
    _, markers, _ = _batch(inputs, outputs)
    half, T = inputs["T"] // 2, inputs["T"]
    table = np.zeros((half + 1, T - half + 1), dtype=np.int64)
    for row in markers == 1:
        at = np.flatnonzero(row)
        fits = len(at) == 2 and at[0] < half <= at[1]
        table[(at[0], at[1] - half) if fits else (-1, -1)] += 1
    return table


def _place_chances(inputs: Inputs) -> np.ndarray:
    half = inputs["T"] // 2
    shape = (half, inputs["T"] - half)
    return np.pad(np.full(shape, 1 / (shape[0] * shape[1])), (0, 1))


def _tenths(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """How many of the numbers lie in each tenth from 0 to 1; then: outside, and missing (none)."""
    values, _, _ = _batch(inputs, outputs)
    return _in_tenths(values, values.size)


def _marked_tenths(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """The same of the marked numbers alone, of which there should be two a row."""
    values, markers, _ = _batch(inputs, outputs)
    return _in_tenths(values[markers == 1], 2 * inputs["N"])


def _in_tenths(values: np.ndarray, wanted: int) -> np.ndarray:
    inside = (values >= 0) & (values <= 1)
    tenth = np.minimum(10 * np.where(inside, values, 0), 9).astype(int)
    table = _table(np.where(inside, tenth, 10), 12)
    table[11] = max(0, wanted - values.size)
    return table


def _tenth_chances(inputs: Inputs) -> np.ndarray:
    return np.append(np.full(10, 0.1), [0.0, 0.0])


def _targets(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by what y is: the marked sum, half of it, the sum of all, the product, none of them.

    The last cell: y is not of shape (N,).
    """
    values, markers, y = _batch(inputs, outputs)
    if y.shape != (inputs["N"],):
        return _table(np.full(inputs["N"], SORTS + 1), SORTS + 2)
    total = (values * markers).sum(axis=1)
    product = np.where(markers == 1, values, 1).prod(axis=1)
    sorts = np.stack([total, total / 2, values.sum(axis=1), product])
    fits = np.isclose(y, sorts, rtol=1e-5, atol=2e-6)
    return _table(np.where(fits.any(axis=0), fits.argmax(axis=0), SORTS), SORTS + 2)


def _target_chances(inputs: Inputs) -> np.ndarray:
    chances: np.ndarray = np.eye(SORTS + 2)[0]
    return chances


def _error(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """By how much y misses the sum of the marked numbers, (N,); y itself if its shape is wrong."""
    values, markers, y = _batch(inputs, outputs)
    return y - (values * markers).sum(axis=1) if y.shape == (inputs["N"],) else y


def _from_rng(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Whether equal generators gave equal batches, and the next call another one; (2,)."""
    x = outputs.get("own_x", np.zeros(0))
    same = np.array_equal(x, outputs.get("own_x_again", x))
    other = "own_next_x" not in outputs or not np.array_equal(x, outputs["own_next_x"])
    return np.array([same, other], dtype=np.int64)


def _table(cells: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(cells.ravel(), minlength=size)


# -- bits per character ----------------------------------------------------------------------------


def _model(rng: np.random.Generator, V: int, H: int, scores: float = 1.5) -> dict[str, Any]:
    """Weights with which every part shows; the cells keep what they hold."""
    b = 0.5 * rng.normal(size=4 * H)
    b[H : 2 * H] += 3
    return {
        "W_xh": rng.normal(size=(V, 4 * H)),
        "W_hh": 1.5 * rng.normal(size=(H, 4 * H)) / np.sqrt(H),
        "b": b,
        "W_hy": scores * rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
    }


def _bits_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def case(name: str, length: int, scores: float = 1.5, shift: float = 0.0) -> Case:
        V, H = (int(n) for n in rng.permutation([4, 5, 6, 7])[:2])
        ids = rng.choice(V, size=length, p=rng.dirichlet(np.full(V, 3.0)))
        params = _model(rng, V, H, scores)
        return Case(name, {"params": {**params, "b_y": params["b_y"] + shift}, "ids": ids})

    return (
        case("a short text", 12),
        case("another short text", 23),
        case("a text of one character", 1),
        case("a text of two characters", 2),
        case("a long text", 1217),
        case("scores near 1000", 14, shift=1000.0),
        case("scores far apart", 15, scores=700.0),
    )


# -- the best unit ---------------------------------------------------------------------------------


def _labels(rng: np.random.Generator, first: int, second: int) -> np.ndarray:
    """Labels of two halves, uneven, each with both kinds."""
    parts = [rng.permutation(np.arange(n) < round(0.4 * n)) for n in (first, second)]
    return np.concatenate(parts)


def _states(
    rng: np.random.Generator, labels: np.ndarray, mix: list[float], later: list[float] | None = None
) -> np.ndarray:
    """A unit for each number of mix: so much of the label and noise; later ones after the half."""
    middle = len(labels) // 2
    weight = np.where(np.arange(len(labels))[:, None] < middle, mix, later or mix)  # (L, H)
    noise = 0.4 * rng.uniform(-1, 1, size=weight.shape)
    h: np.ndarray = weight * labels[:, None] + noise
    return h


def _fickle(rng: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """States with one unit best in the first half, another in the second, a third on the whole."""
    middle = len(labels) // 2
    while True:
        h = _states(rng, labels, [0.1, 1.1, 0.0, 0.8, 0.2], [0.1, 0.1, 3.0, 0.8, 0.2])
        h = h[:, rng.permutation(5)]
        parts = (slice(0, middle), slice(middle, None), slice(None))
        strengths = [_strengths(h[part], labels[part]) for part in parts]
        clear = all(float(np.diff(np.sort(r)[-2:])[0]) > CLEAR for r in strengths)
        if clear and len({int(r.argmax()) for r in strengths}) == 3:
            return h


def _strengths(h: np.ndarray, labels: np.ndarray) -> np.ndarray:
    r: np.ndarray = np.abs(np.corrcoef(h.T, labels)[-1, :-1])
    return r


def _best_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    half = int(rng.integers(20, 30))
    labels, other, odd = (_labels(rng, half, half + more) for more in (0, 0, 1))
    order = rng.permutation(5)
    places = np.argsort(order)  # where each unit went

    def units(labels: np.ndarray, mix: list[float]) -> np.ndarray:
        return _states(rng, labels, mix)[:, order]

    clear = units(labels, [0.2, -0.1, 1.2, 0.1, 0.3]) + rng.normal(size=5)
    against = units(other, [0.5, 0.2, -1.5, 0.1, -0.2])
    loud = units(other, [0.0, 0.3, 1.5, 0.2, 0.1])
    loud[:, places[1]] *= 50
    still = units(labels, [0.1, 0.0, 1.5, 0.2, -0.3])
    still[:, places[1]] = 0.5  # its mean is exact
    return (
        Case("a clear unit", {"h": clear, "labels": labels}),
        Case("a unit that goes against it", {"h": against, "labels": other}),
        Case("another unit is better later", {"h": _fickle(rng, labels), "labels": labels}),
        Case("a unit with large numbers", {"h": loud, "labels": other}),
        Case("a unit that never changes", {"h": still, "labels": labels}),
        Case(
            "an odd number of characters, labels 0 and 1",
            {"h": units(odd, [0.2, 0.5, 1.0, -0.1, 0.1]), "labels": odd.astype(np.int64)},
        ),
    )


_UNCHANGED = "No argument is changed in place."

EXERCISES = (
    Exercise(
        name="adding_batch",
        unit=UNIT,
        title="The adding problem",
        points=2,
        version=1,
        reference={"batch": long_memory.adding_batch},
        make_cases=_adding_cases,
        axes={
            "markers": ("markers in the first half", "markers in the second half"),
            "places": ("first marker at step", "second marker, steps into its half:"),
            "tenths": ("numbers in tenth",),
            "targets": ("sort of target",),
            "marked_tenths": ("marked numbers in tenth",),
            "own_error_of_y": ("batch",),
            "chance_from_rng": ("question",),
        },
        derived={
            "markers": _markers,
            "places": _places,
            "tenths": _tenths,
            "marked_tenths": _marked_tenths,
            "targets": _targets,
            "own_error_of_y": _error,
            "chance_from_rng": _from_rng,
        },
        chances={
            "markers": _marker_chances,
            "places": _place_chances,
            "tenths": _tenth_chances,
            "marked_tenths": _tenth_chances,
            "targets": _target_chances,
        },
        criteria=(
            Criterion(
                "numbers",
                0.15,
                "The numbers, in x[:, :, 0], are drawn evenly from 0 to 1.",
                ("tenths",),
                (EVEN, ODD),
            ),
            Criterion(
                "markers",
                0.25,
                "In x[:, :, 1] each half has one marker, a 1, and is 0 elsewhere.",
                ("markers",),
                (SMALL, LONG, ALONE, EVEN),
            ),
            Criterion(
                "edges",
                0.1,
                "That holds for an odd number of steps, and for two steps.",
                ("markers",),
                (SMALL_ODD, SHORTEST, ODD),
            ),
            Criterion(
                "places",
                0.15,
                "Each example has its own draw: every step of a half is marked equally often.",
                ("places", "marked_tenths"),
                (EVEN,),
            ),
            Criterion(
                "target", 0.25, "y is the sum of the two marked numbers.", ("own_error_of_y",)
            ),
            Criterion(
                "given_rng",
                0.1,
                "Chance comes from rng alone: equal generators give equal batches, and the next "
                "call gives another.",
                ("chance_from_rng",),
                (SMALL,),
            ),
        ),
        mistakes=tuple(mistakes.ADDING),
        variants=tuple(variants.ADDING),
        hints=HINTS["adding_batch"],
        advice=(
            Advice(
                "Numbers and markers are right and y is not: y is their product, summed over the "
                "steps, and has shape (N,).",
                failed=("target",),
                met=("numbers", "markers"),
            ),
            Advice(
                "Markers go wrong only where T is odd or 2: the first half has T // 2 steps, the "
                "second all the rest.",
                failed=("edges",),
                met=("markers",),
            ),
        ),
    ),
    Exercise(
        name="bits_per_character",
        unit=UNIT,
        title="Bits a character",
        points=2,
        version=1,
        reference={"bits": long_memory.bits_per_character},
        make_cases=_bits_cases,
        axes={"bits": ()},
        criteria=(
            Criterion(
                "first",
                0.2,
                "The first character costs log2 V.",
                ("bits",),
                ("a text of one character",),
            ),
            Criterion(
                "values",
                0.35,
                "Every character is predicted from those before it, and counts equally.",
                ("bits",),
                ("a short text", "another short text", "a text of two characters"),
            ),
            Criterion(
                "long",
                0.25,
                "A long text is read with one state, from its beginning to its end.",
                ("bits",),
                ("a long text",),
            ),
            Criterion(
                "finite",
                0.1,
                "Scores of any size give a finite number of bits.",
                ("bits",),
                ("scores near 1000", "scores far apart"),
            ),
            Criterion("unchanged", 0.1, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes_in_bits.BITS),
        variants=tuple(variants.BITS),
        hints=HINTS["bits_per_character"],
        advice=(
            Advice(
                "Short texts are right and a long one is not: something is lost between two "
                "chunks. h, c and the character at the boundary must all be carried on.",
                failed=("long",),
                met=("values",),
            ),
            Advice(
                "Only very large scores go wrong: take log p without computing p first.",
                failed=("finite",),
                met=("values",),
            ),
        ),
        slow_sentence="A text is read once from left to right: one step a character is enough.",
    ),
    Exercise(
        name="best_unit_probe",
        unit=UNIT,
        title="The best unit",
        points=1,
        version=1,
        reference={"best": long_memory.best_unit_probe},
        make_cases=_best_cases,
        axes={"unit": (), "r": ()},
        criteria=(
            Criterion(
                "unit",
                0.3,
                "The unit is the one with the largest absolute correlation in the first half.",
                ("unit",),
                (
                    "a clear unit",
                    "a unit that goes against it",
                    "a unit with large numbers",
                    "an odd number of characters, labels 0 and 1",
                ),
            ),
            Criterion(
                "held_out",
                0.3,
                "It is chosen on the first half and judged on the second.",
                ("unit", "r"),
                ("another unit is better later",),
            ),
            Criterion(
                "r",
                0.2,
                "r is its correlation on the second half, with its sign.",
                ("r",),
                (
                    "a clear unit",
                    "a unit that goes against it",
                    "a unit with large numbers",
                    "an odd number of characters, labels 0 and 1",
                ),
            ),
            Criterion(
                "constant",
                0.1,
                "A unit that never changes is never the best.",
                ("unit", "r"),
                ("a unit that never changes",),
            ),
            Criterion("unchanged", 0.1, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.BEST),
        variants=tuple(variants.BEST),
        hints=HINTS["best_unit_probe"],
        advice=(
            Advice(
                "The unit is right and r is not: r comes from the second half alone and keeps its "
                "sign.",
                failed=("r",),
                met=("unit",),
            ),
            Advice(
                "A constant unit has a standard deviation of 0, and 0 / 0 is nan, which argmax "
                "takes for the largest of all.",
                failed=("constant",),
                met=("unit",),
            ),
        ),
    ),
)
