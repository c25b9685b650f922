"""`autograder new` in a copy of the repository: what it writes is green, and can be graded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.units import COURSE_TABLE, UNITS
from tests.course.grading_folders import NEEDS_SANDBOX

ROOT = Path(__file__).parents[2]
UNIT, STEP, OLD = "leaking", "leaking_step", UNITS[-1]
ADDED = "leaky_gate"
SHOWN = COURSE_TABLE.row(OLD)


def run(place: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program on the copy alone: its packages come first, whatever is installed.

    What is compiled lies beside the copy: each of many programs would compile it all again.
    """
    compiled = str(place.with_name("compiled"))
    bytecode = {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""}
    environment = {**os.environ, "PYTHONPATH": str(place), **bytecode}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def copied(place: Path) -> Path:
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\n")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    return place


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with a new unit, numbered behind a gap, and a new exercise in the last old unit."""
    place = copied(tmp_path_factory.mktemp("new") / "copy")
    unit = run(place, "autograder.cli", "new", "unit", UNIT, "--number", "42")
    assert unit.returncode == 0, unit.stdout + unit.stderr
    exercise = run(place, "autograder.cli", "new", "exercise", ADDED, "--unit", OLD)
    assert exercise.returncode == 0, exercise.stdout + exercise.stderr
    return place


def test_skeleton_passes_all_that_make_check_asks(place: Path) -> None:
    for command in (
        ("autograder.cli", "release", "--check"),
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
    ):
        done = run(place, *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_skeleton_is_on_the_page_of_units_with_its_points(place: Path) -> None:
    text = (place / "docs" / "units.md").read_text(encoding="utf-8")
    total = sum(row.total for row in COURSE_TABLE.taught)
    assert re.search(rf"^\| `42_{UNIT}` \| 2 \|", text, re.MULTILINE)
    assert f"| `{SHOWN.folder}` | {SHOWN.total + 1:g} |" in text
    assert f"| **{total + 3:g}** |" in text


def test_skeleton_passes_its_tests_and_those_of_every_exercise(place: Path) -> None:
    own = [f"tests/rnn_ref/test_{name}.py" for name in (STEP, ADDED)]
    rooms = ("exercises", "expected", "slips", "doubts", "any_seed", "examples", "predicted")
    files = [*own, *(f"tests/judge/test_{room}.py" for room in rooms), "tests/architecture"]
    named = f"{STEP} or {ADDED} or repository or literal"
    done = run(place, "pytest", "-q", "-p", "no:cacheprovider", "-k", named, *files)
    assert done.returncode == 0, done.stdout[-4000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 100


@NEEDS_SANDBOX
def test_last_unit_is_graded_as_its_demo_class_predicts(place: Path) -> None:
    """It may import every reference but its own, and the doctor asks for just that."""
    done = run(place, "autograder.cli", "demo", UNIT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All marks of the" in done.stdout


def test_unit_without_its_exercise_module_is_told_by_file(place: Path) -> None:
    folder = place / "autograder" / "judge" / "exercises" / UNIT
    folder.rename(place / "kept")
    try:
        done = run(place, "autograder.cli", "release", "--check")
    finally:
        (place / "kept").rename(folder)
    assert done.returncode == 1
    assert f"autograder/judge/exercises/{UNIT} is missing: nobody could grade 42_" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["unit", OLD], f"There is a {OLD} already: rnn_ref/{OLD}.py"),
        (["unit", "widgets"], "There is a widgets already: rnn_ref/widgets"),
        (["unit", "Waves"], "'Waves' cannot be the name of a unit"),
        (["unit", "../waves"], "'../waves' cannot be the name of a unit"),
        (["unit", "for"], "'for' cannot be the name of a unit"),
        (["unit", "w" * 41], "at most 40"),
        (["unit", "waves", "--number", str(SHOWN.number)], f"is that of {SHOWN.folder}"),
        (["unit", "waves", "--number", "100"], "expected 0 to 99"),
        (["unit", "waves", "--title", 'a "quote"'], "The title holds a quote"),
        (["unit", "waves", "--exercise", "rnn_forward"], "There is an exercise rnn_forward"),
        (["exercise", STEP, "--unit", OLD], f"There is an exercise {STEP} already"),
        (["exercise", "spectral_radius", "--unit", "gradient_flow"], "has a function spectral_rad"),
        (["exercise", "waves", "--unit", "bug_hunt"], "is not graded and has no points"),
        (["exercise", "waves", "--unit", "77"], "is not a unit of this course"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    place: Path, arguments: list[str], sentence: str
) -> None:
    def files() -> dict[Path, bytes]:
        found = (p for p in place.rglob("*") if p.is_file() and "course" not in p.parts)
        return {path: path.read_bytes() for path in found}

    before = files()
    done = run(place, "autograder.cli", "new", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert sentence in done.stderr
    assert files() == before


def test_new_refuses_a_course_that_lies_beside_its_judge(tmp_path: Path) -> None:
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "solutions").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "autograder.cli", "new", "unit", "waves"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "The judge does not lie in" in done.stderr
