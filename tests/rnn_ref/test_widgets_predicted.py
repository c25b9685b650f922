"""The prediction stands in the picture, where it was said that something would be."""

import json
from pathlib import Path
from typing import Any

import matplotlib.colors
import numpy as np
import pytest

import rnn_ref.plotting
import rnn_ref.widgets.stage
from autograder.judge.extras import modules
from rnn_ref.widgets.predicted import (
    Predicted,
    above,
    apart_from,
    at,
    bars_and_prediction,
    below,
    between,
)

VALUES = {"cold": 44.7, "as it is": 6.69, "hot": 2.59}
QUESTIONS = {name: list(reply.why) for one in modules() for name, reply in one.REPLIES.items()}


def drawn(predicted: Predicted, log: bool = False) -> list[tuple[float, float]]:
    """Return from where to where each part of the prediction is drawn, at its bar."""
    figure, _ = bars_and_prediction(VALUES, {"as it is": predicted}, "A claim", "odds", log)
    (axes,) = figure.axes
    axes.relim()
    parts = [one.get_datalim(axes.transData) for one in axes.collections]
    assert parts and all(0.5 < part.x0 < 1 < part.x1 < 1.5 for part in parts)
    low, high = axes.get_ylim()
    rounding = 1e-9 * high
    assert all(low - rounding <= part.y0 <= part.y1 <= high + rounding for part in parts)
    return sorted((float(part.y0), float(part.y1)) for part in parts if part.y0 < part.y1)


@pytest.mark.parametrize("predicted", [3.0, 45.0, 300.0])
def test_prediction_is_drawn_at_its_bar_and_within_the_picture(predicted: float) -> None:
    figure, alt = bars_and_prediction(VALUES, {"as it is": at(predicted)}, "A claim", "odds")
    (axes,) = figure.axes
    ((start, end),) = axes.collections[0].get_segments()
    assert start[1] == end[1] == predicted
    assert start[0] < 1 < end[0]
    assert axes.get_ylim()[1] > max(predicted, *VALUES.values())
    assert [bar.get_height() for bar in axes.patches] == list(VALUES.values())
    assert matplotlib.colors.to_hex(axes.collections[0].get_edgecolor()[0]) == "#1f1f1f"
    assert f"Predicted for as it is: {predicted:g}" in alt and "cold 44.7" in alt


@pytest.mark.parametrize("log", [False, True])
def test_range_is_drawn_on_the_side_that_was_said(log: bool) -> None:
    ((_, top),) = drawn(below(6.0, "less"), log)
    assert top == pytest.approx(6.0)
    ((bottom, _),) = drawn(above(6.0, "more"), log)
    assert bottom == pytest.approx(6.0)
    for part in drawn(between(4.0, 9.0, "some"), log):  # its hatching, and both its edges
        assert part == pytest.approx((4.0, 9.0))


def test_number_that_was_ruled_out_lies_in_neither_of_two_ranges() -> None:
    (_, low), (high, _) = drawn(apart_from(20.0, "different"))
    assert low < 20.0 < high


def source_of(question: str) -> str:
    """Return the cell of a notebook in which the answer to a question comes."""
    paths = (Path(__file__).parents[2] / "notebooks").glob("*/*.ipynb")
    cells = (cell for path in paths for cell in json.loads(path.read_text("utf-8"))["cells"])
    sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return next(source for source in sources if f'answered("{question}"' in source)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_prediction_of_the_course_is_drawn_whatever_it_is(
    question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(rnn_ref.plotting, "show", lambda figure, alt: shown.append(alt))
    monkeypatch.setattr(
        rnn_ref.widgets.stage,
        "display",
        lambda what, **_: shown.append(
            str(what.get("text/plain")) if isinstance(what, dict) else ""
        ),
    )

    def ignore(*_: Any) -> None:
        return None

    told = set()
    for choice in QUESTIONS[question]:
        names = {"np": np, "recorded": ignore, "answered": ignore, "prediction": choice}
        exec(source_of(question), {**names, "show": rnn_ref.plotting.show})
        told.add("".join(alt.partition("Predicted")[2] for alt in shown))
        shown.clear()
    assert "" not in told
    assert len(told) == len(QUESTIONS[question]), told
