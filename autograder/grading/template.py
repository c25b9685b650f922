"""A unit's released notebook, as grading looks at it."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.grading.pieces import Piece, pieces_of
from autograder.grading.stubs import GIVEN_TAG
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of

DEMO_TAG = "demo"
CHECK_PREFIX = "check_"


@dataclass(frozen=True)
class TemplateCell:
    """One cell of the release: what its counterpart in a submission is restored from."""

    cell_id: str
    kind: str
    source: str
    metadata: dict[str, Any]

    @property
    def nbgrader(self) -> dict[str, Any]:
        """nbgrader's metadata, or an empty dict."""
        marks: dict[str, Any] = self.metadata.get("nbgrader", {})
        return marks

    @property
    def grade_id(self) -> str:
        """nbgrader's name of the cell, or ""."""
        return str(self.nbgrader.get("grade_id", ""))

    @property
    def is_demo(self) -> bool:
        """Whether grading leaves it out."""
        return DEMO_TAG in self.metadata.get("tags", ())

    @property
    def is_given(self) -> bool:
        """Whether students get it whole, and may change it."""
        return GIVEN_TAG in self.metadata.get("tags", ())

    @property
    def is_solution(self) -> bool:
        """Whether a student writes in it."""
        return bool(self.nbgrader.get("solution", False))

    @property
    def is_stub(self) -> bool:
        """Whether functions are written in it, which a check asks for elsewhere."""
        return bool(self.is_solution and not self.nbgrader.get("grade", False) and self.defines)

    @property
    def is_prediction(self) -> bool:
        """Whether it is an answer in code, which is graded as it stands."""
        graded = self.is_solution and self.nbgrader.get("grade", False)
        return bool(graded and self.kind == "code")

    @property
    def is_written(self) -> bool:
        """Whether it is an answer in words."""
        return self.is_solution and self.kind == "markdown"

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """What it consists of, if it is code."""
        return pieces_of(self.source) if self.kind == "code" else ()

    @cached_property
    def defines(self) -> frozenset[str]:
        """The functions that it is for."""
        return frozenset(piece.defined for piece in self.pieces) - {""}

    @cached_property
    def assigns(self) -> frozenset[str]:
        """The names that it gives something to stand for."""
        return frozenset().union(*(piece.binds for piece in self.pieces))

    @property
    def is_locked(self) -> bool:
        """Whether a submission's text of it is replaced."""
        return bool(self.nbgrader) and not self.nbgrader.get("solution", False)

    @property
    def is_check(self) -> bool:
        """Whether it is a graded check."""
        return self.is_locked and bool(self.nbgrader.get("grade", False)) and self.kind == "code"


@dataclass(frozen=True)
class Template:
    """The released notebook of `unit`."""

    unit: str
    cells: tuple[TemplateCell, ...]
    metadata: dict[str, Any]

    @classmethod
    def read(cls, unit: str, path: Path) -> "Template":
        """Return the template at `path`.

        Raises
        ------
        AutograderError
            If the unit is not released.
        """
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise AutograderError(
                f"{path} is missing: run `autograder release {unit}` first."
            ) from None
        cells = tuple(
            TemplateCell(
                cell["id"], cell["cell_type"], "".join(cell["source"]), dict(cell["metadata"])
            )
            for cell in notebook["cells"]
        )
        return cls(unit, cells, dict(notebook["metadata"]))

    @cached_property
    def by_grade_id(self) -> dict[str, TemplateCell]:
        """Cells that nbgrader knows, by name."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}

    @cached_property
    def by_cell_id(self) -> dict[str, TemplateCell]:
        """All cells, by id."""
        return {cell.cell_id: cell for cell in self.cells}

    @cached_property
    def by_source(self) -> dict[tuple[str, str], TemplateCell]:
        """Cells that nbgrader does not know, by kind and text: old formats have no cell ids."""
        return {(cell.kind, cell.source.strip()): cell for cell in self.cells if not cell.grade_id}

    def stub_of(self, function: str) -> TemplateCell | None:
        """Return the cell that a function is to be written in."""
        return next((c for c in self.cells if c.is_stub and function in c.defines), None)

    @cached_property
    def position(self) -> dict[str, int]:
        """Index of each cell, by id."""
        return {cell.cell_id: index for index, cell in enumerate(self.cells)}

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """The unit's exercises by the name of their check cell, in the order of the notebook.

        They are worth what the cells' metadata say.

        Raises
        ------
        AutograderError
            If an exercise has no check cell.
        """
        known = {CHECK_PREFIX + exercise.name: exercise for exercise in exercises_of(self.unit)}
        checks = {cell.grade_id: cell for cell in self.cells if cell.is_check}
        if known.keys() - checks.keys():
            odd = ", ".join(sorted(known.keys() - checks.keys()))
            raise AutograderError(f"Check cells and exercises of {self.unit} do not match: {odd}.")
        return {
            name: replace(known[name], points=cell.nbgrader["points"])
            for name, cell in checks.items()
            if name in known
        }

    @cached_property
    def own_checks(self) -> tuple[TemplateCell, ...]:
        """Graded cells of asserts, which an instructor has added."""
        return tuple(c for c in self.cells if c.is_check and c.grade_id not in self.exercises)
