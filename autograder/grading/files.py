"""Writing files so that a reader, a crash or a second grading never meets half of one."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError

if sys.platform != "win32":
    import fcntl

LOCK_NAME = ".grading"


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` to `path` in UTF-8; folders are made, an existing file is replaced at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def alone_in(course: Course) -> Iterator[None]:
    """Hold the course for one grading. The kernel lets go of it when a process dies.

    Raises
    ------
    AutograderError
        If another grading holds it.
    """
    course.data.mkdir(parents=True, exist_ok=True)
    with open(course.data / LOCK_NAME, "a") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AutograderError(
                    f"Another grading is at work in {course.data}: wait until it has ended."
                ) from error
        yield
