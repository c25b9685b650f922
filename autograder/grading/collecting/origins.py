"""What platforms called the work that was collected; they take feedback back by those names."""

import json
from collections.abc import Iterable

from autograder.course import Course
from autograder.grading.files import write_atomically

ORIGINS_NAME = "collected.json"

#: By unit, then by student: the name that a platform gave the file or its folder.
Origins = dict[str, dict[str, str]]


def read_origins(course: Course) -> Origins:
    """Return what is kept of the names; nothing, if it cannot be read."""
    try:
        kept = json.loads((course.data / ORIGINS_NAME).read_text(encoding="utf-8"))
        return {str(u): {str(s): str(n) for s, n in names.items()} for u, names in kept.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def write_origins(course: Course, origins: Origins) -> None:
    """Keep the names."""
    text = json.dumps(origins, indent=1, ensure_ascii=False, sort_keys=True)
    write_atomically(course.data / ORIGINS_NAME, text.encode("utf-8", "replace"))


def remember(course: Course, names: Iterable[tuple[str, str, str]]) -> None:
    """Keep what unit's work of which student was called how."""
    before = read_origins(course)
    now = {unit: dict(known) for unit, known in before.items()}
    for unit, student, name in names:
        now.setdefault(unit, {})[student] = name
    if now != before:
        write_origins(course, now)
