"""Honest work that went astray, in the gradebook and on pages: by our command and by nbgrader's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.grading.pipeline import grade_unit
from autograder.reports.feedback import feedback_path, write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, gradebook_rows, hand_in
from tests.grading import happenings, happenings_to_answers
from tests.grading.configured import graded_by_nbgrader
from tests.grading.solved import ANSWER, Cells, Solved, as_bytes, own
from tests.reports.made_up_class import in_base64, png

pytestmark = NEEDS_SANDBOX
UNIT = "recurrence"
WRITTEN, PREDICTION = "written_memory", "predict_order"
SOLVED = Solved(UNIT)


def with_a_picture() -> Cells:
    picture = own(f"{ANSWER} ![drawn](attachment:my.png)", "markdown")
    picture["attachments"] = {"my.png": {"image/png": in_base64(png())}}
    cells = happenings_to_answers.answer_in_the_next_cell(SOLVED)
    return [picture if cell["source"] == ANSWER else cell for cell in cells]


CLASS = {
    "beside": happenings_to_answers.answer_in_the_next_cell(SOLVED),
    "colab": happenings.names_lost(SOLVED),
    "drawn": with_a_picture(),
    "far": happenings_to_answers.answer_far_away(SOLVED),
    "gone": happenings_to_answers.answer_cell_deleted(SOLVED),
    "helper": happenings.helper_at_the_end(SOLVED),
    "never": happenings_to_answers.no_answer(SOLVED),
    "renamed": SOLVED.cells(rnn_forward=SOLVED.texts["rnn_forward"].replace("rnn_f", "f", 1)),
    "top": happenings.checks_at_the_top(SOLVED),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = course_in(tmp_path_factory.mktemp("course"))
    for student, cells in CLASS.items():
        hand_in(made, UNIT, student, as_bytes(cells))
    list(grade_unit(made, UNIT, BubblewrapLauncher(), jobs=1, prove=False))
    write_feedback_pages(made, UNIT)
    return made


@pytest.fixture(scope="module")
def rows(course: Course) -> dict[str, dict[str, Any]]:
    return gradebook_rows(course, UNIT)


def test_gradebook_has_all_points_of_functions_that_were_found(
    rows: dict[str, dict[str, Any]],
) -> None:
    for student in CLASS.keys() - {"renamed"}:
        checks = {n: v[0] for n, v in rows[student].items() if n.startswith("check_")}
        assert sum(checks.values()) == 9, student


def test_gradebook_leaves_a_renamed_function_to_the_instructor(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert rows["renamed"]["check_rnn_forward"] == (None, None, True)


def test_gradebook_asks_nobody_to_mark_a_prediction(rows: dict[str, dict[str, Any]]) -> None:
    assert {student: row[PREDICTION] for student, row in rows.items()} == dict.fromkeys(
        CLASS, (0.0, None, False)
    )


def test_gradebook_has_every_answer_in_words_wait_but_one_never_given(
    rows: dict[str, dict[str, Any]],
) -> None:
    waiting = {student for student, row in rows.items() if row[WRITTEN] == (None, None, True)}
    assert waiting == CLASS.keys() - {"never"}
    assert rows["never"][WRITTEN] == (0.0, None, False)
    comments = {s for s, row in rows.items() if row[f"comment on {WRITTEN}"][0]}
    assert comments == {"never"}


def test_feedback_shows_an_answer_that_stood_beside_its_cell_and_its_picture(
    course: Course,
) -> None:
    pages = {s: feedback_path(course, UNIT, s).read_text(encoding="utf-8") for s in CLASS}
    told = ANSWER.split(",")[0]
    for student in ("beside", "colab", "drawn"):
        assert told in pages[student]
    assert f"data:image/png;base64,{in_base64(png())}" in pages["drawn"]
    assert "data:image/png" not in pages["beside"]


def test_gradebook_is_the_same_by_nbgrader_s_own_way(course: Course, tmp_path: Path) -> None:
    other, _ = graded_by_nbgrader(course, UNIT, tmp_path / "nbgrader")
    assert gradebook_rows(other, UNIT) == gradebook_rows(course, UNIT)
