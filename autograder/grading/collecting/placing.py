"""Into ``course/submitted``: a unit's folder comes whole or not at all, and none is ever lost."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.grading.own_files import UnreadableSubmission, read_regular_file
from autograder.grading.submissions import MAX_BYTES, TIMESTAMP, stamp_in
from autograder.times import LATE_STAMP, NO_STAMP, Stamp, written
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
        As its timestamp.txt says, if that is clear.
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
    return Existing(digest, stamp_in(folder).time)


def place(
    course: Course, student: str, unit: str, content: bytes, stamp: Stamp, stage: Path
) -> None:
    """Put a notebook in its place; what lay there moves to ``submitted.replaced``.

    Parameters
    ----------
    stamp : Stamp
        When it was handed in; what is not clear is written as it stands, for grading to tell.
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
    if stamp != NO_STAMP:
        text = written(stamp.time) if stamp.time else stamp.text
        (ready / TIMESTAMP).write_text(text, encoding="utf-8", errors="replace")
    target = course.submitted / student / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.rename(target, _free(course, student, name))
    os.rename(ready, target)


def call_late(course: Course, student: str, unit: str, stamp: Stamp, certain: bool) -> None:
    """Write beside a notebook that lies there already whether its platform calls it late now.

    Parameters
    ----------
    certain : bool
        Whether a platform's silence says that it is in time.
    """
    path = course.submitted / student / folder_name(unit) / TIMESTAMP
    if stamp == LATE_STAMP and not os.path.lexists(path):
        write_atomically(path, stamp.text)
    elif stamp == NO_STAMP and certain and stamp_in(path.parent).late:
        path.unlink()


def replaced_folder(course: Course) -> Path:
    """Return where replaced submissions go."""
    return course.submitted.with_name(course.submitted.name + REPLACED_SUFFIX)


def _free(course: Course, student: str, name: str) -> Path:
    """Return a folder that is not there yet, its parents made."""
    parent = replaced_folder(course) / student / name
    parent.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(p.name) for p in parent.iterdir() if p.name.isdecimal()), default=0)
    return parent / str(number)
