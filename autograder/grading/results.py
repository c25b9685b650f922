"""What is kept of a graded submission beside the gradebook: reports, flags, their grounds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.grading.marking import Marked
from autograder.student.report import CriterionResult, Example, Report, Status


@dataclass(frozen=True)
class Result:
    """One graded submission.

    Attributes
    ----------
    digest : str
        Names all that the marks depend on; equal digests need no second run.
    reports : dict of str to Report
        By name of the check cell.
    cpu_s, wall_s : float
        Processor time and time by the clock that it took in the sandbox.
    sandboxed : bool
        False if it was graded with --no-sandbox.
    """

    student: str
    unit: str
    digest: str
    reports: dict[str, Report]
    flags: tuple[str, ...] = ()
    cpu_s: float = 0.0
    sandboxed: bool = True
    wall_s: float = 0.0

    @classmethod
    def of(cls, student: str, unit: str, digest: str, marked: Marked, sandboxed: bool) -> "Result":
        """Return the result that keeps `marked`."""
        reports, flags = marked.reports, marked.flags
        return cls(student, unit, digest, reports, flags, marked.cpu_s, sandboxed, marked.wall_s)

    @property
    def points(self) -> float:
        """Automatic points; exercises without a verdict count as none."""
        return sum(report.points or 0.0 for report in self.reports.values())

    @property
    def needs_instructor(self) -> bool:
        """Whether some exercise has no verdict."""
        return any(r.status is Status.NOT_GRADABLE for r in self.reports.values())


def result_path(course: Course, unit: str, student: str) -> Path:
    """Return where the result of `student` in `unit` is kept."""
    return course.results / unit / f"{student}.json"


def write_result(course: Course, result: Result) -> None:
    """Keep `result`."""
    text = json.dumps(asdict(result), indent=1, ensure_ascii=False)
    write_atomically(result_path(course, result.unit, result.student), text + "\n")


def read_result(course: Course, unit: str, student: str) -> Result | None:
    """Return what is kept of `student` in `unit`; None if nothing is, or nothing readable."""
    try:
        kept = json.loads(result_path(course, unit, student).read_text(encoding="utf-8"))
        return _result(kept)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def graded_students(course: Course, unit: str) -> list[str]:
    """Return everyone of whom a result of `unit` is kept."""
    return sorted(path.stem for path in (course.results / unit).glob("*.json"))


def read_results(course: Course, unit: str, students: Iterable[str] | None = None) -> list[Result]:
    """Return the results kept of `unit`, by student; those of `students` alone if given."""
    chosen = graded_students(course, unit) if students is None else students
    return [result for s in chosen if (result := read_result(course, unit, s)) is not None]


def _result(kept: Mapping[str, Any]) -> Result:
    reports = {name: _report(report) for name, report in kept["reports"].items()}
    return Result(**{**kept, "reports": reports, "flags": tuple(kept["flags"])})


def _report(kept: Mapping[str, Any]) -> Report:
    criteria = tuple(CriterionResult(**criterion) for criterion in kept["criteria"])
    example = Example(**kept["example"]) if kept.get("example") else None
    changed = {"status": Status(kept["status"]), "criteria": criteria, "example": example}
    return Report(
        **{**kept, **changed, "advice": tuple(kept["advice"]), "flags": tuple(kept["flags"])}
    )
