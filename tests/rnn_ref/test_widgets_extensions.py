"""The pictures, the table and the tries of the notebook on extensions."""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn_ref import fused, lstm, lstm_gradients
from rnn_ref.errors import InputError
from rnn_ref.extensions import bidirectional_forward, gru_step_forward, linear_scan
from rnn_ref.extensions.comparison import Result, train
from rnn_ref.extensions.networks import Net
from rnn_ref.extensions.tasks import ADDING, SWITCH
from rnn_ref.plotting import figure_png
from rnn_ref.widgets import extensions
from rnn_ref.widgets.extensions import (
    BUDGET,
    RATE,
    adding_marks,
    compare,
    losses_picture,
    switch_marks,
    table,
)
from rnn_ref.widgets.extensions_pictures import scan_picture, wrappers_picture
from rnn_ref.widgets.extensions_speed import Race
from rnn_ref.widgets.extensions_tries import time_scan, try_bidirectional, try_gru, try_products

NOTEBOOK = Path(__file__).parents[2] / "solutions/12_extensions/12_extensions.ipynb"
NETS = (Net("RNN"), Net("minGRU", 2))


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return compare(SWITCH, 2, nets=NETS, seeds=(0, 1), disable=True)


# --- the comparison -----------------------------------------------------------------------------


def test_compare_trains_each_network_with_each_seed(results: list[Result]) -> None:
    assert [result.net for result in results] == [NETS[0], NETS[0], NETS[1], NETS[1]]
    assert len({result.test_loss for result in results}) == 4
    again = train(NETS[1], SWITCH, BUDGET, 2, seed=1, rate=RATE)
    assert results[3].test_loss == again.test_loss


def test_compare_interrupted_keeps_what_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = []

    def interrupted(*arguments: Any) -> Result:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return train(*arguments)

    monkeypatch.setattr(extensions, "train", interrupted)
    kept = compare(ADDING, 1, nets=NETS, seeds=(0,), disable=True)
    assert [result.net for result in kept] == [NETS[0]]
    assert "1 of 2 networks are trained" in capsys.readouterr().out


def test_table_has_every_loss_and_every_mark(
    results: list[Result], capsys: pytest.CaptureFixture[str]
) -> None:
    table(results, {"best <known>": 0.0123})
    printed = capsys.readouterr().out
    assert "text/html" in printed and "best &lt;known&gt;" in printed
    for result in results:
        assert f"{result.test_loss:.4f}" in printed
        assert str(result.parameters) in printed
    assert "0.0123" in printed


def test_nothing_trained_is_told() -> None:
    with pytest.raises(InputError, match="No network was trained"):
        table([], {})


def test_losses_picture_names_the_networks_and_states_its_claim(results: list[Result]) -> None:
    figure, alt = losses_picture(results, switch_marks(), "A claim")
    axes = figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["RNN", "minGRU, 2 layers", "best, past known", "best, all known"]
    marks = [line.get_xdata() for line in axes.lines if line.get_marker() == "D"]
    np.testing.assert_array_equal(marks, np.reshape([r.test_loss for r in results], (2, 2)))
    assert alt.startswith("A claim. ") and axes.get_title(loc="left") == "A claim"


def test_marks_are_those_of_the_text() -> None:
    assert abs(adding_marks()["always 1"] - 1 / 6) < 0.01
    assert {k: round(v, 3) for k, v in switch_marks().items()} == {
        "best, past known": 0.053,
        "best, all known": 0.027,
    }


# --- pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", [scan_picture, wrappers_picture])
def test_picture_is_drawn_and_described(picture: Any) -> None:
    figure, alt = picture()
    assert figure_png(figure).startswith(b"\x89PNG")
    assert len(alt.split()) > 10


def test_scan_picture_counts_as_the_scan_does() -> None:
    """A box's number: how many steps reach a state after so many passes."""
    figure, _ = scan_picture()
    drawn = {
        (int(text.get_position()[0]), int(text.get_position()[1])): int(text.get_text())
        for text in figure.axes[0].texts
        if text.get_text()
    }
    known = np.eye(8, dtype=int)
    for level in range(4):
        assert [drawn[t, level] for t in range(8)] == known.sum(axis=1).tolist()
        distance = 2**level
        known[distance:] = known[distance:] + known[:-distance]
    assert known.max() == 1  # no step was counted twice


# --- tries --------------------------------------------------------------------------------------


def _not_written(*_: Any) -> Any:
    raise NotImplementedError


def _products(a: Any, b: Any, h_0: Any) -> Any:
    A = np.cumprod(a, axis=1)
    return A * (h_0[:, None] + np.cumsum(b / A, axis=1))


def _said(capsys: pytest.CaptureFixture[str], tried: Any, *arguments: Any) -> str:
    tried(*arguments)
    return capsys.readouterr().out


def test_try_right_answers_are_equal(capsys: pytest.CaptureFixture[str]) -> None:
    assert ", equal" in _said(capsys, try_gru, lambda *a: gru_step_forward(*a)[0])
    assert (
        _said(capsys, try_bidirectional, lambda *a: bidirectional_forward(*a)[0]).count(", equal")
        == 3
    )
    assert ", equal" in _said(capsys, try_products, linear_scan, 2000)


def test_try_unwritten_says_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    for tried in (try_gru, try_bidirectional):
        assert _said(capsys, tried, _not_written) == "Yours is not written yet.\n"
    assert "not written yet" in _said(capsys, try_products, _not_written, 20)


def test_try_wrong_answers_are_not_equal(capsys: pytest.CaptureFixture[str]) -> None:
    assert ", not equal" in _said(capsys, try_gru, lambda x_t, h_prev, *_: h_prev)
    assert "yours has shape" in _said(capsys, try_gru, lambda x_t, *_: x_t)
    unturned = _said(
        capsys,
        try_bidirectional,
        lambda f, x, p, q: np.concatenate([f(x, *p)[0], f(x[:, ::-1], *q)[0]], axis=2),
    )
    assert unturned.count(", not equal") == 3


def test_try_products_break_down_in_a_long_sequence(capsys: pytest.CaptureFixture[str]) -> None:
    assert ", equal" in _said(capsys, try_products, _products, 20)
    long = _said(capsys, try_products, _products, 2000)
    assert re.search(r"no number from step \d+ on", long)


def test_time_scan_says_both_times(capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(capsys, time_scan, 1, 8, 2)
    assert re.search(r"loop \d+\.\d+ ms, scan \d+\.\d+ ms", said)


# --- the same LSTM, faster ----------------------------------------------------------------------


def test_race_measures_what_gives_the_unit_s_results(capsys: pytest.CaptureFixture[str]) -> None:
    race = Race(N=2, T=3, D=4, H=5, seconds=0)
    said = _said(capsys, race.measure, "loops", lstm.lstm_forward, lstm_gradients.lstm_backward)
    assert re.fullmatch(r"loops +\d+\.\d\d ms\n", said)
    for dtype in (np.float64, np.float32):
        said = _said(capsys, race.measure, "fused", fused.lstm_forward, fused.lstm_backward, dtype)
        assert re.fullmatch(r"fused +\d+\.\d\d ms +\d+\.\d times as fast\n", said)
    assert len(race.milliseconds) == 3


def test_race_says_that_a_stage_changes_results(capsys: pytest.CaptureFixture[str]) -> None:
    def half_of_it(dh: Any, cache: Any) -> Any:
        return lstm_gradients.lstm_backward(np.where(dh > 0, dh, 0), cache)

    race = Race(N=2, T=3, D=4, H=5, seconds=0)
    said = _said(capsys, race.measure, "wrong", lstm.lstm_forward, half_of_it)
    assert said.startswith("wrong: not the unit's results")
    assert race.milliseconds == []


def test_every_stage_of_the_notebook_gives_the_unit_s_results(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cells as they stand, at a smaller size."""
    small = partial(Race, N=2, T=3, D=4, H=5, seconds=0)
    monkeypatch.setattr("rnn_ref.widgets.extensions_speed.Race", lambda **_: small())
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {"np": np, "sigmoid": lstm.sigmoid}
    for cell in cells:
        if cell["cell_type"] == "code" and cell["id"].startswith("race-"):
            exec("".join(cell["source"]), names)
    said = capsys.readouterr().out
    assert "not the unit's results" not in said
    assert len(re.findall(r"times as fast", said)) == 5 + 2
