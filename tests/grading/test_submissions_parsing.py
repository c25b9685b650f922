"""Reading notebooks: what is one is read, everything else is refused in a sentence."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading import submitted_cells
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.submitted_cells import MAX_PARTS, SubmittedCell, parse_cells
from tests.grading.test_submissions import CELL, notebook


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
        (notebook(*[CELL] * (submitted_cells.MAX_CELLS + 1)), "more than"),
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
