"""Back through the whole sequence."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.lstm_gradients.shared import (
    BATCHES,
    LAST,
    OF_THE_WEIGHTS,
    OTHER,
    SEQUENCE_NAMES,
    SLOW,
    WHOLE,
    axes_of,
    draw_weights,
    own_forward,
    with_directions,
)
from autograder.judge.shared_criteria import later_calls, own_step, unchanged
from autograder.judge.sizes import OF_A_SEQUENCE, ONE_STEP, SIZES, Inputs, apart, at_sizes, zeroed
from autograder.judge.slopes import by_gradients, by_pieces, measured
from autograder.student.probes.lstm_gradients import PIECE
from rnn_ref import lstm, lstm_gradients

CELL, STATE = "the cell alone carries (W_hh = 0)", "the state alone carries (every gate f shut)"
LONG = "a long sequence"
SHUT_BIAS = -40.0  # its sigmoid is 4e-18: nothing comes through, in float32 either


def _sequence(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> Inputs:
    return {
        "x": rng.normal(size=(N, T, D)),
        "h_0": rng.uniform(-1, 1, size=(N, H)),
        "c_0": rng.normal(size=(N, H)),
        **draw_weights(rng, D, H),
        "dh": rng.normal(size=(N, T, H)),
    }


def _long(rng: np.random.Generator) -> Inputs:
    """Return a sequence through which one goes back in a moment, but not once for each weight."""
    D, H, T = 5, 16, 800
    inputs = _sequence(rng, 2, T, D, H)
    return {**inputs, "dh": inputs["dh"] / T}  # as of a mean over the steps


def _sequence_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = apart(rng, 4)
    T = max(T, 3)
    inputs = _sequence(rng, N, T, D, H)
    last = _sequence(rng, N, T, D, H)
    last["dh"][:, :-1] = 0
    shut = _sequence(rng, N, 3, D, H)  # so short that the last loss still shows in dh_0
    shut["W_xh"][:, H : 2 * H] = shut["W_hh"][:, H : 2 * H] = 0
    shut["b"][H : 2 * H] = SHUT_BIAS
    return (
        Case(WHOLE, with_directions(rng, inputs, SEQUENCE_NAMES)),
        Case(OTHER, _sequence(rng, H, N + 1, T, D)),
        Case(LAST, last),
        Case(CELL, zeroed(_sequence(rng, N, T, D, H), "W_hh")),
        Case(STATE, shut),
        Case(ONE_STEP, _sequence(rng, N, 1, D, H), edge=True),
        *at_sizes(lambda n, d, h: _sequence(rng, n, T, d, h), N, D, H),
        Case(LONG, _long(rng), edge=True),
    )


_SEQUENCE_OUTPUTS = ("dx", "dh_0", "dc_0", "dW_xh", "dW_hh", "db")
_SEQUENCE_DERIVED = {
    "sums": by_gradients(SEQUENCE_NAMES),
    "own_sums": measured(h="dh"),
    "own_step_sums": by_pieces(SEQUENCE_NAMES, PIECE),
}


EXERCISE = Exercise(
    name="lstm_backward",
    title="Back through the whole sequence",
    version=4,
    reference={
        "step_forward": lstm.lstm_step_forward,
        "forward": lstm.lstm_forward,
        "step": lstm_gradients.lstm_step_backward,
        "backward": lstm_gradients.lstm_backward,
    },
    make_cases=_sequence_cases,
    stand_ins=("lstm_step_backward",),
    stand_in_cases=(*BATCHES, LAST, CELL, STATE, ONE_STEP, *SIZES),
    axes=axes_of("dx", ("batch", "time", "input"), "dh_0", "dc_0"),
    derived=_SEQUENCE_DERIVED,
    large_cases=(LONG,),
    criteria=(
        Criterion("inputs", 0.1, "dx is right: a gradient for every input.").of("dx", *BATCHES),
        Criterion("first_states", 0.1, "h_0 and c_0 get theirs.").of(("dh_0", "dc_0"), *BATCHES),
        Criterion("weights", 0.13, "dW_xh and dW_hh are right: sums over all steps.").of(
            ("dW_xh", "dW_hh"), *BATCHES
        ),
        Criterion("bias", 0.05, "db is right: a sum over all steps.").of("db", *BATCHES),
        Criterion(
            "cell_carried", 0.15, "What the cell alone carries from step to step arrives."
        ).of(
            ("dx", "dc_0", *OF_THE_WEIGHTS),  # dh_0 is zero there
            CELL,
            any_of=True,
        ),
        Criterion(
            "state_carried", 0.15, "What the state alone carries from step to step arrives."
        ).of(
            ("dx", "dh_0", *OF_THE_WEIGHTS),  # dc_0 is zero there
            STATE,
            any_of=True,
        ),
        Criterion("last_loss", 0.03, "A loss at the last step alone reaches every step.").of(
            _SEQUENCE_OUTPUTS, LAST, any_of=True
        ),
        Criterion("sizes", 0.05, OF_A_SEQUENCE).of(
            _SEQUENCE_OUTPUTS, ONE_STEP, *SIZES, besides=BATCHES
        ),
        Criterion("long", 0.03, "A long sequence takes a moment.").of(
            _SEQUENCE_OUTPUTS, LONG, besides=BATCHES
        ),
        *later_calls(0.02, 0.02, _SEQUENCE_OUTPUTS, WHOLE),
        own_step(0.08, "gradients", "lstm_step_backward", ("sums", "own_step_sums"), WHOLE),
        own_forward(0.04, "lstm_forward", WHOLE),
        unchanged(0.05, "Neither dh nor the cache is changed in place."),
    ),
    trial=Trial(
        lambda rng: [short(_sequence(rng, *s)) for s in ((1, 1, 1, 1), (1, 2, 1, 1), (2, 2, 1, 1))],
        {
            name: "h, c, cache = lstm_forward(x, h_0, c_0, W_xh, W_hh, b)\n"
            f"lstm_backward(dh, cache)[{k}]"
            for k, name in enumerate(_SEQUENCE_OUTPUTS)
        },
    ),
    slow_sentence=SLOW,
)
