"""What ``autograder progress`` does: runs a learner's notebooks, and says how they stand."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from autograder.cli.check_session import judge_notebook, launcher_for, notebook_identity
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.judge.exercises import units_with_exercises
from autograder.progress import Progress, Standing, standings
from autograder.student.logbook import Entry
from autograder.units import NOTEBOOKS, UNITS, folder_name
from autograder.workers import workers


def progress_of_notebooks(
    course: Course, no_sandbox: bool = False, tell: Callable[[str], object] = print
) -> tuple[Progress, list[str]]:
    """Run the notebooks in ``work/``; return how they stand, and what is to be looked at.

    Parameters
    ----------
    tell : function of str
        Told once if they run without a sandbox for want of one.

    Raises
    ------
    AutograderError
        If there is none.
    """
    with workers():  # one start for all of them
        return _judged(course, no_sandbox, tell)


def _judged(
    course: Course, no_sandbox: bool, tell: Callable[[str], object]
) -> tuple[Progress, list[str]]:
    found, amiss = _notebooks_at_work(course)
    tell_once = cache(tell)
    units = {}
    for unit in (unit for unit in UNITS if unit in found and unit in units_with_exercises()):
        try:
            launcher = launcher_for(course, found[unit], no_sandbox, tell_once)
            reports = judge_notebook(course, found[unit], unit, launcher).reports.values()
        except AutograderError as error:
            amiss.append(str(error))
            continue
        entries = {
            report.exercise: Entry(report.status, report.points or 0.0) for report in reports
        }
        known = standings(unit, entries)
        others = entries.keys() - {standing.exercise for standing in known}
        own = [r for r in reports if r.exercise in others]  # an instructor's own exercises
        units[folder_name(unit)] = (
            *known,
            *(Standing(r.exercise, r.status, r.points or 0.0, r.max_points) for r in own),
        )
    if not units and not amiss:
        raise AutograderError("There is no notebook in work/: run 'make lab' first.")
    return Progress(units, "As your notebooks are now."), amiss


def _notebooks_at_work(
    course: Course,
) -> tuple[dict[str, Path], list[str]]:
    """Return the one notebook of each unit, and a sentence on all that is not where it belongs."""
    places = [
        course.work / course.release_notebook(name).relative_to(course.release)
        for name in NOTEBOOKS
    ]
    others = {path for pattern in ("*.ipynb", "*/*.ipynb") for path in course.work.glob(pattern)}
    found: dict[str, Path] = {}
    amiss = []
    for path in [*filter(Path.exists, places), *sorted(others - set(places))]:
        if path.parent.name.startswith("."):
            continue
        try:
            identity = notebook_identity(course, path)
        except AutograderError as error:
            amiss.append(str(error))
            continue
        unit = identity.unit
        is_in_place = path in places and not identity.contradicts
        if not is_in_place and not identity.cells:
            continue  # a learner's own
        if identity.contradicts:
            amiss.append(f"{path}: {identity.remark}.")
        if unit in found and unit in UNITS:
            amiss.append(f"{path}: not counted, for {found[unit].name} is of that unit, too.")
        found.setdefault(unit, path)
    return found, amiss
