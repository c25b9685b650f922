"""A course with exercises of its own: cells of asserts beside those of unit 00."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.course import CONFIG_NAME, Course
from autograder.grading.release import release_unit
from autograder.grading.unit_grader import UnitGrader
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.report import Report, Status

ROOT = Path(__file__).parents[2]
UNIT = "gradcheck"
NAME = "00_gradcheck"
LIMITS = Limits(cell_cpu_s=1.0, cell_wall_s=4.0, notebook_cpu_s=8.0, notebook_wall_s=16.0)

Cell = dict[str, Any]


def marks(name: str, points: float | None = None) -> Cell:
    """Return nbgrader's metadata of a cell: a test if it is worth points, else a solution."""
    graded = points is not None
    settings = {"grade_id": name, "grade": graded, "locked": graded, "solution": not graded}
    worth = {"points": points} if graded else {}
    return {"nbgrader": {**settings, **worth, "schema_version": 3, "task": False}}


def code(name: str, text: str, points: float | None = None) -> Cell:
    return {
        "cell_type": "code",
        "id": name.replace("_", "-"),
        "metadata": marks(name, points),
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def solution(name: str, body: str, head: str = "(x)") -> Cell:
    """Return a solution cell that holds one function."""
    lines = ["### BEGIN SOLUTION", *body.split("\n"), "### END SOLUTION"]
    return code(name, "\n".join([f"def {name}{head}:", *(f"    {line}" for line in lines)]))


def hidden(text: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{text}\n### END HIDDEN TESTS"


def course_with(root: Path, *cells: Cell) -> Course:
    """Return a course of unit 00 with `cells` at its end; not released yet."""
    shutil.copytree(ROOT / "solutions" / NAME, root / "solutions" / NAME)
    shutil.copyfile(ROOT / CONFIG_NAME, root / CONFIG_NAME)
    course = Course(root)
    path = course.source_notebook(UNIT)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    heading = "## Another\n\n### One more"
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "another", "metadata": {}, "source": heading}
    )
    notebook["cells"] += list(cells)
    added = sum(cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in cells)
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        said = "**3 points** (2 checked"
        cell["source"] = text.replace(said, f"**{3 + added} points** ({2 + added} checked")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return course


def submission(course: Course, texts: Mapping[str, str], path: Path) -> Path:
    """Write the released notebook with `texts` in the cells of those names; return its path."""
    notebook = json.loads(course.release_notebook(UNIT).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = texts.get(name, cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def graded(course: Course, tmp_path: Path, *works: Mapping[str, str]) -> list[dict[str, Report]]:
    """Release the course, and return what comes of each of the `works`: reports by cell."""
    release_unit(course, UNIT)
    with UnitGrader(course, UNIT, 7, BubblewrapLauncher(), LIMITS) as grader:
        return [
            grader.grade("one", grader.read(submission(course, work, tmp_path / "n"))[0]).reports
            for work in works
        ]


def statuses(found: list[dict[str, Report]], name: str) -> list[Status]:
    return [reports[name].status for reports in found]
