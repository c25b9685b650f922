"""What must hold of a source notebook and of its release: the gates of ``autograder release``.

The gates do not trust the code that makes the release. They read the files as JSON and look for
the faults themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.errors import ReleaseError
from autograder.grading.hidden_tests import mentions_hidden_tests, parts, without_hidden
from autograder.grading.points import point_faults
from autograder.grading.stubs import GIVEN_TAG, solution_lines, solution_regions, stub_source
from autograder.grading.template import CHECK_PREFIX
from autograder.judge.exercises import exercises_of
from autograder.units import COURSE_TABLE, NOTEBOOKS, UNITS, folder_name

SHORTEST_TELLING_LINE = 16
"""Characters, blanks not counted: shorter lines ("return h", "for t in range(T):") tell nothing."""

ALLOWED_BESIDE_UNITS = ("ERRATA.md",)
IGNORED = (".ipynb_checkpoints",)

Cell = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """A fault: where it is, and a clause that says what is wrong."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} {self.what}"


def notebooks_in(folder: Path) -> list[str]:
    """Return the units and ungraded notebooks that have a folder here, in the course's order."""
    return [name for name in NOTEBOOKS if (folder / folder_name(name)).is_dir()]


def units_in(folder: Path) -> list[str]:
    """Return the units that have a folder here, in the order of the course."""
    return [name for name in notebooks_in(folder) if name in UNITS]


def stray_files(course: Course) -> list[Finding]:
    """Find what is no notebook of the course nor expected beside one, in sources and releases."""
    findings = []
    here = list(map(folder_name, notebooks_in(course.source)))
    left_out = [row.folder for row in COURSE_TABLE.rows if not row.taught]
    for folder in (course.source, course.release):
        names = [*here, *left_out] if folder == course.source else here  # a source may stay
        expected = {folder / name / f"{name}.ipynb" for name in names}
        if folder == course.release:
            expected |= {folder / name for name in ALLOWED_BESIDE_UNITS}
        findings += [
            Finding(path.relative_to(course.root).as_posix(), "does not belong there")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path not in expected and not set(IGNORED) & set(path.parts)
        ]
    return findings


def table_findings(course: Course, names: Iterable[str]) -> list[Finding]:
    """Find what the table of the course does not agree with: notebooks, exercises, its page."""
    # Not above: it imports nbgrader, and what is asked of this module while grading does not.
    from autograder.grading.registered import table_faults, units_page_faults

    return [Finding(*f) for f in (*table_faults(course, names), *units_page_faults(course))]


def source_findings(course: Course, unit: str) -> list[Finding]:
    """Find the faults of a source notebook."""
    path = course.source_notebook(unit)
    where = path.relative_to(course.root).as_posix()
    try:
        notebook = _read(path)
    except ReleaseError as error:
        return [Finding(where, str(error))]
    faults = [*_identity_faults(notebook), *point_faults(notebook["cells"], unit in UNITS)]
    for number, cell in enumerate(notebook["cells"], start=1):
        name = f"cell {number} ({cell.get('id', 'without id')})"
        faults += [f"{name}: {fault}" for fault in _cell_faults(cell)]
        faults += [f"{name}: {fault}" for fault in _hidden_test_faults(cell, unit)]
    return [Finding(where, fault) for fault in faults]


def leaks(source: Path, released: Path, where: str) -> list[Finding]:
    """Find what a released notebook tells of the answers: in texts, code, outputs or metadata.

    Parameters
    ----------
    source, released : Path
        The notebook with the answers, and the one without.
    where : str
        What to call the released notebook.
    """
    try:
        texts = _texts(_read(released))
    except ReleaseError as error:
        return [Finding(where, str(error))]
    haystack = "\n".join(map(squeezed, texts))
    if squeezed("BEGIN SOLUTION") in haystack or squeezed("END SOLUTION") in haystack:
        return [Finding(where, "holds a solution region")]
    if any(map(mentions_hidden_tests, haystack.split("\n"))):
        return [Finding(where, "holds hidden tests")]
    cells = _read(source)["cells"]
    kinds = (("an answer", _telling_lines(cells)), ("a hidden test", _hidden_texts(cells)))
    return [
        Finding(where, f"gives {what} away: {line.strip()!r}")
        for what, lines in kinds
        for line in lines
        if squeezed(line) in haystack
    ]


def _read(path: Path) -> Cell:
    """Read a notebook as plain JSON; nbformat would quietly repair what we are looking for."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
    except FileNotFoundError as error:
        raise ReleaseError("is missing") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError("is not a notebook of format 4") from error
    for cell in cells:
        cell["source"] = "".join(cell["source"])
    return dict(notebook)


def _identity_faults(notebook: Cell) -> Iterator[str]:
    if (notebook.get("nbformat"), notebook.get("nbformat_minor", 0)) < (4, 5):
        yield "is older than format 4.5: its cells have no ids"
    ids = Counter(cell.get("id") for cell in notebook["cells"])
    if ids.pop(None, 0):
        yield "has a cell without id"
    yield from (f"has the cell id {name!r} twice" for name, count in ids.items() if count > 1)
    grade_ids = Counter(_settings(cell).get("grade_id") for cell in notebook["cells"])
    yield from (
        f"has the grade_id {name!r} twice" for name, n in grade_ids.items() if name and n > 1
    )


def _settings(cell: Cell) -> Cell:
    """Return what nbgrader's metadata say of a cell."""
    settings: Cell = cell["metadata"].get("nbgrader", {})
    return settings


def _cell_faults(cell: Cell) -> Iterator[str]:
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield "has outputs; clear them"
    if cell["cell_type"] != "code":
        return
    is_solution = _settings(cell).get("solution", False)
    is_given = GIVEN_TAG in cell["metadata"].get("tags", ())
    try:
        regions = solution_regions(cell["source"])
        stub_source(cell["source"])
    except ReleaseError as error:
        yield str(error)
        return
    if regions and not is_solution:
        yield "a solution region stands in a cell that is no solution cell"
    if is_given and (regions or not is_solution):
        yield "a given cell must be a solution cell without a solution region"
    if is_solution and not regions and not is_given:
        yield "a solution cell has no solution region"


def _hidden_test_faults(cell: Cell, unit: str) -> Iterator[str]:
    """Find hidden tests that would be published, or never run."""
    source, marks = cell["source"], _settings(cell)
    if not mentions_hidden_tests(source):
        return
    judged = {f"{CHECK_PREFIX}{e.name}" for e in exercises_of(unit)} if unit in UNITS else set()
    if cell["cell_type"] != "code" or not marks.get("grade") or marks.get("solution"):
        yield "hidden tests stand in a cell that is no graded test, where students would read them"
    elif unit not in UNITS:
        yield "hidden tests stand in a notebook that is not graded"
    elif marks.get("grade_id") in judged:
        yield (
            "hidden tests stand in the check of an exercise that has its own cases: put them into "
            "a graded cell of their own"
        )
    else:
        try:
            without_hidden(source)
        except ReleaseError as error:
            yield str(error)


def _hidden_texts(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield what a student must not see of hidden tests: each as a whole, and its assertions."""
    for cell in cells:
        if cell["cell_type"] == "code" and mentions_hidden_tests(cell["source"]):
            shown = squeezed("\n".join(t for t, hidden in parts(cell["source"]) if not hidden))
            for text, hidden in parts(cell["source"]):
                asserted = [line for line in text.split("\n") if line.strip().startswith("assert")]
                for line in [text, *asserted] if hidden and text.strip() else []:
                    if squeezed(line) not in shown:
                        yield line


def telling_lines_by_cell(source: Path) -> Iterator[list[str]]:
    """Yield, by cell, the lines of a source's answers that a student must not see."""
    return (list(_telling_lines([cell])) for cell in _read(source)["cells"])


def _telling_lines(cells: Iterable[Cell]) -> Iterator[str]:
    """Yield the lines of solutions and model answers that a student must not see."""
    for cell in cells:
        if cell["cell_type"] == "code":
            given = squeezed(stub_source(cell["source"]))
            lines = solution_lines(cell["source"])
        elif _settings(cell).get("solution"):
            given, lines = "", cell["source"].split("\n")
        else:
            continue
        for line in lines:
            plain = squeezed(line)
            if len(plain) >= SHORTEST_TELLING_LINE and plain not in given:
                yield line


def squeezed(text: str) -> str:
    """Return a text without blanks: a leak is one however it is spaced."""
    return "".join(text.split())


def _texts(node: Any) -> Iterator[str]:
    """Yield every text in a notebook: sources and outputs joined, metadata, keys and values."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        if all(isinstance(part, str) for part in node):
            yield "".join(node)
        else:
            for part in node:
                yield from _texts(part)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _texts(value)
