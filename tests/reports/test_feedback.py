"""The page that a student reads."""

from __future__ import annotations

import re
from typing import Any

import pytest

from autograder.course import Course
from autograder.grading.hand_marks import NO_RESPONSE
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.results import Result
from autograder.reports import feedback_page as feedback_page_module
from autograder.reports.feedback import write_feedback, write_feedback_pages
from autograder.reports.feedback_page import feedback_page
from autograder.reports.outline import Outline
from autograder.student.display import as_html
from autograder.student.report import Status
from tests.reports.made_up_class import (
    EXERCISES,
    PREDICTION,
    UNIT,
    WRITTEN,
    autograded,
    in_base64,
    mark_by_hand,
    png,
    record,
    report,
    result,
    scores,
)
from tests.reports.reading import shown

CODE = "def rnn_forward(x):\n    return x"
PRINTED = {"output_type": "stream", "name": "stdout", "text": "it prints"}
ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[31mKeyError: 7"]}
PICTURE = {"output_type": "display_data", "metadata": {}, "data": {"image/png": in_base64(png())}}


def page_of(
    outline: Outline,
    graded: Result,
    comments: dict[str, str] | None = None,
    manual: dict[str, float] | None = None,
    **notebook: Any,
) -> str:
    """Return the page of a result, with the arguments of `autograded`."""
    given = scores(graded, **(manual or {}))
    return feedback_page(outline, graded, autograded(graded, **notebook), given, comments or {})


def section(page: str, name: str) -> str:
    """Return the part of a page on one cell."""
    return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def test_feedback_exercise_is_the_very_card_of_the_notebook(outline: Outline) -> None:
    failed = report("rnn_forward", Status.PARTIAL, mistake="m", mistake_sentence="It restarts.")
    page = page_of(outline, result("s01", failed))
    assert as_html(failed) in section(page, "check_rnn_forward")


def test_feedback_name_stands_before_the_id(outline: Outline) -> None:
    graded = result("s01")
    page = feedback_page(outline, graded, autograded(graded), scores(graded), {}, 0.0, "Ada <L>")
    assert "Feedback for Ada <L> (s01)" in shown(page)
    assert "<L>" not in page


def test_feedback_long_output_and_code_are_folded(outline: Outline) -> None:
    failed = report("rnn_forward", Status.FAILED)
    for lines, folded in ((12, False), (13, True)):
        text = "\n".join(["x"] * lines)
        output = {**PRINTED, "text": text}
        outputs = {"rnn_forward": [output]}
        page = page_of(
            outline, result("s01", failed), sources={"rnn_forward": CODE}, outputs=outputs
        )
        part = section(page, "check_rnn_forward")
        assert (f"<summary>Output, {lines} lines</summary>" in part) == folded
        assert part.count('class="printed"') == 1


def test_feedback_sections_stand_in_the_order_of_the_notebook(outline: Outline) -> None:
    page = page_of(outline, result("s01"))
    names = re.findall('<section id="([^"]+)">', page)
    checks = list(outline.checks)
    assert names == [*checks[:2], PREDICTION, *checks[2:], WRITTEN]


def test_feedback_points_are_split_and_what_waits_is_said(outline: Outline) -> None:
    graded = result("s01", report("rnn_forward", Status.PARTIAL))
    words = shown(page_of(outline, graded))
    assert "points so far 7.5 of 10" in words
    assert "automatic checks 7.5 of 9" in words
    assert "1 of the 10 points waits for your instructor's mark." in words


def test_feedback_all_marked_waits_for_nothing(outline: Outline) -> None:
    words = shown(page_of(outline, result("s01"), manual={WRITTEN: 0.5}))
    assert "points 9.5 of 10" in words
    assert "waits" not in words


def test_feedback_not_gradable_waits_and_is_no_zero(outline: Outline) -> None:
    graded = result("s01", report("rnn_forward", Status.NOT_GRADABLE))
    words = shown(page_of(outline, graded))
    assert "4 of the 10 points wait for your instructor's mark." in words
    assert "not gradable – of 3" in words


def test_feedback_without_any_verdict_has_no_zero(outline: Outline) -> None:
    unjudged = (report(name, Status.NOT_GRADABLE) for name in EXERCISES)
    words = shown(page_of(outline, result("s01", *unjudged)))
    assert "points so far – of 10 automatic checks – of 9 written answers – of 1" in words


def test_feedback_mark_by_hand_of_an_exercise_is_told(outline: Outline) -> None:
    graded = result("s01", report("rnn_forward", Status.NOT_GRADABLE))
    page = page_of(outline, graded, manual={"check_rnn_forward": 2.5})
    assert "Marked by your instructor: 2.5 of 3." in section(page, "check_rnn_forward")


def test_feedback_code_of_an_exercise_is_the_stub_and_own_cells_before_the_check(
    outline: Outline,
) -> None:
    own = {"rnn_forward": "early = 1", "check_rnn_forward": "late = 2"}
    page = page_of(outline, result("s01"), sources={"rnn_forward": CODE}, own=own)
    words = shown(section(page, "check_rnn_forward"))
    assert words.index("early") < words.index("return x") < words.index("late")
    assert "early" not in shown(section(page, "check_rnn_step_forward"))


def test_feedback_stub_moved_behind_its_check_still_belongs_to_it(outline: Outline) -> None:
    graded = result("s01")
    notebook = autograded(graded, {"rnn_forward": CODE})
    cells = notebook["cells"]
    stub = next(cell for cell in cells if cell["source"] == CODE)
    notebook["cells"] = [cell for cell in cells if cell is not stub] + [stub]
    page = feedback_page(outline, graded, notebook, scores(graded), {})
    assert "return x" in shown(section(page, "check_rnn_forward"))


def test_feedback_untouched_stub_is_not_shown(outline: Outline) -> None:
    page = page_of(outline, result("s01", report("rnn_forward", Status.UNFINISHED)))
    assert "Your code" not in page


def test_feedback_output_of_a_failed_exercise_is_shown(outline: Outline) -> None:
    graded = result("s01", report("rnn_forward", Status.FAILED))
    outputs = {"rnn_forward": [PRINTED, ERROR, PICTURE]}
    part = section(
        page_of(outline, graded, sources={"rnn_forward": CODE}, outputs=outputs),
        "check_rnn_forward",
    )
    assert "it prints" in part
    assert ">KeyError: 7<" in part
    assert '<img src="data:image/png;base64,' in part


def test_feedback_output_of_a_passed_exercise_is_errors_and_pictures(outline: Outline) -> None:
    outputs = {"rnn_forward": [PRINTED, ERROR, PICTURE]}
    page = page_of(outline, result("s01"), sources={"rnn_forward": CODE}, outputs=outputs)
    assert "it prints" not in page
    assert "KeyError: 7" in page
    assert "<img" in page


def test_feedback_flags_are_not_shown_to_students(outline: Outline) -> None:
    graded = result("s01", flags=("The locked cell had been changed.",))
    assert "locked" not in shown(page_of(outline, graded))


def test_feedback_written_answer_comes_with_mark_and_comment(outline: Outline) -> None:
    page = page_of(
        outline,
        result("s01"),
        {WRITTEN: "Well *said*."},
        {WRITTEN: 0.5},
        sources={WRITTEN: "In the **state**, `<b>`."},
    )
    part = section(page, WRITTEN)
    assert "Written answer: 0.5 of 1" in shown(part)
    assert "<strong>state</strong>, <code>&lt;b&gt;</code>" in part
    assert "Well <em>said</em>." in part


def test_feedback_untouched_answer_says_that_none_was_given(outline: Outline) -> None:
    page = page_of(outline, result("s01"), {WRITTEN: NO_RESPONSE})
    words = shown(section(page, WRITTEN))
    assert "No answer was given." in words
    assert "comment" not in words


def test_feedback_comment_on_a_stub_stands_below_its_check(outline: Outline) -> None:
    page = page_of(outline, result("s01"), {"rnn_forward": "Neat."})
    assert "Neat." in section(page, "check_rnn_forward")


def test_feedback_prediction_is_shown_without_a_mark(outline: Outline) -> None:
    page = page_of(outline, result("s01"), sources={PREDICTION: 'prediction = "same"'})
    words = shown(section(page, PREDICTION))
    assert 'prediction = "same"' in words
    assert "Recorded, not marked" in words
    assert " of " not in words
    assert shown(page).count("prediction =") == 1, "it belongs to no exercise"


@pytest.mark.parametrize(("sandboxed", "stamps"), [(True, 0), (False, 1)])
def test_feedback_without_sandbox_is_stamped(
    outline: Outline, sandboxed: bool, stamps: int
) -> None:
    page = page_of(outline, result("s01", sandboxed=sandboxed))
    assert page.count("Graded without the sandbox") == stamps


def test_write_feedback_lies_where_nbgrader_puts_it(course: Course) -> None:
    graded = result("s01")
    path = write_feedback(course, UNIT, graded, autograded(graded), scores(graded), {})
    assert path == course.feedback / "s01" / "01_recurrence" / "01_recurrence.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("student", ["../s01", "/s01", "..", "a/b", ""])
def test_write_feedback_name_that_is_a_path_is_refused(course: Course, student: str) -> None:
    graded = result(student)
    with pytest.raises(UnreadableSubmission):
        write_feedback(course, UNIT, graded, autograded(graded), scores(graded), {})
    assert not course.feedback.exists()


def test_write_feedback_pages_everyone_gets_their_own(graded_course: Course) -> None:
    record(graded_course, result("s01"), result("s02"))
    mark_by_hand(graded_course, "s02", 1.0, "Yes, s02.")
    assert write_feedback_pages(graded_course, UNIT) == 2
    pages = {
        p.parts[-3]: p.read_text(encoding="utf-8") for p in graded_course.feedback.rglob("*.html")
    }
    assert pages.keys() == {"s01", "s02"}
    assert "s01: in the state." in pages["s01"]
    assert "s02" not in pages["s01"]
    assert "Yes, s02." in pages["s02"]


def test_write_feedback_pages_lost_notebook_leaves_the_verdicts(graded_course: Course) -> None:
    record(graded_course, result("s01"))
    next(graded_course.autograded.rglob("*.ipynb")).unlink()
    write_feedback_pages(graded_course, UNIT)
    page = next(graded_course.feedback.rglob("*.html")).read_text(encoding="utf-8")
    assert "It is passed." in page
    assert "Your code" not in page


def test_write_feedback_pages_writes_again_only_what_was_made_of_something_else(
    graded_course: Course,
) -> None:
    record(graded_course, result("s01"), result("s02"))
    write_feedback_pages(graded_course, UNIT)
    pages = {page.parts[-3]: page for page in graded_course.feedback.rglob("*.html")}
    for page in pages.values():  # where a page says what it was made of, the rest is not looked at
        page.write_text(page.read_text(encoding="utf-8").replace("<h1>", "<h1>kept ", 1))
    mark_by_hand(graded_course, "s02", 1.0, "Yes, s02.")
    write_feedback_pages(graded_course, UNIT, anew=False)
    assert "<h1>kept " in pages["s01"].read_text(encoding="utf-8")
    written = pages["s02"].read_text(encoding="utf-8")
    assert "<h1>kept " not in written and "Yes, s02." in written
    write_feedback_pages(graded_course, UNIT)
    assert "<h1>kept " not in pages["s01"].read_text(encoding="utf-8")


def test_write_feedback_pages_of_an_older_software_are_written_again(
    graded_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(graded_course, result("s01"))
    write_feedback_pages(graded_course, UNIT)
    (page,) = graded_course.feedback.rglob("*.html")
    page.write_text(page.read_text(encoding="utf-8").replace("<h1>", "<h1>kept ", 1))
    monkeypatch.setattr(feedback_page_module, "_last_change", lambda: 0)
    write_feedback_pages(graded_course, UNIT, anew=False)
    assert "<h1>kept " not in page.read_text(encoding="utf-8")
