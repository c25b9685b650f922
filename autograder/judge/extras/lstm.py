"""Unit 08 without points: what a prediction is told, and a cell that counts."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.lstm import lstm_forward

REPLIES = {
    "predict_keep": Reply(
        "about half",
        {
            "nearly all": "0.9933 looks like all of it, and at one step it nearly is. A hundred "
            "factors of 0.9933 make 0.51.",
            "about half": "0.9933 to the power of 100 is 0.51.",
            "nearly nothing": "A gate of 0.95 would come to that, 0.006. Here a step loses "
            "0.7 % of what is still there, and a hundred of them about half.",
        },
    )
}


def _cells(program: Any, ticks: Any, resets: Any) -> Any:
    """The cell after each step, for inputs of 0 and 1."""
    x = np.stack([ticks, resets], axis=1)[None].astype(float)
    zero = np.zeros((1, 1))
    return lstm_forward(x, zero, zero, *map(np.asarray, program()))[1][0, :, 0]


def _counts(program: Any, ticks: Any, resets: Any) -> bool:
    count, expected = 0, []
    for tick, reset in zip(ticks, resets, strict=True):
        count = 0 if reset else count + tick
        expected.append(count)
    return bool(np.all(np.abs(_cells(program, ticks, resets) - expected) < 0.1))


_TICKS = np.random.default_rng(4).integers(2, size=40)
_NONE = np.zeros(40, dtype=int)
_RESETS = np.isin(np.arange(40), (13, 14, 29)) * 1

OPTIONAL = {
    "program_counter": (
        Claim("Ticks at every step: 1, 2, 3, …, 40.", lambda f: _counts(f, _NONE + 1, _NONE)),
        Claim("Without a tick it stays as it is.", lambda f: _counts(f, _TICKS, _NONE)),
        Claim("A reset makes it 0, and it counts on.", lambda f: _counts(f, _TICKS, _RESETS)),
        Claim("Tick and reset at once: 0.", lambda f: _counts(f, _NONE + 1, _RESETS)),
    )
}
