"""All that grading one unit needs, prepared once: template, cases, answer keys, a sandbox."""

import hashlib
import json
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property, partial
from types import TracebackType
from typing import Any, Self

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
from autograder.grading.own_tests import OwnTests
from autograder.grading.own_verdicts import Outcome
from autograder.grading.rebuild import Rebuilt, rebuild
from autograder.grading.rechecks import Decided, Round, Sitting, decide
from autograder.grading.submissions import SubmittedCell, UnreadableSubmission
from autograder.grading.telling import needs_words, told
from autograder.grading.template import Template
from autograder.grading.which_unit import KnownUnits
from autograder.judge.exercise import PUBLIC_SEED, Case
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.sandbox.engine import Runner, RunnerFactory, unit_engine
from autograder.sandbox.inputs import pack_inputs
from autograder.sandbox.job import PUBLIC, SECRET, Limits, Run
from autograder.sandbox.launcher import Launcher
from autograder.student import wire
from autograder.student.answers import Answer
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
        self.seed = seed
        self.template = Template.read(unit, course.release_notebook(unit))
        exercises = self.template.exercises.values()
        self.keys = {e.name: AnswerKey.draw(e, seed) for e in exercises}
        self.public_keys = {e.name: AnswerKey.draw(e, PUBLIC_SEED) for e in exercises}
        self.own = OwnTests(course, self.template, practice)
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
        try:
            self.own.prepare(self.runner)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
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
        """Return the inputs of all cases, as the sandbox gets them: no expected values."""
        public = {name: _inputs(key.cases) for name, key in self.public_keys.items()}
        secret = {
            name: _inputs(case for case in key.cases if not case.shown)
            for name, key in self.keys.items()
        }
        return pack_inputs(public, secret)

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
        if self.own:
            parts.append(self.own.digest)
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

        It runs twice: first on the secret cases, of which only the answers are looked at, then in a
        process that has none of them, whose outputs and public answers are what people read. What
        is asked at the end of the notebook runs apart, in both ways.

        Parameters
        ----------
        key : str
            Names the submission in messages.
        """
        graded = self._decided(key, rebuilt, SECRET)
        missing = [name for name, report in graded.reports.items() if needs_words(report)]
        shown = [self._sitting(key, rebuilt, one, PUBLIC) for one in graded.again(missing)]
        words = {name: report for one in shown for name, report in one.reports.items()}
        reports = {
            name: told(report, words[name] if needs_words(report) else report)
            for name, report in graded.reports.items()
        }
        return self._marked(key, rebuilt, graded, reports, [one.run for one in shown])

    def practise(self, key: str, rebuilt: Rebuilt) -> Marked:
        """Run `rebuilt` on the public cases alone and return what its author may see of them."""
        found = self._decided(key, rebuilt, PUBLIC)
        return self._marked(key, rebuilt, found, found.reports)

    def _marked(
        self,
        key: str,
        rebuilt: Rebuilt,
        decided: Decided,
        reports: Mapping[str, Report],
        shown: Sequence[Run] | None = None,
    ) -> Marked:
        own = {name: outcome.report for name, outcome in self.own_outcomes(key, rebuilt).items()}
        runs = decided.runs
        every = {**reports, **own}
        return marked(self.template, rebuilt, every, runs, shown or runs, decided.late)

    def _decided(self, key: str, rebuilt: Rebuilt, cases: str) -> Decided:
        ask = partial(self._sitting, key, rebuilt, cases=cases)
        return decide(self.template, rebuilt, ask)

    def _sitting(self, key: str, rebuilt: Rebuilt, asked: Round, cases: str) -> Sitting:
        run = self._open_runner.run(make_job(key, self.template, rebuilt, asked, cases))
        limits = wire.WireLimits(total_bytes=self.limits.answer_bytes)
        keys = self.keys if cases == SECRET else self.public_keys
        reports = judged(self.template, rebuilt, run, keys, asked, limits, self.carry)
        return Sitting(asked, run, reports)

    def answers(self, key: str, rebuilt: Rebuilt) -> dict[str, list[Answer]]:
        """Return what each exercise answered to the secret cases, as far as it can be read."""
        found: dict[str, list[Answer]] = {}
        for name, sitting in self._decided(key, rebuilt, SECRET).best.items():
            cell = sitting.run.cells.get(sitting.asked.places(self.template, rebuilt)[name])
            if cell is not None and len(cell.answers) == 1:
                with suppress(MalformedAnswers):
                    found[self.template.exercises[name].name] = parse_answers(cell.answers[0])
        return found

    def own_outcomes(self, key: str, rebuilt: Rebuilt) -> dict[str, Outcome]:
        """Return what came of the instructor's own tests, by name of the cell."""
        return self.own.judge(self._open_runner, key, rebuilt)

    @property
    def _open_runner(self) -> Runner:
        if self.runner is None:
            raise RuntimeError("a UnitGrader grades inside its with block only")
        return self.runner

    def unreadable(self, reason: str) -> Marked:
        """Return what is recorded for a submission that cannot be read."""
        return mark_unreadable(self.template, reason, self.own.tests)


def _inputs(cases: Iterable[Case]) -> list[dict[str, Any]]:
    return [{"name": case.name, "inputs": dict(case.inputs)} for case in cases]
