"""A course with a configuration of its own, graded by our command and by nbgrader's."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autograder.course import CONFIG_NAME, Course
from autograder.grading.gradebook import UnitGradebook
from autograder.units import folder_name
from tests.course.grading_folders import ROOT, course_in, run_nbgrader, twin


def configured_course(folder: Path) -> Course:
    """Return a course in `folder` whose configuration can be another one."""
    root = folder / "root"
    root.mkdir()
    for name in ("solutions", "notebooks"):
        (root / name).symlink_to(ROOT / name)
    made = replace(course_in(folder / "data"), root=root)
    configure(made)
    return made


def configure(course: Course, *lines: str) -> None:
    """Write the repository's configuration with `lines` at its end."""
    text = (ROOT / CONFIG_NAME).read_text(encoding="utf-8")
    course.root.joinpath(CONFIG_NAME).write_text("\n".join([text, *lines]), encoding="utf-8")


def graded_by_nbgrader(
    course: Course, unit: str, folder: Path, prepare: Callable[[Course], None] | None = None
) -> tuple[Course, str]:
    """Grade a twin in `folder` by ``nbgrader autograde``; return it, and what was said of it.

    Parameters
    ----------
    prepare : function, optional
        Of the twin, whose gradebook knows the unit.
    """
    other = replace(twin(course, folder), root=course.root)
    with UnitGradebook(other, unit) as book:
        book.register()
    if prepare is not None:
        prepare(other)
    done = run_nbgrader(other, "autograde", folder_name(unit))
    assert done.returncode == 0, done.stderr[-2000:]
    return other, done.stderr
