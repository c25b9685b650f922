"""Grading a class: every submission is rebuilt, run, judged, recorded, and told what came of it."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.marking import Marked
from autograder.grading.results import Result, read_result, write_result
from autograder.grading.submissions import (
    Submission,
    UnreadableSubmission,
    check_student_id,
    find_submissions,
    read_cells,
)
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import Launcher
from autograder.units import folder_name

TIMESTAMP = "timestamp.txt"


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
        check_student_id(submission.student)
        rebuilt = grader.rebuild(read_cells(submission.path))
    except UnreadableSubmission as error:
        reason = str(error)
        return _Work(submission, "", grader.unreadable(reason), reason)
    digest = grader.digest(rebuilt)
    before = read_result(course, submission.unit, submission.student)
    if before is not None and before.digest == digest and before.sandboxed == launcher.isolates:
        return _Work(submission, digest, None)
    return _Work(submission, digest, grader.grade(submission.student, rebuilt))


def _record(
    course: Course, gradebook: UnitGradebook, done: Future[_Work], launcher: Launcher
) -> Graded:
    work = done.result()
    submission = work.submission
    before = read_result(course, submission.unit, submission.student)
    if work.marked is None:
        return Graded(submission, before, reused=True)
    try:
        check_student_id(submission.student)
    except UnreadableSubmission as error:
        return Graded(submission, None, str(error))
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
    """Write the autograded notebook, and nbgrader's timestamp beside it."""
    path = autograded_path(course, submission.unit, submission.student)
    text = json.dumps(marked.notebook, indent=1, ensure_ascii=False)
    write_atomically(path, text + "\n", mode=0o444)
    stamp = submission.path.parent / TIMESTAMP
    if submission.timestamp and stamp.is_file() and not stamp.is_symlink():
        shutil.copyfile(stamp, path.parent / TIMESTAMP)
