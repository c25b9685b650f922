"""Unit 10 without points: what a prediction is told, and connectivity."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.char_lm import one_hot
from rnn_ref.lstm import lstm_forward

REPLIES = {
    "predict_adding": Reply(
        "LSTM",
        {
            "RNN": "Its start keeps gradients as long as a tanh network can; but a state that is "
            "made anew at each step also has to hold a number through fifty others.",
            "LSTM": "Five seeds of five. A cell can let a number lie while others pass by.",
            "both": "With 30 steps both learn, as the next run shows. With 100 the RNN does not "
            "get there in 1500 batches.",
            "neither": "100 steps are many, and for 400 batches it looks so; then the LSTM falls.",
        },
    )
}
V, H, L = 5, 4, 9


def _problem() -> tuple[dict[str, Any], Any]:
    rng = np.random.default_rng(0)
    shapes = {"W_xh": (V, 4 * H), "W_hh": (H, 4 * H), "b": (4 * H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, rng.integers(V, size=L)


def _bits(params: dict[str, Any], x: Any, target: int) -> float:
    zero = np.zeros((1, H))
    h, _, _ = lstm_forward(x[None], zero, zero, params["W_xh"], params["W_hh"], params["b"])
    scores = h[0, -1] @ params["W_hy"] + params["b_y"]
    return float((np.log(np.exp(scores).sum()) - scores[target]) / np.log(2))


def _measured() -> Any:
    """The same by differences, number by number of the inputs."""
    params, ids = _problem()
    x, step = one_hot(ids[:-1], V), 1e-6
    slopes = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][at] += step
        moved[1][at] -= step
        ends = [_bits(params, m, int(ids[-1])) for m in moved]
        slopes[at] = (ends[0] - ends[1]) / (2 * step)
    return np.linalg.norm(slopes, axis=1)


def _leaves_arguments(function: Any) -> bool:
    params, ids = _problem()
    function(params, ids)
    before, ids_before = _problem()
    same = all(np.array_equal(params[name], before[name]) for name in before)
    return same and np.array_equal(ids, ids_before)


OPTIONAL = {
    "connectivity": (
        Claim(
            "One number for each character but the last.",
            lambda f: np.shape(f(*_problem())) == (L - 1,),
        ),
        Claim(
            "The order is that of the text.",
            lambda f: np.corrcoef(f(*_problem()), _measured())[0, 1] > 0.999,
        ),
        Claim(
            "Each is as measured by small changes, in bits.",
            lambda f: np.allclose(f(*_problem()), _measured(), rtol=1e-5),
        ),
        Claim("No argument is changed.", _leaves_arguments),
    )
}
