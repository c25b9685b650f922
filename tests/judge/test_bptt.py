"""Unit 05 beyond the lists: whole arrays kept, half-written answers, wrong parts, stand-ins."""

from typing import Any

import numpy as np
import pytest

from autograder.judge.mistakes import bptt as mistakes
from rnn_ref.bptt import rnn_backward, rnn_step_backward
from rnn_ref.recurrence import rnn_forward
from tests.judge.bptt_loops import (
    UNSPOILED,
    Function,
    all_but,
    forward_over,
    half,
    loop_over,
    spoiled,
)
from tests.judge.judged import failed, verdict

STEP_NAMES = ("dx_t", "dh_prev", "dW_xh", "dW_hh", "db_h")
NAMES = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h")


# --- caches are the learner's own -----------------------------------------------------------------


def slices_by(backward: Function) -> Function:
    def per_step(dh: Any, caches: Any) -> Any:
        alone = np.eye(dh.shape[1])[:, None, :, None] * dh
        return np.stack([backward(one, caches)[3] for one in alone])

    return per_step


def chunks_by(backward: Function) -> Function:
    def truncated(dh: Any, caches: Any, k: int) -> Any:
        starts = range(0, dh.shape[1], k)
        chunks = [backward(dh[:, s : s + k], caches[s : s + k]) for s in starts]
        dx, dh_0, *weights = zip(*chunks, strict=True)
        return (np.concatenate(dx, axis=1), dh_0[0], *(sum(shares) for shares in weights))

    return truncated


def _forward_keeping_whole_arrays(x: Any, h_0: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    h = np.zeros((x.shape[0], x.shape[1] + 1, len(b_h)))
    h[:, 0] = h_0
    for t in range(x.shape[1]):
        h[:, t + 1] = np.tanh(x[:, t] @ W_xh + h[:, t] @ W_hh + b_h)
    return h[:, 1:], (x, h, W_xh, W_hh)


def _truncated_from_whole_arrays(dh: Any, kept: Any, k: int) -> Any:
    x, h, W_xh, W_hh = kept
    da, carry = np.zeros_like(dh), np.zeros_like(h[:, 0])
    for t in reversed(range(x.shape[1])):
        border = (t + 1) % k == 0
        da[:, t] = (dh[:, t] + (0 if border else carry)) * (1 - h[:, t + 1] ** 2)
        carry = da[:, t] @ W_hh.T
    dW_xh, dW_hh = np.einsum("ntd,nth->dh", x, da), np.einsum("nti,ntj->ij", h[:, :-1], da)
    return da @ W_xh.T, carry, dW_xh, dW_hh, da.sum(axis=(0, 1))


def test_cache_of_whole_arrays_earns_all() -> None:
    forward = _forward_keeping_whole_arrays
    report = verdict("truncated_bptt", forward=forward, truncated=_truncated_from_whole_arrays)
    assert report.points == 3

    def backward(dh: Any, kept: Any) -> Any:
        return _truncated_from_whole_arrays(dh, kept, dh.shape[1] + 1)

    assert verdict("rnn_backward", forward=forward, backward=backward).points == 6


# --- sizes of one ---------------------------------------------------------------------------------


def test_first_gradient_set_in_later_steps_alone_is_told_at_a_single_step() -> None:
    def backward(dh: Any, caches: Any) -> Any:
        dx, dh_0, *weights = rnn_backward(dh, caches)
        return dx, dh_0 if len(caches) > 1 else None, *weights

    report = verdict("rnn_backward", backward=backward)
    assert failed(report) == {"sizes"}
    told = "A single time step: it returned None for dh_0; the others are judged."
    assert report.headline == told


# --- one gradient after the other -----------------------------------------------------------------


@pytest.mark.parametrize("place", range(5))
def test_missing_gradient_costs_its_own_criteria_alone(place: int) -> None:
    missing = spoiled(rnn_step_backward, lambda _: None, place)
    report = verdict("rnn_step_backward", backward=missing)
    assert failed(report) == {STEP_NAMES[place], "sizes", "numeric", "again", "own_cache"}
    assert report.headline.startswith(f"It returned None for {STEP_NAMES[place]};")
    missing = spoiled(rnn_backward, lambda _: None, place)
    report = verdict("rnn_backward", backward=missing)
    expected = {NAMES[place], "carry", "sizes", "pieces", "numeric", "again", "own_cache"}
    assert failed(report) == expected


def test_da_t_written_and_nothing_else_earns_what_is_unchanged() -> None:
    def backward(dh_t: Any, kept: Any) -> Any:
        dh_t * (1 - kept[2] ** 2)
        return None, None, None, None, None

    report = verdict("rnn_step_backward", backward=backward)
    assert report.points == 0
    assert report.headline == "It returned None for dx_t, dh_prev, dW_xh, dW_hh, db_h."


# --- a wrong part beside a right one --------------------------------------------------------------


def test_right_loop_over_a_wrong_step_keeps_its_share() -> None:
    wrong = mistakes.STEP["bias_before_tanh"].function
    assert failed(verdict("rnn_backward", backward=loop_over(wrong))) == {
        "db_h",
        "carry",
        "sizes",
        "numeric",
    }
    step = spoiled(rnn_step_backward, half, 0, 1, 2, 3, 4)
    report = verdict("rnn_backward", backward=loop_over(step))
    assert failed(report) == all_but("rnn_backward", "pieces", *UNSPOILED)


def test_right_loop_over_a_known_wrong_step_has_that_mistake_named() -> None:
    """The judged function alone is behind both sides of "pieces": the mistake is its own."""
    report = verdict(
        "rnn_backward", backward=loop_over(mistakes.STEP["W_hh_not_transposed"].function)
    )
    assert "pieces" not in failed(report)
    assert report.mistake == "carry_through_W_hh_not_transposed"


def _leaky_step(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    """Another recurrence: half of the old state stays."""
    h = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return (h_prev + h) / 2, (x_t, h_prev, h, W_xh, W_hh)


def _leaky_step_backward(dh_t: Any, kept: Any) -> Any:
    x_t, h_prev, h, W_xh, W_hh = kept
    da = dh_t / 2 * (1 - h**2)
    return da @ W_xh.T, dh_t / 2 + da @ W_hh.T, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


CHANGED_FORWARD = {
    "rnn_step_backward": {"forward": _leaky_step, "backward": _leaky_step_backward},
    "rnn_backward": {
        "forward": forward_over(_leaky_step),
        "backward": loop_over(_leaky_step_backward),
    },
    "per_step_weight_gradient": {
        "forward": forward_over(_leaky_step),
        "per_step": slices_by(loop_over(_leaky_step_backward)),
    },
    "truncated_bptt": {
        "forward": forward_over(_leaky_step),
        "truncated": chunks_by(loop_over(_leaky_step_backward)),
    },
}


@pytest.mark.parametrize("name", list(CHANGED_FORWARD))
def test_right_gradient_of_a_changed_forward_keeps_its_share_and_is_told(name: str) -> None:
    report = verdict(name, **CHANGED_FORWARD[name])
    assert {"numeric", "pieces", *UNSPOILED}.isdisjoint(failed(report))
    assert report.points is not None and 0 < report.points <= 0.25 * report.max_points
    assert report.mistake == ""
    assert report.advice[0].startswith("Your gradients are the slopes of your own forward")


def test_right_backward_beside_a_forward_with_wrong_states_earns_all() -> None:
    def forward(*arguments: Any) -> Any:
        h, kept = rnn_forward(*arguments)
        return h + 1, kept

    assert verdict("rnn_backward", forward=forward).points == 6


# --- an error is paid for once --------------------------------------------------------------------


PARTS = """
import numpy as np

def rnn_step_backward(dh_t, cache):
    {step}

def rnn_backward(dh, cache):
    {loop}
"""

RIGHT_STEP = """x_t, h_prev, h_t, W_xh, W_hh = cache
    da = dh_t * (1 - h_t**2)
    return da @ W_xh.T, da @ W_hh.T, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)"""

RIGHT_LOOP = """carry, dx, shares = np.zeros_like(dh[:, 0]), [], []
    for t in reversed(range(dh.shape[1])):
        dx_t, carry, *share = rnn_step_backward(dh[:, t] + carry, cache[t])
        dx.insert(0, dx_t)
        shares.append(share)
    return np.stack(dx, axis=1), carry, *(sum(kind) for kind in zip(*shares))"""


def in_one_notebook(loop: str, step: str = RIGHT_STEP) -> dict[str, Function]:
    """Return the loop, whose step is that of the same notebook."""
    space: dict[str, Any] = {}
    exec(PARTS.format(step=step, loop=loop), space)
    return {"backward": space["rnn_backward"]}


def test_right_loop_over_a_wrong_step_with_another_cache_keeps_what_it_had() -> None:
    """The stand-in cannot go back from such a cache: the loop is judged with its own step."""
    step = RIGHT_STEP.replace("da @ W_hh.T", "da @ W_hh").replace("= cache", "= cache['all']")
    loop = RIGHT_LOOP.replace("cache[t])", "{'all': cache[t]})")
    report = verdict("rnn_backward", **in_one_notebook(loop, step))
    assert "with a function of ours" not in report.headline
    assert report.points is not None and 0 < report.points < 6


CHEATS = {
    "by its closure": "if rnn_step_backward.__closure__: return gradients(1.0)",
    "by its module": "if 'student' in str(rnn_step_backward.__module__): return gradients(0.5)",
    "by its refusal": """try:
        rnn_step_backward(dh[:, 0], 'no cache')
    except Exception as error:
        if type(error).__name__ == 'UnknownCache':
            secrets = [cell.cell_contents for cell in rnn_step_backward.__closure__]
            return gradients(sum(secrets))""",
    "by putting its own step back": "globals()['rnn_step_backward'] = mine",
}


@pytest.mark.parametrize("cheat", list(CHEATS))
def test_stand_in_that_is_recognised_and_answered_otherwise_earns_nothing(cheat: str) -> None:
    body = f"""def gradients(factor):
        x, h = (np.stack([c[i] for c in cache], 1) for i in (0, 1))
        W_xh, W_hh = cache[0][3:]
        return factor * x, factor * h[:, 0], factor * W_xh, factor * W_hh, factor * W_hh[0]
    mine = lambda dh_t, cache: (dh_t @ cache[3].T, dh_t @ cache[4].T, cache[3], cache[4], dh_t[0])
    {CHEATS[cheat]}
    return gradients(1.0)"""
    plain = body.replace(CHEATS[cheat], "pass")
    cheated, honest = (verdict("rnn_backward", **in_one_notebook(loop)) for loop in (body, plain))
    assert cheated.points == honest.points
    assert cheated.points is not None and cheated.points <= 0.6
