"""Unit 06's widget without a browser: controls change the picture, and the words tell why."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rnn_ref.gradient_flow import (
    jacobian_product_norms,
    linear_gradient_norms,
    spectral_radius,
)
from rnn_ref.widgets.gradient_flow import (
    FIRST_SIGMA,
    LARGEST,
    SMALLEST,
    GradientFlow,
    gradient_flow,
)
from rnn_ref.widgets.gradient_flow_drawing import number, verdict
from rnn_ref.widgets.gradient_flow_matrices import (
    GAUSSIAN,
    LINEAR,
    ORTHOGONAL,
    TANH,
    Flow,
    Settings,
    measure,
    shape_of,
)
from tests.rnn_ref.seen import picture, words

OWN = {"norms": jacobian_product_norms, "linear_norms": linear_gradient_norms}


@pytest.fixture(scope="module")
def made() -> GradientFlow:
    return GradientFlow()


@pytest.fixture
def widget(made: GradientFlow) -> GradientFlow:
    made.reset.click()
    return made


# --- what is measured -----------------------------------------------------------------------------


def _stub(*arguments: Any) -> Any:
    raise NotImplementedError("not written yet")


def _broken(*arguments: Any) -> Any:
    raise ValueError("no")


def _too_short(*arguments: Any) -> Any:
    return [1.0]


@pytest.mark.parametrize(
    ("function", "why"), [(_stub, "not written yet"), (_broken, "ValueError"), (_too_short, "(1,)")]
)
def test_own_function_that_does_not_work_is_told_and_the_reference_runs(
    function: Any, why: str
) -> None:
    for flow in _with(function):
        np.testing.assert_array_equal(flow.largest, measure(Settings(), 0.3).largest)
        assert why in flow.note and "the reference runs here" in flow.note
    assert why in words(GradientFlow(norms=function))


@pytest.mark.parametrize(
    ("own", "said"),
    [({}, True), ({"norms": jacobian_product_norms}, True), (OWN, False)],
    ids=["none", "one", "both"],
)
def test_notebook_widget_says_whether_the_reference_draws(
    own: dict[str, Any], said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[GradientFlow] = []
    monkeypatch.setattr(GradientFlow, "show", lambda widget: shown.append(widget))
    gradient_flow(**own)
    assert ("The reference draws" in words(shown[0])) == said


def _with(function: Any) -> Iterator[Flow]:
    yield measure(Settings(), 0.3, norms=function)
    yield measure(Settings(), 0.3, linear_norms=function)


# --- the controls ---------------------------------------------------------------------------------


def test_sigma_moved_takes_rho_along(widget: GradientFlow) -> None:
    widget.sigma.value = 2.0
    W = 2.0 * shape_of(GAUSSIAN, 1.0).W / shape_of(GAUSSIAN, 1.0).sigma
    assert widget.rho.value == round(spectral_radius(W), 2)


def test_rho_chosen_and_moved_takes_sigma_along_and_is_then_held(widget: GradientFlow) -> None:
    widget.held.value = "rho"
    assert (widget.sigma.disabled, widget.rho.disabled) == (True, False)
    before = picture(widget)
    widget.rho.value = 1.0
    assert picture(widget) != before
    assert widget.sigma.value == 1.82  # the notebook tells it
    widget.non_normality.value = 0.0
    assert (widget.sigma.value, widget.rho.value) == (1.0, 1.0)
    widget.held.value = "sigma"
    widget.sigma.value = 1.2
    widget.non_normality.value = 1.0
    assert widget.sigma.value == 1.2
    assert widget.rho.value == pytest.approx(1.2 / 1.824, abs=0.01)


def test_rounded_echo_of_a_browser_changes_nothing(widget: GradientFlow) -> None:
    said = words(widget)
    widget.rho.value = 0.6000000000000001  # what JupyterLab's slider sends back for 0.6
    assert words(widget) == said
    widget.rho.value = 0.55  # and for a number that is no longer the newest
    assert words(widget) == said
    assert (widget.sigma.value, widget.rho.value) == (FIRST_SIGMA, 0.6)


@pytest.mark.parametrize("held", ["sigma", "rho"])
@pytest.mark.parametrize("value", [SMALLEST, LARGEST])
def test_size_at_its_end_stops_where_the_other_would_leave_its_range(
    widget: GradientFlow, held: str, value: float
) -> None:
    widget.non_normality.value = 2.0
    widget.held.value = held
    getattr(widget, held).value = value
    shape = shape_of(GAUSSIAN, 2.0)
    assert widget.sigma.value / widget.rho.value == pytest.approx(shape.sigma / shape.rho, rel=0.1)
    for slider in (widget.sigma, widget.rho):
        assert SMALLEST <= slider.value <= LARGEST


def test_orthogonal_start_has_no_non_normality_and_one_size(widget: GradientFlow) -> None:
    widget.start.value = ORTHOGONAL
    assert widget.non_normality.disabled
    assert widget.sigma.value == widget.rho.value == FIRST_SIGMA
    widget.start.value = GAUSSIAN
    assert not widget.non_normality.disabled


@pytest.mark.parametrize(
    ("start", "nonlinearity", "sigma", "what"),
    [
        (GAUSSIAN, LINEAR, 0.8, "must fade"),
        (GAUSSIAN, LINEAR, 1.0, "forbids growth"),
        (GAUSSIAN, LINEAR, 1.1, "inside the unit circle"),
        (GAUSSIAN, LINEAR, 2.5, "outside the unit circle"),
        (ORTHOGONAL, LINEAR, 1.0, "neither grows nor fades"),
        (ORTHOGONAL, TANH, 1.2, "tanh multiplies by its slope"),
    ],
)
def test_words_give_the_reason_and_the_references_number(
    widget: GradientFlow, start: str, nonlinearity: str, sigma: float, what: str
) -> None:
    widget.start.value, widget.nonlinearity.value, widget.sigma.value = start, nonlinearity, sigma
    flow = measure(Settings(start, nonlinearity), sigma / shape_of(start, 1.0).sigma)
    assert what in words(widget)
    assert f"at most {number(flow.largest[-1])} of a gradient" in words(widget)


def test_two_states_are_the_shortest_sequence(widget: GradientFlow) -> None:
    widget.T.value = 2
    assert "After 1 step back" in words(widget)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (0.5, "0.5"),
        (117.4, "117"),
        (3.54e-11, "3.5 · 10⁻¹¹"),
        (7.6e3, "7.6 · 10³"),
        (np.inf, "too large for a number"),
    ],
)
def test_number_is_told_in_two_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_verdict_has_three_words() -> None:
    assert [verdict(x) for x in (1e-4, 1e-2, 1.0, 1e2, 1e4)] == [
        "vanishes",
        "lasts",
        "lasts",
        "lasts",
        "explodes",
    ]
