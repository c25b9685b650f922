"""The command ``autograder``: what each subcommand prints, and with which code it ends.

Exit codes: 0 done, 1 done with failures to look at, 2 wrong usage or environment. Subcommands
import what they need when they run, so that ``--help`` is there at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from typer.core import TyperGroup

from autograder.errors import AutograderError, ReleaseError, TableError
from autograder.streams import Terminal, prepare_streams

try:
    from autograder.course import Course
    from autograder.new.command import app as new_app
    from autograder.units import EXAMPLE, NOTEBOOKS, UNITS, folder_name, notebook_of, unit_of
except TableError as error:
    print(error, file=sys.stderr)
    sys.exit(2)

if TYPE_CHECKING:
    from autograder.sandbox.cluster import Cluster
    from autograder.sandbox.launcher import Launcher

DONE, FAILURES, WRONG_USAGE = 0, 1, 2
_SUCH = f"{int(folder_name(EXAMPLE)[:2])} or {EXAMPLE}"
TRACEBACK_SWITCH = "AUTOGRADER_TRACEBACK"
SECOND_SANDBOX = (
    "The second sandbox, which only 'autograder hosted' takes, and 'autograder grade' does not:"
)
INTERRUPTED = (
    "Stopped, as you asked. What was done is kept; run it again and it goes on from there."
)


class Commands(TyperGroup):
    """Ends with a sentence when somebody presses ctrl-C; Typer would say "Aborted" alone."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(_interrupted())


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
roster_app = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})
app.add_typer(roster_app, name="roster")
app.add_typer(new_app, name="new")
console = Terminal(highlight=False, soft_wrap=True)
errors = Terminal(stderr=True, highlight=False, soft_wrap=True)

NoSandbox = Annotated[
    bool,
    typer.Option("--no-sandbox", help="Run submissions as yourself. For notebooks you trust."),
]
Units = Annotated[
    list[str] | None,
    typer.Argument(metavar="[UNIT]...", help=f"Such as {_SUCH}; all there are if left out."),
]
HandedIn = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[UNIT]...", help=f"Such as {_SUCH}; all that was handed in if left out."
    ),
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
    from autograder.grading.registered import FRONT_PAGE, write_front_page
    from autograder.grading.release import check_release, release_unit, take_back
    from autograder.grading.release_audit import notebooks_in, stray_files, table_findings

    course = Course.find()
    failures: list[str] = []
    named = list(map(notebook_of, units or ()))
    chosen = named or _some(notebooks_in(course.source))
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
    if not check and write_front_page(course):
        console.print(f"{FRONT_PAGE}: has other notebooks and points now")
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
    from autograder.book_session import make_book
    from autograder.grading.release_audit import notebooks_in

    course = Course.find()
    named = sorted(set(map(notebook_of, units or ())), key=NOTEBOOKS.index)
    make_book(console, course, named or _some(notebooks_in(course.source)), out)


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
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=f"Such as {_SUCH}.")],
) -> None:
    """Make what grades each hand-in where it is handed in; docs/hosted.md tells what to do then."""
    from autograder.hosted.bundle import make_hosted
    from autograder.hosted.run import PLATFORMS

    if platform not in PLATFORMS:
        raise AutograderError(f"{platform!r} is no platform: {' and '.join(PLATFORMS)} are.")
    path = make_hosted(Course.find(), platform, unit_of(unit))
    console.print(f"{path}: keep it to yourself, for the answers are in it", markup=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Start JupyterLab on your own copies in work/; further options go to JupyterLab."""
    from autograder.lab import copy_missing, start_lab

    course = Course.find(released=True)
    for copy in copy_missing(course):
        console.print(f"New: {copy.relative_to(course.root)}", markup=False)
    raise typer.Exit(start_lab(course, context.args))


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
    from autograder.collect_session import collect_and_tell

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
    from autograder.grading.results import run_again
    from autograder.grading_session import grade_and_report

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
def check(
    notebook: Annotated[Path, typer.Argument(help="A notebook of one of the units.")],
    no_sandbox: NoSandbox = False,
) -> None:
    """Check one notebook in the terminal, on the cases that JupyterLab uses."""
    from autograder.grading_session import check_notebook

    passed = check_notebook(console, Course.find(released=True), notebook, no_sandbox, remark)
    raise typer.Exit(DONE if passed else FAILURES)


@app.command()
def progress(no_sandbox: NoSandbox = False) -> None:
    """Run your notebooks in work/ and say which exercises pass."""
    from autograder.progress import progress_of_notebooks

    found, unreadable = progress_of_notebooks(Course.find(released=True), no_sandbox, remark)
    console.print(found.as_text(), markup=False)
    for sentence in unreadable:
        errors.print(shown(sentence), markup=False)
    raise typer.Exit(FAILURES if unreadable else DONE)


@app.command()
def feedback(units: HandedIn = None) -> None:
    """Write every student's feedback page again, with the marks given by hand since."""
    from autograder.reports.feedback import write_feedback_pages

    course = Course.find()
    for unit in units_at_hand(course, units, graded=True):
        count = write_feedback_pages(course, unit)
        console.print(f"{folder_name(unit)}: {count} pages in {course.feedback}", markup=False)


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
    from autograder.show_session import show_lines
    from autograder.terminal import plain_block

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
    from autograder.grading.collecting.roster_table import roster_of
    from autograder.reports.exports import PLATFORMS, export_marks
    from autograder.reports.feedback_zips import TAKERS, export_feedback
    from autograder.reports.outline import graded_units
    from autograder.terminal import export_lines, feedback_lines

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
    from autograder.roster_session import take_up_roster

    if context.invoked_subcommand is None:
        take_up_roster(console, Course.find())


@roster_app.command()
def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The id that there is work of.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The id that is to have it.")],
) -> None:
    """Give a student's work, marks and comments to a new id."""
    from autograder.roster_session import rename as rename_and_tell

    rename_and_tell(console, Course.find(), old, new)


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

    from autograder.judge.exercises import exercises_of
    from autograder.quality.listing import message_lines
    from autograder.quality.located_figures import located_part, measure_located, short_located
    from autograder.quality.measure import measure
    from autograder.quality.page import PAGE, short_form, write_located, write_page
    from autograder.terminal import quality_lines, quality_table

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
    unit: Annotated[str, typer.Argument(help=f"Such as {_SUCH}.")] = EXAMPLE,
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
    from autograder.grading_session import run_demo

    course = Course.find()
    chosen = chosen_units(course, units) if units or all_units else [EXAMPLE]
    held = run_demo(console, course, chosen, choose_launcher(no_sandbox))
    raise typer.Exit(DONE if held else FAILURES)


def chosen_units(course: Course, texts: list[str] | None) -> list[str]:
    """Return the units that `texts` name, or all there are.

    Raises
    ------
    AutograderError
        If there is none.
    """
    from autograder.grading.release_audit import units_in

    return [unit_of(text) for text in texts or ()] or _some(units_in(course.source))


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


def _some(units: list[str]) -> list[str]:
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


def _import_no_company() -> None:
    """Keep libraries from importing, seconds long, what no command here asks of them.

    jsonschema brings a checker of addresses along, and nbgrader its pages for Jupyter's server.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment"):
        pages = ModuleType(f"nbgrader.server_extensions.{name}")
        pages.load_jupyter_server_extension = None  # type: ignore[attr-defined]
        sys.modules.setdefault(pages.__name__, pages)


def main() -> None:
    """Run the command line; whatever goes wrong ends in a sentence, never in a traceback."""
    _import_no_company()
    if os.path.expanduser("~") == "~":  # in a container: a user without name and home
        os.environ["HOME"] = "/nonexistent"
    prepare_streams()
    try:
        app()
    except KeyboardInterrupt:  # before any command has begun
        sys.exit(_interrupted())
    except AutograderError as error:
        errors.print(shown(error), markup=False)
        sys.exit(WRONG_USAGE)
    except Exception as error:
        from autograder.places import said

        if TRACEBACK_SWITCH in os.environ:
            raise
        bug = (
            f"This should not have happened ({type(error).__name__}: {shown(said(error))}). "
            f"Set {TRACEBACK_SWITCH}=1 to see where, and please report it."
        )
        errors.print(shown(_trouble_with_a_place(error)) or bug, markup=False)
        sys.exit(WRONG_USAGE)


def _interrupted() -> int:
    errors.print(f"\n{INTERRUPTED}", markup=False)
    return WRONG_USAGE


def _trouble_with_a_place(error: Exception) -> str:
    from autograder.places import sentence_on

    try:
        return sentence_on(error, Course.find().places)
    except (AutograderError, OSError):
        return sentence_on(error)


if __name__ == "__main__":
    main()
