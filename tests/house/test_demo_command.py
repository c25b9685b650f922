"""The commands demo and doctor as they are typed."""

import pytest

from autograder.cli import demo_session, proving
from autograder.cli import run as cli
from autograder.course import Course
from autograder.demo.run import Mismatch, lock_of, set_up
from autograder.errors import AutograderError
from autograder.grading.files import alone_in
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX, hand_in
from tests.house.typed import UNIT, run

pytestmark = [NEEDS_SANDBOX, pytest.mark.usefixtures("kept_open")]


def test_second_demo_at_the_same_time_is_refused_and_takes_nothing_away(course: Course) -> None:
    hand_in(course, UNIT, "first-demo", b"at work")
    with alone_in(course, lock_of(course)), pytest.raises(AutograderError) as refused:
        run("demo")
    assert str(refused.value).startswith(f"Another grading is at work in {course.data}:")
    assert (course.submitted / "first-demo").is_dir()


def test_demo_deletes_nothing_that_holds_it(course: Course) -> None:
    with alone_in(course, lock_of(course)):
        set_up(course, [UNIT])
        set_up(course, [UNIT])
        with pytest.raises(AutograderError), alone_in(course, lock_of(course)):
            pass


def test_demo_prints_every_submission_and_ends_with_done(course: Course) -> None:
    code, text = run("demo")
    assert code == cli.DONE
    assert "those their kind predicts" in text
    assert "hostile-imports-reference" in text


def test_demo_with_a_mark_that_is_not_predicted_ends_with_failure(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Mismatch("correct", "stack_weights", "0.5 points, not 1.0")
    monkeypatch.setattr(demo_session, "compare", lambda *arguments: [wrong])
    code, text = run("demo")
    assert code == cli.FAILURES
    assert "correct, stack_weights: 0.5 points, not 1.0" in text


def test_doctor_lists_what_holds(course: Course) -> None:
    code, text = run("doctor")
    assert code == cli.DONE
    assert text.count("✓") > 15


def test_doctor_tries_the_second_sandbox_where_the_first_does_not_hold(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BubblewrapLauncher, "why_not", lambda self: "bubblewrap is missing.")
    monkeypatch.setattr(AccountLauncher, "why_not", lambda self: "It needs root.")
    code, text = run("doctor")
    assert code == cli.WRONG_USAGE  # 'autograder grade' takes the first alone
    said = text.partition(proving.SECOND_SANDBOX)
    assert "✗ bubblewrap is missing." in said[0]
    assert "✗ It needs root." in said[2]
