"""All that is done of our own with one unit's submissions: read, rebuild, judge, render.

It works on bytes that strangers wrote, so it works in a worker: a `UnitMarker` is a plain name of
what a worker prepares for a unit and keeps, and the functions here are what callers ask it for.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from autograder.course import Course
from autograder.grading.marking import Marked, Notebook, blank_notebook, mark, mark_unreadable
from autograder.grading.rebuild import Rebuilt, rebuild
from autograder.grading.submissions import (
    Submission,
    SubmittedCell,
    UnreadableSubmission,
    read_cells,
    read_submission,
)
from autograder.grading.template import Template
from autograder.grading.which_unit import KnownUnits
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.sandbox.job import Job, Limits, Transcript
from autograder.sandbox.transcript import parse_transcript
from autograder.student import wire
from autograder.units import folder_name


@dataclass(frozen=True)
class UnitMarker:
    """Reads and judges submissions of one unit.

    Attributes
    ----------
    seed : int
        Of the secret cases.
    limits : Limits
        What submissions run under.
    carry : bool
        Whether an error is paid for once.
    """

    course: Course
    unit: str
    seed: int
    limits: Limits
    carry: bool = True

    @cached_property
    def template(self) -> Template:
        """The released notebook."""
        return Template.read(self.unit, self.course.release_notebook(self.unit))

    @cached_property
    def keys(self) -> dict[str, AnswerKey]:
        """The exercises with their cases, by name."""
        return {e.name: AnswerKey.draw(e, self.seed) for e in exercises_of(self.unit)}

    @cached_property
    def known(self) -> KnownUnits:
        """What tells the units' notebooks from one another."""
        return KnownUnits.of(self.course)

    @cached_property
    def _release_digest(self) -> str:
        return hashlib.sha256(self.course.release_notebook(self.unit).read_bytes()).hexdigest()

    def __getstate__(self) -> dict[str, object]:
        """Return the name alone, which is what crosses to a worker: it prepares the rest."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    def prepare(self) -> None:
        """Compute all that does not hang on a submission.

        Raises
        ------
        AutograderError
            If a notebook is not released, or not as its exercises ask.
        """
        self.template.exercises  # noqa: B018
        self.known  # noqa: B018
        for key in self.keys.values():
            key.expected  # noqa: B018

    def digest(self, rebuilt: Rebuilt) -> str:
        """Return a name for all that the marks of `rebuilt` depend on."""
        versions = {name: key.exercise.version for name, key in self.keys.items()}
        cells = [
            [cell.kind, cell.source, cell.origin.cell_id if cell.origin else ""]
            for cell in rebuilt.cells
        ]
        parts = [self._release_digest, versions, self.seed, repr(self.limits), cells, rebuilt.flags]
        if not self.carry:
            parts.append("every error is paid for again")
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def rebuild(self, cells: Iterable[SubmittedCell]) -> Rebuilt:
        """Return the submitted cells on the released notebook.

        Raises
        ------
        UnreadableSubmission
            If they are those of another notebook, which would be nothing here.
        """
        every = list(cells)
        identity = self.known.identify(every, [folder_name(self.unit)])
        if identity.contradicts:
            raise UnreadableSubmission(f"it is the wrong notebook: {identity.remark}")
        if not identity.cells and any(cell.source.strip() for cell in every):
            raise UnreadableSubmission("it is the wrong notebook: no cell is of this course")
        return rebuild(self.template, every)

    def mark(self, rebuilt: Rebuilt, job: Job, transcript: Transcript) -> Marked:
        """Return the marks of `rebuilt` for what its run sent."""
        run = parse_transcript(transcript, job, self.limits)
        limits = wire.WireLimits(total_bytes=self.limits.answer_bytes)
        return mark(self.template, rebuilt, run, self.keys, limits, self.carry)

    def blank(self, rebuilt: Rebuilt) -> Notebook:
        """Return `rebuilt` as a notebook that has not run."""
        return blank_notebook(self.template, rebuilt)

    def unreadable(self, reason: str) -> Marked:
        """Return what is recorded for a submission that cannot be read."""
        return mark_unreadable(self.template, reason)


@lru_cache(maxsize=2)
def _kept(marker: UnitMarker) -> UnitMarker:
    """Return the first marker that is equal to `marker`, with all that it has prepared."""
    return marker


def prepare(marker: UnitMarker) -> None:
    """Prepare a worker for the unit; as `UnitMarker.prepare`."""
    _kept(marker).prepare()


def read(marker: UnitMarker, place: Submission | Path) -> tuple[Rebuilt, str]:
    """Return what is submitted at `place` on the released notebook, and its digest.

    Raises
    ------
    UnreadableSubmission
        If it is no notebook of this unit, or nobody's for certain.
    """
    here = _kept(marker)
    cells = read_cells(place) if isinstance(place, Path) else read_submission(place)
    rebuilt = here.rebuild(cells)
    return rebuilt, here.digest(rebuilt)


def marked(marker: UnitMarker, rebuilt: Rebuilt, job: Job, transcript: Transcript) -> Marked:
    """Return the marks of `rebuilt`; as `UnitMarker.mark`."""
    return _kept(marker).mark(rebuilt, job, transcript)


def blank(marker: UnitMarker, rebuilt: Rebuilt) -> Notebook:
    """Return `rebuilt` as a notebook that has not run; as `UnitMarker.blank`."""
    return _kept(marker).blank(rebuilt)
