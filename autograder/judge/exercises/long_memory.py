"""Unit 10: the adding problem, judged by what a batch is; bits a character; the best unit.

A batch is drawn by chance, so no certain numbers are expected. The judge makes tables of what came
back and holds them against their exact probabilities: some are 0 or 1, and the others leave a right
function a chance of ``frequencies.FALSE_ALARM`` = 1e-7 to fail.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Trial, short
from autograder.judge.hints.long_memory import HINTS
from autograder.judge.mistakes import long_memory as mistakes
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import apart
from autograder.judge.variants import long_memory as variants
from autograder.student.answers import FormError
from rnn_ref import long_memory
from rnn_ref.lstm import lstm_forward
from rnn_ref.outputs import output_forward, softmax_cross_entropy

UNIT = "long_memory"
Inputs = Mapping[str, Any]
Outputs = Mapping[str, np.ndarray]

EVEN, ODD = "many examples", "many examples of odd length"
SMALL, LONG, SMALL_ODD = "a small batch", "long sequences", "an odd number of steps"
SHORTEST, ALONE = "two steps", "a single example"
FIRST, TWO = "a text of one character", "a text of two characters"
SHORT, OTHER = "a short text", "another short text"
LONG_TEXT, ONE_UNIT = "a long text", "one unit"
NEAR_1000, FAR_APART = "scores near 1000", "scores far apart"
CLEAR_UNIT, AGAINST = "a clear unit", "a unit that goes against it"
LOUD, BETTER_LATER = "a unit with large numbers", "another unit is better later"
ODD_LENGTH = "an odd number of characters, labels 0 and 1"
CONSTANT, LATER = "a unit that never changes", "a unit that changes in the second half alone"
LITTLE = "units that change little"
ROWS = 1500  # of a table that chance decides, and up to ROWS_MORE - 1 more
ROWS_MORE = 400
CLEAR = 0.02  # of correlation by which the best unit leads
SHOWS = 0.2  # nats of a text of 1217: seven times what is let pass
IMPOSSIBLE = 750.0  # nats: exp of minus that is 0
FLOATS = (np.float64, np.float32)


def _adding_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def case(name: str, N: int, T: int, again: bool = False, edge: bool = False) -> Case:
        return Case(name, {"N": N, "T": T, "seed": int(rng.integers(2**31)), "again": again}, edge)

    def some(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    return (
        case(SMALL, some(3, 40), 2 * some(3, 30), again=True),
        case(SMALL_ODD, some(3, 40), 2 * some(3, 30) + 1),
        case(EVEN, ROWS + some(0, ROWS_MORE), 6),
        case(ODD, ROWS + some(0, ROWS_MORE), 7),
        case(LONG, some(3, 40), 2 * some(50, 90), edge=True),
        case(SHORTEST, some(5, 200), 2, edge=True),
        case(ALONE, 1, 2 * some(3, 90), edge=True),
    )


def _batch(inputs: Inputs, outputs: Outputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values (N, T), markers (N, T) and y, once x has the right shape."""
    if not {"x", "y"} <= outputs.keys():
        raise FormError("no batch came.")
    x, expected = outputs["x"], (inputs["N"], inputs["T"], 2)
    if x.shape != expected:
        raise FormError(f"x has shape {x.shape}; expected {expected} = (N, T, 2).")
    values, markers = np.moveaxis(x.astype(np.float64), 2, 0)
    return values, markers, outputs["y"].astype(np.float64)


def _markers(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by the markers in their first and in their second half; anything odd counts as 3."""
    _, markers, _ = _batch(inputs, outputs)
    halves = np.split(markers, [inputs["T"] // 2], axis=1)
    first, second = (
        np.where(np.isin(half, (0, 1)).all(axis=1), np.minimum(half.sum(axis=1), 3), 3).astype(int)
        for half in halves
    )
    return _table(4 * first + second, 16).reshape(4, 4)


def _marker_range(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """The smallest and the largest marker, (2,), as whole numbers."""
    _, markers, _ = _batch(inputs, outputs)
    return np.rint([markers.min(), markers.max()])


def _marker_chances(inputs: Inputs) -> np.ndarray:
    chances = np.zeros((4, 4))
    chances[1, 1] = 1
    return chances


def _places(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """Rows by the steps at which they are marked; the last cell: not one marker in each half."""
    _, markers, _ = _batch(inputs, outputs)
    half, T = inputs["T"] // 2, inputs["T"]
    marked = markers == 1
    first, last = marked.argmax(axis=1), T - 1 - marked[:, ::-1].argmax(axis=1)
    fits = (marked.sum(axis=1) == 2) & (first < half) & (half <= last)
    table = np.zeros((half + 1, T - half + 1), dtype=np.int64)
    np.add.at(table, (np.where(fits, first, -1), np.where(fits, last - half, -1)), 1)
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


def _target(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """What y is, (N,): 0 the marked sum, 1 half of it, 2 the sum of all, 3 the product, …

    Anything else is a number of its own, and so is a wrong shape: -1 if it is (N, 1).
    """
    values, markers, y = _batch(inputs, outputs)
    N = inputs["N"]
    if y.shape != (N,):
        return np.full(N, -1.0 if y.shape == (N, 1) else -2.0 - y.size - y.ndim)
    total = _marked_sum(values, markers, y)
    product = np.where(markers == 1, values, 1).prod(axis=1)
    first = values[np.arange(N), markers.argmax(axis=1)]
    sorts = np.stack([total, total / 2, values.sum(axis=1), product, total / inputs["T"], first])
    fits = np.isclose(y, sorts, rtol=1e-5, atol=2e-6)
    other = len(sorts) + np.abs(y - total)
    target: np.ndarray = np.where(fits.any(axis=0), fits.argmax(axis=0), other)
    return target


def _error(inputs: Inputs, outputs: Outputs) -> np.ndarray:
    """By how much y misses the sum of the marked numbers, (N,); y itself if its shape is wrong."""
    values, markers, y = _batch(inputs, outputs)
    return y - _marked_sum(values, markers, y) if y.shape == (inputs["N"],) else y


def _marked_sum(values: np.ndarray, markers: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the sum of the marked numbers, (N,): markers that are wrong are no mistake of y.

    It is the sum of the products, or of all numbers with a marker above 0, whichever is nearer.
    """
    products = (values * markers).sum(axis=1)
    marked = np.where(markers > 0, values, 0).sum(axis=1)
    nearer: np.ndarray = np.where(np.abs(y - marked) < np.abs(y - products), marked, products)
    return nearer


def _difference(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
    """By how much the batch of an equal generator differs, (N, T, 2); of no batch, nothing."""
    if not inputs["again"] or not {"x", "x_again"} <= outputs.keys():
        return None
    _batch(inputs, outputs)
    x, again = outputs["x"].astype(np.float64), outputs["x_again"]
    if x.shape != again.shape:
        return again
    difference: np.ndarray = np.where(np.isnan(x) & np.isnan(again), 0, again - x)
    return difference


def _new_batches(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
    """Whether the next call gave another batch: 1, or 0."""
    if not inputs["again"] or not {"x", "next_x"} <= outputs.keys():
        return None
    _batch(inputs, outputs)
    return np.array(int(not np.array_equal(outputs["x"], outputs["next_x"])))


def _chance(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
    """Whether both are as they should be, (2,)."""
    difference, new = _difference(inputs, outputs), _new_batches(inputs, outputs)
    if difference is None or new is None:
        return None
    return np.array([not difference.any(), new], dtype=np.int64)


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
    def inputs(
        length: int, scores: float = 1.5, shift: float = 0.0, H: int = 0, more: int = 0
    ) -> dict[str, Any]:
        V, some_H = apart(rng, 2, least=4)
        V += more
        ids = rng.choice(V, size=length, p=rng.dirichlet(np.full(V, 3.0)))
        params = _model(rng, V, H or some_H, scores)
        ids[0] = np.argmin(params["b_y"])  # dear to who predicts it with the output layer alone
        if shift:
            params["b_y"] = np.round(64 * (params["b_y"] + shift)) / 64  # in any precision the same
        return {"params": params, "ids": ids}

    return (
        Case(SHORT, inputs(12)),
        Case(OTHER, inputs(23)),
        Case(FIRST, inputs(1, more=int(rng.integers(90))), edge=True),
        Case(TWO, inputs(2), edge=True),
        Case(ONE_UNIT, inputs(17, H=1), edge=True),
        Case(
            LONG_TEXT,
            {**_long_text(rng, lambda: inputs(1217)), "part": int(rng.integers(620, 680))},
            edge=True,
        ),
        # Single precision rounds each of these scores by 0.00003: that is to be lost in the mean.
        Case(NEAR_1000, inputs(48, shift=1000.0), edge=True),
        Case(FAR_APART, _far_apart(lambda: inputs(15, scores=700.0)), edge=True),
    )


def _long_text(rng: np.random.Generator, draw: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Inputs in which every way to go on from character 1000 with a wrong state shows.

    The cells keep what they hold for hundreds of steps; rounding errors die out.
    """
    while True:
        inputs = draw()
        params, ids, H = inputs["params"], inputs["ids"], len(inputs["params"]["W_hh"])
        params["b"][H : 2 * H] += 2
        params["W_hh"] *= 0.5
        x = np.eye(len(params["b_y"]))[None, ids]
        zeros = np.zeros((1, H))
        h, c = _read(params, x[:, :1000], zeros, zeros)
        right, single = (_nats(params, x, ids, h[:, -1], c[:, -1], dtype) for dtype in FLOATS)
        states = [(h[:, -1], state) for state in (zeros, c[:, 0], c[:, 500])]
        states += [(zeros, state) for state in (zeros, c[:, -1])]
        nats = [right, *(_nats(params, x, ids, *state) for state in states)]
        without = np.delete(x, 1000, axis=1), np.delete(ids, 1000)  # one at a boundary is lost
        nats.append(_nats(params, *without, h[:, -1], c[:, -1]))
        if np.diff(np.sort(nats)).min() > SHOWS and abs(single - right) < SHOWS / 50:
            return inputs


def _far_apart(draw: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Inputs in which some character comes whose probability is 0 in floats."""
    while True:
        inputs = draw()
        params, ids = inputs["params"], inputs["ids"]
        zeros = np.zeros((1, len(params["W_hh"])))
        h, _ = _read(params, np.eye(len(params["b_y"]))[None, ids[:-1]], zeros, zeros)
        scores = h[0] @ params["W_hy"] + params["b_y"]
        if (scores.max(axis=1) - scores[range(len(scores)), ids[1:]]).max() > 2 * IMPOSSIBLE:
            return inputs


def _read(
    params: Inputs, x: np.ndarray, h_t: np.ndarray, c_t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
    return h, c


def _nats(
    params: Inputs,
    x: np.ndarray,
    ids: np.ndarray,
    h_t: np.ndarray,
    c_t: np.ndarray,
    dtype: type = np.float64,
) -> float:
    """What the text behind character 1000 costs, read on from these states."""
    params = {name: array.astype(dtype) for name, array in params.items()}
    h, _ = _read(params, x[:, 1000:-1].astype(dtype), h_t.astype(dtype), c_t.astype(dtype))
    scores, _ = output_forward(h, params["W_hy"], params["b_y"])
    loss, _ = softmax_cross_entropy(scores.astype(np.float64), ids[None, 1001:])
    return float(loss * h.shape[1])


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
        h = _states(rng, labels, [0.1, 1.1, 0.0, 0.8, 0.2], [0.1, -0.3, 3.0, 0.8, 0.2])
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

    def units(labels: np.ndarray, mix: list[float]) -> np.ndarray:
        return _states(rng, labels, mix)

    means = np.array([0.5, -0.5, -0.8, 3.0, 0.2])  # without them the fourth unit would be best
    clear = units(labels, [0.2, -0.1, 1.2, 0.1, 0.3]) + means * rng.uniform(0.9, 1.1, size=5)
    against = units(other, [0.5, 0.2, -1.5, 0.1, -0.2])
    loud = units(other, [0.0, 0.3, 1.5, 0.2, 0.1])
    loud[:, 1] *= 50
    still = units(labels, [0.1, 0.0, 1.5, 0.2, -0.3])
    still[:, 1] = 0.5  # its mean is exact
    later = units(other, [0.1, 0.0, 1.5, 0.2, -0.3])
    later[:half, 3] = -0.25
    little = 0.01 * units(labels, [0.1, 0.0, 1.5, 0.2, -0.3])
    little[:, 1] = 0.0
    for h in (clear, against, loud, still, later, little):
        h[...] = h[:, rng.permutation(5)]  # the best is another one in each case
    alone = rng.choice([-1, 1]) * _states(rng, labels, [0.6])
    return (
        Case(CLEAR_UNIT, {"h": clear, "labels": labels}),
        Case(AGAINST, {"h": against, "labels": other}),
        Case(BETTER_LATER, {"h": _fickle(rng, labels), "labels": labels}),
        Case(LOUD, {"h": loud, "labels": other}),
        Case(
            ODD_LENGTH,
            {
                "h": units(odd, [0.2, 0.5, 1.0, -0.1, 0.1])[:, rng.permutation(5)],
                "labels": odd.astype(np.int64),
            },
        ),
        Case(CONSTANT, {"h": still, "labels": labels}, edge=True),
        Case(LATER, {"h": later, "labels": other}, edge=True),
        Case(LITTLE, {"h": little, "labels": labels}, edge=True),
        Case(ONE_UNIT, {"h": alone, "labels": labels}, edge=True),
    )


def _small_texts(rng: np.random.Generator) -> list[dict[str, Any]]:
    def inputs(H: int, length: int) -> dict[str, Any]:
        ids = np.arange(length) * 2 % 3 % 2
        return {"params": short(_model(rng, 2, H)), "ids": ids}

    return [inputs(1, 1), inputs(1, 2), inputs(1, 3), inputs(2, 4)]


def _small_states(rng: np.random.Generator) -> list[dict[str, Any]]:
    def inputs(H: int, still: bool = False) -> dict[str, Any]:
        labels = np.array([1, 0, 0, 1, 0, 1, 0])
        h = short({"h": rng.normal(size=(7, H)) - labels[:, None] * np.arange(1, H + 1)})["h"]
        h[:, 0] = 0.5 if still else h[:, 0]
        return {"h": h, "labels": labels}

    return [inputs(1), inputs(2), inputs(2, still=True)]


EXERCISES = (
    Exercise(
        name="adding_batch",
        unit=UNIT,
        title="The adding problem",
        version=3,
        reference={"batch": long_memory.adding_batch},
        make_cases=_adding_cases,
        axes={
            "markers": ("markers in the first half", "markers in the second half"),
            "places": ("first marker at step", "second marker, steps into its half:"),
            "tenths": ("numbers in tenth",),
            "target": ("batch",),
            "marker_range": ("end",),
            "marked_tenths": ("marked numbers in tenth",),
            "own_y minus the marked sum": ("batch",),
            "own_x_again minus x": ("batch", "time", "channel"),
            "own_number of new batches on the second call": (),
            "chance": ("question",),
        },
        derived={
            "markers": _markers,
            "marker_range": _marker_range,
            "places": _places,
            "tenths": _tenths,
            "marked_tenths": _marked_tenths,
            "target": _target,
            "own_y minus the marked sum": _error,
            "own_x_again minus x": _difference,
            "own_number of new batches on the second call": _new_batches,
            "chance": _chance,
        },
        chances={
            "markers": _marker_chances,
            "places": _place_chances,
            "tenths": _tenth_chances,
            "marked_tenths": _tenth_chances,
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
                "target",
                0.25,
                "y is the sum of the two marked numbers.",
                ("own_y minus the marked sum",),
            ),
            Criterion(
                "given_rng",
                0.1,
                "Chance comes from rng alone: equal generators give equal batches, and the next "
                "call gives another.",
                ("own_x_again minus x", "own_number of new batches on the second call"),
                (SMALL,),
            ),
        ),
        mistakes=tuple(mistakes.ADDING),
        variants=tuple(variants.ADDING),
        hints=HINTS["adding_batch"],
    ),
    Exercise(
        name="bits_per_character",
        unit=UNIT,
        title="Bits a character",
        version=6,
        reference={"bits": long_memory.bits_per_character},
        make_cases=_bits_cases,
        axes={"bits": (), "bits_of_its_beginning": ()},
        criteria=(
            Criterion("first", 0.2, "The first character costs log2 V.", ("bits",), (FIRST,)),
            Criterion(
                "values",
                0.35,
                "The bits are right: each character, from those before it, counts equally.",
                ("bits",),
                (SHORT, OTHER, TWO, ONE_UNIT),
            ),
            Criterion(
                "long",
                0.25,
                "A long text comes out right: read with one state, from its beginning to its end.",
                ("bits", "bits_of_its_beginning"),
                (LONG_TEXT,),
            ),
            Criterion(
                "finite",
                0.1,
                "Scores of any size give a finite, right number of bits.",
                ("bits",),
                (NEAR_1000, FAR_APART),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.BITS),
        variants=tuple(variants.BITS),
        hints=HINTS["bits_per_character"],
        trial=Trial(_small_texts, {"bits": "bits_per_character(params, ids)"}),
        slow_sentence="A text is read once from left to right: one step a character is enough.",
    ),
    Exercise(
        name="best_unit_probe",
        unit=UNIT,
        title="The best unit",
        version=4,
        reference={"best": long_memory.best_unit_probe},
        make_cases=_best_cases,
        axes={"unit": (), "r": ()},
        criteria=(
            Criterion(
                "unit",
                0.3,
                "The unit is the one with the largest absolute correlation in the first half.",
                ("unit",),
                (CLEAR_UNIT, AGAINST, LOUD, ODD_LENGTH),
            ),
            Criterion(
                "held_out",
                0.3,
                "Where another unit is better later, both are right: the second half has no say.",
                ("unit", "r"),
                (BETTER_LATER,),
            ),
            Criterion(
                "r",
                0.2,
                "r is right: the best unit's correlation on the second half, with its sign.",
                ("r",),
                (CLEAR_UNIT, AGAINST, LOUD, ODD_LENGTH, ONE_UNIT),
            ),
            Criterion(
                "constant",
                0.1,
                "The choice is right beside a unit that never changes, and if all change little.",
                ("unit", "r"),
                (CONSTANT, LATER, LITTLE),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.BEST),
        variants=tuple(variants.BEST),
        hints=HINTS["best_unit_probe"],
        trial=Trial(
            _small_states,
            {"unit": "best_unit_probe(h, labels)[0]", "r": "best_unit_probe(h, labels)[1]"},
        ),
    ),
)
