"""How a learner's exercises stand, for a notebook to show: as their last checks found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.student import logbook
from autograder.student.display import LOOKS
from autograder.student.logbook import WORK_NAME, Entry
from autograder.student.report import Status
from autograder.student.words import counted
from autograder.units import UNITS, folder_name

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


def standings(unit: str, found: Mapping[str, Entry]) -> tuple[Standing, ...]:
    """Return how each exercise of `unit` stands, by what was found of some of them."""
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
    return Progress({folder_name(u): standings(u, kept[u]) for u in known}, source)
