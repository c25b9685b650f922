"""Unit 05: one step back, the whole sequence, the losses one by one, chunks."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Tolerance, Trial, short
from autograder.judge.hints.bptt import HINTS
from autograder.judge.mistakes import bptt as mistakes
from autograder.judge.shared_criteria import later_calls, right, unchanged
from autograder.judge.sizes import apart
from autograder.judge.slopes import by_gradients, by_pieces, measured, measured_each
from autograder.judge.variants import bptt as variants
from autograder.student.gradients import LATER, SECOND
from autograder.student.probes.bptt import PIECE
from rnn_ref import bptt, recurrence

UNIT = "bptt"
WHOLE, OTHER = "a whole sequence", "with other numbers"
TOGETHER, SATURATED = "everything together", "with some units saturated"
SQUARE = "as many inputs as units"
BATCH_OF_ONE, ONE_STEP = "a batch of one", "a single time step"
ONE_INPUT, ONE_UNIT = "a single input", "a single unit"
LAST = "a loss at the last step alone"
WIDE, LONG = "one wide step", "a long sequence"
IN_PIECES = "its steps one by one"
CHUNKS, SHORT_END = "three full chunks", "a last chunk that is shorter"
CHUNKS_OF_ONE = "chunks of one step"
ONE_CHUNK, EXACT = "one chunk for all", "one chunk that just fits"

WIDE_D, WIDE_H = 8, 512
"""A backward takes milliseconds; differences for 266,000 weights would take minutes."""
LONG_T, LONG_D, LONG_H = 400, 32, 24
"""A backward takes some 10 ms; running the forward 14,000 times and more, a minute."""

Inputs = dict[str, Any]

# float32 rounds numbers near 10 to 1e-6, and sums of dozens of them lose a digit more; the mistakes
# are off by hundredths.
TOLERANCE = Tolerance(relative=1e-5, absolute=2e-5)
SLOW = "Backpropagation costs about two forward passes; differences cost two for every number."


def _weights(rng: np.random.Generator, D: int, H: int) -> Inputs:
    """Return weights that leave tanh room to move, so that gradients reach the first step."""
    return {
        "W_xh": 0.7 * rng.normal(size=(D, H)) / np.sqrt(D),
        "W_hh": 1.2 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b_h": 0.3 * rng.normal(size=H),
    }


def _upstream(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return numbers of both signs, none near zero and no two alike."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.2, 1.2, size=shape)


def _step(rng: np.random.Generator, N: int, D: int, H: int) -> Inputs:
    return {
        "x_t": rng.normal(size=(N, D)),
        "h_prev": rng.uniform(-0.9, 0.9, size=(N, H)),
        **_weights(rng, D, H),
        "dh_t": _upstream(rng, N, H),
    }


def _sequence(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> Inputs:
    return {
        "x": rng.normal(size=(N, T, D)),
        "h_0": rng.uniform(-0.9, 0.9, size=(N, H)),
        **_weights(rng, D, H),
        "dh": _upstream(rng, N, T, H),
    }


def _with_directions(rng: np.random.Generator, inputs: Inputs) -> Inputs:
    """Add a way to move each argument of the forward, along which its slope can be measured."""
    moving = [name for name in inputs if name not in ("dh", "dh_t", "k")]
    return {**inputs, "directions": {name: _upstream(rng, *inputs[name].shape) for name in moving}}


def _saturated(rng: np.random.Generator, N: int, D: int, H: int) -> Inputs:
    """Return a step in which one unit is driven to exactly -1 or 1, and one nearly so."""
    inputs = _step(rng, N, D, H)
    first, second = rng.permutation(H)[:2]
    inputs["b_h"][first], inputs["b_h"][second] = 60.0, -5.0
    return inputs


def _wide(rng: np.random.Generator) -> Inputs:
    return _step(rng, 2, WIDE_D, WIDE_H)


def _long(rng: np.random.Generator) -> Inputs:
    """Return a sequence whose sums over so many steps stay near 1, where float32 is exact enough.

    Its recurrent weights are small enough to forget rounding instead of letting it grow.
    """
    inputs = _sequence(rng, 2, LONG_T, LONG_D, LONG_H)
    return {**inputs, "W_hh": inputs["W_hh"] / 2, "dh": inputs["dh"] / 50}


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    return (
        Case(TOGETHER, _with_directions(rng, _step(rng, N, D, H))),
        Case(OTHER, _step(rng, H, N, D)),
        Case(SATURATED, _saturated(rng, N, D, H), edge=True),
        Case(BATCH_OF_ONE, _step(rng, 1, D, H), edge=True),
        Case(ONE_INPUT, _step(rng, N, 1, H), edge=True),
        Case(ONE_UNIT, _step(rng, N, D, 1), edge=True),
        Case(SQUARE, _step(rng, N, H, H), edge=True),
        Case(WIDE, _wide(rng), edge=True),
    )


def _last_alone(inputs: Inputs) -> Inputs:
    dh = np.zeros_like(inputs["dh"])
    dh[:, -1] = inputs["dh"][:, -1]
    return {**inputs, "dh": dh}


def _sequence_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = apart(rng, 4)
    T = max(T, 4)
    return (
        Case(WHOLE, _with_directions(rng, _sequence(rng, N, T, D, H))),
        Case(OTHER, _sequence(rng, H, N + 2, T, D)),
        Case(LAST, _last_alone(_sequence(rng, N, T, D, H))),
        Case(ONE_STEP, _sequence(rng, N, 1, D, H), edge=True),
        Case(BATCH_OF_ONE, _sequence(rng, 1, T, D, H), edge=True),
        Case(ONE_INPUT, _sequence(rng, N, T, 1, H), edge=True),
        Case(ONE_UNIT, _sequence(rng, N, T, D, 1), edge=True),
        Case(SQUARE, _sequence(rng, N, T, H, H), edge=True),
    )


def _backward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    cases = _sequence_cases(rng)
    pieces = {**cases[0].inputs, "in_pieces": True}
    return (*cases, Case(LONG, _long(rng), edge=True), Case(IN_PIECES, pieces, edge=True))


def _truncated_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    k = int(rng.choice([4, 5]))  # never as many as there are chunks
    D, *others = sorted(apart(rng, 3))  # none near 3k or 4k; the largest is above k
    N, H = (int(n) for n in rng.permutation(others))  # each is once the size of the batch

    def drawn(T: int, k: int, N: int = N, D: int = D, H: int = H) -> Inputs:
        return {**_sequence(rng, N, T, D, H), "k": k}

    return (
        Case(CHUNKS, _with_directions(rng, drawn(3 * k, k))),
        Case(OTHER, drawn(4 * k, k, H, N, D)),
        Case(SHORT_END, drawn(3 * k + 1, k)),
        Case(CHUNKS_OF_ONE, drawn(3 * k, 1), edge=True),
        Case(ONE_CHUNK, drawn(3 * k, 3 * k + 2), edge=True),
        Case(EXACT, drawn(3 * k, 3 * k), edge=True),
        Case(ONE_STEP, drawn(1, k), edge=True),
        Case(BATCH_OF_ONE, drawn(2 * k, k, N=1), edge=True),
        Case(ONE_INPUT, drawn(2 * k, k, D=1), edge=True),
        Case(ONE_UNIT, drawn(2 * k, k, H=1), edge=True),
        Case(LONG, {**_long(rng), "k": 50}, edge=True),
    )


def _axes(inputs: str, first_state: str, inputs_axes: tuple[str, ...]) -> dict[str, Any]:
    axes: dict[str, tuple[str, ...]] = {
        inputs: inputs_axes,
        first_state: ("batch", "unit"),
        "dW_xh": ("input", "unit"),
        "dW_hh": ("from unit", "to unit"),
        "db_h": ("unit",),
    }
    return {**_and_again(axes), "slopes": ("argument",)}


def _and_again(axes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the axes of outputs and of the same outputs of later calls."""
    return {name + call: names for call in ("", SECOND, LATER) for name, names in axes.items()}


_STEP_AXES = _axes("dx_t", "dh_prev", ("batch", "input"))
_SEQUENCE_AXES = _axes("dx", "dh_0", ("batch", "time", "input"))
_STEP_GRADIENTS = ("dx_t", "dh_prev", "dW_xh", "dW_hh", "db_h")
_GRADIENTS = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h")
_MAIN = (WHOLE, OTHER)


def _total(_: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
    slices = outputs.get("slices")
    return None if slices is None or slices.ndim != 3 else slices.sum(axis=0)


def _slope_of_each(
    inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]
) -> np.ndarray | None:
    """Return the slope along one direction by each slice."""
    slices = outputs.get("slices")
    if "directions" not in inputs or slices is None or slices.ndim != 3:
        return None
    direction = inputs["directions"]["W_hh"]
    return None if slices.shape[1:] != direction.shape else np.sum(slices * direction, axis=(1, 2))


_STEP, _SEQUENCE = "x_t h_prev W_xh W_hh b_h", "x h_0 W_xh W_hh b_h"
_STEP_SLOPES = {"slopes": by_gradients(_STEP), "own_slopes": measured(h_t="dh_t")}
_SLOPES = {"slopes": by_gradients(_SEQUENCE), "own_slopes": measured(h="dh")}
_PIECES = {"own_pieces": by_pieces(_SEQUENCE, PIECE)}
_EACH = {"total": _total, "slopes": _slope_of_each, "own_slopes": measured_each("h", "dh")}


def _numeric(weight: float, case: str = WHOLE) -> Criterion:
    return Criterion(
        "numeric",
        weight,
        "It agrees with slopes measured on your own forward.",
        ("slopes",),
        (case,),
        Kind.CONSISTENT,
        against=("slopes", "own_slopes"),
        carried="Your gradients are the slopes of your own forward, as measured; but that forward "
        "is not the course's. Put its cell back as it was.",
    )


_UNCHANGED = "No argument is changed in place, nor the cache."

_STEPS = (TOGETHER, OTHER, SATURATED)
_STEP_CRITERIA = (
    right(0.13, "dx_t", "back to the input", _STEPS),
    right(0.14, "dh_prev", "back to the state before", _STEPS),
    right(0.14, "dW_xh", "a sum over the batch", _STEPS),
    right(0.14, "dW_hh", "a sum over the batch", _STEPS),
    right(0.1, "db_h", "a sum over the batch", _STEPS),
    Criterion(
        "sizes",
        0.1,
        "It is right at any size: a batch, an input or a unit of one, D = H, many units.",
        _STEP_GRADIENTS,
        (BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, SQUARE, WIDE),
    ),
    _numeric(0.13, TOGETHER),
    unchanged(0.05, _UNCHANGED),
    *later_calls(0.04, 0.03, _STEP_GRADIENTS, TOGETHER),
)

_BACKWARD_CRITERIA = (
    right(0.13, "dx", "a gradient for every input", _MAIN),
    right(0.1, "dh_0", "what arrives before the first step", _MAIN),
    right(0.12, "dW_xh", "a sum over all steps", _MAIN),
    right(0.12, "dW_hh", "a sum over all steps", _MAIN),
    right(0.08, "db_h", "a sum over all steps", _MAIN),
    Criterion("carry", 0.1, "All is right if the last step alone has a loss.", _GRADIENTS, (LAST,)),
    Criterion(
        "sizes",
        0.1,
        "It is right at any size: a step, a batch, an input or a unit of one, D = H, many steps.",
        _GRADIENTS,
        (ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, SQUARE, LONG),
    ),
    Criterion(
        "pieces",
        0.1,
        "A sequence gives what your own gradients of its single steps add up to.",
        ("slopes",),
        (IN_PIECES,),
        Kind.CONSISTENT,
        against=("slopes", "own_pieces"),
        of_itself=True,
    ),
    _numeric(0.08),
    unchanged(0.03, _UNCHANGED),
    *later_calls(0.02, 0.02, _GRADIENTS, WHOLE),
)

_PER_STEP_CRITERIA = (
    Criterion(
        "slices",
        0.5,
        "Slice t is the gradient of the loss at step t alone, all the way back.",
        ("slices",),
        (*_MAIN, LAST),
    ),
    Criterion("total", 0.15, "The slices sum to dW_hh.", ("total",), _MAIN),
    Criterion(
        "sizes",
        0.1,
        "It is right at any size: a step, a batch, an input or a unit of one, D = H.",
        ("slices",),
        (ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, SQUARE),
    ),
    _numeric(0.14),
    unchanged(0.05, _UNCHANGED),
    *later_calls(0.03, 0.03, ("slices",), WHOLE),
)

_TRUNCATED_CASES = (CHUNKS, OTHER)
_TRUNCATED_CRITERIA = (
    Criterion(
        "weights",
        0.25,
        "The weights' gradients are right: sums over the chunks.",
        ("dW_xh", "dW_hh", "db_h"),
        _TRUNCATED_CASES,
    ),
    right(0.15, "dx", "no gradient reaches an earlier chunk", _TRUNCATED_CASES),
    right(0.1, "dh_0", "it comes from the first chunk", _TRUNCATED_CASES),
    Criterion(
        "short_end",
        0.12,
        "With a shorter last chunk all is right: chunks are counted from the start.",
        _GRADIENTS,
        (SHORT_END,),
    ),
    Criterion(
        "sizes",
        0.08,
        "It is right at any size: a step, a batch, an input or a unit of one, many steps.",
        _GRADIENTS,
        (ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, LONG),
    ),
    Criterion("one_chunk", 0.08, "All is right with k ≥ T.", _GRADIENTS, (ONE_CHUNK, EXACT)),
    Criterion("k_1", 0.07, "All is right with k = 1.", _GRADIENTS, (CHUNKS_OF_ONE,)),
    _numeric(0.06, CHUNKS),
    unchanged(0.04, _UNCHANGED),
    *later_calls(0.03, 0.02, _GRADIENTS, CHUNKS),
)

_SEQUENCE_CASES = (*_MAIN, LAST, ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, SQUARE)
_CHUNKED_CASES = (
    *(CHUNKS, OTHER, SHORT_END, CHUNKS_OF_ONE, ONE_CHUNK, EXACT),
    *(ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT),
)

_TRY_STEP = "_, cache = rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h)\n"
_TRY = "_, cache = rnn_forward(x, h_0, W_xh, W_hh, b_h)\n"


def _each(names: tuple[str, ...], lines: str) -> dict[str, str]:
    """Return the lines that show each gradient of those that come back together."""
    return {name: f"{lines}[{i}]" for i, name in enumerate(names)}


def _small_steps(rng: np.random.Generator) -> list[Inputs]:
    return [short(_step(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2), (2, 1, 1), (2, 2, 2))]


def _small_sequences(rng: np.random.Generator) -> list[Inputs]:
    return [short(_sequence(rng, *sizes)) for sizes in ((1, 2, 1, 1), (1, 2, 2, 2), (2, 2, 2, 2))]


def _small_chunks(rng: np.random.Generator) -> list[Inputs]:
    sizes = ((1, 2, 1, 1), (1, 3, 1, 1), (1, 2, 2, 2), (2, 3, 2, 2))
    return [{**short(_sequence(rng, *each)), "k": 1 + i % 2} for i, each in enumerate(sizes)]


EXERCISES = (
    Exercise(
        name="rnn_step_backward",
        unit=UNIT,
        title="Back through one step",
        version=4,
        reference={"forward": recurrence.rnn_step_forward, "backward": bptt.rnn_step_backward},
        make_cases=_step_cases,
        axes=_STEP_AXES,
        criteria=_STEP_CRITERIA,
        derived=_STEP_SLOPES,
        large_cases=(WIDE,),
        mistakes=tuple(mistakes.STEP),
        variants=tuple(variants.STEP),
        trial=Trial(
            _small_steps, _each(_STEP_GRADIENTS, f"{_TRY_STEP}rnn_step_backward(dh_t, cache)")
        ),
        hints=HINTS["rnn_step_backward"],
        tolerance=TOLERANCE,
        slow_sentence=SLOW,
    ),
    Exercise(
        name="rnn_backward",
        unit=UNIT,
        title="Back through time",
        version=4,
        reference={"forward": recurrence.rnn_forward, "backward": bptt.rnn_backward},
        make_cases=_backward_cases,
        axes=_SEQUENCE_AXES,
        criteria=_BACKWARD_CRITERIA,
        derived={**_SLOPES, **_PIECES},
        large_cases=(LONG,),
        mistakes=tuple(mistakes.BACKWARD),
        variants=tuple(variants.BACKWARD),
        stand_ins=("rnn_step_backward",),
        stand_in_cases=(*_SEQUENCE_CASES, IN_PIECES),
        trial=Trial(_small_sequences, _each(_GRADIENTS, f"{_TRY}rnn_backward(dh, cache)")),
        hints=HINTS["rnn_backward"],
        tolerance=TOLERANCE,
        slow_sentence=SLOW,
    ),
    Exercise(
        name="per_step_weight_gradient",
        unit=UNIT,
        title="Each loss alone",
        version=4,
        reference={"forward": recurrence.rnn_forward, "per_step": bptt.per_step_weight_gradient},
        make_cases=_sequence_cases,
        axes={
            **_and_again({"slices": ("loss step", "from unit", "to unit")}),
            "total": ("from unit", "to unit"),
            "slopes": ("loss step",),
        },
        criteria=_PER_STEP_CRITERIA,
        derived=_EACH,
        mistakes=tuple(mistakes.PER_STEP),
        variants=tuple(variants.PER_STEP),
        stand_ins=("rnn_backward", "rnn_step_backward"),
        stand_in_cases=_SEQUENCE_CASES,
        trial=Trial(_small_sequences, {"slices": f"{_TRY}per_step_weight_gradient(dh, cache)"}),
        hints=HINTS["per_step_weight_gradient"],
        tolerance=TOLERANCE,
        slow_sentence=SLOW,
    ),
    Exercise(
        name="truncated_bptt",
        unit=UNIT,
        title="In chunks",
        version=6,
        reference={"forward": recurrence.rnn_forward, "truncated": bptt.truncated_bptt},
        make_cases=_truncated_cases,
        axes=_SEQUENCE_AXES,
        criteria=_TRUNCATED_CRITERIA,
        derived=_SLOPES,
        large_cases=(LONG,),
        mistakes=tuple(mistakes.TRUNCATED),
        variants=tuple(variants.TRUNCATED),
        stand_ins=("rnn_backward", "rnn_step_backward"),
        stand_in_cases=_CHUNKED_CASES,
        trial=Trial(_small_chunks, _each(_GRADIENTS, f"{_TRY}truncated_bptt(dh, cache, k)")),
        hints=HINTS["truncated_bptt"],
        tolerance=TOLERANCE,
        slow_sentence=SLOW,
    ),
)
