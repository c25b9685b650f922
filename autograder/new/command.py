"""``autograder new unit`` and ``autograder new exercise``."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.course import Course
from autograder.streams import Terminal
from autograder.units import EXAMPLE

if TYPE_CHECKING:
    from autograder.new.skeleton import Written

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Write a working skeleton of a unit or exercise into every room of the course.",
)
_console = Terminal(highlight=False, soft_wrap=True)


@app.command()
def unit(
    name: Annotated[str, typer.Argument(help="A module's name, such as attention.")],
    exercise: Annotated[
        str, typer.Option(help="Of its first exercise; NAME_step if left out.")
    ] = "",
    title: Annotated[str, typer.Option(help="As it stands in the notebook's heading.")] = "",
    number: Annotated[
        int | None, typer.Option(help="Of its folder; the next free one if left out.")
    ] = None,
) -> None:
    """Write a unit with one exercise and a written question, and release it."""
    from autograder.new.skeleton import new_unit

    course = Course.find()
    _finish(
        course, name, exercise or f"{name}_step", new_unit(course, name, exercise, title, number)
    )


@app.command()
def exercise(
    name: Annotated[str, typer.Argument(help="A function's name, such as leaky_step.")],
    unit: Annotated[str, typer.Option(help=f"Whose, such as {EXAMPLE}.")],
) -> None:
    """Write an exercise into a unit, before its written question, and release the unit."""
    from autograder.new.skeleton import new_exercise

    course = Course.find()
    _finish(course, unit, name, new_exercise(course, name, unit))


def _finish(course: Course, unit: str, exercise: str, written: Written) -> None:
    """Release in a process that has met the new files from its start, and say what to do next."""
    for path, purpose in written:
        _console.print(f"{path}: {purpose}", markup=False)
    command = [sys.executable, "-m", "autograder.cli", "release", unit]
    done = subprocess.run(command, cwd=course.root, env=os.environ, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)
    _console.print(
        f"\nIt is whole and green. CONTRIBUTING.md says how to make it yours; its tests:\n"
        f'  make test ARGS="tests/rnn_ref tests/judge -k {exercise}"',
        markup=False,
    )
