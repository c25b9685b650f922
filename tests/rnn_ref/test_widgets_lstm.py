"""The cell diagram and the pictures of unit 08, without a browser."""

from math import exp, tanh

import numpy as np
import pytest

from rnn_ref.lstm import lstm_step_forward, program_gates
from rnn_ref.widgets.lstm import FIRST, FIRST_CELL, SETTINGS, CellWidget
from rnn_ref.widgets.lstm_blocks import stacked_blocks
from rnn_ref.widgets.lstm_cell import GATE_Y, number, unit_step
from rnn_ref.widgets.lstm_growth import ASKED, four_stages, inputs, stages
from rnn_ref.widgets.lstm_growth import WRITES as GROWTH_WRITES
from rnn_ref.widgets.lstm_memory import (
    FORGET_BIASES,
    RUN_STEPS,
    WRITES,
    held_bit,
    kept_after,
    kept_curves,
    noisy_bits,
)
from tests.rnn_ref.seen import PNG, seen

# --- the cell diagram -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> CellWidget:
    return CellWidget()


@pytest.fixture
def widget(made: CellWidget) -> CellWidget:
    made.reset.click()
    return made


@pytest.mark.parametrize("control", range(5))
def test_cell_diagram_every_slider_changes_picture_and_words(
    control: int, widget: CellWidget
) -> None:
    widget.setting.value = "at rest"  # nothing saturated
    before = seen(widget)
    slider = [*widget.sums, widget.cell][control]
    slider.value = 0.5
    after = seen(widget)
    assert before[0] != after[0]
    if control != 0:  # with a candidate of 0 an open input gate writes nothing more
        assert before[1] != after[1]
    assert after[0].startswith(PNG)


def test_cell_diagram_numbers_are_those_of_the_step(widget: CellWidget) -> None:
    for slider, value in zip(widget.sums, (1.5, 2.0, -0.5, -1.0), strict=True):
        slider.value = value
    widget.cell.value = 2.5
    i, f, o = (1 / (1 + exp(-a)) for a in (1.5, 2.0, -0.5))
    c = f * 2.5 + i * tanh(-1.0)
    expected = {
        **{"c_prev": 2.5, "i": i, "f": f, "o": o, "g": tanh(-1.0), "c": c},
        **{"kept": f * 2.5, "written": i * tanh(-1.0), "tanh": tanh(c), "h": o * tanh(c)},
    }
    texts = {name: text.get_text() for name, text in widget._drawing._numbers.items()}
    assert texts == {name: number(value) for name, value in expected.items()}
    heights = [shade.get_height() for shade in widget._drawing._shades.values()]
    np.testing.assert_allclose(heights, 1.2 * np.array([i, f, o]), rtol=1e-12)


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_cell_diagram_setting_moves_the_sliders(setting: str, widget: CellWidget) -> None:
    widget.setting.value = setting
    assert tuple(slider.value for slider in widget.sums) == SETTINGS[setting]
    widget.sums[2].value = 1.0
    widget.cell.value = -0.5
    widget.reset.click()
    assert tuple(slider.value for slider in widget.sums) == SETTINGS[FIRST]
    assert (widget.setting.value, widget.cell.value) == (FIRST, FIRST_CELL)


@pytest.mark.parametrize(
    ("setting", "cells"),
    [
        ("hold", [3.0, 3.0, 3.0]),
        ("write", [1.0, 1.0, 1.0]),
        ("add", [4.0, 5.0, 6.0]),
        ("erase", [0.0, 0.0, 0.0]),
        ("hide", [3.0, 3.0, 3.0]),
    ],
)
def test_cell_diagram_steps_do_what_the_setting_is_called_after(
    setting: str, cells: list[float], widget: CellWidget
) -> None:
    widget.setting.value = setting
    after = []
    for _ in cells:
        widget.step.click()
        after.append(widget.cell.value)
    assert after == pytest.approx(cells, abs=0.01)
    assert abs(widget.values.h) < (0.01 if setting in ("hide", "erase") else 1.0)


def test_cell_diagram_step_stops_at_the_end_of_the_slider(widget: CellWidget) -> None:
    widget.cell.value = widget.cell.max - 2
    for _ in range(6):
        widget.step.click()
    assert widget.cell.value == widget.cell.max


def test_cell_diagram_open_gate_is_never_called_a_hundred_percent() -> None:
    assert "99.995 % of 3.00 is kept" in CellWidget().stage.words.value


def test_cell_diagram_blocks_stand_in_the_courses_order_each_with_its_function() -> None:
    texts = CellWidget()._drawing._axes.texts
    across = sorted((text.get_position()[0], text.get_text()) for text in texts)
    names = [name for _, name in across if name.endswith("$") and ("gate" in name or "can" in name)]
    assert [name[-2] for name in names] == ["i", "f", "o", "g"]
    below = sorted(
        (text.get_position()[0], text.get_text())
        for text in texts
        if text.get_text() in ("σ", "tanh") and text.get_position()[1] < GATE_Y
    )
    badges = [name for _, name in below]
    assert badges == ["σ", "σ", "σ", "tanh"]


def test_unit_step_is_the_reference_step() -> None:
    values = unit_step(0.7, 0.1, -0.2, 0.3, -0.4)
    zero, zeros = np.zeros((1, 1)), np.zeros((1, 4))
    b = np.array([0.1, -0.2, 0.3, -0.4])
    h_t, c_t, _ = lstm_step_forward(zero, zero, np.array([[0.7]]), zeros, zeros, b)
    assert (values.h, values.c) == (h_t.item(), c_t.item())
    assert values.kept + values.written == pytest.approx(values.c)


# --- the pictures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", FORGET_BIASES)
def test_kept_after_is_the_gate_to_the_power_of_the_steps(bias: float) -> None:
    f = 1 / (1 + exp(-bias))
    np.testing.assert_allclose(kept_after(bias), f ** np.arange(101), rtol=1e-12)


def test_kept_curves_say_51_and_99_5_percent() -> None:
    figure, alt = kept_curves()
    assert "5 keeps 51 %" in alt
    assert "10 keeps 99.5 %" in alt
    assert {"bias 5: 51 %", "bias 10: 99.5 %"} <= {t.get_text() for t in figure.axes[0].texts}
    assert "redicted" not in alt


def test_held_bit_holds_in_the_picture_what_was_written() -> None:
    figure, alt = held_bit()
    (cell,) = (line for line in figure.axes[-1].lines if len(line.get_xdata()) == RUN_STEPS)
    shown = np.asarray(cell.get_ydata())
    (first, bit), (second, other) = WRITES
    np.testing.assert_allclose(shown[first:second], bit, atol=0.1)
    np.testing.assert_allclose(shown[second:], other, atol=0.1)
    assert figure.axes[0].get_title(loc="left").startswith("The reference's program")
    assert "0.99 before the second write" in alt


def test_held_bit_runs_a_learners_program() -> None:
    figure, _ = held_bit(lambda: tuple(w.tolist() for w in program_gates()))
    assert figure.axes[0].get_title(loc="left").startswith("Your program")
    assert "gates" in [axes.get_ylabel() for axes in figure.axes]


def test_held_bit_of_the_reference_does_not_show_the_gates_asked_for() -> None:
    figure, alt = held_bit()
    assert [axes.get_ylabel() for axes in figure.axes] == ["bit", "cell state"]
    assert "gate" not in alt


def test_noisy_bits_write_only_where_told() -> None:
    x = noisy_bits()
    assert [int(t) for t in np.flatnonzero(x[0, :, 1])] == [step for step, _ in WRITES]
    np.testing.assert_array_equal(np.abs(x[0, :, 0]), 1)


def test_growth_each_cell_does_what_the_notebook_says_it_lacks() -> None:
    adds, never_lets_go, always_shows, whole = stages()
    assert np.array_equal(adds.cell, np.cumsum(inputs()))
    first, second = GROWTH_WRITES
    assert np.all(never_lets_go.cell[first:second] == 1)
    assert np.all(never_lets_go.cell[second:] == 0)
    for stage in (always_shows, whole):
        assert np.all(stage.cell[first:second] == 1)
        assert np.all(stage.cell[second:] == -1)
    assert np.array_equal(always_shows.shown, always_shows.cell)
    assert sorted(np.flatnonzero(whole.shown)) == list(ASKED)
    assert np.all(adds.shown[list(ASKED)] * whole.shown[list(ASKED)] < 0)  # the wrong bits


def test_growth_picture_holds_its_cells() -> None:
    figure, alt = four_stages()
    assert "c = c + g adds everything, noise too" in alt
    for axes, stage in zip(figure.axes, stages(), strict=True):
        drawn = [line for line in axes.lines if len(line.get_xdata()) == len(stage.cell)]
        assert np.array_equal(np.asarray(drawn[-1].get_ydata()), stage.cell)
        assert np.abs(stage.cell).max() < axes.get_ylim()[1]


def test_stacked_blocks_name_every_block_and_shape() -> None:
    figure, alt = stacked_blocks(D=2, H=3)
    written = {text.get_text() for text in figure.axes[0].texts}
    assert {"(3, 12)", "(2, 12)", "(12,)", "$W^{(i)}$", "$U^{(c)}$", "$b^{(f)}$"} <= written
    assert "W_hh (3, 12)" in alt
