"""Back through time."""

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.bptt.shared import (
    GRADIENTS,
    LAST,
    LONG,
    MAIN,
    SEQUENCE,
    SEQUENCE_AXES,
    SEQUENCE_CASES,
    SLOPES,
    SLOW,
    TOLERANCE,
    TRY,
    UNCHANGED,
    WHOLE,
    draw_long,
    each_of,
    numeric,
    sequence_cases,
    small_sequences,
)
from autograder.judge.shared_criteria import later_calls, right, unchanged
from autograder.judge.sizes import ONE_STEP, SIZES
from autograder.judge.slopes import by_pieces
from autograder.student.probes.bptt import PIECE
from rnn_ref import bptt, recurrence

IN_PIECES = "its steps one by one"


def _backward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    cases = sequence_cases(rng)
    pieces = {**cases[0].inputs, "in_pieces": True}
    return (*cases, Case(LONG, draw_long(rng), edge=True), Case(IN_PIECES, pieces, edge=True))


_PIECES = {"own_pieces": by_pieces(SEQUENCE, PIECE)}
_BACKWARD_CRITERIA = (
    right(0.13, "dx", "a gradient for every input", MAIN),
    right(0.1, "dh_0", "what arrives before the first step", MAIN),
    right(0.12, "dW_xh", "a sum over all steps", MAIN),
    right(0.12, "dW_hh", "a sum over all steps", MAIN),
    right(0.08, "db_h", "a sum over all steps", MAIN),
    Criterion("carry", 0.1, "All is right if the last step alone has a loss.").of(GRADIENTS, LAST),
    Criterion(
        "sizes",
        0.1,
        "It is right at any size: a step, a batch, an input or a unit of one, D = H, many steps.",
    ).of(GRADIENTS, ONE_STEP, *SIZES, LONG),
    Criterion(
        "pieces",
        0.1,
        "A sequence gives what your own gradients of its single steps add up to.",
        kind=Kind.CONSISTENT,
        against=("slopes", "own_pieces"),
        of_itself=True,
    ).of("slopes", IN_PIECES),
    numeric(0.08),
    unchanged(0.03, UNCHANGED),
    *later_calls(0.02, 0.02, GRADIENTS, WHOLE),
)


EXERCISE = Exercise(
    name="rnn_backward",
    title="Back through time",
    version=4,
    reference={"forward": recurrence.rnn_forward, "backward": bptt.rnn_backward},
    make_cases=_backward_cases,
    axes=SEQUENCE_AXES,
    criteria=_BACKWARD_CRITERIA,
    derived={**SLOPES, **_PIECES},
    large_cases=(LONG,),
    stand_ins=("rnn_step_backward",),
    stand_in_cases=(*SEQUENCE_CASES, IN_PIECES),
    trial=Trial(small_sequences, each_of(GRADIENTS, f"{TRY}rnn_backward(dh, cache)")),
    tolerance=TOLERANCE,
    slow_sentence=SLOW,
)
