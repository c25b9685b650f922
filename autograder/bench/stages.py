"""Where the time of grading goes: each stage on its own, one submission after another."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograder.course import Course
from autograder.grading.autograded import write_autograded
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.results import Result, write_result
from autograder.grading.submissions import find_submissions
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.reports.feedback import write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher

BATCH = 8  # submissions in one transaction, about what comes together in a full grading


@dataclass
class Stages:
    """Time by stage [s], by the clock; the sandbox's is processor time of its own processes."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block."""
        started = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - started


def measure_stages(course: Course, unit: str) -> dict[str, float]:
    """Grade the class in `course` and return the milliseconds of each stage, by submission."""
    stages = Stages()
    entries: list[Entry] = []
    with (
        UnitGradebook(course, unit) as gradebook,
        UnitGrader(course, unit, unit_seed(course, unit), BubblewrapLauncher()) as grader,
    ):
        gradebook.register()
        submissions = find_submissions(course, unit)
        for submission in submissions:
            with stages.stage("read and rebuild"):
                rebuilt, digest = grader.read(submission)
            started = time.perf_counter()
            marked = grader.grade(submission.student, rebuilt)
            stages.seconds["run, in the sandbox (CPU)"] += marked.cpu_s
            stages.seconds["judge"] += time.perf_counter() - started - marked.wall_s
            entries.append(Entry(submission, marked))
            with stages.stage("write notebook and result"):
                write_autograded(course, submission, marked)
                write_result(course, Result.of(submission, digest, marked, True))
        with stages.stage("record in the gradebook"):
            for first in range(0, len(entries), BATCH):
                gradebook.record(entries[first : first + BATCH])
    with stages.stage("feedback page"):
        write_feedback_pages(course, unit)
    return {name: 1e3 * total / len(submissions) for name, total in stages.seconds.items()}
