"""The command ``autograder`` itself, and what its subcommands share: choices, and how they speak.

Subcommands import what they need when they run, so that ``--help`` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from typer.core import TyperGroup

from autograder.errors import AutograderError, TableError
from autograder.streams import Terminal

try:
    from autograder.course import Course
    from autograder.units import EXAMPLE, folder_name, unit_of
except TableError as error:
    print(error, file=sys.stderr)
    sys.exit(2)

if TYPE_CHECKING:
    from autograder.sandbox.cluster import Cluster
    from autograder.sandbox.launcher import Launcher

DONE, FAILURES, WRONG_USAGE = 0, 1, 2
SUCH = f"{int(folder_name(EXAMPLE)[:2])} or {EXAMPLE}"
HELP = {"help_option_names": ["-h", "--help"]}
INTERRUPTED = (
    "Stopped, as you asked. What was done is kept; run it again and it goes on from there."
)


class Commands(TyperGroup):
    """Ends with a sentence when somebody presses ctrl-C; Typer would say "Aborted" alone."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(interrupted())


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)
console = Terminal(highlight=False, soft_wrap=True)
errors = Terminal(stderr=True, highlight=False, soft_wrap=True)

NoSandbox = Annotated[
    bool,
    typer.Option("--no-sandbox", help="Run submissions as yourself. For notebooks you trust."),
]
Units = Annotated[
    list[str] | None,
    typer.Argument(metavar="[UNIT]...", help=f"Such as {SUCH}; all there are if left out."),
]
HandedIn = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[UNIT]...", help=f"Such as {SUCH}; all that was handed in if left out."
    ),
]


@app.callback()
def autograder() -> None:
    """Release, check, grade and report the course's notebooks."""


def chosen_units(course: Course, texts: list[str] | None) -> list[str]:
    """Return the units that `texts` name, or all there are.

    Raises
    ------
    AutograderError
        If there is none.
    """
    from autograder.grading.release_audit import units_in

    return [unit_of(text) for text in texts or ()] or some(units_in(course.source))


def units_at_hand(course: Course, texts: list[str] | None, graded: bool = False) -> list[str]:
    """Return the units that `texts` name, or all that somebody has handed in.

    Parameters
    ----------
    graded : bool
        Those of which something is graded, in place of what is handed in.

    Raises
    ------
    AutograderError
        If there is none.
    """
    from autograder.grading.results import graded_units
    from autograder.grading.submissions import submitted_units

    if texts:
        return list(dict.fromkeys(map(unit_of, texts)))
    found = graded_units(course) if graded else submitted_units(course)
    if found:
        return found
    if graded:
        raise AutograderError("Nothing is graded yet: run `autograder grade` first.")
    raise AutograderError(
        f"No submissions in {course.submitted}: `autograder collect` puts them there, each as "
        f"STUDENT/{folder_name(EXAMPLE)}/{folder_name(EXAMPLE)}.ipynb."
    )


def some(units: list[str]) -> list[str]:
    if not units:
        raise AutograderError("There is no unit in solutions/.")
    return units


def remark(sentence: str) -> None:
    """Say something beside the results."""
    errors.print(shown(sentence), markup=False)


def choose_launcher(no_sandbox: bool) -> Launcher:
    """Return how untrusted code is started."""
    from autograder.sandbox.launcher import BubblewrapLauncher, PlainLauncher

    if not no_sandbox:
        return BubblewrapLauncher()
    errors.print("[bold red]No sandbox:[/] submissions run as you, and can do what you can.")
    return PlainLauncher()


@contextmanager
def choose_place(
    no_sandbox: bool, scheduler: str | None
) -> Iterator[tuple[Launcher, Cluster | None]]:
    """Choose what runs submissions: this machine, or the workers of a Dask scheduler.

    Raises
    ------
    AutograderError
        If the sandbox does not hold, here or on a worker.
    """
    if scheduler is None:
        yield choose_launcher(no_sandbox), None
        return
    from autograder.sandbox.cluster import Cluster, is_exposed
    from autograder.sandbox.launcher import BubblewrapLauncher

    if no_sandbox:
        raise AutograderError(
            "--no-sandbox and --scheduler do not go together: workers always use their sandbox."
        )
    if is_exposed(scheduler):
        errors.print(
            f"[bold red]Not encrypted:[/] {escape(shown(scheduler))}. Whoever reaches it can run "
            "code on its workers; docs/operating.md tells how to use TLS."
        )
    with Cluster(scheduler) as cluster:
        yield BubblewrapLauncher(), cluster


def shown(message: object) -> str:
    """Return a message without the control characters that a file's name or text put into it."""
    from autograder.visible import tidy

    return tidy(str(message))


def interrupted() -> int:
    errors.print(f"\n{INTERRUPTED}", markup=False)
    return WRONG_USAGE
