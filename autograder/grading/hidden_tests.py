"""Tests that nbgrader calls hidden: released without them, graded with them.

They stand in a graded cell of asserts, each between two comment lines of its own, as nbgrader has
it: ``### BEGIN HIDDEN TESTS`` and ``### END HIDDEN TESTS``. Text in, text out.
"""

from __future__ import annotations

import ast
import re
from textwrap import dedent

from autograder.errors import ReleaseError

BEGIN = "### BEGIN HIDDEN TESTS"
END = "### END HIDDEN TESTS"
_LIKE_A_MARKER = re.compile(r"(BEGIN|END)[\s_-]*HIDDEN[\s_-]*TESTS?", re.IGNORECASE)


def mentions_hidden_tests(text: str) -> bool:
    """Return whether a text has such a marker, however it is spelled."""
    return bool(_LIKE_A_MARKER.search(text))


def parts(source: str) -> list[tuple[str, bool]]:
    """Return the texts of a cell in order, and of each whether it is hidden.

    Raises
    ------
    ReleaseError
        If a marker is misspelled, or has no partner.
    """
    found: list[tuple[list[str], bool]] = [([], False)]
    for number, line in enumerate(source.split("\n"), start=1):
        if not mentions_hidden_tests(line):
            found[-1][0].append(line)
            continue
        marker, hidden = line.strip(), found[-1][1]
        if marker not in (BEGIN, END):
            raise ReleaseError(f"{marker!r} should read {BEGIN!r} or {END!r}, alone on its line")
        if (marker == END) != hidden:
            raise ReleaseError(f"{marker!r} in line {number} of the cell has no partner")
        found.append(([], not hidden))
    if found[-1][1]:
        raise ReleaseError(f"{BEGIN!r} in the cell has no partner")
    return [("\n".join(lines), hidden) for lines, hidden in found]


def without_hidden(source: str) -> str:
    """Return a cell as students get it.

    Raises
    ------
    ReleaseError
        As :func:`parts`, or if what remains is no Python.
    """
    if not mentions_hidden_tests(source):
        return source
    shown = "\n".join(text for text, hidden in parts(source) if not hidden).rstrip("\n")
    if not _is_python(shown):
        raise ReleaseError("without its hidden tests the cell is not Python any more")
    return shown


def segments(source: str) -> tuple[tuple[str, bool], ...]:
    """Return what is to be run of a cell, in order, and of each whether it is hidden.

    Where hidden tests stand within a function or a loop the cell is one piece, and hidden.
    """
    found = [(dedent(text) if hidden else text, hidden) for text, hidden in parts(source)]
    kept = tuple((text, hidden) for text, hidden in found if text.strip())
    if all(_is_python(text) for text, _ in kept):
        return kept
    whole = "\n".join(line for line in source.split("\n") if not mentions_hidden_tests(line))
    return ((whole, True),)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
