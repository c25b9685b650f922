"""Slopes of a loss along given directions: by a learner's gradients, and as measured.

A case has a direction for each argument of the forward. Gradients times directions are slopes; so
are differences of what the learner's own forward gave with that argument moved. Both are made here
of what came back, outside the sandbox.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.judge.derived import Derive
from autograder.student.gradients import DIFFERENCE

Inputs = Mapping[str, Any]
Outputs = Mapping[str, np.ndarray]


def by_gradients(arguments: str) -> Derive:
    """Return how the slopes along all directions follow from the gradients of `arguments`."""

    def slopes(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
        gradients = [outputs.get(f"d{name}") for name in arguments.split()]
        return _along(inputs, arguments.split(), gradients)

    return slopes


def by_pieces(arguments: str, prefix: str) -> Derive:
    """Return the same from gradients of single steps, one behind the other in each output.

    The first argument has a gradient in each step, the states have it in the first; what the
    weights get adds up.
    """

    def slopes(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
        names = arguments.split()
        pieces = [outputs.get(f"{prefix}d{name}") for name in names]
        whole: list[np.ndarray | None] = []
        for name, piece in zip(names, pieces, strict=True):
            if piece is None or piece.ndim < 2 or "directions" not in inputs:
                return None
            if name == "x":
                each = piece.reshape(len(piece), len(piece[0]), -1)  # of (N, D), or of (N, 1, D)
                whole.append(each.swapaxes(0, 1))
            else:
                whole.append(piece[0] if name.endswith("_0") else piece.sum(axis=0))
        return _along(inputs, names, whole)

    return slopes


def measured(**upstream: str) -> Derive:
    """Return the slopes of a loss whose gradient with respect to each output is an input.

    Parameters
    ----------
    **upstream : str
        By the name of what was measured: the input that holds the gradient of its loss.
    """

    def slopes(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
        total: Any = 0.0
        for name, given in upstream.items():
            change = _change(inputs, outputs, name, inputs[given])
            if change is None:
                return None
            total = total + change.reshape(len(change), -1).sum(axis=1)
        return np.asarray(total)

    return slopes


def measured_each(output: str, given: str) -> Derive:
    """Return the same for one moved argument, and for the loss of each time step alone."""

    def slopes(inputs: Inputs, outputs: Outputs) -> np.ndarray | None:
        change = _change(inputs, outputs, output, inputs[given])
        return None if change is None or len(change) != 1 else change[0].sum(axis=(0, 2))

    return slopes


def _change(inputs: Inputs, outputs: Outputs, name: str, given: np.ndarray) -> np.ndarray | None:
    """Return how fast the loss of each number grows, for each argument: up and down take turns."""
    states = outputs.get(f"own_moved {name}")
    if "directions" not in inputs or states is None or states.shape[1:] != given.shape:
        return None
    up, down = states[::2].astype(np.float64), states[1::2].astype(np.float64)
    return None if up.shape != down.shape else given * (up - down) / (2 * DIFFERENCE)


def _along(
    inputs: Inputs, names: Sequence[str], gradients: Sequence[np.ndarray | None]
) -> np.ndarray | None:
    if "directions" not in inputs:
        return None
    directions = [inputs["directions"][name] for name in names]
    pairs = list(zip(gradients, directions, strict=True))
    if any(g is None or g.shape != direction.shape for g, direction in pairs):
        return None
    return np.array([np.sum(g * direction) for g, direction in pairs])
