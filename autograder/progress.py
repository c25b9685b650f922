"""Which exercises pass: by running a learner's notebooks, or as their last checks found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.student import logbook
from autograder.student.display import LOOKS
from autograder.student.logbook import WORK_NAME, Entry
from autograder.student.report import Status
from autograder.student.words import counted
from autograder.units import NOTEBOOKS, UNITS, folder_name

_NOT_BEGUN = Entry(Status.UNFINISHED, 0.0)
_WRITTEN = "A person reads the written answers; they are not counted here."


@dataclass(frozen=True)
class Standing:
    """How one exercise stands."""

    exercise: str
    status: Status
    points: float
    max_points: float


@dataclass(frozen=True)
class Progress:
    """How the exercises of each unit stand; shows itself in a notebook.

    Attributes
    ----------
    units : mapping of folder name to tuple of Standing
        In the order of the course.
    source : str
        Where this comes from, in a sentence.
    """

    units: Mapping[str, tuple[Standing, ...]]
    source: str

    @property
    def headline(self) -> str:
        """The whole in a sentence."""
        every = [standing for unit in self.units.values() for standing in unit]
        passed = sum(standing.status is Status.PASSED for standing in every)
        return f"{passed} of {len(every)} exercises pass: {_points(every)}."

    def as_text(self) -> str:
        """Return a line for every unit and one for every exercise."""
        lines = []
        for name, standings in self.units.items():
            lines.append(f"{name}: {_points(standings)}")
            for one in standings:
                lines.append(f"  {LOOKS[one.status][0]} {one.exercise}: {_points([one])}")
        return "\n".join([*lines, f"{self.headline} {_WRITTEN}"])

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left;font-weight:normal">{escape(name)}</th>'
            f'<td style="text-align:left">{"".join(map(_square, standings))}</td>'
            f"<td>{_points(standings)}</td></tr>"
            for name, standings in self.units.items()
        )
        return (
            f"<b>{escape(self.headline)}</b>"
            f'<table style="margin:.5em 0">{rows}</table>'
            f'<div style="opacity:.75">{escape(self.source)} {_WRITTEN}</div>'
        )


def _points(standings: Iterable[Standing]) -> str:
    every = list(standings)
    earned, possible = sum(s.points for s in every), sum(s.max_points for s in every)
    return f"{round(earned, 2):g} of {counted(possible, 'point')}"


def _square(standing: Standing) -> str:
    sign, colour = LOOKS[standing.status]
    spoken = escape(f"{standing.exercise}: {standing.status}, {_points([standing])}", quote=True)
    return (
        f'<span role="img" aria-label="{spoken}" title="{spoken}" style="display:inline-block;'
        f"width:1.5em;margin-right:3px;text-align:center;border:2px solid {colour};color:{colour};"
        f'font-weight:bold">{sign}</span>'
    )


def _standings(unit: str, found: Mapping[str, Entry]) -> tuple[Standing, ...]:
    return tuple(
        Standing(exercise.name, entry.status, min(entry.points, exercise.points), exercise.points)
        for exercise in exercises_of(unit)
        for entry in (found.get(exercise.name, _NOT_BEGUN),)
    )


def progress_of_checks(notebook_folder: Path | None = None) -> Progress:
    """Return what the checks in the notebooks of ``work/`` found when they last ran.

    Parameters
    ----------
    notebook_folder : Path, optional
        The folder of one of these notebooks; the working directory if left out.
    """
    work = (notebook_folder or Path.cwd()).resolve().parent
    source = "As your checks found when you last ran them."
    if work.name != WORK_NAME:
        source = "Nothing is kept here: only checks of notebooks in work/ are."
    known = [unit for unit in UNITS if unit in units_with_exercises()]
    kept = {u: logbook.read(work / folder_name(u)) if work.name == WORK_NAME else {} for u in known}
    return Progress({folder_name(u): _standings(u, kept[u]) for u in known}, source)


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
    from autograder.workers import workers

    with workers():  # one start for all of them
        return _judged(course, no_sandbox, tell)


def _judged(
    course: Course, no_sandbox: bool, tell: Callable[[str], object]
) -> tuple[Progress, list[str]]:
    # Not above: a notebook's picture needs no sandbox.
    from autograder.cli.check_session import judge_notebook, launcher_for

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
        known = _standings(unit, entries)
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
    from autograder.cli.check_session import notebook_identity

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
