"""Reading submissions: what is a notebook is read, everything else is refused in a sentence."""

import json
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading import submissions
from autograder.grading.submissions import (
    MAX_PARTS,
    TIMESTAMP,
    Submission,
    SubmittedCell,
    UnreadableSubmission,
    check_student_id,
    find_submissions,
    parse_cells,
    read_cells,
    read_submission,
    submission_of,
)
from autograder.times import NO_STAMP, Stamp

CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": []}


def notebook(*cells: Any, **changes: Any) -> bytes:
    whole = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps({**whole, **changes}).encode()


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_parse_takes_kind_source_id_and_grade_id_and_nothing_else() -> None:
    marks = {"nbgrader": {"grade_id": "step", "points": 1000}, "tags": ["skip-execution"]}
    data = notebook({**CELL, "source": ["x = 1\n", "y = 2"], "metadata": marks})
    assert parse_cells(data) == [SubmittedCell("code", "x = 1\ny = 2", "a", "step")]


def test_parse_of_old_format_is_upgraded() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": "x = 1",
                        "language": "python",
                        "metadata": {},
                        "outputs": [],
                    }
                ],
                "metadata": {},
            }
        ],
    }
    (cell,) = parse_cells(json.dumps(old).encode())
    assert (cell.kind, cell.source) == ("code", "x = 1")


@pytest.mark.parametrize("part", ["[]", "{}", "1", '""', '{"a":1}', '"a,\\","'])
def test_notebook_of_very_many_parts_is_refused_before_it_takes_memory(part: str) -> None:
    parts = ",".join([part] * (MAX_PARTS + 2))
    data = f'{{"cells": [], "nbformat": 4, "metadata": {{"x": [{parts}]}}}}'.encode()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableSubmission, match=f"more than {MAX_PARTS} parts"):
            parse_cells(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_commas_in_what_was_printed_are_no_parts() -> None:
    printed = json.dumps('one, "two"\\' + ", three" * MAX_PARTS)
    cell = f'{{"cell_type": "code", "source": "x", "outputs": [{{"text": {printed}}}]}}'
    (read,) = parse_cells(f'{{"cells": [{cell}], "nbformat": 4}}'.encode())
    assert read.source == "x"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"{", "not JSON"),
        (b"[]", "no notebook"),
        (b"\xff\xfe\x00", "not text"),
        (b"[" * 100_000, "nested too deeply"),
        (notebook(CELL, nbformat=99), "format is 99"),
        (notebook(CELL, nbformat="4"), "format is none"),
        (notebook(CELL, nbformat=True), "format is none"),
        (notebook(CELL, nbformat=10**400), "format is none"),
        (notebook(CELL, nbformat="\ud800\x1b[31m"), "format is none that exists"),
        (notebook(CELL, nbformat=nested(500)), "format is none"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "format is none"),
        (b'{"nbformat": 1e999, "cells": []}', "format is none"),
        (b'{"cells": [], "nbformat": 4, "cells": [1]}', "one name twice"),
        (notebook(CELL, nbformat=3), "cannot be upgraded|no list"),
        (notebook(CELL, cells={"a": 1}), "no list of cells"),
        (notebook("text"), "cell 1 is no cell"),
        (notebook({**CELL, "source": {"a": 1}}), "cell 1"),
        (notebook({**CELL, "source": [1]}), "cell 1"),
        (notebook({**CELL, "cell_type": "spell"}), "cell 1"),
        (notebook(*[CELL] * (submissions.MAX_CELLS + 1)), "more than"),
        (
            b'{"cells": [{"cell_type": "code", "source": "x", "source": "y"}], "nbformat": 4}',
            "twice",
        ),
        (b'{"cells": [{"cell_type": "code", "source": "\xe9"}], "nbformat": 4}', "not text"),
    ],
)
def test_parse_of_what_is_no_notebook_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSubmission, match=reason):
        parse_cells(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["cells", "nbformat", "metadata", "cell_type", "source", "id"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    )
)
def test_parse_of_any_json_gives_cells_or_refuses(value: Any) -> None:
    for whole in (value, {"nbformat": 4, "cells": value}, {"nbformat": 4, "cells": [value]}):
        try:
            cells = parse_cells(json.dumps(whole).encode())
        except UnreadableSubmission:
            continue
        assert all(isinstance(cell.source, str) for cell in cells)


def test_parse_of_lone_surrogates_gives_text_that_can_be_written() -> None:
    data = notebook(CELL).replace(b"x = 1", b"x = '\\ud800'")
    (cell,) = parse_cells(data)
    assert cell.source.encode("utf-8")


def test_read_of_links_and_special_files_is_refused(tmp_path: Path) -> None:
    real = tmp_path / "real.ipynb"
    real.write_bytes(notebook(CELL))
    assert len(read_cells(real)) == 1
    symbolic = tmp_path / "symbolic.ipynb"
    symbolic.symlink_to(real)
    pipe = tmp_path / "pipe.ipynb"
    os.mkfifo(pipe)
    hard = tmp_path / "hard.ipynb"
    os.link(real, hard)
    for path in (symbolic, pipe, hard, tmp_path):
        with pytest.raises(UnreadableSubmission, match="link or a special file"):
            read_cells(path)
    with pytest.raises(UnreadableSubmission, match="there is no"):
        read_cells(tmp_path / "missing.ipynb")


def test_read_of_a_file_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "MAX_BYTES", 10)
    path = tmp_path / "large.ipynb"
    path.write_bytes(notebook(CELL))
    with pytest.raises(UnreadableSubmission, match="larger than"):
        read_cells(path)


@pytest.mark.parametrize("student", ["", ".", "..", "*", "a/b", "a\nb", "=cmd", "a ", "ä" * 101])
def test_student_id_that_is_no_plain_name_is_refused(student: str) -> None:
    with pytest.raises(UnreadableSubmission):
        check_student_id(student)


@pytest.mark.parametrize("student", ["alpha", "s-123", "a.b@example.org", "x_1"])
def test_student_id_that_is_a_plain_name_is_taken(student: str) -> None:
    check_student_id(student)


def test_find_submissions_lists_students_with_the_unit(tmp_path: Path) -> None:
    course = Course(tmp_path)
    for student in ("s26", "s01"):
        folder = course.submitted / student / "01_recurrence"
        folder.mkdir(parents=True)
    (course.submitted / "s01" / "01_recurrence" / "timestamp.txt").write_text(
        "2026-01-02 03:04:05 UTC\n"
    )
    (course.submitted / "other" / "02_outputs").mkdir(parents=True)
    found = find_submissions(course, "recurrence")
    assert [(one.student, one.stamp) for one in found] == [
        ("s01", Stamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))),
        ("s26", NO_STAMP),
    ]


def test_find_submissions_where_there_are_none_says_where_they_belong(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match="STUDENT/01_recurrence/01_recurrence"):
        find_submissions(Course(tmp_path), "recurrence")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def folder_of(course: Course, student: str) -> Path:
    folder = course.submitted / student / "01_recurrence"
    folder.mkdir(parents=True)
    (folder / "01_recurrence.ipynb").write_bytes(notebook(CELL))
    return folder


def only(course: Course) -> Submission:
    (found,) = find_submissions(course, "recurrence")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-99-99 00:00:00 UTC",
        "2026-01-02 03:04:05 \x1b[31m",
        "2026-01-02 03:04:05 Nowhere/Land\n=1+1",
        "2026-01-02 03:04:05 UTC" + " " * 500,
    ],
)
def test_timestamp_that_is_no_time_is_told(course: Course, text: str) -> None:
    (folder_of(course, "s01") / "timestamp.txt").write_text(text)
    assert only(course).stamp.time is None
    assert only(course).stamp.unclear


def test_timestamp_that_is_a_pipe_a_link_or_huge_is_told(course: Course, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("2026-01-02 03:04:05 UTC")
    stamp = folder_of(course, "s01") / "timestamp.txt"
    makers = (
        lambda: os.mkfifo(stamp),
        lambda: stamp.symlink_to(secret),
        lambda: os.link(secret, stamp),
        lambda: stamp.symlink_to("/dev/zero"),
        lambda: os.truncate(os.open(stamp, os.O_CREAT | os.O_WRONLY), 500 * 2**20),
    )
    for make in makers:
        make()
        assert only(course).stamp.time is None
        assert TIMESTAMP in only(course).stamp.unclear
        stamp.unlink()
    stamp.write_text(secret.read_text())
    assert only(course).stamp.time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_student_folder_that_is_a_link_is_refused(course: Course, tmp_path: Path) -> None:
    folder_of(Course(tmp_path / "other"), "s01")
    course.submitted.mkdir(parents=True)
    (course.submitted / "s02").symlink_to(tmp_path / "other" / "course" / "submitted" / "s01")
    with pytest.raises(UnreadableSubmission, match="is a link"):
        read_submission(only(course))


def test_unit_folder_that_is_a_link_or_a_file_is_refused(course: Course, tmp_path: Path) -> None:
    there = folder_of(Course(tmp_path / "other"), "s01")
    here = course.submitted / "s02"
    here.mkdir(parents=True)
    (here / "01_recurrence").symlink_to(there)
    with pytest.raises(UnreadableSubmission, match="is a link"):
        read_submission(only(course))
    (here / "01_recurrence").unlink()
    (here / "01_recurrence").write_text("no folder")
    with pytest.raises(UnreadableSubmission, match="no folder"):
        read_submission(only(course))


def test_ids_that_differ_in_case_alone_are_all_refused_and_the_others_are_not(
    course: Course,
) -> None:
    for student in ("anna", "Anna", "ANNA", "ben"):
        folder_of(course, student)
    refused = set()
    for submission in find_submissions(course, "recurrence"):
        try:
            read_submission(submission)
        except UnreadableSubmission as error:
            assert "upper and lower case" in str(error)
            refused.add(submission.student)
    assert refused == {"anna", "Anna", "ANNA"}


def test_notebooks_that_differ_in_case_alone_are_refused(course: Course) -> None:
    folder = folder_of(course, "s01")
    assert read_submission(only(course))
    (folder / "01_Recurrence.IPYNB").write_text("{}")
    with pytest.raises(UnreadableSubmission, match="2 files whose names differ"):
        read_submission(only(course))


def test_folder_of_too_many_files_is_refused(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(course, "s01")
    monkeypatch.setattr(submissions, "MAX_FILES", 5)
    assert read_submission(only(course))
    for number in range(5):
        (folder / str(number)).touch()
    with pytest.raises(UnreadableSubmission, match="more than 5 files"):
        read_submission(only(course))


@pytest.mark.parametrize(
    "name",
    [b"\xe9t\xe9", "\u202egpj".encode(), b"a" * 200, b"s01\n", b"*", b"\x1b[31m", b"-x..", b"CON."],
)
def test_name_of_a_folder_that_is_no_id_is_refused_in_printable_words(
    course: Course, name: bytes
) -> None:
    folder_of(course, os.fsdecode(name))
    with pytest.raises(UnreadableSubmission, match="cannot be a student's id") as caught:
        read_submission(only(course))
    assert str(caught.value).isprintable()
    assert str(caught.value).encode("ascii", "strict" if len(name) <= 100 else "ignore")


def test_submission_of_nobody_is_refused(course: Course) -> None:
    folder_of(course, "s01")
    assert submission_of(course, "recurrence", "s01").student == "s01"
    with pytest.raises(UnreadableSubmission, match="no folder of"):
        submission_of(course, "recurrence", "s02")


def test_opening_leaves_no_descriptor_behind(course: Course) -> None:
    folder = folder_of(course, "s01")
    (folder / "01_recurrence.ipynb").unlink()
    os.mkfifo(folder / "01_recurrence.ipynb")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with pytest.raises(UnreadableSubmission, match="special file"):
            read_submission(only(course))
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize(
    "thrown_away",
    [
        b"NaN",
        b"-Infinity",
        b'{"a": 1, "a": 2}',
        b'"\xe9"',
        b"9" * 5000,
        b'{"output_type": "spell"}',
        b"null",
    ],
)
def test_parse_of_invalid_outputs_and_metadata_reads_the_cells(
    version: int, thrown_away: bytes
) -> None:
    text = b"input" if version == 3 else b"source"
    cell = b'{"cell_type": "code", "%s": "x = 1", "outputs": [%s], "metadata": {"a": %s}}'
    cells = b'"cells": [%s]' % (cell % (text, thrown_away, thrown_away))
    sheets = b'"worksheets": [{%s}]' % cells if version == 3 else cells
    data = b'{%s, "metadata": %s, "nbformat": %d}' % (sheets, thrown_away, version)
    assert [cell.source for cell in parse_cells(data)] == ["x = 1"]


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_parse_of_other_line_ends_gives_the_same_cells(line_end: str) -> None:
    cell = {**CELL, "source": "a = 1\nb = 2\n"}
    other = {**cell, "source": cell["source"].replace("\n", line_end)}
    assert parse_cells(notebook(other)) == parse_cells(notebook(cell))
