"""From ``solutions/`` to ``notebooks/``, through nbgrader's own converter.

``nbgrader_config.py`` names the same preprocessors, so ``nbgrader generate_assignment`` gives the
same bytes.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import ReleaseError
from autograder.grading.configuration import RELEASE_PREPROCESSORS
from autograder.grading.model_answers import answers_drifted, write_answers
from autograder.grading.release_audit import Finding, leaks, source_findings
from autograder.grading.stubs import ANSWER_STUB, GIVEN_TAG, solution_regions, stub_source
from autograder.units import COURSE_TABLE, folder_name

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = ("deletable", "editable", "jupyter", "nbgrader", "tags")

Resources = dict[str, Any]


class StubSolutions(NbGraderPreprocessor):
    """Replace solutions by stubs, in cells that are marked as solution cells."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        if not is_solution(cell):
            if cell.cell_type == "code" and solution_regions(cell.source):
                raise ReleaseError("a solution region stands in a cell that is no solution cell")
        elif cell.cell_type == "markdown":
            cell.source = ANSWER_STUB
            cell.pop("attachments", None)
        elif GIVEN_TAG in cell.metadata.get("tags", ()):
            if solution_regions(cell.source):
                raise ReleaseError("a given cell has a solution region")
        elif not solution_regions(cell.source):
            raise ReleaseError("a solution cell has no solution region")
        else:
            cell.source = stub_source(cell.source)
        return cell, resources


class NormaliseMetadata(NbGraderPreprocessor):
    """Keep the metadata that means something to a student's notebook; drop everything else.

    What an editor leaves behind (widget state, versions, timings) would change from release to
    release, and might hold an answer.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        nb.metadata = NOTEBOOK_METADATA
        for cell in nb.cells:
            kept = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if key in cell.metadata}
            cell.metadata = kept
        return nb, resources


class _OneUnit(GenerateAssignment):
    """nbgrader's converter, told which notebook: it would take the path for a pattern."""

    def init_notebooks(self) -> None:
        unit = self.coursedir.assignment_id
        folder = self._format_source(unit, self.coursedir.student_id)
        # nbgrader finds "/./" in it again, which a Path would drop.
        self.assignments = {folder: [os.path.join(folder, f"{unit}.ipynb")]}
        self.notebooks: list[str] = []


def generate(course: Course, unit: str, target: Path) -> Path:
    """Generate the student version of a unit into a folder, without a database.

    Parameters
    ----------
    course : Course
    unit : str
    target : Path
        The folder to hold the unit's folder.

    Returns
    -------
    Path
        The generated notebook.

    Raises
    ------
    ReleaseError
        If nbgrader cannot convert the source.
    """
    config = Config()
    config.CourseDirectory.update(course.nbgrader_folders())
    config.CourseDirectory.release_directory = str(target)
    config.CourseDirectory.assignment_id = folder_name(unit)
    config.GenerateAssignment.preprocessors = list(RELEASE_PREPROCESSORS)
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    log = _silent_log()
    coursedir = CourseDirectory(config=config, log=log)
    try:
        _OneUnit(coursedir=coursedir, config=config, log=log).start()
    except NbGraderException as error:
        raise ReleaseError(
            f"nbgrader cannot release {folder_name(unit)}: run 'nbgrader generate_assignment "
            f"{folder_name(unit)} --no-db' to see why."
        ) from error
    return target / folder_name(unit) / f"{folder_name(unit)}.ipynb"


def release_unit(course: Course, unit: str) -> bool:
    """Generate a unit into a temporary folder and, if it is sound, put it into ``notebooks/``.

    Returns
    -------
    bool
        Whether anything changed.

    Raises
    ------
    ReleaseError
        If the source or what came of it has a fault; ``notebooks/`` is left as it was.
    """
    _refuse(source_findings(course, unit))
    with tempfile.TemporaryDirectory() as folder:
        fresh = generate(course, unit, Path(folder))
        source = course.source_notebook(unit)
        _refuse(leaks(source, fresh, where=f"what would be {_named(course, unit)}"))
        answered = write_answers(course, unit)
        placed = course.release_notebook(unit)
        beside = list(placed.parent.iterdir()) if placed.parent.exists() else []
        if beside == [placed] and placed.read_bytes() == fresh.read_bytes():
            return answered
        if placed.parent.exists():
            shutil.rmtree(placed.parent)
        shutil.copytree(fresh.parent, placed.parent)
    return True


def take_back(course: Course) -> list[str]:
    """Delete releases of notebooks that this course has come to leave out; return their folders."""
    gone = [
        course.release / row.folder
        for row in COURSE_TABLE.rows
        if not row.taught and (course.release / row.folder).is_dir()
    ]
    for folder in gone:
        shutil.rmtree(folder)
    return [folder.name for folder in gone]


def drift(course: Course, unit: str) -> list[Finding]:
    """Compare a released notebook with what its source gives now."""
    placed = course.release_notebook(unit)
    if not placed.is_file():
        return [Finding(_named(course, unit), "is missing: run 'autograder release'")]
    if answers_drifted(course, unit):
        return [Finding(_named(course, unit), "has other answers than the judge: release it")]
    with tempfile.TemporaryDirectory() as folder:
        if generate(course, unit, Path(folder)).read_bytes() == placed.read_bytes():
            return []
    return [Finding(_named(course, unit), "differs from its source: run 'autograder release'")]


def check_release(course: Course, unit: str) -> list[Finding]:
    """Return everything that is wrong with a unit's source and its release."""
    findings = source_findings(course, unit)
    if findings:
        return findings
    findings = drift(course, unit)
    placed = course.release_notebook(unit)
    if placed.is_file():
        findings += leaks(course.source_notebook(unit), placed, where=_named(course, unit))
    return findings


def _named(course: Course, unit: str) -> str:
    return course.release_notebook(unit).relative_to(course.root).as_posix()


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise ReleaseError("; ".join(map(str, findings)) + ".")


def _silent_log() -> logging.Logger:
    """nbgrader logs a traceback for every fault; ours are told in a sentence each."""
    log = logging.getLogger("autograder.release")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return log
