"""In chunks."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.bptt.shared import (
    GRADIENTS,
    LONG,
    OTHER,
    SEQUENCE_AXES,
    SLOPES,
    SLOW,
    TOLERANCE,
    TRY,
    UNCHANGED,
    draw_long,
    draw_sequence,
    each_of,
    numeric,
    with_directions,
)
from autograder.judge.shared_criteria import later_calls, right, unchanged
from autograder.judge.sizes import BATCH_OF_ONE, ONE_INPUT, ONE_STEP, ONE_UNIT, Inputs, apart
from rnn_ref import bptt, recurrence

CHUNKS, SHORT_END = "three full chunks", "a last chunk that is shorter"
CHUNKS_OF_ONE = "chunks of one step"
ONE_CHUNK, EXACT = "one chunk for all", "one chunk that just fits"


def _truncated_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    k = int(rng.choice([4, 5]))  # never as many as there are chunks
    D, *others = sorted(apart(rng, 3))  # none near 3k or 4k; the largest is above k
    N, H = (int(n) for n in rng.permutation(others))  # each is once the size of the batch

    def drawn(T: int, k: int, N: int = N, D: int = D, H: int = H) -> Inputs:
        return {**draw_sequence(rng, N, T, D, H), "k": k}

    return (
        Case(CHUNKS, with_directions(rng, drawn(3 * k, k))),
        Case(OTHER, drawn(4 * k, k, H, N, D)),
        Case(SHORT_END, drawn(3 * k + 1, k)),
        Case(CHUNKS_OF_ONE, drawn(3 * k, 1), edge=True),
        Case(ONE_CHUNK, drawn(3 * k, 3 * k + 2), edge=True),
        Case(EXACT, drawn(3 * k, 3 * k), edge=True),
        Case(ONE_STEP, drawn(1, k), edge=True),
        Case(BATCH_OF_ONE, drawn(2 * k, k, N=1), edge=True),
        Case(ONE_INPUT, drawn(2 * k, k, D=1), edge=True),
        Case(ONE_UNIT, drawn(2 * k, k, H=1), edge=True),
        Case(LONG, {**draw_long(rng), "k": 50}, edge=True),
    )


_TRUNCATED_CASES = (CHUNKS, OTHER)
_TRUNCATED_CRITERIA = (
    Criterion("weights", 0.25, "The weights' gradients are right: sums over the chunks.").of(
        ("dW_xh", "dW_hh", "db_h"), *_TRUNCATED_CASES
    ),
    right(0.15, "dx", "no gradient reaches an earlier chunk", _TRUNCATED_CASES),
    right(0.1, "dh_0", "it comes from the first chunk", _TRUNCATED_CASES),
    Criterion(
        "short_end",
        0.12,
        "With a shorter last chunk all is right: chunks are counted from the start.",
    ).of(GRADIENTS, SHORT_END),
    Criterion(
        "sizes",
        0.08,
        "It is right at any size: a step, a batch, an input or a unit of one, many steps.",
    ).of(GRADIENTS, ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, LONG),
    Criterion("one_chunk", 0.08, "All is right with k ≥ T.").of(GRADIENTS, ONE_CHUNK, EXACT),
    Criterion("k_1", 0.07, "All is right with k = 1.").of(GRADIENTS, CHUNKS_OF_ONE),
    numeric(0.06, CHUNKS),
    unchanged(0.04, UNCHANGED),
    *later_calls(0.03, 0.02, GRADIENTS, CHUNKS),
)
_CHUNKED_CASES = (
    *(CHUNKS, OTHER, SHORT_END, CHUNKS_OF_ONE, ONE_CHUNK, EXACT),
    *(ONE_STEP, BATCH_OF_ONE, ONE_INPUT, ONE_UNIT),
)


def _small_chunks(rng: np.random.Generator) -> list[Inputs]:
    sizes = ((1, 2, 1, 1), (1, 3, 1, 1), (1, 2, 2, 2), (2, 3, 2, 2))
    return [{**short(draw_sequence(rng, *each)), "k": 1 + i % 2} for i, each in enumerate(sizes)]


EXERCISE = Exercise(
    name="truncated_bptt",
    title="In chunks",
    version=6,
    reference={"forward": recurrence.rnn_forward, "truncated": bptt.truncated_bptt},
    make_cases=_truncated_cases,
    axes=SEQUENCE_AXES,
    criteria=_TRUNCATED_CRITERIA,
    derived=SLOPES,
    large_cases=(LONG,),
    stand_ins=("rnn_backward", "rnn_step_backward"),
    stand_in_cases=_CHUNKED_CASES,
    trial=Trial(_small_chunks, each_of(GRADIENTS, f"{TRY}truncated_bptt(dh, cache, k)")),
    tolerance=TOLERANCE,
    slow_sentence=SLOW,
)
