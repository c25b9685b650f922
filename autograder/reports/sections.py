"""The parts of a feedback page: each graded cell with the student's own code and what it showed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from autograder.grading.hand_marks import NO_RESPONSE
from autograder.grading.marked_notebook import as_written
from autograder.grading.rebuild import OWN_CELL_PREFIX
from autograder.grading.results import Result
from autograder.grading.template import CHECK_PREFIX
from autograder.reports.marks import Mark
from autograder.reports.outline import Outline
from autograder.reports.untrusted import (
    code_html,
    joined,
    markdown_html,
    picture_uri,
    printed_text,
)
from autograder.student.report import Report, Status

MAX_PICTURES = 4  # of one cell
MAX_OWN_CELLS = 12  # shown with one exercise

NotebookCell = Mapping[str, Any]


@dataclass(frozen=True)
class CodeView:
    """A cell of the student's, as it is shown.

    Attributes
    ----------
    printed : tuple of (str, bool)
        Texts that came out, and whether each tells of an error.
    pictures : tuple of str
        Data URIs of verified PNG pictures.
    """

    label: str
    code: Markup
    printed: tuple[tuple[str, bool], ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One graded cell with what belongs to it.

    Attributes
    ----------
    report : Report or None
        The verdict; None for what is marked by hand.
    answer : Markup or None
        What was written in words, made safe.
    pictures : tuple of str
        Data URIs of verified pictures that belong to it.
    """

    name: str
    title: str
    mark: Mark
    report: Report | None = None
    answer: Markup | None = None
    code: tuple[CodeView, ...] = ()
    comment: Markup | None = None
    pictures: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether there is anything of the student's to show."""
        return self.answer is not None or bool(self.code)


def sections(
    outline: Outline,
    result: Result,
    cells: Iterable[NotebookCell],
    marks: Mapping[str, Mark],
    comments: Mapping[str, str],
) -> Iterator[Section]:
    """Yield a section for every graded cell of the autograded notebook, in its order."""
    every = list(cells)
    owned = _owned(every, result.reports)
    for cell in every:
        name = _name(cell)
        report = result.reports.get(name)
        if report is not None and name in marks:
            code = tuple(_code(outline, owned[name], report))
            remark = _comment(comments, name, name.removeprefix(CHECK_PREFIX))
            yield Section(name, report.title, marks[name], report, None, code, remark)
        elif name in outline.by_hand:
            title, remark = outline.headings[name], _comment(comments, name)
            if _is_released(outline, cell) and not cell.get("attachments"):
                yield Section(name, title, marks[name], comment=remark)
            elif cell["cell_type"] == "markdown":
                answer = markdown_html(_source(cell))
                shown = tuple(_attached(cell))
                yield Section(name, title, marks[name], None, answer, (), remark, shown)
            else:
                code = (CodeView("Your answer", code_html(_source(cell))),)
                yield Section(name, title, marks[name], None, None, code, remark)


def _owned(
    cells: Iterable[NotebookCell], reports: Mapping[str, Report]
) -> dict[str, list[NotebookCell]]:
    """Return the student's code cells by the check they belong to.

    A stub belongs to the check of its name; anything else to the next check below it.
    """
    owned: dict[str, list[tuple[int, NotebookCell]]] = {name: [] for name in reports}
    loose: list[tuple[int, NotebookCell]] = []
    for index, cell in enumerate(cells):
        name = _name(cell)
        if name in owned:
            owned[name] += loose
            loose = []
        elif CHECK_PREFIX + name in owned:
            owned[CHECK_PREFIX + name].append((index, cell))
        elif _is_students_code(cell):
            loose.append((index, cell))
    in_order = {name: sorted(found, key=lambda pair: pair[0]) for name, found in owned.items()}
    return {name: [cell for _, cell in found] for name, found in in_order.items()}


def _code(outline: Outline, cells: Iterable[NotebookCell], report: Report) -> Iterator[CodeView]:
    """Yield what there is to see of the student's cells, untouched stubs left out."""
    written = [cell for cell in cells if _source(cell).strip() and not _is_released(outline, cell)]
    for cell in written[:MAX_OWN_CELLS]:
        label = "A cell of your own" if _is_own(cell) else "Your code"
        texts, pictures = _outputs(cell)
        # What a right solution printed helps nobody; what stopped it, or what it drew, may.
        shown = texts if report.status is not Status.PASSED else [t for t in texts if t[1]]
        yield CodeView(label, code_html(_source(cell)), tuple(shown), tuple(pictures))


def _outputs(cell: NotebookCell) -> tuple[list[tuple[str, bool]], list[str]]:
    """Return a cell's texts, each with whether it is an error, and its pictures."""
    texts: list[tuple[str, bool]] = []
    pictures: list[str] = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if output["output_type"] == "error":
            trace = [line for line in output["traceback"] if isinstance(line, str)]
            texts.append((printed_text("\n".join(trace)), True))
        elif picture := picture_uri(data.get("image/png")):
            pictures.append(picture)
        elif text := printed_text(joined(output.get("text") or data.get("text/plain"))):
            texts.append((text, False))
    return texts, pictures[:MAX_PICTURES]


def _attached(cell: NotebookCell) -> Iterator[str]:
    for bundle in cell.get("attachments", {}).values():
        for kind, encoded in bundle.items():
            if picture := picture_uri(encoded, kind):
                yield picture


def _comment(comments: Mapping[str, str], *names: str) -> Markup | None:
    said = [comments[name] for name in names if comments.get(name, NO_RESPONSE) != NO_RESPONSE]
    return markdown_html("\n\n".join(said)) if said else None


def _name(cell: NotebookCell) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _source(cell: NotebookCell) -> str:
    return joined(as_written(cell))


def _is_own(cell: NotebookCell) -> bool:
    return str(cell["id"]).startswith(OWN_CELL_PREFIX)


def _is_students_code(cell: NotebookCell) -> bool:
    marks = cell["metadata"].get("nbgrader", {})
    is_stub = marks.get("solution", False) and not marks.get("grade", False)
    return cell["cell_type"] == "code" and (is_stub or _is_own(cell))


def _is_released(outline: Outline, cell: NotebookCell) -> bool:
    """Return whether a cell says just what was released."""
    return _source(cell).strip() == outline.sources.get(cell["id"], "\0").strip()
