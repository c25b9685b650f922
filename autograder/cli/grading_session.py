"""What the grading commands do, from the first look at the sandbox to the last line printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from autograder.cli import terminal
from autograder.course import Course
from autograder.grading.outcome import Graded
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import Result, graded_students, read_results, unclear_time
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.sandbox.cluster import Cluster
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import Launcher
from autograder.units import folder_name
from autograder.workers import workers

if TYPE_CHECKING:
    from autograder.reports.class_summary import ClassSummary

_PAGES_AT_ONCE = 8


@dataclass
class Session:
    """What came of grading one unit."""

    graded: list[Graded] = field(default_factory=list)
    seconds: float = 0.0
    report: Path = Path()
    unwritten: list[tuple[str, str]] = field(default_factory=list)
    """Whose feedback pages are missing, and why."""
    refilled: list[str] = field(default_factory=list)
    """Students whose marks the gradebook had lost."""
    penalties: dict[str, float] = field(default_factory=dict)
    """What had been taken from whom for handing in late, before this grading."""

    @property
    def failures(self) -> list[Graded]:
        """Submissions that an instructor has to look at."""
        return [
            one
            for one in self.graded
            if one.result is None or one.result.needs_instructor or one.result.unclear
        ]

    @property
    def unsettled(self) -> list[str]:
        """A line for every submission of which it is not certain whether it is late."""
        return sorted(
            f"{one.submission.student}: {unclear_time(one.result.unclear)}"
            for one in self.graded
            if one.result is not None and one.result.unclear
        )

    @property
    def moved(self) -> list[str]:
        """A line for every mark that is another than at the last grading."""
        return [
            f"{one.submission.student}, {name}: {_mark(before)} → {_mark(now)}"
            for one in self.graded
            for name, before, now in one.moved
        ]


def _mark(points: float | None) -> str:
    return "no mark" if points is None else f"{points:g}"


def grade_and_report(
    console: Console,
    course: Course,
    unit: str,
    launcher: Launcher,
    *,
    jobs: int | None = None,
    new_seed: bool = False,
    limits: Limits | None = None,
    cluster: Cluster | None = None,
    where: bool = False,
) -> Session:
    """Grade a unit with progress on `console`, then write feedback and the class report.

    With `where`, the lines in which mistakes lie are looked for in between; no mark hangs on that.
    """
    session = Session()
    pages = _Pages(course, unit)
    with workers(), terminal.grading_view(console, folder_name(unit)) as view:
        for graded in grade_unit(
            course,
            unit,
            launcher,
            jobs=jobs,
            new_seed=new_seed,
            limits=limits,
            cluster=cluster,
            on_start=view.start,
            on_refill=session.refilled.extend,
            on_penalties=session.penalties.update,
        ):
            session.graded.append(graded)
            view.advance(graded)
            if graded.result is not None:
                pages.add(graded.result)
        session.unwritten = pages.finish()
        session.seconds = view.seconds
    for line in terminal.session_lines(folder_name(unit), session.graded, session.seconds):
        console.print(line)
    for line in session.moved:
        console.print(f"  moved: {terminal.plain(line)}")
    if session.refilled:
        console.print(f"  {terminal.plain(_refilled(session.refilled))}")
    for line in session.unsettled:
        console.print(f"  {terminal.plain(line)}")
    for line in terminal.told_once(session.unwritten):
        console.print(f"  no feedback page: {terminal.plain(line)}")
    if where:
        _look_for_lines(console, course, unit, launcher, jobs, limits, cluster)
    from autograder.reports.class_report import write_class_report

    report = write_class_report(course, unit)
    session.report = report.html
    lines = (*_penalised(session, report.summary), *_not_late(session, course, unit))
    for line in (*lines, *_outdated(report.summary)):
        console.print(f"  {terminal.plain(line)}")
    console.print(f"  report: {terminal.plain(str(session.report))}")
    return session


def _look_for_lines(
    console: Console,
    course: Course,
    unit: str,
    launcher: Launcher,
    jobs: int | None,
    limits: Limits | None,
    cluster: Cluster | None,
) -> None:
    from autograder.grading.lines import locate_lines
    from autograder.grading.located import BUDGET_S

    def started(total: int) -> None:
        each = f", up to {BUDGET_S:g} s each; stop it when you like" if total else ""
        console.print(f"  lines: {total} to look for{each}")

    grader = UnitGrader(course, unit, unit_seed(course, unit), launcher, limits, cluster)
    console.print(f"  lines: {locate_lines(course, grader, jobs, started)} found")


def _refilled(students: list[str]) -> str:
    names = ", ".join(students[: terminal.MOST_NAMES]) + (
        ", …" if len(students) > terminal.MOST_NAMES else ""
    )
    return (
        f"{len(students)} written into the gradebook again, which did not have their marks: "
        f"{names}; what it alone held (marks and comments by hand, due dates, extensions) is to be "
        "entered again"
    )


def _penalised(session: Session, summary: ClassSummary) -> Iterator[str]:
    """Yield a line for every total that a late penalty moved, and whose could not be had."""
    for row in summary.rows:
        earned, now = row.total.points + row.total.penalty, row.total.penalty
        before = min(session.penalties.get(row.student, 0.0), earned)
        if before != now:
            yield (
                f"moved: {row.student}, total: {earned - before:g} → {row.total.points:g} (late: "
                f"{now:g} taken off, {before:g} before)"
            )


def _not_late(session: Session, course: Course, unit: str) -> Iterator[str]:
    """Yield a line on those that a platform calls late and who are not taken for it."""
    from autograder.grading.gradebook import UnitGradebook

    late = [one.submission.student for one in session.graded if one.submission.stamp.late]
    if not late:
        return
    with UnitGradebook(course, unit) as gradebook:
        names, has_due_date = gradebook.without_time(late), gradebook.has_due_date
    why = "they have a date of their own, which it may not know"
    if not has_due_date:
        why = "there is no due date in the gradebook (autograder collect … --due sets it)"
    if names:
        told = ", ".join(names[: terminal.MOST_NAMES])
        yield f"{told}: called late by the platform; nothing is taken off, for {why}"


def _outdated(summary: ClassSummary) -> Iterator[str]:
    """Yield a line for every mark by hand that was given for another answer."""
    for row in summary.rows:
        for name, mark in row.marks.items():
            if mark.outdated:
                yield (
                    f"{row.student}, {name}: the answer has changed since it got {mark.points:g} "
                    "by hand; the mark is kept, but not final: mark it again in the Formgrader"
                )


class _Pages:
    """Writes feedback pages, a few at a time, while the next submissions are still running."""

    def __init__(self, course: Course, unit: str) -> None:
        self._course, self._unit = course, unit
        self._waiting: list[Result] = []
        self._written: set[str] = set()
        self._failed: list[tuple[str, str]] = []

    def add(self, result: Result) -> None:
        """Write the page of a submission, soon."""
        self._waiting.append(result)
        if len(self._waiting) == _PAGES_AT_ONCE:
            self._write_waiting()

    def finish(self) -> list[tuple[str, str]]:
        """Write what is left, and pages of those whose submission is gone; return what failed."""
        self._write_waiting()
        gone = set(graded_students(self._course, self._unit)) - self._written
        self._waiting += read_results(self._course, self._unit, sorted(gone))
        self._write_waiting()
        return self._failed

    def _write_waiting(self) -> None:
        if self._waiting:
            self._write(self._waiting)
        self._written.update(result.student for result in self._waiting)
        self._waiting = []

    def _write(self, results: list[Result]) -> None:
        from autograder.grading.recording import why_not_kept
        from autograder.reports.feedback import write_feedback_pages

        try:
            write_feedback_pages(self._course, self._unit, results, anew=False)
        except Exception as error:  # grading goes on: feedback can be written again
            if len(results) == 1:
                why = why_not_kept(error, self._course.places)
                self._failed.append((results[0].student, why))
                return
            for result in results:
                self._write([result])
