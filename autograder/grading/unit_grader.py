"""All that grading one unit needs, prepared once: template, cases, answer keys, a sandbox."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cached_property, partial
from types import TracebackType
from typing import Self

from autograder.course import Course
from autograder.grading.configuration import errors_are_carried
from autograder.grading.files import write_atomically
from autograder.grading.marking import (
    Marked,
    Notebook,
    blank_notebook,
    judged,
    make_job,
    mark_unreadable,
    marked,
)
from autograder.grading.rebuild import Rebuilt, rebuild
from autograder.grading.rechecks import Round, better, is_open, rounds
from autograder.grading.submissions import SubmittedCell, UnreadableSubmission
from autograder.grading.template import Template
from autograder.grading.which_unit import KnownUnits
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.sandbox.engine import Runner, RunnerFactory, unit_engine
from autograder.sandbox.job import Limits, Run
from autograder.sandbox.launcher import Launcher
from autograder.student import wire
from autograder.student.report import Report
from autograder.units import folder_name

SEED_BITS = 63


def unit_seed(course: Course, unit: str, new: bool = False) -> int:
    """Return the secret seed of a unit's cases; drawn at the first grading, then kept.

    Late and repeated gradings so get equal cases. It lies beside the gradebook.

    Parameters
    ----------
    new : bool
        Draw another one: everyone is graded again.
    """
    path = course.seeds / f"{unit}.json"
    if not new and path.is_file():
        return int(json.loads(path.read_text(encoding="utf-8"))["seed"])
    seed = secrets.randbits(SEED_BITS)
    write_atomically(path, json.dumps({"seed": seed}) + "\n", mode=0o600)
    return seed


class UnitGrader:
    """Grades submissions of one unit; use as a context manager, from any number of threads.

    Parameters
    ----------
    seed : int
        Of the secret cases.
    launcher : Launcher
        How untrusted code is started.
    runners : RunnerFactory, optional
        What runs it instead, such as a cluster.
    """

    def __init__(
        self,
        course: Course,
        unit: str,
        seed: int,
        launcher: Launcher,
        limits: Limits | None = None,
        runners: RunnerFactory | None = None,
    ) -> None:
        self.course, self.unit = course, unit
        self.limits = limits or Limits()
        self.seed = seed
        self.template = Template.read(unit, course.release_notebook(unit))
        self.keys = {e.name: AnswerKey.draw(e, seed) for e in exercises_of(unit)}
        self._release_digest = hashlib.sha256(
            course.release_notebook(unit).read_bytes()
        ).hexdigest()
        self._known = KnownUnits.of(course)
        self._runners = runners or partial(unit_engine, launcher=launcher)
        self.runner: Runner | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        opened = self._runners(self.unit, self.inputs(), self.limits)
        self.runner = self._stack.enter_context(opened)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.runner = None
        self._stack.__exit__(kind, error, trace)

    @cached_property
    def carry(self) -> bool:
        """Whether an error is paid for once in this course."""
        return errors_are_carried(self.course)

    def inputs(self) -> bytes:
        """Return the inputs of the secret cases, as the sandbox gets them: no expected values."""
        return wire.encode(
            {
                name: [{"name": case.name, "inputs": dict(case.inputs)} for case in key.cases]
                for name, key in self.keys.items()
            }
        )

    def digest(self, rebuilt: Rebuilt) -> str:
        """Return a name for all that the marks of `rebuilt` depend on."""
        versions = {name: key.exercise.version for name, key in self.keys.items()}
        parts = [
            self._release_digest,
            versions,
            self.seed,
            repr(self.limits),
            rebuilt.grounds,
        ]
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
        identity = self._known.identify(every, [folder_name(self.unit)])
        if identity.contradicts:
            raise UnreadableSubmission(f"it is the wrong notebook: {identity.remark}")
        if not identity.cells:
            what = "no cell is of this course" if every else "it has no cells"
            raise UnreadableSubmission(f"it is the wrong notebook: {what}")
        return rebuild(self.template, every)

    def blank(self, rebuilt: Rebuilt) -> Notebook:
        """Return `rebuilt` as a notebook that has not run."""
        return blank_notebook(self.template, rebuilt)

    def grade(self, key: str, rebuilt: Rebuilt) -> Marked:
        """Run `rebuilt` in the sandbox and return its marks.

        Parameters
        ----------
        key : str
            Names the submission in messages.
        """
        if self.runner is None:
            raise RuntimeError("a UnitGrader grades inside its with block only")
        run = self.runner.run(make_job(key, self.template, rebuilt))
        first = reports = self._judged(rebuilt, run)
        further = []
        for one in rounds(self.template, rebuilt):
            again = one.only([name for name, report in reports.items() if is_open(report)])
            if again.checks:
                further.append(self.runner.run(make_job(key, self.template, rebuilt, again)))
                reports = better(reports, self._judged(rebuilt, further[-1], again))
        late = [r.exercise for name, r in reports.items() if r is not first[name]]
        return marked(self.template, rebuilt, run, reports, further, late)

    def _judged(self, rebuilt: Rebuilt, run: Run, again: Round | None = None) -> dict[str, Report]:
        limits = wire.WireLimits(total_bytes=self.limits.answer_bytes)
        return judged(self.template, rebuilt, run, self.keys, limits, self.carry, again)

    def unreadable(self, reason: str) -> Marked:
        """Return what is recorded for a submission that cannot be read."""
        return mark_unreadable(self.template, reason)
