"""The class of all attackers, and one without them: handed in, graded, and watched meanwhile."""

import ctypes
import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from autograder.course import Course
from autograder.grading import pipeline
from autograder.grading.outcome import Graded, Work
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import Result
from autograder.grading.submissions import Submission
from autograder.reports.class_report import write_class_report
from autograder.reports.feedback import write_feedback_pages
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.engine import Engine
from autograder.sandbox.job import MIB, Job, Limits, Run, Transcript
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher
from autograder.sandbox.transcript import parse_transcript
from autograder.student.report import Report
from autograder.units import folder_name
from autograder.workers import workers
from tests.attacks.suite import (
    ENDED_IN_THE_SECOND,
    ROOT,
    Attack,
    all_attacks,
    honest_notebook,
    printed_in,
    write_notebook,
)
from tests.course.grading_folders import course_in

#: In which sandbox the suite runs: SANDBOX=account takes the second one.
SANDBOXES: dict[str, type[Launcher]] = {
    "bubblewrap": BubblewrapLauncher,
    "account": AccountLauncher,
}
SANDBOX = SANDBOXES[os.environ.get("SANDBOX", "bubblewrap")]
# What the second ends is held to that in test_second_sandbox.py.
ENDED = ENDED_IN_THE_SECOND if SANDBOX is AccountLauncher else ()
ATTACKS = [attack for attack in all_attacks() if attack.name not in ENDED]
UNITS = sorted({attack.unit for attack in ATTACKS})
# By the clock there is room for a busy machine: what computes without end ends by processor time.
# What takes all memory there is has it sooner where there is less.
LIMITS = Limits(
    cell_cpu_s=2,
    cell_wall_s=20,
    notebook_cpu_s=8,
    notebook_wall_s=600,
    grace_s=3,
    memory_bytes=512 * MIB,
)
HONEST = ("honest-a", "honest-m", "honest-z")
_BECOME_SUBREAPER = 36


@dataclass(frozen=True)
class Battle:
    """The attacked class and one without attackers, both graded on the same secret cases."""

    course: Course
    peace: Course
    graded: dict[str, Graded]
    runs: dict[str, Run]
    heard: dict[tuple[str, bool], str]
    before: dict[str, str]
    after: dict[str, str]
    canaries: tuple[set[str], set[str]]
    visitors: list[str]
    survivors: set[int]

    def report(self, attack: Attack, exercise: str, student: str) -> Report:
        result = self.result(student)
        return next(r for r in result.reports.values() if r.exercise == exercise)

    def result(self, student: str) -> Result:
        result = self.graded[student].result
        assert result is not None, f"{student} has no result"
        return result

    def printed(self, student: str) -> str:
        """Return all that was printed, also what a run on secret cases said in vain."""
        return "".join(self.heard.get((student, secret), "") for secret in (True, False))


@pytest.fixture(scope="module")
def battle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Battle]:
    course = course_in(tmp_path_factory.mktemp("attacked"))
    peace = course_in(tmp_path_factory.mktemp("peaceful"))
    canary = tmp_path_factory.mktemp("canary")
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)  # whoever outlives its parent comes here
    runs: dict[str, Run] = {}
    heard: dict[tuple[str, bool], str] = {}
    execute, work = Engine.execute, pipeline._Worker.__call__
    endless = {s for attack in ATTACKS if attack.outcome == "L" for s in attack.students}

    def run_and_keep(engine: Engine, job: Job) -> Transcript:
        transcript = execute(engine, job)
        heard[job.key, job.secret] = printed_in(transcript, job, engine.limits)
        runs[job.key] = parse_transcript(transcript, job, engine.limits)
        return transcript

    def work_once(worker: pipeline._Worker, submission: Submission) -> Work:
        """Who is to run out of time does so once, however busy the machine is."""
        done = work(worker, submission)
        return replace(done, crowded=done.crowded and submission.student not in endless)

    with pytest.MonkeyPatch.context() as patch, service_of_this_machine(canary) as (port, visitors):
        patch.setattr(Engine, "execute", run_and_keep)
        patch.setattr(pipeline._Worker, "__call__", work_once)
        for unit in UNITS:
            for one in (course, peace):
                _hand_in_honestly(one, unit)
        for attack in ATTACKS:
            attack.place(course.submitted, honest_notebook(attack.unit), canary, port)
        before, canaries = _snapshot(course), _names(canary)
        children = _descendants()
        launcher = SANDBOX()
        graded = {}
        for unit in UNITS:
            for one in grade_unit(course, unit, launcher, jobs=6, limits=LIMITS):
                graded[one.submission.student] = one
            (peace.seeds / f"{unit}.json").parent.mkdir(parents=True, exist_ok=True)
            (peace.seeds / f"{unit}.json").write_bytes((course.seeds / f"{unit}.json").read_bytes())
            list(grade_unit(peace, unit, launcher, limits=LIMITS))
            write_feedback_pages(course, unit)
            write_class_report(course, unit)
        yield Battle(
            course,
            peace,
            graded,
            runs,
            heard,
            before,
            _snapshot(course),
            (canaries, _names(canary)),
            visitors,
            _descendants() - children,
        )


def _hand_in_honestly(course: Course, unit: str) -> None:
    name = folder_name(unit)
    for student in HONEST:
        folder = course.submitted / student / name
        folder.mkdir(parents=True)
        write_notebook(folder / f"{name}.ipynb", honest_notebook(unit))


@contextmanager
def service_of_this_machine(canary: Path) -> Iterator[tuple[int, list[str]]]:
    """Listen on a port and on a socket file in `canary`; give the port, and who has come so far."""
    visitors: list[str] = []

    def serve(one: socket.socket) -> None:
        while True:
            try:
                one.accept()[0].close()
            except OSError:
                return
            visitors.append(str(one.family))

    with socket.create_server(("127.0.0.1", 0)) as port, socket.socket(socket.AF_UNIX) as file:
        with chdir(canary):  # the path of a socket must be short
            file.bind("socket")
        file.listen()
        for one in (port, file):
            threading.Thread(target=serve, args=(one,), daemon=True).start()
        yield port.getsockname()[1], visitors


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _snapshot(course: Course) -> dict[str, str]:
    """Return a digest of every file that grading must leave alone."""
    folders = [course.submitted, *(ROOT / name for name in ("solutions", "rnn_ref", "autograder"))]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
        and path.stat().st_size < 2**28
        and "__pycache__" not in path.parts
        and not path.is_symlink()
    }


def _descendants() -> set[int]:
    """Return the processes that descend from this one, but for workers that wait for more."""
    with workers() as kept:
        kept.close()
    found = set()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add(process.pid)
    return found
