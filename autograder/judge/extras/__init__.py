"""What a unit has without points, one module a unit: replies to predictions, optional exercises.

A module has ``REPLIES``, by the name of the cell that holds the prediction, and ``OPTIONAL``, the
claims of each optional exercise by the name of its function.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder.student.forms import FormError
from autograder.student.replies import Reply
from autograder.student.report import CriterionResult, Report, Status

__all__ = ["Claim", "Reply", "find_claims", "find_reply", "judge_claims", "modules"]


@dataclass(frozen=True)
class Claim:
    """One thing that an optional exercise asks for.

    Attributes
    ----------
    sentence : str
        What must hold, in words.
    holds : function
        Whether it does, of the learner's function or the reference's.
    """

    sentence: str
    holds: Callable[[Any], Any]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules of this folder, one a unit."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def find_reply(question: str) -> Reply | None:
    """Return the reply to a prediction by the name of its cell, None if there is none."""
    return next((m.REPLIES[question] for m in modules() if question in m.REPLIES), None)


def find_claims(exercise: str) -> tuple[Claim, ...]:
    """Return the claims of an optional exercise.

    Raises
    ------
    LookupError
        If there is none of that name; the message lists those there are.
    """
    known = {name: claims for module in modules() for name, claims in module.OPTIONAL.items()}
    if exercise not in known:
        there = f"there are {', '.join(known)}" if known else "there is none in this copy"
        raise LookupError(f'There is no optional exercise "{exercise}"; {there}.')
    claims: tuple[Claim, ...] = known[exercise]
    return claims


def judge_claims(exercise: str, claims: Sequence[Claim], function: Any) -> Report:
    """Return the report on `function`: a line a claim, and no points."""
    title = exercise.replace("_", " ")
    try:
        with np.errstate(all="ignore"):
            results = tuple(_results(claims, function))
    except NotImplementedError:
        unwritten = "Not written yet, and it need not be."
        return Report(exercise, title, Status.UNFINISHED, 0.0, 0.0, unwritten)
    missing = [result for result in results if not result.passed]
    if not missing:
        return Report(exercise, title, Status.PASSED, 0.0, 0.0, "All of it holds.", results)
    status = Status.PARTIAL if len(missing) < len(results) else Status.FAILED
    first = missing[0]
    headline = f"{first.sentence} {first.detail or 'That does not hold yet.'}"
    return Report(exercise, title, status, 0.0, 0.0, headline, results)


def _results(claims: Sequence[Claim], function: Any) -> Iterator[CriterionResult]:
    for number, claim in enumerate(claims):
        detail = ""
        try:
            holds = bool(claim.holds(function))
        except NotImplementedError:
            raise
        except Exception as error:  # whatever a learner's function may do wrong
            stop = (
                "" if isinstance(error, FormError) else f"It stopped with {type(error).__name__}: "
            )
            holds, detail = False, f"{stop}{error}"
        yield CriterionResult(f"claim {number}", claim.sentence, float(holds), 1.0, detail)
