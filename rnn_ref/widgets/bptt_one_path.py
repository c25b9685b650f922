"""Unit 05, slip 4 of the slides: the path from the first step alone, beside the whole gradient."""

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.bptt import FloatArray, rnn_backward, rnn_step_backward
from rnn_ref.recurrence import RNNCache, rnn_forward
from rnn_ref.widgets.predicted import above, at, bars_and_prediction


def one_path(dh_T: FloatArray, cache: RNNCache) -> tuple[FloatArray, FloatArray]:
    """Return dW_xh and dW_hh by the slides' one product: the last loss, the first step's use.

    Parameters
    ----------
    dh_T : float array, shape (N, H)
        Gradient of the last loss with respect to the last state.
    cache : tuple of T RNNStepCache
    """
    carry = dh_T
    for step in reversed(cache[1:]):
        carry = rnn_step_backward(carry, step)[1]
    _, _, dW_xh, dW_hh, _ = rnn_step_backward(carry, cache[0])
    return dW_xh, dW_hh


def one_path_norms(T: int = 6, seed: int = 0) -> dict[str, tuple[float, float]]:
    """Return the norms of the one path and of the whole, for a random network with h_0 = 0."""
    rng = np.random.default_rng(seed)
    N, D, H = 3, 2, 5
    weights = rng.normal(size=(D, H)), rng.normal(size=(H, H)) / np.sqrt(H), np.zeros(H)
    _, cache = rnn_forward(rng.normal(size=(N, T, D)), np.zeros((N, H)), *weights)
    dh = np.zeros((N, T, H))
    dh[:, -1] = rng.normal(size=(N, H))
    whole = rnn_backward(dh, cache)[2:4]
    parts = zip(("W_xh", "W_hh"), one_path(dh[:, -1], cache), whole, strict=True)
    return {name: (float(np.linalg.norm(a)), float(np.linalg.norm(b))) for name, a, b in parts}


def one_path_picture(predicted: str) -> tuple[Figure, str]:
    """Return a picture of how much of each gradient the one path is, and its alt text.

    Parameters
    ----------
    predicted : str
        Of which weights it was said to be zero: one of the two, "both" or "neither".
    """
    share = {name: 100 * path / whole for name, (path, whole) in one_path_norms().items()}
    zero = {"both": tuple(share), "neither": ()}.get(predicted, (predicted,))
    said = {name: at(0, "zero") if name in zero else above(0, "not zero") for name in share}
    title = "Of W_hh the one path knows nothing"
    return bars_and_prediction(share, said, title, "length, in % of the whole")
