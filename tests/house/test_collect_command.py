"""``autograder collect`` as it is typed: its table, its audit, its codes, and then a grading."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.console import Console
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.cli import terminal
from autograder.cli.collect_session import audit_path, audit_table
from autograder.course import Course
from autograder.demo.classroom import Classroom
from autograder.demo.run import compare
from autograder.errors import AutograderError
from autograder.grading.collecting.choosing import Outcome, Row
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.gradebook_reader import due_dates
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.grading.deliveries import NAME, as_zip, delivered, notebook
from tests.house import typed
from tests.house.test_terminal import CANARIES, MARKUP, obeyed

UNIT = "recurrence"


def run(*arguments: object) -> tuple[int, str]:
    code, text = typed.run("collect", *arguments)
    return code, " ".join(text.split())


def audit(course: Course) -> list[dict[str, str]]:
    (path,) = course.reports.glob("collect-*.csv")
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_collect_prints_counts_and_writes_the_audit(course: Course, tmp_path: Path) -> None:
    (course.data).mkdir()
    (course.data / "roster.csv").write_text("id,name\ns1,Ann A\ns2,Ben B\n", encoding="utf-8")
    files = {f"Ann A_5_assignsubmission_file_/{NAME}.ipynb": notebook()}
    code, text = run(as_zip(tmp_path / "in.zip", files))
    assert code == cli.DONE
    assert "missing in 01_recurrence: s2" in text
    assert "Collected: 1 new, 1 missing" in text
    (first, second) = audit(course)
    assert (first["student"], first["outcome"], first["from"]) == ("s1", "new", next(iter(files)))
    assert (second["student"], second["outcome"]) == ("s2", "missing")


def test_collect_with_something_to_look_at_ends_with_failures(
    course: Course, tmp_path: Path
) -> None:
    source = delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": b"{", "s2/a.rar": b""})
    code, text = run(source)
    assert code == cli.FAILURES
    assert "unreadable: the file is not JSON" in text
    assert "1 new, 1 refused, 1 unreadable" in text


def test_collect_late_by_the_option_and_by_the_gradebook(course: Course, tmp_path: Path) -> None:
    name = f"hw_s1_attempt_2026-11-20-11-30-00_{NAME}.ipynb"
    source = delivered(tmp_path / "in", {name: notebook()})
    _, text = run(source, "--due", "2026-11-20T11:00+01:00", "--dry-run")
    assert "late: 30 min" in text
    _, text = run(source, "--due", "2026-11-20T11:00Z", "--zone", "Europe/Zurich", "--dry-run")
    assert "late" not in text
    assert not course.data.exists()
    with UnitGradebook(course, UNIT):
        pass
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        gradebook.add_assignment(NAME, duedate="2026-11-20 10:00:00 UTC")
    with pytest.raises(AutograderError, match="a time without a zone: say which"):
        run(source)
    assert not course.submitted.exists()
    _, text = run(source, "--zone", "UTC")
    assert "late: 1 h 30 min" in text


def test_due_date_is_stored_for_the_units_of_the_delivery_and_then_counts(
    course: Course, tmp_path: Path
) -> None:
    name = f"hw_s1_attempt_2026-11-20-11-30-00_{NAME}.ipynb"
    source = delivered(tmp_path / "in", {name: notebook()})
    _, text = run(source, "--due", "2026-11-20T11:00Z", "--dry-run")
    assert "in the gradebook" not in text and not course.data.exists()
    _, text = run(source, "--due", "2026-11-20T12:00+01:00")
    assert f"{NAME} is due 2026-11-20 11:00:00.000000 UTC, in the gradebook" in text
    assert due_dates(course) == {NAME: datetime(2026, 11, 20, 11, tzinfo=UTC)}
    _, text = run(source, "--zone", "UTC")
    assert "late: 30 min" in text
    _, text = run(source, "--due", "2026-11-21T12:00Z")
    assert "it was 2026-11-20 11:00:00.000000 UTC" in text and "late" not in text


def test_collect_replaces_when_asked(course: Course, tmp_path: Path) -> None:
    delivered(course.submitted, {f"s1/{NAME}/{NAME}.ipynb": notebook("old")})
    source = delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": notebook("new")})
    assert run(source)[0] == cli.FAILURES
    code, text = run(source, "--replace")
    assert code == cli.DONE
    assert "Collected: 1 replaced" in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--due", "tomorrow"], "is no date, time and zone"),
        (["--due", "2026-11-20T11:00"], "is no date, time and zone"),
        (["--due", "2026-11-20 11:00 CST"], "CST is the name of several zones"),
        (["--zone", "localtime"], "is no zone"),
        (["--zone", "Mars/Olympus"], "is no zone"),
        (["--zone", "../../etc/passwd"], "is no zone"),
        (["--unit", "recurence"], "Did you mean"),
        (["--unit", "bug_hunt"], "is not graded"),
        (["--roster", "nowhere.csv"], "there is no nowhere.csv"),
    ],
)
def test_collect_with_an_option_that_means_nothing_says_so(
    course: Course, tmp_path: Path, options: list[str], sentence: str
) -> None:
    with pytest.raises(AutograderError, match=sentence):
        run(delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": notebook()}), *options)
    assert not course.data.exists()


def test_audits_of_one_second_do_not_overwrite_each_other(course: Course) -> None:
    course.reports.mkdir(parents=True)
    paths = set()
    for _ in range(3):
        path = audit_path(course)
        path.touch()
        paths.add(path)
    assert len(paths) == 3


@pytest.mark.parametrize("text", [*CANARIES.values(), MARKUP, "=1+1", "+cmd"])
def test_what_strangers_named_does_nothing_in_terminal_and_spreadsheet(text: str) -> None:
    rows = [Row(text, "", Outcome.REFUSED, text, note=text, late=text, look=True)]
    rows += [Row(text, "recurrence", Outcome.MISSING)]
    out = io.StringIO()
    console = Console(file=out, width=200, soft_wrap=True)
    for line in terminal.collect_lines(rows):
        console.print(line)
    assert obeyed(out.getvalue()) == []
    if text == MARKUP:
        assert "[red]x[/]" in out.getvalue()
    table = audit_table(rows)
    assert obeyed(table) == []
    first = next(iter(csv.DictReader(io.StringIO(table))))
    assert not first["student"].startswith(("=", "+", "-", "@"))


def test_table_of_very_many_lines_is_cut(course: Course) -> None:
    many = [Row(f"s{i}", "", Outcome.REFUSED, look=True) for i in range(terminal.MOST_ROWS + 5)]
    assert "  and 5 more, in the audit" in terminal.collect_lines(many)


@NEEDS_SANDBOX
def test_demo_class_from_a_platforms_zip_gets_the_marks_that_are_predicted(
    course: Course, tmp_path: Path
) -> None:
    kinds = ("correct", "unfinished", "unreadable")
    members = [m for m in Classroom(course, UNIT).build() if m.kind in kinds]
    source, lines = tmp_path / "RNN-77.zip", ["id,name"]
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, member in enumerate(members, 5000):
            name = member.student.replace("-", " ").replace("_", " ").title()
            folder = f"{name}_{number}_assignsubmission_file_"
            archive.writestr(f"{folder}/{NAME}.ipynb", member.content)
            lines.append(f"{member.student},{name}")
    roster = tmp_path / "roster.csv"
    roster.write_text("\n".join(lines), encoding="utf-8")
    code, text = run(source, "--roster", roster)
    assert code == cli.FAILURES
    assert f"Collected: {len(members)} new, 3 unreadable" in text
    CliRunner().invoke(cli.app, ["grade", "1"])
    assert compare(course, UNIT, members) == []
