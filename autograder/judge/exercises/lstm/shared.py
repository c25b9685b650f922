"""What several exercises of this unit are drawn with, and asked."""

import numpy as np

WHOLE, OTHER = "a whole sequence", "with other numbers"
TOGETHER = ("everything together", OTHER)


def draw_step(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    """Return the inputs of one step of these sizes."""
    return {
        "x_t": rng.normal(size=(N, D)),
        "h_prev": rng.uniform(-1, 1, size=(N, H)),
        "c_prev": 1.5 * rng.normal(size=(N, H)),
        "W_xh": rng.normal(size=(D, 4 * H)),
        "W_hh": rng.normal(size=(H, 4 * H)),
        "b": rng.normal(size=4 * H),
    }


STATES = ("h_t", "c_t")
STEP_AXES = {"h_t": ("batch", "unit"), "c_t": ("batch", "unit")}
