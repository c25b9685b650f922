"""Unit 06's messenger without a browser: what it draws is what the matrix does."""

import numpy as np
import pytest

from rnn_ref.gradient_flow import linear_gradient_norms
from rnn_ref.widgets.gradient_flow_messenger import LAGS, MARKED, Step, fate
from rnn_ref.widgets.gradient_flow_two_units import (
    FIRST,
    FIRST_LAG,
    FRAMES,
    Messenger,
    alt_of,
    words_of,
)


@pytest.fixture(scope="module")
def made() -> Messenger:
    return Messenger()


@pytest.fixture
def widget(made: Messenger) -> Messenger:
    made.reset.click()
    return made


@pytest.mark.parametrize("step", [FIRST, Step(0.3, 1.7, 135.0), Step(1.0, 1.0, 45.0)])
def test_step_sizes_are_those_of_its_matrix(step: Step) -> None:
    assert step.sigma == pytest.approx(np.linalg.norm(step.matrix, 2))
    assert step.rho == pytest.approx(np.abs(np.linalg.eigvals(step.matrix)).max())


def test_gradients_are_the_units_own_lengths() -> None:
    """As columns here, as rows in the exercise: the same lengths."""
    lengths = np.linalg.norm(FIRST.gradients(), axis=1)
    expected = linear_gradient_norms(FIRST.matrix, np.array([1.0, 0.0]), LAGS + 1)
    np.testing.assert_allclose(lengths, expected)


def test_answers_of_the_notebook_are_true() -> None:
    straight, across = Step(turn=0.0), Step(turn=90.0)
    assert f"{np.linalg.norm(straight.gradients()[20]):.0f}" == "837"
    assert (straight.rho, straight.sigma) == pytest.approx((1.4, 1.4))
    assert f"{Step(turn=30.0).rho:.2f}" == "1.00"
    assert Step(turn=25.0).rho > 1.05 and Step(turn=35.0).rho < 0.95
    assert across.rho == pytest.approx(np.sqrt(0.56))
    lengths = np.linalg.norm(across.gradients(), axis=1)
    np.testing.assert_allclose(lengths[2:] / lengths[:-2], 0.56)
    for turn in (0.0, 55.0, 180.0):
        lengths = np.linalg.norm(Step(1.0, 1.0, turn).gradients(), axis=1)
        np.testing.assert_allclose(lengths, 1)


def test_picture_tells_the_lengths_of_its_cells(widget: Messenger) -> None:
    texts = [text.get_text() for text in widget._drawing._strip._lengths]
    lengths = np.linalg.norm(FIRST.gradients(), axis=1)
    assert [float(text.replace(" · 10⁻³", "e-3")) for text in texts] == pytest.approx(
        lengths[list(MARKED)], rel=0.05
    )


def test_every_corner_of_the_sliders_can_be_drawn(widget: Messenger) -> None:
    for first in (0.0, 2.0):
        for turn in (0.0, 180.0):
            widget.first.value, widget.second.value, widget.turn.value = first, 0.0, turn
            widget.lag.value = LAGS
            assert bytes(widget.stage.image.value).startswith(b"\x89PNG")


def test_fate_has_three_words() -> None:
    assert [fate(length)[0] for length in (0.01, 1.0, 100.0)] == ["fades", "lasts", "flares up"]


def test_frames_begin_at_the_circle_and_differ(
    widget: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("rnn_ref.widgets.stage.display", lambda what, **_: shown.append(what))
    widget.show()
    html = shown[0]["text/html"]
    assert html.count("<img ") == 1 + len(FRAMES) == 1 + html.count("data-frame=")
    assert len({alt_of(step, lag) for _, step, lag in FRAMES}) == len(FRAMES)
    assert html.count(alt_of(FIRST, FIRST_LAG)) == 2  # the still is one of the frames


def test_words_tell_the_bound_beside_the_truth() -> None:
    assert "allows 2.7" in words_of(FIRST, 3)
    assert "<b>0.45</b>" in words_of(FIRST, 3)
    assert "After 1 step the bound" in words_of(FIRST, 1)
