"""A released notebook of unit 01 in its barest form: one cell a stub, one a check, one written."""

from typing import Any

from autograder.grading.submitted_cells import SubmittedCell
from autograder.grading.template import Template, TemplateCell
from autograder.judge.exercises import exercises_of

CALLS = {
    "rnn_step_forward": "step=rnn_step_forward",
    "rnn_forward": "step=rnn_step_forward, forward=rnn_forward",
    "stack_weights": "stack=stack_weights",
    "rnn_step_stacked": "step=rnn_step_forward, stack=stack_weights, stacked=rnn_step_stacked",
}
SOLUTIONS = {
    "rnn_step_forward": (
        "def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):\n"
        "    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h), None"
    ),
    "rnn_forward": (
        "def rnn_forward(x, h, *weights):\n"
        "    states = []\n"
        "    for t in range(x.shape[1]):\n"
        "        h, _ = rnn_step_forward(x[:, t], h, *weights)\n"
        "        states.append(h)\n"
        "    return np.stack(states, axis=1), None"
    ),
    "stack_weights": "def stack_weights(W_xh, W_hh):\n    return np.concatenate([W_hh, W_xh])",
    "rnn_step_stacked": (
        "def rnn_step_stacked(x_t, h_prev, W, b_h):\n"
        "    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)"
    ),
}


def _marks(name: str, **marks: Any) -> dict[str, Any]:
    base = {"grade": False, "solution": False, "locked": True, "schema_version": 3, "task": False}
    return {"nbgrader": {"grade_id": name, **base, **marks}}


def _cells() -> list[TemplateCell]:
    text = "import numpy as np\nfrom autograder.student import check"
    cells = [TemplateCell("imports", "code", text, _marks("imports"))]
    for exercise in exercises_of("recurrence"):
        name = exercise.name
        stub = _marks(name, solution=True, locked=False)
        check = _marks(f"check_{name}", grade=True, points=exercise.points)
        source = f"def {name}(*arguments):\n    raise NotImplementedError('{name}')"
        cells.append(TemplateCell(f"{name}-stub".replace("_", "-"), "code", source, stub))
        call = f'check("{name}", {CALLS[name]})'
        cells.append(TemplateCell(f"{name}-check".replace("_", "-"), "code", call, check))
    written = _marks("written", grade=True, solution=True, points=1, locked=False)
    cells.append(TemplateCell("written", "markdown", "*Write your answer here.*", written))
    return cells


KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
TEMPLATE = Template("recurrence", tuple(_cells()), {"kernelspec": KERNEL})


def submitted(**texts: str) -> list[SubmittedCell]:
    """Return a submission with the solutions, or the texts given by grade id, in its stubs."""
    filled = {**SOLUTIONS, **texts}
    return [
        SubmittedCell(
            cell.kind, filled.get(cell.grade_id, cell.source), cell.cell_id, cell.grade_id
        )
        for cell in TEMPLATE.cells
    ]
