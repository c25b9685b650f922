"""Grading submissions of one unit: a sandbox runs them, workers do the rest."""

import json
import secrets
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from autograder.course import Course
from autograder.grading import unit_marker
from autograder.grading.configuration import errors_are_carried
from autograder.grading.files import write_atomically
from autograder.grading.located import Where
from autograder.grading.marked_notebook import Notebook
from autograder.grading.marking import Marked
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.own_tests import Plan
from autograder.grading.own_verdicts import Outcome
from autograder.grading.rebuild import Rebuilt
from autograder.grading.submissions import Submission
from autograder.grading.unit_marker import Marking, UnitMarker
from autograder.judge.exercise import Case
from autograder.machine import processors
from autograder.sandbox.engine import Runner, RunnerFactory, unit_engine
from autograder.sandbox.inputs import pack_inputs
from autograder.sandbox.job import Job, Limits, Run, Transcript
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.transcript import parse_transcript
from autograder.student.answers import Answer
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
    practice : bool
        Whether nothing is graded, so that a learner needs no ``solutions/``.
    """

    def __init__(
        self,
        course: Course,
        unit: str,
        seed: int,
        launcher: Launcher,
        limits: Limits | None = None,
        runners: RunnerFactory | None = None,
        practice: bool = False,
    ) -> None:
        self.course, self.unit = course, unit
        self.limits = limits or Limits()
        self.seed, self._practice = seed, practice
        self._runners = runners or partial(unit_engine, launcher=launcher)
        self.runner: Runner | None = None
        self.plan = Plan()
        self._workers: Workers | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._workers = self._stack.enter_context(workers())
            self._workers.start(processors())
            with ThreadPoolExecutor(1) as aside:  # a worker prepares while the sandbox starts
                prepared = aside.submit(self._ask, unit_marker.prepare, self.marker)
                opened = self._runners(self.unit, self.inputs(), self.limits)
                self.runner = self._stack.enter_context(opened)
            prepared.result()
            self.plan = self.marker.own.prepare(self._run)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *raised: Any) -> None:
        self.runner = self._workers = None
        self._stack.__exit__(*raised)

    @cached_property
    def marker(self) -> UnitMarker:
        """What does the trusted part: here on our own bytes alone, else in workers."""
        course = replace(self.course, gradebook_url="")  # its password is no worker's business
        carry = errors_are_carried(self.course)
        return UnitMarker(course, self.unit, self.seed, self.limits, carry, self._practice)

    def inputs(self) -> bytes:
        """Return the inputs of all cases, as the sandbox gets them: no expected values."""
        public = {name: _inputs(key.cases) for name, key in self.marker.public_keys.items()}
        secret = {
            name: _inputs(case for case in key.cases if not case.shown)
            for name, key in self.marker.keys.items()
        }
        return pack_inputs(public, secret)

    def read(self, place: Submission | Path) -> tuple[Rebuilt, str]:
        """Return what is submitted at `place` on the released notebook, and its digest.

        Raises
        ------
        UnreadableSubmission
            If it is no notebook of this unit, nobody's for certain, or took too much to be read.
        """
        if isinstance(place, Path):
            place = place.absolute()  # a worker may have begun in another folder
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
        """Run `rebuilt` in the sandbox and return its marks; see `Marking.grade`.

        Parameters
        ----------
        key : str
            Names the submission in messages.

        Raises
        ------
        UnreadableSubmission
            If its answers took too much to be judged.
        """
        return self._judging(Marking.grade, key, rebuilt)

    def practise(self, key: str, rebuilt: Rebuilt) -> Marked:
        """Run `rebuilt` on the public cases alone and return what its author may see of them."""
        return self._judging(Marking.practise, key, rebuilt)

    def answers(self, key: str, rebuilt: Rebuilt) -> dict[str, list[Answer]]:
        """Return what each exercise answered to the secret cases, as far as it can be read."""
        return self._judging(Marking.answers, key, rebuilt)

    def where(self, key: str, rebuilt: Rebuilt, check: str) -> Where:
        """Return which line is wrong that the check cell `check` fails for."""
        return self._of("looking for the line", Marking.where, key, rebuilt, check)

    def own_outcomes(self, key: str, rebuilt: Rebuilt) -> dict[str, Outcome]:
        """Return what came of the instructor's own tests, by name of the cell."""
        return self._judging(Marking.own_outcomes, key, rebuilt)

    def unreadable(self, reason: str) -> Marked:
        """Return what is recorded for a submission that cannot be read."""
        return self.marker.unreadable(reason)

    def _judging(self, do: Callable[[Marking], T], key: str, rebuilt: Rebuilt) -> T:
        return self._of("judging its answers", do, key, rebuilt)

    def _of(self, what: str, do: Callable[..., T], key: str, rebuilt: Rebuilt, *more: str) -> T:
        """Have a worker do something of `Marking` with a submission."""
        marking = Marking(self.marker, self.plan, key, rebuilt)
        return self._one(what, unit_marker.done, do, marking, *more)

    def _one(self, what: str, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Ask a worker about one submission; if it dies of it, that submission is unreadable."""
        try:
            return self._ask(function, *arguments, **named)
        except WorkerDied as error:
            raise UnreadableSubmission(f"{what} {error}, so it was given up") from error

    def _ask(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        if self._workers is None:
            raise RuntimeError("a UnitGrader grades inside its with block only")
        return self._workers.converse(self._execute, function, *arguments, **named)

    def _execute(self, job: Job) -> Transcript:
        """Run what a worker asks for."""
        if self.runner is None:
            raise RuntimeError("a UnitGrader grades inside its with block only")
        return self.runner.execute(job)

    def _run(self, job: Job) -> Run:
        return parse_transcript(self._execute(job), job, self.limits)


def _inputs(cases: Iterable[Case]) -> list[dict[str, Any]]:
    return [{"name": case.name, "inputs": dict(case.inputs)} for case in cases]
