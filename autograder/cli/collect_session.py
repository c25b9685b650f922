"""What ``autograder collect`` does, from its options to the audit and the last line printed."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from autograder.cli import terminal
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.class_list import store_class
from autograder.grading.collecting.choosing import Row, Rules
from autograder.grading.collecting.collect import UNWRITTEN, collect, needs_a_look
from autograder.grading.collecting.roster_table import roster_of
from autograder.grading.files import write_atomically
from autograder.grading.gradebook_reader import due_dates, extensions
from autograder.reports.spreadsheet import csv_text
from autograder.times import UnclearTime, read_time, read_zone, written, zone_in
from autograder.units import UNITS, folder_name

HEADER = ("student", "unit", "outcome", "handed in", "late", "readable", "remark", "from")


def collect_and_tell(
    console: Console,
    course: Course,
    source: Path,
    *,
    roster: Path | None = None,
    due: str = "",
    zone: str = "",
    unit: str = "",
    take: bool = False,
    dry_run: bool = False,
) -> bool:
    """Collect `source`, print what came of it, write the audit; return whether all is well.

    Raises
    ------
    AutograderError
        If an option means nothing, or the delivery or the roster cannot be read.
    """
    rules = rules_of(course, roster, due, zone, unit)
    rows = collect(course, source, rules, take=take, dry_run=dry_run)
    audit = audit_path(course)
    stored: list[str] = []
    if not dry_run:
        write_atomically(audit, audit_table(rows))
        units = {row.unit for row in rows if due and row.unit in UNITS}
        told = {name: date for name, date in rules.due.items() if name in units}
        stored = store_class(course, rules.roster, told)
    for line in terminal.collect_lines(rows, dry_run):
        console.print(line)
    for text in stored:
        console.print(f"  {terminal.plain(text)}")
    if any(row.note.startswith(UNWRITTEN) for row in rows):
        console.print(
            "  Make room, or see that the folder may be written to, and collect once more: what is "
            "in place stays, and the rest is added."
        )
    if not dry_run:
        console.print(f"  audit: {terminal.plain(str(audit))}")
    return not needs_a_look(rows)


def rules_of(course: Course, roster: Path | None, due: str, zone: str, unit: str) -> Rules:
    """Return what the options mean.

    Raises
    ------
    AutograderError
        If one means nothing.
    """
    try:
        of_times = read_zone(zone) if zone else None
    except UnclearTime as error:
        raise AutograderError(f"--zone {error}: write it as Europe/Zurich.") from None
    try:
        when = read_time(due, of_times) if due else None
        of_times = of_times or (zone_in(due) if due else None)
    except UnclearTime as error:
        raise AutograderError(
            f"--due {due!r} is no date, time and zone for certain ({error}): write it as "
            "2026-11-20T23:59+01:00, or with a Z at the end for UTC."
        ) from None
    dates = due_dates(course)
    by_unit = {name: when or dates.get(folder_name(name)) for name in UNITS}
    found = {name: date for name, date in by_unit.items() if date is not None}
    names = {folder_name(name): name for name in UNITS}
    longer = {
        (s, names[n]): extension for (s, n), extension in extensions(course).items() if n in names
    }
    return Rules(roster_of(course, roster), found, of_times, unit, longer)


def audit_path(course: Course) -> Path:
    """Return where the audit of a collection that ends now goes."""
    stem = f"collect-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    path, number = course.reports / f"{stem}.csv", 1
    while path.exists():
        number += 1
        path = course.reports / f"{stem}-{number}.csv"
    return path


def audit_table(rows: list[Row]) -> str:
    """Return the audit as comma-separated text, a line for each thing handed in or missing."""
    return csv_text(HEADER, ([str(field) for field in _fields(row)] for row in rows))


def _fields(row: Row) -> tuple[str, ...]:
    time = written(row.time) if row.time else ""
    readable = "no" if row.unreadable else ""
    unit = folder_name(row.unit) if row.unit else ""
    return (row.student, unit, row.outcome, time, row.late, readable, row.note, row.source)
