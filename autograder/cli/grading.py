"""Commands of who grades a class: collect, grade, report, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.app import (
    DONE,
    FAILURES,
    HELP,
    HandedIn,
    NoSandbox,
    app,
    choose_launcher,
    choose_place,
    console,
    units_at_hand,
)
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.units import folder_name, unit_of

roster_app = typer.Typer(context_settings=HELP)
app.add_typer(roster_app, name="roster")


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(metavar="DIR|ZIP", help="What the platform gave you.")],
    roster: Annotated[
        Path | None, typer.Option(help="CSV with id, name, email, ...; else course/roster.csv.")
    ] = None,
    due: Annotated[
        str, typer.Option(metavar="TIME", help="2026-11-20T23:59+01:00; else the gradebook's.")
    ] = "",
    zone: Annotated[
        str, typer.Option(help="Of times that have none; that of --due if left out.")
    ] = "",
    unit: Annotated[str, typer.Option(help="Of notebooks that do not say themselves.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Take these even if nothing says they are newer.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell only; change nothing.")] = False,
) -> None:
    """Put what a platform handed out into course/submitted, and say what is amiss."""
    from autograder.cli.collect_session import collect_and_tell

    well = collect_and_tell(
        console,
        Course.find(),
        source,
        roster=roster,
        due=due,
        zone=zone,
        unit=unit_of(unit) if unit else "",
        take=replace,
        dry_run=dry_run,
    )
    raise typer.Exit(DONE if well else FAILURES)


@app.command()
def grade(
    units: HandedIn = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Submissions at a time; the cores if left out.")
    ] = None,
    new_seed: Annotated[
        bool, typer.Option("--new-seed", help="Draw new secret cases: everyone runs again.")
    ] = False,
    no_sandbox: NoSandbox = False,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A Dask scheduler's, to run them there."),
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option(metavar="STUDENT", help="Whose work to run again, though it is the same."),
    ] = None,
    where: Annotated[
        bool, typer.Option("--where", help="Then look for wrong lines, for the report: 20 s each.")
    ] = False,
) -> None:
    """Grade what lies in course/submitted, write feedback and the class report."""
    from autograder.cli.grading_session import grade_and_report
    from autograder.grading.results import run_again

    course = Course.find()
    chosen = units_at_hand(course, units)
    for student in again or ():
        run_again(course, chosen, student)
    failures = False
    with choose_place(no_sandbox, scheduler) as (launcher, cluster):
        for unit in chosen:
            session = grade_and_report(
                console,
                course,
                unit,
                launcher,
                jobs=jobs,
                new_seed=new_seed,
                cluster=cluster,
                where=where,
            )
            failures |= bool(session.failures or session.unwritten)
    raise typer.Exit(FAILURES if failures else DONE)


@app.command()
def feedback(units: HandedIn = None) -> None:
    """Write every student's feedback page again, with the marks given by hand since."""
    from autograder.reports.feedback import write_feedback_pages
    from autograder.student.words import counted

    course = Course.find()
    for unit in units_at_hand(course, units, graded=True):
        count = write_feedback_pages(course, unit)
        told = f"{folder_name(unit)}: {counted(count, 'page')} in {course.feedback}"
        console.print(told, markup=False)


@app.command()
def report(units: HandedIn = None) -> None:
    """Write the class report again, with the marks given by hand since."""
    from autograder.reports.class_report import write_class_report

    course = Course.find()
    for unit in units_at_hand(course, units, graded=True):
        console.print(str(write_class_report(course, unit).html), markup=False)


@app.command()
def show(
    student: Annotated[str, typer.Argument(help="The id, as in course/submitted.")],
    exercise: Annotated[str, typer.Argument(help="Such as rnn_forward.")],
    no_sandbox: NoSandbox = False,
    where: Annotated[
        bool, typer.Option("--where", help="Look for the line, too: small changes are tried.")
    ] = False,
) -> None:
    """Show a hidden failure, for your eyes alone: the case, what came, and what is right."""
    from autograder.cli.show_session import show_lines
    from autograder.cli.terminal import plain_block

    for line in show_lines(Course.find(), student, exercise, choose_launcher(no_sandbox), where):
        console.print(plain_block(line), markup=False)


@app.command()
def export(
    units: HandedIn = None,
    to: Annotated[
        str,
        typer.Option(
            "--to", help="csv (if left out), canvas, moodle or gradescope.", metavar="PLATFORM"
        ),
    ] = "",
    feedback: Annotated[
        str,
        typer.Option("--feedback", help="Pages as a zip: canvas or moodle.", metavar="PLATFORM"),
    ] = "",
    roster: Annotated[
        Path | None, typer.Option(help="CSV with id, name, email, ...; else course/roster.csv.")
    ] = None,
    as_it_stands: Annotated[
        bool, typer.Option("--as-it-stands", help="Count what there is, final or not.")
    ] = False,
) -> None:
    """Write marks, or feedback, to course/exports in the form that a platform takes in."""
    from autograder.cli.terminal import export_lines, feedback_lines
    from autograder.grading.collecting.roster_table import roster_of
    from autograder.reports.exports import PLATFORMS, export_marks
    from autograder.reports.feedback_zips import TAKERS, export_feedback
    from autograder.reports.outline import graded_units

    for option, platform, known in (("--to", to, PLATFORMS), ("--feedback", feedback, TAKERS)):
        if platform and platform not in known:
            raise AutograderError(f"{option} {platform!r} is no platform: {', '.join(known)} are.")
    course = Course.find()
    chosen = [unit_of(text) for text in units or ()]
    people = roster_of(course, roster)
    if to or not feedback:
        marks = export_marks(course, chosen, to or "csv", people, as_it_stands)
        for line in export_lines(marks):
            console.print(line, markup=False)
    for unit in (chosen or graded_units(course)) if feedback else ():
        for line in feedback_lines(export_feedback(course, unit, feedback, people)):
            console.print(line, markup=False)


@roster_app.callback(invoke_without_command=True)
def roster(context: typer.Context) -> None:
    """Put course/roster.csv into the gradebook: names, and when whose work is due."""
    from autograder.cli.roster_session import take_up_roster

    if context.invoked_subcommand is None:
        take_up_roster(console, Course.find())


@roster_app.command()
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id that there is work of.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The id that is to have it.")],
) -> None:
    """Give a student's work, marks and comments to a new id."""
    from autograder.cli.roster_session import rename as rename_and_tell

    rename_and_tell(console, Course.find(), old, new)
