"""Short ways to say what runs in a sandbox and what it printed."""

from dataclasses import replace

import numpy as np

from autograder.sandbox.job import MIB, Cell, Job, Limits, Run
from autograder.student import wire

EXERCISE = "rnn_step_forward"
CHECK = 'check("rnn_step_forward", step=rnn_step_forward)'
SOLUTION = """
import numpy as np
from autograder.student import check
def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_t, None
"""
#: Little room, and more time than anything here takes on the busiest machine. What is to run out of
#: time does so by the one limit that is meant; the other is out of reach, or the two would race.
SMALL = Limits(
    cell_cpu_s=300.0,
    cell_wall_s=600.0,
    notebook_cpu_s=300.0,
    notebook_wall_s=600.0,
    grace_s=1.0,
    memory_bytes=256 * MIB,
    threads=16,
    disk_bytes=8 * MIB,
    disk_files=64,
    file_bytes=4 * MIB,
    cell_output_bytes=64 * 2**10,
    outputs_per_cell=20,
    output_bytes=MIB,
    answer_bytes=MIB,
)
CPU_ALONE = replace(SMALL, cell_cpu_s=1.0)
WALL_ALONE = replace(SMALL, cell_wall_s=4.0, grace_s=3.0)  # other cells take a hundredth of it


def secret_inputs() -> dict[str, np.ndarray]:
    """Return the inputs of the one secret case."""
    shapes = {"x_t": (2, 3), "h_prev": (2, 4), "W_xh": (3, 4), "W_hh": (4, 4), "b_h": (4,)}
    rng = np.random.default_rng(7)
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def expected_state() -> np.ndarray:
    """Return the state that is right for the secret case."""
    inputs = secret_inputs()
    drive = inputs["x_t"] @ inputs["W_xh"] + inputs["h_prev"] @ inputs["W_hh"]
    return np.tanh(drive + inputs["b_h"])


def secret_cases() -> bytes:
    """Return what ``inputs.bin`` holds in these tests."""
    return wire.encode({EXERCISE: [{"name": "secret", "inputs": secret_inputs()}]})


def notebook(*sources: str) -> Job:
    """Return a job with these cells; the one that is `CHECK` is the exercise's graded cell."""
    return Job(
        "test",
        tuple(
            Cell(index, source, EXERCISE if source == CHECK else "")
            for index, source in enumerate(sources)
        ),
    )


def printed(run: Run, cell: int, kind: str = "stdout") -> str:
    """Return the text of one cell's outputs of a kind."""
    return "".join(str(o.data) for o in run.cells[cell].outputs if o.kind == kind).strip()


def earns_its_mark(run: Run) -> bool:
    """Whether some cell handed out one bundle of answers, and they are right."""
    bundles = [bundle for cell in run.cells.values() for bundle in cell.answers]
    if len(bundles) != 1:
        return False
    answers = wire.decode(bundles[0])
    states = [answer["outputs"].get("h_t", np.nan) for answer in answers]
    return bool(states) and all(np.allclose(state, expected_state()) for state in states)
