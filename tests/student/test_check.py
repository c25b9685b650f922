"""``check``, ``hint`` and ``recorded`` as a notebook meets them, the judge being installed."""

import signal
import threading
from typing import Any

import numpy as np
import pytest

from autograder.judge import backend
from autograder.judge.mistakes import recurrence as mistakes
from autograder.judge.parse import parse_answers
from autograder.student import CheckFailed, NotDoneYet, check, hint, needs, passed, recorded
from autograder.student import check as check_module_function
from rnn_ref import recurrence

check_module = __import__("sys").modules[check_module_function.__module__]
needs_timer = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no timer of processor time"
)


def test_check_of_the_reference_returns_none_and_says_so(capsys: Any) -> None:
    assert check("stack_weights", stack=recurrence.stack_weights) is None
    assert "[1 of 1 point]" in capsys.readouterr().out


def test_check_of_a_mistake_raises_and_names_it(capsys: Any) -> None:
    with pytest.raises(CheckFailed, match="rnn_step_forward: The bias alone: 14 of 14 numbers"):
        check("rnn_step_forward", step=mistakes.STEP["step_without_bias"].function)
    assert "those that come when the bias b_h is not added." in capsys.readouterr().out


def test_check_of_a_stub_raises_not_done_yet() -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError("stack_weights: not written yet")

    with pytest.raises(NotDoneYet, match="not written yet"):
        check("stack_weights", stack=stub)


def test_check_of_an_unknown_exercise_lists_those_there_are() -> None:
    with pytest.raises(CheckFailed, match="rnn_step_forward"):
        check("rnn_step", step=recurrence.rnn_step_forward)


def test_check_with_a_wrong_keyword_shows_how_it_reads() -> None:
    with pytest.raises(CheckFailed, match=r'check\("stack_weights", stack=…\)'):
        check("stack_weights", stck=recurrence.stack_weights)


def test_check_failed_is_rendered_as_a_sentence_broken_between_words() -> None:
    assert CheckFailed("one line")._render_traceback_() == ["one line"]
    sentence = "Predict first, then run this cell again. " * 4
    lines = CheckFailed(sentence)._render_traceback_()
    assert len(lines) > 1 and max(map(len, lines)) <= 72
    assert " ".join(lines) == sentence.strip()


def test_check_in_the_sandbox_hands_out_answers_and_judges_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    sent: list[tuple[str, bytes]] = []
    case = {"name": "one", "inputs": {"W_xh": np.ones((2, 3)), "W_hh": np.ones((3, 3))}}
    monkeypatch.setattr(check_module, "sink", lambda *bundle: sent.append(bundle))
    monkeypatch.setattr(check_module, "secret_cases", {"stack_weights": [case]})
    check("stack_weights", stack=mistakes.STACK["multiplied"].function)
    ((name, bundle),) = sent
    assert name == "stack_weights"
    assert [answer.case for answer in parse_answers(bundle)] == ["one", "one (again)"]
    assert capsys.readouterr().out == ""


def test_hint_goes_one_further_each_time_and_stays_at_the_last(capsys: Any) -> None:
    for _ in range(4):
        hint("rnn_step_stacked")
    first, second, third, fourth = capsys.readouterr().out.strip().split("\n")
    assert [line.split(":")[0] for line in (first, second, third)] == [
        f"rnn_step_stacked, hint {number} of 3" for number in (1, 2, 3)
    ]
    assert third == fourth


def test_hint_on_an_unknown_exercise_lists_those_there_are(capsys: Any) -> None:
    hint("rnn_step")
    told = capsys.readouterr().out
    assert told.startswith('There is no exercise "rnn_step"; there are ')
    assert "rnn_step_forward" in told and "bug 1" in told
    hint("bug 1")
    assert capsys.readouterr().out.startswith("bug 1, hint 1 of 3: ")


def test_needs_names_the_first_exercise_that_is_missing() -> None:
    check("stack_weights", stack=recurrence.stack_weights)
    needs("stack_weights")
    with pytest.raises(NotDoneYet, match="first pass the check of rnn_forward"):
        needs("stack_weights", "rnn_forward", "rnn_step_forward")


def test_recorded_without_prediction_raises_not_done_yet() -> None:
    with pytest.raises(NotDoneYet, match='"same" or "different"'):
        recorded("", "same", "different")
    with pytest.raises(NotDoneYet):
        recorded("perhaps", "same", "different")
    recorded("same", "same", "different")


def test_recorded_under_another_name_says_which_to_set() -> None:
    with pytest.raises(NotDoneYet, match='Answer first: set diagnosis to "a" or "b"'):
        recorded("", "a", "b", name="diagnosis")
    recorded("b", "a", "b", name="diagnosis")


def test_passed_tells_of_the_last_check_of_an_exercise() -> None:
    check("stack_weights", stack=recurrence.stack_weights)
    assert passed("stack_weights")
    with pytest.raises(CheckFailed):
        check("stack_weights", stack=mistakes.STACK["multiplied"].function)
    assert not passed("stack_weights")


@needs_timer
def test_check_of_a_loop_without_end_is_stopped_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def endless(*arguments: Any) -> Any:
        while True:
            pass

    handler = signal.getsignal(signal.SIGPROF)
    monkeypatch.setattr(backend, "PATIENCE_S", 0.05)
    with pytest.raises(CheckFailed, match="it ran into the time limit"):
        check("stack_weights", stack=endless)
    assert signal.getsignal(signal.SIGPROF) == handler
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert "Is there a loop that never ends?" in capsys.readouterr().out


@needs_timer
def test_check_of_what_fills_memory_is_stopped_and_told_as_that(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def grows(*arguments: Any) -> Any:
        h: list[Any] = [0]
        for _ in h:
            h.append(h)

    monkeypatch.setattr(backend, "LIMIT_BYTES", 2**24)
    with pytest.raises(CheckFailed, match="it ran into the memory limit"):
        check("stack_weights", stack=grows)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert "Does a list or an array grow without an end?" in capsys.readouterr().out


def test_check_outside_of_the_main_thread_goes_without_a_limit() -> None:
    thread = threading.Thread(target=lambda: check("stack_weights", stack=recurrence.stack_weights))
    with pytest.raises(CheckFailed):
        check("stack_weights", stack=mistakes.STACK["multiplied"].function)
    thread.start()
    thread.join()
    assert passed("stack_weights")
