"""What grading looks like in a terminal: progress while it runs, a table when it is done.

Nothing a student wrote reaches the terminal as it is: control characters and markup are taken out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from autograder.student.display import LOOKS
from autograder.student.report import Status
from autograder.student.words import counted
from autograder.units import folder_name

if TYPE_CHECKING:
    from autograder.demo.classroom import DemoSubmission
    from autograder.demo.run import Mismatch
    from autograder.grading.collecting.choosing import Row
    from autograder.grading.outcome import Graded
    from autograder.grading.results import Result
    from autograder.reports.exports import Export
    from autograder.reports.feedback_zips import FeedbackZip

LOG_EVERY = 25
MOST_ROWS, MAX_NAME = 60, 30  # of a collection's table
MOST_NAMES = 12  # in a sentence
_SIGNS = {status: f"[{colour}]{sign}[/]" for status, (sign, colour) in LOOKS.items()}


def plain(text: str) -> str:
    """Return `text` fit for a terminal: printable characters only, no markup."""
    return escape("".join(c if c.isprintable() else "�" for c in text))


def plain_block(text: str) -> str:
    """Return `text` of several lines fit for a terminal, where no markup is read."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


@dataclass
class GradingView:
    """Follows one grading: a bar in a terminal, a line now and then in a log."""

    console: Console
    title: str
    total: int = 0
    done: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    _progress: Progress | None = None
    _task: TaskID | None = None

    def start(self, total: int) -> None:
        """Begin to count to `total`."""
        self.total = total
        self.started = time.monotonic()
        if self._progress is not None:
            self._task = self._progress.add_task(self.title, total=total, rate="", counts="")

    def advance(self, graded: Graded) -> None:
        """Count one more submission."""
        self.done[outcome(graded)] += 1
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.done.items()))
        finished = self.done.total()
        rate = finished / max(self.seconds, 1e-6)
        if self._progress is not None and self._task is not None:
            speed = f"{rate:.1f} a second"
            self._progress.update(self._task, completed=finished, rate=speed, counts=counts)
        elif finished % LOG_EVERY == 0 or finished == self.total:
            left = (self.total - finished) / rate
            self.console.print(
                f"{self.title}: {finished} of {self.total}, {rate:.1f} a second, "
                f"{left:.0f} s left ({counts})",
                markup=False,
            )

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self.started


@contextmanager
def grading_view(console: Console, title: str) -> Iterator[GradingView]:
    """Show progress under `title` for as long as the block runs."""
    view = GradingView(console, title)
    if not console.is_terminal:
        yield view
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[counts]}[/]"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        view._progress = progress
        yield view


def outcome(graded: Graded) -> str:
    """Return in a word how a submission fared."""
    if graded.result is None or graded.result.needs_instructor:
        return "not gradable"
    statuses = {report.status for report in graded.result.reports.values()}
    if statuses == {Status.PASSED}:
        return "full marks"
    if statuses == {Status.UNFINISHED}:
        return "not begun"
    return "partial marks"


def marks_table(results: Iterable[Result], title: str) -> Table:
    """Return a table of students and exercises, with the points and the mistakes named."""
    rows = list(results)
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    table.add_column("student", no_wrap=True, vertical="bottom")
    headings = [
        f"{report.exercise}\n/{report.max_points:g}".replace("_", "\n")
        for report in (rows[0].reports.values() if rows else ())
    ]
    for heading in (*headings, "total"):
        width = max(6, *map(len, heading.split("\n")))
        table.add_column(heading, justify="right", min_width=width, vertical="bottom")
    table.add_column("mistake named", no_wrap=True, vertical="bottom")
    for row in rows:
        cells = [plain(row.student)]
        for report in row.reports.values():
            points = "–" if report.points is None else f"{report.points:g}"
            cells.append(f"{points} {_SIGNS[report.status]}")
        cells.append(f"{row.points:g}")
        cells.append(", ".join(r.mistake for r in row.reports.values() if r.mistake))
        table.add_row(*cells)
    return table


def session_lines(title: str, graded: Iterable[Graded], seconds: float) -> list[str]:
    """Return what to print when a unit is graded: counts, the rate, what needs a look."""
    done = list(graded)
    reused = sum(one.reused for one in done)
    counts = Counter(map(outcome, done))
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    rate = len(done) / max(seconds, 1e-6)
    told_count = counted(len(done), "submission")
    lines = [f"[bold]{title}[/]: {told_count} in {seconds:.1f} s ({rate:.0f} a second)"]
    lines.append(f"  {told}" + (f"; {reused} unchanged since the last grading" if reused else ""))
    again = [one.submission.student for one in done if one.again]
    if again:
        lines.append(
            "  run a second time, alone, for the machine was overloaded when they ran out of time: "
            + plain(", ".join(again))
        )
    unreadable = [(one.submission.student, one.reason) for one in done if one.reason]
    return lines + [f"  {plain(line)}" for line in told_once(unreadable)]


def told_once(troubles: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for each trouble, with the names of all that have it."""
    names: dict[str, list[str]] = {}
    for student, trouble in troubles:
        names.setdefault(trouble, []).append(student)
    for trouble, students in names.items():
        more = f" and {len(students) - MOST_NAMES} more" if len(students) > MOST_NAMES else ""
        yield f"{', '.join(students[:MOST_NAMES])}{more}: {trouble}"


def _remark(row: Row) -> str:
    """Return what to say of a line, and beneath where it lay, if that is to be looked at."""
    late = f"late: {row.late}" if row.late else ""
    said = plain("; ".join(filter(None, (late, row.note))))
    where = f"[dim]{plain(row.source)}[/]" if row.look and row.source else ""
    return "\n".join(filter(None, (said, where)))


def collect_lines(rows: Iterable[Row], dry_run: bool = False) -> list[str | Table]:
    """Return what to print when a delivery is collected: what needs a look, then the counts."""
    from autograder.grading.collecting.choosing import Outcome

    every = list(rows)
    counts = Counter(row.outcome for row in every)
    plain_rows = (Outcome.NEW, Outcome.UNCHANGED, Outcome.MISSING)
    told = [r for r in every if r.look or r.late or r.note or r.outcome not in plain_rows]
    several = len({row.unit for row in told if row.unit}) > 1
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("student", *(["unit"] if several else []), ""):
        table.add_column(name, no_wrap=True)
    table.add_column("remark", overflow="fold")
    for row in sorted(told, key=lambda row: not row.look)[:MOST_ROWS]:
        sign = "[red]✗[/] " if row.look else "  "
        column = [folder_name(row.unit) if row.unit else "–"] if several else []
        table.add_row(plain(row.student[:MAX_NAME]), *column, sign + row.outcome, _remark(row))
    lines: list[str | Table] = [table] if told else []
    if len(told) > MOST_ROWS:
        lines.append(f"  and {len(told) - MOST_ROWS} more, in the audit")
    for unit in dict.fromkeys(row.unit for row in every if row.outcome is Outcome.MISSING):
        names = [r.student for r in every if r.outcome is Outcome.MISSING and r.unit == unit]
        lines.append(f"  missing in {folder_name(unit)}: {plain(', '.join(names))}")
    sums: dict[str, int] = {outcome: counts[outcome] for outcome in Outcome}
    sums |= {"late": sum(bool(row.late) for row in every)}
    sums |= {"unreadable": sum(row.unreadable for row in every)}
    said = ", ".join(f"{count} {name}" for name, count in sums.items() if count)
    title = "Nothing changed; collecting would give" if dry_run else "Collected"
    return [*lines, f"[bold]{title}[/]: {said or 'nothing'}"]


def export_lines(export: Export) -> Iterator[str]:
    """Return what to print when marks are exported: where they lie, and what was left out."""
    for path in export.paths:
        yield plain_block(str(path))
    for name, count in export.waiting:
        yield (
            f"  {name}: {count} total{'s' * (count != 1)} left empty, for some answers are still "
            "to be marked by hand, or it is not certain whether they are late (--as-it-stands "
            "counts what there is)"
        )
    if export.unknown:
        names = ", ".join(export.unknown[:5]) + (", …" if len(export.unknown) > 5 else "")
        yield (
            f"  {len(export.unknown)} without an e-mail address of their own in the roster, "
            f"which Gradescope knows them by: {names}"
        )
    yield from left_out_lines(export.left_out)


def left_out_lines(students: Sequence[str]) -> Iterator[str]:
    """Return what to print of those who are graded, but not in the class any more."""
    if students:
        names = ", ".join(students[:5]) + (", …" if len(students) > 5 else "")
        yield f"  {len(students)} left out (not in the roster) and kept: {plain_block(names)}"


def feedback_lines(written: FeedbackZip) -> Iterator[str]:
    """Return what to print when feedback is exported: where it lies, and whose is not in it."""
    yield plain_block(f"{written.path} ({written.pages} page{'s' * (written.pages != 1)})")
    if written.unknown:
        names = ", ".join(written.unknown[:5]) + (", …" if len(written.unknown) > 5 else "")
        yield (
            f"  {len(written.unknown)} whose work has no name of the platform's, so that it would "
            f"not know whose page it is: {plain_block(names)} (collect its download once more, as "
            "it came)"
        )
    yield from left_out_lines(written.left_out)


def demo_lines(members: Iterable[DemoSubmission], mismatches: Iterable[Mismatch]) -> list[str]:
    """Return what to print of the comparison with what was predicted."""
    found = [f"  [red]✗[/] {plain(str(mismatch))}" for mismatch in mismatches]
    if not found:
        count = sum(1 for _ in members)
        return [f"[green]✓[/] All marks of the {count} submissions are those their kind predicts."]
    return [f"[red]{len(found)} marks are not those predicted:[/]", *found]
