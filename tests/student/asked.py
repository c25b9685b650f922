"""One function asked by a small probe."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import Answer, Outputs, Probe, answer_case


def asked(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    yield "h", call.judged(inputs["x"])


PROBE = Probe("judged_exercise", asked, {"helper": ("x",), "judged": ("x",)})
X = np.ones((4, 6))


def answer(function: Any, given: Any = X, helper: Any = None, run: Any = asked) -> Answer:
    probe = Probe(PROBE.exercise, run, PROBE.roles)
    return answer_case(probe, {"helper": helper, "judged": function}, "case", {"x": given})
