"""Unit 02's pictures and widget without a browser: what they show is what the reference says."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnn_ref.errors import InputError
from rnn_ref.outputs import PATTERNS, loss_mask
from rnn_ref.widgets.outputs import PatternPicker, pattern_picker
from rnn_ref.widgets.outputs_batch import CAPTIONS, captioning_batch
from rnn_ref.widgets.outputs_keywords import (
    END,
    LETTERS,
    SHOWN,
    WORDS,
    V,
    keyword_batch,
    keyword_curves,
    keyword_losses,
    keyword_picture,
)
from tests.rnn_ref.seen import cells_of


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
def test_picker_any_control_moved_shows_the_mask_of_the_reference(control: str, value: Any) -> None:
    picker = PatternPicker()
    getattr(picker, control).value = value
    n_in, n_out, T = picker.lengths()
    assert mask_shown(picker) == loss_mask(picker.pattern.value, T, [n_in], [n_out])[0].tolist()


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


def test_picker_learners_mask_of_another_shape_is_named() -> None:
    picker = PatternPicker(mask=lambda pattern, T, n_in, n_out: np.ones((T, 1)))
    assert "expected (1, 6)" in picker.stage.words.value


def test_pattern_picker_unknown_pattern_raises() -> None:
    with pytest.raises(InputError, match="one-to-one"):
        pattern_picker("one-to-some")


def test_captioning_batch_shows_every_word_at_the_step_of_the_mask() -> None:
    figure, alt = captioning_batch()
    texts = [text.get_text() for text in figure.axes[0].texts]
    for frames, words in CAPTIONS:
        assert texts.count(f"frame {frames}") == sum(f >= frames for f, _ in CAPTIONS)
        assert all(word in texts for word in words)
    assert "9 steps" in alt


def least_loss(contexts: Callable[[str, int], str]) -> float:
    """The entropy of the next letter of a keyword, given what is known of those before."""
    pairs = Counter(
        (contexts(word, i), (word + END)[i + 1]) for word in WORDS for i in range(len(word))
    )
    known: Counter[str] = Counter()
    for (context, _), count in pairs.items():
        known[context] += count
    logs = (count * np.log(count / known[context]) for (context, _), count in pairs.items())
    return float(-sum(logs) / sum(known.values()))


def test_keywords_are_as_ragged_as_the_notebook_says() -> None:
    ids, targets, mask = keyword_batch()
    assert ids.shape == targets.shape == mask.shape == (35, 8)
    assert (mask.size, mask.sum()) == (280, 155)
    first = WORDS.index("finally")
    assert [LETTERS[int(i)] for i in targets[first, mask[first]]] == [*"inally", END]
    text = " ".join(cells_of("02_outputs").values())
    for number in ("35 rows of 8 places, 280 in all", "155 of them hold", "the other 125"):
        assert number in text


def test_keywords_with_memory_near_the_least_and_without_at_the_floor() -> None:
    with_memory, without = keyword_losses().values()
    assert with_memory[0] == pytest.approx(np.log(V))
    whole, latest = least_loss(lambda w, i: w[: i + 1]), least_loss(lambda w, i: w[i])
    assert whole < with_memory[-1] < 0.4
    assert latest < without[-1] < latest + 0.01
    told = cells_of("02_outputs")["recall-look"]
    for number in (np.log(V), with_memory[-1], without[-1], whole):
        assert f"{number:.2f}" in told


def test_keyword_curves_uses_the_functions_it_is_handed() -> None:
    def wrong_loss(scores: Any, targets: Any, mask: Any) -> Any:
        return 0.5, np.zeros_like(scores)

    _, alt = keyword_curves(softmax_cross_entropy=wrong_loss)
    assert "0.50" in alt


def test_keyword_picture_shows_letters_and_what_follows() -> None:
    figure, alt = keyword_picture()
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("end") == len(SHOWN)
    assert "Of all 280 places of the batch 155 are real" in alt
