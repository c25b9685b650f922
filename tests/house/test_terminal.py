"""What a student wrote, in a terminal: it is read there, and does nothing."""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from autograder.cli import check_session, grading_session, terminal
from autograder.cli import run as cli
from autograder.course import Course
from autograder.demo.run import Mismatch
from autograder.errors import AutograderError
from autograder.grading.marking import Marked
from autograder.grading.outcome import Graded
from autograder.grading.results import Result
from autograder.grading.submissions import Submission
from autograder.grading.which_unit import Identity
from autograder.student.report import CriterionResult, Example, Report, Status

CANARIES = {
    "colour": "\x1b[38;5;200m",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://127.0.0.1/\x1b\\",
    "clipboard": "\x1b]52;c;ZWNobw==\x07",
    "clear": "\x1b[2J\x1b[H",
    "one-byte": "\x9b31m",
    "bell": "\x07",
    "backspace": "\x08\x08\x08",
    "overwriting": "\rfull marks",
    "turned": "\u202egnorw",
    "isolate": "\u2066x\u2069",
    "hidden": "a\u200bb",
    "surrogate": "\udcff",
    "null": "\x00",
}
MARKUP = "[red]x[/] [link=http://127.0.0.1/]y[/link] \\[bold]z"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def obeyed(printed: str, colours: Iterable[str] = ()) -> list[str]:
    """Return what a terminal would obey in a text, apart from our own `colours`."""
    for colour in colours:
        printed = printed.replace(colour, "")
    return _OBEYED.findall(printed)


def hostile_report(text: str) -> Report:
    criterion = CriterionResult("c", "It holds.", 0.0, 1.0, text)
    told = {"mistake": "m", "mistake_sentence": text, "advice": (text,), "hint": text}
    example = Example(text, text, text, text)
    return Report("e", "E", Status.PARTIAL, 0.5, 1.0, text, (criterion,), **told, example=example)


def hostile_graded(text: str) -> list[Graded]:
    submission = Submission(text, "recurrence", Path("x"))
    result = Result(text, "recurrence", "", {"check_e": hostile_report(text)}, (text,))
    return [
        Graded(submission, result, text, moved=(("check_e", 1.0, 0.0),), again=True),
        Graded(submission, None, text),
    ]


def printed(lines: list[Any]) -> str:
    """Return what a terminal gets when all of it is printed as the commands do."""
    console = Console(
        file=io.StringIO(), force_terminal=True, highlight=False, soft_wrap=True, width=400
    )
    for line in lines:
        console.print(line)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def everything(text: str) -> str:
    graded = hostile_graded(text)
    results = [one.result for one in graded if one.result is not None]
    session = grading_session.Session(graded)
    return printed(
        [
            *terminal.session_lines("unit", graded, 1.0),
            *(f"moved: {terminal.plain(line)}" for line in session.moved),
            terminal.marks_table(results, "unit"),
            *terminal.demo_lines([], [Mismatch(text, "e", text)]),
        ]
    )


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_canary_printed_as_it_is_is_obeyed(canary: str) -> None:
    """The ears work: each canary holds something that a terminal obeys."""
    assert obeyed(canary)


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_grading_output_of_hostile_text_holds_nothing_a_terminal_obeys(canary: str) -> None:
    text = f"student{canary}end"
    shown = everything(text)
    assert "student" in shown
    assert obeyed(shown, set(_COLOUR.findall(everything("plain")))) == []


def test_grading_output_of_markup_shows_it() -> None:
    shown = everything(f"student {MARKUP} end")
    assert "]8;" not in shown
    assert "[red]x[/]" in shown


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_check_of_hostile_reports_holds_nothing_a_terminal_obeys(
    monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    text = f"text{canary}{MARKUP}"
    marked = Marked({"check_x": hostile_report(text)}, (text,), {})
    found = Identity("recurrence", ("recurrence",))
    monkeypatch.setattr(check_session, "notebook_identity", lambda *_: found)
    monkeypatch.setattr(check_session, "judge_notebook", lambda *_: marked)
    console = Console(file=io.StringIO(), force_terminal=True, highlight=False, width=400)
    check_session.check_notebook(console, Course(Path("x")), Path("y"))
    assert isinstance(console.file, io.StringIO)
    assert "[red]x[/]" in console.file.getvalue()
    assert obeyed(console.file.getvalue()) == []


@pytest.mark.parametrize("error", [AutograderError, KeyError])
@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_error_message_with_hostile_text_holds_nothing_a_terminal_obeys(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], canary: str, error: type
) -> None:
    def fail() -> None:
        raise error(f"file{canary}{MARKUP}")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit):
        cli.main()
    shown = capfd.readouterr().err
    assert "file" in shown
    assert obeyed(shown) == []


def test_reading_an_old_notebook_prints_nothing_of_it(capfd: pytest.CaptureFixture[str]) -> None:
    from autograder.grading.own_files import UnreadableSubmission
    from autograder.grading.submitted_cells import parse_cells

    with pytest.raises(UnreadableSubmission):
        parse_cells('{"nbformat": 3, "worksheets": [{"cells": ["\\u001b[31m\u202e"]}]}'.encode())
    captured = capfd.readouterr()
    assert obeyed(captured.out + captured.err) == []
