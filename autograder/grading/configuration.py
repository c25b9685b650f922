"""What the course's nbgrader_config.py says, read as nbgrader reads it; a list that it takes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import CONFIG_NAME, Course
from autograder.errors import AutograderError
from autograder.visible import one_line

CARRY_SETTING = "c.Unrolled.carry_errors"
#: Here and not beside the classes: who reads the settings needs none of nbgrader's converters.
RELEASE_PREPROCESSORS = (
    "nbgrader.preprocessors.LockCells",
    "autograder.grading.release.StubSolutions",
    "autograder.grading.registered.TellNext",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearOutput",
    "autograder.grading.release.NormaliseMetadata",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
)


def course_config(course: Course) -> Config:
    """Return the course's configuration; what its file raises is raised."""
    # Its whole path: in a folder to look in, traitlets replaces what looks like a variable.
    with found_beside(course):
        config: Config = PyFileConfigLoader(str(course.root / CONFIG_NAME)).load_config()
    return config


@contextmanager
def found_beside(course: Course) -> Iterator[None]:
    """Let modules beside the configuration be imported, as nbgrader's commands do.

    Not for longer than needed: a file in the course's folder may be called like a module of ours.
    """
    root = str(course.root)
    sys.path.insert(0, root)
    try:
        yield
    finally:
        with suppress(ValueError):  # what was imported may have taken it away
            sys.path.remove(root)


def errors_are_carried(course: Course) -> bool:
    """Return whether an error is paid for once in this course, which it is unless it says not.

    Raises
    ------
    AutograderError
        If the setting cannot be read, or is neither True nor False.
    """
    try:
        value = course_config(course).Unrolled.get("carry_errors", True)
    except Exception as error:  # the file is the course's own code
        told = one_line(f"{type(error).__name__}: {error}")
        raise AutograderError(
            f"{CONFIG_NAME} cannot be read ({told}): mend it, then run the command again."
        ) from error
    if not isinstance(value, bool):
        raise AutograderError(
            f"{CARRY_SETTING} in {CONFIG_NAME} is {one_line(repr(value))}; expected True (an error "
            "is paid for once) or False."
        )
    return value
