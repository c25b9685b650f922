"""The same attacks against stock nbgrader, and a page with the table of both.

``python -m tests.attacks.both_columns`` runs every attack against stock nbgrader, each in a box
with a course folder and a database of its own, and writes ``stock.json`` and the page. With
``--table`` it only writes the page, with names it runs these attacks only.
"""

import argparse
import contextlib
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.demo.notebooks import grade_id, read_notebook, solution_texts, submission
from autograder.judge.exercises import exercises_of
from autograder.units import folder_name
from tests.attacks.stock_box import PORT
from tests.attacks.stock_checks import stock_check
from tests.attacks.suite import (
    ENDED_IN_THE_SECOND,
    HERE,
    IN_THE_SECOND,
    OUTCOMES,
    ROOT,
    Attack,
    all_attacks,
    write_notebook,
)
from tests.browser.lab import browser

RESULTS = HERE / "stock.json"
PAGE = HERE / "README.md"
HEAD = """# The attacks

Written by `python -m tests.attacks.both_columns --table`; change the attacks, not this page.

A folder holds an attack as data: what it hands in and what must come of it, compared in full (marks
of every exercise, sentences for the instructor, files of the machine, gradebook rows of the other
students, processes left over, pages opened in Chromium). Each carries a canary that proves it ran.
The same suite was run against stock nbgrader 0.9.6, each attack with a course folder and a database
of its own, with the checks that its users write: assertions in view and hidden ones. Repeat it:
`python -m tests.attacks.both_columns` (half an hour on two cores), or name the attacks to see.

The last column: *neutralised*, it earns what its honest part earns. *That exercise fails*, 0 points
with a reason, the others keep theirs. *Ended by a limit*, likewise, and the limit is named.
*Rejected unread*, not gradable, with a reason. *Full marks*, honest and only odd to look at.

In the second sandbox all of them come to the same but those with a cross: these are ended there,
and their exercise is left to the instructor. Those with a star or a cross are run there by every
`make test` (`test_second_sandbox.py`); `SANDBOX=account pytest tests/attacks/test_suite.py` runs
the others, too.

"""
NEIGHBOURS = ("00-neighbour", "zz-neighbour")
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "stock"
"""


@dataclass(frozen=True)
class Stock:
    """A course of one unit, as nbgrader's users make it.

    Attributes
    ----------
    base : Path
        The course's folder, of which every attack gets a copy.
    honest : dict
        Its released notebook, solved honestly.
    """

    unit: str
    base: Path
    honest: dict[str, Any]

    @property
    def name(self) -> str:
        """The assignment's."""
        return folder_name(self.unit)


def stock_source(unit: str) -> dict[str, Any]:
    """Return the unit's source notebook with assertions for checks, as nbgrader's users write."""
    notebook = copy.deepcopy(read_notebook(Course(ROOT).source_notebook(unit)))
    for cell in notebook["cells"]:
        name = grade_id(cell).removeprefix("check_")
        if grade_id(cell).startswith("check_"):
            cell["source"] = stock_check(unit, name)
    return notebook


def prepare(base: Path, unit: str = "recurrence") -> Stock:
    """Make a stock course of one unit in `base`, and release it."""
    name = folder_name(unit)
    (base / "source" / name).mkdir(parents=True)
    (base / "nbgrader_config.py").write_text(CONFIG)
    source = stock_source(unit)
    write_notebook(base / "source" / name / f"{name}.ipynb", source)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", name]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # nbgrader calls alembic by name
    environment = {**os.environ, "PATH": path}
    subprocess.run(command, cwd=base, check=True, capture_output=True, env=environment)
    release = read_notebook(base / "release" / name / f"{name}.ipynb")
    return Stock(unit, base, submission(release, solution_texts(source)))


def run_stock(attack: Attack, stock: Stock) -> str:
    """Run `attack` against stock nbgrader and return what came of it, in words."""
    with tempfile.TemporaryDirectory(prefix="stock-") as name:
        folder = Path(name)
        for student in NEIGHBOURS:
            path = folder / "submitted" / student / stock.name / f"{stock.name}.ipynb"
            path.parent.mkdir(parents=True)
            write_notebook(path, stock.honest)
        canary = folder / "canary"
        canary.mkdir()
        attack.place(folder / "submitted", stock.honest, canary, PORT)
        before = {path.name for path in canary.iterdir()}
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(_box(stock, folder), capture_output=True, timeout=300, check=False)
        if not (folder / "report.json").exists():
            return "the machine had to be stopped"
        report = json.loads((folder / "report.json").read_text())
        report["canaries"] = sorted(set(report["canaries"]) - before)
        fired = attack.page and any(map(_fires, (folder / "feedback").rglob("*.html")))
        return "; ".join(in_words(attack, report, fired)) or "nothing gained"


def _box(stock: Stock, folder: Path) -> list[str]:
    """Return the command that grades in a box: own network, processes, and a disk of 900 MB."""
    box = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--uid", "1000"]
    box += ["--gid", "1000", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    box += ["--size", str(400 * 2**20), "--tmpfs", "/tmp", "--bind", str(folder), str(folder)]
    for shown in (
        stock.base,
        ROOT,
        Path(sys.prefix),
    ):  # the box's /tmp would hide them
        box += ["--ro-bind", str(shown), str(shown)]
    box += ["--size", str(900 * 2**20), "--tmpfs", "/mnt"]
    box += ["--setenv", "HOME", "/tmp/home", "--dir", "/tmp/home", "--chdir", "/mnt"]
    box += ["--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"]
    command = [str(HERE / "stock_box.py"), str(stock.base), str(folder), stock.name]
    return [*box, sys.executable, *command]


def in_words(attack: Attack, report: dict[str, Any], fired: bool) -> list[str]:
    """Return what went wrong for whoever grades, in a few words each."""
    words = []
    scores = report["scores"]
    full = {exercise.name: exercise.points for exercise in exercises_of(attack.unit)}
    given = [scores.get(student) for student in attack.students]
    if attack.outcome in ("N", "F", "L") and attack.marks:
        words += _gain(attack, given, full)
    elif attack.outcome == "R" and any(given):
        words.append("was graded")
    elif attack.outcome == "full" and any(one != full for one in given):
        words.append("an honest student loses marks")
    elif attack.outcome == "N" and any(one is None for one in given):
        words.append("left without a mark")
    neighbours = [scores.get(student) for student in NEIGHBOURS]
    if any(one is None for one in neighbours):
        words.append("other students are not graded")
    elif any(one != full for one in neighbours):
        words.append("other students' marks change")
    if report["ended"] == "hung":
        words.append("grading hangs")
    if report["canaries"]:
        words.append("writes to the host")
    if report["visitors"]:
        words.append("reaches a service of the machine")
    printed = " ".join(report["printed"].get(student, "") for student in attack.students)
    cases = set(re.findall("leak<.+?>", printed))  # the check in view shows one, by itself
    if (attack.never and attack.never in printed) or (attack.leaks and len(cases) > 1):
        words.append("finds what it looks for")
    if fired:
        words.append("script runs in the page")
    return words


def _gain(attack: Attack, given: list[Any], full: dict[str, float]) -> list[str]:
    wrong = [name for name, points in attack.marks.items() if points != full[name]]
    if any(one is None for one in given):
        return ["left without a mark"]
    if any(one.get(name) == full[name] for one in given for name in wrong):
        return ["**full marks for a wrong answer**"]
    lost = [name for name in full if name not in attack.marks]
    if any(one.get(name) != full[name] for one in given for name in lost):
        return ["its honest part loses marks"]
    return []


def _fires(page: Path) -> bool:
    """Return whether a script of the attack runs when `page` is opened."""
    with browser() as chromium:
        tab = chromium.new_page()
        tab.goto(page.as_uri())
        tab.wait_for_timeout(1000)
        return "PWNED" in tab.title()


def page() -> str:
    """Return the page: what the suite is, and the table of both columns."""
    measured = json.loads(RESULTS.read_text(encoding="utf-8"))
    lines = ["| # | tries to | stock nbgrader 0.9.6 | here |", "|-|-|-|-|"]
    for attack in all_attacks():
        stock = measured.get(attack.name, "not measured yet")
        sign = " *" * (attack.name in IN_THE_SECOND) + " †" * (attack.name in ENDED_IN_THE_SECOND)
        here = OUTCOMES[attack.outcome] + sign
        lines.append(f"| {attack.row} | {attack.tries} | {stock} | {here} |")
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Run what is asked for, and write results and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="attacks to run; all if left out")
    parser.add_argument("--table", action="store_true", help="only write the page")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not options.table:
        chosen = [a for a in all_attacks() if not options.names or a.name in options.names]
        with tempfile.TemporaryDirectory(prefix="stock-base-") as folder:
            units = {attack.unit for attack in chosen}
            stock = {unit: prepare(Path(folder) / unit, unit) for unit in units}
            with ThreadPoolExecutor(options.jobs) as pool:
                running = {a.name: pool.submit(run_stock, a, stock[a.unit]) for a in chosen}
                known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
                for name, future in running.items():
                    known[name] = future.result()
                    print(f"{name}: {known[name]}", flush=True)
                    keep = {a.name: known[a.name] for a in all_attacks() if a.name in known}
                    RESULTS.write_text(json.dumps(keep, indent=1) + "\n")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
