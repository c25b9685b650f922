"""From a source cell to what a student gets: find the solution regions and cut them out.

A region stands between two comment lines of its own, ``### BEGIN SOLUTION`` and
``### END SOLUTION``, at one indentation. Everything here is text in, text out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.errors import ReleaseError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
ANSWER_STUB = "*Write your answer here.*"
NOT_WRITTEN = "not written yet"

GIVEN_TAG = "given"
"""Tag of a solution cell that students get as it stands, and may change."""


@dataclass(frozen=True)
class Region:
    """A solution region of a cell.

    Parameters
    ----------
    first, last : int
        The lines of the two markers, counted from 0.
    indent : str
        What stands before the markers.
    function : str or None
        The innermost function around the region, None at module level.
    """

    first: int
    last: int
    indent: str
    function: str | None


def solution_regions(source: str) -> list[Region]:
    """Return the solution regions of a code cell, in order.

    Raises
    ------
    ReleaseError
        If a marker has no partner, is misspelt or indented otherwise than its partner, a region
        holds nothing, or the cell is not plain Python.
    """
    lines = source.split("\n")
    if not any(_looks_like_marker(line) for line in lines):
        return []
    functions = _functions(source)
    return [
        Region(first, last, indent, _innermost(functions, first + 1))
        for first, last, indent in _pairs(lines)
    ]


def stub_source(source: str) -> str:
    """Return a code cell as students get it.

    A region inside a function becomes ``raise NotImplementedError("<function>: not written yet")``;
    a region at module level goes without a trace.

    Raises
    ------
    ReleaseError
        As :func:`solution_regions`, or if what remains is no Python.
    """
    lines = source.split("\n")
    regions = solution_regions(source)
    for region in reversed(regions):
        stub = []
        if region.function:
            message = f'"{region.function}: {NOT_WRITTEN}"'
            stub = [f"{region.indent}raise NotImplementedError({message})"]
        lines[region.first : region.last + 1] = stub
    stubbed = "\n".join(lines).rstrip("\n")
    if regions:
        _parse(stubbed, "without its solution the cell is not Python any more")
    return stubbed


def solution_lines(source: str) -> list[str]:
    """Return the lines inside the solution regions of a code cell, markers left out."""
    lines = source.split("\n")
    return [
        line
        for region in solution_regions(source)
        for line in lines[region.first + 1 : region.last]
        if line.strip()
    ]


def _looks_like_marker(line: str) -> bool:
    return "BEGIN SOLUTION" in line or "END SOLUTION" in line


def _pairs(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (first line, last line, indentation) of each well-formed region."""
    open_at: int | None = None
    for number, line in enumerate(lines):
        marker = line.strip()
        if not _looks_like_marker(line):
            continue
        if marker not in (BEGIN, END):
            raise ReleaseError(f"{marker!r} should read {BEGIN!r} or {END!r}, alone on its line")
        if (marker == BEGIN) == (open_at is not None):
            raise ReleaseError(f"{marker!r} in line {number + 1} of the cell has no partner")
        if open_at is None:
            open_at = number
            continue
        indent = line[: line.index(END)]
        if lines[open_at] != indent + BEGIN:
            raise ReleaseError(f"{BEGIN!r} and {END!r} stand at different indentations")
        if not any(between.strip() for between in lines[open_at + 1 : number]):
            raise ReleaseError(f"the solution region in line {open_at + 1} of the cell is empty")
        yield open_at, number, indent
        open_at = None
    if open_at is not None:
        raise ReleaseError(f"{BEGIN!r} in line {open_at + 1} of the cell has no partner")


def _functions(source: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = _parse(source, "a cell with a solution region must be plain Python")
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _innermost(functions: list[ast.FunctionDef | ast.AsyncFunctionDef], line: int) -> str | None:
    """Return the name of the innermost function around a line, counted from 1."""
    around = [f for f in functions if f.lineno <= line <= (f.end_lineno or f.lineno)]
    return max(around, key=lambda function: function.lineno).name if around else None


def _parse(source: str, complaint: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise ReleaseError(f"{complaint} ({error.msg}, line {error.lineno})") from error
