"""Unit 10's pictures, tables and widget, without a browser."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rnn_ref.long_memory import adding_batch, best_unit_probe
from rnn_ref.widgets.long_memory import SHOWN, STEP, UnitTextWidget, coloured, shares
from rnn_ref.widgets.long_memory_pictures import (
    adding_curves,
    adding_example,
    adding_table,
    codes_table,
    control,
    training_curves,
    units_table,
)
from rnn_ref.widgets.long_memory_saved import OF_EACH, Reading
from rnn_ref.widgets.long_memory_text import (
    LABELS,
)
from tests.rnn_ref.seen import made_up_reading, seen


@pytest.fixture
def small_reading() -> Reading:
    return made_up_reading()


def test_control_is_far_below_a_unit_that_follows_its_label(small_reading: Reading) -> None:
    chance = control(small_reading, "prose", best_unit_probe, np.random.default_rng(0))
    _, r = best_unit_probe(small_reading.h, small_reading.labels["prose"])
    assert chance.max() < 0.5 < 0.95 < abs(r)


def test_tables_show_one_row_for_each_thing_compared(
    small_reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(
        "rnn_ref.widgets.long_memory_pictures.display", lambda value, **_: shown.append(value)
    )
    adding_table()
    codes_table()
    units_table(small_reading, small_reading)
    rows = [table["text/plain"].split("\n") for table in shown]
    assert [len(lines) for lines in rows] == [1 + 2, 1 + 9, 1 + 4]
    assert all(
        table["text/html"].count("<tr>") == len(r) for table, r in zip(shown, rows, strict=True)
    )


def test_live_curves_tell_what_was_reached_just_now() -> None:
    losses = np.repeat([0.2, 0.05], 10)
    _, alt = adding_curves({"RNN": losses, "LSTM": losses[:10]})
    assert "RNN 0.050, LSTM 0.200" in alt
    _, stopped = adding_curves({"RNN": losses[:15], "LSTM": losses[:5]})
    assert stopped.endswith("RNN 0.200.")
    _, at_once = adding_curves({"RNN": losses[:0], "LSTM": losses[:0]})
    assert "too early" in at_once


def test_pictures_have_alt_text() -> None:
    x, y = adding_batch(1, 12, np.random.default_rng(0))
    losses = np.geomspace(0.2, 0.01, 50)
    for figure, alt in (
        adding_example(x, y),
        adding_curves(),
        adding_curves({"RNN": losses, "LSTM": losses}),
        adding_curves({"RNN": losses[:5], "LSTM": losses[:0]}),  # stopped at once
        training_curves(),
    ):
        assert figure.axes
        assert alt.endswith(".")


@pytest.fixture
def widget(small_reading: Reading) -> Iterator[UnitTextWidget]:
    yield UnitTextWidget(small_reading)


def test_widget_starts_at_the_best_unit_and_tells_its_correlation(widget: UnitTextWidget) -> None:
    unit, r = best_unit_probe(widget._reading.h, widget._reading.labels["prose"])
    assert widget.unit.value == unit == 2
    assert f"<b>{r:+.2f}</b>" in widget.stage.words.value
    assert "the best for it" in widget.stage.words.value


def test_widget_other_unit_has_another_correlation(widget: UnitTextWidget) -> None:
    widget.unit.value = 0
    assert "the best for it" not in widget.stage.words.value
    assert f"<b>{widget.correlation(0, 'prose'):+.2f}</b>" in widget.stage.words.value
    assert widget.place.max + SHOWN <= len(widget._reading.text) // 2


def test_widget_label_jumps_to_its_best_unit(widget: UnitTextWidget) -> None:
    before = seen(widget)
    widget.label.value = "comment"
    assert widget.unit.value == widget.best["comment"][0]
    assert all(old != new for old, new in zip(before, seen(widget), strict=True))


def test_widget_label_jumps_to_a_passage_of_which_about_half_has_it(
    widget: UnitTextWidget,
) -> None:
    middle = len(widget._reading.text) // 2
    for label in reversed(LABELS):
        widget.label.value = label
        wanted = widget._reading.labels[label][middle:]
        shares = [wanted[at : at + SHOWN].mean() for at in range(0, middle - SHOWN + 1, STEP)]
        distances = np.abs(np.array(shares) - 0.5)
        assert distances[widget.place.value // STEP] == distances.min() < 0.15


def test_widget_jumps_to_a_passage_of_one_piece() -> None:
    """The text is joined from pieces of many modules; a seam would read like a slip."""
    length = 3 * OF_EACH
    half, h = np.arange(2 * length) % 2 == 1, np.random.default_rng(0).random((2 * length, 2))
    seams = np.abs(np.arange(length) - OF_EACH) < SHOWN  # half labelled here and nowhere else
    labels = dict.fromkeys(LABELS, np.r_[half[:length], half[:length] & seams])
    widget = UnitTextWidget(Reading("x" * 2 * length, h, labels))
    assert widget.place.value % OF_EACH + SHOWN <= OF_EACH


def test_widget_strongest_colour_is_the_unit_s_largest_value(widget: UnitTextWidget) -> None:
    reading = widget._reading
    reading.h[:, 4] /= 10  # a unit that never gets far from 0
    largest = np.abs(reading.h[len(reading.text) // 2 :, 4]).max()
    widget.unit.value = 4
    assert f"+{largest:.2f}&nbsp;" in widget.stage.words.value
    _, _, passage = widget.stage.words.value.partition("<pre")
    assert ",0.54)" in passage  # nine tenths of it, and more


def test_shares_sum_to_one_and_nothing_gives_zeros() -> None:
    assert shares(np.array([-1.0, 0.0, 0.5, 1.0])).sum() == pytest.approx(1)
    assert not shares(np.array([])).any()


def test_coloured_text_is_escaped_and_whole() -> None:
    html = coloured("a<b&c", np.array([1.0, -1.0, 0.0, 0.5, 0.5]), np.array([1, 1, 0, 0, 0], bool))
    assert "&lt;" in html
    assert "&amp;" in html
    assert html.count("text-decoration:underline") == 2
    assert html.count("<span") == 4  # the last two characters share one
