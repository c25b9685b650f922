"""One step of unit 09 stage by stage: its picture, its numbers, and the table of a learner's."""

from typing import Any

import numpy as np
import pytest

from rnn_ref.lstm_gradients import (
    lstm_backward,
    lstm_step_backward,
    lstm_step_stages,
)
from rnn_ref.widgets.lstm_gradients_cell import step_picture
from rnn_ref.widgets.lstm_gradients_stages import (
    FORMULAS,
    expected_stages,
    locals_of,
    stage_rows,
    stage_table,
    tiny_step,
)
from tests.rnn_ref.seen import cells_of

# --- one step, stage by stage ---------------------------------------------------------------------


FOUND = {
    "dc_{t-1}": r"dc \odot f",
    "df": r"dc \odot c_{t-1}",
    "di": r"dc \odot g",
    "dg": r"dc \odot i",
    "do": r"dh_t \odot \tanh c_t",
    "dx_t": r"da\,W_{xh}^T",
    "dh_{t-1}": r"da\,W_{hh}^T",
    "dW_{xh}": "x_t^T da",
    "dW_{hh}": "h_{t-1}^T da",
}


@pytest.mark.parametrize("found", [False, True])
def test_step_picture_asks_for_each_formula_or_shows_it(found: bool) -> None:
    figure, alt = step_picture(found)
    written = " ".join(text.get_text() for text in figure.axes[0].texts)
    for name, formula in FOUND.items():
        assert f"${name} = {formula if found else '?'}$" in written
        assert (formula in written) == found
    assert "dc_t comes in along the cell" in alt


def test_step_picture_says_on_each_box_what_makes_it() -> None:
    texts = [text.get_text() for text in step_picture()[0].axes[0].texts]
    after_gate = {gate: texts[texts.index(f"${gate}_t$") + 1] for gate in "ifog"}
    assert after_gate == {"i": r"$\sigma$", "f": r"$\sigma$", "o": r"$\sigma$", "g": "tanh"}


def test_tiny_step_is_an_lstm_step_and_its_numbers_are_the_notebooks() -> None:
    dh_t, dc_t, cache = tiny_step()
    assert cache.f_t * cache.c_prev + cache.i_t * cache.g_t == pytest.approx(cache.c_t)
    text = " ".join(cells_of("09_lstm_gradients").values())
    for name, value in expected_stages().items():
        number = f"{value:.4f}".rstrip("0")
        assert number in text, name
    assert [f"{v:.4f}" for v in lstm_step_backward(dh_t, dc_t, cache)[5]] == [
        "0.0596", "0.0511", "0.1904", "0.4175",
    ]  # fmt: skip


def test_sequence_example_has_the_numbers_of_the_notebook() -> None:
    cache = tiny_step()[2]
    one, none = np.ones((1, 1)), np.zeros((1, 1))
    _, dh_prev, dc_prev, *_ = lstm_step_backward(one, none, cache)
    assert (f"{dh_prev.item():.4f}", f"{dc_prev.item():.4f}") == ("0.0972", "0.1890")
    _, dh_0, dc_0, _, _, db = lstm_backward(np.array([[[-0.2], [1.0]]]), (cache, cache))
    assert (f"{dh_0.item():.4f}", f"{dc_0.item():.4f}") == ("-0.0939", "0.1507")
    assert [f"{v:.4f}" for v in db] == ["0.0317", "0.0272", "0.1708", "0.2219"]


def right(dh_t: Any, dc_t: Any, cache: Any) -> Any:
    do_t, dc_total, di_t, df_t, dg_t, da_i, da_f, da_o, da_g = lstm_step_stages(  # noqa: RUF059
        dh_t, dc_t, cache
    )
    dx_t, dh_prev, dc_prev, *sums = lstm_step_backward(dh_t, dc_t, cache)
    return (dx_t, dh_prev, dc_prev, *sums)


def test_stage_rows_of_a_right_function_are_all_right() -> None:
    rows, stopped = stage_rows(right)
    assert [name for name, *_ in rows] == list(FORMULAS)
    assert {verdict for *_, verdict in rows} == {"right"}
    assert stopped == ""


def test_stage_rows_of_half_a_function_tell_right_from_wrong_and_from_missing() -> None:
    def half(dh_t: Any, dc_t: Any, cache: Any) -> Any:
        do_t = dh_t * np.tanh(cache[7])
        dc_total = dc_t + dh_t
        di_t = "nothing yet"
        raise NotImplementedError(f"stage 2 {do_t}{dc_total}{di_t}")

    rows, stopped = stage_rows(half)
    verdicts = {name: verdict for name, *_, verdict in rows}
    assert verdicts["do_t"] == "right"
    assert verdicts["dc_total"] == verdicts["di_t"] == "look again"
    assert verdicts["df_t"] == "not there yet"
    assert stopped.startswith("NotImplementedError: stage 2")


def test_locals_of_leaves_profiling_as_it_was() -> None:
    import sys

    before = sys.getprofile()
    variables, stopped = locals_of(lambda number: number + 1, 1)
    assert sys.getprofile() is before
    assert (variables, stopped) == ({"number": 1}, "")


def test_stage_table_is_shown_as_text_where_there_is_no_browser(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stage_table(right)
    assert "dc_total  dc + dh · o · (1 − tanh²c)  0.7100" in capsys.readouterr().out
