"""From answers to a report: criteria, points, the mistake by its name."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from autograder.judge.compare import difference, equal
from autograder.judge.exercise import Criterion, Exercise, Kind
from autograder.judge.frequencies import unlikely
from autograder.judge.key import AnswerKey, value_outputs
from autograder.student.answers import AGAIN, Answer, Problem
from autograder.student.report import CriterionResult, Report, Status

POINT_DECIMALS = 2


def judge(key: AnswerKey, answers: list[Answer]) -> Report:
    """Return the verdict on `answers`.

    Parameters
    ----------
    key : AnswerKey
        The exercise, its cases and what is expected.
    answers : list of Answer
        What the probe yielded, in any order. Nothing in them is trusted.

    Returns
    -------
    Report
        With a number of points, always: who has answered can be judged.
    """
    exercise = key.exercise
    answers = [key.complete(answer) for answer in answers]
    by_case = {answer.case: answer for answer in answers}
    stop = next((a for a in answers if a.problem in (Problem.UNFINISHED, Problem.LIMIT)), None)
    if stop is not None and stop.problem is Problem.LIMIT:
        return out_of_limit(exercise)
    if stop is not None and not any(a.outputs for a in answers):
        return _unfinished(exercise, stop)
    details = [_detail(key, by_case, criterion) for criterion in exercise.criteria]
    if not _varies(key, by_case):
        details = [
            detail or _only_told(criterion)
            for detail, criterion in zip(details, exercise.criteria, strict=True)
        ]
    criteria = tuple(
        _result(exercise, criterion, detail)
        for criterion, detail in zip(exercise.criteria, details, strict=True)
    )
    return _report(key, by_case, criteria)


def _report(
    key: AnswerKey, by_case: Mapping[str, Answer], criteria: tuple[CriterionResult, ...]
) -> Report:
    exercise = key.exercise
    met = [result for result in criteria if result.passed]
    if len(met) == len(criteria):
        everything = "It does all that is asked."
        return Report(
            exercise.name,
            exercise.title,
            Status.PASSED,
            exercise.points,
            exercise.points,
            everything,
            criteria,
        )
    points = round(sum(result.points for result in criteria), POINT_DECIMALS)
    mistake = None if _own_parts_are_wrong(key, by_case) else key.recognise(by_case)
    return Report(
        exercise=exercise.name,
        title=exercise.title,
        status=Status.PARTIAL if points else Status.FAILED,
        points=points,
        max_points=exercise.points,
        headline=f"{len(met)} of {len(criteria)} properties hold.",
        criteria=criteria,
        mistake=mistake.name if mistake else "",
        mistake_sentence=mistake.sentence if mistake else "",
        advice=() if mistake else _advice(exercise, criteria),
    )


def _own_parts_are_wrong(key: AnswerKey, by_case: Mapping[str, Answer]) -> bool:
    """Return whether wrong values are just what the learner's own parts give.

    The mistake is then in those, whatever it looks like here.
    """
    return any(
        _detail(key, by_case, replace(criterion, kind=Kind.VALUES))
        and not _detail(key, by_case, criterion)
        for criterion in key.exercise.criteria
        if criterion.kind is Kind.CONSISTENT and not criterion.of_itself
    )


def _result(exercise: Exercise, criterion: Criterion, detail: str) -> CriterionResult:
    worth = criterion.weight * exercise.points
    earned = 0.0 if detail else worth
    return CriterionResult(criterion.name, criterion.sentence, earned, worth, detail)


def _detail(key: AnswerKey, by_case: Mapping[str, Answer], criterion: Criterion) -> str:
    """Return why `criterion` is not met, or "" if it is."""
    if criterion.kind is Kind.UNCHANGED:
        return _changed_detail(key, by_case)
    if criterion.kind is Kind.REPEATABLE:
        return _repeat_detail(key, by_case)
    for case in criterion.cases or tuple(case.name for case in key.cases):
        expected = key.expected[case]
        for output in criterion.outputs:
            if criterion.kind is Kind.CONSISTENT:
                detail = _consistency_detail(
                    key, case, by_case.get(case), output, criterion.against
                )
            elif output in expected.outputs:
                detail = _value_detail(
                    key, case, by_case.get(case), output, expected.outputs[output]
                )
            else:
                continue
            if detail:
                return f"{case[:1].upper()}{case[1:]}: {detail}"
    return ""


def _value_detail(
    key: AnswerKey, case: str, answer: Answer | None, output: str, expected: np.ndarray
) -> str:
    if answer is None:
        return "no answer came."
    if output not in answer.outputs:
        return answer.message or "no answer came."
    got = answer.outputs[output]
    if output in key.exercise.chances:
        return _counts_detail(key, case, output, got, key.chances(case, output))
    if got.dtype.kind == "f" and not np.isfinite(got).all() and np.isfinite(expected).all():
        return f"{output} holds a number that is not finite (nan or inf)."
    axes, tolerance = key.exercise.axes[output], key.exercise.tolerance
    return difference(output, got, expected, axes, tolerance)


def _counts_detail(
    key: AnswerKey, case: str, output: str, counts: np.ndarray, chances: np.ndarray
) -> str:
    """Return how `counts` are off, or "": as many trials as the case has, by these chances."""
    if counts.sum() != key.expected[case].outputs[output].sum():
        return f"{output} counts {counts.sum()} trials, not as many as were made."
    return unlikely(output, counts, chances, key.exercise.axes[output], key.false_alarm)


def _consistency_detail(
    key: AnswerKey, case: str, answer: Answer | None, output: str, against: tuple[str, ...]
) -> str:
    """Return how the learner's own parts disagree; "" if they do not, or `output` is right."""
    if answer is None:
        return "no answer came."
    if not _value_detail(key, case, answer, output, key.expected[case].outputs[output]):
        return ""
    left, own = (answer.outputs.get(name) for name in against)
    if left is None or own is None:
        return answer.message or "no answer came."
    if output in key.exercise.chances:
        return _counts_detail(key, case, output, left, own)
    if left.shape == own.shape and left.ndim == len(key.exercise.axes[output]):
        axes = key.exercise.axes[output]
        return difference(output, left, own, axes, key.exercise.tolerance)
    return f"{output} has shape {left.shape}, your own parts give {own.shape}."


def _changed_detail(key: AnswerKey, by_case: Mapping[str, Answer]) -> str:
    changed = sorted({name for answer in by_case.values() for name in answer.changed})
    if changed:
        return f"{' and '.join(changed)} changed during the call: work on a copy."
    return _first_problem(key, by_case)


def _repeat_detail(key: AnswerKey, by_case: Mapping[str, Answer]) -> str:
    first = by_case.get(key.cases[0].name)
    second = by_case.get(key.cases[0].name + AGAIN)
    if first is None or second is None or not first.outputs:
        return _first_problem(key, by_case) or "no answer came."
    same = first.outputs.keys() == second.outputs.keys() and all(
        equal(second.outputs[name], first.outputs[name], key.exercise.tolerance)
        for name in first.outputs
    )
    return "" if same else "the second call gave other numbers than the first."


def _first_problem(key: AnswerKey, by_case: Mapping[str, Answer]) -> str:
    """Return the message of the first case that did not come through, or ""."""
    for case in key.cases:
        answer = by_case.get(case.name)
        if answer is None or not value_outputs(answer):
            return (answer and answer.message) or "no answer came."
    return ""


def _varies(key: AnswerKey, by_case: Mapping[str, Answer]) -> bool:
    """Return whether some output, of one and the same shape, differs between two cases.

    An answer that does not depend on its inputs can be unchanged, repeatable and consistent for
    nothing; what student code says of itself then counts for nothing, too.
    """
    seen: dict[tuple[str, tuple[int, ...]], np.ndarray] = {}
    for case in key.cases:
        for name, value in value_outputs(by_case.get(case.name, Answer(case.name))).items():
            before = seen.setdefault((name, value.shape), value)
            if not equal(value, before, key.exercise.tolerance):
                return True
    return False


def _only_told(criterion: Criterion) -> str:
    if criterion.kind is Kind.VALUES:
        return ""
    return "The result does not depend on the inputs, so this cannot be judged."


def _advice(exercise: Exercise, criteria: tuple[CriterionResult, ...]) -> tuple[str, ...]:
    failed = {result.name for result in criteria if not result.passed}
    met = {result.name for result in criteria if result.passed}
    return tuple(
        advice.sentence
        for advice in exercise.advice
        if failed.issuperset(advice.failed) and met.issuperset(advice.met)
    )


def _without_criteria(
    exercise: Exercise, status: Status, points: float | None, headline: str
) -> Report:
    return Report(exercise.name, exercise.title, status, points, exercise.points, headline)


def _unfinished(exercise: Exercise, answer: Answer) -> Report:
    what = answer.message or f"{exercise.name}: not written yet"
    return _without_criteria(exercise, Status.UNFINISHED, 0.0, f"Not done yet ({what}).")


def out_of_limit(exercise: Exercise, limit: str = "time", detail: str = "") -> Report:
    """Return the report of an exercise that was stopped: no points.

    Parameters
    ----------
    limit : str
        The limit by name; "" if the process ended for another reason, which `detail` tells.
    """
    if not limit:
        headline = f"Its process ended before the check did. {detail}".strip()
    else:
        headline = f"Stopped: it ran into the {limit} limit."
        if limit in ("time", "processor time"):
            headline += f" {exercise.slow_sentence}"
    return _without_criteria(exercise, Status.LIMIT, 0.0, headline)


def no_answer(exercise: Exercise, reason: str) -> Report:
    """Return the report of an exercise whose check ran but handed out nothing: no points."""
    return _without_criteria(exercise, Status.FAILED, 0.0, reason)


def not_gradable(exercise: Exercise, reason: str) -> Report:
    """Return the report of an exercise without a verdict: an instructor decides."""
    return _without_criteria(exercise, Status.NOT_GRADABLE, None, reason)
