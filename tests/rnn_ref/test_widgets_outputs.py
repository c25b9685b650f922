"""Unit 02's pictures and widget without a browser: what they show is what the reference says."""

from typing import Any

import ipywidgets as widgets
import numpy as np
import pytest

from rnn_ref.errors import InputError
from rnn_ref.outputs import PATTERNS, loss_mask
from rnn_ref.widgets.outputs import PatternPicker, pattern_picker
from rnn_ref.widgets.outputs_batch import CAPTIONS, captioning_batch
from rnn_ref.widgets.outputs_recall import V, recall_curves, recall_losses


def seen(picker: PatternPicker) -> tuple[bytes, str]:
    return picker.stage.image.value, picker.stage.words.value


def mask_shown(picker: PatternPicker) -> list[bool]:
    columns = picker._drawing._columns
    return [c.mask.get_text() == "True" for c in columns if c.mask.get_visible()]


def inputs_shown(picker: PatternPicker) -> int:
    return sum(column.x_t.get_visible() for column in picker._drawing._columns)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_picker_any_pattern_shows_the_mask_of_the_reference(pattern: str) -> None:
    picker = PatternPicker(pattern)
    n_in, n_out, T = picker.lengths()
    expected = loss_mask(pattern, T, [n_in], [n_out])[0]
    assert mask_shown(picker) == expected.tolist()
    assert inputs_shown(picker) == n_in
    assert PATTERNS[pattern] in picker.stage.words.value
    assert f"{expected.sum()} step" in picker.stage.words.value


@pytest.mark.parametrize(
    ("control", "value"), [("pattern", "aligned"), ("n_in", 4), ("n_out", 1), ("padding", 2)]
)
def test_picker_any_control_moved_changes_picture_and_words(control: str, value: Any) -> None:
    picker = PatternPicker()
    before = seen(picker)
    getattr(picker, control).value = value
    after = seen(picker)
    assert before[0] != after[0]
    assert before[1] != after[1]
    n_in, n_out, T = picker.lengths()
    assert mask_shown(picker) == loss_mask(picker.pattern.value, T, [n_in], [n_out])[0].tolist()


def test_picker_reset_brings_the_start_back() -> None:
    picker = PatternPicker()
    before = seen(picker)
    picker.pattern.value, picker.n_in.value, picker.padding.value = "aligned", 1, 0
    picker.reset.click()
    assert seen(picker) == before


@pytest.mark.parametrize("pattern", PATTERNS)
def test_picker_slider_that_a_pattern_fixes_is_disabled(pattern: str) -> None:
    picker = PatternPicker(pattern)
    assert picker.n_in.disabled == pattern.startswith("one-")
    assert picker.n_out.disabled == (pattern.endswith("-one") or pattern == "aligned")


def test_picker_extreme_lengths_fit_into_the_picture() -> None:
    picker = PatternPicker("many-to-many")
    for slider in (picker.n_in, picker.n_out, picker.padding):
        slider.value = slider.max
    assert len(mask_shown(picker)) == picker.lengths()[2] == len(picker._drawing._columns)


def test_picker_learners_mask_is_shown_even_if_wrong() -> None:
    def everything(pattern: str, T: int, n_in: Any, n_out: Any) -> Any:
        return np.ones((len(n_in), T))

    picker = PatternPicker(mask=everything)
    assert mask_shown(picker) == [True] * 6


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotImplementedError("loss_mask: not written yet"), "not written yet"),
        (KeyError("x"), "KeyError"),
    ],
)
def test_picker_learners_mask_that_stops_gives_way_to_the_reference(
    error: Exception, words: str
) -> None:
    def stopping(*arguments: Any) -> Any:
        raise error

    picker = PatternPicker(mask=stopping)
    assert words in picker.stage.words.value
    assert mask_shown(picker) == mask_shown(PatternPicker())


def test_picker_learners_mask_of_another_shape_is_named() -> None:
    picker = PatternPicker(mask=lambda pattern, T, n_in, n_out: np.ones((T, 1)))
    assert "expected (1, 6)" in picker.stage.words.value


def test_pattern_picker_unknown_pattern_raises() -> None:
    with pytest.raises(InputError, match="one-to-one"):
        pattern_picker("one-to-some")


def test_pattern_picker_displays_still_then_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(
        "rnn_ref.widgets.stage.display", lambda value, **options: shown.append(value)
    )
    pattern_picker()
    still, live = shown
    assert "<img" in still["text/html"]
    assert isinstance(live, widgets.VBox)


def test_captioning_batch_shows_every_word_at_the_step_of_the_mask() -> None:
    figure, alt = captioning_batch()
    texts = [text.get_text() for text in figure.axes[0].texts]
    for frames, words in CAPTIONS:
        assert texts.count(f"frame {frames}") == sum(f >= frames for f, _ in CAPTIONS)
        assert all(word in texts for word in words)
    assert "9 steps" in alt


def test_recall_memory_learns_and_no_memory_does_not() -> None:
    """The picture's claim, with room: guessing costs log 3, about 1.10 nats."""
    with_memory, without = recall_losses().values()
    assert with_memory[0] == pytest.approx(np.log(V))
    assert with_memory[-1] < 0.25
    assert without[-1] > 1.0


def test_recall_curves_uses_the_functions_it_is_handed() -> None:
    def wrong_loss(scores: Any, targets: Any, mask: Any) -> Any:
        return 0.5, np.zeros_like(scores)

    _, alt = recall_curves(softmax_cross_entropy=wrong_loss)
    assert "0.50" in alt
