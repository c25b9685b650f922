"""Writing the cells of a new unit or exercise into a solution notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.new.rooms import TEMPLATES, filled

Cell = dict[str, Any]

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_FLAGS = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
#: In a title cell: the total in bold, and in brackets what the machine checks and a person.
_TOTAL = re.compile(r"\*\*(\d+) (\w+)\*\*( \()(\d+)")


def cells_of(template: str, words: Mapping[str, str]) -> list[Cell]:
    """Return the cells that a template describes, with nbgrader's metadata."""
    text = (TEMPLATES / f"{template}.json").read_text(encoding="utf-8")
    return [_cell(one) for one in json.loads(filled(text, words))]


def new_notebook(words: Mapping[str, str]) -> dict[str, Any]:
    """Return the notebook of a unit that has no exercise yet."""
    cells = cells_of("notebook", words)
    return {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}


def add_cells(notebook: dict[str, Any], cells: list[Cell]) -> None:
    """Put an exercise's cells before the written question, and its point into the title cell."""
    before = next(
        (i - 1 for i, cell in enumerate(notebook["cells"]) if _is_written_question(cell)),
        len(notebook["cells"]),
    )
    notebook["cells"][before:before] = cells
    title = notebook["cells"][0]
    title["source"] = lines_of(_TOTAL.sub(_one_more, "".join(title["source"]), count=1))


def read(path: Path) -> dict[str, Any]:
    """Read a notebook.

    Raises
    ------
    AutograderError
        If there is none that can be read.
    """
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise AutograderError(f"{path} is no notebook of format 4 that can be read.") from error
    return notebook


def write(path: Path, notebook: Mapping[str, Any]) -> None:
    """Write a notebook as JupyterLab does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def lines_of(text: str) -> list[str]:
    """Return a text as the format has it: a list of lines with their ends."""
    return text.splitlines(keepends=True)


def _one_more(found: re.Match[str]) -> str:
    total, word, between, machine = found.groups()
    plural = f"{word}s" if word == "point" else word
    return f"**{int(total) + 1} {plural}**{between}{int(machine) + 1}"


def _is_written_question(cell: Cell) -> bool:
    marks = cell["metadata"].get("nbgrader", {})
    return bool(cell["cell_type"] == "markdown" and marks.get("grade") and marks.get("solution"))


def _cell(one: Mapping[str, Any]) -> Cell:
    metadata: dict[str, Any] = {}
    if "nbgrader" in one:
        metadata["nbgrader"] = dict(sorted({**_FLAGS, **one["nbgrader"]}.items()))
    if "tags" in one:
        metadata["tags"] = one["tags"]
    if "markdown" in one:
        source = lines_of(one["markdown"])
        return {"cell_type": "markdown", "id": one["id"], "metadata": metadata, "source": source}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": one["id"],
        "metadata": metadata,
        "outputs": [],
        "source": lines_of(one["code"]),
    }
