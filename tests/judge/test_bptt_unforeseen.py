"""Unit 05: mistakes that are in nobody's list lose what they get wrong, and nothing else."""

from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from rnn_ref.bptt import per_step_weight_gradient, rnn_backward, rnn_step_backward, truncated_bptt
from rnn_ref.recurrence import rnn_forward
from tests.judge.bptt_loops import UNSPOILED, Function, all_but, half, loop_over, spoiled
from tests.judge.judged import failed, verdict


def _only_the_last_row(dh_t: Any, kept: Any) -> Any:
    dx_t, dh_prev, *_ = rnn_step_backward(dh_t, kept)
    x_t, h_prev, h_t, *_ = kept
    da = dh_t[-1] * (1 - h_t[-1] ** 2)
    return dx_t, dh_prev, np.outer(x_t[-1], da), np.outer(h_prev[-1], da), da


def _clipped_derivative(dh_t: Any, kept: Any) -> Any:
    x_t, h_prev, h_t, W_xh, W_hh = kept
    da = dh_t * np.maximum(1 - h_t**2, 0.1)
    return da @ W_xh.T, da @ W_hh.T, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


def _pseudo_inverse(dh_t: Any, kept: Any) -> Any:
    x_t, h_prev, h_t, W_xh, W_hh = kept
    da = dh_t * (1 - h_t**2)
    back = da @ np.linalg.inv(W_hh)
    return da @ np.linalg.pinv(W_xh), back, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


def _transposed_where_it_fits(dh_t: Any, kept: Any) -> Any:
    x_t, h_prev, h_t, W_xh, W_hh = kept
    da = dh_t * (1 - h_t**2)
    W = W_xh if W_xh.shape[0] == W_xh.shape[1] else W_xh.T
    return da @ W, da @ W_hh.T, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


def _right_for_one_row_only(dh_t: Any, kept: Any) -> Any:
    x_t, h_prev, h_t, W_xh, W_hh = kept
    da = dh_t * (1 - h_t**2)
    summed = da.sum(axis=0)
    dW_xh, dW_hh = np.outer(x_t.sum(axis=0), summed), np.outer(h_prev.sum(axis=0), summed)
    return da @ W_xh.T, da @ W_hh.T, dW_xh, dW_hh, summed


@pytest.mark.parametrize(
    ("backward", "fails"),
    [
        (_only_the_last_row, {"dW_xh", "dW_hh", "db_h", "sizes", "numeric"}),
        (_clipped_derivative, {"dx_t", "dh_prev", "dW_xh", "dW_hh", "db_h", "sizes", "numeric"}),
        (_pseudo_inverse, {"dx_t", "dh_prev", "sizes", "numeric"}),
        (_transposed_where_it_fits, {"sizes"}),
        (_right_for_one_row_only, {"dW_xh", "dW_hh", "sizes", "numeric"}),
    ],
)
def test_further_wrong_steps_fail_what_they_get_wrong(backward: Function, fails: set[str]) -> None:
    assert failed(verdict("rnn_step_backward", backward=backward)) == fails


def _carry_halved(dh: Any, caches: Any) -> Any:
    halved = spoiled(rnn_step_backward, half, 1)
    results = list(loop_over(halved)(dh, caches))
    results[1] = 2 * results[1]
    return results


def _losses_of_the_last_two_steps(dh: Any, caches: Any) -> Any:
    late = dh.copy()
    late[:, :-2] = 0
    return rnn_backward(late, caches)


def _spread(carry: Any) -> Any:
    return np.broadcast_to(carry.mean(axis=0), carry.shape)


def _first_five_steps(dh: Any, caches: Any) -> Any:
    early = dh.copy()
    early[:, 5:] = 0
    return rnn_backward(early, caches)


@pytest.mark.parametrize(
    ("backward", "fails"),
    [
        (_carry_halved, all_but("rnn_backward", *UNSPOILED)),
        (_losses_of_the_last_two_steps, all_but("rnn_backward", "carry", *UNSPOILED)),
        (
            lambda dh, caches: rnn_backward(dh, [caches[-1]] * len(caches)),
            all_but("rnn_backward", *UNSPOILED),
        ),
        (
            lambda dh, caches: rnn_backward(dh, caches[::-1]),
            all_but("rnn_backward", *UNSPOILED),
        ),
        (
            loop_over(spoiled(rnn_step_backward, _spread, 1)),
            all_but("rnn_backward", "pieces", *UNSPOILED),
        ),
    ],
    ids=["carry halved", "last two losses", "one cache", "in reverse", "batch shares a carry"],
)
def test_further_wrong_loops_fail_what_they_get_wrong(backward: Function, fails: set[str]) -> None:
    assert failed(verdict("rnn_backward", backward=backward)) == fails


def test_loop_that_is_right_for_short_sequences_only_fails_the_long_one() -> None:
    for seed in range(4):
        key = AnswerKey.draw(find_exercise("rnn_backward"), seed)
        given = key.answers_of({"forward": rnn_forward, "backward": _first_five_steps})
        assert "sizes" in failed(judge(key, list(given.values())))


@pytest.mark.parametrize(
    ("how", "fails", "mistake"),
    [
        (lambda slices: np.roll(slices, 1, axis=0), {"slices", "sizes", "numeric"}, ""),
        (lambda slices: 2 * slices, {"slices", "total", "sizes", "numeric"}, ""),
        (
            lambda slices: np.cumsum(slices, axis=0),
            {"slices", "total", "sizes", "numeric"},
            "running_total",
        ),
    ],
    ids=["rolled", "doubled", "cumulated"],
)
def test_further_wrong_slices_fail_what_they_get_wrong(
    how: Function, fails: set[str], mistake: str
) -> None:
    report = verdict(
        "per_step_weight_gradient", per_step=lambda *given: how(per_step_weight_gradient(*given))
    )
    assert failed(report) == fails
    assert report.mistake == mistake


def _short_chunk_joined_to_the_one_before(dh: Any, caches: Any, k: int) -> Any:
    T = dh.shape[1]
    last = max(T // k - 1, 0) * k
    starts = [*range(0, last, k), last]
    ends = [*starts[1:], T]
    chunks = [rnn_backward(dh[:, s:e], caches[s:e]) for s, e in zip(starts, ends, strict=True)]
    dx, dh_0, *weights = zip(*chunks, strict=True)
    return (np.concatenate(dx, axis=1), dh_0[0], *(sum(shares) for shares in weights))


def _k_chunks(dh: Any, caches: Any, k: int) -> Any:
    return truncated_bptt(dh, caches, max(dh.shape[1] // k, 1))


@pytest.mark.parametrize(
    ("truncated", "fails"),
    [
        (_short_chunk_joined_to_the_one_before, {"short_end"}),
        (
            lambda dh, caches, k: truncated_bptt(dh, caches, k + 1),
            all_but("truncated_bptt", "one_chunk", *UNSPOILED),
        ),
    ],
    ids=["short chunk joined to the one before", "chunks of one more"],
)
def test_further_wrong_chunks_fail_what_they_get_wrong(
    truncated: Function, fails: set[str]
) -> None:
    assert failed(verdict("truncated_bptt", truncated=truncated)) == fails


def test_k_taken_for_the_number_of_chunks_is_found_whatever_k_is() -> None:
    for seed in range(6):
        key = AnswerKey.draw(find_exercise("truncated_bptt"), seed)
        given = key.answers_of({"forward": rnn_forward, "truncated": _k_chunks})
        assert {"k_1", "one_chunk"} <= failed(judge(key, list(given.values())))
