"""Into ``course/submitted``: a unit's folder comes whole or not at all, and none is ever lost."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from autograder.course import Course
from autograder.grading.submissions import (
    MAX_BYTES,
    MAX_TIMESTAMP_BYTES,
    TIMESTAMP,
    UnreadableSubmission,
    read_regular_file,
    timestamp_in,
)
from autograder.units import folder_name

REPLACED_SUFFIX = ".replaced"


@dataclass(frozen=True)
class Existing:
    """What lies in ``submitted/STUDENT/UNIT`` already.

    Attributes
    ----------
    digest : str
        Of the notebook; "" where there is none that can be read.
    time : datetime or None
        As its timestamp.txt says.
    """

    digest: str
    time: datetime | None


def existing(course: Course, student: str, unit: str) -> Existing | None:
    """Return what was submitted before.

    Raises
    ------
    UnreadableSubmission
        If a link or a file stands where a folder should be.
    """
    folder = course.submitted / student / folder_name(unit)
    for place in (folder.parent, folder):
        if place.is_symlink() or (os.path.lexists(place) and not place.is_dir()):
            raise UnreadableSubmission(f"{place} is a link or no folder")
    if not folder.exists():
        return None
    try:
        data = read_regular_file(folder / f"{folder.name}.ipynb", MAX_BYTES)
        digest = hashlib.sha256(data).hexdigest()
    except UnreadableSubmission:
        digest = ""
    try:
        stamp = timestamp_in(read_regular_file(folder / TIMESTAMP, MAX_TIMESTAMP_BYTES))
    except UnreadableSubmission:
        stamp = ""
    return Existing(digest, parse_utc(stamp).replace(tzinfo=UTC) if stamp else None)


def place(
    course: Course, student: str, unit: str, content: bytes, time: datetime | None, stage: Path
) -> None:
    """Put a notebook in its place; what lay there moves to ``submitted.replaced``.

    Parameters
    ----------
    stage : Path
        A folder on the same file system, where the new folder is made ready.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    name = folder_name(unit)
    ready = stage / "ready"
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir()
    (ready / f"{name}.ipynb").write_bytes(content)
    if time is not None:
        (ready / TIMESTAMP).write_text(written(time), encoding="ascii")
    target = course.submitted / student / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.rename(target, _free(course, student, name))
    os.rename(ready, target)


def written(time: datetime) -> str:
    """Return a time as nbgrader writes it.

    >>> written(datetime(2026, 11, 20, 10, 30, tzinfo=UTC))
    '2026-11-20 10:30:00.000000 UTC'
    """
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def replaced_folder(course: Course) -> Path:
    """Return where replaced submissions go."""
    return course.submitted.with_name(course.submitted.name + REPLACED_SUFFIX)


def _free(course: Course, student: str, name: str) -> Path:
    """Return a folder that is not there yet, its parents made."""
    parent = replaced_folder(course) / student / name
    parent.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(p.name) for p in parent.iterdir() if p.name.isdecimal()), default=0)
    return parent / str(number)
