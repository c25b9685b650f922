"""What is fuzzed: each target takes any bytes, and raises where a promise is broken."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.grading import unit_marker
from autograder.grading.marking import mark_unreadable
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.own_tests import Plan
from autograder.grading.rebuild import rebuild
from autograder.grading.results import Result
from autograder.grading.submitted_cells import parse_cells
from autograder.grading.template import Template
from autograder.grading.unit_marker import Marking, UnitMarker
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.judge.verdict import judge
from autograder.reports.class_report import class_page, class_table
from autograder.reports.class_summary import summarise
from autograder.reports.feedback_page import feedback_page
from autograder.reports.outline import outline_of
from autograder.reports.untrusted import MATHML, MATHML_ATTRIBUTES
from autograder.sandbox.inside.frames import HEADER, Kind
from autograder.sandbox.job import Cell, Ending, Job, Limits, Transcript
from autograder.sandbox.transcript import FrameReader, parse_transcript
from autograder.student import wire
from autograder.student.answers import Answer
from autograder.student.display import as_html, as_text
from autograder.student.report import Report
from autograder.visible import one_line
from autograder.workers import lasting_workers
from tests.grading.one_run import job_of, mark
from tests.soak.bundles import SEED, bundle, keys, spoiled
from tests.soak.oracle import hold_to_account

UNIT = "recurrence"
JOB = Job("fuzz", (Cell(0, ""), Cell(3, "", "exercise"), Cell(4, "", "other")))
LIMITS = Limits(cell_output_bytes=2**10, outputs_per_cell=5, output_bytes=2**14, answer_bytes=2**10)
Judge = Callable[[AnswerKey, list[Answer]], Report]


class BrokenPromise(AssertionError):
    """Something was let through that must not be."""


@dataclass(frozen=True)
class Target:
    """One thing to fuzz.

    Attributes
    ----------
    corpus : function
        Gives valid inputs to start from.
    mutate : function, optional
        Changes an input while its form stays: takes it and a seed.
    """

    name: str
    run: Callable[[bytes], None]
    corpus: Callable[[], list[bytes]]
    mutate: Callable[[bytes, int], bytes] | None = None


def _require(holds: bool, promise: str) -> None:
    if not holds:
        raise BrokenPromise(promise)


def run_wire(data: bytes) -> None:
    """Bytes are refused, or are a value that can be sent again and comes back the same."""
    try:
        value = wire.decode(data)
    except wire.WireError:
        return
    sent = wire.encode(value)
    _require(wire.encode(wire.decode(sent)) == sent, "a value does not come back the same")
    _require(len(sent) <= len(data), "a value is larger than the bytes it came from")


def run_answers(data: bytes) -> None:
    """A bundle is refused, or is answers to distinct cases, whose texts can be printed."""
    try:
        answers = parse_answers(data)
    except MalformedAnswers:
        return
    cases = [answer.case for answer in answers]
    _require(len(set(cases)) == len(cases), "a case is answered twice")
    texts = [text for a in answers for text in (a.case, a.exception, a.message, *a.changed)]
    _require(all(text.isprintable() for text in texts), "a text holds control characters")


def run_transcript(data: bytes) -> None:
    """A channel gives cells in their order, within limits, however it is cut into pieces."""
    run = parse_transcript(Transcript(data, Ending.DONE, "", 0.0, 0.0), JOB, LIMITS)
    _require(list(run.cells) == [0, 3, 4][: len(run.cells)], "cells out of their turn")
    for cell in run.cells.values():
        sizes = [len(one) for one in cell.answers]
        _require(not sizes or cell.index != 0, "answers of a cell that is no check")
        _require(max(sizes, default=0) <= LIMITS.answer_bytes, "answers larger than allowed")
        _require(len(sizes) <= 1 or bool(run.irregular), "a second bundle that nobody noted")
    whole, pieces = FrameReader(2**12), FrameReader(2**12)
    at_once = list(whole.feed(data))
    middle = len(data) // 2
    in_two = [*pieces.feed(data[:middle]), *pieces.feed(data[middle:])]
    _require(at_once == in_two, "frames depend on how the stream was cut")


def run_judge(data: bytes, verdict: Judge = judge) -> None:
    """Answers, to the exercise that the first byte chooses, earn points only for what is right."""
    if not data:
        return
    key = keys()[data[0] % len(keys())]
    try:
        answers = parse_answers(data[1:])
    except MalformedAnswers:
        return
    report = verdict(key, answers)
    hold_to_account(key, answers, report)
    as_text(report).encode("utf-8")
    as_html(report).encode("utf-8")


@cache
def _template() -> Template:
    course = Course.find(Path(__file__))
    return Template.read(UNIT, course.release_notebook(UNIT))


@cache
def _unit_keys() -> dict[str, AnswerKey]:
    return {exercise.name: AnswerKey.draw(exercise, SEED) for exercise in exercises_of(UNIT)}


def run_submission(data: bytes) -> None:
    """A notebook is refused with a sentence, or rebuilt, marked and written as a valid one."""
    template = _template()
    try:
        rebuilt = rebuild(template, parse_cells(data))
    except UnreadableSubmission as error:
        marked = mark_unreadable(template, str(error))
    else:
        job = job_of(template, rebuilt)
        raw = HEADER.pack(Kind.READY, 0, 0) + b"".join(
            HEADER.pack(Kind.CELL_BEGINS, cell.index, 0)
            + _frame(Kind.STDERR, cell.index, data[:50])
            + _frame(Kind.CELL_ENDS, cell.index, wire.encode([repr(data[:9]), "", ""]))
            for cell in job.cells
        )
        run = parse_transcript(Transcript(raw, Ending.DONE, "", 0.0, 0.0), job)
        marked = mark(template, rebuilt, run, _unit_keys())
    nbformat.validate(nbformat.from_dict(marked.notebook))
    nbformat.v4.writes_json(nbformat.from_dict(marked.notebook)).encode("utf-8")
    json.dumps([*marked.flags, repr(marked.reports)], ensure_ascii=False).encode("utf-8")
    _require(not any(r.points for r in marked.reports.values()), "points without an answer")


def _frame(kind: Kind, cell: int, payload: bytes) -> bytes:
    return HEADER.pack(kind, cell, len(payload)) + payload


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.seen.update(f"@{name}" for name, _ in attrs)
        self.seen.update(
            "@href out" for name, to in attrs if name == "href" and (to or "#")[0] != "#"
        )

    @classmethod
    def of(cls, page: str) -> set[str]:
        """Return the names of all elements and attributes of a page."""
        parser = cls()
        parser.feed(page)
        return parser.seen


def _pages(text: str) -> str:
    """Return both pages and the table of a class whose only student wrote `text` everywhere."""
    template = _template()
    outline = outline_of(template)
    marked = mark_unreadable(template, text)
    result = Result("s01", UNIT, "", marked.reports, (text,))
    cells = []
    for cell in marked.notebook["cells"]:
        shown = {"output_type": "stream", "name": "stdout", "text": text}
        own = {"outputs": [shown]} if cell["cell_type"] == "code" else {}
        cells.append({**cell, "source": text, **own})
    page = feedback_page(outline, result, {"cells": cells}, {}, {})
    summary = summarise(outline, [result], {})
    class_table(summary).encode("utf-8")
    return page + class_page(summary, {})


@cache
def _marker() -> UnitMarker:
    return UnitMarker(Course.find(Path(__file__)), UNIT, SEED, Limits())


def run_workers(data: bytes) -> None:
    """A worker refuses a file with a sentence, marks it, or dies; the next call is answered.

    The first half is a notebook, the second what its run sent.
    """
    pool, middle = lasting_workers(), len(data) // 2
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.ipynb"
        path.write_bytes(data[:middle])
        try:
            rebuilt, _ = pool.call(unit_marker.read, _marker(), path)
        except UnreadableSubmission as error:
            _require(one_line(str(error)).isprintable(), "a reason that cannot be shown")
            rebuilt = rebuild(_template(), ())
        sent = Transcript(data[middle:], Ending.DONE, "", 0.0, 0.0)
        marking = Marking(_marker(), Plan(), "fuzz", rebuilt)
        marked = pool.converse(lambda job: sent, unit_marker.done, Marking.grade, marking)
    nbformat.validate(nbformat.from_dict(marked.notebook))
    _require(not any(r.points for r in marked.reports.values()), "points without an answer")


@cache
def _known_tags() -> frozenset[str]:
    rich = "# a\n**b** *c* `d`\n\n- e\n\n1. f\n\n> g\n\n```\nh\n```\n\n|i|\n|-|\n|j|\n\n---\nk  \nl"
    levels = "\n\n".join(f"{'#' * level} h" for level in range(1, 7))
    formulas = MATHML | {f"@{name}" for name in MATHML_ATTRIBUTES}
    return frozenset(_Tags.of(_pages(f"{rich}\n\n{levels}")) | {"s"} | formulas)


def run_pages(data: bytes) -> None:
    """Pages hold the elements and attributes of our templates, whatever was written."""
    page = _pages(data.decode("utf-8", "surrogateescape"))
    page.encode("utf-8")
    _require(_Tags.of(page) <= _known_tags(), "a page holds an element or attribute of a student's")


def spoil_judged(data: bytes, seed: int) -> bytes:
    """Return a judged input with its answers spoiled."""
    return data[:1] + spoiled(data[1:], seed)


def _honest_channel() -> bytes:
    end = wire.encode(["", "", ""])
    parts = [HEADER.pack(Kind.READY, 0, 0)]
    for index in (0, 3, 4):
        parts.append(HEADER.pack(Kind.CELL_BEGINS, index, 0))
        parts.append(_frame(Kind.STDOUT, index, b"text"))
        if index:
            parts.append(_frame(Kind.ANSWERS, index, b"answers"))
        parts.append(_frame(Kind.CELL_ENDS, index, end))
    return b"".join(parts) + _frame(Kind.FINISHED, 0, wire.encode(""))


def _bundles() -> list[bytes]:
    return [bundle(number) for number in range(len(keys()))]


def _judged() -> list[bytes]:
    return [bytes([number]) + bundle(number) for number in range(len(keys()))]


def _notebooks() -> list[bytes]:
    course = Course.find(Path(__file__))
    release = course.release_notebook(UNIT).read_bytes()
    small = {"cells": json.loads(release)["cells"][:6], "metadata": {}, "nbformat": 4}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}
    return [json.dumps(small).encode(), json.dumps(old).encode(), release]


def _halves() -> list[bytes]:
    return [notebook + b" " * (len(notebook) % 2) + _honest_channel() for notebook in _notebooks()]


def _texts() -> list[bytes]:
    return [b"# a\n**b** `c` $x<y$", b"<script>x</script>", b"\x1b[31m\xff", b"=1+1"]


TARGETS = {
    target.name: target
    for target in (
        Target("wire", run_wire, _bundles),
        Target("answers", run_answers, _bundles, spoiled),
        Target("transcript", run_transcript, lambda: [_honest_channel()]),
        Target("judge", run_judge, _judged, spoil_judged),
        Target("submission", run_submission, _notebooks),
        Target("pages", run_pages, _texts),
        Target("workers", run_workers, _halves),
    )
}
