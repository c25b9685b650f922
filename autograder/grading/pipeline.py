"""Grading a class: every submission is rebuilt, run, judged, recorded, and told what came of it."""

import errno
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import nbformat
from sqlalchemy.exc import OperationalError

from autograder.course import Course
from autograder.grading.files import alone_in, write_atomically
from autograder.grading.gradebook import Entry, UnitGradebook
from autograder.grading.machine import Crowding, processors
from autograder.grading.marking import Marked
from autograder.grading.results import Result, read_result, write_result
from autograder.grading.submissions import (
    TIMESTAMP,
    Submission,
    UnreadableSubmission,
    check_identity,
    find_submissions,
    read_submission,
)
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.sandbox.cluster import Cluster, ClusterUnavailable
from autograder.sandbox.doctor import planted, try_out
from autograder.sandbox.engine import Engine
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import Launcher
from autograder.units import folder_name
from autograder.visible import one_line

_AHEAD = 4  # submissions on their way for each that runs


@dataclass(frozen=True)
class Graded:
    """One submission, done.

    Attributes
    ----------
    result : Result or None
        None if not even the student's name could be used.
    reason : str
        Why it could not be read, or "".
    reused : bool
        Whether an earlier result still held, so that nothing ran.
    moved : tuple of (str, float or None, float or None)
        Checks whose mark is another than at the last grading: name, before, now.
    again : bool
        Whether it was run a second time, alone, since it had run out of time while the machine
        was overloaded.
    """

    submission: Submission
    result: Result | None
    reason: str = ""
    reused: bool = False
    moved: tuple[tuple[str, float | None, float | None], ...] = ()
    again: bool = False


@dataclass(frozen=True)
class _Work:
    """What a worker hands to the writer.

    Attributes
    ----------
    marked : Marked or None
        None if an earlier result still holds.
    crowded : bool
        Whether it ran out of time on an overloaded machine: it is run again before that counts.
    """

    submission: Submission
    digest: str
    marked: Marked | None
    reason: str = ""
    crowded: bool = False


def grade_unit(
    course: Course,
    unit: str,
    launcher: Launcher,
    *,
    jobs: int | None = None,
    new_seed: bool = False,
    limits: Limits | None = None,
    prove: bool = True,
    cluster: Cluster | None = None,
    on_start: Callable[[int], None] = lambda total: None,
) -> Iterator[Graded]:
    """Grade all submissions of `unit`; yield each when it is recorded.

    Parameters
    ----------
    jobs : int, optional
        Submissions to run at the same time; the processors at hand if left out, or the cluster's.
    prove : bool
        Whether to try the sandbox before it is used, unless there is none.
    cluster : Cluster, optional
        Whose workers run the submissions, each in a sandbox of its own, in place of this machine.
    on_start : function of int
        Told how many there are.

    Raises
    ------
    SandboxUnavailable
        If the sandbox does not start, or a probe got out of it.
    AutograderError
        If there is nothing to grade, the unit is not released as its exercises ask, another
        grading of this course has not ended yet, or the cluster is lost.
    """
    submissions = find_submissions(course, unit)
    count = jobs or (cluster.threads if cluster else processors())
    with alone_in(course), UnitGradebook(course, unit) as gradebook:
        gradebook.register()
        seed = unit_seed(course, unit, new_seed)
        with _proven(UnitGrader(course, unit, seed, launcher, limits, cluster), prove) as grader:
            on_start(len(submissions))
            worker = _Worker(course, grader, launcher.isolates)
            recorder = _Recorder(course, gradebook, launcher.isolates)
            crowded: list[Submission] = []
            with ThreadPoolExecutor(count) as pool:
                for batch in _finished(pool, worker, submissions, ahead=_AHEAD * count):
                    crowded += [work.submission for work in batch if work.crowded]
                    yield from recorder.record([work for work in batch if not work.crowded])
            for submission in crowded:
                yield from recorder.record([replace(worker(submission), crowded=True)])


@contextmanager
def _proven(grader: UnitGrader, prove: bool) -> Iterator[UnitGrader]:
    """Enter `grader`; let nothing be graded if its sandbox does not hold."""
    with ExitStack() as stack:
        with planted(grader.unit, grader.limits) as canary:
            here = stack.enter_context(grader).runner
            if prove and isinstance(here, Engine) and here.launcher.isolates:
                for finding in try_out(here, canary):
                    if not finding.passed:
                        raise SandboxUnavailable(
                            f"Not graded: the sandbox does not hold here. {finding.sentence} "
                            "(autograder doctor shows all; --no-sandbox runs notebooks you trust.)"
                        )
        yield grader


def _finished(
    pool: ThreadPoolExecutor, worker: "_Worker", submissions: Iterable[Submission], ahead: int
) -> Iterator[list[_Work]]:
    """Run `worker` on all `submissions`; yield what is done meanwhile, as lists.

    No more than `ahead` are on their way at any time, so that a large class needs no more memory
    than a small one.
    """
    waiting: set[Future[_Work]] = set()
    source = iter(submissions)
    try:
        while True:
            waiting |= {pool.submit(worker, one) for one in islice(source, ahead - len(waiting))}
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield [future.result() for future in done]
    finally:
        for future in waiting:
            future.cancel()


@dataclass(frozen=True)
class _Worker:
    """Does all of one submission that needs no writing; called from many threads."""

    course: Course
    grader: UnitGrader
    sandboxed: bool

    def __call__(self, submission: Submission) -> _Work:
        try:
            return self._graded(submission)
        except UnreadableSubmission as error:
            reason = one_line(str(error))
        except ClusterUnavailable:
            raise
        except Exception as error:  # a bug of ours: nobody else's marks wait for it
            reason = unexpected(error)
        return _Work(submission, "", self.grader.unreadable(reason), reason)

    def _graded(self, submission: Submission) -> _Work:
        rebuilt = self.grader.rebuild(read_submission(submission))
        digest = self.grader.digest(rebuilt)
        before = read_result(self.course, submission.unit, submission.student)
        if before and before.digest == digest and before.sandboxed == self.sandboxed:
            return _Work(submission, digest, None)
        machine = Crowding()
        marked = self.grader.grade(submission.student, rebuilt)
        here = isinstance(self.grader.runner, Engine)  # of other machines nothing is known
        crowded = here and marked.out_of_time and machine.overloaded()
        return _Work(submission, digest, marked, crowded=crowded)


@dataclass(frozen=True)
class _Recorder:
    """The one writer: gradebook first, then the files; a result is kept last of all.

    So a grading that was killed leaves no result of what it had not finished, and the next one
    takes that up again.
    """

    course: Course
    gradebook: UnitGradebook
    sandboxed: bool

    def record(self, batch: Iterable[_Work]) -> Iterator[Graded]:
        """Record what is done in one transaction, and yield what came of each."""
        new = []
        for work in batch:
            try:
                check_identity(work.submission)
            except UnreadableSubmission as error:
                yield Graded(work.submission, None, one_line(str(error)))
                continue
            if work.marked is None:
                submission = work.submission
                result = read_result(self.course, submission.unit, submission.student)
                yield Graded(submission, result, reused=True)
            else:
                new.append(work)
        if new:
            yield from self._record_new(new)

    def _record_new(self, batch: list[_Work]) -> Iterator[Graded]:
        try:
            self.gradebook.record(list(map(_entry, batch)))
        except Exception as error:  # what was not recorded is graded again next time
            self.gradebook.undo()
            if len(batch) == 1:
                yield Graded(batch[0].submission, None, why_not_kept(error))
                return
            for work in batch:
                yield from self._record_new([work])
            return
        for work in batch:
            try:
                yield self._keep(work)
            except Exception as error:
                yield Graded(work.submission, None, why_not_kept(error))

    def _keep(self, work: _Work) -> Graded:
        submission, marked = work.submission, work.marked
        assert marked is not None
        before = read_result(self.course, submission.unit, submission.student)
        result = Result.of(submission.student, submission.unit, work.digest, marked, self.sandboxed)
        write_autograded(self.course, submission, marked)
        write_result(self.course, result)
        moved = _moved(before, result)
        return Graded(submission, result, work.reason, moved=moved, again=work.crowded)


def _entry(work: _Work) -> Entry:
    assert work.marked is not None
    return Entry(work.submission, work.marked, readable=not work.reason)


def why_not_kept(error: Exception) -> str:
    """Return in a sentence why something could not be stored, and what to do."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full: make room, then run autograder grade again"
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return (
            "another program has locked the gradebook (the Formgrader, or nbgrader itself): "
            "run autograder grade again when it is done"
        )
    return unexpected(error)


def unexpected(error: Exception) -> str:
    """Return a sentence on an error that should not have happened, and where it did."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    what = f"{type(error).__name__}: {error}"[:300]
    return one_line(f"grading it failed unexpectedly ({what}{where}); please report this")


def _moved(
    before: Result | None, now: Result
) -> tuple[tuple[str, float | None, float | None], ...]:
    if before is None:
        return ()
    return tuple(
        (name, before.reports[name].points, report.points)
        for name, report in now.reports.items()
        if name in before.reports and before.reports[name].points != report.points
    )


def autograded_path(course: Course, unit: str, student: str) -> Path:
    """Return where the autograded notebook of `student` lies, as nbgrader has it."""
    name = folder_name(unit)
    return course.autograded / student / name / f"{name}.ipynb"


def write_autograded(course: Course, submission: Submission, marked: Marked) -> None:
    """Write the autograded notebook as nbgrader would, and its timestamp beside it."""
    path = autograded_path(course, submission.unit, submission.student)
    text = nbformat.v4.writes_json(nbformat.from_dict(marked.notebook))
    write_atomically(path, text + "\n", mode=0o444)
    write_timestamp(path.parent, submission)


def write_timestamp(folder: Path, submission: Submission) -> None:
    """Write nbgrader's timestamp of a submission, if it has one."""
    if submission.timestamp:
        write_atomically(folder / TIMESTAMP, submission.timestamp, mode=0o444)
