"""The bug hunt without points: a test of a learner's own, tried on right and faulty functions."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.recurrence import rnn_forward

REPLIES: dict[str, Reply] = {}

Forward = Callable[..., Any]


def _by_hand(x: Any, h_0: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    """Right, in another style: time first, and a list for the states."""
    h = [h_0]
    for x_t in x.swapaxes(0, 1):
        h.append(np.tanh(b_h + h[-1] @ W_hh + x_t @ W_xh))
    return np.array(h[1:]).swapaxes(0, 1), None


def _never_sees_h_0(x: Any, h_0: Any, *weights: Any) -> Any:
    return rnn_forward(x, 0 * h_0, *weights)


def _forgets_the_bias(x: Any, h_0: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    return rnn_forward(x, h_0, W_xh, W_hh, 0 * b_h)


def _transposes(x: Any, h_0: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    return rnn_forward(x, h_0, W_xh, W_hh.T, b_h)


def _mixes_examples(x: Any, h_0: Any, *weights: Any) -> Any:
    return rnn_forward(x, np.broadcast_to(h_0.mean(axis=0), h_0.shape), *weights)


def _is_straight(x: Any, h_0: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    """No tanh, which small numbers do not show."""
    h, h_t = [], h_0
    for t in range(x.shape[1]):
        h_t = np.clip(x[:, t] @ W_xh + h_t @ W_hh + b_h, -1, 1)
        h.append(h_t)
    return np.stack(h, axis=1), None


def _writes_into_h_0(x: Any, h_0: Any, *weights: Any) -> Any:
    h, cache = rnn_forward(x, h_0.copy(), *weights)
    h_0[:] = h[:, -1]
    return h, cache


FAULTY = {
    "h_0 is never seen, as in case 1": _never_sees_h_0,
    "the bias is left out": _forgets_the_bias,
    "W_hh is transposed, as in case 5": _transposes,
    "all examples begin with the same state": _mixes_examples,
    "tanh is a straight line, cut off at −1 and 1": _is_straight,
    "h_0 is overwritten, as in case 10": _writes_into_h_0,
}


def _trusts(function: Any, forward: Forward) -> bool:
    verdict = function(forward)
    if verdict is None:
        raise NotImplementedError
    return bool(verdict)


def _doubts(function: Any, forward: Forward) -> bool:
    return not _trusts(function, forward)


OPTIONAL = {
    "can_be_trusted": (
        Claim("A right function: True.", partial(_trusts, forward=rnn_forward)),
        Claim("Another right one, written otherwise: True.", partial(_trusts, forward=_by_hand)),
        *(
            Claim(f"False where {what}.", partial(_doubts, forward=forward))
            for what, forward in FAULTY.items()
        ),
    )
}
