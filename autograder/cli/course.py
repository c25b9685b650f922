"""Commands that make something of the course: notebooks, the book, the kit, what platforms run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.app import FAILURES, SUCH, Units, app, console, errors, some
from autograder.course import Course
from autograder.errors import AutograderError, ReleaseError
from autograder.units import NOTEBOOKS, folder_name, notebook_of, unit_of


@app.command()
def release(
    units: Units = None,
    check: Annotated[bool, typer.Option("--check", help="Compare only; change nothing.")] = False,
) -> None:
    """Make the students' notebooks in notebooks/ out of solutions/."""
    from autograder.grading.registered import UNITS_PAGE, write_units_page
    from autograder.grading.release import check_release, release_unit, take_back
    from autograder.grading.release_audit import notebooks_in, stray_files, table_findings

    course = Course.find()
    failures: list[str] = []
    named = list(map(notebook_of, units or ()))
    chosen = named or some(notebooks_in(course.source))
    for folder in () if check else take_back(course):
        console.print(f"{folder}: left out, and taken out of notebooks/", markup=False)
    for unit in chosen:
        if check:
            failures += map(str, check_release(course, unit))
            continue
        try:
            state = "released" if release_unit(course, unit) else "unchanged"
            console.print(f"{folder_name(unit)}: {state}", markup=False)
        except ReleaseError as error:
            failures.append(str(error))
    if not check and write_units_page(course):
        console.print(f"{UNITS_PAGE}: has other notebooks and points now")
    failures += map(str, [*stray_files(course), *table_findings(course, named or NOTEBOOKS)])
    for failure in failures:
        errors.print(failure, markup=False)
    if failures:
        raise typer.Exit(FAILURES)
    if check:
        console.print(f"{len(chosen)} of {len(NOTEBOOKS)} notebooks compared: all is in order.")


@app.command()
def book(
    units: Units = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; book/ if left out.")
    ] = None,
) -> None:
    """Make a readable edition of the notebooks: pages with pictures and without answers."""
    from autograder.cli.book_session import make_book
    from autograder.grading.release_audit import notebooks_in

    course = Course.find()
    named = sorted(set(map(notebook_of, units or ())), key=NOTEBOOKS.index)
    make_book(console, course, named or some(notebooks_in(course.source)), out)


@app.command()
def kit(
    units: Units = None,
    earlier: Annotated[
        list[str] | None,
        typer.Option(metavar="UNIT", help="Whose functions may be read; those before if left out."),
    ] = None,
    after: Annotated[
        str, typer.Option(metavar="TIME", help="As --earlier, of units that are due before then.")
    ] = "",
    wheel: Annotated[
        str, typer.Option(metavar="URL", help="Where notebooks get the wheel; else the kit's own.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; kit/ if left out.")
    ] = None,
) -> None:
    """Make a folder and a zip to hand out: notebooks that check themselves, without answers."""
    from autograder.kit.session import chosen, make_kit

    course = Course.find()
    choice = chosen(course, list(map(notebook_of, units or ())), earlier, after)
    make_kit(console, course, choice, out, wheel)


@app.command()
def hosted(
    platform: Annotated[str, typer.Argument(metavar="PLATFORM", help="gradescope or github.")],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=f"Such as {SUCH}.")],
) -> None:
    """Make what grades each hand-in where it is handed in; docs/hosted.md tells what to do then."""
    from autograder.hosted.bundle import make_hosted
    from autograder.hosted.run import PLATFORMS

    if platform not in PLATFORMS:
        raise AutograderError(f"{platform!r} is no platform: {' and '.join(PLATFORMS)} are.")
    path = make_hosted(Course.find(), platform, unit_of(unit))
    console.print(f"{path}: keep it to yourself, for the answers are in it", markup=False)
