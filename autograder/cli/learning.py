"""Commands of who learns: JupyterLab, a check in the terminal, how far one is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.app import DONE, FAILURES, NoSandbox, app, console, errors, remark, shown
from autograder.course import Course


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Start JupyterLab on your own copies in work/; further options go to JupyterLab."""
    from autograder.cli.lab import copy_missing, start_lab

    course = Course.find(released=True)
    for copy in copy_missing(course):
        console.print(f"New: {copy.relative_to(course.root)}", markup=False)
    raise typer.Exit(start_lab(course, context.args))


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="A notebook of one of the units.")],
    no_sandbox: NoSandbox = False,
) -> None:
    """Check one notebook in the terminal, on the cases that JupyterLab uses."""
    from autograder.cli.check_session import check_notebook

    passed = check_notebook(console, Course.find(released=True), notebook, no_sandbox, remark)
    raise typer.Exit(DONE if passed else FAILURES)


@app.command()
def progress(no_sandbox: NoSandbox = False) -> None:
    """Run your notebooks in work/ and say which exercises pass."""
    from autograder.cli.progress_session import progress_of_notebooks

    found, unreadable = progress_of_notebooks(Course.find(released=True), no_sandbox, remark)
    console.print(found.as_text(), markup=False)
    for sentence in unreadable:
        errors.print(shown(sentence), markup=False)
    raise typer.Exit(FAILURES if unreadable else DONE)
