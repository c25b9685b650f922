"""Writing files so that a reader, a crash or a second grading never meets half of one."""

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError

if sys.platform != "win32":
    import fcntl

LOCK_NAME = ".grading"


def write_atomically(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write `content` to `path`, text in UTF-8; folders are made, a file is replaced at once.

    Who may read it is what the umask leaves of `mode`: marks stay as private as their owner wants.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(fresh, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        try:
            file.write(data)
            file.close()
            os.replace(fresh, path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def alone_in(course: Course, lock: Path | None = None) -> Iterator[None]:
    """Hold the course for one grading. The kernel lets go of it when a process dies.

    Parameters
    ----------
    lock : Path, optional
        A file to lock in place of the one among the course's data, for whoever deletes those.

    Raises
    ------
    AutograderError
        If another grading holds it, or its gradebook cannot be.
    """
    course.database_url  # noqa: B018  refuses before anything is written
    path = lock or course.data / LOCK_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        if sys.platform != "win32":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AutograderError(
                    f"Another grading is at work in {course.data}: wait until it has ended."
                ) from error
        yield
