"""The judge's copy of the model answers: made of a solution notebook, as a module."""

import ast
import json
from pathlib import Path

from autograder.course import Course
from autograder.units import UNITS, folder_name

_MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def model_answers(course: Course, unit: str) -> str:
    """Return the module text: imports and functions, without demonstrations."""
    notebook = json.loads(course.source_notebook(unit).read_text(encoding="utf-8"))
    imports: list[str] = []
    functions: list[str] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "demo" not in cell["metadata"].get("tags", ()):
            lines = "".join(cell["source"]).split("\n")
            source = "\n".join(line for line in lines if line.strip() not in _MARKERS)
            for node in ast.parse(source).body:
                text = ast.get_source_segment(source, node) or ""
                if isinstance(node, ast.FunctionDef):
                    end = node.end_lineno or node.lineno
                    functions.append("\n".join(source.split("\n")[node.lineno - 1 : end]))
                elif isinstance(node, ast.Import | ast.ImportFrom):
                    imports += [] if "autograder" in text else [text]
    title = f"{folder_name(unit)}: the model answers. Made by ``autograder release``."
    head = [f'"""{title}"""', *([""] if imports else []), *imports]
    return "\n".join([*head, *(f"\n\n{text}" for text in functions), ""])


def answers_drifted(course: Course, unit: str) -> bool:
    """Return whether the judge's copy is not what the unit's solution gives now.

    A course that lies beside another installation of the judge has no copy to look after.
    """
    placed = _placed(course, unit)
    if unit not in UNITS or not placed.parent.is_dir():
        return False
    return not placed.is_file() or placed.read_text("utf-8") != model_answers(course, unit)


def write_answers(course: Course, unit: str) -> bool:
    """Write the judge's copy of a unit's answers, if it differs; return whether it did."""
    drifted = answers_drifted(course, unit)
    if drifted:
        _placed(course, unit).write_text(model_answers(course, unit), encoding="utf-8")
    return drifted


def _placed(course: Course, unit: str) -> Path:
    return course.root / "autograder" / "judge" / "answers" / f"{unit}.py"
