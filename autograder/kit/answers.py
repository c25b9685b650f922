"""What a kit must not tell: lines of the solutions of its units and of those still to come."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.course import Course
from autograder.grading.release_audit import squeezed, telling_lines_by_cell

_COMMON = ("for ", "from ", "import ")
"""Lines that begin so stand in many right and wrong functions."""


@dataclass(frozen=True)
class Answers:
    """The lines of each solution, without blanks.

    A text tells a solution if it holds two of its lines, or its only one.
    """

    solutions: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, course: Course, units: Iterable[str]) -> "Answers":
        """Return the answers of the sources of some units."""
        return cls(tuple(_solutions(course, units)))

    def tells(self, text: str) -> str:
        """Return a line of a solution that `text` tells, or ""."""
        haystack = squeezed(text)
        for lines in self.solutions:
            found = sorted(line for line in lines if line in haystack)
            if found and len(found) >= min(2, len(lines)):
                return found[0]
        return ""

    def told_in(self, source: str) -> set[str]:
        """Return the names of the functions of a module that tell a solution."""
        functions = (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
        return {n.name for n in functions if self.tells(ast.get_source_segment(source, n) or "")}

    def findings(self, files: Mapping[str, bytes]) -> list[str]:
        """Return which of `files` tell a solution."""
        texts = ((name, data.decode("utf-8", "ignore")) for name, data in files.items())
        return [f"{name} gives {line!r} away" for name, text in texts if (line := self.tells(text))]


def _solutions(course: Course, units: Iterable[str]) -> Iterator[frozenset[str]]:
    for unit in units:
        for lines in telling_lines_by_cell(course.source_notebook(unit)):
            kept = {squeezed(line) for line in lines if not line.strip().startswith(_COMMON)}
            if kept:
                yield frozenset(kept)
