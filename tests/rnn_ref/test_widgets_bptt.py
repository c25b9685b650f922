"""The triangle, the pictures and the table of unit 05: they show what the reference gives."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnn_ref.bptt import (
    per_step_weight_gradient,
    rnn_backward,
    rnn_step_backward,
    state_gradients,
    truncated_bptt,
)
from rnn_ref.recurrence import rnn_forward, rnn_step_forward
from rnn_ref.widgets import bptt_pictures
from rnn_ref.widgets.bptt import (
    GradientTriangle,
    H,
    T,
    _short,
    example,
    triangle,
)
from rnn_ref.widgets.bptt_one_path import one_path_norms
from rnn_ref.widgets.bptt_pictures import (
    shares,
    step_graph,
    truncation_errors,
    truncation_picture,
    two_cuts,
    unrolled_back,
)
from rnn_ref.widgets.bptt_table import compare_sequence, compare_step
from tests.rnn_ref.seen import PNG, picture

# --- the triangle -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0.5, 1.0, 2.5])
def test_triangle_holds_norms_of_the_reference(size: float) -> None:
    x, upstream, W_xh, W_hh = example(size)
    h_0, b_h = np.zeros((1, H)), np.zeros(H)
    _, cache = rnn_forward(x.transpose(1, 0, 2), h_0, W_xh, W_hh, b_h)
    gradients = state_gradients(upstream.transpose(1, 0, 2), cache)
    expected = np.linalg.norm(gradients, axis=(2, 3))
    np.testing.assert_allclose(triangle(size).norms, expected, rtol=1e-12)


@pytest.mark.parametrize("chunk", [1, 3, 4, 9])
def test_triangle_in_chunks_is_the_whole_one_with_blocks_left(chunk: int) -> None:
    block = np.arange(T) // chunk
    whole = triangle(1.2).norms
    expected = np.where(block[:, None] == block, whole, 0)
    np.testing.assert_array_equal(triangle(1.2, chunk).norms, expected)


def test_triangle_cut_in_chunks_agrees_with_truncated_bptt() -> None:
    """A loss reaches an input exactly where the triangle is not empty."""
    x, upstream, W_xh, W_hh = example(1.0)
    _, cache = rnn_forward(x.transpose(1, 0, 2), np.zeros((1, H)), W_xh, W_hh, np.zeros(H))
    norms = triangle(1.0, 4).norms
    for t in range(T):
        dh = np.zeros((1, T, H))
        dh[0, t] = upstream[t, 0]
        dx = truncated_bptt(dh, cache, 4)[0]
        np.testing.assert_array_equal(np.abs(dx[0]).max(axis=1) > 0, norms[t] > 0)


def test_words_tell_the_norm_that_the_triangle_holds() -> None:
    widget = GradientTriangle()
    widget.size.value, widget.loss.value = 0.5, 8
    assert f"<b>{triangle(0.5).norms[7, 0]:.2g}</b>" in widget.stage.words.value
    widget.chunk.value = 5
    assert "state after step 6" in widget.stage.words.value
    assert f"<b>{triangle(0.5, 5).norms[7, 5]:.2g}</b>" in widget.stage.words.value
    widget.loss.value = 6
    assert "beginning of a chunk" in widget.stage.words.value
    widget.loss.value = 1
    assert "state after step 1 alone" in widget.stage.words.value


def test_every_place_of_every_slider_can_be_drawn() -> None:
    widget = GradientTriangle()
    for size in (0.2, 3.0):
        widget.size.value = size
        for t in (1, 2, T):
            widget.loss.value = t
            for chunk in (1, 3, T):
                widget.chunk.value = chunk
                assert picture(widget).startswith(PNG)


def test_own_step_runs_the_triangle_and_a_wrong_one_is_shown_as_it_is() -> None:
    def not_transposed(dh_t: Any, cache: Any) -> Any:
        dx_t, _, *weights = rnn_step_backward(dh_t, cache)
        return (dx_t, (dh_t * (1 - cache.h_t**2)) @ cache.W_hh, *weights)

    reference = GradientTriangle()
    right = GradientTriangle((rnn_step_forward, rnn_step_backward))
    wrong = GradientTriangle((rnn_step_forward, not_transposed))
    assert picture(right) == picture(reference)
    assert picture(wrong) != picture(reference)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, ""),
        (1.0, "1.0"),
        (0.996, "1.0"),
        (0.432, ".43"),
        (0.0321, ".03"),
        (0.0004, "<.01"),
        (2.34, "2.3"),
    ],
)
def test_short_numbers(value: float, text: str) -> None:
    assert _short(value) == text


def test_short_numbers_stay_short_over_the_whole_range() -> None:
    for size in np.arange(0.2, 3.05, 0.1):
        assert max(len(_short(value)) for value in triangle(float(size)).norms.ravel()) <= 4


# --- the pictures -------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [step_graph, unrolled_back, two_cuts, truncation_picture])
def test_picture_fits_the_page_and_has_alt_text(draw: Callable[[], Any]) -> None:
    figure, alt = draw()
    assert figure.get_figwidth() <= 6.5
    assert len(alt) > 60


def test_shares_by_loss_are_those_of_the_slices_and_all_sum_to_one() -> None:
    dh, cache = bptt_pictures._example(T=6, size=1.1, seed=4)
    parts = shares(dh, cache)
    whole = rnn_backward(dh, cache)[3]
    slices = per_step_weight_gradient(dh, cache)
    by_loss = np.sum(slices * whole, axis=(1, 2)) / np.sum(whole**2)
    np.testing.assert_allclose(parts.sum(axis=1), by_loss, rtol=1e-9, atol=1e-12)
    assert parts.sum() == pytest.approx(1)
    np.testing.assert_array_equal(np.triu(parts, 1), 0)  # a loss knows no later use


def test_shares_by_use_are_those_that_the_loop_adds() -> None:
    dh, cache = bptt_pictures._example(T=6, size=1.1, seed=4)
    whole = rnn_backward(dh, cache)[3]
    carry, by_use = np.zeros_like(dh[:, 0]), np.zeros(6)
    for t in reversed(range(6)):
        _, carry, _, share, _ = rnn_step_backward(dh[:, t] + carry, cache[t])
        by_use[t] = np.sum(share * whole) / np.sum(whole**2)
    np.testing.assert_allclose(shares(dh, cache).sum(axis=0), by_use, rtol=1e-9, atol=1e-12)


def test_truncation_costs_more_with_larger_weights_and_nothing_uncut() -> None:
    small, large = truncation_errors(0.6, T=16), truncation_errors(1.1, T=16)
    assert small[-1] == large[-1] == 0
    assert np.all(small[:12] < large[:12])
    assert large[0] > large[7] > 0.1


def test_one_path_from_zero_gives_W_hh_nothing_and_W_xh_something() -> None:  # noqa: N802
    norms = one_path_norms()
    assert norms["W_hh"][0] == 0
    assert norms["W_hh"][1] > 0.1
    assert norms["W_xh"][0] > 0.01


# --- the table ----------------------------------------------------------------------------------


def test_table_of_right_functions_agrees_throughout(capsys: pytest.CaptureFixture[str]) -> None:
    compare_step(rnn_step_forward, rnn_step_backward)
    compare_sequence(rnn_forward, rnn_backward)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert all(line.endswith("agrees") for line in lines)


def test_table_says_what_is_missing_wrong_or_misshapen(capsys: pytest.CaptureFixture[str]) -> None:
    def backward(dh_t: Any, cache: Any) -> Any:
        dx_t, _, _, dW_hh, db_h = rnn_step_backward(dh_t, cache)
        return dx_t, None, "later", dW_hh.T, db_h[None]

    compare_step(rnn_step_forward, backward)
    first, second, third, fourth, fifth = capsys.readouterr().out.splitlines()
    assert first.endswith("agrees")
    assert second.endswith("still to come")
    assert third.endswith("is no array of numbers")
    assert fourth.endswith("DIFFERS")
    assert fifth.endswith("has shape (1, 4); expected (4,)")


def test_table_of_a_stub_is_still_to_come(capsys: pytest.CaptureFixture[str]) -> None:
    def stub(dh_t: Any, cache: Any) -> Any:
        raise NotImplementedError("rnn_step_backward: not written yet")

    compare_step(rnn_step_forward, stub)
    assert capsys.readouterr().out.count("still to come") == 5


def test_table_of_what_stops_or_returns_something_else_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stops(dh_t: Any, cache: Any) -> Any:
        raise ValueError("matmul: no")

    compare_step(rnn_step_forward, stops)
    assert "It stopped: ValueError: matmul: no" in capsys.readouterr().out
    compare_step(rnn_step_forward, lambda dh_t, cache: dh_t)
    assert "Return 5 gradients" in capsys.readouterr().out
