"""Grading a class: every submission is rebuilt, run, judged, recorded, and told what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from autograder.course import Course
from autograder.grading.autograded import autograded_path
from autograder.grading.files import alone_in
from autograder.grading.outcome import Graded, Work, unexpected
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.proven import proven
from autograder.grading.results import UNREADABLE, read_result
from autograder.grading.submissions import Submission, find_submissions
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.machine import Crowding, processors
from autograder.sandbox.cluster import Cluster
from autograder.sandbox.dask_client import ClusterUnavailable
from autograder.sandbox.engine import Engine
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import Launcher
from autograder.visible import one_line

if TYPE_CHECKING:
    from autograder.grading.recording import Recorder

_AHEAD = 4  # submissions on their way for each that runs


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
    on_refill: Callable[[list[str]], None] = lambda students: None,
    on_penalties: Callable[[dict[str, float]], None] = lambda penalties: None,
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
    on_refill : function of list of str
        Told whose marks the gradebook had lost, once they are written into it again.
    on_penalties : function of dict
        Told what was taken until now for handing in late, by student.

    Raises
    ------
    SandboxUnavailable
        If the sandbox does not start, or a probe got out of it.
    AutograderError
        If there is nothing to grade, the unit is not released as its exercises ask, another
        grading of this course has not ended yet, or the cluster is lost.
    """
    with alone_in(course):
        seed = unit_seed(course, unit, new_seed)
        grader = UnitGrader(course, unit, seed, launcher, limits, cluster)
        # Reads the configuration, which imports nbgrader: no other thread may be at that, too.
        grader.marker  # noqa: B018
        with _entered_aside(proven(grader, prove)) as wait_for_sandbox:
            # nbgrader takes a second to import; the sandbox, in its own process, as long to start.
            from autograder.grading.gradebook import UnitGradebook
            from autograder.grading.recording import Recorder
            from autograder.grading.refill import refill

            submissions = find_submissions(course, unit)
            with UnitGradebook(course, unit) as gradebook:
                gradebook.register()
                on_penalties(gradebook.penalties())
                gradebook.renew_penalties(submissions)
                again, lost = refill(course, unit, gradebook, submissions)
                if again:
                    on_refill(again)
                wait_for_sandbox()
                on_start(len(submissions))
                worker = _Worker(course, grader, launcher.isolates, lost)
                recorder = Recorder(course, gradebook, launcher.isolates)
                count = jobs or (cluster.threads if cluster else processors())
                yield from _graded(worker, recorder, submissions, count)


def _graded(
    worker: _Worker, recorder: Recorder, submissions: list[Submission], jobs: int
) -> Iterator[Graded]:
    """Run all, record what is done, and run again at the end what the machine had no time for."""
    crowded: list[Submission] = []
    with ThreadPoolExecutor(jobs) as pool:
        for batch in _finished(pool, worker, submissions, ahead=_AHEAD * jobs):
            crowded += [work.submission for work in batch if work.crowded]
            yield from recorder.record([work for work in batch if not work.crowded])
    for submission in crowded:
        yield from recorder.record([replace(worker(submission), crowded=True)])


@contextmanager
def _entered_aside(
    manager: AbstractContextManager[object],
) -> Iterator[Callable[[], object]]:
    """Enter `manager` in a thread; yield a function that waits for it, and raises what it raised.

    It is left after the block, whatever happened there.
    """
    with ExitStack() as stack, ThreadPoolExecutor(1) as aside:
        entering = aside.submit(stack.enter_context, manager)
        yield entering.result


def _finished(
    pool: ThreadPoolExecutor, worker: _Worker, submissions: Iterable[Submission], ahead: int
) -> Iterator[list[Work]]:
    """Run `worker` on all `submissions`; yield what is done meanwhile, as lists.

    No more than `ahead` are on their way at any time, so that a large class needs no more memory
    than a small one.
    """
    waiting: set[Future[Work]] = set()
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
    lost: frozenset[str] = frozenset()
    """Students whose kept results the gradebook does not have."""

    def __call__(self, submission: Submission) -> Work:
        try:
            return self._graded(submission)
        except UnreadableSubmission as error:
            reason = one_line(str(error))
        except ClusterUnavailable:
            raise
        except Exception as error:  # a bug of ours: nobody else's marks wait for it
            reason = unexpected(error)
        return Work(submission, UNREADABLE, self.grader.unreadable(reason), reason)

    def _graded(self, submission: Submission) -> Work:
        rebuilt, digest = self.grader.read(submission)
        if self._holds(submission, digest):
            return Work(submission, digest, None)
        machine = Crowding()
        marked = self.grader.grade(submission.student, rebuilt)
        here = isinstance(self.grader.runner, Engine)  # of other machines nothing is known
        crowded = here and marked.out_of_time and machine.overloaded(marked.cpu_s)
        return Work(submission, digest, marked, crowded=crowded)

    def _holds(self, submission: Submission, digest: str) -> bool:
        """Return whether an earlier result holds, and all that is to be there with it is there."""
        student, unit = submission.student, submission.unit
        before = read_result(self.course, unit, student)
        return (
            before is not None
            and before.digest == digest
            and before.sandboxed == self.sandboxed
            and student not in self.lost
            and autograded_path(self.course, unit, student).is_file()
        )
