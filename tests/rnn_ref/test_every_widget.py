"""What every widget keeps to: controls move it, reset brings it back, it has a still with words."""

from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

import ipywidgets
import pytest

from rnn_ref.bptt import rnn_step_backward
from rnn_ref.clipping import clip_by_global_norm
from rnn_ref.gradcheck import numeric_gradient
from rnn_ref.gradient_flow import jacobian_product_norms
from rnn_ref.lstm_gradients import lstm_step_backward
from rnn_ref.outputs import loss_mask
from rnn_ref.recurrence import rnn_step_forward
from rnn_ref.widgets import stage
from rnn_ref.widgets.bptt import GradientTriangle, gradient_triangle
from rnn_ref.widgets.char_lm import hello_training
from rnn_ref.widgets.clipping import LossCliff, loss_cliff
from rnn_ref.widgets.gradcheck import StepSizeError, step_size_error
from rnn_ref.widgets.gradient_flow import GradientFlow, gradient_flow
from rnn_ref.widgets.gradient_flow_matrices import ORTHOGONAL, RELU, TANH
from rnn_ref.widgets.gradient_flow_two_units import messenger
from rnn_ref.widgets.long_memory import UnitTextWidget
from rnn_ref.widgets.lstm import cell_diagram
from rnn_ref.widgets.lstm_gradients import LagCurves, gradient_reach, memory_half_life
from rnn_ref.widgets.lstm_text import gate_map
from rnn_ref.widgets.outputs import PatternPicker, pattern_picker
from rnn_ref.widgets.recurrence import UnrolledGraph, unrolled_graph
from rnn_ref.widgets.recurrence_puzzle import next_letter
from rnn_ref.widgets.sampling import temperature_widget
from rnn_ref.widgets.stage import Panel
from tests.rnn_ref.seen import PNG, made_up_reading, picture, seen

WIDGETS: dict[str, Callable[[], None]] = {
    "gradcheck": step_size_error,
    "recurrence": lambda: unrolled_graph("latch"),
    "recurrence-puzzle": next_letter,
    "outputs": pattern_picker,
    "char_lm": hello_training,
    "sampling": temperature_widget,
    "bptt": gradient_triangle,
    "gradient_flow": gradient_flow,
    "gradient_flow-messenger": messenger,
    "clipping": loss_cliff,
    "lstm": cell_diagram,
    "lstm-gates": gate_map,
    "lstm_gradients-half-life": memory_half_life,
    "lstm_gradients-reach": gradient_reach,
    "long_memory": lambda: UnitTextWidget(made_up_reading()).show(),
}
"""As the notebooks show them."""

PICTURE, WORDS = "picture", "words"
BOTH = PICTURE + WORDS
MOVES = [
    ("gradcheck", "step", 1e-8, BOTH),
    ("gradcheck", "example", "1000 + sin(x) at 1", PICTURE),
    ("recurrence", "network", "counter", BOTH),
    ("recurrence", "inputs", "0 0 0", BOTH),
    ("recurrence", "memory", False, PICTURE),
    ("recurrence", "place", 5, BOTH),
    ("recurrence-puzzle", "remembered", 5, BOTH),
    ("recurrence-puzzle", "place", 20, BOTH),
    ("recurrence-puzzle", "reveal", True, BOTH),
    ("outputs", "pattern", "aligned", BOTH),
    ("outputs", "n_in", 4, BOTH),
    ("outputs", "n_out", 1, BOTH),
    ("outputs", "padding", 2, BOTH),
    ("char_lm", "step", 12, BOTH),
    ("char_lm", "memory", False, BOTH),
    ("sampling", "temperature", 2.0, BOTH),
    ("sampling", "prime", "import ", BOTH),
    ("sampling", "again", None, WORDS),
    ("bptt", "size", 0.5, BOTH),
    ("bptt", "loss", 7, BOTH),
    ("bptt", "chunk", 4, BOTH),
    ("gradient_flow", "sigma", 0.8, BOTH),
    ("gradient_flow", "held", "rho", BOTH),
    ("gradient_flow", "non_normality", 0.0, BOTH),
    ("gradient_flow", "T", 30, BOTH),
    ("gradient_flow", "nonlinearity", TANH, BOTH),
    ("gradient_flow", "nonlinearity", RELU, BOTH),
    ("gradient_flow", "start", ORTHOGONAL, BOTH),
    *(("gradient_flow-messenger", name, 1, BOTH) for name in ("first", "second", "turn", "lag")),
    ("clipping", "step", 11, BOTH),
    ("clipping", "rate", 0.5, BOTH),
    ("clipping", "limit", 0.01, BOTH),
    ("lstm", "setting", "erase", BOTH),
    ("lstm", "cell", -0.5, BOTH),
    ("lstm-gates", "unit", 40, BOTH),
    ("lstm-gates", "text", "return <b>", BOTH),
    *(("lstm_gradients-half-life", "bias", bias, BOTH) for bias in (-2.0, 0.5, 10.0)),
    ("lstm_gradients-reach", "bias", 5.0, BOTH),
    ("lstm_gradients-reach", "scale", 2.0, BOTH),
    ("lstm_gradients-reach", "draw", None, BOTH),
    ("long_memory", "unit", 0, BOTH),
    ("long_memory", "label", "comment", BOTH),
    ("long_memory", "place", 0, WORDS),
]
"""A widget, its control, where that is moved (None presses a button), and what that changes."""


@cache
def made(name: str) -> Panel:
    """Return the widget of a notebook's call, not yet shown."""
    panels: list[Panel] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Panel, "show", lambda panel: panels.append(panel))
        WIDGETS[name]()
    (panel,) = panels
    return panel


@pytest.mark.parametrize(("name", "control", "value", "changed"), MOVES)
def test_control_moved_changes_picture_and_words_and_reset_brings_both_back(
    name: str, control: str, value: Any, changed: str
) -> None:
    panel = made(name)
    before = seen(panel)
    if value is None:
        getattr(panel, control).click()
    else:
        getattr(panel, control).value = value
    after = seen(panel)
    assert after[0].startswith(PNG)
    assert (before[0] != after[0], before[1] != after[1]) == (PICTURE in changed, WORDS in changed)
    panel.reset.click()
    assert seen(panel) == before


@pytest.mark.parametrize("name", WIDGETS)  # last: a still lays the figure out anew
def test_widget_displays_a_still_with_its_words_and_then_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = made(name)
    shown: list[Any] = []
    monkeypatch.setattr(stage, "display", lambda value, **_: shown.append(value))
    panel.show()
    still, live = shown
    frames = len(panel.frames())
    assert still["text/html"].count("<img ") == still["text/html"].count("alt=") == 1 + frames
    assert still["text/html"].count("data-frame=") == frames
    assert escape(still["text/plain"]) in still["text/html"] and len(still["text/plain"]) > 60
    assert isinstance(live, ipywidgets.VBox)


# --- a learner's own function ---------------------------------------------------------------------

OWN: dict[str, tuple[Callable[[Any], Panel], Any]] = {
    "bptt": (lambda own: GradientTriangle((rnn_step_forward, own)), rnn_step_backward),
    "clipping": (LossCliff, clip_by_global_norm),
    "gradcheck": (StepSizeError, numeric_gradient),
    "gradient_flow": (GradientFlow, jacobian_product_norms),
    "lstm_gradients": (LagCurves, lstm_step_backward),
    "outputs": (lambda own: PatternPicker(mask=own), loss_mask),
    "recurrence": (lambda own: UnrolledGraph("latch", own), rnn_step_forward),
}


@cache
def by_the_reference(name: str) -> Panel:
    make, reference = OWN[name]
    return make(reference)


def stub(*_: Any) -> Any:
    raise NotImplementedError("not written yet")


def odd(*_: Any) -> Any:
    return "nothing"


@pytest.mark.parametrize("own", [stub, odd])
@pytest.mark.parametrize("name", OWN)
def test_own_function_that_stops_is_told_and_the_reference_draws(name: str, own: Any) -> None:
    panel, words = OWN[name][0](own), by_the_reference(name).stage.words.value
    said = panel.stage.words.value
    assert picture(panel) == picture(by_the_reference(name))
    assert "the reference" in said and "the reference" not in words
    assert "stopped (" in said or (own is stub and "not written yet" in said)
