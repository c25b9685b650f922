"""Unit 07's widget, pictures and training runs, without a browser."""

import math
from typing import Any

import numpy as np
import pytest

from rnn_ref.bptt import rnn_backward
from rnn_ref.clipping import clip_by_global_norm, loss_and_gradients, train_step
from rnn_ref.plotting import WIDTH_IN, figure_png
from rnn_ref.recurrence import rnn_forward
from rnn_ref.widgets.clipping import RATE, START, STEPS, LossCliff
from rnn_ref.widgets.clipping_cliff import H_0, TARGET, T, descend, gradient_of, loss_of
from rnn_ref.widgets.clipping_pictures import (
    learning_rates,
    live_runs,
    load_runs,
    norm_after_slide,
    slide_bug,
    training_runs,
)
from rnn_ref.widgets.clipping_training import (
    MODULES,
    batches,
    fast_loss_and_gradients,
    first_parameters,
    library_text,
    step_by_adam,
    train,
)

# --- the cliff --------------------------------------------------------------------------------


@pytest.mark.parametrize(("w", "b"), [START, (1.58, -0.24), (0.3, 0.8), (-1.2, 0.1)])
def test_cliff_loss_and_gradient_are_those_of_the_course_s_own_rnn(w: float, b: float) -> None:
    weights = np.array([[1.0]]), np.array([[w]]), np.array([b])
    h, cache = rnn_forward(np.zeros((1, T, 1)), np.array([[H_0]]), *weights)
    assert loss_of(w, b) == pytest.approx((h[0, -1, 0] - TARGET) ** 2, rel=1e-12)
    dh = np.zeros_like(h)
    dh[0, -1, 0] = 2 * (h[0, -1, 0] - TARGET)
    _, _, _, dW_hh, db_h = rnn_backward(dh, cache)
    np.testing.assert_allclose(gradient_of(w, b), (dW_hh[0, 0], db_h[0]), rtol=1e-9)


def test_cliff_descent_steps_against_the_gradient_and_no_farther_than_allowed() -> None:
    raw, clipped = descend(0.1, math.inf, 20), descend(0.1, 1.0, 20)
    for i in range(20):
        dw, db = gradient_of(raw.w[i], raw.b[i])
        assert raw.w[i + 1] == pytest.approx(raw.w[i] - 0.1 * dw)
        assert raw.b[i + 1] == pytest.approx(raw.b[i] - 0.1 * db)
        assert clipped.step_length(i) <= 0.1 * (1 + 1e-9)


def test_cliff_numbers_that_the_notebook_tells() -> None:
    raw, clipped = descend(RATE, math.inf, STEPS), descend(RATE, 1.0, STEPS)
    assert raw.norm[:11].max() < 0.3
    assert round(raw.norm[11], 1) == 322.6
    assert round(raw.step_length(11), 1) == 32.3
    assert round(raw.w[12], 1) == 15.4
    assert raw.norm[-1] < 1e-9 and raw.loss[-1] == pytest.approx(0.09, abs=1e-6)
    assert clipped.loss[-1] < 1e-3
    assert descend(RATE, 10.0, STEPS).loss[-1] > 0.05  # "still too far"
    slow = descend(0.03, math.inf, STEPS)
    assert slow.norm.max() < 1 and slow.loss[-1] < 1e-3  # "neither path falls"
    tiny = descend(RATE, 0.01, STEPS)
    assert tiny.loss[-1] > 0.5 * tiny.loss[0]  # "safe and very slow"


def test_widget_words_hold_the_numbers_of_both_paths() -> None:
    widget = LossCliff()
    raw, clipped = descend(RATE, math.inf, STEPS), descend(RATE, 1.0, STEPS)
    words = widget.stage.words.value
    for number in (f"{raw.loss[-1]:.4f}", f"{clipped.loss[-1]:.4f}", f"{raw.norm[11]:.1f}"):
        assert number in words
    widget.step.value = 5
    assert "both paths are the same" in widget.stage.words.value
    widget.step.value = 0
    assert f"{raw.loss[0]:.3f}" in widget.stage.words.value


def test_widget_runs_a_learner_s_clipping_and_says_so() -> None:
    def never_clips(grads: Any, max_norm: float) -> Any:
        return {k: g.copy() for k, g in grads.items()}, 0.0

    theirs, ours = LossCliff(never_clips), LossCliff(clip_by_global_norm)
    assert "your own function" in theirs.stage.words.value
    assert theirs.stage.image.value != ours.stage.image.value
    assert LossCliff().stage.image.value == ours.stage.image.value


# --- pictures ---------------------------------------------------------------------------------


def test_norm_after_slide_equals_the_snippet() -> None:
    norms = np.array([0.5, 2.0, 2.3, 3.0, 10.0, 100.0])
    for norm, after in zip(norms, norm_after_slide(norms), strict=True):
        grad = norm * np.array([0.6, 0.8])
        grad_norm = np.sum(grad * grad)
        if grad_norm > 5:
            grad *= 5 / grad_norm
        assert after == pytest.approx(np.linalg.norm(grad))


def test_pictures_fit_a_column_and_have_alt_text() -> None:
    curves = train(0, 1.0, 1.0, 12)
    for figure, alt in (slide_bug(), training_runs(), learning_rates(), live_runs(curves, curves)):
        assert figure.get_figwidth() <= WIDTH_IN
        assert figure_png(figure).startswith(b"\x89PNG")
        assert len(alt) > 40


def test_saved_runs_hold_what_the_notebook_says_of_them() -> None:
    runs = load_runs()
    assert runs.losses.shape == runs.norms.shape == (4, 2, 5, 400)
    final = dict(zip(runs.rates.tolist(), runs.final_losses(), strict=True))
    assert np.all(np.abs(final[1.0][1] - 2.13) < 0.02)  # "all five clipped runs end near 2.1"
    assert np.sum(final[1.0][0] > 3.8) == 4 and final[1.0][0].min() < 2.4
    assert np.all(np.abs(final[0.25][0] - final[0.25][1]) < 0.05)  # "hardly changes a thing"
    assert np.sum(final[0.5][0] - final[0.5][1] > 0.1) == 1  # "one run of five is hurt"
    assert min(rate[1].mean() for rate in final.values()) == final[1.0][1].mean()
    assert np.sum(final[2.0][1] > 2.5) == 4  # "does not save you any more"


# --- training ---------------------------------------------------------------------------------


def test_text_is_of_the_size_that_the_notebook_tells() -> None:
    text = library_text()
    assert len(MODULES.split()) == 13
    assert 300_000 < len(text.ids) < 1_200_000  # 615 thousand with Python 3.11
    assert text.ids.max() + 1 == text.V
    assert 90 <= text.V <= 96


def test_fast_loss_and_gradients_equals_the_unit_s() -> None:
    text = library_text()
    params = first_parameters(text.V, np.random.default_rng(0))
    batch, is_first = next(batches(text))
    assert is_first
    h_0 = np.random.default_rng(1).uniform(-0.5, 0.5, size=(len(batch[0]), len(params["b_h"])))
    fast, plain = (f(params, batch, h_0) for f in (fast_loss_and_gradients, loss_and_gradients))
    assert fast[0] == pytest.approx(plain[0], rel=1e-12)
    np.testing.assert_allclose(fast[2], plain[2], atol=1e-12)
    for name, g in plain[1].items():
        np.testing.assert_allclose(fast[1][name], g, atol=1e-12)


def test_train_is_train_step_again_and_again_with_the_state_carried() -> None:
    text = library_text()
    params = first_parameters(text.V, np.random.default_rng(3))
    h = np.zeros((16, 64))
    losses = []
    for (batch, _), _ in zip(batches(text), range(3), strict=False):
        params, loss, _, h = train_step(loss_and_gradients, params, batch, h, 0.5, 1.0)
        losses.append(loss)
    np.testing.assert_allclose(train(3, 0.5, 1.0, 3).losses, losses, rtol=1e-9)


def test_train_clipped_learns_and_so_does_adam() -> None:
    sgd = train(0, 1.0, 1.0, 60)
    adam = train(0, 0.01, 1.0, 60, step_by_adam())
    for curves in (sgd, adam):
        assert curves.losses[-10:].mean() < 0.75 * curves.losses[0]
        assert np.all(np.isfinite(curves.norms))


def test_step_by_adam_is_handed_clipped_gradients_and_its_own_state() -> None:
    seen = []

    def update(params: Any, grads: Any, state: Any, learning_rate: float) -> Any:
        norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads.values()))
        seen.append((norm, state, learning_rate))
        return {k: p - 0.1 * grads[k] for k, p in params.items()}, (state or 0) + 1

    train(0, 0.25, 0.5, 3, step_by_adam(update))
    assert [state for _, state, _ in seen] == [None, 1, 2]
    assert all(norm <= 0.5 * (1 + 1e-9) and rate == 0.25 for norm, _, rate in seen)
