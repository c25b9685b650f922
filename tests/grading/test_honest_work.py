"""A right function earns its marks, whatever happened to the notebook around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.grading.marking import Marked, as_written
from autograder.grading.submissions import parse_cells
from autograder.grading.unit_grader import UnitGrader
from autograder.judge.exercise import PUBLIC_SEED
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.grading import happenings
from tests.grading.happenings import ANSWER, COURSE, KEEP_EVERYTHING, Cells, Happening, Solved

pytestmark = NEEDS_SANDBOX
UNITS = ("recurrence", "bptt", "lstm")


class Class:
    """A unit's grader, and its notebook solved."""

    def __init__(self, unit: str, grader: UnitGrader) -> None:
        self.solved, self._grader = Solved(unit), grader

    def mark(self, cells: Cells) -> Marked:
        """Grade a notebook."""
        rebuilt = self._grader.rebuild(parse_cells(happenings.as_bytes(cells)))
        return self._grader.grade("one", rebuilt)

    def lost(self, marked: Marked) -> dict[str, tuple[float | None, str]]:
        """Return what is not full: points and why, by exercise."""
        return {
            report.exercise: (report.points, report.headline)
            for report in marked.reports.values()
            if report.points != report.max_points
        }

    def answer(self, marked: Marked) -> str:
        """Return the answer in words that an instructor reads."""
        return next(
            str(as_written(cell))
            for cell in marked.notebook["cells"]
            if happenings.grade_id(cell) == self.solved.written
        )


@pytest.fixture(scope="module", params=UNITS)
def class_(request: pytest.FixtureRequest) -> Iterator[Class]:
    unit: str = request.param
    with UnitGrader(COURSE, unit, PUBLIC_SEED, BubblewrapLauncher()) as grader:
        yield Class(unit, grader)


@pytest.mark.parametrize("happening", KEEP_EVERYTHING, ids=lambda one: one.__name__)
def test_honest_notebook_keeps_all_marks_after(happening: Happening, class_: Class) -> None:
    marked = class_.mark(happening(class_.solved))
    assert class_.lost(marked) == {}
    assert class_.answer(marked) == ANSWER
    assert len([flag for flag in marked.flags if "is not there" not in flag]) <= 1
