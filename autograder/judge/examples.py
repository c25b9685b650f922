"""A case to try: the smallest public one that shows wrong values, as lines to paste."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criteria import value_verdict
from autograder.judge.criterion import Kind
from autograder.judge.exercise import Trial
from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer
from autograder.student.report import Example


def example(key: AnswerKey, answers: Mapping[str, Answer]) -> Example | None:
    """Return the smallest case whose value differs as it is shown, with its output; or None."""
    trial = key.exercise.trial
    if trial is None:
        return None
    criteria = [c for c in key.exercise.criteria if c.kind is Kind.VALUES]
    outputs = dict.fromkeys(name for c in criteria for name in c.outputs if name in trial.lines)
    for case in key.shown:
        answer = answers.get(case.name, Answer(case.name))
        for name in outputs:
            if name in key.expected[case.name].outputs and value_verdict(key, answer, name):
                yours = as_shown(trial, name, answer.outputs[name])
                right = as_shown(trial, name, key.expected[case.name].outputs[name])
                if yours != right:  # not where they differ behind the last digit
                    return Example(code_of(trial.lines[name], case.inputs), name, yours, right)
    return None


LINE_LENGTH = 180


def as_shown(trial: Trial, output: str, array: np.ndarray) -> str:
    """Return a value of `output` as a cell shows it: a text, or numbers with four digits."""
    return _text(array) if output in trial.texts else as_literal(array)


def code_of(lines: str, inputs: Mapping[str, Any]) -> str:
    """Return assignments of the inputs that `lines` name, then `lines`."""
    names = [node.id for node in ast.walk(ast.parse(lines)) if isinstance(node, ast.Name)]
    used = [name for name in inputs if name in names]
    assigned = [f"{name} = {_value(inputs[name])}" for name in used]
    return "\n".join([*assigned, lines])


def _value(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"np.array({as_literal(value)})"
    if isinstance(value, Mapping):
        items = [f"{name!r}: {_value(item)}" for name, item in value.items()]
        together = "{" + ", ".join(items) + "}"
        return together if len(together) <= LINE_LENGTH else "{\n    " + ",\n    ".join(items) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _text(code_points: np.ndarray) -> str:
    points = code_points.ravel().tolist()  # Python's numbers, which compare whatever their size
    return repr("".join(chr(int(i)) if 0 <= i < 0x110000 else "?" for i in points))


def as_literal(array: np.ndarray) -> str:
    """Return an array as nested lists, with four digits behind the point and no -0."""
    array = array + 0.0 if array.dtype.kind == "f" else array
    return " ".join(
        np.array2string(array, precision=4, separator=", ", suppress_small=True).split()
    )
