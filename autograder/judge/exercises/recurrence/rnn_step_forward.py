"""One step of the recurrence."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Tolerance, Trial, short
from autograder.judge.exercises.recurrence.shared import DIFFERENT, LARGE, TOGETHER, draw_step
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import OF_A_STEP, SIZES, apart, at_sizes, zeroed
from rnn_ref import recurrence

# Of large numbers the sum has terms near 150, which float32 rounds to 1e-5 each; 5e-6 of it is the
# most that is left behind tanh in ten thousand drawings.
STEP_TOLERANCE = Tolerance(relative=1e-5, absolute=2e-5)


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    inputs = draw_step(rng, N, D, H)
    saturated = {name: 4 * value for name, value in draw_step(rng, N, D, H).items()}
    return (
        Case(TOGETHER, inputs),
        Case(DIFFERENT, draw_step(rng, H, N, D)),
        Case(LARGE, saturated),
        Case("the input alone", zeroed(inputs, "h_prev", "b_h")),
        Case("the previous state alone", zeroed(inputs, "x_t", "b_h")),
        Case("the bias alone", zeroed(inputs, "x_t", "h_prev")),
        *at_sizes(lambda *sizes: draw_step(rng, *sizes), N, D, H),
    )


EXERCISE = Exercise(
    name="rnn_step_forward",
    title="One step of the recurrence",
    version=3,
    reference={"step": recurrence.rnn_step_forward},
    make_cases=_step_cases,
    axes={"h_t": ("batch", "unit")},
    criteria=(
        Criterion("input", 0.2, "With the input alone, h_t is right.").of("h_t", "the input alone"),
        Criterion("state", 0.2, "With the previous state alone, h_t is right.").of(
            "h_t", "the previous state alone"
        ),
        Criterion("bias", 0.1, "With the bias alone, h_t is right.").of("h_t", "the bias alone"),
        Criterion("together", 0.25, "With all three, h_t is right.").of(
            "h_t", TOGETHER, DIFFERENT, LARGE
        ),
        Criterion("sizes", 0.1, OF_A_STEP).of("h_t", *SIZES),
        unchanged(0.1),
        repeatable(0.05),
    ),
    trial=Trial(
        lambda rng: [short(draw_step(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2))],
        {"h_t": "rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h)[0]"},
    ),
    tolerance=STEP_TOLERANCE,
)
