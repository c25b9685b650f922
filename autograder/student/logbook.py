"""What the checks in a learner's notebooks found last: a small file beside each notebook.

Kept only for notebooks in ``work/``, where ``make lab`` puts them; nothing is graded by it.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.student.report import Report, Status

FILE_NAME = ".progress.json"
WORK_NAME = "work"
_UNIT_FOLDER = re.compile(r"\d\d_\w+")


@dataclass(frozen=True)
class Entry:
    """The result of the last check of one exercise."""

    status: Status
    points: float


def note(report: Report) -> None:
    """Keep `report` beside the notebook that runs, in place of the exercise's earlier one.

    Does nothing outside ``work/``, or where nothing can be written: a check never fails for this.
    """
    try:
        folder = Path.cwd()  # Jupyter runs a notebook in its folder
        if folder.parent.name == WORK_NAME and _UNIT_FOLDER.fullmatch(folder.name):
            _write(folder, {**read(folder), report.exercise: _entry(report)})
    except OSError:
        return


def _entry(report: Report) -> Entry:
    return Entry(report.status, report.points or 0.0)


def _write(folder: Path, entries: Mapping[str, Entry]) -> None:
    plain = {name: {"status": e.status, "points": e.points} for name, e in entries.items()}
    beside = folder / f"{FILE_NAME}.{os.getpid()}"
    beside.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    beside.replace(folder / FILE_NAME)  # whole or not at all


def read(folder: Path) -> dict[str, Entry]:
    """Return what was kept in `folder`, by exercise; what cannot be read counts as nothing."""
    try:
        kept = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return {
            str(name): Entry(Status(entry["status"]), float(entry["points"]))
            for name, entry in kept.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
