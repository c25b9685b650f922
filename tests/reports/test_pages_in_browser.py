"""The pages in Chromium: whatever a student wrote stays silent, and nothing leaves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from autograder.grading.results import Result
from autograder.reports.class_report import class_page
from autograder.reports.class_summary import summarise
from autograder.reports.feedback_page import feedback_page
from autograder.reports.outline import Outline
from autograder.student.report import CriterionResult, Status
from tests.browser.formgrader import visits
from tests.browser.formgrader_canaries import MARKDOWN
from tests.reports.canaries import Listener, canaries, open_page
from tests.reports.made_up_class import (
    EXERCISES,
    WRITTEN,
    autograded,
    in_base64,
    png,
    report,
    result,
    scores,
)


def hostile_result(text: str) -> Result:
    """Return a result with `text` wherever a student's text can get to."""
    criterion = CriterionResult("values", text, 0.0, 1.0, text)
    broken = replace(
        report("rnn_step_forward", Status.FAILED, mistake="m", mistake_sentence=text, hint=text),
        headline=text,
        criteria=(criterion,),
        advice=(text,),
    )
    stopped = report("rnn_forward", Status.LIMIT, headline=text)
    unjudged = report("stack_weights", Status.NOT_GRADABLE, headline=text)
    return result(text, broken, stopped, unjudged, flags=(text, f"flag {text}"))


def hostile_feedback(outline: Outline, text: str) -> str:
    graded = hostile_result(text)
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": "stdout", "text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text}},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": text}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": text}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": text}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": in_base64(png())}},
    ]
    notebook = autograded(
        graded,
        {**dict.fromkeys(EXERCISES, text), WRITTEN: text, "predict_order": text},
        {"rnn_step_forward": outputs, "own": outputs},
        {"check_rnn_forward": text},
    )
    return feedback_page(outline, graded, notebook, scores(graded), {WRITTEN: text})


def hostile_report(outline: Outline, text: str) -> str:
    graded = hostile_result(text)
    return class_page(summarise(outline, [graded], {text: scores(graded)}), {})


PAGES = {"feedback": hostile_feedback, "class_report": hostile_report}


@pytest.mark.parametrize("kind", PAGES)
def test_page_hostile_text_everywhere_stays_silent(
    chromium: Any, listener: Listener, outline: Outline, tmp_path: Path, kind: str
) -> None:
    text = canaries(listener.address)
    page = PAGES[kind](outline, text)
    opened = open_page(chromium, page, tmp_path)
    assert "shouted=" in page, "the page must show what was written, or nothing was tried"
    assert (opened.shouts, opened.requests, opened.foreign) == ((), (), ())
    assert opened.link_schemes <= {"file:"}
    assert listener.heard == []


def groups() -> list[str]:
    """Return all canaries as texts short enough to be shown whole."""
    every = list(MARKDOWN.values())
    return ["\n\n".join(every[start : start + 6]) for start in range(0, len(every), 6)]


@pytest.mark.parametrize("kind", PAGES)
def test_page_every_canary_everywhere_stays_silent(
    chromium: Any, outline: Outline, tmp_path: Path, kind: str
) -> None:
    paths = [tmp_path / f"{number}.html" for number in range(len(groups()))]
    for path, text in zip(paths, groups(), strict=True):
        path.write_text(PAGES[kind](outline, text), encoding="utf-8")
    for found in visits(chromium, {path.as_uri(): () for path in paths}):
        assert found.heard == frozenset()
        assert found.text.count("canary:") >= 4  # they are there to be read


def test_every_canary_in_pages_that_escape_nothing_is_heard(chromium: Any, tmp_path: Path) -> None:
    paths = [tmp_path / "one.html", tmp_path / "two.html"]
    parts = "".join(f"<div>{markdown2html_mistune(text)}</div>" for text in MARKDOWN.values())
    for path in paths:
        path.write_text(f"<!doctype html><meta charset=utf-8><body>{parts}", encoding="utf-8")
    assert len(MARKDOWN) >= 25
    found = visits(chromium, {path.as_uri(): MARKDOWN for path in paths})
    assert [one.heard for one in found] == [set(MARKDOWN)] * 2


@pytest.mark.parametrize("kind", PAGES)
def test_page_template_syntax_in_text_is_not_evaluated(outline: Outline, kind: str) -> None:
    page = PAGES[kind](outline, "{{ 7 * 191 }}")
    assert "{{ 7 * 191 }}" in re.sub(r"</?span[^>]*>", "", page)
    assert "1337" not in page


def test_canaries_in_an_unescaped_page_are_heard(
    chromium: Any, listener: Listener, tmp_path: Path
) -> None:
    """The ears work: without escaping and policy every way out is noticed."""
    opened = open_page(chromium, f"<body>{canaries(listener.address)}", tmp_path)
    assert opened.shouts
    assert {"script", "svg", "iframe", "onload", "onerror"} <= set(opened.foreign)
    assert "javascript:" in opened.link_schemes
    assert {"/image", "/style", "/import"} <= set(listener.heard)
    assert opened.requests


def test_policy_of_a_page_unescaped_canaries_are_still_stopped(
    chromium: Any, listener: Listener, outline: Outline, tmp_path: Path
) -> None:
    """The second line of defence: should an escape ever be forgotten, nothing runs or leaves."""
    graded = result("s01")
    page = feedback_page(outline, graded, autograded(graded), scores(graded), {})
    broken = page.replace("</header>", canaries(listener.address))
    opened = open_page(chromium, broken, tmp_path)
    assert "script" in opened.foreign
    assert opened.shouts == ()
    assert listener.heard == []


@pytest.mark.parametrize("width", [360, 1000])
@pytest.mark.parametrize("kind", PAGES)
def test_page_long_words_do_not_widen_it(
    chromium: Any, outline: Outline, tmp_path: Path, kind: str, width: int
) -> None:
    opened = open_page(chromium, PAGES[kind](outline, "long" * 200), tmp_path, width)
    assert opened.width == width
