"""A training step."""

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise
from autograder.judge.exercises.clipping.shared import OTHER, axes_of, draw, draw_shapes, each_of
from autograder.judge.shared_criteria import repeatable, unchanged
from rnn_ref import clipping

CLIPPED, WITHIN, IN_A_ROW = "a gradient that is clipped", "one that is not", "batches in a row"


def _train_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = draw_shapes(rng)
    V, H = shapes["W_xh"]
    N, T = 2, 4

    def case(name: str, count: int, max_norm: float) -> Case:
        return Case(
            name,
            {
                "params": draw(rng, shapes),
                "h_0": rng.uniform(-0.9, 0.9, size=(N, H)),
                "batches": [list(rng.integers(V, size=(2, N, T))) for _ in range(count)],
                "learning_rate": float(rng.uniform(0.5, 1.5)),
                "max_norm": float(max_norm),
            },
        )

    def steep(name: str) -> Case:
        """Return a case whose gradient is longer than any number it might be clipped by."""
        while True:
            made = case(name, 1, rng.uniform(0.05, 0.1))
            given = made.inputs
            batch = tuple(given["batches"][0])
            loss, grads, _ = clipping.loss_and_gradients(given["params"], batch, given["h_0"])
            if clipping.global_norm(grads) > 1.2 * max(loss, given["learning_rate"]):
                return made

    return (
        steep(CLIPPED),
        steep(OTHER),
        case(WITHIN, 1, rng.uniform(100, 200)),
        case(IN_A_ROW, 3, rng.uniform(0.05, 0.1)),
    )


EXERCISE = Exercise(
    name="train_step",
    title="A training step",
    version=3,
    make_cases=_train_cases,
    reference={
        "loss": clipping.loss_and_gradients,
        "norm": clipping.global_norm,
        "clip": clipping.clip_by_global_norm,
        "update": clipping.sgd_step,
        "train": clipping.train_step,
    },
    stand_ins=("clip_by_global_norm", "sgd_step"),
    stand_in_cases=(CLIPPED, OTHER, WITHIN, IN_A_ROW),
    axes={
        **axes_of("params"),
        "params": ("number",),
        "params_in_a_row": ("number",),
        "loss": (),
        "losses": ("time",),
        "norm": (),
        "h_T": ("batch", "unit"),
    },
    criteria=(
        Criterion(
            "clipped", 0.3, "The parameters make the step that the clipped gradient says."
        ).of(each_of("params"), CLIPPED, OTHER),
        Criterion("within", 0.1, "Within the limit they make the whole step.").of(
            each_of("params"), WITHIN
        ),
        Criterion("loss", 0.1, "The loss is right: that of the parameters before the step.").of(
            "loss", CLIPPED, OTHER, WITHIN
        ),
        Criterion("norm", 0.1, "The norm is right: that of the gradient before clipping.").of(
            "norm", CLIPPED, OTHER, WITHIN
        ),
        Criterion(
            "state", 0.1, "The state that comes back is right: the last one, to go on from."
        ).of("h_T", CLIPPED, OTHER, WITHIN),
        Criterion(
            "in_a_row",
            0.1,
            "Three batches in a row, parameters and state handed on, come out right.",
        ).of(("params_in_a_row", "losses"), IN_A_ROW),
        Criterion(
            "own_parts",
            0.1,
            "It makes the step of your own clip_by_global_norm and sgd_step.",
            kind=Kind.CONSISTENT,
            against=("params", "own_params"),
            carried="It makes the step of your own clip_by_global_norm and sgd_step, so look "
            "for the mistake in one of those.",
        ).of("params", CLIPPED, OTHER, WITHIN),
        unchanged(0.05),
        repeatable(0.05),
    ),
)
