"""What is to be looked at first in answers that are not right, in a sentence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from autograder.judge.criteria import varies, verdict_on
from autograder.judge.criterion import Kind
from autograder.judge.exercise import Case
from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer, Problem
from autograder.student.report import CriterionResult

Answers = Mapping[str, Answer]


def first_cause(key: AnswerKey, by_case: Answers, criteria: tuple[CriterionResult, ...]) -> str:
    """Return what is to be looked at first, in a sentence.

    In the main cases, not written yet comes before a crash, a crash before a wrong form, a wrong
    form before wrong values; then what stopped at an edge; then the first criterion that is not
    met. But what a case had wrong before it stopped comes before the stop: further calls may be
    made with it. `criteria` may have been credited: what is paid for elsewhere is no cause.
    """
    main = [case for case in key.asked if not case.edge]
    edges = [case for case in key.asked if case.edge]
    open_ones = {result.name for result in criteria if not result.passed}
    return (
        _wrong_before(key, by_case, main, open_ones)
        or _stop(main, by_case, main[0].name)
        or _wrong_values(key, by_case, main, open_ones)
        or _stop(edges, by_case)
        or next((result.detail for result in criteria if result.detail), "")
        or _unjudged(key, by_case)
    )


def _unjudged(key: AnswerKey, by_case: Answers) -> str:
    if varies(key, by_case):
        return "Not all that is asked could be judged."
    return "The result does not depend on the inputs."


def _stop(cases: Sequence[Case], by_case: Answers, unnamed: str = "") -> str:
    """Return what kept the functions from answering; "" if they did.

    The case is named unless it is the one that is `unnamed`.
    """
    names = [case.name for case in cases]
    stopped = [by_case[name] for name in names if name in by_case and by_case[name].problem]
    for problem in (Problem.UNFINISHED, Problem.EXCEPTION, Problem.FORM):
        for answer in stopped:
            if answer.problem is problem:
                what = _sentence(answer)
                if answer.case == unnamed:
                    return what
                what = lowered(what) if what.startswith("It ") else what
                return f"{answer.case[:1].upper()}{answer.case[1:]}: {what}"
    missing = [name for name in names if name not in by_case]
    return f"No answer came to the case “{missing[0]}”." if missing else ""


def _wrong_before(
    key: AnswerKey, by_case: Answers, cases: Sequence[Case], names: Collection[str]
) -> str:
    """Return what had come wrong in the first case that stopped.

    Nothing where a part is unwritten, or where what came back could not even be read.
    """
    stopped = [case for case in cases if by_case.get(case.name, Answer(case.name)).problem]
    problems = [by_case[case.name].problem for case in stopped]
    if Problem.UNFINISHED in problems or problems[:1] == [Problem.FORM]:
        return ""
    return _wrong_values(key, by_case, stopped[:1], names)


def _wrong_values(
    key: AnswerKey, by_case: Answers, cases: Sequence[Case], names: Collection[str]
) -> str:
    """Return how the values differ that the first unmet criterion among `names` finds wrong."""
    among = {case.name for case in cases}
    for criterion in key.exercise.criteria:
        looked_at = tuple(name for name in criterion.cases or among if name in among)
        if criterion.kind is Kind.VALUES and criterion.name in names and looked_at:
            found = verdict_on(key, by_case, replace(criterion, cases=looked_at))
            if found:
                return found
    return ""


def _sentence(answer: Answer) -> str:
    if answer.problem is Problem.UNFINISHED:
        return f"Not written yet ({answer.message})." if answer.message else "Not written yet."
    return answer.message


def lowered(sentence: str) -> str:
    """Return `sentence` as it goes on behind something."""
    return sentence[:1].lower() + sentence[1:]
