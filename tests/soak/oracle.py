"""What may earn points, said a second time and without the judge's code: the soak's oracle."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer
from autograder.student.report import Report, Status

_SLACK = 1 + 1e-9  # one rounding of the tolerance itself


class WrongMark(AssertionError):
    """Points for what is not right."""


def hold_to_account(key: AnswerKey, answers: Iterable[Answer], report: Report) -> None:
    """Hold a report against the answers it is about.

    Raises
    ------
    WrongMark
        If points were given for values that are not the reference's, or do not add up.
    """
    exercise = key.exercise
    points = report.points
    if points is None or not 0 <= points <= exercise.points:
        raise WrongMark(f"{exercise.name}: {points} points of {exercise.points}")
    if (report.status is Status.PASSED) != (points == exercise.points):
        raise WrongMark(f"{exercise.name}: {report.status} with {points} points")
    given = {answer.case: _with_what_it_does(key, answer) for answer in answers}
    results = {result.name: result for result in report.criteria}
    if points > 0 and results.keys() != {criterion.name for criterion in exercise.criteria}:
        raise WrongMark(f"{exercise.name}: points without a word on every criterion")
    if points > sum(result.points for result in results.values()) + 0.006:
        raise WrongMark(f"{exercise.name}: more points than its criteria earned")
    for criterion in exercise.criteria:
        earned = results[criterion.name].points if criterion.name in results else 0.0
        if earned > 0 and criterion.kind is Kind.VALUES:
            _check_criterion(key, given, criterion)


def _check_criterion(key: AnswerKey, given: Mapping[str, Answer], criterion: Criterion) -> None:
    """Ask that it is met; or that with stand-ins all is right in its cases, where they are asked.

    Raises
    ------
    WrongMark
    """
    cases = criterion.cases or tuple(one.name for one in key.asked)
    try:
        for case in cases:
            for output in criterion.outputs:
                _check(key, given.get(case), case, output)
    except WrongMark:
        asked = [one for one in key.with_ours if one.of in cases or not criterion.cases]
        if {one.of for one in asked} != set(cases) & set(key.exercise.stand_in_cases) or not asked:
            raise
        for one in asked:
            for output in key.exercise.judged_outputs:
                _check(key, given.get(one.name), one.name, output)


def _with_what_it_does(key: AnswerKey, answer: Answer) -> Answer:
    """Return `answer` with what the judge finds out by itself, whatever was sent in its place."""
    inputs = next((case.inputs for case in key.cases if case.name == answer.case), None)
    outputs = {n: v for n, v in answer.outputs.items() if n not in key.exercise.derived}
    if inputs is None or answer.problem:
        return replace(answer, outputs=outputs)
    try:
        with np.errstate(all="ignore"):
            found = {n: make(inputs, outputs) for n, make in key.exercise.derived.items()}
    except Exception:
        found = {}
    return replace(answer, outputs={**outputs, **found})


def _check(key: AnswerKey, answer: Answer | None, case: str, output: str) -> None:
    expected = key.expected[case].outputs.get(output)
    if expected is None:
        return
    where = f"{key.exercise.name}, {case}, {output}"
    if answer is None or output not in answer.outputs:
        raise WrongMark(f"{where}: points without an answer")
    got = answer.outputs[output]
    if got.shape != expected.shape:
        raise WrongMark(f"{where}: points for the shape {got.shape}")
    if output in key.exercise.chances:
        if sum(map(int, got.flat)) != sum(map(int, expected.flat)) or min(got.flat) < 0:
            raise WrongMark(f"{where}: points for counts of other trials")
        return
    limits = key.exercise.tolerance
    for yours, right in zip(got.flat, expected.flat, strict=True):
        if not _near(float(yours), float(right), limits.absolute, limits.relative):
            raise WrongMark(f"{where}: points for {yours!r} where {right!r} is right")


def _near(yours: float, right: float, absolute: float, relative: float) -> bool:
    if math.isnan(right) or math.isinf(right):
        return yours == right or (math.isnan(yours) and math.isnan(right))
    return abs(yours - right) <= (absolute + relative * abs(np.float64(right))) * _SLACK
