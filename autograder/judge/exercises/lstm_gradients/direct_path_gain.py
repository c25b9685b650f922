"""Along the cells alone."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.lstm_gradients.shared import OTHER
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import BATCH_OF_ONE, ONE_STEP, ONE_UNIT, Inputs, apart
from rnn_ref import lstm_gradients

SOME, SHUT, HUNDRED = "some gates", "gates that are shut", "a hundred steps"


def _gain_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, H = apart(rng, 3, least=3)
    shut = rng.uniform(0.2, 1, size=(N, T, H))
    shut[rng.uniform(size=(N, T, H)) < 0.3] = 0
    shut[:, 1], shut[0, 1, 0] = 0, 0.5

    def open_gates(*shape: int) -> Inputs:
        return {"f": rng.uniform(0.3, 1, size=shape)}

    return (
        Case(SOME, open_gates(N, T, H)),
        Case(OTHER, open_gates(H, N, T)),
        Case(SHUT, {"f": shut}, edge=True),
        Case(ONE_STEP, open_gates(N, 1, H), edge=True),
        Case(BATCH_OF_ONE, open_gates(1, T, H), edge=True),
        Case(ONE_UNIT, open_gates(N, T, 1), edge=True),
        Case(HUNDRED, {"f": rng.uniform(0.95, 1, size=(2, 100, 3))}, edge=True),
    )


_GAINS = (SOME, OTHER)


EXERCISE = Exercise(
    name="direct_path_gain",
    title="Along the cells alone",
    version=3,
    reference={"gain": lstm_gradients.direct_path_gain},
    make_cases=_gain_cases,
    axes={"gain": ("batch", "time", "unit")},
    criteria=(
        Criterion("product", 0.5, "Each gain is the product of all later gates.").of(
            "gain", SOME, OTHER
        ),
        Criterion("shut", 0.1, "Shut gates let nothing through.").of("gain", SHUT, besides=_GAINS),
        Criterion("sizes", 0.15, "A step, a sequence or a unit alone comes out right.").of(
            "gain", ONE_STEP, BATCH_OF_ONE, ONE_UNIT, besides=_GAINS
        ),
        Criterion("long", 0.15, "A hundred steps work.").of("gain", HUNDRED, besides=_GAINS),
        unchanged(0.1, "f is not changed in place."),
    ),
    trial=Trial(
        lambda rng: [short({"f": rng.uniform(0.3, 1, size=(1, T, 1))}) for T in (1, 2, 3)],
        {"gain": "direct_path_gain(f)"},
    ),
)
