"""One function of a learner's, as it stands in its cell."""

import ast
from dataclasses import dataclass
from functools import cached_property

from autograder.judge.repair.text import Text


@dataclass(frozen=True)
class Piece:
    """One function of the learner's.

    Attributes
    ----------
    name : str
        What it is called in the notebook.
    text : str
        The statement that defines it.
    line : int
        That statement's first line in its cell, from 1.
    file : str
        The cell.
    """

    name: str
    text: str
    line: int
    file: str

    @cached_property
    def parsed(self) -> Text:
        """The text with its tree."""
        return Text(self.text)


def bound(statement: ast.stmt) -> str:
    """Return the name that a ``def``, or a lambda's assignment, binds; "" of anything else."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name
    if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Lambda, ast.Call)):
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) else ""
    return ""
