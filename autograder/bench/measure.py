"""Running a way to grade, and what it took."""

import os
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from autograder.bench.ways import Way, environment
from autograder.errors import AutograderError
from autograder.grading.autograded import autograded_path
from autograder.grading.results import read_results

MIB = 2**20
GLANCE_S = 0.25


@dataclass(frozen=True)
class Cost:
    """What one way took for one class.

    Attributes
    ----------
    seconds : float
        From the start of the command to its end, by the clock.
    cpu_s : float
        Processor time of all its processes, but for what it takes to start a sandbox.
    p50_s, p95_s : float
        Of one submission: from the one before to it where they go one by one; in the sandbox where
        several run at once.
    peak_mib : float
        Memory of all its processes together at the worst moment; what they share counts once.
    """

    name: str
    submissions: int
    seconds: float
    cpu_s: float
    p50_s: float
    p95_s: float
    peak_mib: float

    @property
    def per_minute(self) -> float:
        """Submissions a minute."""
        return 60 * self.submissions / self.seconds

    @property
    def cpu_s_each(self) -> float:
        """Processor time of one submission."""
        return self.cpu_s / self.submissions


def run_way(way: Way, unit: str, submissions: int) -> Cost:
    """Grade the class of `way` and return what it took.

    Raises
    ------
    AutograderError
        If a submission was not graded.
    """
    started = time.time()
    with open(way.course.root / "printed.txt", "w+", encoding="utf-8") as printed:
        process = subprocess.Popen(
            way.command,
            cwd=way.course.root,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        memory = _Memory(process.pid)
        _, _, usage = os.wait4(process.pid, 0)
        seconds = time.time() - started
        memory.stop()
        process.returncode = 0  # it has been waited for
        graded = _graded(way, unit)
        if len(graded) != submissions:
            printed.seek(0)
            raise AutograderError(
                f"{way.name} graded {len(graded)} of {submissions}: {printed.read()[-800:]}"
            )
    each = _each(way, unit, graded)
    tail = statistics.quantiles(each, n=20)[-1] if len(each) > 1 else each[0]
    # bubblewrap does not wait for what runs in it, so that time is in nobody's usage but its own.
    sandboxed_s = sum(result.cpu_s for result in read_results(way.course, unit))
    cpu_s = usage.ru_utime + usage.ru_stime + sandboxed_s
    middle = statistics.median(each)
    return Cost(way.name, submissions, seconds, cpu_s, middle, tail, memory.peak / MIB)


def _graded(way: Way, unit: str) -> list[Path]:
    students = sorted(path.name for path in way.course.submitted.iterdir())
    paths = [autograded_path(way.course, unit, student) for student in students]
    return [path for path in paths if path.is_file()]


def _each(way: Way, unit: str, graded: list[Path]) -> list[float]:
    """Return the time of every submission."""
    if way.command[2] == "autograder.cli":
        return [result.wall_s for result in read_results(way.course, unit)]
    times = sorted(path.stat().st_mtime for path in graded)
    return [later - earlier for earlier, later in pairwise(times)] or [0.0]


class _Memory(threading.Thread):
    """Looks at the memory of a process and all below it, again and again."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(GLANCE_S):
            self.peak = max(self.peak, self._now())

    def _now(self) -> int:
        total = 0
        try:
            family = [self._process, *self._process.children(recursive=True)]
        except psutil.Error:
            return 0
        for process in family:
            try:
                memory = process.memory_full_info()
                total += getattr(memory, "pss", 0) or memory.rss
            except psutil.Error:
                continue  # it has ended, or is another user's
        return total

    def stop(self) -> None:
        self._over.set()
        self.join()


def scores_of(way: Way, unit: str) -> dict[str, dict[str, float | None]]:
    """Return the automatic score of every check, by student."""
    from autograder.grading.gradebook import UnitGradebook
    from autograder.grading.template import CHECK_PREFIX

    with UnitGradebook(way.course, unit) as gradebook:
        return {
            student: {
                cell: values["auto_score"]
                for cell, values in cells.items()
                if cell.startswith(CHECK_PREFIX)
            }
            for student, cells in gradebook.scores().items()
        }
