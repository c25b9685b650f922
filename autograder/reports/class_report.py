"""What a class did with a unit, for the instructor: a page to read and a table to work with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from autograder.course import Course
from autograder.grading.collecting.roster_table import roster_of
from autograder.grading.files import write_atomically
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.submissions import refusals
from autograder.reports.class_summary import ClassSummary, Row, summarise
from autograder.reports.feedback import feedback_path
from autograder.reports.outline import graded_results, read_outline
from autograder.reports.page import render
from autograder.reports.spreadsheet import Value, csv_text
from autograder.units import folder_name

PAGE_NAME, TABLE_NAME = "class.html", "class.csv"
NAMES_SHOWN = 12  # of those a sentence concerns
#: Of several sentences in one field. A semicolon would divide fields in some countries.
SEPARATOR = " | "


@dataclass(frozen=True)
class ClassReport:
    """Where the report of one class and unit lies, and what it tells."""

    html: Path
    csv: Path
    summary: ClassSummary


def write_class_report(course: Course, unit: str) -> ClassReport:
    """Write the report on all that is graded of `unit`, without who is not in the roster any more.

    Raises
    ------
    AutograderError
        If the unit is not released, nothing is graded yet, or the roster cannot be read.
    """
    outline = read_outline(course, unit)
    graded, roster = graded_results(course, unit), roster_of(course)
    # A roster without any of them is of another class: better all of them than an empty page.
    results = [one for one in graded if roster and one.student in roster.ids] or graded
    with UnitGradebook(course, unit) as gradebook:
        marked = summarise(outline, results, gradebook.scores(), gradebook.penalties())
        names = gradebook.names()
    summary = replace(marked, refused=tuple(refusals(course, unit)), names=names)
    folder = course.reports / folder_name(unit)
    report = ClassReport(folder / PAGE_NAME, folder / TABLE_NAME, summary)
    write_atomically(report.html, class_page(summary, feedback_links(course, summary)))
    write_atomically(report.csv, class_table(summary))
    return report


def feedback_links(course: Course, summary: ClassSummary) -> dict[str, str]:
    """Return, by student, the way from the report to the feedback pages that are there."""
    unit = summary.outline.unit
    pages = {row.student: feedback_path(course, unit, row.student) for row in summary.rows}
    return {
        student: "../../" + quote(page.relative_to(course.data).as_posix())
        for student, page in pages.items()
        if page.is_file()
    }


def class_page(summary: ClassSummary, links: Mapping[str, str]) -> str:
    """Return the report as HTML. Nothing that students wrote is trusted.

    Parameters
    ----------
    links : mapping of str to str
        By student, where the feedback page lies; a name without one is plain text.
    """
    return render(
        "class_report.html",
        summary=summary,
        outline=summary.outline,
        folder=folder_name(summary.outline.unit),
        table=TABLE_NAME,
        links=links,
        names_shown=NAMES_SHOWN,
    )


def class_table(summary: ClassSummary) -> str:
    """Return the marks as comma-separated text, a row a student."""
    outline = summary.outline
    titles = dict(zip(outline.checks, (e.name for e in summary.exercises), strict=True))
    columns = [titles.get(name, name) for name in (*outline.checks, *outline.written)]
    sums = ("late penalty", "total", "maximum")
    header = ["student", "name", *columns, *sums, "status", "mistakes", "flags", "moved"]
    return csv_text(header, (list(_fields(summary, row)) for row in summary.rows))


def _fields(summary: ClassSummary, row: Row) -> Iterator[Value]:
    outline, reports = summary.outline, row.result.reports.values()
    yield row.student
    yield summary.names.get(row.student, "")
    yield from (row.marks[name].points for name in (*outline.checks, *outline.written))
    yield row.total.penalty
    yield row.total.points if row.has_verdict else None  # no verdict is no 0
    yield from (row.total.max_points, str(row.status))
    yield SEPARATOR.join(f"{r.exercise}: {r.mistake}" for r in reports if r.mistake)
    yield SEPARATOR.join(row.result.flags)
    yield SEPARATOR.join(row.moved)
