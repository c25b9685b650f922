"""The widgets of unit 09: controls change them, and their numbers are the reference's."""

from typing import Any

import numpy as np
import pytest

from rnn_ref.errors import InputError
from rnn_ref.gradcheck import numeric_gradient
from rnn_ref.lstm import lstm_forward, lstm_step_forward, sigmoid
from rnn_ref.lstm_gradients import (
    half_life,
    lstm_backward,
    lstm_step_backward,
)
from rnn_ref.widgets.lstm_gradients import HalfLife, LagCurves
from rnn_ref.widgets.lstm_gradients_inputs import input_norms, input_reach
from rnn_ref.widgets.lstm_gradients_lag import LAGS, Lags, cell_jacobian_norms, lags
from tests.rnn_ref.seen import picture

# --- the half-life --------------------------------------------------------------------------------


def test_half_life_words_tell_the_gate() -> None:
    widget = HalfLife()
    for bias in (-2.0, 0.5, 5.0, 10.0):
        widget.bias.value = bias
        assert f"f = {1 / (1 + np.exp(-bias)):.5f}" in widget.stage.words.value


def test_half_life_of_a_bias_of_five_is_103_steps_and_half_a_cell_is_left_after_100() -> None:
    widget = HalfLife()
    assert "<b>103 steps</b>" in widget.stage.words.value
    assert "51% of it is left" in widget.stage.words.value


def test_half_life_has_the_prediction_in_its_picture() -> None:
    assert picture(HalfLife(predicted=10.0)) != picture(HalfLife(predicted=1000.0))


def test_half_life_halves_and_grows_tenfold_with_2_3_of_bias() -> None:
    f = float(sigmoid(np.array(5.0)))
    assert f ** half_life(f) == pytest.approx(0.5)
    longer = half_life(float(sigmoid(np.array(5.0 + np.log(10)))))
    assert longer / half_life(f) == pytest.approx(10, rel=0.01)
    assert round(half_life(float(sigmoid(np.array(10.0))))) == 15_268


@pytest.mark.parametrize("f", [0.0, 1.0, -0.1, 1.1, float("nan")])
def test_half_life_of_what_is_no_gate_is_refused(f: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        half_life(f)


# --- the reach of gradients -----------------------------------------------------------------------


def test_lag_curves_part_company_at_the_start() -> None:
    widget = LagCurves()
    assert widget.lags.full[-1] > 100 * widget.lags.direct[-1] > 1e10 * widget.lags.rnn[-1]


def test_cell_jacobian_norms_equal_numeric_jacobians() -> None:
    """dc_T/dc_t is measured by starting again at step t with the cell moved."""
    rng = np.random.default_rng(0)
    D, H, T = 2, 3, 5
    weights = rng.normal(size=(D, 4 * H)), rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)
    x = rng.normal(size=(1, T, D))
    _, c, cache = lstm_forward(x, np.zeros((1, H)), np.zeros((1, H)), *weights)
    norms = cell_jacobian_norms(cache, lstm_step_backward)
    for lag in range(1, T):
        t = T - 1 - lag
        o_t = cache[t].o_t

        def last_cell(c_t: Any, t: int = t, o_t: Any = o_t) -> Any:
            _, cells, _ = lstm_forward(x[:, t + 1 :], o_t * np.tanh(c_t), c_t, *weights)
            return cells[:, -1]

        rows = [numeric_gradient(last_cell, c[:, t], df=row[None])[0] for row in np.eye(H)]
        assert norms[lag] == pytest.approx(np.linalg.norm(rows, ord=2), rel=1e-6)
    assert norms[0] == 1


def test_lags_without_recurrent_weights_leave_the_direct_path_alone() -> None:
    measured = lags(forget_bias=5.0, scale=0.0)
    np.testing.assert_allclose(measured.full, measured.direct, rtol=1e-12)


def test_formula_of_one_unit_along_all_ways_is_what_the_step_computes() -> None:
    """The formula of the notebook, with the gates of step t+1 and the output gate of step t."""
    rng = np.random.default_rng(1)
    W_xh, W_hh, b = rng.normal(size=(2, 4)), rng.normal(size=(1, 4)), rng.normal(size=4)
    x, c_t, o_t = rng.normal(size=(1, 2)), rng.normal(size=(1, 1)), np.array([[0.3]])
    *_, cache = lstm_step_forward(x, o_t * np.tanh(c_t), c_t, W_xh, W_hh, b)
    _, dh_prev, dc_prev, *_ = lstm_step_backward(np.zeros((1, 1)), np.ones((1, 1)), cache)
    computed = dc_prev + dh_prev * o_t * (1 - np.tanh(c_t) ** 2)
    i, f, g = cache.i_t, cache.f_t, cache.g_t
    w_i, w_f, _, w_g = W_hh[0]
    by_gates = c_t * f * (1 - f) * w_f + g * i * (1 - i) * w_i + i * (1 - g**2) * w_g
    formula = f + by_gates * o_t * (1 - np.tanh(c_t) ** 2)
    np.testing.assert_allclose(computed, formula, rtol=1e-12)


def at_the_end(measured: Lags) -> tuple[float, float, float]:
    return tuple(float(f"{norms[LAGS]:.1e}") for norms in measured[:3])  # type: ignore[return-value]


def test_reach_says_what_the_notebook_says() -> None:
    rnn, full, _ = at_the_end(lags(0.0, 1.0))
    assert max(rnn, full) < 1e-18
    rnn, full, direct = at_the_end(lags(5.0, 1.0))
    assert (round(full), round(direct, 1)) == (33, 0.5)
    _, full, direct = at_the_end(lags(5.0, 2.0, seed=1))
    assert full == 3400
    assert direct < 1


def test_lag_words_tell_the_norms_at_the_last_lag() -> None:
    widget = LagCurves()
    widget.bias.value = 5.0
    assert "along all ways <b>33</b>" in widget.stage.words.value
    assert "Mean forget gate 0.986." in widget.stage.words.value


def test_own_step_draws_the_curves_and_a_wrong_one_draws_others() -> None:
    def without_f(dh_t: Any, dc_t: Any, cache: Any) -> Any:
        dx_t, dh_prev, dc_prev, *sums = lstm_step_backward(dh_t, dc_t, cache)
        return (dx_t, dh_prev, dc_prev / cache.f_t, *sums)

    reference, own, wrong = LagCurves(), LagCurves(lambda *a: lstm_step_backward(*a)), None
    wrong = LagCurves(without_f)
    for curves in (reference, own, wrong):
        curves.bias.value = 0.0  # where the whole gradient hangs on every factor
    np.testing.assert_array_equal(own.lags.full, reference.lags.full)
    assert np.abs(np.log10(wrong.lags.full[LAGS] / reference.lags.full[LAGS])) > 3


def test_note_stands_beneath_the_picture() -> None:
    assert LagCurves(note="By the reference.").stage.words.value.endswith("<br>By the reference.")


# --- what inputs count ----------------------------------------------------------------------------


def test_input_norms_are_those_the_notebook_names() -> None:
    ends = {name: curve[-1] for name, curve in input_norms().items()}
    assert ends["plain RNN"] == pytest.approx(1e-26, rel=0.5)
    assert ends["LSTM, b_f = 0"] == pytest.approx(3e-20, rel=0.2)
    assert ends["LSTM, b_f = 5"] == pytest.approx(0.02, rel=0.3)


def test_input_norms_at_lag_zero_equal_the_gradient_of_the_last_step() -> None:
    seen: list[Any] = []

    def backward(dh: Any, cache: Any) -> Any:
        gradients = lstm_backward(dh, cache)
        seen.append(np.linalg.norm(gradients[0][:, -1], axis=1).mean())
        return gradients

    norms = input_norms(backward=backward)
    first = [curve[0] for name, curve in norms.items() if name != "plain RNN"]
    np.testing.assert_allclose(first, seen, rtol=1e-12)


def test_input_reach_is_drawn_by_the_functions_it_is_given() -> None:
    def doubled(dh: Any, cache: Any) -> Any:
        dx, *rest = lstm_backward(dh, cache)
        return (2 * dx, *rest)

    figure, alt = input_reach()
    twice, _ = input_reach(lstm_forward, doubled)
    ours, theirs = (f.axes[0].lines[2].get_ydata() for f in (figure, twice))
    np.testing.assert_allclose(2 * np.asarray(ours), np.asarray(theirs))
    assert "plain RNN: 1e-26" in alt
