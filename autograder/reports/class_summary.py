"""What the results of a class come to: a row a student, counts an exercise, what needs a look."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median
from types import MappingProxyType

from autograder.grading.results import Result, unclear_time
from autograder.reports.findings import Finding, flags_of, grouped
from autograder.reports.marks import Mark, Scores, Sum, marks_of
from autograder.reports.outline import Outline
from autograder.student.report import Status
from autograder.visible import one_line

#: What most needs attention first; a student's status is the first that some exercise has.
GRAVITY = (
    Status.NOT_GRADABLE,
    Status.LIMIT,
    Status.UNFINISHED,
    Status.FAILED,
    Status.PARTIAL,
    Status.PASSED,
)


@dataclass(frozen=True)
class Row:
    """One student: the result, the mark of every graded cell by name, and their sum."""

    student: str
    result: Result
    marks: dict[str, Mark]
    total: Sum

    @property
    def status(self) -> Status:
        """The status that most needs attention."""
        present = {report.status for report in self.result.reports.values()}
        return next((status for status in GRAVITY if status in present), Status.NOT_GRADABLE)

    @property
    def moved(self) -> list[str]:
        """A clause for every mark that a later grading changed."""
        return [
            f"{self.result.reports[move.check].exercise}: {_points(move.before)} → "
            f"{_points(self.result.reports[move.check].points)} ({move.when})"
            for move in self.result.moved
            if move.check in self.result.reports
        ]

    @property
    def is_complete(self) -> bool:
        """Whether every exercise has a verdict, or an instructor's mark in its place."""
        return all(self.marks[name].points is not None for name in self.result.reports)

    @property
    def has_verdict(self) -> bool:
        """Whether any exercise has one, or an instructor's mark in its place."""
        return any(self.marks[name].points is not None for name in self.result.reports)


@dataclass(frozen=True)
class ExerciseSummary:
    """How a class did in one exercise.

    Attributes
    ----------
    counts : dict of Status to int
        Of every status that occurs, in the order of `Status`.
    mean : float or None
        Points, of those that have any verdict.
    missed : str
        The property that most often does not hold, or "".
    line : str
        The line, as it reads once it is mended, that most often goes wrong, or "".
    line_count : int
        In how many answers.
    line_example : str
        How one of them has it.
    """

    name: str
    title: str
    max_points: float
    counts: dict[Status, int]
    mean: float | None
    missed: str = ""
    missed_count: int = 0
    line: str = ""
    line_count: int = 0
    line_example: str = ""


@dataclass(frozen=True)
class ClassSummary:
    """One unit of one class.

    Attributes
    ----------
    median : float or None
        Of the totals of `complete` rows.
    bins : tuple of (str, int)
        Totals by whole points: label and count.
    waiting : int
        Written answers that an instructor is still to mark.
    flags : mapping of str to tuple of str
        By student.
    names : mapping of str to str
        What people are called, by student; without those whose names are not known.
    refused : tuple of str
        Why folders were not graded at all: nobody's marks could be told from their names.
    """

    outline: Outline
    rows: tuple[Row, ...]
    exercises: tuple[ExerciseSummary, ...]
    mistakes: tuple[Finding, ...]
    not_gradable: tuple[Finding, ...]
    limits: tuple[Finding, ...]
    flags: Mapping[str, tuple[str, ...]]
    median: float | None
    bins: tuple[tuple[str, int], ...]
    waiting: int
    refused: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> int:
        """Submissions with a verdict on every exercise."""
        return sum(row.is_complete for row in self.rows)

    @property
    def full_marks(self) -> int:
        """Submissions with all points of all checks."""
        checks = self.outline.checks
        return sum(
            all((row.marks[name].points or 0) >= worth for name, worth in checks.items())
            for row in self.rows
        )

    @property
    def cpu_s(self) -> float:
        """Processor seconds that the submissions took."""
        return sum(row.result.cpu_s for row in self.rows)

    @property
    def sandboxed(self) -> bool:
        """Whether every submission ran in the sandbox."""
        return all(row.result.sandboxed for row in self.rows)

    def having(self, status: Status) -> int:
        """Return how many submissions have an exercise of `status`."""
        return sum(
            any(report.status is status for report in row.result.reports.values())
            for row in self.rows
        )


def _points(points: float | None) -> str:
    return "no mark" if points is None else f"{points:g}"


def summarise(
    outline: Outline,
    results: Iterable[Result],
    scores: Mapping[str, Scores],
    penalties: Mapping[str, float] = MappingProxyType({}),
) -> ClassSummary:
    """Return what `results` come to, with the gradebook's `scores` and `penalties` by student."""
    rows = tuple(
        _row(outline, r, scores.get(r.student, {}), penalties.get(r.student, 0.0)) for r in results
    )
    totals = [row.total.points for row in rows if row.is_complete]
    pairs = [(row.student, report) for row in rows for report in row.result.reports.values()]
    unjudged = [(s, r, r.headline) for s, r in pairs if r.status is Status.NOT_GRADABLE]
    stopped = [(s, r, r.headline) for s, r in pairs if r.status is Status.LIMIT]
    mistaken = [(s, r, r.mistake_sentence) for s, r in pairs if r.mistake]
    told = {(student, sentence) for student, _, sentence in unjudged}
    return ClassSummary(
        outline=outline,
        rows=rows,
        exercises=tuple(_exercise(name, rows) for name in outline.checks),
        mistakes=grouped(mistaken, apart=True),
        not_gradable=grouped(unjudged),
        limits=grouped(stopped),
        flags=flags_of((row.result for row in rows), told),
        median=median(totals) if totals else None,
        bins=_bins(totals, outline.max_points),
        waiting=sum(row.marks[name].is_unmarked for row in rows for name in outline.written),
    )


def _row(outline: Outline, result: Result, scores: Scores, penalty: float) -> Row:
    known = {name: report for name, report in result.reports.items() if name in outline.checks}
    marks = marks_of(outline, result, scores)
    flags = (*result.flags, *_unsettled(result, marks))
    kept = replace(result, reports=known, flags=flags)
    return Row(result.student, kept, marks, Sum.of(marks.values(), penalty))


def _unsettled(result: Result, marks: Mapping[str, Mark]) -> Iterator[str]:
    """Yield a sentence for everything that an instructor has to settle before a mark is final."""
    if result.unclear:
        told = unclear_time(result.unclear)
        yield f"{told[0].upper()}{told[1:]}."
    for name, mark in marks.items():
        if mark.outdated:
            yield f"The mark by hand of {name} was given for an earlier answer: mark it again."


def _exercise(name: str, rows: Sequence[Row]) -> ExerciseSummary:
    reports = [row.result.reports[name] for row in rows if name in row.result.reports]
    counted = Counter(report.status for report in reports)
    points = [p for row in rows if (p := row.marks[name].points) is not None]
    missed = Counter(c.sentence for r in reports for c in r.criteria if c.judged and not c.passed)
    worst, times = missed.most_common(1)[0] if missed else ("", 0)
    lines = [pair for row in rows if (pair := _wrong_line(row.result, name))]
    line, count = Counter(right for _, right in lines).most_common(1)[0] if lines else ("", 0)
    return ExerciseSummary(
        name=reports[0].exercise if reports else name,
        title=reports[0].title if reports else name,
        max_points=rows[0].marks[name].max_points if rows else 0.0,
        counts={status: counted[status] for status in Status if counted[status]},
        mean=fmean(points) if points else None,
        missed=worst,
        missed_count=times,
        line=line,
        line_count=count,
        line_example=next((wrong for wrong, right in lines if right == line), ""),
    )


def _wrong_line(result: Result, name: str) -> tuple[str, str] | None:
    """Return the first line that a repair changes, and what it changes it into."""
    where = result.where.get(name)
    sides = [
        [one_line(line[1:].partition("#")[0]) for line in where.lines if line[:1] == sign]
        for sign in "-+"
        if where is not None
    ]
    return (sides[0][0], sides[1][0]) if sides and all(sides) else None


def _bins(totals: Sequence[float], max_points: float) -> tuple[tuple[str, int], ...]:
    """Return how many totals lie in [k, k + 1), for k from 0 to the maximum."""
    return tuple(_counted_bins(totals, int(max_points)))


def _counted_bins(totals: Sequence[float], most: int) -> Iterator[tuple[str, int]]:
    # A sum of rounded parts may fall short of a whole number by a rounding error.
    counted = Counter(min(int(total + 1e-6), most) for total in totals)
    for whole in range(most + 1):
        yield str(whole), counted[whole]
