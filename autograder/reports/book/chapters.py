"""A chapter of the book: the cells of one released notebook, and what they show when run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.course import Course
from autograder.grading.stubs import GIVEN_TAG, NOT_WRITTEN
from autograder.grading.template import CHECK_PREFIX, DEMO_TAG, Template, TemplateCell
from autograder.judge.exercises import exercises_of
from autograder.judge.hints.bug_hunt import HINTS as BUG_HINTS
from autograder.reports.book.outputs import Output
from autograder.reports.book.prose import Heading, Prose
from autograder.reports.untrusted import code_html
from autograder.student.words import counted
from autograder.units import UNITS, folder_name

OPTIONAL_CHECK = "optional_check("
_GOAL = re.compile(r"^\*\*Goal\.\*\*\s*(.+)$", re.MULTILINE)
_PICTURE = re.compile(r'<img class="unrolled-figure"[^>]*(src="data:image/png;base64,[^"]*")')
_FACTS = re.compile(r"^\*\*\d+ minutes\*\*.*$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One cell as it is shown: prose, an answer to be written, or code.

    Attributes
    ----------
    prose : Markup or None
    is_answer : bool
        Whether the prose holds the place of an answer.
    label : str
        What the code is, if that is not plain.
    code : Markup or None
    outputs : tuple of Output
    hints : tuple of str
        To be unfolded one by one.
    """

    prose: Markup | None = None
    is_answer: bool = False
    label: str = ""
    code: Markup | None = None
    outputs: tuple[Output, ...] = ()
    hints: tuple[str, ...] = ()
    is_demo: bool = False
    """Whether the code only makes a picture, and stands folded below it."""


@dataclass(frozen=True)
class Chapter:
    """A page of the book.

    Attributes
    ----------
    file : str
        The page's name.
    title, goal, facts : Markup
        What the notebook's first cell says; the last two are empty where it does not.
    """

    file: str
    title: Markup
    goal: Markup
    facts: Markup
    headings: tuple[Heading, ...]
    parts: tuple[Part, ...]

    @property
    def picture(self) -> Markup:
        """The first picture, as an ornament; empty if there is none."""
        shown = (output.html for part in self.parts for output in part.outputs)
        found = next(filter(None, map(_PICTURE.search, shown)), None)
        return Markup(f'<img class="unrolled-figure" alt="" {found[1]}>') if found else Markup()


def page_name(unit: str) -> str:
    """Return the name of a notebook's page.

    >>> page_name("recurrence")
    '01_recurrence.html'
    """
    return f"{folder_name(unit)}.html"


def read_chapter(
    course: Course, unit: str, outputs: Mapping[str, Sequence[Output]], targets: Mapping[str, str]
) -> Chapter:
    """Return the chapter of a released notebook.

    Parameters
    ----------
    outputs : mapping
        What its cells showed, by cell id; of `shown_cells` only.
    targets : mapping of str to str
        See `documents.link_targets`.

    Raises
    ------
    AutograderError
        If the notebook is not released, or a formula of it cannot be set.
    """
    template = Template.read(unit, course.release_notebook(unit))
    prose = Prose(targets)
    first = template.cells[0].source
    parts = tuple(_part(template, cell, prose, outputs) for cell in template.cells)
    return chapter_of(page_name(unit), first, prose, parts)


def shown_cells(template: Template) -> Iterator[str]:
    """Yield the ids of the cells whose outputs belong into the book: no answers, no checks."""
    for cell in template.cells:
        is_check = cell.is_check or OPTIONAL_CHECK in cell.source
        if cell.kind == "code" and not is_check and not _is_solution(cell):
            yield cell.cell_id


def chapter_of(file: str, first: str, prose: Prose, parts: tuple[Part, ...]) -> Chapter:
    """Return the page of some parts, with what their first text says of it."""
    title = next((h.html for h in prose.headings if h.level == 1), Markup(file))
    goal, facts = _GOAL.search(first), _FACTS.search(first)
    return Chapter(
        file,
        title,
        prose.line(goal[1]) if goal else Markup(),
        prose.line(facts[0]) if facts else Markup(),
        tuple(h for h in prose.headings if h.level > 1),
        parts,
    )


def _part(
    template: Template, cell: TemplateCell, prose: Prose, outputs: Mapping[str, Sequence[Output]]
) -> Part:
    if cell.kind != "code":
        return Part(prose.html(cell.source), is_answer=_is_solution(cell))
    return Part(
        label=_label(template, cell),
        code=code_html(cell.source),
        outputs=tuple(outputs.get(cell.cell_id, ())),
        is_demo=DEMO_TAG in cell.metadata.get("tags", ()),
        hints=_hints(template, cell) if cell.is_check else (),
    )


def _is_solution(cell: TemplateCell) -> bool:
    return bool(cell.nbgrader.get("solution", False))


def _label(template: Template, cell: TemplateCell) -> str:
    """Return what a cell of code is for, where its text does not say it."""
    if cell.is_check:
        points = float(cell.nbgrader["points"])
        return f"Check, {counted(points, 'point')}" if points else "Check"
    if not _is_solution(cell):
        return ""
    if GIVEN_TAG in cell.metadata.get("tags", ()):
        return "Given: yours to change"
    if NOT_WRITTEN in cell.source:
        return "Yours to write"
    return "Yours to fill in" if template.unit in UNITS else "Yours to repair"


def _hints(template: Template, check: TemplateCell) -> tuple[str, ...]:
    exercise = check.grade_id.removeprefix(CHECK_PREFIX)
    if template.unit not in UNITS:
        return BUG_HINTS.get(exercise.replace("_", " "), ())
    hints = {known.name: known.hints for known in exercises_of(template.unit)}
    return hints.get(exercise, ())
