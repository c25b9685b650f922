"""nbgrader reads times as we do, wherever this is imported: ``nbgrader_config.py`` does that.

nbgrader 0.9.6 takes +0200 for 200 seconds, also from its own Formgrader, and CEST for UTC; a
timestamp.txt that is no time ends ``nbgrader autograde`` for the whole class.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbgrader.utils
from nbgrader.coursedir import CourseDirectory

from autograder.grading.submissions import stamp_in
from autograder.times import in_database, read_time


def _parse_utc(ts: datetime | str | None) -> datetime | None:
    """Return a due date or time that somebody entered, as nbgrader keeps it.

    nbgrader promises UTC where no zone is given.

    Raises
    ------
    UnclearTime
        If it cannot be told for certain.
    """
    if isinstance(ts, str):
        ts = read_time(ts, UTC)
    return ts if ts is None or ts.tzinfo is None else in_database(ts)


def _existing_timestamp(_: CourseDirectory, dest_path: str) -> datetime | None:
    return in_database(stamp_in(Path(dest_path)).time)


def _submitted_timestamp(api: Any, assignment_id: str, student_id: str) -> datetime | None:
    directory = api.coursedir
    folder = directory.format_path(directory.submitted_directory, student_id, assignment_id)
    return in_database(stamp_in(Path(folder)).time)


_theirs = nbgrader.utils.parse_utc
for _module in [module for name, module in sys.modules.items() if name.startswith("nbgrader")]:
    if getattr(_module, "parse_utc", None) is _theirs:
        _module.parse_utc = _parse_utc  # type: ignore[attr-defined]
CourseDirectory.get_existing_timestamp = _existing_timestamp
if "nbgrader.apps.api" in sys.modules:  # as in nbgrader's own programs; it takes long to import
    sys.modules["nbgrader.apps.api"].NbGraderAPI.get_submitted_timestamp = _submitted_timestamp
