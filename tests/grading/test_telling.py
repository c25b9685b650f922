"""Marks come of the secret cases, words of the public ones."""

from dataclasses import replace

from autograder.grading.telling import NOT_TOLD, ONLY_THERE, PUBLIC_ALONE, told
from autograder.student.report import CriterionResult, Example, Report, Status

SECRET, PUBLIC = "0.1234 of a secret case", "0.5 of a public case"


def report(
    status: Status, *criteria: tuple[bool, str], points: float = 0.0, words: str = ""
) -> Report:
    results = tuple(
        CriterionResult(f"c{i}", "It holds.", float(passed), 1.0, "" if passed else detail)
        for i, (passed, detail) in enumerate(criteria)
    )
    example = Example("f(1)", "h", words, words) if words and criteria else None
    return Report(
        "f", "F", status, points, 2.0, words, results, words, words, (words,), example, words
    )


def said(one: Report) -> str:
    return repr(replace(one, exercise="", title=""))


def test_told_report_has_the_marks_of_one_and_the_words_of_the_other() -> None:
    graded = report(Status.PARTIAL, (False, SECRET), (True, ""), points=1.0, words=SECRET)
    shown = report(Status.FAILED, (False, PUBLIC), (False, PUBLIC), words=PUBLIC)
    found = told(replace(graded, hint=""), shown)
    assert (found.status, found.points) == (Status.PARTIAL, 1.0)
    assert [c.detail for c in found.criteria] == [PUBLIC, ""]
    assert [c.passed for c in found.criteria] == [False, True]
    assert found.headline == found.mistake_sentence == PUBLIC and found.example == shown.example
    assert SECRET not in said(found)


def test_what_fails_on_secret_cases_alone_is_told_without_them() -> None:
    graded = report(Status.PARTIAL, (False, SECRET), (False, SECRET), words=SECRET)
    shown = report(Status.PARTIAL, (False, PUBLIC), (True, ""), words=PUBLIC)
    found = told(replace(graded, hint=""), shown)
    assert [c.detail for c in found.criteria] == [PUBLIC, ONLY_THERE]
    passed = report(Status.PASSED, (True, ""), (True, ""), points=2.0)
    found = told(replace(graded, hint=""), passed)
    assert found.headline == PUBLIC_ALONE and found.points == 0.0
    assert SECRET not in said(found)


def test_verdict_whose_words_cannot_be_had_says_so() -> None:
    graded = report(Status.FAILED, (False, SECRET), words=SECRET)
    for status in (Status.LIMIT, Status.UNFINISHED, Status.NOT_GRADABLE):
        found = told(replace(graded, hint=""), report(status, words=PUBLIC))
        assert found.headline == NOT_TOLD
        assert SECRET not in said(found)
