"""One step of the LSTM."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.lstm.shared import OTHER, STATES, STEP_AXES, TOGETHER, draw_step
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import OF_A_STEP, SIZES, apart, at_sizes
from rnn_ref import lstm

LIMITS = "gates driven to their limits"
BLOCKS = ("i", "f", "o", "g")


def _alone(inputs: dict[str, np.ndarray], block: str, **held: float) -> dict[str, np.ndarray]:
    """Return `inputs` where only `block` listens; the others have weights 0 and a bias alone.

    A bias of ±30 holds a gate at 1 or 0, and the candidate at ±1, to 13 digits.
    """
    alone = {name: value.copy() for name, value in inputs.items()}
    H = len(alone["W_hh"])
    for number, other in enumerate(BLOCKS):
        if other != block:
            columns = slice(number * H, (number + 1) * H)
            alone["W_xh"][:, columns] = alone["W_hh"][:, columns] = 0.0
            alone["b"][columns] = held[other]
    return alone


def _driven(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    """Return inputs of which every gate and candidate is at a limit.

    Weights are so large that single precision rounds a sum by thousandths: one that came near 0
    would be another gate there.
    """
    while True:
        inputs = draw_step(rng, N, D, H)
        inputs |= {name: 2000 * inputs[name] for name in ("W_xh", "W_hh", "b")}
        sums = inputs["x_t"] @ inputs["W_xh"] + inputs["h_prev"] @ inputs["W_hh"] + inputs["b"]
        if np.abs(sums).min() > 20:
            return inputs


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    inputs = draw_step(rng, N, D, H)
    limits = _driven(rng, 8, D, 9)  # many units: 0 or 1 is soon right by chance
    empty = {**inputs, "c_prev": np.zeros((N, H))}
    return (
        Case("everything together", inputs),
        Case(OTHER, draw_step(rng, H, N, D)),
        Case("the forget gate alone", _alone(inputs, "f", i=-30.0, o=30.0, g=0.0)),
        Case("the input gate alone", _alone(empty, "i", f=30.0, o=30.0, g=30.0)),
        Case("the candidate alone", _alone(empty, "g", i=30.0, f=30.0, o=30.0)),
        Case("the output gate alone", _alone(inputs, "o", i=-30.0, f=30.0, g=0.0)),
        Case(LIMITS, limits, edge=True),
        *at_sizes(lambda *sizes: draw_step(rng, *sizes), N, D, H),
    )


EXERCISE = Exercise(
    name="lstm_step_forward",
    title="One step of the LSTM",
    version=4,
    reference={"step": lstm.lstm_step_forward},
    make_cases=_step_cases,
    axes=STEP_AXES,
    criteria=(
        Criterion(
            "forget",
            0.12,
            "With the forget gate alone both are right: it says how much of each cell is kept.",
        ).of(("c_t", "h_t"), "the forget gate alone", any_of=True),
        Criterion(
            "input", 0.12, "With the input gate alone both are right: it says how much is written."
        ).of(("c_t", "h_t"), "the input gate alone", any_of=True),
        Criterion(
            "candidate",
            0.12,
            "With the candidate alone both are right: it is what is written, from -1 to 1.",
        ).of(("c_t", "h_t"), "the candidate alone", any_of=True),
        Criterion(
            "output",
            0.14,
            "With the output gate alone h_t is right: it says how much of tanh(c_t) is shown.",
        ).of("h_t", "the output gate alone"),
        Criterion("together", 0.2, "With all of them together both are right.").of(
            STATES, *TOGETHER
        ),
        Criterion("limits", 0.1, "With gates driven to 0 and to 1 both are finite and right.").of(
            STATES, LIMITS, besides=TOGETHER
        ),
        Criterion("sizes", 0.05, OF_A_STEP).of(STATES, *SIZES, besides=TOGETHER),
        unchanged(0.1),
        repeatable(0.05),
    ),
    trial=Trial(
        lambda rng: [short(draw_step(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2))],
        {
            "c_t": "lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b)[1]",
            "h_t": "lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b)[0]",
        },
    ),
)
