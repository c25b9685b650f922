"""Unit 10's coloured text: surprisal and connectivity are what can be measured."""

from typing import Any

import numpy as np
import pytest

from rnn_ref.char_lm import encode, one_hot
from rnn_ref.long_memory import bits_per_character
from rnn_ref.lstm import lstm_forward
from rnn_ref.lstm_gradients import lstm_backward
from rnn_ref.widgets.long_memory_reading import (
    REACH,
    ReadingWidget,
    TextReader,
    both_colours,
    samples_while_learning,
    written,
)
from rnn_ref.widgets.long_memory_text import CHAR_TO_ID, CHARACTERS
from rnn_ref.widgets.long_memory_training import first_weights

V = len(CHARACTERS)
TEXT = "if x < 1:\n    y = (2, 3)\n"


@pytest.fixture(scope="module")
def params() -> dict[str, Any]:
    return dict(first_weights("LSTM", V, 6, V, np.random.default_rng(0)))


@pytest.fixture
def reader(params: dict[str, Any]) -> TextReader:
    return TextReader(params, TEXT)


def test_bits_are_those_of_the_exercise(params: dict[str, Any], reader: TextReader) -> None:
    mean = bits_per_character(params, encode(TEXT, CHAR_TO_ID))
    assert reader.bits.mean() == pytest.approx(mean, rel=1e-5)


def test_connectivity_is_what_small_changes_of_an_input_do(params: dict[str, Any]) -> None:
    double = {name: array.astype(np.float64) for name, array in params.items()}
    at, ids = 12, encode(TEXT, CHAR_TO_ID)
    x = one_hot(ids[:at], V)

    def bits(moved: Any) -> float:
        zero = np.zeros((1, 6))
        weights = (double[name] for name in ("W_xh", "W_hh", "b"))
        h = lstm_forward(moved[None], zero, zero, *weights)[0][0, -1]
        scores = h @ double["W_hy"] + double["b_y"]
        return float((np.log(np.exp(scores).sum()) - scores[ids[at]]) / np.log(2))

    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += 1e-5
        down[place] -= 1e-5
        slopes[place] = (bits(up) - bits(down)) / 2e-5
    found = TextReader(params, TEXT).connectivity(at)
    np.testing.assert_allclose(found, np.linalg.norm(slopes, axis=1), rtol=1e-3)


def test_connectivity_goes_through_the_backward_that_is_handed_in(params: dict[str, Any]) -> None:
    def twice(dh: Any, cache: Any) -> Any:
        return [2 * gradient for gradient in lstm_backward(dh, cache)]

    own, reference = TextReader(params, TEXT, twice), TextReader(params, TEXT)
    np.testing.assert_allclose(own.connectivity(9), 2 * reference.connectivity(9))


def test_connectivity_ends_where_it_no_longer_looks(params: dict[str, Any]) -> None:
    link = TextReader(params, "x" * (REACH + 9)).connectivity(REACH + 5)
    assert len(link) == REACH + 5
    assert np.all(link[:5] == 0)
    assert np.all(link[5:] > 0)


def test_slider_moves_the_outline_and_the_words(reader: TextReader) -> None:
    widget = ReadingWidget(reader, 5)
    before = widget.words.value
    widget.at.value = 9
    assert widget.words.value != before
    assert widget.words.value.count("outline:") == 2


def test_text_is_escaped_and_whole(reader: TextReader) -> None:
    html = both_colours(reader, 5)
    assert html.count("<span") == 2 * len(TEXT)
    assert "&lt;" in html and " < " not in html


def test_written_has_its_length_and_follows_its_generator(params: dict[str, Any]) -> None:
    texts = [written(params, "de", 30, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert [len(text) for text in texts] == [30] * 3
    assert texts[0] == texts[1] != texts[2]


def test_samples_come_before_and_after_each_round_and_the_weights_move(
    params: dict[str, Any],
) -> None:
    ids = encode(TEXT * 40, CHAR_TO_ID)
    found = list(samples_while_learning(ids, params, rounds=2, steps=2, disable=True))
    assert [steps for steps, _, _ in found] == [0, 2, 4]
    assert found[0][1] is params
    assert not np.array_equal(found[1][1]["W_hy"], found[2][1]["W_hy"])
