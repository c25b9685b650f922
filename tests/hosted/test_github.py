"""A run on GitHub: a job summary that no text breaks out of, an exit code, new cases each time."""

import re

import pytest

from tests.course.grading_folders import NEEDS_SANDBOX
from tests.hosted.hand_ins import NAME, WRONG_STEP, Place, changed, solved

pytestmark = [NEEDS_SANDBOX, pytest.mark.usefixtures("kept_open")]
FENCES = (
    "def rnn_forward(*args):\n    raise ValueError('````' + chr(10) + '```' + chr(10) + '# Ha')"
)


def test_full_marks_end_with_0(on_github: Place, capsys: pytest.CaptureFixture[str]) -> None:
    on_github.hand_in("notebooks/x.ipynb", solved())
    on_github.hand_in(".git/x.ipynb", changed(rnn_step_forward=WRONG_STEP))
    code, summary = on_github.grade_on_github()
    assert code == 0
    assert "| One step of the recurrence | 3 | 3 |" in summary
    assert "::notice title=Autograding::9 of 9 points" in capsys.readouterr().out


def test_less_ends_with_1_and_says_why(on_github: Place) -> None:
    on_github.hand_in(f"{NAME}.ipynb", changed(rnn_step_forward=WRONG_STEP))
    code, summary = on_github.grade_on_github()
    assert code == 1
    assert "A case to try" in summary and "✗ With the bias alone" in summary


def test_nothing_handed_in_is_told(on_github: Place) -> None:
    code, summary = on_github.grade_on_github()
    assert code == 1
    assert "Nothing was handed in" in summary


def test_text_of_a_student_stays_within_its_fence(on_github: Place) -> None:
    on_github.hand_in(f"{NAME}.ipynb", changed(rnn_forward=FENCES))
    _, summary = on_github.grade_on_github()
    outside, fence = [], ""
    for line in summary.splitlines():
        found = re.match("(`{3,})(text)?$", line)
        if found and not fence and found[2]:
            fence = found[1]
        elif found and fence and len(found[1]) >= len(fence):
            fence = ""
        elif not fence:
            outside.append(line)
    assert "````" in summary
    assert [line for line in outside if "Ha" in line or "`" in line] == []


def test_secret_cases_are_drawn_anew_in_each_run(on_github: Place) -> None:
    on_github.hand_in(f"{NAME}.ipynb", solved())
    assert not on_github.seed.exists()
    on_github.grade_on_github()
    first = on_github.seed.read_text()
    on_github.grade_on_github()
    assert on_github.seed.read_text() != first


def test_log_has_no_words_of_the_student(
    on_github: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    """A line that begins with two colons would be a command to GitHub's runner."""
    hostile = "def rnn_forward(*args):\n    raise ValueError('::error::hello ##[error]hello')"
    on_github.hand_in("::error::hello.ipynb", changed(rnn_forward=hostile))
    _, summary = on_github.grade_on_github()
    assert "hello" in summary
    assert "hello" not in "".join(capfd.readouterr())
