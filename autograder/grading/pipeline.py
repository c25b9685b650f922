"""Grading a class: every submission is rebuilt, run, judged, recorded, and told what came of it."""

import os
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.grading.gradebook import UnitGradebook
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
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import Launcher
from autograder.units import folder_name
from autograder.visible import one_line


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
    """

    submission: Submission
    result: Result | None
    reason: str = ""
    reused: bool = False
    moved: tuple[tuple[str, float | None, float | None], ...] = ()


@dataclass(frozen=True)
class _Work:
    """What a worker hands to the writer."""

    submission: Submission
    digest: str
    marked: Marked | None
    reason: str = ""


def default_jobs() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def grade_unit(
    course: Course,
    unit: str,
    launcher: Launcher,
    *,
    jobs: int | None = None,
    new_seed: bool = False,
    limits: Limits | None = None,
    on_start: Callable[[int], None] = lambda total: None,
) -> Iterator[Graded]:
    """Grade all submissions of `unit`; yield each when it is recorded.

    Parameters
    ----------
    jobs : int, optional
        Submissions to run at the same time; the cores at hand if left out.
    on_start : function of int
        Told how many there are.

    Raises
    ------
    AutograderError
        If there is nothing to grade, or the unit is not released as its exercises ask.
    """
    submissions = find_submissions(course, unit)
    grader = UnitGrader(course, unit, unit_seed(course, unit, new_seed), launcher, limits)
    with (
        grader,
        UnitGradebook(course, unit) as gradebook,
        ThreadPoolExecutor(jobs or default_jobs()) as pool,
    ):
        gradebook.register()
        on_start(len(submissions))
        waiting = [pool.submit(_work, course, grader, one, launcher) for one in submissions]
        try:
            for done in as_completed(waiting):
                yield _record(course, gradebook, done, launcher)
        finally:
            for future in waiting:
                future.cancel()


def _work(course: Course, grader: UnitGrader, submission: Submission, launcher: Launcher) -> _Work:
    """Do all of one submission that needs no writing."""
    try:
        return _graded(course, grader, submission, launcher)
    except UnreadableSubmission as error:
        reason = one_line(str(error))
    except Exception as error:  # a bug of ours: nobody else's marks wait for it
        reason = unexpected(error)
    return _Work(submission, "", grader.unreadable(reason), reason)


def _graded(
    course: Course, grader: UnitGrader, submission: Submission, launcher: Launcher
) -> _Work:
    rebuilt = grader.rebuild(read_submission(submission))
    digest = grader.digest(rebuilt)
    before = read_result(course, submission.unit, submission.student)
    if before is not None and before.digest == digest and before.sandboxed == launcher.isolates:
        return _Work(submission, digest, None)
    return _Work(submission, digest, grader.grade(submission.student, rebuilt))


def unexpected(error: Exception) -> str:
    """Return a sentence on an error that should not have happened, and where it did."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    what = f"{type(error).__name__}: {error}"[:300]
    return one_line(f"grading it failed unexpectedly ({what}{where}); please report this")


def _record(
    course: Course, gradebook: UnitGradebook, done: Future[_Work], launcher: Launcher
) -> Graded:
    work = done.result()
    submission = work.submission
    try:
        check_identity(submission)
    except UnreadableSubmission as error:
        return Graded(submission, None, one_line(str(error)))
    try:
        return _kept(course, gradebook, work, launcher)
    except Exception as error:  # as in _work; what was not kept is graded again next time
        gradebook.undo()
        return Graded(submission, None, unexpected(error))


def _kept(course: Course, gradebook: UnitGradebook, work: _Work, launcher: Launcher) -> Graded:
    submission = work.submission
    before = read_result(course, submission.unit, submission.student)
    if work.marked is None:
        return Graded(submission, before, reused=True)
    result = Result.of(
        submission.student, submission.unit, work.digest, work.marked, launcher.isolates
    )
    gradebook.record(submission, work.marked, readable=not work.reason)
    write_autograded(course, submission, work.marked)
    write_result(course, result)
    return Graded(submission, result, work.reason, moved=_moved(before, result))


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
