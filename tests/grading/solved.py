"""A unit's notebook with the model answers, to be mistreated and graded."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

import nbformat

from autograder.course import Course
from autograder.demo.notebooks import grade_id, read_notebook, solution_texts, submission
from autograder.grading.entries import automatic_score
from autograder.grading.marked_notebook import as_written
from autograder.grading.marking import Marked
from autograder.grading.submitted_cells import parse_cells
from autograder.grading.unit_grader import UnitGrader
from tests.course.grading_folders import ROOT

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


class Class:
    """A unit's grader, and its notebook solved."""

    def __init__(self, unit: str, grader: UnitGrader) -> None:
        self.unit, self.solved, self._grader = unit, Solved(unit), grader

    def mark(self, cells: Cells) -> Marked:
        """Grade a notebook."""
        rebuilt = self._grader.marker.rebuild(parse_cells(as_bytes(cells)))
        return self._grader.grade("one", rebuilt)

    def lost(self, marked: Marked) -> dict[str, tuple[float | None, str]]:
        """Return what is not full: points and why, by exercise."""
        return {
            report.exercise: (report.points, report.headline)
            for report in marked.reports.values()
            if report.points != report.max_points
        }

    def answer(self, marked: Marked) -> str:
        """Return the answer in words that an instructor reads."""
        return str(as_written(self._written(marked)))

    def waits(self, marked: Marked) -> bool:
        """Return whether an instructor has to mark the answer in words."""
        return automatic_score(nbformat.from_dict(self._written(marked))) is None

    def _written(self, marked: Marked) -> dict[str, Any]:
        name = self.solved.written
        return next(c for c in marked.notebook["cells"] if grade_id(c) == name)


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
