"""Marks for other platforms: nothing invented, nobody swapped, Gradescope's autograder run."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.roster import Roster, Student
from autograder.reports.class_report import write_class_report
from autograder.reports.exports import PLATFORMS, export_marks
from autograder.student.report import Status
from tests.reports.made_up_class import UNIT, mark_by_hand, record, report, result

NAME = "01_recurrence"
ROSTER = Roster(
    [
        Student("anna", "Anna Arn", "Anna@example.org", "41"),
        Student("ben", "Ben, B.", "ben@example.org", "42"),
        Student("cleo", "Cleo", "cleo@example.org", "43"),
    ]
)


@pytest.fixture
def class_of_two(graded_course: Course) -> Course:
    """Anna is marked to the end, Ben's written answer waits; Cleo has handed in nothing."""
    half = report("rnn_forward", Status.PARTIAL)
    record(graded_course, result("anna", half), result("ben"))
    mark_by_hand(graded_course, "anna", 0.5)
    return graded_course


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def marks_in(course: Course, platform: str, roster: Roster | None = ROSTER) -> list[dict[str, str]]:
    """Return the rows of what is exported to a platform."""
    (path,) = export_marks(course, [UNIT], platform, roster).paths
    return rows_of(path)


def test_csv_has_the_class_of_the_roster_and_leaves_empty_what_is_not_known(
    class_of_two: Course,
) -> None:
    export = export_marks(class_of_two, [UNIT], "csv", ROSTER)
    (path,) = export.paths
    assert path == class_of_two.data / "exports" / "marks.csv"
    assert {row["student"]: row[NAME] for row in rows_of(path)} == {
        "anna": "8",
        "ben": "",
        "cleo": "",
    }
    assert export.waiting == ((NAME, 1),)


def test_as_it_stands_counts_what_waits_as_nothing_but_no_missing_submission(
    class_of_two: Course,
) -> None:
    export = export_marks(class_of_two, [], "csv", ROSTER, as_it_stands=True)
    assert [row[NAME] for row in rows_of(export.paths[0])] == ["8", "9", ""]
    assert export.waiting == ()


def test_canvas_gets_its_columns_its_own_numbers_and_the_points_possible(
    class_of_two: Course,
) -> None:
    possible, anna, ben, _ = marks_in(class_of_two, "canvas")
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", NAME]
    assert list(possible) == header
    assert (possible["Student"], possible[NAME]) == ("    Points Possible", "10")
    assert list(anna.values()) == ["Anna Arn", "41", "", "anna", "", "8"]
    assert ben["Student"] == "Ben, B."


def test_moodle_gets_what_it_can_match_by(class_of_two: Course) -> None:
    assert list(marks_in(class_of_two, "moodle")[0].items()) == [
        ("ID number", "anna"),
        ("Full name", "Anna Arn"),
        ("Email address", "Anna@example.org"),
        (NAME, "8"),
    ]


def test_without_a_roster_ids_are_the_platforms(class_of_two: Course) -> None:
    record(class_of_two, result("4711"))
    rows = marks_in(class_of_two, "canvas", None)[1:]
    told = [(row["ID"], row["SIS Login ID"]) for row in rows]
    assert told == [("4711", "4711"), ("", "anna"), ("", "ben")]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_who_dropped_is_left_out_told_and_kept(class_of_two: Course, platform: str) -> None:
    record(class_of_two, result("zoe"))
    mark_by_hand(class_of_two, "zoe", 1)
    export = export_marks(class_of_two, [UNIT], platform, ROSTER)
    assert export.left_out == ("zoe",)
    assert b"zoe" not in export.paths[0].read_bytes()
    later = Roster([*ROSTER.students, Student("zoe")])
    assert marks_in(class_of_two, "csv", later)[-1] == {
        "student": "zoe",
        "name": "",
        "email": "",
        NAME: "10",
    }
    report = write_class_report(class_of_two, UNIT)
    assert "zoe" in report.csv.read_text(encoding="utf-8")
    (class_of_two.data / "roster.csv").write_text("id,dropped\nanna,\nben,\nzoe,2026-11-01\n")
    report = write_class_report(class_of_two, UNIT)
    assert "zoe" not in report.csv.read_text(encoding="utf-8")


def test_roster_of_another_class_is_told(class_of_two: Course) -> None:
    with pytest.raises(AutograderError, match="nobody who is graded, such as anna"):
        export_marks(class_of_two, [UNIT], "csv", Roster([Student("zoe")]))


def test_names_cannot_become_formulas(class_of_two: Course) -> None:
    roster = Roster([Student("anna", '=HYPERLINK("x")', "@SUM(1)")])
    row = marks_in(class_of_two, "csv", roster)[0]
    assert row["name"].startswith("'=")
    assert row["email"].startswith("'@")


@pytest.mark.parametrize("sign", "+-=@")
def test_what_a_platform_matches_by_stays_as_it_is(class_of_two: Course, sign: str) -> None:
    signed = Student(f"{sign}anna", f"{sign}Anna", f"{sign}a@example.org", f"{sign}41")
    roster = Roster([signed, Student("ben")])
    _, in_canvas, *_ = marks_in(class_of_two, "canvas", roster)
    in_moodle, *_ = marks_in(class_of_two, "moodle", roster)
    for_people, *_ = marks_in(class_of_two, "csv", roster)
    assert (in_canvas["ID"], in_canvas["SIS Login ID"]) == (f"{sign}41", f"{sign}anna")
    assert in_moodle["ID number"] == f"{sign}anna"
    assert in_moodle["Email address"] == f"{sign}a@example.org"
    shown = (in_canvas["Student"], in_moodle["Full name"], *list(for_people.values())[:3])
    assert all(text.startswith(f"'{sign}") for text in shown)


def test_moodle_is_given_no_address_as_id_number(class_of_two: Course) -> None:
    people = [Student("anna@example.org", "Anna", "Anna@example.org"), Student("ben")]
    row = marks_in(class_of_two, "moodle", Roster(people))[0]
    assert (row["ID number"], row["Email address"]) == ("", "Anna@example.org")


def hand_out(archive: Path, folder: Path, *addresses: str) -> tuple[str, dict[str, Any]]:
    """Run an exported autograder as Gradescope does; return what it says and its result.

    It unpacks the archive into /autograder/source, copies run_autograder from there to
    /autograder/run_autograder, and runs that copy in /autograder.
    """
    root = folder / "autograder"
    source = root / "source"
    source.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(source)
    shutil.copy(source / "run_autograder", root / "run_autograder")
    users = [{"email": address, "name": "x", "id": 1} for address in addresses]
    (root / "submission_metadata.json").write_text(json.dumps({"users": users}))
    done = subprocess.run(
        [sys.executable, "-I", "run_autograder", str(root)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    written = root / "results" / "results.json"
    if written.exists():
        assert done.returncode == 0
        return done.stderr, json.loads(written.read_text())
    assert done.returncode == 1
    return done.stderr, {}


def test_gradescope_autograder_refuses_a_submission_of_two_known_people(
    class_of_two: Course, tmp_path: Path
) -> None:
    (path,) = export_marks(class_of_two, [UNIT], "gradescope", ROSTER).paths
    said, found = hand_out(path, tmp_path / "a", "anna@example.org", "BEN@example.org")
    assert not found and "submit alone" in said
    said, found = hand_out(path, tmp_path / "b", "anna@example.org", " Anna@example.org", "x@y.org")
    assert found and not said


def test_gradescope_autograder_hands_out_the_mark_of_who_submitted(
    class_of_two: Course, tmp_path: Path
) -> None:
    (path,) = export_marks(class_of_two, [UNIT], "gradescope", ROSTER).paths
    _, found = hand_out(path, tmp_path / "a", "ANNA@example.org ")
    assert found["score"] == 8
    tests = {test["name"]: (test["score"], test["max_score"]) for test in found["tests"]}
    assert tests["The unrolled network"] == (1.5, 3)
    assert sum(score for score, _ in tests.values()) == 8
    assert sum(most for _, most in tests.values()) == 10
    assert found["output_format"] == "text"


@pytest.mark.parametrize("address", ["ben@example.org", "nobody@example.org", ""])
def test_gradescope_autograder_gives_nobody_a_zero_that_is_none(
    class_of_two: Course, tmp_path: Path, address: str
) -> None:
    (path,) = export_marks(class_of_two, [UNIT], "gradescope", ROSTER).paths
    said, found = hand_out(path, tmp_path / "a", address)
    assert found == {}
    assert "no mark for this address" in said


def test_gradescope_without_addresses_says_whom_it_leaves_out(class_of_two: Course) -> None:
    assert export_marks(class_of_two, [UNIT], "gradescope").unknown == ("anna", "ben")
    assert export_marks(class_of_two, [UNIT], "gradescope", ROSTER).unknown == ()


def test_gradescope_gives_nobody_the_mark_of_someone_with_the_same_address(
    class_of_two: Course, tmp_path: Path
) -> None:
    shared = Roster([Student("anna", "", "one@example.org"), Student("zoe", "", "One@example.org")])
    record(class_of_two, result("zoe"))
    mark_by_hand(class_of_two, "zoe", 1)
    export = export_marks(class_of_two, [UNIT], "gradescope", shared)
    assert (export.unknown, export.left_out) == (("anna", "zoe"), ("ben",))
    assert hand_out(export.paths[0], tmp_path / "a", "one@example.org")[1] == {}


def test_equal_marks_give_equal_files(class_of_two: Course) -> None:
    def contents() -> list[bytes]:
        exports = [export_marks(class_of_two, [UNIT], name, ROSTER) for name in PLATFORMS]
        return [path.read_bytes() for export in exports for path in export.paths]

    assert contents() == contents()


def test_nothing_graded_is_told_in_a_sentence(course: Course) -> None:
    with pytest.raises(AutograderError, match="Nothing is graded yet"):
        export_marks(course, [], "csv")


def test_export_command_tells_where_and_what_is_left_out(
    class_of_two: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, start=None: class_of_two))
    (class_of_two.data / "roster.csv").write_text("id,email\nanna,a@example.org\nben,\n")
    done = CliRunner().invoke(cli.app, ["export", "1", "--to", "gradescope"])
    assert done.exit_code == cli.DONE
    said = " ".join(done.output.split())
    assert f"gradescope-{NAME}.zip" in said
    assert f"{NAME}: 1 total left empty" in said
    assert "1 without an e-mail address of their own in the roster" in said and said.endswith("ben")
    done = CliRunner().invoke(cli.app, ["export", "--to", "blackboard"])
    assert isinstance(done.exception, AutograderError)
    assert "csv, canvas, moodle, gradescope are" in str(done.exception)
