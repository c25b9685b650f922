"""Back through the output layer."""

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Exercise, Trial
from autograder.judge.exercises.outputs.shared import BATCH, OTHER, SIZES, layer_cases, small_layers
from autograder.judge.shared_criteria import later_calls, right, unchanged
from autograder.student.gradients import LATER, SECOND
from rnn_ref import outputs

_GRADIENTS = {"dh": ("batch", "time", "unit"), "dW_hy": ("unit", "class"), "db_y": ("class",)}


EXERCISE = Exercise(
    name="output_backward",
    title="Back through the output layer",
    version=4,
    reference={"forward": outputs.output_forward, "backward": outputs.output_backward},
    stand_ins=("output_forward",),
    stand_in_cases=(BATCH, OTHER, *SIZES),
    make_cases=layer_cases,
    axes={name + when: axes for when in ("", SECOND, LATER) for name, axes in _GRADIENTS.items()},
    criteria=(
        right(0.25, "dh", "a gradient for each state", (BATCH, OTHER), "states"),
        right(0.3, "dW_hy", "a sum over all sequences and steps", (BATCH, OTHER), "weights"),
        right(0.15, "db_y", "a sum over all sequences and steps", (BATCH, OTHER), "bias"),
        Criterion("sizes", 0.1, "It is right at any size.").of(("dh", "dW_hy", "db_y"), *SIZES),
        *later_calls(0.05, 0.1, tuple(_GRADIENTS), BATCH),
        unchanged(0.05),
    ),
    trial=Trial(
        small_layers,
        {
            name: "scores, cache = output_forward(h, W_hy, b_y)\n"
            f"output_backward(dscores, cache)[{i}]"
            for i, name in enumerate(_GRADIENTS)
        },
    ),
)
