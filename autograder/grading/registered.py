"""What the table of the course says, held against its notebooks and exercises; and what it writes.

Only a course that lies with its judge is held against the table: another one has notebooks of its
own under the units' names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.grading.points import HEADING, table_point_faults
from autograder.grading.template import CHECK_PREFIX
from autograder.judge.exercises import exercises_of, folders_here, units_with_exercises
from autograder.table import TABLE_NAME, Notebook, Table
from autograder.units import COURSE_TABLE, REFERENCES

UNITS_PAGE = "docs/units.md"
_ROWS = re.compile(r"(?:^\| `\d\d_\w+` \|.*\n)+(?:^\|\s+\| \*\*.*\n)?", re.MULTILINE)
_NEXT = re.compile(r"\{\{next\.(number|coming)\}\}")
_NEXT_LINE = re.compile(r"\n*[^\n]*\{\{next\.\w+\}\}[^\n]*")

Fault = tuple[str, str]
"""The file to edit, and what is wrong with it."""


def has_its_judge(course: Course) -> bool:
    """Tell whether the judge lies in this course, rather than in some installation beside it."""
    return (course.root / "autograder" / "judge").is_dir()


def table_faults(course: Course, names: Iterable[str]) -> Iterator[Fault]:
    """Find where notebooks and exercises are not what the table says."""
    if not has_its_judge(course):
        return
    for name in folders_here():
        if name not in REFERENCES:
            why = f"is there, and {TABLE_NAME} has no notebook {name} with points"
            yield f"autograder/judge/exercises/{name}", why
    for name in names:
        yield from _notebook_faults(course, COURSE_TABLE.row(name))


def _notebook_faults(course: Course, row: Notebook) -> Iterator[Fault]:
    path = course.source_notebook(row.name)
    where = path.relative_to(course.root).as_posix()
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        cells = [{**cell, "source": "".join(cell["source"])} for cell in cells]
    except FileNotFoundError:
        why = f"is missing, and {TABLE_NAME} has it; `taught = false` there leaves a notebook out"
        yield where, why
        return
    except (OSError, ValueError, KeyError, TypeError):
        return  # told as no notebook elsewhere
    title = next((t for cell in cells for _, t in HEADING.findall(cell["source"])), "")
    asked = (f"{row.number:02d}", row.title) if row.points else (row.title,)
    for part in asked:
        if part not in title:
            yield where, f"has the first heading {title!r}, without the {part!r} of {TABLE_NAME}"
    for fault in table_point_faults(cells, row.points) if row.points else ():
        yield where, fault
    if row.points:
        yield from _exercise_faults(row, where, cells)


def _exercise_faults(
    row: Notebook, where: str, cells: Iterable[Mapping[str, Any]]
) -> Iterator[Fault]:
    folder = f"autograder/judge/exercises/{row.name}"
    if row.name not in units_with_exercises():
        yield folder, f"is missing: nobody could grade {row.folder}"
        return
    try:
        known = [exercise.name for exercise in exercises_of(row.name)]
    except Exception as error:  # whatever an author's slip may raise
        yield folder, f"cannot be loaded ({type(error).__name__}: {error})"
        return
    asked = [name for cell in cells if (name := _asked(cell))]
    for name in known:
        if name not in asked:
            yield where, f"has no check of the exercise {name}, which is in {folder}"
    for name in asked:
        if name not in known:
            yield folder, f"has no exercise {name}, which {where} checks"


def _asked(cell: Mapping[str, Any]) -> str:
    """Return the exercise that a graded cell checks, "" for any other cell."""
    marks = cell["metadata"].get("nbgrader", {})
    name = str(marks.get("grade_id", ""))
    is_check = marks.get("grade") and re.search(r"^check\(", cell["source"], re.MULTILINE)
    return name.removeprefix(CHECK_PREFIX) if is_check and name.startswith(CHECK_PREFIX) else ""


def units_page(text: str, table: Table = COURSE_TABLE) -> str:
    """Return a page whose table of notebooks is that of the course, total included.

    What stands around its rows is the author's, in the author's language.
    """
    cells = [
        (f"`{r.folder}`", f"{r.total:g}" if r.points else "–", r.write, r.see) for r in table.taught
    ]
    total = f"**{sum(row.total for row in table.taught):g}**"
    rows = [f"| {' | '.join(row)} |\n" for row in cells] + [f"| | {total} | | |\n"]
    return _ROWS.sub(lambda _: "".join(rows), text, count=1)


def units_page_faults(course: Course) -> Iterator[Fault]:
    """Find whether the page of units tells of other notebooks or points than the table."""
    text = _units_page_text(course)
    if text != units_page(text):
        why = f"has another list of notebooks than {TABLE_NAME}: run 'autograder release'"
        yield UNITS_PAGE, why


def write_units_page(course: Course) -> bool:
    """Put the table's rows into the page of units, if there are others; return whether."""
    text = _units_page_text(course)
    changed = text != units_page(text)
    if changed:
        (course.root / UNITS_PAGE).write_text(units_page(text), encoding="utf-8")
    return changed


def _units_page_text(course: Course) -> str:
    path = course.root / UNITS_PAGE
    return path.read_text(encoding="utf-8") if has_its_judge(course) and path.is_file() else ""


class TellNext(NbGraderPreprocessor):
    """Say in a release which notebook follows, as the table has it; nothing after the last."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        name = resources["nbgrader"]["notebook"][3:]
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = with_next(cell.source, COURSE_TABLE, name)
        return nb, resources


def with_next(text: str, table: Table, name: str) -> str:
    """Return a text with the number of the next notebook, and what is said of it, filled in.

    >>> table = Table((Notebook(1, "a"), Notebook(4, "b", "B", coming="waves.")))
    >>> with_next("Over.\\n\\n**Next, {{next.number}}:** {{next.coming}}", table, "a")
    'Over.\\n\\n**Next, 04:** waves.'
    >>> with_next("Over.\\n\\n**Next, {{next.number}}:** {{next.coming}}", table, "b")
    'Over.'
    """
    if not _NEXT.search(text):
        return text
    after = table.after(name)
    if after is None:
        return _NEXT_LINE.sub("", text)
    told = {"number": f"{after.number:02d}", "coming": after.coming or f"{after.title}."}
    return _NEXT.sub(lambda found: told[found[1]], text)
