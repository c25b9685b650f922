"""The ✓ and ✗ of a report, made again by own calls of the functions.

Nothing of the judge's comparing or of its watch over arguments is used here; of the answers' module
only what turns a returned value into an array.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Exercise, Tolerance
from autograder.judge.key import AnswerKey
from autograder.student.answers import UNWATCHED, as_array
from autograder.student.report import Report


@dataclass
class Run:
    """What came of one case.

    Attributes
    ----------
    outputs : dict of str to array
    changed : set of str
        Arguments that hold something else after a call.
    """

    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Claims:
    """How many lines of a report could be made again, and those that came out otherwise."""

    made: int
    untrue: tuple[str, ...]


def untrue_claims(key: AnswerKey, functions: Mapping[str, Any], report: Report) -> Claims:
    """Return which lines of `report`, met or not met, do not hold."""
    exercise, made, untrue = key.exercise, 0, []
    runs = {case.name: run(exercise, functions, case.inputs) for case in key.asked}
    again = run(exercise, functions, key.cases[0].inputs)
    for criterion, result in zip(exercise.criteria, report.criteria, strict=False):
        if not result.judged:
            continue
        held = _holds(key, runs, again, criterion)
        if held is None:
            continue
        made += 1
        if held != result.passed:
            sign = "✓" if result.passed else "✗"
            untrue.append(f"{sign} {criterion.sentence} {result.detail}".strip())
        elif result.passed and not _says_of_what(key, runs, criterion, result.sentence):
            untrue.append(f"✓ {result.sentence}")
        elif criterion.kind is Kind.UNCHANGED and not result.passed:
            changed = set().union(*(r.changed for r in runs.values()))
            told = result.detail.partition(" changed during")[0].split(" and ")
            if not set(told) <= changed:
                untrue.append(f"✗ {result.detail}")
    return Claims(made, tuple(untrue))


def run(exercise: Exercise, functions: Mapping[str, Any], inputs: Mapping[str, Any]) -> Run:
    """Run the probe on copies, with a watch of our own over every argument."""
    found = Run()

    def watched(role: str, names: tuple[str, ...]) -> Any:
        def call(*arguments: Any) -> Any:
            handed = [_handed(a) for a in arguments]
            before = [_frozen(a) for a in handed]
            try:
                return functions[role](*handed)
            finally:
                found.changed |= {
                    name
                    for name, was, now in zip(names, before, handed, strict=False)
                    if not name.startswith(UNWATCHED) and was != _frozen(now)
                }

        return call

    calls = {role: watched(role, names) for role, names in exercise.probe.roles.items()}
    try:
        with np.errstate(all="ignore"):
            for name, value in exercise.probe.run(SimpleNamespace(**calls), deepcopy(dict(inputs))):
                found.outputs[name] = as_array(name, value)
    except KeyboardInterrupt:
        raise
    except BaseException:  # what came until then counts
        return found
    return found


def _frozen(value: Any) -> Any:
    """Return the contents of `value` in a form that compares by value."""
    if isinstance(value, np.ndarray):
        return value.shape, str(value.dtype), value.tobytes()
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_frozen(item) for item in value]
    return value if isinstance(value, (str, int, float, type(None))) else id(value)


def _handed(value: Any) -> Any:
    """Return a copy of what holds numbers; a generator of random numbers goes as it is."""
    if isinstance(value, Mapping):
        return {key: _handed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)(map(_handed, value))
    return deepcopy(value) if isinstance(value, (np.ndarray, tuple)) else value


def _holds(key: AnswerKey, runs: Mapping[str, Run], again: Run, asked: Criterion) -> bool | None:
    """Return whether what is asked holds; None where it cannot be told here."""
    if asked.kind is Kind.UNCHANGED:
        return not any(r.changed for r in runs.values())
    if asked.kind is Kind.REPEATABLE:
        return _all_close(key, runs[key.cases[0].name].outputs, again.outputs)
    if set(asked.outputs) & (set(key.exercise.chances) | set(key.exercise.derived)):
        return None
    if asked.kind is Kind.CONSISTENT:
        return None
    verdicts = []
    for case in asked.cases or tuple(runs):
        got, expected = runs[case].outputs, key.expected[case].outputs
        in_case = []
        for i, name in enumerate(asked.outputs):
            if name not in expected or not _is_looked_at(key, runs, name, asked):
                continue
            own = asked.kind in (Kind.SAME, Kind.DIFFERENT)
            other = got.get(asked.against[i]) if own else expected[name]
            if name in got and other is not None:
                is_close = close(got[name], other, key.exercise.tolerance)
                in_case.append(is_close is not (asked.kind is Kind.DIFFERENT))
        verdicts += [any(in_case)] if asked.any_of and in_case else in_case
    return all(verdicts) if verdicts else None


def _says_of_what(key: AnswerKey, runs: Mapping[str, Run], asked: Criterion, sentence: str) -> bool:
    """Return whether a ✓ that looks past wrong outputs says which ones are right."""
    if asked.kind is not Kind.VALUES:
        return True
    cases, verdicts = {*asked.cases, *asked.besides} or set(runs), []
    for name in asked.outputs:
        found = [
            name in runs[case].outputs
            and close(
                runs[case].outputs[name], key.expected[case].outputs[name], key.exercise.tolerance
            )
            for case in cases
            if name in key.expected[case].outputs
        ]
        verdicts += [all(found)] if found else []
    return all(verdicts) == (sentence == asked.sentence)


def _is_looked_at(key: AnswerKey, runs: Mapping[str, Run], name: str, asked: Criterion) -> bool:
    """Return whether `name` is right in the cases besides, where others judge it."""
    besides = [case for case in asked.besides if name in key.expected[case].outputs]
    return all(
        name in runs[case].outputs
        and close(
            runs[case].outputs[name], key.expected[case].outputs[name], key.exercise.tolerance
        )
        for case in besides
    )


def _all_close(
    key: AnswerKey, left: Mapping[str, np.ndarray], right: Mapping[str, np.ndarray]
) -> bool:
    tolerance = key.exercise.tolerance
    return left.keys() == right.keys() and all(close(left[n], right[n], tolerance) for n in left)


def close(left: np.ndarray, right: np.ndarray, tolerance: Tolerance) -> bool:
    """Return whether two arrays hold the same numbers, by this module's own arithmetic."""
    if left.shape != right.shape:
        return False
    one, other = left.astype(float), right.astype(float)
    with np.errstate(all="ignore"):
        near = np.abs(one - other) <= tolerance.absolute + tolerance.relative * np.abs(other)
    near &= np.isfinite(other)
    return bool((near | (one == other) | (np.isnan(one) & np.isnan(other))).all())
