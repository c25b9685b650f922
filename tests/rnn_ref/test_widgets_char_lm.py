"""Unit 03's training of "hello", its widget and its picture, without a browser."""

import math

import numpy as np
import pytest

from rnn_ref.char_lm import build_vocabulary, encode, make_batches, one_hot
from rnn_ref.errors import InputError
from rnn_ref.gradcheck import numeric_gradient
from rnn_ref.outputs import output_forward, softmax, softmax_cross_entropy
from rnn_ref.plotting import figure_png
from rnn_ref.recurrence import FloatArray, rnn_forward
from rnn_ref.widgets.char_lm import START, HelloTraining
from rnn_ref.widgets.char_lm_batches import batches_alt, batches_picture
from rnn_ref.widgets.char_lm_training import (
    FLOOR,
    RATE,
    STEPS,
    Parameters,
    first_parameters,
    hello_loss,
    hello_scores,
    train,
)

ROUNDING = 1e-12  # the same sums in another order
CHAR_TO_ID, _ = build_vocabulary("hello")
INPUTS, TARGETS = make_batches(encode("hello", CHAR_TO_ID), N=1, T=4)


def reference_scores(params: Parameters) -> FloatArray:
    x, h_0 = one_hot(INPUTS[0], 4), np.zeros((1, len(params["b_h"])))
    h, _ = rnn_forward(x, h_0, params["W_xh"], params["W_hh"], params["b_h"])
    scores, _ = output_forward(h, params["W_hy"], params["b_y"])
    return scores


# --- the training -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_hello_loss_equals_the_units_pieces(seed: int) -> None:
    params = {name: 3 * value + 0.1 for name, value in first_parameters(seed).items()}
    scores = reference_scores(params)
    expected, _ = softmax_cross_entropy(scores, TARGETS[0])
    np.testing.assert_allclose(hello_scores(params), scores[0], atol=ROUNDING)
    assert hello_loss(params) == pytest.approx(expected, abs=ROUNDING)


def test_first_parameters_are_140_and_know_next_to_nothing() -> None:
    assert sum(value.size for value in first_parameters().values()) == 140
    assert hello_loss(first_parameters()) == pytest.approx(math.log(4), abs=0.1)


def test_train_one_step_equals_a_step_by_the_units_pieces() -> None:
    params = first_parameters()

    def loss(name: str, value: FloatArray) -> float:
        return softmax_cross_entropy(reference_scores({**params, name: value}), TARGETS[0])[0]

    after = {
        name: value - RATE * numeric_gradient(lambda v, name=name: loss(name, v), value)
        for name, value in params.items()
    }
    # Two losses that differ by 1e-16 give measured gradients that differ by 1e-16 / 1e-5.
    assert train(steps=1).losses[1] == pytest.approx(hello_loss(after), abs=1e-9)


def test_floor_is_two_even_guesses_in_four() -> None:
    assert pytest.approx(2 * -math.log(0.5) / 4) == FLOOR
    assert f"{FLOOR:.4f}" == "0.3466"


def test_train_with_memory_goes_below_the_floor_at_step_10() -> None:
    losses = train().losses
    assert len(losses) == STEPS + 1
    assert np.flatnonzero(losses < FLOOR)[0] == 10
    assert f"{losses[0]:.4f} {losses[1]:.4f} {losses[-1]:.3f}" == "1.3849 1.1808 0.018"


def test_train_without_memory_stays_above_the_floor_and_cannot_tell_hel_from_hell() -> None:
    training = train(memory=False)
    assert (training.losses > FLOOR).all()
    assert (np.diff(training.losses) < 0).all()
    np.testing.assert_allclose(training.tables[:, 2], training.tables[:, 3], atol=ROUNDING)


@pytest.mark.parametrize("memory", [True, False])
def test_train_tables_are_probabilities_in_the_slides_order(memory: bool) -> None:
    training = train(memory)
    np.testing.assert_allclose(training.tables.sum(axis=2), 1, atol=ROUNDING)
    right = training.tables[:, range(4), ["helo".index(c) for c in "ello"]]
    np.testing.assert_allclose(-np.log(right).mean(axis=1), training.losses, atol=ROUNDING)


def test_train_first_table_is_the_softmax_of_the_reference() -> None:
    expected = softmax(reference_scores(first_parameters()))[0][:, encode("helo", CHAR_TO_ID)]
    np.testing.assert_allclose(train().tables[0], expected, atol=ROUNDING)


# --- the widget -------------------------------------------------------------------------------


def test_widget_first_words_give_the_first_loss() -> None:
    widget = HelloTraining()
    assert widget.step.value == widget.play.value == START
    widget.step.value = 0
    assert "After 0 training steps the mean loss is 1.3849 nats" in widget.stage.words.value
    assert bytes(widget.stage.image.value).startswith(b"\x89PNG")


@pytest.mark.parametrize("memory", [True, False])
@pytest.mark.parametrize("step", [1, START, STEPS])
def test_widget_any_position_shows_the_trainings_numbers(step: int, memory: bool) -> None:
    widget = HelloTraining()
    widget.memory.value = memory
    widget.step.value = step
    training = train(memory)
    words = widget.stage.words.value
    assert f"{training.losses[step]:.4f} nats" in words
    assert f"{training.tables[step, 2, 2]:.2f}" in words
    assert f"{training.tables[step, 3, 3]:.2f}" in words
    assert ("below" in words) == (training.losses[step] < FLOOR)


def test_widget_table_in_the_picture_is_the_trainings() -> None:
    widget = HelloTraining()
    widget.step.value = 20
    numbers = [text.get_text() for text in widget._drawing._numbers]
    assert numbers == [f"{chance:.2f}" for chance in train().tables[20].ravel()]


# --- the picture ------------------------------------------------------------------------------


def test_batches_picture_shows_every_input_and_target() -> None:
    text = "the cat sat on the mat"
    drawn = [artist.get_text() for artist in batches_picture(text).axes[0].texts]
    letters = sorted(letter for letter in drawn if len(letter) == 1)
    expected = (text + text[:18] + text[1:19]).replace(" ", "\N{OPEN BOX}")
    assert letters == sorted(expected)
    assert {"row 0", "row 1", "row 2", "left over", "batch 0", "batch 1"} <= set(drawn)
    assert figure_png(batches_picture(text, N=1, T=4)).startswith(b"\x89PNG")


def test_batches_picture_text_too_short_is_refused() -> None:
    with pytest.raises(InputError, match="There are 5 ids"):
        batches_picture("short", N=3, T=3)


def test_batches_alt_names_rows_and_steps() -> None:
    assert "3 rows" in batches_alt()
    assert "pieces of 3 characters" in batches_alt()
