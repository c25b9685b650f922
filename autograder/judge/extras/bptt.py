"""Unit 05 without points: what a prediction is told, and the whole gradient with little memory."""

import tracemalloc
from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.bptt import rnn_backward
from rnn_ref.recurrence import rnn_forward

REPLIES = {
    "predict_one_path": Reply(
        "W_hh",
        {
            "W_hh": "Step 1 multiplies `W_hh` by `h_0`, so with `h_0 = 0` that use has no share.",
            "W_xh": "Step 1 uses `W_xh` too, but multiplies it by `x_1`, which is there and need "
            "not be zero. It is `h_0` that is zero.",
            "both": "The path begins at step 1, and it is easy to take its state `h_0` for all "
            "that goes in. `x_1` goes in too, so the share of `W_xh` stays.",
            "neither": "The product of the slopes is not zero, and that is what one looks at. "
            "What it ends in is: the last factor for `W_hh` is `h_0`.",
        },
    )
}


def _problem(T: int, N: int = 2, D: int = 3, H: int = 4) -> tuple[Any, ...]:
    """Upstream, inputs, first state and weights."""
    rng = np.random.default_rng(T)
    shapes = ((N, T, H), (N, T, D), (N, H), (D, H), (H, H), (H,))
    return tuple(rng.normal(size=shape) / np.sqrt(H) for shape in shapes)


def _agrees(backward: Any, T: int, k: int) -> bool:
    dh, *forward = _problem(T)
    _, cache = rnn_forward(*forward)
    pairs = zip(backward(dh, *forward, k), rnn_backward(dh, cache), strict=True)
    return all(np.allclose(mine, right) for mine, right in pairs)


def _leaves_arguments(backward: Any) -> bool:
    given = _problem(7)
    before = [array.copy() for array in given]
    backward(*given, 3)
    return all(map(np.array_equal, before, given))


def _peak_bytes(backward: Any, T: int, k: int) -> int:
    given = _problem(T, N=32, D=1, H=16)
    tracemalloc.start()
    try:
        backward(*given, k)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _is_thrifty(backward: Any) -> bool:
    all_states_bytes = 400 * 32 * 16 * 8
    return _peak_bytes(backward, 400, 20) < all_states_bytes / 2


OPTIONAL = {
    "thrifty_backward": (
        Claim("T = 7 in one chunk: the five arrays of `rnn_backward`.", lambda f: _agrees(f, 7, 7)),
        Claim("k = 3, where the last chunk is shorter: the same.", lambda f: _agrees(f, 7, 3)),
        Claim(
            "k = 1, and k larger than T: the same.", lambda f: _agrees(f, 7, 1) and _agrees(f, 7, 9)
        ),
        Claim("No argument is changed.", _leaves_arguments),
        Claim("T = 400, k = 20: never as much memory as half of the states.", _is_thrifty),
    )
}
