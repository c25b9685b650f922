"""What is kept of a graded submission beside the gradebook: reports, flags, their grounds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.files import write_atomically
from autograder.grading.hand_marks import HandMark, answers_in, outdated
from autograder.grading.located import Where
from autograder.grading.marking import Marked
from autograder.grading.submissions import Submission
from autograder.student.report import CriterionResult, Example, Report, Status
from autograder.times import EXAMPLE
from autograder.units import UNITS

UNREADABLE = ""
"""The digest of what could not be read: it is tried again at the next grading."""


@dataclass(frozen=True)
class Move:
    """A mark that a grading changed: the check, its points before, and when that was."""

    check: str
    before: float | None
    when: str


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
    unclear : str
        Why the time that it was handed in at cannot be told, or "".
    answers : dict of str to str
        What was marked: a digest of the answer, by name of the graded cell.
    by_hand : dict of str to HandMark
        The marks by hand there were, and which answers they were given for.
    moved : tuple of Move
        How each mark last changed, if it ever did.
    where : dict of str to Where
        In which line a check's mistake lies, where that was looked for.
    """

    student: str
    unit: str
    digest: str
    reports: dict[str, Report]
    flags: tuple[str, ...] = ()
    cpu_s: float = 0.0
    sandboxed: bool = True
    wall_s: float = 0.0
    unclear: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    by_hand: dict[str, HandMark] = field(default_factory=dict)
    moved: tuple[Move, ...] = ()
    where: dict[str, Where] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        submission: Submission,
        digest: str,
        marked: Marked,
        sandboxed: bool,
        by_hand: Mapping[str, HandMark] = MappingProxyType({}),
    ) -> "Result":
        """Return the result that keeps `marked`."""
        return cls(
            submission.student,
            submission.unit,
            digest,
            marked.reports,
            marked.flags,
            marked.cpu_s,
            sandboxed,
            marked.wall_s,
            submission.stamp.unclear,
            answers_in(marked.notebook),
            dict(by_hand),
        )

    @property
    def outdated(self) -> frozenset[str]:
        """Cells whose mark by hand was given for another answer."""
        return outdated(self.by_hand, self.answers)

    @property
    def points(self) -> float:
        """Automatic points; exercises without a verdict count as none."""
        return sum(report.points or 0.0 for report in self.reports.values())

    @property
    def needs_instructor(self) -> bool:
        """Whether some exercise has no verdict."""
        return any(r.status is Status.NOT_GRADABLE for r in self.reports.values())


def unclear_time(why: str) -> str:
    """Return what to say of a submission whose time cannot be told."""
    return (
        f"it is neither late nor in time, for timestamp.txt cannot be read for certain ({why}): "
        f"write the time there as {EXAMPLE}, or remove that file if it does not matter"
    )


def result_path(course: Course, unit: str, student: str) -> Path:
    """Return where the result of `student` in `unit` is kept."""
    return course.results / unit / f"{student}.json"


def write_result(course: Course, result: Result) -> None:
    """Keep `result`, and how its marks differ from those that were kept."""
    before = read_result(course, result.unit, result.student)
    _keep(course, replace(result, moved=_moves(before, result)))


def _keep(course: Course, result: Result) -> None:
    text = json.dumps(asdict(result), indent=1, ensure_ascii=False)
    write_atomically(result_path(course, result.unit, result.student), text + "\n")


def rename_result(course: Course, unit: str, old: str, new: str) -> bool:
    """Give the result of one student to another; return whether there was one to be read."""
    kept = read_result(course, unit, old)
    if kept is not None:
        _keep(course, replace(kept, student=new))
        result_path(course, unit, old).unlink()
    return kept is not None


def results_differ(course: Course, unit: str, old: str, new: str) -> bool:
    """Return whether both have a result, and these are not one and the same."""
    kept, other = read_result(course, unit, old), read_result(course, unit, new)
    return kept is not None and other is not None and replace(kept, student=new) != other


def moved_marks(
    before: Result | None, now: Result
) -> tuple[tuple[str, float | None, float | None], ...]:
    """Return the checks whose mark is another than before: name, points before, points now."""
    if before is None:
        return ()
    return tuple(
        (name, before.reports[name].points, report.points)
        for name, report in now.reports.items()
        if name in before.reports and before.reports[name].points != report.points
    )


def _moves(before: Result | None, now: Result) -> tuple[Move, ...]:
    when = datetime.now(UTC).isoformat(" ", "minutes")
    known = {move.check: move for move in (before.moved if before else ())}
    known |= {name: Move(name, points, when) for name, points, _ in moved_marks(before, now)}
    return tuple(move for name, move in known.items() if name in now.reports)


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


def graded_units(course: Course) -> list[str]:
    """Return the units of which some result is kept, in the order of the course."""
    return [unit for unit in UNITS if graded_students(course, unit)]


def read_results(course: Course, unit: str, students: Iterable[str] | None = None) -> list[Result]:
    """Return the results kept of `unit`, by student; those of `students` alone if given."""
    chosen = graded_students(course, unit) if students is None else students
    return [result for s in chosen if (result := read_result(course, unit, s)) is not None]


def run_again(course: Course, units: Iterable[str], student: str) -> None:
    """Let the next grading run a student's work again, though nothing in it has changed.

    Raises
    ------
    AutograderError
        If nothing of theirs is graded.
    """
    found = [read_result(course, unit, student) for unit in units]
    kept = [result for result in found if result is not None]
    if not kept:
        raise AutograderError(
            f"Nothing of {student!r} is graded, so there is nothing to run again."
        )
    for result in kept:
        write_result(course, replace(result, digest=""))


def _result(kept: Mapping[str, Any]) -> Result:
    reports = {name: _report(report) for name, report in kept["reports"].items()}
    by_hand = {name: HandMark(**mark) for name, mark in kept.get("by_hand", {}).items()}
    moved = tuple(Move(**move) for move in kept.get("moved", ()))
    where = {
        name: Where(one["sentence"], tuple(one["further"]), tuple(one["lines"]))
        for name, one in kept.get("where", {}).items()
    }
    changed = {"flags": tuple(kept["flags"]), "by_hand": by_hand, "moved": moved, "where": where}
    return Result(**{**kept, **changed, "reports": reports})


def _report(kept: Mapping[str, Any]) -> Report:
    criteria = tuple(CriterionResult(**criterion) for criterion in kept["criteria"])
    example = Example(**kept["example"]) if kept.get("example") else None
    changed = {"status": Status(kept["status"]), "criteria": criteria, "example": example}
    return Report(
        **{**kept, **changed, "advice": tuple(kept["advice"]), "flags": tuple(kept["flags"])}
    )
