"""From answers to a report: the first cause, each property by its own claim, the mistake's name."""

import time
from collections.abc import Mapping
from dataclasses import replace

from autograder.judge.compare import equal
from autograder.judge.criteria import right_in, value_verdict, varies, verdict_on
from autograder.judge.criterion import Criterion, Kind
from autograder.judge.doubts import fitted, gives_up
from autograder.judge.examples import example
from autograder.judge.exercise import Case, Exercise
from autograder.judge.first_cause import first_cause, lowered
from autograder.judge.key import AnswerKey
from autograder.judge.recognition import PATIENCE_S
from autograder.judge.unjudged import out_of_limit, unfinished, without_criteria
from autograder.student.answers import OUT_OF_MEMORY, Answer, Problem
from autograder.student.report import CriterionResult, Report, Status
from autograder.student.words import listed

POINT_DECIMALS = 2
Answers = Mapping[str, Answer]


def judge(key: AnswerKey, answers: list[Answer], carry: bool = True) -> Report:
    """Return the verdict on `answers`.

    Parameters
    ----------
    key : AnswerKey
        The exercise, its cases and what is expected.
    answers : list of Answer
        What the probe yielded, in any order. Nothing in them is trusted.
    carry : bool
        Whether an error is paid for once: what is right with stand-ins in the place of the
        learner's own parts earns full points. It is told in any case.

    Returns
    -------
    Report
        With a number of points, always: who has answered can be judged.
    """
    exercise = key.exercise
    answers = [key.complete(fitted(key, answer)) for answer in answers]
    by_case = {answer.case: answer for answer in answers}
    stop = next((a for a in answers if a.problem in (Problem.UNFINISHED, Problem.LIMIT)), None)
    if stop is not None and stop.problem is Problem.LIMIT:
        limit = "memory" if stop.exception == OUT_OF_MEMORY else "time"
        return out_of_limit(exercise, limit, stop.message)
    if stop is not None and not any(a.outputs for a in answers):
        return unfinished(exercise, stop)
    if found := gives_up(key, by_case):
        return without_criteria(
            exercise,
            Status.LIMIT,
            0.0,
            f"{found} Small cases are right, but that does not show a gradient. "
            f"{exercise.slow_sentence}",
        )
    own_word_counts = varies(key, by_case)
    criteria = tuple(_judged(key, by_case, c, own_word_counts) for c in exercise.criteria)
    if all(result.passed for result in criteria):
        return _passed(exercise, criteria)
    with_ours = right_with_ours(key, by_case)
    experiments = _experiments(key, by_case, criteria, with_ours)
    if carry:
        criteria = tuple(
            _credited(exercise, criterion, result, with_ours, own_word_counts)
            for criterion, result in zip(exercise.criteria, criteria, strict=True)
        )
    return _with_reasons(key, by_case, criteria, experiments)


def holds(key: AnswerKey, answers: list[Answer]) -> bool:
    """Return whether all that is asked holds; nothing is said of what does not."""
    answers = [key.complete(fitted(key, answer)) for answer in answers]
    by_case = {answer.case: answer for answer in answers}
    stopped = {Problem.UNFINISHED, Problem.LIMIT} & {answer.problem for answer in answers}
    if stopped or gives_up(key, by_case):
        return False
    own_word_counts = varies(key, by_case)
    return all(_judged(key, by_case, c, own_word_counts).passed for c in key.exercise.criteria)


def right_with_ours(key: AnswerKey, by_case: Answers) -> frozenset[str]:
    """Return the cases in which all is right once stand-ins are called in place of own parts."""
    return frozenset(
        case.of
        for case in key.with_ours
        if not by_case.get(case.name, Answer(case.name)).changed
        and _is_right(key, by_case, case, case.name)
        and not _drawn_otherwise(key, by_case, case.of)
    )


def _drawn_otherwise(key: AnswerKey, by_case: Answers, case: str) -> bool:
    """Return whether counts are not even those that the learner's own parts make expect.

    Then the mistake is in what draws, though chance may hide it once stand-ins are called.
    """
    return any(
        bool(verdict_on(key, by_case, replace(criterion, cases=(case,))))
        for criterion in key.exercise.criteria
        if criterion.kind is Kind.CONSISTENT
        and case in criterion.cases
        and key.exercise.chances.keys() & set(criterion.outputs)
    )


def _is_right(key: AnswerKey, by_case: Answers, with_ours: Case, case: str) -> bool:
    """Return whether all that is judged of `with_ours` is right in `case`, it or what it is of."""
    answer = by_case.get(case, Answer(case))
    judged = key.exercise.judged_outputs & key.expected[with_ours.name].outputs.keys()
    return all(value_verdict(key, answer, output) == "" for output in judged)


def _credited(
    exercise: Exercise,
    criterion: Criterion,
    result: CriterionResult,
    with_ours: frozenset[str],
    own_word_counts: bool,
) -> CriterionResult:
    """Return the result with full points where only a part of the learner's own is wrong."""
    looked_at = {*criterion.cases, *criterion.besides} or set(exercise.stand_in_cases)
    cases = looked_at & set(exercise.stand_in_cases)
    # Chance may hide what is wrong; a case too large for stand-ins may not be judged beside wrong
    # ones; a constant may be right in one of them: then all must be right.
    by_chance = exercise.chances.keys() & set(criterion.outputs)
    believed = own_word_counts or criterion.kind is Kind.VALUES
    if by_chance or not believed or not (cases or result.judged):
        cases = set(exercise.stand_in_cases)
    if (
        result.passed
        or not cases
        or not cases <= with_ours
        or (result.judged and _is_told(criterion))
    ):
        return result
    sentence = f"{criterion.sentence} (With our {listed(exercise.stand_ins)}.)"
    return replace(result, sentence=sentence, points=result.max_points, detail="", judged=True)


def _is_told(criterion: Criterion) -> bool:
    """Return whether a failure was seen in what the function did to its arguments and results."""
    return criterion.kind in (Kind.UNCHANGED, Kind.REPEATABLE, Kind.SAME)


def _judged(
    key: AnswerKey, by_case: Answers, criterion: Criterion, own_word_counts: bool
) -> CriterionResult:
    """Return the result of one criterion; who returns a constant is not believed on its word."""
    verdict = verdict_on(key, by_case, criterion)
    if verdict == "" and criterion.kind is not Kind.VALUES and not own_word_counts:
        verdict = None
    worth = criterion.weight * key.exercise.points
    earned = worth if verdict == "" else 0.0
    judged, sentence = verdict is not None, criterion.sentence
    if verdict == "":
        sentence = f"{sentence} {right_in(key, by_case, criterion)}".rstrip()
    return CriterionResult(criterion.name, sentence, earned, worth, verdict or "", judged)


def _passed(
    exercise: Exercise,
    criteria: tuple[CriterionResult, ...],
    headline: str = "It does all that is asked.",
) -> Report:
    points = exercise.points
    return Report(exercise.name, exercise.title, Status.PASSED, points, points, headline, criteria)


def _with_reasons(
    key: AnswerKey,
    by_case: Answers,
    criteria: tuple[CriterionResult, ...],
    experiments: tuple[str, ...],
) -> Report:
    exercise = key.exercise
    points = round(sum(result.points for result in criteria), POINT_DECIMALS)
    # A mistake of a part is never pinned on what calls it.
    name, sentences = ("", []) if experiments else _recognised(key, by_case)
    status = Status.PARTIAL if points else Status.FAILED
    if all(result.passed for result in criteria):
        return _passed(exercise, criteria, *experiments[:1])
    headline = first_cause(key, by_case, criteria)
    if not any(result.detail for result in criteria):  # told where a property was to be shown, too
        first = next(i for i, result in enumerate(criteria) if not result.passed)
        told = replace(criteria[first], detail=headline)
        criteria = (*criteria[:first], told, *criteria[first + 1 :])
    return Report(
        exercise=exercise.name,
        title=exercise.title,
        status=status,
        points=points,
        max_points=exercise.points,
        headline=headline,
        criteria=criteria,
        mistake=name,
        mistake_sentence=sentences[0] if sentences else "",
        advice=(*experiments, *sentences[1:]),
        example=None if experiments else example(key, by_case),
    )


def _recognised(key: AnswerKey, by_case: Answers) -> tuple[str, list[str]]:
    """Return the name of the mistake, or "", and what is said of all that has been recognised.

    Where stand-ins were called, the mistakes of the function itself are seen with them alone. Both
    searches together take no longer than one.
    """
    begin, ours = time.thread_time(), []
    if _stand_ins_matter(key, by_case):
        ours = key.recogniser_with_ours.recognise(by_case, PATIENCE_S / 2)
    left_s = PATIENCE_S - (time.thread_time() - begin)
    if ours and not all(key.recogniser.explains(m, by_case) for m in ours[0].mistakes):
        recognised = key.recogniser.recognise(by_case, left_s) if key.exercise.chances else []
        if recognised and all(
            key.recogniser_with_ours.explains(m, by_case) for m in recognised[0].mistakes
        ):  # counts that chance makes alike with ours are told apart with the learner's own
            return recognised[0].name, [one.sentence for one in recognised]
        sentences = [f"With ours in the place of your {' or '.join(key.exercise.stand_ins)},"]
        return ours[0].name, [f"{sentences[0]} {lowered(one.sentence)}" for one in ours]
    recognised = key.recogniser.recognise(by_case, left_s)
    name = recognised[0].name if recognised else ""
    return name, [one.sentence for one in recognised]


def _stand_ins_matter(key: AnswerKey, by_case: Answers) -> bool:
    """Return whether some answer with stand-ins is another than that without: they were called."""
    for case in key.with_ours:
        own, ours = by_case.get(case.of), by_case.get(case.name)
        if own is None or (ours is not None and ours.outputs and not own.outputs):
            return True
        if ours is None or own.outputs.keys() != ours.outputs.keys():
            continue
        tolerance = key.exercise.tolerance
        if any(not equal(own.outputs[n], ours.outputs[n], tolerance) for n in ours.outputs):
            return True
    return False


def _experiments(
    key: AnswerKey,
    by_case: Answers,
    criteria: tuple[CriterionResult, ...],
    with_ours: frozenset[str],
) -> tuple[str, ...]:
    """Return what is told where the mistake has been shown to lie in a part of the learner's own.

    Either all is right with ours in its place, or the wrong values are what the own parts give.
    """
    exercise = key.exercise
    all_right = bool(with_ours) and with_ours >= set(exercise.stand_in_cases)
    if all_right and not all(_is_right(key, by_case, case, case.of) for case in key.with_ours):
        names = " or ".join(exercise.stand_ins)
        return (
            f"Your {exercise.name} is right: with a function of ours in the place of your {names} "
            "it gives what it should. Look for the mistake in yours.",
        )
    if _stand_ins_matter(key, by_case):
        return ()  # the function itself has been seen to be wrong
    passed = {result.name for result in criteria if result.passed}
    return tuple(
        dict.fromkeys(
            criterion.carried
            for criterion in exercise.criteria
            if criterion.kind is Kind.CONSISTENT
            and not criterion.of_itself
            and criterion.name in passed
            and _values_are_wrong(key, by_case, criterion)
        )
    )


def _values_are_wrong(key: AnswerKey, by_case: Answers, criterion: Criterion) -> bool:
    values = Criterion(criterion.name, 0.0, "", criterion.outputs, criterion.cases, Kind.VALUES)
    return bool(verdict_on(key, by_case, values))
