"""Adding to a module's text: imports, definitions, entries of its tuples and dicts."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from autograder.errors import AutograderError


def with_parts(text: str, parts: Mapping[str, str], where: str) -> str:
    """Return a module's text with the parts of an exercise added.

    Parameters
    ----------
    parts : mapping
        ``imports``, ``once NAME`` (a definition, unless there is one), ``piece``, and
        ``entry NAME`` for the tuple or dict that is called so; it is made if it is missing.
    where : str
        What to call the module.

    >>> parts = {"piece": "def two(): ...", "entry EVERY": "2,"}
    >>> print(with_parts('EVERY = (\\n    1,\\n)\\n', parts, "x"))
    def two(): ...
    <BLANKLINE>
    <BLANKLINE>
    EVERY = (
        1,
    <BLANKLINE>
    2,
    )
    <BLANKLINE>
    """
    for name, part in parts.items():
        kind, _, target = name.partition(" ")
        if kind == "imports":
            text = _with_imports(text, part)
        elif kind == "once" and _defined(text, target) is None:
            text = _behind_imports(text, part)
    collected = next((name.split()[1] for name in parts if name.startswith("entry ")), "")
    if collected and _defined(text, collected) is None:
        text = f"{text.rstrip()}\n\n\n{collected} = ()\n"
    if "piece" in parts:
        text = _before(text, collected, parts["piece"])
    if collected:
        text = _with_entry(text, collected, parts[f"entry {collected}"], where)
    return text


def _defined(text: str, name: str) -> ast.Assign | ast.AnnAssign | None:
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return None


def _with_imports(text: str, imports: str) -> str:
    """Put imports behind the module's own; who sorts and merges them comes later."""
    lines, end = text.split("\n"), _end_of_imports(text)
    return "\n".join([*lines[:end], imports.rstrip(), *lines[end:]])


def _behind_imports(text: str, part: str) -> str:
    lines, end = text.split("\n"), _end_of_imports(text)
    return "\n".join([*lines[:end], "", part.rstrip(), "", *lines[end:]])


def _end_of_imports(text: str) -> int:
    """Return the line behind the last import at the top, else behind the docstring."""
    end = 0
    for i, node in enumerate(ast.parse(text).body):
        docstring = i == 0 and isinstance(node, ast.Expr)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            end = node.end_lineno or 0
    return end


def _before(text: str, name: str, piece: str) -> str:
    """Put definitions before that of `name`; at the end without one."""
    node = _defined(text, name)
    if node is None:
        return f"{text.rstrip()}\n\n\n{piece.rstrip()}\n"
    lines, start = text.split("\n"), node.lineno - 1
    while start and lines[start - 1].startswith("#"):  # a comment that belongs to it
        start -= 1
    return "\n".join([*lines[:start], piece.rstrip(), "", "", *lines[start:]])


def _with_entry(text: str, name: str, entry: str, where: str) -> str:
    node = _defined(text, name)
    value = node.value if node else None
    if not isinstance(value, ast.Tuple | ast.Dict):
        raise AutograderError(f"{where}: {name} is no plain tuple or dict, so nothing is added.")
    lines = text.split("\n")
    row, column = (value.end_lineno or 1) - 1, (value.end_col_offset or 1) - 1
    raw = lines[row].encode()
    before, after = raw[:column].decode(), raw[column:].decode()
    inside = ast.get_source_segment(text, value) or ""
    content = inside[1:-1].rstrip()
    comma = "," if content and not content.endswith(",") else ""
    return "\n".join(
        [*lines[:row], f"{before}{comma}\n{entry.rstrip()}\n{after}", *lines[row + 1 :]]
    )
