"""Killing a grading at random moments, and what must be true when it is started again.

``python -m tests.soak.kills [COUNT]``, from the project's root; `make soak` runs it, too.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from autograder.bench.ways import Way, environment, ours
from autograder.course import Course
from autograder.grading.autograded import autograded_path
from autograder.grading.results import read_results, result_path
from tests.course.grading_folders import gradebook_rows

UNIT = "recurrence"
SUBMISSIONS = 40
DONE, PATIENCE_S = 0, 300


@dataclass
class Outcome:
    """What came of it.

    Attributes
    ----------
    killed_at : list of int
        How many results were kept at each kill.
    faults : list of str
        What was lost, done twice, or left over; [] if all is well.
    """

    killed_at: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def start(way: Way) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        way.command,
        cwd=way.course.root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(way: Way) -> str:
    """Grade to the end; return what went wrong, or ""."""
    process = start(way)
    _, said = process.communicate(timeout=PATIENCE_S)
    return "" if process.returncode == DONE else f"it ended with {process.returncode}: {said!r}"


def kept(course: Course) -> dict[str, int]:
    """Return when each result was written [ns], by student."""
    folder = result_path(course, UNIT, "x").parent
    return {path.stem: path.stat().st_mtime_ns for path in folder.glob("[!.]*.json")}


def kill_and_resume(folder: Path, count: int, seed: int) -> Outcome:
    """Grade a class, killed `count` times at random moments, and compare with one left alone."""
    outcome, rng = Outcome(), random.Random(seed)
    course = Course.find(Path(__file__))
    calm = ours(course, UNIT, folder / "calm", SUBMISSIONS)
    started = time.monotonic()
    outcome.faults += filter(None, [finish(calm)])
    whole_s = time.monotonic() - started
    way = ours(course, UNIT, folder / "killed", SUBMISSIONS)
    for _ in range(count):
        before = kept(way.course)
        if len(before) == SUBMISSIONS:  # all done: begin again
            way = ours(course, UNIT, folder / f"killed-{len(outcome.killed_at)}", SUBMISSIONS)
            before = {}
        process = start(way)
        time.sleep(rng.uniform(0, whole_s))
        family = _family(process.pid)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        outcome.faults += _left_over(family)
        after = kept(way.course)
        outcome.killed_at.append(len(after))
        again = [student for student, when in before.items() if after.get(student) != when]
        outcome.faults += [f"{student} was graded twice" for student in again]
    before = kept(way.course)
    outcome.faults += filter(None, [finish(way)])
    after = kept(way.course)
    again = [student for student, when in before.items() if after.get(student) != when]
    outcome.faults += [f"{student} was graded twice" for student in again]
    return _compare(calm.course, way.course, outcome)


def _compare(calm: Course, killed: Course, outcome: Outcome) -> Outcome:
    points = [{r.student: r.points for r in read_results(c, UNIT)} for c in (calm, killed)]
    if points[0] != points[1] or len(points[1]) != SUBMISSIONS:
        outcome.faults.append("the results are not those of a grading that was left alone")
    if gradebook_rows(calm, UNIT) != gradebook_rows(killed, UNIT):
        outcome.faults.append("the gradebook is not that of a grading that was left alone")
    for student in points[0]:
        if not autograded_path(killed, UNIT, student).is_file():
            outcome.faults.append(f"{student} has no autograded notebook")
    return outcome


def _family(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def _left_over(family: list[psutil.Process]) -> list[str]:
    """Return processes that outlive their grading by more than a few seconds."""
    _, alive = psutil.wait_procs(family, timeout=10)
    return [f"process {process.pid} was left over" for process in alive]


def main() -> None:
    """Kill as often as asked, and say what came of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        outcome = kill_and_resume(Path(folder), count, seed)
    print(f"{count} kills (seed {seed}); results kept at each: {outcome.killed_at}")
    for fault in outcome.faults:
        print(f"  FAULT: {fault}")
    sys.exit(bool(outcome.faults))


if __name__ == "__main__":
    main()
