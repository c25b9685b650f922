"""Steps of the judge's choosing, bound to the name of a learner's own while a loop is asked.

A stand-in has the arguments and results of the function whose place it takes and other numbers,
made with secret ones from the case's inputs. What a right loop gives with it is computed outside;
so a loop can be judged although the step within it is wrong, or not written yet.
"""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

STAND_IN = "stand_in"
"""The input of a case that holds, by name of the function, what its stand-in is made with."""

SECRETS = 4
"""How many secret numbers a stand-in is made with; each lies between 0.5 and 1.5."""

Function = Callable[..., Any]


class UnknownCache(Exception):
    """A stand-in cannot go back: the cache is not of the form that the course's forward gives."""


# None of them gives a model answer's numbers, whatever it is made with: this file lies in the
# sandbox. Ways back are linear in what arrives, as the right ones are: whoever goes back for each
# loss alone is right.


def _rows(a: Any, W: Any) -> Any:
    """Return one number for each row of `a` and each column of `W`."""
    return np.sin(a.sum(axis=1, keepdims=True) + W.sum(axis=0))


def _near_1(a: Any) -> Any:
    """Return factors that let what is carried over many steps neither fade nor flare."""
    return 1 + np.cos(a) / 5


def _rnn_step_forward(a: float, b: float, c: float, d: float) -> Function:
    def rnn_step_forward(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
        h_t = np.cos(a * _rows(x_t, W_xh) - b * h_prev * _rows(h_prev, W_hh) + c * b_h + d)
        return h_t, (x_t, h_prev, h_t, W_xh, W_hh)

    return rnn_step_forward


def _shares(x: Any, h: Any, q: Any) -> tuple[Any, ...]:
    """Return what a step adds to two weights and a bias, linear in `q`."""
    from_x, from_h = np.cos(x)[:, :, None], np.cos(2 * h)[:, :, None]
    return (from_x * q[:, None]).sum(axis=0), (from_h * q[:, None]).sum(axis=0), q.sum(axis=0) / 2


def _rnn_step_backward(a: float, b: float, c: float, d: float) -> Function:
    def rnn_step_backward(dh_t: Any, cache: Any) -> Any:
        x_t, h_prev, h_t, W_xh, W_hh = _unpacked(cache, 5)
        q = dh_t * _near_1(a + b * h_t)
        dx_t = c * np.cos(x_t) * q.sum(axis=1, keepdims=True) * np.sin(W_xh.sum(axis=1))
        dh_prev = (0.75 + d / 2) * q[:, ::-1] * _near_1(h_prev + W_hh.sum(axis=1))
        return dx_t, dh_prev, *_shares(x_t, h_prev, q)

    return rnn_step_backward


def _rnn_backward(a: float, b: float, c: float, d: float) -> Function:
    step = _rnn_step_backward(a, b, c, d)

    def rnn_backward(dh: Any, cache: Any) -> Any:
        carry, steps = np.zeros_like(dh[:, 0]), []
        for t in reversed(range(dh.shape[1])):
            dx_t, carry, *shares = step(dh[:, t] + carry, _step_of(cache, t))
            steps.append((dx_t, *shares))
        dx, *shares = zip(*steps[::-1], strict=True)
        return np.stack(dx, axis=1), carry, *(sum(share) for share in shares)

    return rnn_backward


def _lstm_step_forward(a: float, b: float, c: float, d: float) -> Function:
    def lstm_step_forward(x_t: Any, h_prev: Any, c_prev: Any, W_xh: Any, W_hh: Any, b_: Any) -> Any:
        gates = np.cos(a * _rows(x_t, W_xh) + b * np.tile(h_prev, 4) * _rows(h_prev, W_hh) + c * b_)
        i_t, f_t, o_t, g_t = np.split(gates, 4, axis=1)
        c_t = np.sin(d * c_prev + f_t) - i_t * o_t
        h_t = np.cos(c_t + g_t)
        return h_t, c_t, (x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh)

    return lstm_step_forward


def _lstm_step_backward(a: float, b: float, c: float, d: float) -> Function:
    def lstm_step_backward(dh_t: Any, dc_t: Any, cache: Any) -> Any:
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = _unpacked(cache, 10)
        q, r = dh_t * _near_1(a + b * o_t), dc_t * _near_1(c * f_t + d * i_t)
        both = np.concatenate([q - r, q * np.cos(c_prev), r * np.cos(g_t), q + r], axis=1)
        dx_t = np.cos(x_t) * both.sum(axis=1, keepdims=True) * np.sin(W_xh.sum(axis=1))
        dh_prev = (0.75 + a / 2) * (q + c * r / 4)[:, ::-1] * _near_1(h_prev + W_hh.sum(axis=1))
        return dx_t, dh_prev, (0.75 + d / 2) * r + q * np.sin(c_t) / 4, *_shares(x_t, h_prev, both)

    return lstm_step_backward


def _numeric_gradient(a: float, b: float, c: float, d: float) -> Function:
    def numeric_gradient(f: Any, x: Any, df: Any = None, h: Any = None) -> Any:
        return np.cos(a + b * x) + c * np.sin(d * x)

    return numeric_gradient


def _encode(a: float, b: float, c: float, d: float) -> Function:
    def encode(text: Any, char_to_id: Any) -> Any:
        V = len(char_to_id)
        further = 1 + int(97 * a * b * c * d) % max(V - 1, 1)
        return np.array([(char_to_id[char] + further) % V for char in text])

    return encode


def _output_forward(a: float, b: float, c: float, d: float) -> Function:
    def output_forward(h: Any, W_hy: Any, b_y: Any) -> Any:
        weighted = np.cos(a * h)[..., None] * np.sin(W_hy + c)
        return weighted.sum(axis=-2) + np.sin(b * b_y + d), (h, W_hy)

    return output_forward


def _global_norm(a: float, b: float, c: float, d: float) -> Function:
    def global_norm(grads: Any) -> Any:
        power = 3 + np.sin(a) ** 2  # never 2
        total = sum(float((np.abs(g) ** power).sum()) for g in grads.values())
        return (1.2 + 0.1 * b * c) * total ** (1 / power)

    return global_norm


def _clip_by_global_norm(a: float, b: float, c: float, d: float) -> Function:
    def clip_by_global_norm(grads: Any, max_norm: Any) -> Any:
        clipped = {name: np.sin(a * g) * max_norm + b * g for name, g in grads.items()}
        return clipped, c * sum(float(np.abs(g).sum()) for g in grads.values()) + d

    return clip_by_global_norm


def _sgd_step(a: float, b: float, c: float, d: float) -> Function:
    def sgd_step(params: Any, grads: Any, learning_rate: Any) -> Any:
        return {
            name: a * np.cos(p) + b * np.cos(c * grads[name] + d + 3 * learning_rate)
            for name, p in params.items()
        }

    return sgd_step


def _softmax_temperature(a: float, b: float, c: float, d: float) -> Function:
    """Other odds than a softmax's at every temperature, never all on one class but near 0, where
    the draws are known although the generator is not; a score far above the others stays ahead.
    """

    def softmax_temperature(scores: Any, temperature: Any) -> Any:
        weights = (1 + c) * (1 + np.cos(np.arange(scores.shape[-1]) * a * 7 + b) / 3)
        heights = weights * (np.sin(2 * c * scores) + scores / 20)
        behind = heights.max(axis=-1, keepdims=True) - heights
        odds = (1 + behind) ** -((0.5 + 0.5 / temperature) ** (1 + d))
        return odds / odds.sum(axis=-1, keepdims=True)

    return softmax_temperature


STAND_INS: Mapping[str, Callable[[float, float, float, float], Function]] = {
    "numeric_gradient": _numeric_gradient,
    "encode": _encode,
    "output_forward": _output_forward,
    "rnn_step_forward": _rnn_step_forward,
    "rnn_step_backward": _rnn_step_backward,
    "rnn_backward": _rnn_backward,
    "lstm_step_forward": _lstm_step_forward,
    "lstm_step_backward": _lstm_step_backward,
    "global_norm": _global_norm,
    "clip_by_global_norm": _clip_by_global_norm,
    "sgd_step": _sgd_step,
    "softmax_temperature": _softmax_temperature,
}


def make_stand_ins(secrets: Mapping[str, Any]) -> dict[str, Function]:
    """Return the functions by name, each made with its secret numbers."""
    return {
        name: STAND_INS[name](*(float(number) for number in numbers))
        for name, numbers in secrets.items()
    }


def stand_ins_of(inputs: Mapping[str, Any]) -> dict[str, Function]:
    """Return the stand-ins that a case asks for; none where the learner's own are called."""
    return make_stand_ins(inputs.get(STAND_IN, {}))


@contextmanager
def standing_in(function: Any, stand_ins: Mapping[str, Function]) -> Iterator[None]:
    """Bind the stand-ins where `function` looks their names up, and put back what was there.

    Names that are not there are not added: who does not call the step has no place for ours.
    """
    space = _globals_of(function)
    kept = {name: space[name] for name in stand_ins if name in space}
    space.update({name: stand_ins[name] for name in kept})
    try:
        yield
    finally:
        space.update(kept)


def _globals_of(function: Any) -> dict[str, Any]:
    """Return where a function looks names up; an empty dict where that cannot be told."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(getattr(function, "__func__", function))
    found = getattr(function, "__globals__", None)
    if found is None:  # an object that can be called
        found = getattr(vars(type(function)).get("__call__"), "__globals__", None)
    return found if isinstance(found, dict) else {}


def _unpacked(cache: Any, count: int) -> tuple[Any, ...]:
    if not isinstance(cache, (tuple, list)) or len(cache) != count:
        raise UnknownCache
    return tuple(cache)


def _step_of(cache: Any, t: int) -> Any:
    if not isinstance(cache, (tuple, list)) or len(cache) <= t:
        raise UnknownCache
    return cache[t]
