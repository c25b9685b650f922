"""Which unit a notebook is of: its cells say, and where they do not, its names.

Collecting, grading, checking and progress all ask here, so that they cannot differ.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Self

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.naming import unit_in_name
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.release_audit import notebooks_in
from autograder.grading.submissions import read_cells
from autograder.grading.submitted_cells import SubmittedCell, parse_cells
from autograder.units import folder_name
from autograder.workers import WorkerDied, Workers

_CLEAR = 0.5  # share of a unit's cells
_DEFINED = re.compile(r"^(?:def|class)\s++(\w+)", re.MULTILINE)
Signs = tuple[set[str], ...]
"""nbgrader's names, cell ids, texts, functions: the first prove most."""


@dataclass(frozen=True)
class Identity:
    """What a notebook's cells and names say.

    Attributes
    ----------
    named : str
        The unit its names speak of, or "".
    cells : tuple of str
        The units its cells may be of; none if they are of none, or show nothing.
    """

    named: str
    cells: tuple[str, ...]

    @property
    def contradicts(self) -> bool:
        """Whether the cells are others than the names say."""
        return bool(self.named and self.cells) and self.named not in self.cells

    @property
    def unit(self) -> str:
        """The unit, graded or not, or "" where it cannot be told."""
        if self.named and not self.contradicts:
            return self.named
        return self.cells[0] if len(self.cells) == 1 else ""

    @property
    def remark(self) -> str:
        """A clause on what the cells say against the names."""
        units = " and ".join(map(folder_name, self.cells))
        return f"its cells are those of {units}, not of {folder_name(self.named)}"


@dataclass(frozen=True)
class KnownUnits:
    """What tells the released notebooks of a course from one another."""

    signs: Mapping[str, Signs]

    @classmethod
    def of(cls, course: Course) -> Self:
        """Return what the course's releases hold.

        Raises
        ------
        AutograderError
            If one cannot be read.
        """
        found = {unit: _signs(_released(course, unit)) for unit in notebooks_in(course.release)}
        return cls({unit: _telling(unit, found) for unit in found})

    def identify(self, cells: Iterable[SubmittedCell], names: Iterable[str]) -> Identity:
        """Return what a notebook is.

        Parameters
        ----------
        names : iterable of str
            Of the file and of folders, the nearest first; the first that speaks of a unit counts.
        """
        named = next(filter(None, map(unit_in_name, names)), "")
        return Identity(named, self._units_of(_signs(cells), named))

    def _units_of(self, signs: Signs, named: str) -> tuple[str, ...]:
        kinds = [kind for kind in self._shares(signs) if kind]
        clear = [kind for kind in kinds if max(kind.values()) >= _CLEAR]
        if clear:
            return _best(clear[0])
        # Little is left of any unit: what speaks for the name is then as good as what does not.
        for kind in kinds:
            if named in _best(kind):
                return (named,)
        return _best(kinds[0]) if kinds else ()

    def _shares(self, signs: Signs) -> Iterator[dict[str, float]]:
        """Yield, for each kind of sign, the share of a unit's that are there, if any are."""
        for kind, there in enumerate(signs):
            known = {unit: of_unit[kind] for unit, of_unit in self.signs.items()}
            yield {u: len(there & keys) / len(keys) for u, keys in known.items() if there & keys}


@dataclass(frozen=True)
class Teller:
    """Tells which unit a file is of; a worker reads it.

    Parameters
    ----------
    course : Course
        Whose releases are known.
    workers : Workers
    """

    course: Course
    workers: Workers

    def identity(self, path: Path, names: Iterable[str]) -> tuple[Identity, str]:
        """Return what the notebook at `path` is, and why it cannot be read or "".

        Of one that cannot be read its names say what it is.

        Parameters
        ----------
        names : iterable of str
            As for `KnownUnits.identify`.
        """
        called = tuple(names)
        try:  # a worker may have begun in another folder
            return self.workers.call(_identity_of, self.course, path.absolute(), called), ""
        except UnreadableSubmission as error:
            why = str(error)
        except WorkerDied as error:
            why = f"reading it {error}, so it was given up"
        return KnownUnits({}).identify((), called), why


def _identity_of(course: Course, path: Path, names: tuple[str, ...]) -> Identity:
    return _known(course).identify(read_cells(path), names)


@lru_cache(maxsize=1)
def _known(course: Course) -> KnownUnits:
    """Return what the course's releases hold, kept in a worker for the next file."""
    return KnownUnits.of(course)


def _best(shares: Mapping[str, float]) -> tuple[str, ...]:
    most = max(shares.values())
    return tuple(unit for unit, share in shares.items() if share > most / 2)


def _released(course: Course, unit: str) -> list[SubmittedCell]:
    path = course.release_notebook(unit)
    try:
        return parse_cells(path.read_bytes())
    except (UnreadableSubmission, OSError) as error:
        raise AutograderError(f"{path} cannot be read: run 'autograder release'.") from error


def _signs(cells: Iterable[SubmittedCell]) -> Signs:
    every = list(cells)
    code = [cell.source for cell in every if cell.kind == "code"]
    return (
        {cell.grade_id for cell in every} - {""},
        {cell.cell_id for cell in every} - {""},
        {" ".join(cell.source.split()) for cell in every} - {""},
        set(chain.from_iterable(map(_DEFINED.findall, code))),
    )


def _telling(unit: str, found: Mapping[str, Signs]) -> Signs:
    """Return a unit's signs without those of other units; functions may be given again later."""
    *marks, functions = found[unit]
    counts = [Counter(chain.from_iterable(other[k] for other in found.values())) for k in range(3)]
    own = [{key for key in keys if counts[k][key] == 1} for k, keys in enumerate(marks)]
    return (*own, functions)
