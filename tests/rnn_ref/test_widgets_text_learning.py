"""A network that learns a text while one looks on: with the learner's parts, and honest numbers."""

from typing import Any

import numpy as np
import pytest

from rnn_ref import bptt, clipping, recurrence
from rnn_ref.errors import InputError
from rnn_ref.widgets import one_batch, text_training
from rnn_ref.widgets.text_learning import learning_curve, show_learning
from rnn_ref.widgets.text_training import FEWEST, MOST, Moment, beginning_of, learn, text_of

SONG = "over the hills\nand far away\n" * 100


@pytest.fixture(scope="module")
def moments() -> list[Moment]:
    return list(learn(SONG, passes=8))


def test_learn_begins_with_every_character_alike_and_ends_knowing_the_song(
    moments: list[Moment],
) -> None:
    V = len(set(SONG))
    assert [moment.passes for moment in moments] == list(range(9))
    assert moments[0].loss == pytest.approx(np.log(V), abs=0.15)
    assert moments[0].perplexity == pytest.approx(V, rel=0.2)
    assert moments[-1].loss < 0.2
    assert "far away" in moments[-1].model.write("over the hills\n", 40, 0.3, seed=0)


def test_learn_means_are_those_of_the_latest_pass(moments: list[Moment]) -> None:
    losses = moments[-1].losses
    batches = len(losses) // 8
    assert batches == (len(SONG) - 1) // (text_training.N * text_training.T)
    assert moments[3].loss == pytest.approx(np.mean(losses[2 * batches : 3 * batches]))


def test_first_gradient_is_that_of_the_reference() -> None:
    rng, V = np.random.default_rng(0), 5
    params = text_training.first_parameters(V, rng)
    inputs, targets = rng.integers(V, size=(2, 3, 4))
    batch, parts = (inputs, targets), (recurrence.rnn_forward, bptt.rnn_backward)
    h_0 = rng.normal(size=(3, text_training.H))
    found = one_batch.loss_and_gradients(params, batch, h_0, *parts)
    right = clipping.loss_and_gradients(params, batch, h_0)
    assert found[0] == right[0]
    assert found[1].keys() == right[1].keys()
    for name in right[1]:
        np.testing.assert_array_equal(found[1][name], right[1][name])


def test_learn_goes_by_the_learners_own_gradients() -> None:
    def nothing_comes_back(dh: Any, cache: Any) -> Any:
        return tuple(0 * array for array in bptt.rnn_backward(dh, cache))

    blind = [moment.loss for moment in learn(SONG, 3, rnn_backward=nothing_comes_back)]
    seeing = [moment.loss for moment in learn(SONG, 3)]
    assert seeing[-1] < blind[-1] - 0.2


def test_text_of_a_module_is_its_source_cut_to_size() -> None:
    assert "class Random" in text_of("random")
    assert len(text_of("argparse")) == MOST
    assert text_of(SONG) == SONG


@pytest.mark.parametrize("choice", ["no_such_module", "a short\ntext", "x" * (FEWEST - 1), ""])
def test_text_of_what_is_no_text_to_learn_from_says_what_is_wanted(choice: str) -> None:
    with pytest.raises(InputError, match=r"expected a text of 2000 or more, or the name"):
        text_of(choice)


def test_beginning_is_one_line() -> None:
    assert beginning_of("\n\nover the hills\nand") == "over the hills"


def test_show_learning_is_one_output_with_a_sample_for_each_wanted_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[tuple[str, dict[str, str], str]] = []
    for name in ("display", "update_display"):

        def note(bundle: dict[str, str], raw: bool, display_id: str, name: str = name) -> None:
            shown.append((name, bundle, display_id))

        monkeypatch.setattr(f"IPython.display.{name}", note)
    model = show_learning(SONG + "<b>&</b>\n", show_after=(0, 1, 2))
    assert [name for name, *_ in shown] == ["display", "update_display"]
    assert len({display_id for *_, display_id in shown}) == 1
    page = shown[-1][1]["text/html"]
    assert page.count("perplexity") == 4  # the alt text's, and one for each sample
    assert "after 1 pass<" in page and "after 2 passes<" in page
    assert model.char_to_id.keys() == set(SONG + "<b>&</b>\n")


def test_learning_curve_alt_text_tells_the_last_numbers(moments: list[Moment]) -> None:
    _, alt = learning_curve(moments[-1], len(SONG))
    assert f"to {moments[-1].loss:.2f} nats" in alt
    assert f"{len(SONG):,} characters" in alt
