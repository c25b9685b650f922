"""All that is done of our own with one unit's submissions: read, rebuild, judge, render.

It works on bytes that strangers wrote, so it works in a worker: a `UnitMarker` is a plain name of
what a worker prepares for a unit and keeps, and the functions here are what callers ask it for.
What is to run it asks its caller for, who keeps the sandbox.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TypeVar

from autograder.course import Course
from autograder.grading.located import NO_VALUES, Tries, Where, located
from autograder.grading.marked_notebook import Notebook, blank_notebook
from autograder.grading.marking import Marked, judged, make_job, mark_unreadable, marked
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.own_tests import OwnTests, Plan
from autograder.grading.own_verdicts import Outcome
from autograder.grading.rebuild import Rebuilt, rebuild
from autograder.grading.rechecks import Decided, Round, Sitting, decide
from autograder.grading.submissions import Submission, read_cells, read_submission
from autograder.grading.submitted_cells import SubmittedCell
from autograder.grading.telling import needs_words, told
from autograder.grading.template import Template
from autograder.grading.which_unit import KnownUnits
from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.judge.repair.telling import fails_on_values
from autograder.sandbox.job import PUBLIC, SECRET, Job, Limits, Run
from autograder.sandbox.transcript import parse_transcript
from autograder.student import wire
from autograder.student.answers import Answer
from autograder.student.report import Report, Status
from autograder.units import folder_name
from autograder.workers import inside

T = TypeVar("T")


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
    practice : bool
        Whether nothing is graded, so that a learner needs no ``solutions/``.
    """

    course: Course
    unit: str
    seed: int
    limits: Limits
    carry: bool = True
    practice: bool = False

    @cached_property
    def template(self) -> Template:
        """The released notebook."""
        return Template.read(self.unit, self.course.release_notebook(self.unit))

    @cached_property
    def keys(self) -> dict[str, AnswerKey]:
        """The exercises with their secret cases, by name."""
        return self._keys(self.seed)

    @cached_property
    def public_keys(self) -> dict[str, AnswerKey]:
        """The exercises with the cases that everybody may see, by name."""
        return self._keys(PUBLIC_SEED)

    @cached_property
    def own(self) -> OwnTests:
        """The instructor's own tests."""
        return OwnTests(self.course, self.template, self.practice)

    @cached_property
    def known(self) -> KnownUnits:
        """What tells the units' notebooks from one another."""
        return KnownUnits.of(self.course)

    def _keys(self, seed: int) -> dict[str, AnswerKey]:
        return {e.name: AnswerKey.draw(e, seed) for e in self.template.exercises.values()}

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
        self.known  # noqa: B018
        for key in self.keys.values():
            key.expected  # noqa: B018

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
        identity = self.known.identify(every, [folder_name(self.unit)])
        if identity.contradicts:
            raise UnreadableSubmission(f"it is the wrong notebook: {identity.remark}")
        if not identity.cells:
            what = "no cell is of this course" if every else "it has no cells"
            raise UnreadableSubmission(f"it is the wrong notebook: {what}")
        return rebuild(self.template, every)

    def unreadable(self, reason: str) -> Marked:
        """Return what is recorded for a submission that cannot be read."""
        return mark_unreadable(self.template, reason, self.own.tests)


@dataclass(frozen=True)
class Marking:
    """One submission on its way to its marks.

    Attributes
    ----------
    plan : Plan
        What the model answer told of the instructor's own tests.
    key : str
        Names the submission in messages.
    """

    marker: UnitMarker
    plan: Plan
    key: str
    rebuilt: Rebuilt

    def grade(self) -> Marked:
        """Return its marks.

        It runs twice: first on the secret cases, of which only the answers are looked at, then in a
        process that has none of them, whose outputs and public answers are what people read. What
        is asked at the end of the notebook runs apart, in both ways. Where nothing was shown and
        no words are wanted, there is nothing to run for.
        """
        graded = self._decided(SECRET)
        missing = [name for name, report in graded.reports.items() if needs_words(report)]
        is_all_said = not missing and all(run.silent for run in graded.runs)
        again = () if is_all_said else tuple(graded.again(missing))
        shown = [self._sitting(PUBLIC, one) for one in again]
        words = {name: report for one in shown for name, report in one.reports.items()}
        reports = {
            name: told(report, words[name] if needs_words(report) else report)
            for name, report in graded.reports.items()
        }
        return self._marked(graded, reports, [one.run for one in shown])

    def practise(self) -> Marked:
        """Run it on the public cases alone and return what its author may see of them."""
        found = self._decided(PUBLIC)
        return self._marked(found, found.reports)

    def answers(self, cases: str = SECRET) -> dict[str, list[Answer]]:
        """Return what each exercise answered to its cases, as far as it can be read."""
        template = self.marker.template
        found: dict[str, list[Answer]] = {}
        for name, sitting in self._decided(cases).best.items():
            cell = sitting.run.cells.get(sitting.asked.places(template, self.rebuilt)[name])
            if cell is not None and len(cell.answers) == 1:
                with suppress(MalformedAnswers):
                    found[template.exercises[name].name] = parse_answers(cell.answers[0])
        return found

    def where(self, check: str) -> Where:
        """Return which line is wrong, by changes that are tried on the public cases.

        What is told to make all right has earned all points on the secret ones, too.
        """
        marker, exercise = self.marker, self.marker.template.exercises[check].name
        key = marker.public_keys[exercise]
        if not fails_on_values(key, self.answers(PUBLIC).get(exercise, [])):
            return Where(NO_VALUES)
        limits = wire.WireLimits(total_bytes=marker.limits.answer_bytes)
        passes = partial(self._passes, check)
        template, rebuilt = marker.template, self.rebuilt
        return located(key, Tries(key, template, rebuilt, check, self._run, passes, limits))

    def _passes(self, check: str, rebuilt: Rebuilt) -> bool:
        changed = replace(self, rebuilt=rebuilt)
        reports = (changed._decided(cases).reports[check] for cases in (PUBLIC, SECRET))
        return all(report.status is Status.PASSED for report in reports)

    def own_outcomes(self) -> dict[str, Outcome]:
        """Return what came of the instructor's own tests, by name of the cell."""
        return self.marker.own.judge(self._run, self.plan, self.key, self.rebuilt)

    def _marked(
        self, decided: Decided, reports: Mapping[str, Report], shown: Sequence[Run] | None = None
    ) -> Marked:
        own = {name: outcome.report for name, outcome in self.own_outcomes().items()}
        every, runs = {**reports, **own}, decided.runs
        return marked(self.marker.template, self.rebuilt, every, runs, shown or runs, decided.late)

    def _decided(self, cases: str) -> Decided:
        return decide(self.marker.template, self.rebuilt, partial(self._sitting, cases))

    def _sitting(self, cases: str, asked: Round) -> Sitting:
        marker, template = self.marker, self.marker.template
        run = self._run(make_job(self.key, template, self.rebuilt, asked, cases))
        limits = wire.WireLimits(total_bytes=marker.limits.answer_bytes)
        keys = marker.keys if cases == SECRET else marker.public_keys
        reports = judged(template, self.rebuilt, run, keys, asked, limits, marker.carry)
        return Sitting(asked, run, reports)

    def _run(self, job: Job) -> Run:
        return parse_transcript(inside.ask(job), job, self.marker.limits)


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


def blank(marker: UnitMarker, rebuilt: Rebuilt) -> Notebook:
    """Return `rebuilt` as a notebook that has not run."""
    return blank_notebook(_kept(marker).template, rebuilt)


def done(do: Callable[..., T], marking: Marking, *more: str) -> T:
    """Return what comes of `do`, which is a method of `Marking`, with what is prepared here."""
    return do(replace(marking, marker=_kept(marking.marker)), *more)
