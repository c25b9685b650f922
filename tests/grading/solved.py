"""A unit's notebook with the model answers, to be mistreated."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

from autograder.course import Course
from autograder.demo.notebooks import grade_id, read_notebook, solution_texts, submission
from tests.course.grading_folders import ROOT

Notebook = dict[str, Any]


Cells = list[dict[str, Any]]


Happening = Callable[["Solved"], Cells]


COURSE = Course(ROOT)


ANSWER = "The state holds it, and W_hh decides for how long (nothing else)."


class Solved:
    """A unit's notebook with the model answers, and its cells by what they are for."""

    def __init__(self, unit: str) -> None:
        self.release = read_notebook(COURSE.release_notebook(unit))
        texts = solution_texts(read_notebook(COURSE.source_notebook(unit)))
        self.released = {grade_id(c): "".join(c["source"]) for c in self.release["cells"]}
        self.written = next(name for name in texts if name.startswith("written"))
        self.texts = {**texts, self.written: ANSWER}
        self.exercises = [n.removeprefix("check_") for n in self.released if n[:6] == "check_"]
        self.given = [
            grade_id(c) for c in self.release["cells"] if "given" in c["metadata"].get("tags", ())
        ]

    def cells(self, **texts: str) -> Cells:
        """Return new cells, solved, but for `texts`."""
        made: Cells = submission(self.release, {**self.texts, **texts})["cells"]
        for cell in made:
            cell["source"] = "".join(cell["source"])
        return copy.deepcopy(made)

    @property
    def stubs(self) -> dict[str, str]:
        """The stubs as released."""
        return {name: self.released[name] for name in self.exercises}

    @property
    def answers(self) -> list[str]:
        """The functions that were written."""
        return [self.texts[name] for name in self.exercises]


def own(source: str, kind: str = "code") -> dict[str, Any]:
    """Return a new cell of a student's."""
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def without_names(cells: Iterable[dict[str, Any]]) -> Cells:
    """Return the cells as Colab saves them: no names, no ids, no tags."""
    bare = copy.deepcopy(list(cells))
    for cell in bare:
        cell["metadata"] = {}
        cell.pop("id", None)
    return bare


def as_bytes(cells: Cells) -> bytes:
    """Return a notebook file."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def without(cells: Cells, *names: str) -> Cells:
    return [cell for cell in cells if grade_id(cell) not in names]


def put(cells: Cells, name: str, *more: dict[str, Any], after: bool) -> Cells:
    place = next(i for i, cell in enumerate(cells) if grade_id(cell) == name) + after
    return [*cells[:place], *more, *cells[place:]]
