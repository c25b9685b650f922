"""What ``rnn_ref/data`` holds: curves and weights of runs that take too long for a notebook."""

from importlib.resources import files
from typing import Any

import numpy as np


def load(name: str) -> dict[str, Any]:
    """Return the arrays of a file in ``rnn_ref/data`` by their names."""
    with (
        files("rnn_ref").joinpath(f"data/{name}.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as saved,
    ):
        return dict(saved)
