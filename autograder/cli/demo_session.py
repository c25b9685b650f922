"""What ``autograder demo`` does: a made-up class is graded, and every mark compared."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from autograder.cli import terminal
from autograder.cli.grading_session import grade_and_report
from autograder.course import Course
from autograder.demo.run import DEMO_LIMITS, compare, demo_course, lock_of, set_up
from autograder.grading.files import alone_in
from autograder.sandbox.launcher import Launcher
from autograder.units import folder_name


def run_demo(console: Console, course: Course, units: Iterable[str], launcher: Launcher) -> bool:
    """Grade the demo class of `units` and return whether every mark is the one predicted.

    Raises
    ------
    AutograderError
        If another demo has not ended yet.
    """
    place = demo_course(course)
    with alone_in(place, lock_of(place)):
        return _run_demo(console, place, units, launcher)


def _run_demo(console: Console, place: Course, units: Iterable[str], launcher: Launcher) -> bool:
    held = True
    for unit, members in set_up(place, units).items():
        session = grade_and_report(console, place, unit, launcher, limits=DEMO_LIMITS)
        results = {one.submission.student: one.result for one in session.graded}
        ordered = [result for m in members if (result := results.get(m.student)) is not None]
        console.print()
        console.print(terminal.marks_table(ordered, folder_name(unit)))
        mismatches = compare(place, unit, members)
        held &= not mismatches
        console.print()
        for line in terminal.demo_lines(members, mismatches):
            console.print(line)
        console.print(f"The class report: {terminal.plain(str(session.report))}")
    return held
