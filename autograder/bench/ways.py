"""The three ways to grade one class, each in folders and a gradebook of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from autograder.course import CONFIG_NAME, Course
from autograder.demo.classroom import Classroom
from autograder.errors import AutograderError
from autograder.grading.gradebook import UnitGradebook
from autograder.units import folder_name

#: What most students hand in. Endless loops and hostile code would measure limits, not speed.
KINDS = ("correct", "mistake", "unfinished", "crash")
STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = "course/submitted"
c.CourseDirectory.autograded_directory = "course/autograded"
c.CourseDirectory.feedback_directory = "course/feedback"
c.CourseDirectory.db_url = {url!r}
"""


@dataclass(frozen=True)
class Way:
    """One way to grade: a course folder that is ready, and the command to run in it."""

    name: str
    course: Course
    command: tuple[str, ...]


def write_class(course: Course, unit: str, count: int) -> int:
    """Hand in `count` notebooks of the demo class, over and over; return how many are right."""
    name = folder_name(unit)
    members = [m for m in Classroom(course, unit).build() if m.kind in KINDS]
    right = 0
    for number, member in enumerate(islice(cycle(members), count)):
        folder = course.submitted / f"student-{number:05d}" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_bytes(member.content)
        right += member.kind == "correct"
    return right


def ours(course: Course, unit: str, folder: Path, count: int) -> Way:
    """Return ``autograder grade``, sandbox and all, ready to run in `folder`."""
    place = _laid_out(course, unit, folder, count)
    return Way("autograder grade", place, (sys.executable, "-m", "autograder.cli", "grade", unit))


def sandboxed_nbgrader(course: Course, unit: str, folder: Path, count: int) -> Way:
    """Return ``nbgrader autograde`` with our rebuild, sandbox and judge in its lists."""
    place = _laid_out(course, unit, folder, count)
    with UnitGradebook(place, unit) as gradebook:  # as after nbgrader generate_assignment
        gradebook.register()
    return Way("nbgrader, our sandbox", place, _nbgrader("autograde", folder_name(unit)))


def stock_nbgrader(course: Course, unit: str, folder: Path, count: int) -> Way:
    """Return ``nbgrader autograde`` as it comes: no list of ours, no sandbox."""
    name = folder_name(unit)
    place = _laid_out(course, unit, folder, count)
    config = STOCK_CONFIG.format(root=str(folder), url=place.database_url)
    (folder / CONFIG_NAME).write_text(config, encoding="utf-8")
    command = _nbgrader("generate_assignment", name)
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AutograderError(f"nbgrader generate_assignment failed: {done.stderr[-500:]}")
    return Way("stock nbgrader", place, _nbgrader("autograde", name))


WAYS: tuple[Callable[[Course, str, Path, int], Way], ...] = (
    ours,
    stock_nbgrader,
    sandboxed_nbgrader,
)


def _laid_out(course: Course, unit: str, folder: Path, count: int) -> Course:
    """Copy what a course needs into `folder`, and hand in a class there."""
    folder.mkdir(parents=True)
    shutil.copy(course.root / CONFIG_NAME, folder)
    for notebook in (course.source_notebook(unit), course.release_notebook(unit)):
        (folder / notebook.relative_to(course.root)).parent.mkdir(parents=True)
        shutil.copy(notebook, folder / notebook.relative_to(course.root))
    place = Course(folder)
    write_class(place, unit, count)
    return place


def _nbgrader(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "nbgrader", *arguments)


def environment() -> dict[str, str]:
    """Return the environment of the commands: nbgrader calls ``alembic`` by name."""
    here = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([here, os.environ.get("PATH", os.defpath)])}
