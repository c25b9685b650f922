"""The report that an instructor reads, and its table."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.located import Where
from autograder.grading.results import Result
from autograder.reports.class_report import NAMES_SHOWN, class_page, class_table, write_class_report
from autograder.reports.class_summary import summarise
from autograder.reports.feedback import write_feedback_pages
from autograder.reports.outline import Outline
from autograder.student.report import Status
from tests.reports.made_up_class import (
    EXERCISES,
    UNIT,
    WRITTEN,
    mark_by_hand,
    record,
    report,
    result,
    scores,
)
from tests.reports.reading import shown


def page_of(outline: Outline, *results: Result) -> str:
    every = {r.student: scores(r) for r in results}
    return class_page(summarise(outline, results, every), {})


def words_of(outline: Outline, *results: Result) -> str:
    return shown(page_of(outline, *results))


def table_of(outline: Outline, *results: Result) -> list[dict[str, str]]:
    text = class_table(summarise(outline, results, {r.student: scores(r) for r in results}))
    return list(csv.DictReader(io.StringIO(text)))


def test_report_numbers_at_the_top(outline: Outline) -> None:
    words = words_of(
        outline,
        result("s01", cpu_s=0.25),
        result("s02", report("rnn_forward", Status.UNFINISHED), cpu_s=1.0),
        result("s03", report("rnn_forward", Status.NOT_GRADABLE)),
        result("s04", report("rnn_forward", Status.PARTIAL), cpu_s=1.0),
    )
    for figure in (
        "submissions 4",
        "median 7.5 of 10",
        "full marks in checks 1",
        "unfinished 1",
        "not gradable 1",
        "processor time 2.2 s",
    ):
        assert figure in words


def test_report_exercise_tells_counts_in_words_beside_the_bar(outline: Outline) -> None:
    words = words_of(
        outline,
        result("s01"),
        result("s02"),
        result("s03", report("rnn_forward", Status.LIMIT)),
    )
    assert "The unrolled network rnn_forward ✓ 2 passed ■ 1 stopped by a limit" in words
    assert "2 of 3 mean points" in words


def test_report_bar_is_as_wide_as_the_counts(outline: Outline) -> None:
    page = page_of(outline, result("s01"), result("s02", report("rnn_forward", Status.FAILED)))
    bars = re.findall(r'<div class="stack"[^>]*>(.*?)</div>', page, re.DOTALL)
    grown = [re.findall(r"flex-grow:(\d+)", bar) for bar in bars]
    assert grown == [["2"], ["1", "1"], ["2"], ["2"]]


def test_report_mistake_is_told_with_count_and_names(outline: Outline) -> None:
    mistake = report("rnn_forward", Status.FAILED, mistake="m", mistake_sentence="It restarts.")
    words = words_of(outline, result("s01", mistake), result("s02", mistake))
    assert "2 It restarts. The unrolled network s01, s02" in words


def test_report_many_names_are_counted_not_listed(outline: Outline) -> None:
    mistake = report("rnn_forward", Status.FAILED, mistake="m", mistake_sentence="It restarts.")
    names = [f"student{k:02d}" for k in range(NAMES_SHOWN + 3)]
    words = words_of(outline, *(result(name, mistake) for name in names))
    part = words.partition("It restarts.")[2].partition("Needs you")[0]
    assert names[NAMES_SHOWN - 1] in part
    assert names[NAMES_SHOWN] not in part
    assert "and 3 more" in part


def test_report_needs_you_lists_verdicts_limits_flags(outline: Outline) -> None:
    words = words_of(
        outline,
        result("s01", report("rnn_forward", Status.NOT_GRADABLE, headline="Never reached.")),
        result("s02", report("stack_weights", Status.LIMIT, headline="Out of time.")),
        result("s03", flags=("Cells were moved.",)),
    ).partition("Needs you")[2]
    assert "Never reached. s01 (The unrolled network)" in words
    assert "Out of time. s02 (One matrix for both)" in words
    assert "s03 Cells were moved." in words
    assert "3 answers to read and mark" in words


def test_report_flags_stand_a_line_a_student(outline: Outline) -> None:
    page = page_of(outline, result("s01", flags=("One.", "Two.", "Three.")), result("s02"))
    part = page.partition("<h3>Flags</h3>")[2].partition("</table>")[0]
    assert part.count("<tr><td>") == 1
    assert "<summary>One. <span" in part and "and 2 more" in part
    assert "<li>Two.</li><li>Three.</li>" in part


def test_report_shows_names_where_they_are_known(outline: Outline) -> None:
    results = [result("s01", flags=("One.",)), result("s02")]
    names = {"s01": "Ada <b>"}
    summary = replace(summarise(outline, results, {}), names=names)
    page = shown(class_page(summary, {"s01": "x.html"}))
    assert "Ada <b> One." in page and "Ada <b> s01" in page and "s02" in page
    assert [row["name"] for row in csv.DictReader(class_table(summary).splitlines())] == [
        "Ada <b>",
        "",
    ]


def test_report_nothing_to_do_says_so(outline: Outline) -> None:
    s01 = result("s01")
    summary = summarise(outline, [s01], {"s01": scores(s01, **{WRITTEN: 1.0})})
    assert "Nothing: every exercise has its verdict." in shown(class_page(summary, {}))


@pytest.mark.parametrize(("sandboxed", "stamps"), [(True, 0), (False, 1)])
def test_report_one_result_without_sandbox_stamps_it(
    outline: Outline, sandboxed: bool, stamps: int
) -> None:
    page = page_of(outline, result("s01"), result("s02", sandboxed=sandboxed))
    assert page.count("Graded without the sandbox") == stamps


def test_report_total_without_every_verdict_is_marked(outline: Outline) -> None:
    page = page_of(outline, result("s01", report("stack_weights", Status.NOT_GRADABLE)))
    total = re.findall(r'<td class="count total">(.*?)</td>', page)
    assert ["not every exercise has a verdict" in cell for cell in total] == [True]


def test_table_has_points_status_mistakes_and_flags(outline: Outline) -> None:
    mistake = report("rnn_forward", Status.PARTIAL, mistake="restart", mistake_sentence="So.")
    unjudged = report("stack_weights", Status.NOT_GRADABLE)
    (row,) = table_of(outline, result("s01", mistake, unjudged, flags=("One.", "Two.")))
    assert row == {
        "student": "s01",
        "name": "",
        "rnn_step_forward": "3",
        "rnn_forward": "1.5",
        "stack_weights": "",
        "rnn_step_stacked": "2",
        WRITTEN: "",
        "late penalty": "0",
        "total": "6.5",
        "maximum": "10",
        "status": "not gradable",
        "mistakes": "rnn_forward: restart",
        "flags": "One. | Two.",
        "moved": "",
    }


def test_table_without_any_verdict_has_no_total(outline: Outline) -> None:
    unjudged = result("s01", *(report(name, Status.NOT_GRADABLE) for name in EXERCISES))
    (row,) = table_of(outline, unjudged)
    assert (row["total"], row["maximum"]) == ("", "10")
    (total,) = re.findall(r'<td class="count total">(.*?)</td>', page_of(outline, unjudged))
    assert not shown(total).startswith("0")


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_table_hostile_text_is_no_formula(outline: Outline, text: str) -> None:
    (row,) = table_of(outline, result(text, flags=(text,)))
    assert row["student"].startswith("'")
    assert row["flags"].startswith("'")


def test_write_class_report_joins_results_and_marks_by_hand(graded_course: Course) -> None:
    record(graded_course, result("s01"), result("s02", report("rnn_forward", Status.FAILED)))
    mark_by_hand(graded_course, "s02", 0.5)
    written = write_class_report(graded_course, UNIT)
    assert written.html == graded_course.reports / "01_recurrence" / "class.html"
    with written.csv.open(encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert (rows["s01"]["total"], rows["s02"]["total"]) == ("9", "6.5")
    assert (rows["s01"][WRITTEN], rows["s02"][WRITTEN]) == ("", "0.5")
    assert "1 written answer waits" in shown(written.html.read_text(encoding="utf-8"))


def test_write_class_report_links_lead_to_the_feedback_that_is_there(graded_course: Course) -> None:
    record(graded_course, result("s01"), result("b en+x"))
    write_feedback_pages(graded_course, UNIT)
    next((graded_course.feedback / "s01").rglob("*.html")).unlink()
    page = write_class_report(graded_course, UNIT).html
    links = set(re.findall('href="([^"#]*01_recurrence.html)"', page.read_text(encoding="utf-8")))
    assert links == {"../../feedback/b%20en%2Bx/01_recurrence/01_recurrence.html"}
    (link,) = links
    assert (page.parent / link.replace("%20", " ").replace("%2B", "+")).is_file()


def test_write_class_report_twice_gives_the_same_bytes(graded_course: Course) -> None:
    record(graded_course, result("s01"))
    first = write_class_report(graded_course, UNIT)
    before = first.html.read_bytes(), first.csv.read_bytes()
    write_class_report(graded_course, UNIT)
    assert (first.html.read_bytes(), first.csv.read_bytes()) == before


def test_write_class_report_nothing_graded_names_the_command(course: Course) -> None:
    with pytest.raises(AutograderError, match="autograder grade recurrence"):
        write_class_report(course, UNIT)
    assert not course.reports.exists()


def test_report_names_folders_that_could_not_be_graded(graded_course: Course) -> None:
    record(graded_course, result("s01"))
    for student in ("-rf", "<script>x"):
        (graded_course.submitted / student / "01_recurrence").mkdir(parents=True)
    page = write_class_report(graded_course, UNIT).html.read_text(encoding="utf-8")
    assert "<script>x" not in page
    words = shown(page)
    assert "Not graded at all" in words
    assert "'-rf' cannot be a student's id" in words
    assert "'<script>x' cannot be a student's id" in words


def test_report_of_a_class_without_refusals_has_no_such_list(graded_course: Course) -> None:
    record(graded_course, result("s01"))
    page = write_class_report(graded_course, UNIT).html.read_text(encoding="utf-8")
    assert "Not graded at all" not in page


def test_line_that_most_often_goes_wrong_is_counted_and_shown_as_text(outline: Outline) -> None:
    def located(wrong: str, right: str) -> dict[str, Where]:
        return {"check_rnn_forward": Where("One change.", (), (f"-    {wrong}", f"+    {right}"))}

    partial = report("rnn_forward", Status.PARTIAL)
    evil = "h = x<script>alert(1)</script>\u202e"
    page = page_of(
        outline,
        result("s01", partial, where=located("return c", "return d")),
        result("s02", partial, where=located(evil, "h = x + y  # mine")),
        result("s03", partial, where=located("h = y", "h  =  x + y")),
        result("s04", partial, where={"check_rnn_forward": Where("No small change was found.")}),
        result("s05", partial),
    )
    assert "<script>" not in page and "\u202e" not in page
    said = "goes wrong (2): h = x + y, where one wrote h = x<script>alert(1)</script>\ufffd"
    assert said in shown(page).replace("\u202e", "")


def test_class_without_located_lines_says_nothing_of_them(outline: Outline) -> None:
    assert "goes wrong" not in page_of(outline, result("s01", report("rnn_forward", Status.FAILED)))
