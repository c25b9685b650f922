"""From answers to a report: the first cause, each property by its own claim, the mistake's name."""

from collections.abc import Mapping

from autograder.judge.criteria import varies, verdict_on
from autograder.judge.exercise import Criterion, Exercise, Kind
from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer, Problem
from autograder.student.report import CriterionResult, Report, Status

POINT_DECIMALS = 2
Answers = Mapping[str, Answer]


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
    own_word_counts = varies(key, by_case)
    criteria = tuple(_judged(key, by_case, c, own_word_counts) for c in exercise.criteria)
    if all(result.passed for result in criteria):
        return _passed(exercise, criteria)
    return _with_reasons(key, by_case, criteria)


def _judged(
    key: AnswerKey, by_case: Answers, criterion: Criterion, own_word_counts: bool
) -> CriterionResult:
    """Return the result of one criterion; who returns a constant is not believed on its word."""
    verdict = verdict_on(key, by_case, criterion)
    if verdict == "" and criterion.kind is not Kind.VALUES and not own_word_counts:
        verdict = None
    worth = criterion.weight * key.exercise.points
    earned = worth if verdict == "" else 0.0
    judged = verdict is not None
    return CriterionResult(criterion.name, criterion.sentence, earned, worth, verdict or "", judged)


def _passed(exercise: Exercise, criteria: tuple[CriterionResult, ...]) -> Report:
    points = exercise.points
    everything = "It does all that is asked."
    return Report(
        exercise.name, exercise.title, Status.PASSED, points, points, everything, criteria
    )


def _with_reasons(
    key: AnswerKey, by_case: Answers, criteria: tuple[CriterionResult, ...]
) -> Report:
    exercise = key.exercise
    points = round(sum(result.points for result in criteria), POINT_DECIMALS)
    carried = _carried(key, by_case, criteria)
    # A mistake of a part is never pinned on what calls it.
    recognised = [] if carried else key.recogniser.recognise(by_case)
    return Report(
        exercise=exercise.name,
        title=exercise.title,
        status=Status.PARTIAL if points else Status.FAILED,
        points=points,
        max_points=exercise.points,
        headline=first_cause(key, by_case) or _first_detail(criteria),
        criteria=criteria,
        mistake=recognised[0].name if recognised else "",
        mistake_sentence=recognised[0].sentence if recognised else "",
        advice=(*carried, *(one.sentence for one in recognised[1:])),
    )


def first_cause(key: AnswerKey, by_case: Answers) -> str:
    """Return what kept the functions from answering, in a sentence; "" if they did answer.

    Not written yet comes before a crash, a crash before a wrong form; the main cases come before
    the edges, and a case is named unless all stopped.
    """
    names = [c.name for c in sorted(key.cases, key=lambda case: case.edge)]
    stopped = [by_case[name] for name in names if name in by_case and by_case[name].problem]
    for problem in (Problem.UNFINISHED, Problem.EXCEPTION, Problem.FORM):
        for answer in stopped:
            if answer.problem is problem:
                what = _sentence(answer)
                if len(stopped) == len(names):
                    return what
                return f"{answer.case[:1].upper()}{answer.case[1:]}: {what}"
    missing = [name for name in names if name not in by_case]
    return f"No answer came to the case “{missing[0]}”." if missing else ""


def _sentence(answer: Answer) -> str:
    if answer.problem is Problem.UNFINISHED:
        return f"Not written yet ({answer.message})." if answer.message else "Not written yet."
    if answer.problem is Problem.EXCEPTION:
        return f"It stopped with {answer.message}"
    return answer.message


def _first_detail(criteria: tuple[CriterionResult, ...]) -> str:
    details = [result.detail for result in criteria if result.detail]
    return details[0] if details else "The result does not depend on the inputs."


def _carried(
    key: AnswerKey, by_case: Answers, criteria: tuple[CriterionResult, ...]
) -> tuple[str, ...]:
    """Return what is said where wrong values are just what the learner's own parts give."""
    passed = {result.name for result in criteria if result.passed}
    return tuple(
        dict.fromkeys(
            criterion.carried
            for criterion in key.exercise.criteria
            if criterion.kind is Kind.CONSISTENT
            and not criterion.of_itself
            and criterion.name in passed
            and _values_are_wrong(key, by_case, criterion)
        )
    )


def _values_are_wrong(key: AnswerKey, by_case: Answers, criterion: Criterion) -> bool:
    values = Criterion(criterion.name, 0.0, "", criterion.outputs, criterion.cases, Kind.VALUES)
    return bool(verdict_on(key, by_case, values))


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
