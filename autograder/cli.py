"""The command ``autograder``: what each subcommand prints, and with which code it ends.

Exit codes: 0 done, 1 done with failures to look at, 2 wrong usage or environment. Subcommands
import what they need when they run, so that ``--help`` is there at once.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from autograder.course import Course
from autograder.errors import AutograderError, ReleaseError
from autograder.units import UNITS, folder_name, unit_of

DONE, FAILURES, WRONG_USAGE = 0, 1, 2
TRACEBACK_SWITCH = "AUTOGRADER_TRACEBACK"

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Units = Annotated[
    list[str] | None,
    typer.Argument(metavar="[UNIT]...", help="Such as 1 or recurrence; all there are if left out."),
]


@app.callback()
def autograder() -> None:
    """Release, check, grade and report the course's notebooks."""


@app.command()
def release(
    units: Units = None,
    check: Annotated[bool, typer.Option("--check", help="Compare only; change nothing.")] = False,
) -> None:
    """Make the students' notebooks in notebooks/ out of solutions/."""
    from autograder.grading.release import check_release, release_unit
    from autograder.grading.release_audit import stray_files, units_in

    course = Course.find()
    chosen = [unit_of(text) for text in units or ()] or units_in(course.source)
    if not chosen:
        raise AutograderError("There is no unit in solutions/ to release.")
    failures: list[str] = []
    for unit in chosen:
        if check:
            failures += map(str, check_release(course, unit))
            continue
        try:
            state = "released" if release_unit(course, unit) else "unchanged"
            console.print(f"{folder_name(unit)}: {state}", markup=False)
        except ReleaseError as error:
            failures.append(str(error))
    failures += map(str, stray_files(course))
    for failure in failures:
        errors.print(failure, markup=False)
    if failures:
        raise typer.Exit(FAILURES)
    if check:
        console.print(f"{len(chosen)} of {len(UNITS)} units compared: all is in order.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Start JupyterLab on your own copies in work/; further options go to JupyterLab."""
    from autograder.lab import copy_missing, start_lab

    course = Course.find()
    for copy in copy_missing(course):
        console.print(f"New: {copy.relative_to(course.root)}", markup=False)
    raise typer.Exit(start_lab(course, context.args))


def main() -> None:
    """Run the command line; whatever goes wrong ends in a sentence, never in a traceback."""
    try:
        app()
    except AutograderError as error:
        errors.print(str(error), markup=False)
        sys.exit(WRONG_USAGE)
    except Exception as error:
        if TRACEBACK_SWITCH in os.environ:
            raise
        errors.print(
            f"This should not have happened ({type(error).__name__}: {error}). "
            f"Set {TRACEBACK_SWITCH}=1 to see where, and please report it.",
            markup=False,
        )
        sys.exit(WRONG_USAGE)
