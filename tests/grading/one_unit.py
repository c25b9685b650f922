"""A unit of which works are delivered, and graded by its name."""

from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.outcome import Graded
from autograder.grading.pipeline import grade_unit
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import hand_in, solved

UNIT, NAME = "recurrence", "01_recurrence"


def deliver(course: Course, student: str, **texts: str) -> Path:
    """Hand in right work, with other `texts` in the cells of those names; return its path."""
    return hand_in(course, UNIT, student, solved(course, UNIT, **texts))


def grade(course: Course, **options: Any) -> dict[str, Graded]:
    """Grade the unit, and return what came of it by student."""
    done = grade_unit(course, UNIT, BubblewrapLauncher(), jobs=2, **options)
    return {one.submission.student: one for one in done}
