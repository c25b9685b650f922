"""Outputs that the judge makes of an answer, outside the sandbox: what returned weights do.

Where an exercise asks for something that works and not for certain numbers, the learner's function
returns the thing, the judge runs it, and criteria look at what it did. Student code has no part in
the running, so it cannot pretend.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.student.answers import Answer, FormError, Problem
from rnn_ref.errors import CourseError

Derive = Callable[[Mapping[str, Any], Mapping[str, np.ndarray]], np.ndarray | None]
"""From a case's inputs and an answer's outputs to a further output; None where it has no such.

It raises ``FormError`` or ``CourseError`` where the outputs are not what it can run; the message is
shown to the learner.
"""


def with_derived(
    answer: Answer, inputs: Mapping[str, Any], derived: Mapping[str, Derive]
) -> Answer:
    """Return `answer` with the derived outputs, whatever it held under their names before."""
    given = {name: value for name, value in answer.outputs.items() if name not in derived}
    if answer.problem:
        return replace(answer, outputs=given)
    try:
        with np.errstate(all="ignore"):
            all_made = {name: derive(inputs, given) for name, derive in derived.items()}
    except (FormError, CourseError) as error:
        return replace(answer, outputs=given, problem=Problem.FORM, message=str(error))
    except Exception:  # what was handed out is anything at all, or incomplete
        message = f"It returned something else than is asked for: {_told(given)}."
        return replace(answer, outputs=given, problem=Problem.FORM, message=message)
    made = {name: value for name, value in all_made.items() if value is not None}
    return replace(answer, outputs={**given, **made})


def _told(outputs: Mapping[str, np.ndarray]) -> str:
    found = [f"{name} of shape {array.shape}, {array.dtype}" for name, array in outputs.items()]
    return "; ".join(found[:4]) or "nothing"
