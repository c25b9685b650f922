"""Making submissions out of the released notebook, as students would."""

import ast
import copy
import inspect
import json
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
_MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def read_notebook(path: Path) -> Notebook:
    """Return the notebook at `path`."""
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def grade_id(cell: Mapping[str, Any]) -> str:
    """Return nbgrader's name of a cell, or ""."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def solution_texts(solution: Notebook) -> dict[str, str]:
    """Return the text of every solution cell, by nbgrader's name, without nbgrader's markers."""
    texts = {}
    for cell in solution["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            lines = "".join(cell["source"]).split("\n")
            kept = [line for line in lines if line.strip() not in _MARKERS]
            texts[grade_id(cell)] = "\n".join(kept)
    return texts


def source_of(function: Callable[..., Any], name: str) -> str:
    """Return the source of `function` without its decorators, called `name`."""
    return renamed(textwrap.dedent(inspect.getsource(function)), name)


def renamed(source: str, name: str) -> str:
    """Return the source of a function without its decorators, called `name`."""
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = "\n".join(source.splitlines()[tree.lineno - 1 :])
    return body.replace(f"{tree.name}(", f"{name}(")


def submission(
    release: Notebook,
    texts: Mapping[str, str],
    *,
    first: str = "",
    before: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
) -> Notebook:
    """Return the released notebook with cells filled in.

    Parameters
    ----------
    texts : mapping of grade id to str
        New text of solution cells; those that are missing stay as released.
    first : str
        A code cell of the student's own before everything else.
    before : mapping of grade id to str
        Code cells of the student's own, each before the cell named.
    without : tuple of str
        Grade ids of cells that are deleted.
    """
    notebook = copy.deepcopy(release)
    cells = [_own_cell("first", first)] if first else []
    for cell in notebook["cells"]:
        name = grade_id(cell)
        if name in without:
            continue
        if before and name in before:
            cells.append(_own_cell(f"before-{name}"[:60], before[name]))
        if name in texts:
            cell["source"] = texts[name]
        cells.append(cell)
    notebook["cells"] = cells
    return notebook


def _own_cell(cell_id: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id.replace("_", "-"),
        "metadata": {},
        "outputs": [],
        "source": source,
    }
