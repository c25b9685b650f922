"""Unit 09 without points: the derivation in pieces, a prediction, a bias for a half-life."""

from functools import partial
from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply

REPLIES = {
    "predict_half_life": Reply(
        "100",
        {
            "10": "The bias is 5, but the half-life grows with e to the power of it: at 5 the gate "
            "lacks 0.0067 of 1, not a tenth.",
            "100": "1 - f is 0.0067, and 0.69 / 0.0067 is 103.",
            "1000": "A bias of 7.3 has that. Every further 2.3 makes it ten times as long.",
        },
    )
}
SHAPES = {
    "do": ("N, H", "that of o"),
    "dc_prev": ("N, H", "that of the cell before"),
    "da": ("N, 4H", "four blocks side by side"),
    "dW_xh": ("D, 4H", "that of W_xh, however many rows there are"),
    "dW_hh": ("H, 4H", "that of W_hh"),
    "db": ("4H", "that of b"),
}
BY_HAND = {
    "di": (0.5, "i stands beside g in the sum"),
    "df": (-4.0, "f stands beside the old cell"),
    "dg": (1.5, "g stands beside i"),
    "dc_prev": (1.0, "the old cell stands beside f"),
}


def _is_shape(table: Any, name: str) -> bool:
    if not all(table.values()):
        raise NotImplementedError
    letters = "".join(table[name]).replace(" ", "").strip("(),")
    return letters == SHAPES[name][0].replace(" ", "")


def _is_product(table: Any, name: str) -> bool:
    if None in table.values():
        raise NotImplementedError
    return bool(np.isclose(table[name], BY_HAND[name][0]))


def _total(function: Any) -> bool:
    rng = np.random.default_rng(0)
    dh_t, dc_t, o, c = rng.normal(size=(4, 2, 3))
    right = dc_t + dh_t * o * (1 - np.tanh(c) ** 2)
    return bool(np.allclose(function(dh_t, dc_t, o, np.tanh(c)), right))


def _keeps_dc_t(function: Any) -> bool:
    ones = np.ones((2, 3))
    function(ones, ones, ones, 0.5 * ones)
    return bool(np.all(ones == 1))


def _holds(function: Any, half_life: float) -> bool:
    b = float(function(half_life))
    log_f = -np.log1p(np.exp(-b)) if b > -30 else b
    return bool(np.isclose(log_f * half_life, np.log(0.5), rtol=1e-9))


OPTIONAL = {
    "lstm_shapes": tuple(
        Claim(f"{name}: {why}.", partial(_is_shape, name=name)) for name, (_, why) in SHAPES.items()
    ),
    "dc_total": (
        Claim("Both ways are in it, the one through h times its slopes.", _total),
        Claim("dc_t is as it was afterwards.", _keeps_dc_t),
    ),
    "cell_by_hand": tuple(
        Claim(f"{name}: {why}.", partial(_is_product, name=name))
        for name, (_, why) in BY_HAND.items()
    ),
    "forget_bias_for": (
        Claim("A half-life of 1 step needs a bias of 0.", lambda f: abs(f(1.0)) < 1e-12),
        Claim(
            "Half-lives of 0.5, 10 and 103 steps.",
            lambda f: all(_holds(f, k) for k in (0.5, 10.0, 103.0)),
        ),
        Claim("A million million steps, to nine digits.", lambda f: _holds(f, 1e12)),
    ),
}
