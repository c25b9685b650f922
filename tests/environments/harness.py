"""The demonstration class in one environment after another, every mark compared with a plain run.

``python -m tests.environments.harness [--quick] [--markdown FILE] [WORD]...``, from the project's
root; words choose the rows whose names hold one of them. `make soak` runs all.
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
from dataclasses import dataclass
from pathlib import Path

from autograder.course import CONFIG_NAME, Course
from autograder.demo.classroom import Classroom
from autograder.errors import AutograderError
from autograder.grading.gradebook import UnitGradebook
from autograder.units import folder_name
from tests.environments.rows import ROWS, Row

ROOT = Path(__file__).parents[2]
UNIT = "gradcheck"
NAME = folder_name(UNIT)
#: What an instructor types. The short form grades one submission a kind, without the demo's class.
SHORT = (
    ("check", f"solutions/{NAME}/{NAME}.ipynb"),
    ("grade", UNIT),
    ("export", UNIT, "--as-it-stands"),
)
WHOLE = (("demo", UNIT), *SHORT)
DUE = "2026-07-20 22:00:00"  # UTC, as nbgrader keeps it
STAMPS = {
    "early": "2026-07-20 21:30:00 UTC",
    "late": "2026-07-20 22:30:00 UTC",
    "zone": "2026-07-20 15:30:00 PDT",
}
PATIENCE_S = 600
WRONG_USAGE, ENDLESS = 2, 124
NOT_COPIED = (".git", ".venv", "course", "work", "book", ".*_cache", ".hypothesis", "__pycache__")
#: What no sentence may hold.
UNTOLD = ("Traceback (most recent call last)", "This should not have happened")
MARKS = """
    SELECT student_id, base_cell.name, auto_score, late_submission_penalty
    FROM submitted_notebook
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN grade ON grade.notebook_id = submitted_notebook.id
    JOIN base_cell ON base_cell.id = grade.cell_id"""


Commands = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Run:
    """What the commands left behind: their exit codes, all that they said, and all that is kept."""

    codes: tuple[int, ...]
    said: str
    kept: Mapping[str, str]
    seconds: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What came of a row: whether it is as it ought to be, and how it differs from the plain run.

    `well` is None where the row cannot be tried on this machine.
    """

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
        told = self.sentence or "; ".join(self.differences[:2])
        short = tuple(" ".join(text.split()) for text in (self.row.name[:40], told[:160]))
        return short[0], marks, str(self.code), f"{self.seconds:.0f}", verdict, short[1]


@contextmanager
def laid_out(row: Row) -> Iterator[tuple[Path, Path]]:
    """Make a course folder for `row`; give the temporary folder, and the course in it."""
    with tempfile.TemporaryDirectory(prefix="matrix-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)
        (place / "home").mkdir()
        (place / "tmp").mkdir()
        plain = place / "plain"
        if row.python:
            shutil.copytree(ROOT, plain, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        else:
            for folder in ("solutions", "notebooks"):
                shutil.copytree(ROOT / folder / NAME, plain / folder / NAME)
            shutil.copy(ROOT / CONFIG_NAME, plain)
        _hand_in(Course(plain))
        course = place / row.folder
        course.parent.mkdir(parents=True, exist_ok=True)
        plain.rename(course)
        yield place, course


def _hand_in(course: Course) -> None:
    """Hand in one of each kind, and at several times; the course takes all points for lateness."""
    with open(course.root / CONFIG_NAME, "a", encoding="utf-8") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    kinds = {member.kind: member for member in Classroom(course, UNIT).build()}
    contents = {kind: member.content for kind, member in kinds.items() if kind != "limit"}
    contents |= dict.fromkeys(STAMPS, course.source_notebook(UNIT).read_bytes())
    for student, content in contents.items():
        folder = course.submitted / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_bytes(content)
        if student in STAMPS:
            (folder / "timestamp.txt").write_text(STAMPS[student], encoding="utf-8")
    with UnitGradebook(course, UNIT) as book:
        book.register()
    with closing(sqlite3.connect(course.gradebook)) as database, database:
        database.execute("UPDATE assignment SET duedate = ?", [DUE])


def perform(row: Row, commands: Commands) -> Run | str:
    """Run `commands` in the environment of `row`; return why not where it cannot be tried."""
    with laid_out(row) as (place, course):
        missing = _why_not(row, place)
        if missing:
            return f"Not tried here: {missing}"
        environment = _environment(row, place, course)
        before = [_filled(word, place, course) for word in row.before]
        program, started = Path(sys.executable).parent / "autograder", time.monotonic()
        if row.python:
            program = course / ".venv/bin/autograder"
            code, said = _call([*before, row.python, "bootstrap.py"], course, environment)
            if code:
                return Run((code,), said, {}, time.monotonic() - started)
        codes, said = [], ""
        for words in commands:
            code, text = _call([*before, str(program), *words], course, environment)
            codes.append(code)
            said += text
            if code == WRONG_USAGE:
                break
        return Run(tuple(codes), said, kept(course), time.monotonic() - started)


def _why_not(row: Row, place: Path) -> str:
    """Prepare `row`; return what this machine lacks for it, "" if nothing."""
    commands = [["bash", "-c", row.prepared], *([[row.python, "-c", ""]] if row.python else [])]
    for command in commands:
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        except OSError as error:
            return str(error)
        if done.returncode:
            return done.stderr.strip().splitlines()[0]
    return ""


def _call(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ENDLESS, f"It had not ended after {PATIENCE_S} s."
    return done.returncode, done.stdout.decode(errors="replace")


def _environment(row: Row, place: Path, course: Path) -> dict[str, str]:
    """Return the plain environment with the row's change."""
    own = re.compile("PYTHON|LC_|LANG|XDG_|TZ$|COLUMNS$|AUTOGRADER_")
    plain = {name: value for name, value in os.environ.items() if not own.match(name)}
    plain |= {"LANG": "C.UTF-8", "HOME": f"{place}/home", "TMPDIR": f"{place}/tmp"}
    for name, value in row.environment.items():
        plain.pop(name, None)
        if value is not None:
            plain[name] = _filled(value, place, course)
    return plain


def _filled(text: str, place: Path, course: Path) -> str:
    for name, path in {"place": place, "course": course, "root": ROOT}.items():
        text = text.replace(f"{{{name}}}", str(path))
    return text


def kept(course: Path) -> dict[str, str]:
    """Return all that a grading left in a course folder, by what it is; {} if it left nothing."""
    found = {}
    for data in (course / "course/demo", course / "course"):
        for path in sorted((data / "results" / UNIT).glob("[!.]*.json")):
            for name, report in json.loads(path.read_text(encoding="utf-8"))["reports"].items():
                told = [report[key] for key in ("points", "status", "mistake")]
                found[f"{data.name}: {path.stem}, {name}"] = ", ".join(map(str, told))
        for path in (data / "exports").glob("*.csv"):
            found[f"{data.name}: {path.name}"] = path.read_text(encoding="utf-8-sig")
        pages = sorted(p.parts[-3] for p in (data / "feedback").glob("*/*/*.html"))
        found[f"{data.name}: feedback"] = " ".join(pages)
        found |= {f"{data.name}: gradebook, {k}": v for k, v in _gradebook(data / "gradebook.db")}
    return found


def _gradebook(path: Path) -> Iterator[tuple[str, str]]:
    """Read a gradebook without the course's own ways, which may be led astray by its path."""
    if path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(path, f"{folder}/copy.db")
            with closing(sqlite3.connect(copy)) as database:
                for student, cell, score, penalty in database.execute(MARKS):
                    yield f"{student}, {cell}", f"{score}, {penalty} taken off"


def compare(row: Row, plain: Run, run: Run | str) -> Outcome:
    """Hold a run against the plain one."""
    if isinstance(run, str):
        return Outcome(row, None, sentence=run)
    names = sorted(plain.kept.keys() | run.kept.keys())
    found = [
        f"{name}: {run.kept.get(name, 'nothing')}, not {plain.kept.get(name, 'nothing')}"
        for name in names
        if run.kept.get(name) != plain.kept.get(name)
    ]
    if run.codes != plain.codes:
        found.append(f"exit codes {run.codes}, not {plain.codes}")
    tidy = not any(words in run.said for words in UNTOLD)
    well = tidy and not found
    lines = run.said.strip().splitlines()
    sentence = lines[-1] if lines and (run.codes != plain.codes or not tidy) else ""
    if row.refused:
        well = tidy and run.codes[-1] == WRONG_USAGE and row.refused in run.said
    return Outcome(row, well, tuple(found), run.codes[-1], run.seconds, sentence)


def plain_run(commands: Commands) -> Run:
    """Return what everything is compared with.

    Raises
    ------
    AutograderError
        If not even that leaves marks.
    """
    plain = perform(Row("plain"), commands)
    if isinstance(plain, str) or WRONG_USAGE in plain.codes:
        raise AutograderError(f"The plain run failed: {getattr(plain, 'said', plain)}")
    return plain


HEADINGS = ("environment", "marks", "exit code", "seconds", "verdict", "what it said")


def markdown(outcomes: Iterable[Outcome]) -> str:
    """Return the table of `outcomes`."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(outcome.cells() for outcome in outcomes)]
    return "".join("| " + " | ".join(c.replace("|", "\\|") for c in ln) + " |\n" for ln in lines)


def main() -> int:
    """Try the rows asked for; return 1 if one of them is not as it ought to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the rows of `make test` alone")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, too")
    parser.add_argument("words", nargs="*", metavar="WORD", help="of the names of rows")
    asked = parser.parse_args()
    rows = [row for row in ROWS if row.quick or not asked.quick]
    rows = [row for row in rows if not asked.words or any(w in row.name for w in asked.words)]
    commands = SHORT if asked.quick else WHOLE
    plain = plain_run(commands)
    outcomes = [compare(Row("plain"), plain, plain)]
    for row in rows:
        outcome = compare(row, plain, perform(row, commands))
        name, marks, code, seconds, verdict, told = outcome.cells()
        print(f"{name:40} {marks:9} {code:>4} {seconds:>4} s  {verdict:5} {told}", flush=True)
        outcomes.append(outcome)
    if asked.markdown:
        asked.markdown.write_text(markdown(outcomes), encoding="utf-8")
    wrong = sum(outcome.well is False for outcome in outcomes)
    untried = sum(outcome.well is None for outcome in outcomes)
    print(f"{len(outcomes)} environments: {wrong} wrong, {untried} that this machine cannot try.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
