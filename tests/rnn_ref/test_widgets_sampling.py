"""The temperature widget without a browser: every control, the picture, the words, the numbers."""

import math
from html import escape

import numpy as np
import pytest

from rnn_ref.char_lm import encode
from rnn_ref.errors import InputError
from rnn_ref.recurrence import rnn_forward
from rnn_ref.sampling import read_prime, sample, softmax_temperature
from rnn_ref.widgets.sampling import BARS, LENGTH, SEED, TemperatureWidget
from rnn_ref.widgets.sampling_loops import two_loops
from rnn_ref.widgets.sampling_model import load_model
from tests.rnn_ref.seen import seen


@pytest.fixture(scope="module")
def made() -> TemperatureWidget:
    return TemperatureWidget(load_model())


@pytest.fixture
def widget(made: TemperatureWidget) -> TemperatureWidget:
    made.reset.click()
    return made


def test_model_predicts_its_own_library_far_better_than_chance() -> None:
    """One line of text, scored by the reference's forward pass from a state of zeros."""
    model = load_model()
    ids = encode("    if value is None:\n        return self.name\n", model.char_to_id)
    params = model.params
    x = np.eye(len(model.id_to_char))[None, ids[:-1]]
    weights = (params["W_xh"], params["W_hh"], params["b_h"])
    h, _ = rnn_forward(x, np.zeros((1, len(params["b_h"]))), *weights)
    p = softmax_temperature(h[0] @ params["W_hy"] + params["b_y"], 1.0)
    loss = -np.log(p[np.arange(len(ids) - 1), ids[1:]]).mean()
    assert loss < 0.6 * math.log(len(model.id_to_char))


def test_widget_bars_are_the_reference_probabilities(widget: TemperatureWidget) -> None:
    widget.temperature.value = 1.7
    model = load_model()
    p = softmax_temperature(model.scores_after(widget.prime.value), widget.temperature.value)
    heights = [bar.get_height() for bar in widget._bars._bars]
    expected = sorted(p, reverse=True)
    np.testing.assert_allclose(heights[:BARS], expected[:BARS], rtol=1e-12)
    assert heights[BARS] == pytest.approx(sum(expected[BARS:]))
    assert "At temperature 1.70" in widget.stage.words.value


def test_widget_text_is_what_the_reference_samples(widget: TemperatureWidget) -> None:
    model = load_model()
    h_0, first_id = read_prime(model.params, model.encode(widget.prime.value))
    rng = np.random.default_rng(SEED)
    ids = sample(model.params, h_0, first_id, LENGTH, widget.temperature.value, rng)
    text = "".join(model.id_to_char[int(i)] for i in ids)
    assert f"<b>{escape(widget.prime.value)}</b>{escape(text)}</pre>" in widget.stage.words.value


@pytest.mark.parametrize("beginning", ["", "x" * 61, "\N{SNOWMAN}"])
def test_widget_unreadable_beginning_is_said_and_leaves_the_picture(
    widget: TemperatureWidget, beginning: str
) -> None:
    picture, words = seen(widget)
    widget.prime.value = beginning
    assert widget.stage.image.value == picture
    assert widget.stage.words.value != words
    with pytest.raises(InputError):
        load_model().encode(beginning)


def test_widget_spread_runs_from_one_to_all(widget: TemperatureWidget) -> None:
    def spread() -> float:
        words: str = widget.stage.words.value
        return float(words.split("a choice among ")[1].split()[0])

    widget.temperature.value = widget.temperature.base**widget.temperature.min
    cold = spread()
    widget.temperature.value = widget.temperature.base**widget.temperature.max
    assert cold < 1.5
    assert spread() > 60  # of 96 characters


def test_two_loops_feed_the_draw_back_in_writing_only() -> None:
    figure, alt = two_loops()
    training, writing = figure.axes
    assert len(writing.patches) == len(training.patches) + 2  # from each draw to the next input
    assert alt
