"""What ``autograder roster`` does: the class goes into the gradebook, and an id becomes another."""

from collections.abc import Iterator

from rich.console import Console

from autograder.cli import terminal
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.class_list import store_class
from autograder.grading.collecting.roster import Roster
from autograder.grading.collecting.roster_table import ROSTER_NAMES, roster_of, roster_path
from autograder.grading.gradebook_reader import due_dates, known_students
from autograder.grading.renaming import rename_student
from autograder.grading.results import graded_students, read_results
from autograder.reports.class_report import write_class_report
from autograder.reports.feedback import write_feedback_pages
from autograder.times import written
from autograder.units import UNITS, folder_name, unit_of


def take_up_roster(console: Console, course: Course) -> None:
    """Put the course's roster into the gradebook, and print who is in the class and what is due.

    Raises
    ------
    AutograderError
        If there is no roster, or it cannot be read.
    """
    roster = roster_of(course)
    if roster is None:
        raise AutograderError(
            f"There is no roster: put the class into {course.data / ROSTER_NAMES[0]}, with the "
            "columns id, name, email, section, extension."
        )
    store_class(course, roster, {})
    console.print(f"{len(roster.students)} in the class, in the gradebook: {roster_path(course)}")
    for line in _dates(course, roster):
        console.print(terminal.plain(line))
    gone = sorted(set(known_students(course)) - roster.ids)
    for line in terminal.left_out_lines(gone):
        console.print(line, markup=False)


def _dates(course: Course, roster: Roster) -> Iterator[str]:
    """Yield a line on each unit that is known to have dates: how many have which."""
    usual = due_dates(course)
    for unit in UNITS:
        name = folder_name(unit)
        if name not in usual and not roster.names(unit):
            continue
        class_due = usual.get(name) or roster.latest(unit)
        dues = [roster.due(student.id, unit, class_due) for student in roster.students]
        times = sorted({due for due in dues if due is not None})
        if times:
            told = (f"{written(time)} for {dues.count(time)}" for time in times)
            yield f"  {name} is due {', '.join(told)}"


def rename(console: Console, course: Course, old: str, new: str) -> None:
    """Give a student's work, marks and comments to another id, and write anew what shows it.

    Raises
    ------
    AutograderError
        If that cannot be done.
    """
    names = rename_student(course, old, new)
    for name in names:
        unit = unit_of(name)
        if new in graded_students(course, unit):
            write_feedback_pages(course, unit, read_results(course, unit, [new]))
            write_class_report(course, unit)
    what = ", ".join(names) or "no work yet"
    console.print(terminal.plain(f"{old} is {new} now, with all there is: {what}"))
    roster = roster_of(course)
    if roster is not None and old in roster.ids:
        console.print(terminal.plain(f"  {roster_path(course)} still has {old}: write {new} there"))
