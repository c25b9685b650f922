"""What `autograder show` prints: one exercise of one student, hidden cases and all.

For the instructor alone: it tells secret inputs, right answers and the text of hidden tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.release_audit import units_in
from autograder.grading.submissions import submission_of
from autograder.grading.template import CHECK_PREFIX, Template
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.judge.criteria import value_verdict
from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer
from autograder.student.display import as_text
from autograder.units import folder_name

if TYPE_CHECKING:
    from autograder.grading.rebuild import Rebuilt
    from autograder.sandbox.launcher import Launcher

MAX_NUMBERS = 200  # of an array that are shown, then it is shortened


def show_lines(
    course: Course, student: str, exercise: str, launcher: Launcher, where: bool = False
) -> list[str]:
    """Run one student's work again on the secret cases; return what to print of an exercise.

    Parameters
    ----------
    where : bool
        Whether the line is looked for in which the mistake lies.

    Raises
    ------
    AutograderError
        If there is no such exercise, or no work of the student's that can be read.
    """
    unit, check = find_check(course, exercise)
    with UnitGrader(course, unit, unit_seed(course, unit), launcher) as grader:
        try:
            rebuilt = grader.read(submission_of(course, unit, student))[0]
        except UnreadableSubmission as error:
            raise AutograderError(f"{student}, {folder_name(unit)}: {error}.") from error
        report = grader.grade(student, rebuilt).reports[check]
        lines = [f"{student}, {folder_name(unit)}, {check}", "", as_text(report), ""]
        exercises = grader.marker.template.exercises
        if check in exercises:
            name = exercises[check].name
            answers = grader.answers(student, rebuilt).get(name, [])
            lines += _cases(grader.marker.keys[name], answers)
            return [*lines, *(_located(grader, student, rebuilt, check) if where else ())]
        return [*lines, *_own(grader, student, rebuilt, check)]


def find_check(course: Course, exercise: str) -> tuple[str, str]:
    """Return the unit and the check cell that an exercise's name means.

    Raises
    ------
    AutograderError
        If it means none; the message lists those there are.
    """
    known: list[str] = []
    for unit in units_in(course.release):
        template = Template.read(unit, course.release_notebook(unit))
        for cell in (cell for cell in template.cells if cell.is_check):
            if exercise in (cell.grade_id, cell.grade_id.removeprefix(CHECK_PREFIX)):
                return unit, cell.grade_id
            known.append(cell.grade_id.removeprefix(CHECK_PREFIX))
    there = ", ".join(known) or "none, for nothing is released"
    raise AutograderError(f"There is no exercise {exercise!r}; there are {there}.")


def _cases(key: AnswerKey, answers: list[Answer]) -> Iterator[str]:
    """Yield the first case that is wrong: its inputs, what came, what is right."""
    by_case = {answer.case: key.complete(answer) for answer in answers}
    wrong = {case.name: _wrong(key, by_case.get(case.name), case.name) for case in key.asked}
    wrong = {name: outputs for name, outputs in wrong.items() if outputs}
    if not answers:
        yield "No answers came out of it, so there is no case to show."
        return
    if not wrong:
        yield f"All values of all {len(key.asked)} cases are right."
        return
    first = next(iter(wrong))
    inputs = next(case.inputs for case in key.asked if case.name == first)
    yield f"Wrong in {len(wrong)} of {len(key.asked)} cases. The first: {first}"
    for name, value in inputs.items():
        yield from _value(f"  {name} = ", value)
    answer = by_case.get(first, Answer(first))
    if answer.problem:
        yield f"  it stopped: {answer.message or answer.exception or answer.problem}"
    for name in wrong[first]:
        came = answer.outputs.get(name)
        yield from _value(f"  {name} came:  ", "nothing" if came is None else came)
        yield from _value(f"  {name} right: ", key.expected[first].outputs[name])


def _located(grader: UnitGrader, student: str, rebuilt: Rebuilt, check: str) -> Iterator[str]:
    """Yield the line in which the mistake lies, as far as it can be proven."""
    try:
        found = grader.where(student, rebuilt, check)
    except UnreadableSubmission as error:
        yield f"Where: {error}."
        return
    yield f"Where: {found.sentence}"
    yield from (f"  {text}" for text in (*found.further, *found.lines))


def _wrong(key: AnswerKey, answer: Answer | None, case: str) -> list[str]:
    given = answer or Answer(case)
    judged = [name for name in key.expected[case].outputs if name in key.exercise.judged_outputs]
    return [name for name in judged if value_verdict(key, given, name) != ""]


def _value(before: str, value: Any) -> Iterator[str]:
    """Yield a value in lines that stand below one another."""
    if isinstance(value, Mapping) and value:
        yield before.rstrip()
        for name, one in value.items():
            yield from _value(f"    {name} = ", one)
        return
    with np.printoptions(precision=6, suppress=True, threshold=MAX_NUMBERS, linewidth=90):
        text = str(value) if isinstance(value, np.ndarray | str) else repr(value)
    yield before + text.replace("\n", "\n" + " " * len(before))


def _own(grader: UnitGrader, student: str, rebuilt: Rebuilt, check: str) -> Iterator[str]:
    """Yield what a test of the instructor's own says, and its text where it is hidden."""
    outcome = grader.own_outcomes(student, rebuilt)[check]
    yield f"What the tests say: {outcome.detail or 'they hold.'}"
    if check in grader.plan.beside:
        yield f"They run beside the student's code ({grader.plan.beside[check]}): see SECURITY.md."
    test = next(test for test in grader.marker.own.tests if test.name == check)
    for text, hidden in zip(test.texts, test.hidden, strict=True):
        if hidden:
            yield "The hidden tests:"
            yield from (f"  {line}" for line in text.strip("\n").split("\n"))
