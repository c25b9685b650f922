"""Commands that prove the course itself: the sandbox, the checks, the marks, the speed."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.markup import escape

from autograder.cli.app import (
    DONE,
    FAILURES,
    SUCH,
    WRONG_USAGE,
    NoSandbox,
    Units,
    app,
    choose_launcher,
    chosen_units,
    console,
    errors,
)
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.units import EXAMPLE, UNITS, unit_of

SECOND_SANDBOX = (
    "The second sandbox, which only 'autograder hosted' takes, and 'autograder grade' does not:"
)


@app.command()
def doctor(
    unit: Annotated[
        str, typer.Argument(metavar="[UNIT]", help="Whose sandbox; the first unit's if left out.")
    ] = UNITS[0],
) -> None:
    """Try to break out of the sandbox on this machine and say what came of it.

    Where bubblewrap does not hold, the second sandbox is tried: hosted grading alone takes that.
    """
    from autograder.sandbox.account import AccountLauncher
    from autograder.sandbox.doctor import examine
    from autograder.sandbox.launcher import BubblewrapLauncher

    for launcher in (BubblewrapLauncher(), AccountLauncher()):
        findings = examine(launcher, unit_of(unit))
        for finding in findings:
            sign = "[red]✗[/]" if not finding.passed else "–" if finding.conceded else "[green]✓[/]"
            console.print(f"{sign} {escape(finding.sentence)}")
        held = all(f.passed for f in findings)
        if isinstance(launcher, BubblewrapLauncher):
            if held:
                raise typer.Exit(DONE)
            console.print(SECOND_SANDBOX)
    raise typer.Exit(WRONG_USAGE)


@app.command()
def quality(
    units: Units = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same, for programs.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="How many, for mistakes and variants.")] = 20,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Every slip in every model answer, too: minutes.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write QUALITY.md: all units, with mutants, or located.")
    ] = False,
    every: Annotated[
        int, typer.Option(min=1, help="Of the mutants with one slip, one in so many.")
    ] = 1,
    located: Annotated[
        int, typer.Option(min=0, help="Measure where() alone, on so many slips of each exercise.")
    ] = 0,
    messages: Annotated[
        int, typer.Option(min=0, help="Print what is said of so many mutants, to be read.")
    ] = 0,
    jobs: Annotated[
        int, typer.Option(min=0, help="Processes at a time; the cores if left out.")
    ] = 0,
) -> None:
    """Judge mistakes, right variants and mutants: what is rejected, named, accepted, untrue."""
    import json
    from functools import partial

    from autograder.cli.quality_lines import quality_lines, quality_table
    from autograder.judge.exercises import exercises_of
    from autograder.quality.listing import message_lines
    from autograder.quality.located_figures import located_part, measure_located, short_located
    from autograder.quality.measure import measure
    from autograder.quality.page import PAGE, short_form, write_located, write_page

    course = Course.find()
    if write and units:
        raise AutograderError("--write makes the page of all units: leave the units out.")
    exercises = [e for unit in chosen_units(course, units) for e in exercises_of(unit)]
    if messages:
        for line in message_lines(exercises, messages):
            console.print(line, markup=False)
        raise typer.Exit(DONE)
    tell = partial(errors.print, markup=False)
    if located:
        jobs = jobs or os.cpu_count() or 1
        rows = measure_located(exercises, located, jobs, tell)
        part = located_part(rows, located, short_located(exercises, jobs))
        if write:
            write_located(course.root / PAGE, part)
        print(part)
        raise typer.Exit(FAILURES if any(row.untrue for row in rows) else DONE)
    found = measure(exercises, seeds, mutants or write, jobs, tell, every)
    if write:
        write_page(course.root / PAGE, found, short_form(exercises, jobs), every)
    if as_json:
        print(json.dumps([one.as_json() for one in found], indent=1, ensure_ascii=False))
    else:
        console.print(quality_table(found))
        for line in quality_lines(found):
            console.print(line, markup=False)
    raise typer.Exit(DONE if all(one.complete for one in found) else FAILURES)


@app.command()
def mistakes(
    exercise: Annotated[str, typer.Argument(help="Such as rnn_forward.")] = "",
    name: Annotated[str, typer.Argument(help="One of its mistakes.")] = "",
) -> None:
    """List the mistakes that a check knows by name, or print one as the function it makes."""
    from autograder.quality.listing import function_lines, mistake_lines, overview_lines

    lines = overview_lines()
    if exercise:
        lines = function_lines(exercise, name) if name else mistake_lines(exercise)
    for line in lines:
        console.print(line, markup=False)


@app.command()
def bench(
    unit: Annotated[str, typer.Argument(help=f"Such as {SUCH}.")] = EXAMPLE,
    submissions: Annotated[int, typer.Option(min=2, help="In the class.")] = 100,
    large: Annotated[
        int, typer.Option(min=0, help="Graded by us alone, to see how cost grows; 0 for none.")
    ] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="The same, for programs.")] = False,
) -> None:
    """Grade one class by stock nbgrader, by nbgrader with our sandbox, and by us; compare."""
    from autograder.bench.run import compare, lines, table

    course, tell = Course.find(), lambda text: errors.print(text, markup=False)
    found = compare(course, unit_of(unit), submissions, large, tell)
    if as_json:
        print(found.as_json())
        return
    console.print(table(found))
    for line in lines(found):
        console.print(line, markup=False)


@app.command()
def demo(
    units: Units = None,
    all_units: Annotated[bool, typer.Option("--all", help="Every unit there is.")] = False,
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade a made-up class whose every mark is known beforehand, and compare."""
    from autograder.cli.demo_session import run_demo

    course = Course.find()
    chosen = chosen_units(course, units) if units or all_units else [EXAMPLE]
    held = run_demo(console, course, chosen, choose_launcher(no_sandbox))
    raise typer.Exit(DONE if held else FAILURES)
