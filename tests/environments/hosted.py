"""A class of 30 where students hand in: ``python -m tests.environments.hosted [github] [second]``.

Gradescope's folder, or GitHub's, is made in a temporary folder and set up by its own ``setup.sh``;
then each hand-in is graded by ``run_autograder``, as the platforms do, and its marks have to be
those of the demonstration class. ``second`` takes from it what Docker takes from a container, so
that bubblewrap does not work and the second sandbox is used. It needs root and a network.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course import Course
from autograder.demo.classroom import Classroom, DemoSubmission
from autograder.hosted import run
from tests.hosted import container
from tests.hosted.hand_ins import NAME, ROOT, UNIT, laid_out, points

HOW_MANY = 30


def members() -> list[DemoSubmission]:
    """Return 30 of the demonstration class, of kinds from all over it."""
    every = Classroom(Course.find(ROOT), UNIT).build()
    return [every[i * len(every) // HOW_MANY] for i in range(HOW_MANY)]


def used_s() -> float:
    """Return the processor time of all that has been started and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def of_a_summary(text: str) -> dict[str, float]:
    """Return the points of every exercise in a job summary."""
    rows = re.findall(r"^\|.*\| ([\d.]+) \| [\d.]+ \|$", text, re.MULTILINE)
    names = re.findall(r"^### .*\n\n`{3,}text\n\S+ (\w+)", text, re.MULTILINE)
    return dict(zip(names, map(float, rows), strict=True))


class Form:
    """One platform's folder, set up."""

    def __init__(self, root: Path, platform: str, second: bool) -> None:
        self.place = laid_out(root, platform)
        self.summary = root / "summary.md"
        self.results = root / "results"
        self.on_github = platform == run.GITHUB
        self.shut_in = [sys.executable, container.__file__] if second else []
        settings = {run.ROOT_SETTING: str(root), "GITHUB_STEP_SUMMARY": str(self.summary)}
        self.settings = {**os.environ, **settings}
        self._run("setup.sh", check=True)

    def _run(self, name: str, check: bool = False) -> str:
        command = ["/bin/sh", str(self.place.root / "source" / name)]
        if name == "run_autograder":
            command = [*self.shut_in, *command]
        done = subprocess.run(
            command, env=self.settings, check=check, text=True, stdout=subprocess.PIPE
        )
        return done.stdout

    def points(self, content: bytes) -> tuple[dict[str, float], str]:
        """Hand a notebook in; return what it earns by exercise, and what the program says."""
        for old in (self.place.submission, self.results):
            shutil.rmtree(old, ignore_errors=True)
        self.summary.unlink(missing_ok=True)
        self.place.submission.mkdir()
        self.results.mkdir()
        (self.place.submission / f"{NAME}.ipynb").write_bytes(content)
        said = self._run("run_autograder")
        if self.on_github:
            return of_a_summary(self.summary.read_text(encoding="utf-8")), said
        return points(json.loads((self.results / "results.json").read_text())), said


def main(arguments: list[str]) -> int:
    if unknown := set(arguments) - {run.GITHUB, "second"}:
        print(f"{unknown.pop()} is no argument: give github, second, both or none.")
        return 2
    if os.geteuid() != 0:
        print("This needs root, as in a container of Gradescope's.")
        return 2
    platform = run.GITHUB if run.GITHUB in arguments else run.GRADESCOPE
    second, otherwise, used = "second" in arguments, 0, []
    with tempfile.TemporaryDirectory(prefix="hosted-") as name:
        Path(name).chmod(0o755)
        form = Form(Path(name) / "root", platform, second)
        for member in members():
            before, began = used_s(), time.monotonic()
            found, said = form.points(member.content)
            used.append(used_s() - before)
            expected = {exercise: mark or 0 for exercise, mark in member.marks.items()}
            as_predicted = found == expected
            otherwise += not as_predicted
            took = f"{time.monotonic() - began:.1f} s, {used[-1]:.1f} s of a processor"
            print(
                f"{'✓' if as_predicted else '✗'} {member.student}: {said.splitlines()[0]}, {took}"
            )
            if not as_predicted:
                print(f"  predicted {expected}, got {found}\n{said}")
            sys.stdout.flush()
    print(
        f"{platform}, {'second sandbox' if second else 'bubblewrap'}: {otherwise} of {len(used)} "
        f"otherwise than predicted; {sorted(used)[len(used) // 2]:.1f} s of a processor in the "
        f"middle, {max(used):.1f} s at most."
    )
    return min(otherwise, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
