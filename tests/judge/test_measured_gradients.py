"""A backward that measures every slope is right, and runs out of time where sizes are large."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge import backend, exercises
from autograder.judge.backend import JudgeBackend
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.student.report import Status
from tests.judge.judged import drawn

Function = Callable[..., Any]
NAMES = ("rnn_step_backward", "rnn_backward", "lstm_step_backward", "lstm_backward")


def measured(forward: Function) -> dict[str, Function]:
    """Return a forward that keeps its arguments, and a backward that measures every slope."""

    def keeping(*arguments: Any) -> Any:
        *states, _ = forward(*arguments)
        return (*states, list(arguments))

    def backward(*arguments: Any) -> Any:
        *upstream, kept = arguments
        gradients = []
        for i, array in enumerate(kept):
            gradient = np.zeros_like(array)
            for place in np.ndindex(gradient.shape):
                ends = []
                for move in (1e-6, -1e-6):
                    moved = [each.copy() for each in kept]
                    moved[i][place] += move
                    pairs = zip(upstream, forward(*moved), strict=False)
                    ends.append(sum(np.sum(weights * state) for weights, state in pairs))
                gradient[place] = (ends[0] - ends[1]) / 2e-6
            gradients.append(gradient)
        return gradients

    return {"forward": keeping, "backward": backward}


@pytest.mark.parametrize("name", NAMES)
def test_measured_gradients_run_out_of_time_and_are_told_why(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise = find_exercise(name)
    monkeypatch.setattr(backend, "PATIENCE_S", 2.0)  # a tenth of what the large case takes
    functions = exercise.reference | measured(exercise.reference["forward"])
    report = JudgeBackend().check(name, functions)
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    unit = importlib.import_module(f"{exercises.__name__}.{exercise.unit}.shared")
    assert unit.SLOW in report.headline


def test_measured_gradients_are_right_but_for_the_large_case() -> None:
    """So that it is the time alone that stops them."""
    key = drawn("rnn_backward")
    large, forward = key.exercise.large_cases, key.exercise.reference["forward"]
    small = AnswerKey(key.exercise, tuple(c for c in key.asked if c.name not in large))
    given = small.answers_of(measured(forward))
    for case in given.keys() & key.expected.keys():
        for name in ("dx", "dh_0", "dW_xh", "dW_hh", "db_h"):
            np.testing.assert_allclose(
                given[case].outputs[name], key.expected[case].outputs[name], rtol=1e-5, atol=1e-6
            )


@pytest.mark.parametrize(
    ("name", "step_s", "seconds"),
    [
        ("rnn_step_backward", 20e-6, 5),
        ("rnn_backward", 4e-6, 20),
        ("lstm_step_backward", 40e-6, 5),
        ("lstm_backward", 4e-6, 20),
    ],
)
def test_large_case_needs_more_steps_forward_than_ten_seconds_hold(
    name: str, step_s: float, seconds: float
) -> None:
    """A step takes NumPy several microseconds, and a wide one more than twenty."""
    key = drawn(name)
    (large,) = (c.inputs for c in key.cases if c.name in key.exercise.large_cases)
    numbers = sum(array.size for name, array in large.items() if not name.startswith("d"))
    steps = large["x"].shape[1] if "x" in large else 1
    assert numbers * steps * step_s > seconds
