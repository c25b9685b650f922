"""What Gradescope writes beside the folders of its export."""

import re
from typing import Any

import yaml

from autograder.grading.collecting.naming import Claim, Named
from autograder.times import NO_STAMP, stamp_of

_KEPT = re.compile(r"  :(submitters|created_at):")
_DEEPER = re.compile(r"  (- |\s)")
_NOTHING = ("", "~", "null")
MAX_KEPT = 5_000_000
MAX_OPENED = 20_000  # brackets, of which Gradescope writes next to none; each makes the next slower


def submitters(text: str) -> dict[str, list[Named]]:
    """Return, by folder, who handed it in; several where they worked as a group.

    Only the lines on people and times are read: the rest, with outputs of tests, can be long. What
    cannot be understood is left out.
    """
    excerpt = _excerpt(text)
    if sum(map(excerpt.count, "[{")) > MAX_OPENED:
        return {}
    try:
        found = yaml.load(excerpt, yaml.BaseLoader)  # texts as they stand, times included
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(folder): list(_people(entry)) for folder, entry in found.items()}


def _excerpt(text: str) -> str:
    """Return the lines that name folders, people and times."""
    lines, keeps = [], False
    for line in text.splitlines():
        if not line.startswith(" "):
            keeps = False
            lines.append(line)
        elif not _DEEPER.match(line):
            keeps = bool(_KEPT.match(line))
        if keeps:
            lines.append(line)
    return "\n".join(lines)[:MAX_KEPT]


def _people(entry: Any) -> list[Named]:
    if not isinstance(entry, dict) or not isinstance(entry.get(":submitters"), list):
        return []
    created = entry.get(":created_at", "")
    stamp = NO_STAMP if created in _NOTHING else stamp_of(str(created).encode())
    return [
        Named(_claim(person), stamp=stamp)
        for person in entry[":submitters"]
        if isinstance(person, dict)
    ]


def _claim(person: dict[Any, Any]) -> Claim:
    values = [person.get(f":{name}") for name in ("sid", "email", "name")]
    known = (v if isinstance(v, str) and v not in _NOTHING else "" for v in values)
    sid, email, name = (value[:200] for value in known)
    return Claim(tuple(filter(None, (sid, email))), name)
