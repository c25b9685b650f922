"""Judging functions, told as text, as functions or as mistakes; one key a seed for all tests."""

import ast
import linecache
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from autograder.judge.examples import as_literal
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report

Function = Callable[..., Any]
#: Where a few seeds are enough.
SEEDS = (1, 2, 3)


@cache
def drawn(name: str, seed: int = 3) -> AnswerKey:
    """Return one key for all tests: what the reference and the mistakes answer is computed once."""
    return AnswerKey.draw(find_exercise(name), seed)


def verdict(name: str, seed: int = 3, **functions: Function) -> Report:
    """Return the report on `functions`, by role; the others are the reference's."""
    key = drawn(name, seed)
    answers = key.answers_of({**key.exercise.reference, **functions})
    return judge(key, list(answers.values()))


def verdict_on(name: str, function: Function, seed: int = 3) -> Report:
    """Return the report on the function of an exercise that has no other."""
    (role,) = find_exercise(name).reference
    return verdict(name, seed, **{role: function})


@cache
def verdict_on_mistake(name: str, mistake: str, seed: int) -> Report:
    """Return the report on a mistake that is written down, judged once for all tests."""
    exercise = find_exercise(name)
    wrong = next(one.function for one in exercise.mistakes if one.name == mistake)
    return verdict(name, seed, **{exercise.role: wrong})


def verdict_on_cell(name: str, source: str, seed: int = 3) -> Report:
    """Return the report on the functions that `source` defines, as a learner's cell does."""
    space: dict[str, Any] = {"np": np}
    cell = f"<cell {hash(source)}>"
    linecache.cache[cell] = len(source), None, source.splitlines(keepends=True), cell
    exec(compile(source, cell, "exec"), space)
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
