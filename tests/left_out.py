"""Tests of notebooks that a course leaves out are not run, and pytest's first lines name them.

A file is about a notebook if it, a helper that it imports, or the fixtures of its folder name it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from autograder.units import COURSE_TABLE

HERE = Path(__file__).parent
#: What the fixtures of tests/conftest.py are made of, called like them.
_FIXTURES = (HERE / "course" / "small_course.py",)
LEFT_OUT = tuple(row.name for row in COURSE_TABLE.rows if not row.taught)


@cache
def notebooks_named(path: Path, names: tuple[str, ...]) -> frozenset[str]:
    """Return which of `names` a file is about."""
    seen, waiting = {path}, [path]
    while waiting:
        further = {helper for helper in _helpers(waiting.pop()) if helper not in seen}
        seen |= further
        waiting += further
    return frozenset(name for file in seen for name in _own(file, names))


@cache
def _own(path: Path, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_named_in(path, names))


def _named_in(path: Path, names: tuple[str, ...]) -> Iterator[str]:
    folder = re.compile(rf"\b\d\d_({'|'.join(names)})\b")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        # Given to something or to a name; as a key, "outputs" is a word of Jupyter's.
        values = list(node.args) if isinstance(node, ast.Call) else []
        values += [node.value] if isinstance(node, ast.Assign) else []
        values += node.elts if isinstance(node, ast.Tuple | ast.List) else []
        for value in values:
            if isinstance(value, ast.Constant) and value.value in names:
                yield str(value.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from folder.findall(node.value)


@cache
def _helpers(path: Path) -> frozenset[Path]:
    """Return what a file imports of the tests, and where its fixtures stand."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules, asked = set(), {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
            modules.add(str(node.module))
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    files = {HERE.parent / f"{module.replace('.', '/')}.py" for module in modules}
    files |= {helper for helper in _FIXTURES if helper.stem in asked}
    if path.parent != HERE and path.name != "conftest.py":
        files.add(path.with_name("conftest.py"))
    return frozenset(file for file in files if file.is_file() and file != path)


def is_left_out(path: Path, names: tuple[str, ...] = LEFT_OUT) -> bool:
    """Return whether a test file is about a notebook that this course leaves out."""
    is_test = path.name.startswith("test_") and path.suffix == ".py"
    return bool(names) and is_test and bool(notebooks_named(path, names))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if is_left_out(collection_path) else None


def pytest_report_header() -> list[str]:
    if not LEFT_OUT:
        return []
    files = [p.relative_to(HERE).as_posix() for p in sorted(HERE.rglob("*.py")) if is_left_out(p)]
    return [f"left out with {', '.join(LEFT_OUT)}: {len(files)} files, {', '.join(files)}"]
