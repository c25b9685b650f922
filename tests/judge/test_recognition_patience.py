"""Recognising a mistake ends in time, and threads that do it at once agree."""

import threading
from itertools import count
from typing import Any

import numpy as np
import pytest

from autograder.judge import recognition
from autograder.judge.edits import base_source, compiled
from autograder.judge.mistakes import recurrence
from autograder.judge.recognition import Recogniser
from autograder.judge.verdict import judge
from tests.judge.recognised import LOOP, STEP, answers_of, key_of, one, recognised


def riddle(x_t: Any, h_prev: Any, *weights: Any) -> Any:
    return np.cos(3 * h_prev) - 7, None


def test_search_ends_when_patience_does_and_goes_on_with_the_next_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = count(step=0.4)  # each look at it finds so much later
    monkeypatch.setattr(recognition.time, "thread_time", lambda: next(clock))
    key = key_of("rnn_step_forward")
    written = sum(bool(mistake.when) for mistake in key.exercise.mistakes)
    for round_number in (1, 2):
        assert key.recogniser.recognise(answers_of(key, riddle), patience_s=1.0) == []
        tried = written + 2 * round_number * recognition.CHUNK
        assert len(key.recogniser._made) == tried


def test_searches_with_and_without_stand_ins_share_one_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = count(step=0.05)
    monkeypatch.setattr(recognition.time, "thread_time", lambda: next(clock))
    key = key_of("rnn_forward")
    loop = base_source("recurrence", "rnn_forward").replace("h_t = h_0", "h_t = np.cos(h_0) - 7")
    function = compiled(
        loop.replace("append(h_t)", "append(np.cos(h_t))"), "recurrence", "rnn_forward"
    )
    assert not judge(key, list(answers_of(key, function).values())).mistake
    assert 0.5 < next(clock) < 1.5


def test_search_of_one_key_ends_for_good_and_what_was_tried_is_still_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recognition, "MAX_SEARCH_S", 0.0)
    key = key_of("rnn_step_forward")
    for _ in range(3):
        key.recogniser.recognise(answers_of(key, riddle))
    written = sum(bool(mistake.when) for mistake in key.exercise.mistakes)
    assert len(key.recogniser._made) == written
    assert one(key, recurrence.STEP["bias_twice"].function).name == "bias_twice"
    assert len(key.recogniser._made) == written


def test_threads_that_recognise_at_once_agree_with_one_after_the_other() -> None:
    wrong = [m.function for m in recurrence.STEP if m.when]
    expected = [[r.name for r in recognised(STEP, function)] for function in wrong]
    key = key_of("rnn_step_forward")
    given = [answers_of(key, function) for function in wrong]
    found: list[list[list[str]]] = [[] for _ in range(4)]
    together = threading.Barrier(4)

    def work(place: int) -> None:
        together.wait()
        for answers in given:
            names = [r.name for r in key.recogniser.recognise(answers, 60.0)]
            found[place].append(names)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
    names = [m.name for m in key.recogniser._made]
    assert len(set(names)) == len(names)  # each was tried once


def test_recogniser_with_stand_ins_makes_its_mistakes_with_them() -> None:
    loop = recurrence.FORWARD["h_0_at_every_step"]
    answers = {
        case.name: LOOP.recogniser_with_ours._answer(loop, case.name) for case in LOOP.with_ours
    }
    (found, *_) = LOOP.recogniser_with_ours.recognise(answers)
    assert found.name == "h_0_at_every_step"
    assert isinstance(LOOP.recogniser_with_ours, Recogniser)
    plain = {case.of: answers[case.name] for case in LOOP.with_ours}
    assert not LOOP.recogniser.explains(loop, plain)
