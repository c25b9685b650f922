"""Judging functions that are in none of the exercises' lists, told as text or as functions."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.judge.examples import as_literal
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report

Function = Callable[..., Any]


def verdict(name: str, seed: int = 3, **functions: Function) -> Report:
    """Return the report on `functions`, by role; the others are the reference's."""
    exercise = find_exercise(name)
    key = AnswerKey.draw(exercise, seed)
    return judge(key, list(key.answers_of({**exercise.reference, **functions}).values()))


def verdict_on_cell(name: str, source: str, seed: int = 3) -> Report:
    """Return the report on the functions that `source` defines, as a learner's cell does."""
    space: dict[str, Any] = {}
    exec(f"import numpy as np\n{source}", space)
    reference = find_exercise(name).reference
    roles = {role: f.__name__ for role, f in reference.items()}
    return verdict(name, seed, **{r: space[f] for r, f in roles.items() if f in space})


def failed(report: Report) -> set[str]:
    """Return the criteria that are not met, or could not be judged."""
    return {result.name for result in report.criteria if not result.passed}


def details(report: Report) -> str:
    """Return all that is said of criteria that are not met."""
    return " ".join(result.detail for result in report.criteria)


def value_of(code: str, functions: Mapping[str, Any]) -> str:
    """Return what the last line of `code` gives beside `functions`, as cards show it."""
    space = {"np": np, **functions}
    *lines, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    with np.errstate(all="ignore"):
        exec(compile(ast.Module(lines, []), "", "exec"), space)
        value = eval(compile(ast.Expression(last.value), "", "eval"), space)
    return repr(value) if isinstance(value, str) else as_literal(np.array(value))
