"""No unit is named in code that is not its own: whoever adds one or leaves one out edits none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.units import COURSE_TABLE

NAMES = [row.name for row in COURSE_TABLE.rows]
_NAMED = "|".join(NAMES)
#: As a module, as a folder, or as the whole text; inside of sentences names are words.
_LITERAL = re.compile(
    rf"\brnn_ref\.(?:widgets\.)?(?:{_NAMED})\b|\b\d\d_(?:{_NAMED})\b|\A(?:{_NAMED})\Z"
)
#: Words that mean other things, too: Jupyter's outputs.
_WORDS = {"outputs"}


def literals_in(path: Path) -> Iterator[str]:
    """Yield what names a unit: in texts, programs in texts among them, and in imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            names = [node.value]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            yield from (f for f in _LITERAL.findall(name) if f not in _WORDS)


def is_a_units_own(path: Path) -> bool:
    return path.stem in NAMES or path.parent.name in NAMES


def others(repository: Path) -> list[Path]:
    files = [*(repository / "autograder").rglob("*.py"), repository / "bootstrap.py"]
    return [path for path in files if not is_a_units_own(path)]


def test_no_unit_is_named_in_code_that_is_not_its_own(repository: Path) -> None:
    found = {
        f"{path.relative_to(repository)}: {literal}"
        for path in others(repository)
        for literal in literals_in(path)
    }
    assert found == set()


@pytest.mark.parametrize(
    "planted",
    [
        'UNIT = "{unit}"',
        'PROBE = """\nfor name in ["rnn_ref.{unit}"]:\n    import_module(name)\n"""',
        'def f():\n    return "hand in {folder}/{folder}.ipynb"',
        "from rnn_ref.{unit} import step",
        "from rnn_ref import {unit}",
    ],
)
def test_planted_literal_is_found(tmp_path: Path, planted: str) -> None:
    row = COURSE_TABLE.rows[-1]
    (tmp_path / "planted.py").write_text(planted.format(unit=row.name, folder=row.folder))
    assert list(literals_in(tmp_path / "planted.py"))
