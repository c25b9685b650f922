"""Whose a name is: what a notebook's author defines, and what a student is to write."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ALWAYS_OURS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Author:
    """What tests stand on.

    Attributes
    ----------
    definitions : list of str
        Statements of the author's: imports, helpers, and given data that hang on no answer.
    asked : frozenset of str
        Names that are a student's, or that are computed with one.
    through : frozenset of str
        Those that the definitions use.
    """

    definitions: list[str]
    asked: frozenset[str]
    through: frozenset[str]

    def used_by(self, texts: Iterable[str]) -> frozenset[str]:
        """Return the names that are asked for by tests."""
        names = {name for text in texts for node in _statements(text) for name in _read(node)}
        return self.through | (names & self.asked)


def author_of(cells: Iterable[Mapping[str, Any]], tests: Iterable[str]) -> Author:
    """Return what the author of a notebook gives for the `tests` in it.

    Parameters
    ----------
    cells : iterable of mapping
        Of the notebook with the answers.
    """
    every = [cell for cell in cells if cell["cell_type"] == "code"]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in every]
    theirs = {
        name
        for cell, mark in zip(every, marks, strict=True)
        if mark.get("solution")
        for node in _statements(cell["source"])
        if not isinstance(node, _IMPORTS)
        for name in _bound(node)
    }
    definitions: list[str] = []
    through: set[str] = set()
    for cell, mark in zip(every, marks, strict=True):
        is_check = mark.get("grade") and not mark.get("solution")
        if is_check or "demo" in cell["metadata"].get("tags", ()):
            continue
        for node in _statements(cell["source"]):
            if isinstance(node, _IMPORTS):
                definitions.append(ast.unparse(node))
            elif mark.get("solution"):
                continue
            elif isinstance(node, _ALWAYS_OURS):
                definitions.append(ast.unparse(node))
                through |= _read(node) & theirs
            elif isinstance(node, ast.Assign | ast.AnnAssign) and not _read(node) & theirs:
                definitions.append(ast.unparse(node))
            else:
                theirs |= _bound(node)
    used = {name for text in tests for node in _statements(text) for name in _read(node)}
    return Author(definitions, frozenset(theirs & (used | through)), frozenset(through))


def _statements(source: str) -> list[ast.stmt]:
    """Return the statements of a cell, IPython's own lines left out; none if it is no Python."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    try:
        return ast.parse("\n".join(lines)).body
    except SyntaxError:
        return []


def _bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement may bind at the top level."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    return {
        found.id
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)
    }


def _read(node: ast.stmt) -> set[str]:
    return {
        found.id
        for found in ast.walk(node)
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Load)
    }
