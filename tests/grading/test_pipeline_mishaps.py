"""Grading when something goes wrong: it is told, and the rest of the class gets its marks."""

import errno
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from autograder.course import Course
from autograder.grading import recording
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.marking import Marked, mark_unreadable
from autograder.grading.rebuild import Rebuilt
from autograder.grading.results import read_results
from autograder.grading.submissions import Submission
from autograder.grading.template import Template
from autograder.grading.unit_grader import UnitGrader
from autograder.machine import Crowding
from autograder.sandbox.job import Limits
from autograder.student.report import Status
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.grading.one_unit import UNIT, deliver, grade

LOOPS = "def stack_weights(W_xh, W_hh):\n    while True: pass"


@NEEDS_SANDBOX
@pytest.mark.parametrize("error", [KeyError("planted \x1b[31m"), MemoryError(), RecursionError()])
def test_unexpected_error_in_one_submission_leaves_it_to_the_instructor_and_goes_on(
    course: Course, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def planted(grader: UnitGrader, key: str, rebuilt: Rebuilt) -> Marked:
        if key == "unlucky":
            raise error
        return right(grader, key, rebuilt)

    right = UnitGrader.grade
    monkeypatch.setattr(UnitGrader, "grade", planted)
    for student in ("student", "unlucky", "zoe"):
        deliver(course, student)
    graded = grade(course)
    assert {name: one.result and one.result.points for name, one in graded.items()} == {
        "student": 9.0,
        "unlucky": 0.0,
        "zoe": 9.0,
    }
    assert graded["unlucky"].result is not None and graded["unlucky"].result.needs_instructor
    assert "failed unexpectedly" in graded["unlucky"].reason
    assert graded["unlucky"].reason.isprintable()
    monkeypatch.setattr(UnitGrader, "grade", right)
    assert grade(course)["unlucky"].result.points == 9.0  # type: ignore[union-attr]


@NEEDS_SANDBOX
def test_what_cannot_be_recorded_is_told_and_the_rest_goes_on(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(place: Course, submission: Submission, marked: Marked) -> None:
        if submission.student == "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        if submission.student == "unlucky":
            raise OSError("planted")
        write(place, submission, marked)

    def locked(gradebook: UnitGradebook, entries: list[Entry]) -> Any:
        if any(entry.submission.student == "locked" for entry in entries):
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return record(gradebook, entries)

    write, record = recording.write_autograded, UnitGradebook.record
    with monkeypatch.context() as patch:
        patch.setattr(recording, "write_autograded", full)
        patch.setattr(UnitGradebook, "record", locked)
        for student in ("disk", "locked", "unlucky", "zoe"):
            deliver(course, student)
        graded = grade(course)
    assert [result.student for result in read_results(course, UNIT)] == ["zoe"]
    assert "is full" in graded["disk"].reason
    assert "has locked the gradebook" in graded["locked"].reason
    assert "OSError: planted" in graded["unlucky"].reason
    assert {name for name, one in graded.items() if one.result is None} == set(graded) - {"zoe"}
    again = grade(course)
    assert [again[name].reused for name in ("disk", "locked", "unlucky", "zoe")] == [
        False,
        False,
        False,
        True,
    ]


def test_gradebook_locked_by_another_program_is_told_in_a_sentence(course: Course) -> None:
    template = Template.read(UNIT, course.release_notebook(UNIT))
    submission = Submission("student", UNIT, course.submitted / "student")
    unreadable = Entry(submission, mark_unreadable(template, "no notebook"), readable=False)
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
        with closing(sqlite3.connect(course.gradebook)) as other, other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError) as caught:
                gradebook.record([unreadable])
    assert "has locked the gradebook" in recording.why_not_kept(caught.value)


@NEEDS_SANDBOX
@pytest.mark.parametrize("overloaded", [True, False])
def test_out_of_time_on_an_overloaded_machine_is_run_again_alone(
    course: Course, monkeypatch: pytest.MonkeyPatch, overloaded: bool
) -> None:
    def counted(grader: UnitGrader, key: str, rebuilt: Rebuilt) -> Marked:
        runs.append(key)
        return right(grader, key, rebuilt)

    right, runs = UnitGrader.grade, list[str]()
    monkeypatch.setattr(UnitGrader, "grade", counted)
    monkeypatch.setattr(Crowding, "overloaded", lambda crowding, cpu_s: overloaded)
    deliver(course, "loops", stack_weights=LOOPS)
    deliver(course, "right")
    graded = grade(
        course, limits=replace(Limits(), cell_cpu_s=1.0, cell_wall_s=600.0, notebook_wall_s=600.0)
    )
    assert sorted(runs) == (["loops", "loops", "right"] if overloaded else ["loops", "right"])
    assert runs[-1] == "loops" or not overloaded
    assert graded["loops"].again is overloaded
    assert not graded["right"].again
    result = graded["loops"].result
    assert result is not None
    assert result.reports["check_stack_weights"].status is Status.LIMIT
