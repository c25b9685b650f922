"""Laying out the demo class as an instructor's course folder, and comparing its marks."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Course
from autograder.demo.classroom import Classroom, DemoSubmission
from autograder.grading.files import LOCK_NAME
from autograder.grading.results import Result, read_result
from autograder.sandbox.job import Limits
from autograder.units import folder_name

#: The endless loops of the demo need not run for as long as a student's might; on a machine that is
#: busy with other things they still end by their processor time, as predicted.
DEMO_LIMITS = Limits(cell_cpu_s=2.0, cell_wall_s=100.0)

DEMO_FOLDER = Path("course") / "demo"


@dataclass(frozen=True)
class Mismatch:
    """A demo submission that did not get what its kind predicts."""

    student: str
    exercise: str
    what: str

    def __str__(self) -> str:
        return f"{self.student}, {self.exercise}: {self.what}"


def demo_course(course: Course) -> Course:
    """Return the course folder of the demo class: apart from the real one, gradebook included."""
    return replace(course, data=DEMO_FOLDER, gradebook_url="")


def lock_of(course: Course) -> Path:
    """Return the file that holds the demo class: beside its folder, which `set_up` deletes."""
    return course.data.with_name(f".{course.data.name}{LOCK_NAME}")


def set_up(course: Course, units: Iterable[str]) -> dict[str, list[DemoSubmission]]:
    """Start the demo class afresh: write its submissions, forget earlier gradings of it.

    Parameters
    ----------
    course : Course
        What `demo_course` returned.
    """
    if course.data.exists():
        shutil.rmtree(course.data)
    classes = {unit: Classroom(course, unit).build() for unit in units}
    for unit, members in classes.items():
        name = folder_name(unit)
        for member in members:
            folder = course.submitted / member.student / name
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_bytes(member.content)
    return classes


def compare(course: Course, unit: str, members: Iterable[DemoSubmission]) -> list[Mismatch]:
    """Return where the marks of `unit` are others than predicted."""
    return [
        mismatch
        for member in members
        for mismatch in _compare(member, read_result(course, unit, member.student))
    ]


def _compare(member: DemoSubmission, result: Result | None) -> list[Mismatch]:
    if result is None:
        return [Mismatch(member.student, "-", "was not graded")]
    found = []
    for report in result.reports.values():
        name = report.exercise
        wanted = member.marks[name]
        status = member.statuses.get(name, report.status)
        mistake = member.mistakes.get(name, report.mistake)
        if report.points != wanted:
            found.append(Mismatch(member.student, name, f"{report.points} points, not {wanted}"))
        if report.status is not status:
            found.append(Mismatch(member.student, name, f"{report.status}, not {status}"))
        if report.mistake != mistake:
            what = f"mistake {report.mistake or 'not'} named, not {mistake}"
            found.append(Mismatch(member.student, name, what))
    return found
