"""Unit 10's text, labels, training loops and widget, without a browser."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rnn_ref.char_lm import decode
from rnn_ref.gradcheck import numeric_gradient, relative_error
from rnn_ref.long_memory import adding_batch, best_unit_probe
from rnn_ref.widgets import long_memory_training as training
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
from rnn_ref.widgets.long_memory_saved import OF_EACH, Reading, read_both_halves
from rnn_ref.widgets.long_memory_text import (
    CHARACTERS,
    ID_TO_CHAR,
    LABELS,
    MODULES,
    OF_A_PASSAGE,
    PACKAGES,
    PARTS,
    PASSAGES,
    excerpts,
    labels_of,
    library,
    module_text,
)

SOURCE = '''"""Two
  lines."""
if x:  # why
    y = f"a{x}" + 'b'
'''


# --- the text -----------------------------------------------------------------------------------


def test_labels_of_a_small_module_are_those_seen_by_eye() -> None:
    labels = labels_of(SOURCE)
    quoted = "".join(c for c, on in zip(SOURCE, labels["quoted text"], strict=True) if on)
    assert quoted == '"""Two\n  lines."""' + 'f"a{x}"' + "'b'"
    comment = "".join(c for c, on in zip(SOURCE, labels["comment"], strict=True) if on)
    assert comment == "# why"
    assert labels["indentation"].sum() == 4  # before y; the blanks within the text are quoted


def test_library_is_cut_by_whole_modules_and_nothing_is_lost() -> None:
    assert sorted(MODULES) == MODULES
    assert PARTS.choosing == [MODULES[i] for i in range(100) if i % 10 == 4]
    assert PARTS.final == [MODULES[i] for i in range(100) if i % 10 == 9]
    assert [name for name in PARTS.training if name in MODULES] == [
        name for name in MODULES if name not in PARTS.choosing + PARTS.final
    ]
    assert library().final == "".join(module_text(name) for name in PARTS.final)
    assert set("".join(library())) <= set(CHARACTERS)
    assert len(CHARACTERS) == 96


def test_no_module_is_in_two_parts() -> None:
    names = [name for part in PARTS for name in part]
    assert len(set(names)) == len(names)
    assert not any("test" in name.split("/") or "tests" in name.split("/") for name in names)
    for name in PARTS.choosing + PARTS.final:
        assert module_text(name) not in library().training


def test_passages_are_cut_out_of_the_middle_of_equal_stretches_of_what_is_trained_on() -> None:
    rest = "".join(map(module_text, PARTS.training))
    stretch = len(rest) // PASSAGES
    assert len(library().passages) == PASSAGES * OF_A_PASSAGE
    for i in reversed(range(PASSAGES)):
        passage = library().passages[i * OF_A_PASSAGE : (i + 1) * OF_A_PASSAGE]
        at = i * stretch + (stretch - OF_A_PASSAGE) // 2
        assert rest[at : at + OF_A_PASSAGE] == passage
        rest = rest[:at] + rest[at + OF_A_PASSAGE :]
        assert passage not in library().training
    assert rest == library().training


def test_packages_are_trained_on_as_far_as_they_are_there() -> None:
    trained = {name.split("/")[0] for name in PARTS.training if "/" in name}
    assert {"asyncio", "email", "json"} <= trained <= set(PACKAGES)
    assert "email/message" in PARTS.training


def test_library_has_all_its_modules_in_this_python() -> None:
    assert all(module_text(name) for name in MODULES)
    assert len(set(MODULES)) == len(MODULES)
    assert module_text("no_such_module") == ""


def test_library_ids_stand_for_its_characters() -> None:
    for text, ids in zip(library(), library().ids(), strict=True):
        assert decode(ids[:500], ID_TO_CHAR) == text[:500]
        assert decode(ids[-500:], ID_TO_CHAR) == text[-500:]


def test_excerpts_lie_in_the_middle_of_equal_stretches_and_keep_their_labels() -> None:
    """Two of abc and argparse together: the first lies across the boundary of the two."""
    names = ["abc", "argparse"]
    whole = "".join(module_text(name) for name in names)
    masks = [labels_of(module_text(name)) for name in names]
    length = len(whole) // 2 - 2
    text, labels = excerpts(names, 2, length)
    assert text == whole[1 : 1 + length] + whole[len(whole) // 2 + 1 :][:length]
    for label in LABELS:
        mask = np.concatenate([each[label] for each in masks])
        expected = np.r_[mask[1 : 1 + length], mask[len(whole) // 2 + 1 :][:length]]
        np.testing.assert_array_equal(labels[label], expected)


def test_reading_chooses_on_trained_text_and_judges_on_other_text() -> None:
    reading = read_both_halves()
    middle = len(reading.text) // 2
    for start in range(0, middle, OF_EACH):
        assert reading.text[start : start + OF_EACH] in library().training
        assert reading.text[middle + start :][:OF_EACH] in library().choosing
    assert len(reading.h) == len(reading.text) == len(reading.labels["comment"])


# --- training -----------------------------------------------------------------------------------


def doubled(params: training.Arrays) -> training.Arrays:
    return {name: array.astype(np.float64) for name, array in params.items()}


@pytest.mark.parametrize("cell", ["RNN", "LSTM"])
def test_adding_gradients_equal_differences(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In double precision the loss of a small net has gradients good to some 1e-7."""
    monkeypatch.setattr(training.np, "float32", np.float64)
    rng = np.random.default_rng(0)
    params = doubled(training.first_weights(cell, 2, 3, 1, rng))
    x, y = adding_batch(4, 6, rng)
    _, grads = training.adding_loss(params, x, y)
    for name, gradient in grads.items():

        def loss(value: Any, name: str = name) -> Any:
            return training.adding_loss({**params, name: value}, x, y)[0]

        assert relative_error(gradient, numeric_gradient(loss, params[name])) < 1e-6, name


def test_character_gradients_equal_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.np, "float32", np.float64)
    rng = np.random.default_rng(1)
    params = doubled(training.first_weights("LSTM", 5, 3, 5, rng))
    inputs, targets = rng.integers(5, size=(2, 2, 4))
    state = (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)))
    _, grads, _ = training.character_loss(params, inputs, targets, state)
    for name, gradient in grads.items():

        def loss(value: Any, name: str = name) -> Any:
            return training.character_loss({**params, name: value}, inputs, targets, state)[0]

        assert relative_error(gradient, numeric_gradient(loss, params[name])) < 1e-6, name


def test_character_training_lowers_the_loss_and_carries_on() -> None:
    ids = np.tile(np.arange(6), 300)
    start = training.first_weights("LSTM", 6, 12, 6, np.random.default_rng(0))
    learned = training.train_characters(ids, start, 60, N=4, T=8, segment=60, disable=True)
    assert learned.losses.shape == (60,)
    assert learned.losses[-1] < 0.5 * learned.losses[0]
    assert all(array.dtype == np.float32 for array in learned.params.values())


def test_character_training_reads_every_segment_once_a_pass() -> None:
    ids = np.arange(1000)
    mixed = training._reordered(ids, 64, np.random.default_rng(0))
    assert not np.array_equal(mixed, ids)
    np.testing.assert_array_equal(np.sort(mixed), ids)
    assert (np.diff(mixed) != 1).sum() <= 1000 // 64  # breaks only where segments meet


def test_run_interrupted_keeps_what_was_learned(capsys: pytest.CaptureFixture[str]) -> None:
    calls = 0

    def make(N: int, T: int, rng: np.random.Generator) -> tuple[Any, Any]:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return adding_batch(N, T, rng)

    options: dict[str, Any] = {"T": 5, "H": 4, "N": 3, "disable": True}
    learned = training.train_adding("LSTM", 10, 0, make=make, **options)
    assert len(learned.losses) == 3
    assert "Stopped after 3 steps" in capsys.readouterr().out
    first = training.first_weights("LSTM", 2, 4, 1, np.random.default_rng(0))
    assert not np.array_equal(first["W_xh"], learned.params["W_xh"])


# --- pictures, tables, the widget ---------------------------------------------------------------


@pytest.fixture
def small_reading() -> Reading:
    """A made-up reading: unit 2 follows prose, the others do as they like."""
    rng = np.random.default_rng(0)
    L = 4000
    text = "".join(rng.choice(list("ab <&\n"), size=L))
    labels = {name: np.repeat(rng.random(L // 20) < 0.4, 20) for name in LABELS}
    h = rng.uniform(-1, 1, size=(L, 5))
    h[:, 2] = 0.9 * (2 * labels["prose"] - 1) + 0.05 * h[:, 2]
    return Reading(text, h, labels)


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


def seen(widget: UnitTextWidget) -> tuple[bytes, str]:
    return widget.stage.image.value, widget.stage.words.value


def test_widget_starts_at_the_best_unit_and_tells_its_correlation(widget: UnitTextWidget) -> None:
    unit, r = best_unit_probe(widget._reading.h, widget._reading.labels["prose"])
    assert widget.unit.value == unit == 2
    assert f"<b>{r:+.2f}</b>" in widget.stage.words.value
    assert "the best for it" in widget.stage.words.value


def test_widget_other_unit_changes_picture_and_words(widget: UnitTextWidget) -> None:
    before = seen(widget)
    widget.unit.value = 0
    after = seen(widget)
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert "the best for it" not in after[1]
    assert f"<b>{widget.correlation(0, 'prose'):+.2f}</b>" in after[1]


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


def test_widget_place_moves_the_text_alone(widget: UnitTextWidget) -> None:
    widget.place.value = 0
    before = seen(widget)
    widget.place.value = widget.place.max
    after = seen(widget)
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert widget.place.max + SHOWN <= len(widget._reading.text) // 2


def test_widget_reset_goes_back_to_the_start(widget: UnitTextWidget) -> None:
    start = seen(widget)
    widget.label.value = "indentation"
    widget.unit.value = 4
    widget.place.value = 0
    widget.reset.click()
    assert seen(widget) == start


def test_widget_show_displays_a_still_with_alt_text(
    widget: UnitTextWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("rnn_ref.widgets.stage.display", lambda value, **_: shown.append(value))
    widget.show()
    assert shown[0]["text/html"].count("alt=") == 1


def test_shares_sum_to_one_and_nothing_gives_zeros() -> None:
    assert shares(np.array([-1.0, 0.0, 0.5, 1.0])).sum() == pytest.approx(1)
    assert not shares(np.array([])).any()


def test_coloured_text_is_escaped_and_whole() -> None:
    html = coloured("a<b&c", np.array([1.0, -1.0, 0.0, 0.5, 0.5]), np.array([1, 1, 0, 0, 0], bool))
    assert "&lt;" in html
    assert "&amp;" in html
    assert html.count("text-decoration:underline") == 2
    assert html.count("<span") == 4  # the last two characters share one
