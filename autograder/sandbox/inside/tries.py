"""Small changes of one submission's functions, run one after another in its own process."""

import importlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from signal import ITIMER_PROF, setitimer
from time import process_time
from typing import Any

from autograder.student.answers import answer_case, encode_answers
from autograder.student.probes import find_probe

_REPEAT_S = 1.0
_ALL_S = 4.0


def answer_tries(
    space: dict[str, Any],
    exercise: str,
    functions: Callable[[], dict[str, Any]],
    tries: Sequence[Sequence[str]],
    case: str,
    until: Collection[str],
    seconds: float,
) -> None:
    """Send what each of `tries`, a few statements, answers to one case: named by its number.

    Nothing is sent of what Python refuses, or of what is not reached in time. It runs in a graded
    cell, whose namespace is `space`.

    Parameters
    ----------
    functions : function
        Returns the functions by role, as they are now.
    until : collection of str
        Outputs after which the rest is not asked for; everything is if there are none.
    seconds : float
        Of processor time, for each.
    """
    check: Any = importlib.import_module("autograder.student.check")
    probe: Any = find_probe(exercise)
    inputs = next(one["inputs"] for one in check.secret_cases[exercise] if one["name"] == case)
    kept, answers, end = dict(space), [], process_time() + _ALL_S
    for number, texts in enumerate(tries):
        if process_time() > end:
            break
        setitimer(ITIMER_PROF, seconds, _REPEAT_S)  # the clock of the cell, wound up anew
        try:
            for text in texts:
                exec(compile(text, "<tried>", "exec"), space)
            answer = answer_case(probe, functions(), case, inputs, until, told=False)
            answers.append(replace(answer, case=str(number)))
        except BaseException:
            continue
        finally:
            space.update(kept)
    setitimer(ITIMER_PROF, _ALL_S, _REPEAT_S)
    check.sink(exercise, encode_answers(answers))
