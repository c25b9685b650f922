"""Marks as Gradescope's results.json has them; light, for what grades there has no gradebook."""

from collections.abc import Iterator
from typing import Any

from autograder.reports.marks import UnitMarks
from autograder.student.display import as_text


def gradescope_result(marks: UnitMarks, student: str, total: float) -> dict[str, Any]:
    """Return what Gradescope shows one student: plain text, as in its results.json."""
    return {
        "score": total,
        "output_format": "text",
        "visibility": "visible",
        "tests": list(_tests(marks, student)),
    }


def _tests(marks: UnitMarks, student: str) -> Iterator[dict[str, Any]]:
    outline, reports = marks.outline, marks.results[student].reports
    for name, mark in marks.marks[student].items():
        if not mark.max_points:
            continue
        report = reports.get(name)
        title = report.title if report else outline.headings.get(name, name)
        yield {
            "name": title,
            "score": mark.points or 0.0,
            "max_score": mark.max_points,
            "output": as_text(report) if report else "Marked by a person.",
        }
    penalty = marks.sum(student).penalty
    if penalty:
        taken = {"name": "Handed in late", "score": -penalty, "max_score": 0.0}
        yield {**taken, "output": "Points taken by the course's rule for late work."}
