"""What a graded report may say: numbers of the secret cases decide, words come of the public ones.

Whatever student code says while secret cases are at hand can carry them: an error's message, a
wrong number, a shape. So a verdict on them keeps its marks alone. Why something is wrong is told
from a run in which no secret case was at hand.
"""

from dataclasses import replace

from autograder.student.report import CriterionResult, Report, Status

ONLY_THERE = "This holds on the public cases, and not on those of grading: other numbers and sizes."
PUBLIC_ALONE = "On the public cases it does all that is asked; on those of grading it does not."
NOT_TOLD = "On the cases of grading it does not do all that is asked."


def needs_words(report: Report) -> bool:
    """Return whether the public cases are asked, to say why marks are missing."""
    return report.status in (Status.FAILED, Status.PARTIAL, Status.NOT_GRADABLE)


def told(graded: Report, shown: Report) -> Report:
    """Return the marks of `graded`, which is of secret cases, in the words of `shown`."""
    if not needs_words(graded):
        return replace(graded, criteria=tuple(replace(c, detail="") for c in graded.criteria))
    if not graded.criteria:  # it never came to an answer
        words = shown.headline if shown.status is graded.status and not shown.criteria else ""
        return replace(graded, headline=words or graded.headline)
    if not shown.criteria:
        return _bare(graded, NOT_TOLD)
    if shown.status is Status.PASSED:
        return _bare(graded, PUBLIC_ALONE)
    words_of = {result.name: result for result in shown.criteria}
    return replace(
        graded,
        headline=shown.headline,
        criteria=tuple(_told(result, words_of[result.name]) for result in graded.criteria),
        mistake=shown.mistake,
        mistake_sentence=shown.mistake_sentence,
        advice=shown.advice,
        example=shown.example,
    )


def _bare(graded: Report, headline: str) -> Report:
    """Return `graded` without a word of its own."""
    criteria = tuple(replace(result, detail="") for result in graded.criteria)
    return replace(
        graded,
        headline=headline,
        criteria=criteria,
        mistake="",
        mistake_sentence="",
        advice=(),
        example=None,
    )


def _told(graded: CriterionResult, shown: CriterionResult) -> CriterionResult:
    if graded.passed or not graded.judged:
        return replace(graded, detail="")
    return replace(graded, detail=ONLY_THERE if shown.passed else shown.detail)
