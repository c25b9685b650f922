"""Unit 00's widget without a browser: every control changes picture and words, to true numbers."""

import math
import re
from typing import Any

import numpy as np
import pytest

from rnn_ref.gradcheck import numeric_gradient
from rnn_ref.widgets.gradcheck import EXAMPLES, StepSizeError, measure, secants


def numbers(widget: StepSizeError) -> list[float]:
    """The step and the two errors that the words tell."""
    words = widget.stage.words.value
    return [float(text) for text in re.findall(r"\d\.\de[+-]\d+", words)]


@pytest.fixture(scope="module")
def widget() -> StepSizeError:
    return StepSizeError()


@pytest.mark.parametrize("step", [1e-1, 1e-5, 1e-12])
def test_widget_step_moved_shows_the_errors_of_both_ways(
    widget: StepSizeError, step: float
) -> None:
    before = widget.stage.image.value
    widget.step.value = step
    central = (math.sin(1 + step) - math.sin(1 - step)) / (2 * step) - math.cos(1)
    forward = (math.sin(1 + step) - math.sin(1)) / step - math.cos(1)
    # Told with two digits; at tiny steps the steps themselves differ in their last bit.
    wanted = [step, abs(central), abs(forward)]
    assert numbers(widget) == pytest.approx(wanted, rel=0.06 if step > 1e-10 else 0.9)
    assert widget.stage.image.value != before


def test_widget_function_chosen_shows_its_errors(widget: StepSizeError) -> None:
    widget.step.value = 1e-12
    few = numbers(widget)
    before = widget.stage.image.value
    widget.example.value = "1000 + sin(x) at 1"
    assert numbers(widget)[1] > 10 * few[1]  # a thousand leaves fewer digits for the change
    assert widget.stage.image.value != before


def test_widget_of_a_wrong_function_shows_its_own_numbers() -> None:
    def twice(*arguments: Any) -> Any:
        return 2 * numeric_gradient(*arguments)

    errors = measure(EXAMPLES["sin(x) at 1"], twice)
    assert errors.note == ""
    assert np.median(errors.central) == pytest.approx(math.cos(1), rel=0.01)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_slopes_are_those_measured(name: str) -> None:
    assert measure(EXAMPLES[name]).central.min() < 1e-9


def test_secants_alt_text_tells_the_slopes_of_the_picture() -> None:
    _, alt = secants(1.0)
    assert f"{math.e - 1:.2f} and {math.sinh(1):.2f}" in alt
