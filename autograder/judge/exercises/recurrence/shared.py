"""What several exercises of this unit are drawn with, and asked."""

import numpy as np

WHOLE, OTHER = "a whole sequence", "with other numbers"
TOGETHER, LARGE, DIFFERENT = "everything together", "with large numbers", "different sizes"


def draw_weights(rng: np.random.Generator, D: int, H: int) -> dict[str, np.ndarray]:
    """Return the weights of these sizes."""
    return {
        "W_xh": rng.normal(size=(D, H)),
        "W_hh": rng.normal(size=(H, H)),
        "b_h": rng.normal(size=H),
    }


def draw_step(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    """Return the inputs of one step of these sizes."""
    states = {"x_t": rng.normal(size=(N, D)), "h_prev": rng.uniform(-1, 1, size=(N, H))}
    return {**states, **draw_weights(rng, D, H)}
