"""A demonstration is left out of a release's run only if nothing in it hangs on the learner."""

from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from tests.course.hanging import hang_on_nothing

SOLUTION = {"solution": True, "grade": False, "locked": False, "schema_version": 3}
BEFORE = """import numpy as np
from somewhere import Race
race = Race()
table = np.zeros(3)
"""


def cells(demo: str, answer: str, between: str = "") -> list[Any]:
    """Return a notebook: what is given, a function to be written, another cell, a demonstration."""
    return [
        new_code_cell(BEFORE, id="before"),
        new_code_cell(answer, id="answer", metadata={"nbgrader": {**SOLUTION, "grade_id": "a"}}),
        new_code_cell(between, id="between"),
        new_code_cell(demo, id="demo", metadata={"tags": ["demo"]}),
    ]


def left_out(demo: str, between: str = "", in_solution: str = "") -> set[str]:
    released = cells(demo, "def step(x):\n    raise NotImplementedError", between)
    solution = cells(
        in_solution or demo, "def step(x):\n    y = x\n    return y\nrate = 0.1", between
    )
    return hang_on_nothing(released, solution)


@pytest.mark.parametrize("demo", ["print(table)", "race.measure(np.tanh)", "y = 1\nprint(y)"])
def test_demonstration_of_what_is_given_is_left_out(demo: str) -> None:
    assert left_out(demo) == {"demo"}


@pytest.mark.parametrize(
    ("demo", "between"),
    [
        pytest.param("step(1)", "", id="calls the function"),
        pytest.param("show(rate)", "", id="uses a value of the answer alone"),
        pytest.param("race.measure(step)", "", id="hands it on"),
        pytest.param("print(result)", "result = step(1)", id="uses a result"),
        pytest.param("twice(1)", "def twice(x): return step(step(x))", id="calls a caller"),
        pytest.param("race.show()", "race.measure(step)", id="uses an object that got it"),
        pytest.param("print(table)", "table[0] = step(1)", id="uses an array it is put in"),
        pytest.param("%timeit 1", "", id="cannot be read"),
    ],
)
def test_demonstration_that_hangs_on_an_answer_is_run(demo: str, between: str) -> None:
    assert left_out(demo, between) == set()


def test_demonstration_that_reads_otherwise_in_the_solution_is_run() -> None:
    assert left_out("print(1)", in_solution="print(2)") == set()


def test_demonstration_that_gives_a_name_to_one_that_is_run_is_run_too() -> None:
    released = cells("text = 'abc'", "def step(x):\n    raise NotImplementedError")
    released += [new_code_cell("step(text)", id="last", metadata={"tags": ["demo"]})]
    assert hang_on_nothing(released, released) == set()
    released[-1].source = "print(text)"
    assert hang_on_nothing(released, released) == {"demo", "last"}
