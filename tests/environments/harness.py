"""The demonstration class in one environment after another, every mark compared with a plain run.

``python -m tests.environments.harness [--quick] [--markdown FILE] [WORD]...``, from the project's
root; words choose rows by their names. `make soak` runs all.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograder.course import CONFIG_NAME, Course
from autograder.demo.classroom import Classroom
from autograder.grading.gradebook import UnitGradebook
from autograder.units import folder_name
from tests.environments.rows import QUICK, ROWS, Row

ROOT = Path(__file__).parents[2]
UNIT = "gradcheck"
NAME = folder_name(UNIT)
SOLUTION = f"solutions/{NAME}/{NAME}.ipynb"
#: What an instructor types. The short form grades one submission a kind, without the whole class.
SHORT = (("check", SOLUTION), ("grade", UNIT), ("export", UNIT, "--as-it-stands"))
WHOLE = (("demo", UNIT), *SHORT)
DUE = "2026-07-20 22:00:00"  # UTC, as nbgrader keeps it
STAMPS = {"early": "21:30:00 UTC", "late": "22:30:00 UTC", "zone": "15:30:00 PDT"}
WRONG_USAGE = 2
LIMITED = (str(shutil.which("timeout")), "--kill-after=9", "1800")
NOT_COPIED = (".git", ".venv", "course", "work", "book", ".*_cache", ".hypothesis", "__pycache__")
#: What belongs to the machine, and would make the plain run another one everywhere.
OWN = re.compile("PYTHON|LC_|LANG|XDG_|TZ$|COLUMNS$|AUTOGRADER_")
PLAIN = {"LANG": "C.UTF-8", "HOME": "{place}/home", "TMPDIR": "{place}/tmp"}
#: What no sentence may hold.
UNTOLD = ("Traceback (most recent call last)", "This should not have happened")
MARKS = """
    SELECT student_id, base_cell.name, auto_score, late_submission_penalty
    FROM submitted_notebook
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN grade ON grade.notebook_id = submitted_notebook.id
    JOIN base_cell ON base_cell.id = grade.cell_id"""
HEADINGS = ("environment", "marks", "exit code", "seconds", "verdict", "what it said")

Commands = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Run:
    """What commands left behind: their exit codes, all that they said, and all that is kept."""

    codes: tuple[int, ...]
    said: str
    kept: Mapping[str, str]
    seconds: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What came of a row: whether it is as it ought to be (None: not tried), and differences."""

    row: Row
    well: bool | None
    differences: tuple[str, ...] = ()
    code: int = 0
    seconds: float = 0.0
    sentence: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return its line of the table."""
        marks = "not tried" if self.well is None else "other" if self.differences else "same"
        verdict = {None: "", True: "ok", False: "WRONG"}[self.well]
        told = self.sentence or "".join(self.differences[:1])
        name, told = (" ".join(text.split()) for text in (self.row.name, told))
        return name, marks, str(self.code), f"{self.seconds:.0f}", verdict, told[:160]


@contextmanager
def laid_out(row: Row) -> Iterator[tuple[Path, Path]]:
    """Make a course folder for `row`; give the temporary folder, and the course in it."""
    with tempfile.TemporaryDirectory(prefix="matrix-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)
        for folder in ("home", "tmp"):
            (place / folder).mkdir()
        plain, course = place / "plain", place / row.folder
        shutil.copytree(ROOT, plain, ignore=shutil.ignore_patterns(*NOT_COPIED))
        _hand_in(Course(plain))
        course.parent.mkdir(parents=True, exist_ok=True)
        yield place, plain.rename(course)


def _hand_in(course: Course) -> None:
    """Hand in one of each kind, and at several times; the course takes all points for lateness."""
    with open(course.root / CONFIG_NAME, "a", encoding="utf-8") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    kinds = {member.kind: member.content for member in Classroom(course, UNIT).build()}
    kinds.pop("limit")  # takes long
    right = course.source_notebook(UNIT).read_bytes()
    for student, content in (kinds | dict.fromkeys(STAMPS, right)).items():
        folder = course.submitted / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_bytes(content)
        if student in STAMPS:
            (folder / "timestamp.txt").write_text(f"2026-07-20 {STAMPS[student]}")
    with UnitGradebook(course, UNIT) as book:
        book.register()
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.execute("UPDATE assignment SET duedate = ?", [DUE])


def perform(row: Row, commands: Commands) -> Run | str:
    """Run `commands` in the environment of `row`; return why not where it cannot be tried."""
    with laid_out(row) as (place, course):
        filled = partial(_filled, {"place": place, "course": course, "root": ROOT})
        before = [filled(word) for word in row.before]
        wanted = {k: v for k, v in os.environ.items() if not OWN.match(k)} | PLAIN
        changed = {**wanted, **row.environment}
        environment = {k: filled(v) for k, v in changed.items() if v is not None}
        ready = f"{row.prepared}\n{row.python or 'python3'} -c 0"
        for trial in (["bash", "-ec", ready], [*before, "true"]):
            done = subprocess.run(trial, cwd=place, capture_output=True, text=True, check=False)
            if done.returncode:
                return f"Not tried here: {done.stderr.strip()[:100]}"
        program = str(Path(sys.prefix) / "bin/autograder")
        calls = [[*before, program, *words] for words in commands]
        if row.python:
            calls = [[*before, "make", f"PYTHON={row.python}", "demo", f"ARGS={UNIT}"]]
        codes, said, started = [], "", time.monotonic()
        while calls and WRONG_USAGE not in codes:
            done = subprocess.run(
                [*LIMITED, *calls.pop(0)],
                cwd=course,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
            codes.append(done.returncode)
            said += done.stdout
        return Run(tuple(codes), said, kept(course), time.monotonic() - started)


def _filled(folders: Mapping[str, Path], text: str) -> str:
    for name, folder in folders.items():
        text = text.replace(f"{{{name}}}", str(folder))
    return text


def kept(course: Path) -> dict[str, str]:
    """Return all that a grading left in a course folder, by what it is."""
    found = {}
    for data in (course / "course/demo", course / "course"):
        for path in (data / "results" / UNIT).glob("[!.]*.json"):
            for name, report in json.loads(path.read_text(encoding="utf-8"))["reports"].items():
                told = [report[key] for key in ("points", "status", "mistake")]
                found[f"{data.name}: {path.stem}, {name}"] = ", ".join(map(str, told))
        for path in (data / "exports").glob("*.csv"):
            found[f"{data.name}: {path.name}"] = path.read_text(encoding="utf-8-sig")
        for path in (data / "feedback").glob("*/*/*.html"):
            found[f"{data.name}: feedback, {path.parts[-3]}"] = "a page"
        with tempfile.TemporaryDirectory() as folder:  # by a path that leads nobody astray
            if (data / "gradebook.db").is_file():
                shutil.copy(data / "gradebook.db", folder)
                with closing(sqlite3.connect(f"{folder}/gradebook.db")) as database:
                    for student, cell, score, penalty in database.execute(MARKS):
                        what = f"{data.name}: gradebook, {student}, {cell}"
                        found[what] = f"{score}, {penalty} taken off"
    return found


def compare(row: Row, plain: Run, run: Run | str) -> Outcome:
    """Hold a run against the plain one."""
    if isinstance(run, str):
        return Outcome(row, None, sentence=run)
    if row.python:  # it ran `make demo` alone
        kept = {name: told for name, told in plain.kept.items() if name.startswith("demo: ")}
        plain = replace(plain, codes=plain.codes[:1], kept=kept)
    found = [
        f"{name}: {run.kept.get(name, 'nothing')}, not {plain.kept.get(name, 'nothing')}"
        for name in sorted(plain.kept.keys() | run.kept.keys())
        if run.kept.get(name) != plain.kept.get(name)
    ]
    if run.codes != plain.codes:
        found.append(f"exit codes {run.codes}, not {plain.codes}")
    tidy = not any(words in run.said for words in UNTOLD)
    last = "" if tidy and run.codes == plain.codes else run.said.strip().rpartition("\n")[2]
    refused = run.codes[-1] == WRONG_USAGE and row.refused in run.said
    well = tidy and (refused if row.refused else not found)
    return Outcome(row, well, tuple(found), run.codes[-1], run.seconds, last)


def markdown(outcomes: Iterable[Outcome]) -> str:
    """Return the table of `outcomes`."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(outcome.cells() for outcome in outcomes)]
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in ln) + " |\n" for ln in lines)


def main() -> int:
    """Try the rows asked for; return 1 if one of them is not as it ought to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="what `make test` tries")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, too")
    parser.add_argument("words", nargs="*", metavar="WORD", help="of the names of rows")
    asked = parser.parse_args()
    commands, words = SHORT if asked.quick else WHOLE, asked.words or [""]
    plain, outcomes = perform(Row("plain"), commands), []
    if isinstance(plain, str) or WRONG_USAGE in plain.codes:
        sys.exit(f"There is nothing to compare with: {plain}")
    for row in (Row("plain"), *(QUICK if asked.quick else ROWS)):
        if any(word in row.name for word in words):
            run = perform(row, commands)
            outcomes.append(compare(row, plain, run))
            name, *numbers, told = outcomes[-1].cells()
            print(f"{name:40.40} {'{:9} {:>4} {:>4} s  {:6}'.format(*numbers)} {told}", flush=True)
    if asked.markdown:
        asked.markdown.write_text(markdown(outcomes), encoding="utf-8")
    wrong, untried = (sum(outcome.well is state for outcome in outcomes) for state in (False, None))
    print(f"{len(outcomes)} environments: {wrong} wrong, {untried} that this machine cannot try.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
