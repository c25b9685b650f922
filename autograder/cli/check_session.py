"""What ``autograder check`` does: one notebook is run and judged on the public cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from autograder.cli import terminal
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.marking import Marked
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.unit_grader import UnitGrader
from autograder.grading.which_unit import Identity, Teller
from autograder.judge.exercise import PUBLIC_SEED
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher, PlainLauncher
from autograder.student.display import as_text
from autograder.student.report import Status
from autograder.units import folder_name, unit_of
from autograder.workers import workers


def notebook_identity(course: Course, path: Path) -> Identity:
    """Return what a notebook's cells and names say of its unit.

    Raises
    ------
    AutograderError
        If it cannot be read.
    """
    place = path.absolute()
    with workers() as readers:
        teller = Teller(course, readers)
        identity, unreadable = teller.identity(path, [place.name, place.parent.name])
    if unreadable:
        raise AutograderError(f"{path}: {unreadable}.")
    return identity


def launcher_for(
    course: Course, path: Path, no_sandbox: bool, tell: Callable[[str], object]
) -> Launcher:
    """Return how one notebook is run: without a sandbox only if somebody has been told.

    Raises
    ------
    AutograderError
        If there is no sandbox, and the notebook is not the learner's own in ``work/``.
    """
    if no_sandbox:
        return PlainLauncher()
    sandboxed = BubblewrapLauncher()
    reason = sandboxed.why_not()
    if not reason:
        return sandboxed
    if not path.resolve().is_relative_to(course.work.resolve()):
        raise AutograderError(
            f"{path}: not run, for it may be somebody else's and there is no sandbox here. "
            f"{reason} --no-sandbox runs it as you, if you trust it."
        )
    tell("There is no sandbox here: your own notebook in work/ runs as you, as in JupyterLab.")
    return PlainLauncher()


def judge_notebook(course: Course, path: Path, unit: str, launcher: Launcher) -> Marked:
    """Return what comes of one notebook on the public cases.

    Raises
    ------
    AutograderError
        If it is no notebook of the unit.
    """
    with UnitGrader(course, unit, PUBLIC_SEED, launcher, practice=True) as grader:
        try:
            rebuilt, _ = grader.read(path)
            return grader.practise(path.name, rebuilt)
        except UnreadableSubmission as error:
            raise AutograderError(f"{path}: {error}.") from error


def check_notebook(
    console: Console,
    course: Course,
    path: Path,
    no_sandbox: bool = False,
    tell: Callable[[str], object] = print,
) -> bool:
    """Check one notebook and print the reports; return whether all is right.

    Raises
    ------
    AutograderError
        If it cannot be read, which unit it is of cannot be told, or nothing may run it here.
    """
    with workers():  # one start for both
        identity = notebook_identity(course, path)
        if not identity.unit:
            why = "neither its cells nor its name say so"
            why = identity.remark if identity.contradicts else why
            raise AutograderError(f"{path}: which unit it is of cannot be told, for {why}.")
        launcher = launcher_for(course, path, no_sandbox, tell)
        marked = judge_notebook(course, path, unit_of(identity.unit), launcher)
    reports = marked.reports.values()
    for report in reports:
        console.print(terminal.plain_block(as_text(report)), markup=False)
    for flag in marked.flags:
        console.print(terminal.plain_block(flag), markup=False)
    if identity.contradicts:
        told = f"{path}: checked as {folder_name(identity.unit)}, for {identity.remark}."
        console.print(terminal.plain(told))
    return not identity.contradicts and all(r.status is Status.PASSED for r in reports)
