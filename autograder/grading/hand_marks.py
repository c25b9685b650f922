"""Which answer a mark by hand was given for: when the text has changed, it is to be given anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.grading.marked_notebook import as_written
from autograder.grading.template import DEMO_TAG

if TYPE_CHECKING:
    from nbgrader.api import Grade

NO_RESPONSE = "No response."  # nbgrader's comment on an answer that nobody wrote


@dataclass(frozen=True)
class HandMark:
    """A mark that a person gave.

    Attributes
    ----------
    answer : str
        Digest of the answer that it was given for; "" where that cannot be told.
    """

    score: float
    answer: str


def answers_in(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Return a digest of every answer of an autograded notebook, by name of the graded cell.

    That of a written answer is its text, whatever its blanks and line ends; that of a check is all
    of the student's code, for a function is found wherever it stands.
    """
    cells = notebook["cells"]
    code = "\n".join(_code(cell) for cell in cells if _is_students_code(cell))
    return {
        _marks(cell)["grade_id"]: _digest(_words(cell) if _marks(cell).get("solution") else code)
        for cell in cells
        if _marks(cell).get("grade")
    }


def marks_by_hand(
    grades: Iterable[tuple[str, Grade]], seen: Mapping[str, str], before: Mapping[str, HandMark]
) -> dict[str, HandMark]:
    """Return the marks by hand of a submission, each with the answer it was given for.

    Parameters
    ----------
    grades : iterable of (str, Grade)
        Name of the cell and what the gradebook has of it.
    seen : mapping of str to str
        `answers_in` what instructors had before them until now.
    before : mapping of str to HandMark
        As it was at the last grading.
    """
    found = {}
    for name, grade in grades:
        if grade.manual_score is None:
            continue
        last = before.get(name)
        same = last is not None and last.score == grade.manual_score
        # A mark that is confirmed, or another one, was given for what was seen since then.
        answer = last.answer if last and same and grade.needs_manual_grade else seen.get(name, "")
        found[name] = HandMark(grade.manual_score, answer)
    return found


def outdated(marks: Mapping[str, HandMark], answers: Mapping[str, str]) -> frozenset[str]:
    """Return the cells whose mark by hand was given for another answer than in `answers`."""
    return frozenset(name for name, mark in marks.items() if mark.answer != answers.get(name))


def is_to_be_marked(grade: Grade, again: bool) -> bool:
    """Return whether a person has to mark what `grade` is of.

    Parameters
    ----------
    again : bool
        Whether a mark by hand that it has was given for another answer.
    """
    if grade.max_score == 0 and grade.auto_score is not None:
        return False  # there is nothing to be given
    by_hand = grade.manual_score is not None
    return again if by_hand else grade.auto_score is None


def _code(cell: Mapping[str, Any]) -> str:
    """Return a cell's code without what says nothing: blanks at line ends, and empty lines."""
    lines = (line.rstrip() for line in as_written(cell).splitlines())
    return "\n".join(line for line in lines if line)


def _words(cell: Mapping[str, Any]) -> str:
    """Return an answer's text without its blanks, and the names of its pictures."""
    return " ".join([*as_written(cell).split(), *cell.get("attachments", {})])


def _is_students_code(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell is part of what the checks judge."""
    marks, tags = _marks(cell), cell["metadata"].get("tags", ())
    apart = marks.get("locked") or marks.get("grade") or DEMO_TAG in tags
    return cell["cell_type"] == "code" and not apart


def _marks(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    marks: Mapping[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
