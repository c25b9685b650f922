"""What several exercises of this unit are drawn with, and asked."""

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.sizes import Inputs
from autograder.student.gradients import LATER, SECOND

GATES = ("i", "f", "o", "g")  # in the order of their columns
STEP_NAMES, SEQUENCE_NAMES = "x_t h_prev c_prev W_xh W_hh b", "x h_0 c_0 W_xh W_hh b"
TOGETHER, OTHER = "everything together", "with other numbers"
WHOLE, LAST = "a whole sequence", "a loss at the last step alone"
SLOW = (
    "Going back costs about two forward passes; differences, one by one, cost two for every "
    "number in the weights."
)


def draw_weights(rng: np.random.Generator, D: int, H: int) -> Inputs:
    """Return the weights of these sizes."""
    return {
        "W_xh": rng.normal(size=(D, 4 * H)),
        "W_hh": rng.normal(size=(H, 4 * H)) / np.sqrt(H),
        "b": rng.normal(size=4 * H),
    }


def with_directions(rng: np.random.Generator, inputs: Inputs, names: str) -> Inputs:
    """Return the inputs with a direction for each argument of the forward, to compare along."""
    directions = {name: rng.normal(size=inputs[name].shape) for name in names.split()}
    return {**inputs, "directions": directions}


OF_THE_WEIGHTS = ("dW_xh", "dW_hh", "db")
BOTH, BATCHES = (TOGETHER, OTHER), (WHOLE, OTHER)


def axes_of(inputs: str, inputs_axes: tuple[str, ...], *states: str) -> dict[str, tuple[str, ...]]:
    """Return what the axes of a backward's outputs are called."""
    of_the_weights = {"dW_xh": ("input", "column"), "dW_hh": ("unit", "column"), "db": ("column",)}
    axes = {inputs: inputs_axes, **dict.fromkeys(states, ("batch", "unit")), **of_the_weights}
    blocks = {f"{name} of {g}": names for name, names in of_the_weights.items() for g in GATES}
    calls = {name + call: names for call in ("", SECOND, LATER) for name, names in axes.items()}
    return {**calls, **blocks, "sums": ("gradient",)}


def own_forward(weight: float, name: str, case: str) -> Criterion:
    """Return the criterion that gradients are those of the forward in the notebook."""
    return Criterion(
        "own_forward",
        weight,
        f"It is the gradient of the {name} in your notebook.",
        kind=Kind.CONSISTENT,
        against=("sums", "own_sums"),
        carried=f"Your gradients are the slopes of the {name} in your notebook, as measured; but "
        "that forward is no longer the LSTM's. Put it back as it was.",
    ).of("sums", case)
