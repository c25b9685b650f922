"""The rooms that an exercise has a part in: which file, for what, from which template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
_PART = re.compile(r"^=== (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Room:
    """A file of each unit or exercise, and what it is for."""

    template: str
    path: str
    purpose: str


ROOMS = (
    Room("reference", "rnn_ref/@UNIT@.py", "the reference: the right function, in full"),
    Room("probe", "autograder/student/probes/@UNIT@.py", "how it is asked, beside student code"),
    Room("unit", "autograder/judge/exercises/@UNIT@/__init__.py", "what the unit's exercises are"),
    Room(
        "exercise",
        "autograder/judge/exercises/@UNIT@/@EXERCISE@.py",
        "cases, criteria, small cases to try",
    ),
    Room("mistakes", "autograder/judge/mistakes/@UNIT@.py", "mistakes, as edits of the answer"),
    Room("variants", "autograder/judge/variants/@UNIT@.py", "right functions in other styles"),
    Room("hints", "autograder/judge/hints/@UNIT@.py", "three hints"),
    Room("demo", "autograder/demo/classes/@UNIT@.py", "what mistakes cost in the demo class"),
)
NOTEBOOK = Room("notebook", "solutions/@FOLDER@/@FOLDER@.ipynb", "text, stub, answer, check, demo")
TEST = Room("test", "tests/rnn_ref/test_@EXERCISE@.py", "the reference against numbers by hand")


def filled(text: str, words: Mapping[str, str]) -> str:
    """Return a template with its words in place.

    >>> filled("@UNIT@.@EXERCISE@", {"UNIT": "waves", "EXERCISE": "wave_step"})
    'waves.wave_step'
    """
    for name, word in words.items():
        text = text.replace(f"@{name}@", word)
    return text


def parts_of(room: Room, words: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a room's template by name: head, imports, piece, entry …"""
    text = (TEMPLATES / f"{room.template}.txt").read_text(encoding="utf-8")
    _, *found = _PART.split(filled(text, words))
    return dict(zip(found[::2], found[1::2], strict=True))
