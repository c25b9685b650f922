"""What runs where students hand in, once for each hand-in.

The folder is laid out as Gradescope documents it: ``source`` (what `bundle` packed) and
``submission`` come in, ``results/results.json`` goes out. On GitHub the same folder is made by the
workflow, and a job summary goes out.
"""

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.hosted.handed_in import STUDENT
from autograder.hosted.judging import Verdict, judge
from autograder.reports.gradescope import gradescope_result
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher
from autograder.units import folder_name
from autograder.visible import one_line

GITHUB, GRADESCOPE = PLATFORMS = ("github", "gradescope")
SETTINGS, COURSE = "hosted.json", "course"
ROOT_SETTING, USUAL_ROOT = "AUTOGRADER_ROOT", "/autograder"
_SUMMARY_CHARACTERS = 250_000  # GitHub takes a megabyte


def main(environment: Mapping[str, str] = os.environ, launchers: Sequence[Launcher] = ()) -> int:
    """Grade what was handed in and answer; return the exit code.

    0 if it was answered; on GitHub 0 for full marks, 1 for less.

    Parameters
    ----------
    launchers : sequence of Launcher
        How untrusted code may be started; the two sandboxes if left out.
    """
    began = time.monotonic()
    root = Path(environment.get(ROOT_SETTING) or USUAL_ROOT)
    settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    unit, on_github = settings["unit"], settings["platform"] == GITHUB
    course = Course(root / "source" / COURSE)
    sandboxes = launchers or (BubblewrapLauncher(), AccountLauncher())
    verdict = judge(course, unit, root / "submission", sandboxes, on_github)
    total = verdict.total
    print(f"{folder_name(unit)}: {total.points:g} of {total.max_points:g} points")
    print(f"{time.monotonic() - began:.1f} s")
    if verdict.fault:  # nothing in the log of a run on GitHub may look like one of its commands
        print(f"- {one_line(verdict.fault)}".replace("##[", "## ["))
    if on_github:
        summary = environment.get("GITHUB_STEP_SUMMARY")
        if summary:
            with open(summary, "a", encoding="utf-8") as file:
                file.write("\n".join(summary_lines(verdict))[:_SUMMARY_CHARACTERS])
        print(f"::notice title=Autograding::{total.points:g} of {total.max_points:g} points")
        return 0 if total.points == total.max_points else 1
    for sentence in verdict.flags:
        print(one_line(sentence))
    answer = gradescope_result(verdict.marks, STUDENT, total.points)
    answer |= {"output": "\n".join(verdict.told), "stdout_visibility": "hidden"}
    write_atomically(root / "results" / "results.json", json.dumps(answer))
    return 0


def summary_lines(verdict: Verdict) -> Iterator[str]:
    """Yield the job summary, in Markdown that no text of a student's can break out of."""
    answer = gradescope_result(verdict.marks, STUDENT, verdict.total.points)
    yield f"## {verdict.marks.outline.title}: {verdict.total.points:g} of "
    yield f"{verdict.total.max_points:g} points\n"
    for sentence in verdict.told:
        yield from (*_fenced(sentence), "")
    yield "| exercise | points | of |\n|-|-|-|"
    for test in answer["tests"]:
        yield f"| {test['name']} | {test['score']:g} | {test['max_score']:g} |"
    yield ""
    for test in answer["tests"]:
        yield from (f"### {test['name']}\n", *_fenced(test["output"]), "")


def _fenced(text: str) -> Iterator[str]:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    yield from (f"{fence}text", text, fence)


if __name__ == "__main__":
    sys.exit(main())
