"""The grading commands as they are typed: what they print, and the code they end with."""

import errno
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.errors import AutograderError, SandboxUnavailable
from autograder.grading import proven
from autograder.reports import feedback
from autograder.sandbox.doctor import Finding
from tests.course.grading_folders import NEEDS_SANDBOX, gradebook_rows, hand_in
from tests.house.typed import UNIT, run
from tests.reports.made_up_class import mark_by_hand

pytestmark = [NEEDS_SANDBOX, pytest.mark.usefixtures("kept_open")]


def test_check_of_the_untouched_notebook_says_what_is_to_do_and_fails(course: Course) -> None:
    code, text = run("check", str(course.release_notebook(UNIT)))
    assert code == cli.FAILURES
    assert text.count("Not done yet") == 4


def test_check_of_the_solution_passes(course: Course) -> None:
    code, text = run("check", str(course.source_notebook(UNIT)))
    assert code == cli.DONE
    assert text.count("It does all that is asked.") == 4


def test_grade_writes_report_and_feedback_and_counts(course: Course) -> None:
    hand_in(course, UNIT, "right", course.source_notebook(UNIT).read_bytes())
    hand_in(course, UNIT, "broken", b"no notebook")
    code, text = run("grade", "1")
    assert code == cli.FAILURES
    assert "2 submissions" in text
    assert "broken: the file is not JSON" in " ".join(text.split())
    assert (course.reports / "01_recurrence" / "class.html").is_file()
    assert (course.feedback / "right" / "01_recurrence" / "01_recurrence.html").is_file()
    code, text = run("grade", "1")
    assert "1 unchanged since the last grading" in text


def test_commands_without_a_unit_do_all_that_was_handed_in(course: Course) -> None:
    for unit in ("recurrence", "gradcheck"):
        hand_in(course, unit, "right", course.source_notebook(unit).read_bytes())
    code, text = run("grade")
    assert (code, text.count("1 submission in")) == (cli.DONE, 2)
    assert "lstm" not in text
    for command in ("report", "feedback", "export"):
        code, text = run(command)
        assert code == cli.DONE, text
    marks = (course.data / "exports" / "marks.csv").read_text(encoding="utf-8")
    assert "00_gradcheck" in marks and "01_recurrence" in marks and "02_outputs" not in marks


def test_grade_again_runs_one_student_and_keeps_what_was_given_by_hand(course: Course) -> None:
    for student in ("one", "two"):
        hand_in(course, UNIT, student, course.source_notebook(UNIT).read_bytes())
    run("grade")
    mark_by_hand(course, "one", 0.5)
    assert "2 unchanged" in run("grade")[1]
    code, text = run("grade", "--again", "one")
    assert code == cli.DONE and "1 unchanged" in text and "moved" not in text
    assert gradebook_rows(course, UNIT)["one"]["written_memory"] == (None, 0.5, False)
    with pytest.raises(AutograderError, match="Nothing of 'nobody' is graded"):
        run("grade", "--again", "nobody")


def test_show_tells_the_case_what_came_and_what_is_right(course: Course) -> None:
    text = course.source_notebook(UNIT).read_text(encoding="utf-8")
    wrong = text.replace("np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)", "x_t @ W_xh")
    assert wrong != text
    hand_in(course, UNIT, "one", wrong.encode())
    code, shown = run("show", "one", "rnn_step_forward")
    assert code == cli.DONE
    for said in ("Wrong in ", "x_t = [[", "h_t came:  [[", "h_t right: [["):
        assert said in shown
    came, right = shown.partition("h_t came:")[2].split("h_t right:")
    assert came.strip() != right.strip()
    assert "All values of all" in run("show", "one", "check_stack_weights")[1]
    with pytest.raises(AutograderError, match="There is no exercise 'other'; there are numeric_gr"):
        run("show", "one", "other")
    with pytest.raises(AutograderError, match="nobody, 01_recurrence: there is no folder"):
        run("show", "nobody", "rnn_forward")


def test_show_where_tells_the_line_and_what_was_tried_in_its_place(course: Course) -> None:
    text = course.source_notebook(UNIT).read_text(encoding="utf-8")
    wrong = text.replace("W_xh + h_prev @ W_hh", "W_xh - h_prev @ W_hh")
    assert wrong != text
    hand_in(course, UNIT, "one", wrong.encode())
    code, shown = run("show", "one", "rnn_step_forward", "--where")
    assert code == cli.DONE
    where = shown.partition("Where: ")[2].splitlines()
    assert where[0] == "One change in line 4 makes everything right."
    assert where[2].startswith("  -    h_t = np.tanh(x_t @ W_xh - h_prev @ W_hh + b_h)")
    assert where[3].startswith("  +    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)")
    assert "Where: No line is looked for" in run("show", "one", "stack_weights", "--where")[1]
    assert "Where: " not in run("show", "one", "rnn_step_forward")[1]


def test_grade_where_tells_the_line_that_most_often_goes_wrong_and_moves_no_mark(
    course: Course,
) -> None:
    text = course.source_notebook(UNIT).read_text(encoding="utf-8")
    for student, wrong in (("ada", "W_xh - h_prev @ W_hh"), ("bob", "W_xh + h_prev @ W_hh.T")):
        hand_in(course, UNIT, student, text.replace("W_xh + h_prev @ W_hh", wrong, 1).encode())
    hand_in(course, UNIT, "right", text.encode())
    assert "lines" not in run("grade", "1")[1]
    before, page = gradebook_rows(course, UNIT), course.reports / "01_recurrence/class.html"
    assert "goes wrong" not in page.read_text(encoding="utf-8")
    assert "to look for, up to 20 s each" in run("grade", "1", "--where")[1]
    told = " ".join(page.read_text(encoding="utf-8").split())
    line = "h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)"
    assert f"The line that most often goes wrong (2): <code>{line}</code>" in told
    assert "where one wrote <code>h_t = np.tanh(x_t @ W_xh " in told
    assert gradebook_rows(course, UNIT) == before
    assert "lines: 0 to look for" in run("grade", "1", "--where")[1]


@pytest.mark.parametrize(
    ("command", "said"), [("grade", "No submissions in"), ("report", "Nothing is graded yet")]
)
def test_command_without_a_unit_and_nothing_there_says_what_to_do(
    course: Course, command: str, said: str
) -> None:
    with pytest.raises(AutograderError, match=said):
        run(command)


def test_report_that_cannot_be_written_keeps_no_reason_back(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, UNIT, "broken", b"no notebook")
    course.reports.touch()
    result = CliRunner().invoke(cli.app, ["grade", "1"])
    assert isinstance(result.exception, OSError)
    assert "broken: the file is not JSON" in " ".join(result.output.split())


def test_grade_the_notebook_of_another_unit_is_not_gradable_and_told(course: Course) -> None:
    hand_in(course, UNIT, "lost", course.source_notebook("lstm").read_bytes())
    hand_in(
        course,
        UNIT,
        "elsewhere",
        b'{"cells": [{"cell_type": "code", "source": "x = 1"}], \
"nbformat": 4}',
    )
    code, text = run("grade", "1")
    assert code == cli.FAILURES
    words = " ".join(text.split())
    assert "2 not gradable" in words
    assert "lost: it is the wrong notebook: its cells are those of 08_lstm" in words
    assert "elsewhere: it is the wrong notebook: no cell is of this course" in words


def test_check_finds_the_unit_by_content_and_tells_a_wrong_name(
    course: Course, tmp_path: Path
) -> None:
    solved = course.source_notebook(UNIT).read_bytes()
    for name, code in (("Untitled", cli.DONE), ("01_recurrence", cli.DONE), ("08_lstm", 1)):
        path = tmp_path / f"{name}.ipynb"
        path.write_bytes(solved)
        done, text = run("check", str(path))
        assert done == code
        assert text.count("It does all that is asked.") == 4
        assert ("checked as 01_recurrence, for its cells" in " ".join(text.split())) == (code == 1)


def test_grade_moved_marks_are_kept_in_the_report_when_the_next_grading_is_silent(
    course: Course,
) -> None:
    hand_in(course, UNIT, "bob", course.release_notebook(UNIT).read_bytes())
    run("grade", "1")
    hand_in(course, UNIT, "bob", course.source_notebook(UNIT).read_bytes())
    assert "moved: bob, check_rnn_forward: 0 → 3" in run("grade", "1")[1]
    assert "moved:" not in run("grade", "1")[1]
    folder = course.reports / "01_recurrence"
    for name in ("class.html", "class.csv"):
        assert "rnn_forward: 0 → 3 (" in (folder / name).read_text(encoding="utf-8")


def test_grade_one_page_that_cannot_be_written_is_told_and_the_rest_goes_on(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    students = [f"student-{number:02d}" for number in range(10)]
    for student in students:
        hand_in(course, UNIT, student, course.source_notebook(UNIT).read_bytes())
    write = feedback.write_atomically

    def full(path: Path, text: str) -> None:
        if "student-03" in path.parts:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, text)

    with monkeypatch.context() as patch:
        patch.setattr(feedback, "write_atomically", full)
        code, text = run("grade", "1")
    assert code == cli.FAILURES
    assert "10 full marks" in text
    assert "no feedback page: student-03: The disk, or your share of it, is full" in " ".join(
        text.split()
    )

    def with_page() -> list[str]:
        return sorted(path.parts[-3] for path in course.feedback.glob("*/*/*.html"))

    assert with_page() == [student for student in students if student != "student-03"]
    shutil.rmtree(course.submitted / "student-05")
    shutil.rmtree(course.feedback)
    assert run("grade", "1")[0] == cli.DONE
    assert with_page() == students  # of one whose folder is gone, too


def test_grade_where_a_probe_gets_out_refuses(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, UNIT, "right", course.source_notebook(UNIT).read_bytes())
    leak = Finding("network", False, "NOT so: no address can be reached.")
    monkeypatch.setattr(proven, "try_out", lambda engine, canary: [leak])
    with pytest.raises(SandboxUnavailable, match="does not hold here"):
        run("grade", "1")
    assert not course.autograded.exists()


def test_grade_without_sandbox_stamps_the_report(course: Course) -> None:
    hand_in(course, UNIT, "right", course.source_notebook(UNIT).read_bytes())
    code, _ = run("grade", "1", "--no-sandbox")
    assert code == cli.DONE
    page = (course.reports / "01_recurrence" / "class.html").read_text(encoding="utf-8")
    assert "Graded without the sandbox" in page


def test_feedback_and_report_are_written_again_on_demand(course: Course) -> None:
    hand_in(course, UNIT, "right", course.source_notebook(UNIT).read_bytes())
    run("grade", "1")
    page = course.feedback / "right" / "01_recurrence" / "01_recurrence.html"
    page.unlink()
    assert run("feedback", "1")[0] == cli.DONE
    assert page.is_file()
    code, text = run("report", "1")
    assert code == cli.DONE
    assert "class.html" in text
