"""Grading submissions of one unit: a sandbox runs them, workers do the rest."""

import json
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from autograder.course import Course
from autograder.grading import unit_marker
from autograder.grading.configuration import errors_are_carried
from autograder.grading.files import write_atomically
from autograder.grading.machine import processors
from autograder.grading.marking import Marked, Notebook, make_job
from autograder.grading.rebuild import Rebuilt
from autograder.grading.submissions import Submission, UnreadableSubmission
from autograder.grading.unit_marker import UnitMarker
from autograder.sandbox.engine import Runner, RunnerFactory, unit_engine
from autograder.sandbox.job import Job, Limits, Transcript
from autograder.sandbox.launcher import Launcher
from autograder.student import wire
from autograder.workers import WorkerDied, Workers, workers

SEED_BITS = 63
P = ParamSpec("P")
T = TypeVar("T")


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
        self._runners = runners or partial(unit_engine, launcher=launcher)
        self.runner: Runner | None = None
        self._workers: Workers | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._workers = self._stack.enter_context(workers())
        self._workers.start(processors())
        opened = self._runners(self.unit, self.inputs(), self.limits)
        self.runner = self._stack.enter_context(opened)
        self._ask(unit_marker.prepare, self.marker)  # what it raises ends the grading
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.runner = self._workers = None
        self._stack.__exit__(kind, error, trace)

    @cached_property
    def marker(self) -> UnitMarker:
        """What does the trusted part: here on our own bytes alone, else in workers."""
        course = replace(self.course, gradebook_url="")  # its password is no worker's business
        carry = errors_are_carried(self.course)
        return UnitMarker(course, self.unit, self.seed, self.limits, carry)

    def inputs(self) -> bytes:
        """Return the inputs of the secret cases, as the sandbox gets them: no expected values."""
        return wire.encode(
            {
                name: [{"name": case.name, "inputs": dict(case.inputs)} for case in key.cases]
                for name, key in self.marker.keys.items()
            }
        )

    def read(self, place: Submission | Path) -> tuple[Rebuilt, str]:
        """Return what is submitted at `place` on the released notebook, and its digest.

        Raises
        ------
        UnreadableSubmission
            If it is no notebook of this unit, nobody's for certain, or took too much to be read.
        """
        return self._one("reading it", unit_marker.read, self.marker, place)

    def blank(self, rebuilt: Rebuilt) -> Notebook:
        """Return `rebuilt` as a notebook that has not run.

        Raises
        ------
        UnreadableSubmission
            If its texts took too much to be shown.
        """
        return self._one("showing its texts", unit_marker.blank, self.marker, rebuilt)

    def grade(self, key: str, rebuilt: Rebuilt) -> Marked:
        """Run `rebuilt` in the sandbox and return its marks.

        Parameters
        ----------
        key : str
            Names the submission in messages.

        Raises
        ------
        UnreadableSubmission
            If its answers took too much to be judged.
        """
        if self.runner is None:
            raise RuntimeError("a UnitGrader grades inside its with block only")
        job = make_job(key, self.marker.template, rebuilt)
        return self.judge(rebuilt, job, self.runner.execute(job))

    def judge(self, rebuilt: Rebuilt, job: Job, sent: Transcript) -> Marked:
        """Return the marks of `rebuilt` for what its run sent; raises as `grade` does."""
        judging = "judging its answers"
        return self._one(judging, unit_marker.marked, self.marker, rebuilt, job, sent)

    def unreadable(self, reason: str) -> Marked:
        """Return what is recorded for a submission that cannot be read."""
        return self.marker.unreadable(reason)

    def _one(self, what: str, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Ask a worker about one submission; if it dies of it, that submission is unreadable."""
        try:
            return self._ask(function, *arguments, **named)
        except WorkerDied as error:
            raise UnreadableSubmission(f"{what} {error}, so it was given up") from error

    def _ask(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        if self._workers is None:
            raise RuntimeError("a UnitGrader grades inside its with block only")
        return self._workers.call(function, *arguments, **named)
