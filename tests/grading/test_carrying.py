"""An error is paid for once, unless the course says not; both ways of grading read that alike."""

import json
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.errors import AutograderError
from autograder.grading.configuration import CARRY_SETTING, errors_are_carried
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import read_result
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX, gradebook_rows, hand_in
from tests.grading.configured import configure, configured_course, graded_by_nbgrader

UNIT, NAME, STUDENT = "recurrence", "01_recurrence", "once"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with a configuration of its own."""
    return configured_course(tmp_path)


def hand_in_a_wrong_step(course: Course) -> None:
    texts = solution_texts(read_notebook(course.source_notebook(UNIT)))
    right = "x_t @ W_xh + h_prev @ W_hh + b_h"
    assert right in texts["rnn_step_forward"]
    texts["rnn_step_forward"] = texts["rnn_step_forward"].replace(right, f"({right}) / 2")
    notebook = submission(read_notebook(course.release_notebook(UNIT)), texts)
    hand_in(course, UNIT, STUDENT, json.dumps(notebook).encode())


def graded(course: Course) -> tuple[float | None, bool]:
    """Grade; return the points of the loop, and whether the earlier result was taken over."""
    (done,) = grade_unit(course, UNIT, BubblewrapLauncher(), jobs=1, prove=False)
    result = read_result(course, UNIT, STUDENT)
    assert result is not None
    return result.reports["check_rnn_forward"].points, done.reused


@NEEDS_SANDBOX
def test_carrying_switched_off_grades_again_and_for_less(course: Course) -> None:
    hand_in_a_wrong_step(course)
    assert graded(course) == (3, False)
    assert graded(course) == (3, True)
    configure(course, f"{CARRY_SETTING} = False")
    points, reused = graded(course)
    assert not reused
    assert points is not None and points < 1.1
    configure(course, f"{CARRY_SETTING} = True")
    assert graded(course) == (3, False)


@NEEDS_SANDBOX
def test_carrying_switched_off_holds_for_nbgrader_s_way_too(course: Course, tmp_path: Path) -> None:
    configure(course, f"{CARRY_SETTING} = False")
    hand_in_a_wrong_step(course)
    graded(course)
    other, _ = graded_by_nbgrader(course, UNIT, tmp_path / "nbgrader")
    assert gradebook_rows(other, UNIT) == gradebook_rows(course, UNIT)
    ours, theirs = (read_result(one, UNIT, STUDENT) for one in (course, other))
    assert ours is not None and theirs is not None
    assert ours.digest == theirs.digest


def test_carrying_unless_the_course_says_not(course: Course) -> None:
    assert errors_are_carried(course)
    configure(course, f"{CARRY_SETTING} = False")
    assert not errors_are_carried(course)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"{CARRY_SETTING} = 'no'", "is 'no'; expected True"),
        ("import no_such_module", "cannot be read .ModuleNotFoundError"),
        ("this is no Python", "cannot be read .SyntaxError"),
    ],
)
def test_carrying_that_cannot_be_read_is_one_sentence(course: Course, line: str, told: str) -> None:
    configure(course, line)
    with pytest.raises(AutograderError, match=told):
        errors_are_carried(course)


@NEEDS_SANDBOX
def test_carrying_that_cannot_be_read_grades_nobody(course: Course) -> None:
    hand_in_a_wrong_step(course)
    configure(course, f"{CARRY_SETTING} = 1")
    with pytest.raises(AutograderError, match="expected True"):
        graded(course)
    assert read_result(course, UNIT, STUDENT) is None
