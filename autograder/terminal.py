"""What grading looks like in a terminal: progress while it runs, a table when it is done.

Nothing a student wrote reaches the terminal as it is: control characters and markup are taken out.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

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

from autograder.demo.classroom import DemoSubmission
from autograder.demo.run import Mismatch
from autograder.grading.pipeline import Graded
from autograder.grading.results import Result
from autograder.judge.quality import Quality
from autograder.student.display import LOOKS
from autograder.student.report import Status
from autograder.units import folder_name

LOG_EVERY = 25
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
            self._task = self._progress.add_task(self.title, total=total, counts="")

    def advance(self, graded: Graded) -> None:
        """Count one more submission."""
        self.done[outcome(graded)] += 1
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.done.items()))
        finished = self.done.total()
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=finished, counts=counts)
        elif finished % LOG_EVERY == 0 or finished == self.total:
            rate = finished / max(time.monotonic() - self.started, 1e-6)
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


def quality_table(found: Iterable[Quality]) -> Table:
    """Return a table of exercises with their mistakes rejected and named, variants accepted."""
    rows = list(found)
    table = Table(header_style="bold", box=None, pad_edge=False, show_footer=True)
    totals = {
        "mistakes": sum(row.mistakes for row in rows),
        "rejected": sum(row.rejected for row in rows),
        "named": sum(row.named for row in rows),
        "variants": sum(row.variants for row in rows),
        "accepted": sum(row.accepted for row in rows),
    }
    table.add_column("unit", no_wrap=True, footer="all")
    table.add_column("exercise", no_wrap=True)
    for name, total in totals.items():
        table.add_column(name, justify="right", footer=str(total), no_wrap=True)
    table.add_column("", min_width=1)
    for row in rows:
        counts = [str(getattr(row, name)) for name in totals]
        sign = "[green]✓[/]" if row.complete else "[red]✗[/]"
        table.add_row(folder_name(row.unit)[:2], row.exercise, *counts, sign)
    return table


def session_lines(title: str, graded: Iterable[Graded], seconds: float) -> list[str]:
    """Return what to print when a unit is graded: counts, the rate, what needs a look."""
    done = list(graded)
    reused = sum(one.reused for one in done)
    counts = Counter(map(outcome, done))
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    rate = len(done) / max(seconds, 1e-6)
    lines = [f"[bold]{title}[/]: {len(done)} submissions in {seconds:.1f} s ({rate:.0f} a second)"]
    lines.append(f"  {told}" + (f"; {reused} unchanged since the last grading" if reused else ""))
    unreadable = [one for one in done if one.reason]
    lines += [f"  {plain(one.submission.student)}: {plain(one.reason)}" for one in unreadable]
    return lines


def demo_lines(members: Iterable[DemoSubmission], mismatches: Iterable[Mismatch]) -> list[str]:
    """Return what to print of the comparison with what was predicted."""
    found = [f"  [red]✗[/] {plain(str(mismatch))}" for mismatch in mismatches]
    if not found:
        count = sum(1 for _ in members)
        return [f"[green]✓[/] All marks of the {count} submissions are those their kind predicts."]
    return [f"[red]{len(found)} marks are not those predicted:[/]", *found]
