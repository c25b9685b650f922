"""The guide for instructors: every command on it is run, in its order, in a course of one's own."""

import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.student.report import Status
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.grading.own_course import UNIT, code, course_with, graded, statuses

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "ARGS", "UNIT")
_SETTING = re.compile(r"    (c\.\S+ = .+)")
_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
OWN = _CODE.findall(GUIDE)


def commands(text: str) -> list[str]:
    """Return the commands of the guide's blocks, settings of Python left out."""
    prose = _CODE.sub("", text)
    lines = [line.strip() for line in prose.split("\n") if line.startswith("    ")]
    return [line for line in lines if not line.startswith("c.")]


def _tools(folder: Path) -> None:
    """Make ``.venv/bin`` of this environment's programs; JupyterLab only notes its start."""
    folder.mkdir(parents=True)
    for program in Path(sys.executable).parent.iterdir():
        if program.name != "jupyter":
            (folder / program.name).symlink_to(program)
    _script(folder / "jupyter", 'echo "$@" >> "$HOME/jupyter.log"')


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A clone of the course with an instructor's home beside it: downloads, an exchange."""
    upstream, place, home = tmp_path / "upstream", tmp_path / "course", tmp_path / "home"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (upstream / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, upstream / name)
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=upstream, check=True)
    subprocess.run(["git", "clone", "-q", str(upstream), str(place)], check=True)
    _tools(place / ".venv" / "bin")
    _script(tmp_path / "make", 'exec /usr/bin/make PYTHON=true "$@"')
    (home / "Downloads").mkdir(parents=True)
    solved = (ROOT / "solutions/01_recurrence/01_recurrence.ipynb").read_text(encoding="utf-8")
    for number, name in enumerate(("submissions", "again")):
        with zipfile.ZipFile(home / "Downloads" / f"{name}.zip", "w") as archive:
            text = solved if name == "submissions" else solved.replace("np.tanh(x_t", "(x_t")
            archive.writestr(f"ada_7_{90 + number}_01_recurrence.ipynb", text)
    (place / "course").mkdir(exist_ok=True)
    (place / "course/roster.csv").write_text("id,name,lms_user_id,due 01_recurrence\nada,Ada,7,\n")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    settings = "\n".join(_SETTING.findall(GUIDE))
    with (place / "nbgrader_config.py").open("a") as config:
        config.write(settings.replace("/srv/nbgrader/exchange", str(tmp_path / "exchange")) + "\n")
    return place


def _run(place: Path, command: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join([str(place.parent), str(place / ".venv/bin"), os.environ["PATH"]])
    given = {name: value for name, value in os.environ.items() if name not in _OF_MAKE}
    environment = {**given, "HOME": str(place.parent / "home"), "PATH": path}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@NEEDS_SANDBOX
def test_every_command_of_the_guide_works_in_its_order(place: Path) -> None:
    done: dict[str, str] = {}
    for command in commands(GUIDE):
        if command == "make check":  # what CI runs anyway, and minutes: its part on the course
            command = ".venv/bin/autograder release --check"
        if command.startswith(".venv/bin/nbgrader collect"):
            (place / "course/submitted").mkdir(parents=True, exist_ok=True)
        run = _run(place, command)
        assert run.returncode == 0, f"{command}\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}"
        done[command] = run.stdout
        if command == "git pull":
            assert not (place / "course").exists()
            shutil.copytree(place.parent / "home/course-last-term", place / "course")
    assert "1 new" in done[".venv/bin/autograder collect ~/Downloads/submissions.zip"]
    assert "1 replaced" in done[".venv/bin/autograder collect ~/Downloads/again.zip --replace"]
    assert "1 submission in" in done["make grade"]
    assert "h_t right:" in done[".venv/bin/autograder show ada rnn_step_forward"]
    assert "lab" in (place.parent / "home/jupyter.log").read_text()


@NEEDS_SANDBOX
def test_exercise_of_the_guide_is_released_and_graded(tmp_path: Path) -> None:
    answer, tests = OWN
    course = course_with(
        tmp_path, code("running_mean", answer.strip()), code("test_mean", tests.strip(), 1)
    )
    wrong = "def running_mean(values):\n    return [2.0, 3.0]"
    found = graded(course, tmp_path, {"running_mean": answer}, {"running_mean": wrong}, {})
    assert statuses(found, "test_mean") == [Status.PASSED, Status.FAILED, Status.UNFINISHED]
    assert "[0.5] * 7" not in course.release_notebook(UNIT).read_text(encoding="utf-8")
