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

_ODD = (ArithmeticError, LookupError, TypeError, ValueError)
"""What comes of arrays of another kind or shape; anything else is a fault of ours, and told so."""


def with_derived(
    answer: Answer, inputs: Mapping[str, Any], derived: Mapping[str, Derive]
) -> Answer:
    """Return `answer` with the derived outputs, whatever it held under their names before.

    Made is what can be; where something cannot, the answer is of a wrong form. So it comes to the
    same to do it twice.
    """
    given = {name: value for name, value in answer.outputs.items() if name not in derived}
    made, trouble = dict[str, np.ndarray](), ""
    for name, derive in derived.items():
        try:
            with np.errstate(all="ignore"):
                value = derive(inputs, given)
        except (FormError, CourseError) as error:
            trouble = trouble or str(error)
        except _ODD:  # the reference's outputs can be worked with
            told = f"It returned something else than is asked for: {_told(given)}."
            trouble = trouble or told
        else:
            made.update({} if value is None else {name: value})
    answer = replace(answer, outputs={**given, **made})
    if answer.problem or not trouble:
        return answer
    return replace(answer, problem=Problem.FORM, message=trouble)


def _told(outputs: Mapping[str, np.ndarray]) -> str:
    found = [f"{name} of shape {array.shape}, {array.dtype}" for name, array in outputs.items()]
    return "; ".join(found[:4]) or "nothing"
