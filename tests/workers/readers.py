"""Every reader of what strangers wrote, and the strings that are worst for it, of any size."""

import functools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from autograder.course import Course
from autograder.grading.collecting.metadata import submitters
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.pictures import is_whole_png
from autograder.grading.rebuild import rebuild
from autograder.grading.rechecks import rounds
from autograder.grading.shown import safe_markdown, safe_raw
from autograder.grading.submitted_cells import SubmittedCell, parse_cells
from autograder.grading.template import Template
from autograder.grading.which_unit import KnownUnits
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.reports.spreadsheet import csv_text
from autograder.reports.untrusted import code_html, markdown_html, picture_uri, printed_text
from autograder.sandbox.inside.frames import HEADER, Kind
from autograder.sandbox.job import Cell, Ending, Job, Limits, Transcript
from autograder.sandbox.transcript import parse_transcript
from autograder.student import wire
from autograder.times import stamp_of
from autograder.visible import one_line, tidy

#: Beginnings, repetitions and ends of texts that some pattern or parser is slow with.
PIECES = (
    *('"\\', '"', "\\", "'", "`", "` `` "),
    *("$", "$$a", "$ ", "*", "**a *", "_a ", "[", "[a](", "!["),
    *("<", "<!--", "&", "&#1;", "#", "# ", ">", "> ", "- ", "1. > "),
    *("|", "|a", "|-\n", "a\n", "\n"),
    *(" ", "\t", "  \n", "\r", " \r", "\x1b[", "\x1b[0", "\x1b]", "\x00", "\u202e", "\ud800", "é*"),
    *('"%', '"%000'),
    *("match ", "def ", "def\n", "class a(", "class   ", "(", "f'{", '"""', "0", "@a."),
    *("a.", "a:", ";", "; ", "=", "\t=", "a\n=\n"),
    *("```\n", "~~~ ", "    a\n", "\\*", "import ", "1_"),
)
#: What opens something that does not end, and what may stand in it.
OPENED = {'"%': "0", "match": " ", "$$": "a", '"""': "a\n", "\x1b[": "0", "\x1b]": "a", "def": "\n"}
TEXTS = {
    **{f"many {piece!r}": ("", piece) for piece in PIECES},
    **{f"{first!r} and many {piece!r}": (first, piece) for first, piece in OPENED.items()},
}
ROOM = Limits(cell_output_bytes=2**26, outputs_per_cell=10**7, output_bytes=2**28)


def repeated(name: str, size: int) -> str:
    """Return a text of `size` characters, the one of that name."""
    first, piece = TEXTS[name]
    return first + piece * (size // len(piece))


def table(size: int) -> str:
    """Return tables of short rows, as many as `size` characters hold."""
    one = "|a" * 181 + "|\n" + "|-" * 181 + "|\n" + "|\n" * 361 + "\n"
    return one * (size // len(one) + 1)


def read_bytes(data: bytes) -> None:
    """Read a notebook."""
    try:
        parse_cells(data)
    except UnreadableSubmission:
        return


def read_texts_as_json(text: str) -> None:
    """Read what is no JSON, with as many commas as make a reader count."""
    read_bytes(text.encode("utf-8", "replace") + b"," * 500_001)


def read_cell(text: str) -> None:
    """Read a notebook with one cell of that text, in format 4 and 3, and tell its unit."""
    cell = {"cell_type": "code", "source": text, "input": text, "metadata": {}}
    for version, place in ((4, {"cells": [cell]}), (3, {"worksheets": [{"cells": [cell]}]})):
        read_bytes(json.dumps({"nbformat": version, **place}).encode())
    known().identify([SubmittedCell("code", text, "", "")], [])


def rebuild_cell(text: str) -> None:
    """Find functions and answers in cells of that text, and what is to be asked again."""
    rebuild_cells([SubmittedCell(kind, text, "", "") for kind in ("code", "markdown", "raw")])


def rebuild_cells(cells: list[SubmittedCell]) -> None:
    """Put cells on the released notebook, as grading does."""
    course = Course.find(Path(__file__))
    template = Template.read("recurrence", course.source_notebook("recurrence"))
    rebuilt = rebuild(template, cells)
    rounds(template, rebuilt)
    assert rebuilt.grounds and all(cell.one_by_one is not None for cell in rebuilt.cells)


@functools.cache
def known() -> KnownUnits:
    """Return what tells the course's units."""
    return KnownUnits.of(Course.find(Path(__file__)))


def read_answers(data: bytes) -> None:
    """Read answers."""
    try:
        parse_answers(data)
    except MalformedAnswers:
        return


def read_channel(data: bytes) -> None:
    """Read what a sandbox sent."""
    job = Job("x", (Cell(0, ""),))
    parse_transcript(Transcript(data, Ending.DONE, "", 0.0, 0.0), job, ROOM)


def read_metadata(text: str) -> None:
    """Read Gradescope's file."""
    submitters(text)


def read_table(text: str) -> None:
    """Write a table for a spreadsheet."""
    csv_text(("a",), [[text]])


ON_TEXT: dict[str, Callable[[str], object]] = {
    "notebook that is no JSON": read_texts_as_json,
    "cell": read_cell,
    "cell, rebuilt": rebuild_cell,
    "markdown": safe_markdown,
    "raw cell": safe_raw,
    "answer in words": markdown_html,
    "code": code_html.__wrapped__,
    "printed": printed_text,
    "picture": picture_uri,
    "text": tidy,
    "line": one_line,
    "time": lambda text: stamp_of(text.encode("utf-8", "replace")),
    "metadata": read_metadata,
    "table": read_table,
}


def outputs_of_format_3(size: int) -> bytes:
    """Return a notebook in format 3 with many outputs."""
    output = {"output_type": "stream"}
    cell = {"cell_type": "code", "input": "x", "outputs": [output] * (size // 26), "metadata": {}}
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": [cell]}]}).encode()


def cells_of_format_3(size: int) -> bytes:
    """Return a notebook in format 3 with many cells."""
    cells = [{"cell_type": "code"}] * (size // 25)
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()


def heading_of_any_level(size: int) -> bytes:
    """Return a notebook in format 3 with a heading of a huge level."""
    cell = {"cell_type": "heading", "source": "x", "level": size * 10_000}
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": [cell]}]}).encode()


def many_functions(size: int) -> bytes:
    """Return a notebook of many cells that define what one exercise asks for."""
    cell = {"cell_type": "code", "source": "def rnn_forward(a):\n    return rnn_forward(b)"}
    return json.dumps({"nbformat": 4, "cells": [cell] * (size // 90)}).encode()


def rebuild_bytes(data: bytes) -> None:
    """Read a notebook and put it on the released one."""
    try:
        rebuild_cells(parse_cells(data))
    except UnreadableSubmission:
        return


def no_text(size: int) -> bytes:
    """Return bytes that are no UTF-8."""
    return b'{"nbformat": 4, "cells": [], "x": "' + b"\xff\xe9a" * (size // 3) + b'"}'


def digits(size: int) -> bytes:
    """Return numbers without an end."""
    return b'{"x": [' + b"1" * size + b", 0." + b"3" * size + b", 1e" + b"9" * size + b"]}"


def brackets(size: int) -> bytes:
    """Return what opens and never closes."""
    return b'[{"a":' * (size // 6)


def names(size: int) -> bytes:
    """Return an object of many names, each given twice."""
    return b"{" + b",".join(b'"%d":1' % (number // 2) for number in range(size // 9)) + b"}"


def small_frames(size: int) -> bytes:
    """Return a channel of frames of one byte, all of one cell's standard output."""
    begun = HEADER.pack(Kind.READY, 0, 0) + HEADER.pack(Kind.CELL_BEGINS, 0, 0)
    return begun + (HEADER.pack(Kind.STDOUT, 0, 1) + b"x") * (size // (HEADER.size + 1))


def strange_frames(size: int) -> bytes:
    """Return a channel of frames of kinds that there are not."""
    pieces = (
        HEADER.pack(number % 200, number % 60_000, 0) for number in range(size // HEADER.size)
    )
    return HEADER.pack(Kind.READY, 0, 0) + b"".join(pieces)


def many_values(size: int) -> bytes:
    """Return answers that nest lists and texts."""
    return (b"l" + b"\x10\x00\x00\x00") * 5 + b"s\x04\x00\x00\x00abcd" * (size // 9)


def one_array(size: int) -> bytes:
    """Return answers that are one long array."""
    return wire.encode([np.ones(size // 8)])


def chunks(size: int) -> bytes:
    """Return a picture of empty chunks."""
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x00tEXt\x00\x00\x00\x00" * (size // 12)


ON_BYTES: dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]] = {
    **{
        f"notebook, {make.__name__}": (read_bytes, make)
        for make in (outputs_of_format_3, cells_of_format_3, heading_of_any_level, no_text, digits)
    },
    **{f"notebook, {make.__name__}": (read_bytes, make) for make in (brackets, names)},
    "notebook, many functions, rebuilt": (rebuild_bytes, many_functions),
    "channel, small frames": (read_channel, small_frames),
    "channel, strange frames": (read_channel, strange_frames),
    "answers, many values": (read_answers, many_values),
    "answers, one array": (read_answers, one_array),
    "picture, chunks": (is_whole_png, chunks),
}


def costs(reader: str, text: str, sizes: tuple[int, ...]) -> list[float]:
    """Return the processor time [s] that a reader takes for a text of each size."""
    if text == "tables":
        made: Iterator[str | bytes] = map(table, sizes)
    elif text:
        made = (repeated(text, size) for size in sizes)
    else:
        made = map(ON_BYTES[reader][1], sizes)
    read: Callable[..., object] = ON_TEXT[reader] if text else ON_BYTES[reader][0]
    return [cost(read, one) for one in made]


def cost(read: Callable[..., object], data: str | bytes) -> float:
    """Return the processor time that `read` takes for `data` [s]."""
    started = time.process_time()
    read(data)
    return time.process_time() - started


def worst(reader: str, size: int, count: int) -> list[tuple[str, float]]:
    """Return the texts of that size that cost a reader most, and how much."""
    found = [(text, costs(reader, text, (size,))[0]) for text in (*TEXTS, "tables")]
    return sorted(found, key=lambda pair: -pair[1])[:count]
