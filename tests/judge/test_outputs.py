"""Unit 02's exercises, tried with code that is in none of their lists."""

from collections import deque
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.student.stand_ins import make_stand_ins
from tests.judge.judged import details, failed, verdict, verdict_on_cell

SEEDS = (3, 4, 5)

BACKWARD = """
def output_backward(dscores, cache):
    h, W_hy = cache
    return dscores @ W_hy.T, np.einsum("nth,ntv->hv", h, dscores), dscores.sum((0, 1))
"""

SOFTMAX = """
def softmax_cross_entropy(scores, targets, mask=None):
    mask = np.ones(targets.shape, dtype=bool) if mask is None else mask
    s = scores - scores.max(2, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(2, keepdims=True)
    one_hot = np.eye(scores.shape[2])[targets]
    K = max(mask.sum(), 1)
    loss = {loss}
    return loss, (p - one_hot) * mask[..., None] / {divisor}
"""


# --- caches are read ----------------------------------------------------------------------------


class Kept:
    def __init__(self, h: Any, W_hy: Any) -> None:
        self.h, self.W_hy = h, W_hy


@pytest.mark.parametrize(
    "keep",
    [
        lambda h, W_hy: (h, W_hy),
        lambda h, W_hy: [h, W_hy, "a note"],
        lambda h, W_hy: {"W_hy": W_hy, "h": h},
        lambda h, W_hy: deque([h, W_hy]),
        lambda h, W_hy: {"inner": Kept(h, W_hy)},
        lambda h, W_hy: lambda d: (h, W_hy, d),
    ],
)
def test_cache_of_any_kind_with_states_and_weights_earns_all(keep: Any) -> None:
    def forward(h: Any, W_hy: Any, b_y: Any) -> Any:
        return h @ W_hy + b_y, keep(h, W_hy)

    assert failed(verdict("output_forward", forward=forward)) == set()


@pytest.mark.parametrize(
    ("keep", "told"),
    [
        (lambda h, W_hy: (), "The cache is a tuple of 0"),
        (lambda h, W_hy: (h, W_hy.T), "W_hy in your cache has shape"),
        (lambda h, W_hy: (0 * h, W_hy), "numbers in h in your cache differ"),
    ],
)
def test_cache_that_no_backward_can_use_costs_its_share_alone(keep: Any, told: str) -> None:
    def forward(h: Any, W_hy: Any, b_y: Any) -> Any:
        return h @ W_hy + b_y, keep(h, W_hy)

    report = verdict("output_forward", forward=forward)
    assert failed(report) == {"cache"}
    assert told in report.headline


# --- backward: its own cache, its own points ----------------------------------------------------


@pytest.mark.parametrize(
    "forward",
    [
        "    return h @ W_hy + b_y, (0 * h, W_hy)",
        "    return h @ W_hy + b_y, None",
        "    raise NotImplementedError('output_forward: not written yet')",
    ],
)
def test_backward_after_a_wrong_forward_earns_its_own_points(forward: str) -> None:
    cell = f"def output_forward(h, W_hy, b_y):\n{forward}\n{BACKWARD}"
    for seed in SEEDS:
        report = verdict_on_cell("output_backward", cell, seed)
        assert report.points == 2
        assert report.headline.startswith("Your output_backward is right: with a function of ours")


def test_wrong_backward_after_a_wrong_forward_is_named_by_its_own_mistake() -> None:
    forward = "def output_forward(h, W_hy, b_y):\n    return h @ W_hy + b_y, (0 * h, W_hy)\n"
    report = verdict_on_cell("output_backward", forward + BACKWARD.replace("sum((", "mean(("))
    assert report.mistake_sentence.startswith("With ours in the place of your output_forward,")
    assert "mean stands in db_y" in report.mistake_sentence


def test_backward_that_returns_the_stand_in_s_scores_earns_nothing() -> None:
    def forward(h: Any, W_hy: Any, b_y: Any) -> Any:
        return make_stand_ins({"output_forward": [1.0, 1.0, 1.0, 1.0]})["output_forward"](
            h, W_hy, b_y
        )

    def backward(dscores: Any, cache: Any) -> Any:
        h, W_hy = cache
        return np.zeros_like(h), np.zeros_like(W_hy), np.zeros(W_hy.shape[1])

    report = verdict("output_backward", forward=forward, backward=backward)
    assert report.points is not None and report.points <= 0.5  # nothing but what it says of itself
    assert {"states", "weights", "bias", "sizes"} <= failed(report)


# --- the loss -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_softmax_without_a_maximum_loses_what_stability_is_worth(dtype: str) -> None:
    cell = SOFTMAX.format(loss="-np.log((p * one_hot).sum(2))[mask].sum() / K", divisor="K")
    cell = cell.replace("scores - scores.max(2, keepdims=True)", f"scores.astype('{dtype}')")
    for seed in SEEDS:
        report = verdict_on_cell("softmax_cross_entropy", cell, seed)
        assert failed(report) == {"large"}
        assert report.mistake == "no_maximum_subtracted"


@pytest.mark.filterwarnings("ignore:Mean of empty slice", "ignore:invalid value")
@pytest.mark.parametrize(
    ("loss", "divisor", "told"),
    [
        ("-(mask * log_p).mean()", "K", "the masked loss is divided by N·T"),
        ("-log_p.mean()", "K", "the loss is the mean over all steps"),
        ("-log_p[mask].mean()", "K", "the loss is divided by a count of 0"),
        ("-log_p[mask].sum() / K", "mask.size", "the masked gradient is divided by N·T"),
    ],
)
def test_loss_and_gradient_that_part_are_named(loss: str, divisor: str, told: str) -> None:
    log_p = "np.log((p * one_hot).sum(2) + 1e-9)"
    cell = SOFTMAX.format(loss=loss.replace("log_p", log_p), divisor=divisor)
    report = verdict_on_cell("softmax_cross_entropy", cell)
    assert any(told in sentence for sentence in (report.mistake_sentence, *report.advice))


def test_loss_whose_mask_has_no_default_is_told_how_it_is_called() -> None:
    cell = SOFTMAX.format(loss="0.0", divisor="K").replace("mask=None", "mask")
    report = verdict_on_cell("softmax_cross_entropy", cell)
    assert "cannot be called as softmax_cross_entropy(scores, targets)" in report.headline


# --- masks and padding --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [("mask_of_integers", "an array of integers"), ("mask_in_lists", "a list")],
)
def test_mask_that_cannot_choose_costs_a_tenth_and_is_told_as_it_is(
    mistake: str, kind: str
) -> None:
    function = next(m for m in find_exercise("loss_mask").mistakes if m.name == mistake).function
    report = verdict("loss_mask", mask=function)
    assert failed(report) == {"booleans"}
    assert report.headline == f"One-to-one: mask is {kind}; expected an array of truth values."


def test_mask_that_raises_another_error_is_shown_as_a_call() -> None:
    cell = """
def loss_mask(pattern, T, n_in, n_out):
    after = {"one-to-one": 1, "one-to-many": 1, "many-to-one": 1, "many-to-many": 1, "aligned": 0}
    first = after[pattern] * (n_in - 1)
    if (first + n_out).max() > T:
        raise ValueError("too short")
    t = np.arange(T)
    return (t >= first[:, None]) & (t < (first + n_out)[:, None])
"""
    report = verdict_on_cell("loss_mask", cell)
    assert failed(report) == {"refused"}
    assert "none of the five raised a KeyError; expected a ValueError" in report.headline


def test_padding_of_floats_is_told_by_its_kind() -> None:
    cell = """
def pad_and_mask(sequences):
    T = max(len(s) for s in sequences)
    padded = np.zeros((len(sequences), T, *sequences[0].shape[1:]))
    mask = np.zeros((len(sequences), T))
    for n, s in enumerate(sequences):
        padded[n, : len(s)], mask[n, : len(s)] = s, 1
    return padded, mask
"""
    report = verdict_on_cell("pad_and_mask", cell)
    assert failed(report) == {"kinds"}
    assert "mask is an array of floats; expected an array of truth values" in details(report)
