"""Optional exercises of units 06 to 10: model answers meet every claim, near misses do not."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.course import Course
from autograder.judge.extras import find_claims, judge_claims
from autograder.student.report import Status
from rnn_ref.clipping import adam_step
from tests.conftest import ROOT

UNITS = {
    "matrix_of_sizes": "gradient_flow",
    "adamw_step": "clipping",
    "program_counter": "lstm",
    "dc_total": "lstm_gradients",
    "forget_bias_for": "lstm_gradients",
    "connectivity": "long_memory",
}
TABLES = {"lstm_shapes": "shapes", "cell_by_hand": "by_hand"}


@cache
def notebook(unit: str) -> dict[str, Any]:
    """Return the names that a solution notebook's cells without demonstrations define."""
    names: dict[str, Any] = {"check": lambda *_, **__: None, "np": np}
    cells = json.loads(Course(ROOT).source_notebook(unit).read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and not source.startswith(("# Demo", "check(")):
            exec(source, names)
    return names


def twice_adam(params: Any, grads: Any, state: Any, rate: float, decay: float) -> Any:
    """Decay put into the gradient, as in Adam with an L2 penalty."""
    return adam_step(params, {k: g + decay * params[k] for k, g in grads.items()}, state, rate)


def leaky() -> Any:
    W_xh = np.array([[8.0, 0, 0, 0], [-16.0, -8.0, 0, 0]])
    return W_xh, np.zeros((1, 4)), np.array([-4.0, 4.0, 4.0, 4.0])


NEAR_MISSES: Mapping[str, Callable[..., Any]] = {
    "matrix_of_sizes": lambda sigma, rho, H, rng: np.diag([sigma] + [rho] * (H - 1)),
    "adamw_step": twice_adam,
    "program_counter": leaky,
    "dc_total": lambda dh_t, dc_t, o_t, tanh_c: dc_t + dh_t * o_t,
    "forget_bias_for": lambda k: -np.log(2 ** (1 / k) - 1) if k < 1e6 else 30.0,
    "connectivity": lambda params, ids: np.ones(len(ids) - 1),
}


@pytest.mark.parametrize("exercise", UNITS)
def test_model_answer_meets_every_claim_and_a_near_miss_does_not(exercise: str) -> None:
    claims = find_claims(exercise)
    answer = notebook(UNITS[exercise])[exercise]
    assert judge_claims(exercise, claims, answer).status is Status.PASSED
    missed = judge_claims(exercise, claims, NEAR_MISSES[exercise])
    assert missed.status in (Status.PARTIAL, Status.FAILED)


@pytest.mark.parametrize("exercise", TABLES)
def test_table_is_judged_line_by_line(exercise: str) -> None:
    claims, table = find_claims(exercise), dict(notebook("lstm_gradients")[TABLES[exercise]])
    assert judge_claims(exercise, claims, table).status is Status.PASSED
    name = next(iter(table))
    wrong = {**table, name: "H, N" if isinstance(table[name], str) else 7.0}
    report = judge_claims(exercise, claims, wrong)
    assert [claim.passed for claim in report.criteria] == [False] + [True] * (len(table) - 1)
    empty = dict.fromkeys(table, "" if isinstance(table[name], str) else None)
    assert judge_claims(exercise, claims, empty).status is Status.UNFINISHED
