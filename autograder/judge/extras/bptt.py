"""Unit 05 without points: what a prediction is told, and the whole gradient with little memory."""

import tracemalloc
from functools import partial
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


SHAPES = {
    "da_t": ("N, H", "that of a_t, which is added up for each row and each unit"),
    "dx_t": ("N, D", "that of x_t"),
    "dh_prev": ("N, H", "that of the state before"),
    "dW_xh": ("D, H", "that of W_xh, however many rows there are"),
    "dW_hh": ("H, H", "that of W_hh"),
    "db_h": ("H", "that of b_h"),
}


def _is_shape(table: Any, name: str) -> bool:
    if not all(table.values()):
        raise NotImplementedError
    letters = "".join(table[name]).replace(" ", "").strip("(),")
    return letters == SHAPES[name][0].replace(" ", "")


def _slope(slope: Any, rows: int) -> bool:
    """Whether the learner's sum is that of the matrix product, for one entry."""
    rng = np.random.default_rng(rows)
    X, dY = rng.normal(size=(rows, 3)), rng.normal(size=(rows, 2))
    return bool(np.isclose(slope(X, dY, 2, 1), X[:, 2] @ dY[:, 1]))


def _by_hand(dh_prev: Any, unit: int) -> bool:
    if None in tuple(dh_prev):
        raise NotImplementedError
    return bool(dh_prev[unit] == (21, 30)[unit])


OPTIONAL = {
    "weight_slope": (
        Claim("One row: its input times the slope of its output.", lambda f: _slope(f, 1)),
        Claim("Five rows: all of them use the weight.", lambda f: _slope(f, 5)),
    ),
    "gradient_shapes": tuple(
        Claim(f"{name}: {why}.", partial(_is_shape, name=name)) for name, (_, why) in SHAPES.items()
    ),
    "two_units": (
        Claim("Unit 0 acts on both sums, with the factors 1 and 2.", lambda v: _by_hand(v, 0)),
        Claim("Unit 1 acts on both sums, with the factors 0 and 3.", lambda v: _by_hand(v, 1)),
    ),
    "thrifty_backward": (
        Claim("T = 7 in one chunk: the five arrays of `rnn_backward`.", lambda f: _agrees(f, 7, 7)),
        Claim("k = 3, where the last chunk is shorter: the same.", lambda f: _agrees(f, 7, 3)),
        Claim(
            "k = 1, and k larger than T: the same.", lambda f: _agrees(f, 7, 1) and _agrees(f, 7, 9)
        ),
        Claim("No argument is changed.", _leaves_arguments),
        Claim("T = 400, k = 20: never as much memory as half of the states.", _is_thrifty),
    ),
}
