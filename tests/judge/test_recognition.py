"""Which mistake gives a learner's numbers: one, two, one for each output, at an edge; in time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from autograder.judge import recognition
from autograder.judge.edits import base_source, compiled
from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import bptt, recurrence
from autograder.judge.recognition import Recognised, Recogniser
from autograder.judge.verdict import judge
from autograder.student.answers import Answer, Problem

Function = Callable[..., Any]
SEED = 11


def key_of(name: str, seed: int = SEED) -> AnswerKey:
    """A fresh key, whose recogniser has tried nothing yet."""
    return AnswerKey.draw(find_exercise(name), seed)


STEP, BACK, LOOP = key_of("rnn_step_forward"), key_of("rnn_step_backward"), key_of("rnn_forward")


def recognised(key: AnswerKey, function: Function, patience_s: float = 60.0) -> list[Recognised]:
    functions = {**key.exercise.reference, key.exercise.role: function}
    return key.recogniser.recognise(key.answers_of(functions), patience_s)


def one(key: AnswerKey, function: Function) -> Recognised:
    (found,) = recognised(key, function)
    return found


# --- one ----------------------------------------------------------------------------------------


def test_right_answers_have_no_mistake() -> None:
    assert recognised(STEP, STEP.exercise.reference["step"]) == []


def test_mistake_is_recognised_in_another_style() -> None:
    def columns(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
        total = W_xh.T @ x_t.T + W_hh.T @ h_prev.T - b_h[:, None]
        return np.tanh(total).T, {"nothing": None}

    found = one(STEP, columns)
    assert found.name == "bias_subtracted"
    when = recurrence.STEP["bias_subtracted"].when
    assert found.sentence == f"Your numbers are those that come when {when}"


def test_slip_that_nobody_has_written_down_is_recognised() -> None:
    def doubled(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
        return np.tanh(x_t @ W_xh - h_prev @ W_hh + b_h), None

    found = one(STEP, doubled)
    assert found.name.startswith("slip-")
    assert "subtracted in h_t instead of added (the one with h_prev" in found.sentence


def test_numbers_that_nothing_gives_have_no_name() -> None:
    assert recognised(STEP, lambda x_t, h_prev, *_: (np.cos(3 * h_prev) - 7, None), 0.05) == []


def test_mistake_that_stops_in_the_same_way_is_recognised_by_its_kind() -> None:
    found = one(STEP, lambda *arguments: recurrence.STEP["cache_first"].function(*arguments))
    assert (found.name, found.problem) == ("cache_first", Problem.FORM)
    assert found.sentence.startswith("The same form comes back when the pair is in the other order")


# --- two, and one for each output ---------------------------------------------------------------


def test_two_mistakes_at_once_are_both_told_with_symbols_as_they_are() -> None:
    both = bptt.STEP["W_xh_not_transposed"], bptt.STEP["sign_turned"]
    names = [m.name for m in both]
    found = replace(Recognised(both), outputs=())
    assert found.name == " + ".join(names)
    assert "two mistakes at once: (1) " in found.sentence and " (2) " in found.sentence
    whens = "dx_t is halved.", "dh_prev is halved."
    told = Recognised(tuple(replace(m, when=w) for m, w in zip(both, whens, strict=True))).sentence
    assert told.endswith("(1) dx_t is halved. (2) dh_prev is halved.")
    twice = Recognised(tuple(replace(m, when="dx_t is halved.") for m in both)).sentence
    assert twice.endswith("come with one mistake in two places: dx_t is halved.")


def test_two_mistakes_in_one_output_are_recognised_as_a_pair() -> None:
    def without_bias(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
        return np.tanh(x_t @ W_xh + h_prev @ W_hh.T), None

    found = one(STEP, without_bias)
    whens = [mistake.when for mistake in found.mistakes]
    assert any("b_h is not added" in when for when in whens)
    assert any("W_hh is transposed" in when for when in whens)
    assert len(whens) == 2 and not found.outputs


def test_outputs_with_a_mistake_each_are_told_each_with_its_own() -> None:
    def wrong(dh_t: Any, cache: Any) -> Any:
        dx_t, dh_prev, dW_xh, dW_hh, db_h = bptt_step(dh_t, cache)
        return dx_t, dh_prev, dW_xh, dW_hh.T, db_h / len(dh_t)

    found = one(BACK, wrong)
    told = dict(zip(found.outputs, (m.when for m in found.mistakes), strict=True))
    assert set(told) == {("db_h",), ("dW_hh",)}
    assert found.sentence.count("is what comes when") == 2


def bptt_step(dh_t: Any, cache: Any) -> Any:
    return BACK.exercise.reference["backward"](dh_t, cache)


@pytest.mark.parametrize("missing", [0, 1, 2, 4])
def test_output_that_did_not_come_leaves_the_others_to_be_recognised(missing: int) -> None:
    """None stands for what is still to be written; a wrong gradient beside it has its name."""

    def wrong(dh_t: Any, cache: Any) -> Any:
        gradients = list(bptt_step(dh_t, cache))
        gradients[3] = gradients[3].T
        gradients[missing] = None
        return gradients

    found = one(BACK, wrong)
    assert (found.name, found.outputs) == ("dW_hh_transposed", (("dW_hh",),))
    assert found.sentence.startswith("Your dW_hh is what comes when ")


def test_mistake_of_all_outputs_is_told_of_those_that_came() -> None:
    def wrong(dh_t: Any, cache: Any) -> Any:
        return (*bptt.STEP["no_derivative_of_tanh"].function(dh_t, cache)[:4], None)

    found = one(BACK, wrong)
    assert (found.name, found.outputs) == (
        "no_derivative_of_tanh",
        (("dW_hh", "dW_xh", "dh_prev", "dx_t"),),
    )
    assert found.sentence.startswith("Your dW_hh, dW_xh, dh_prev and dx_t are what comes when ")


def test_output_that_did_not_come_is_no_mistake_of_those_that_are_right() -> None:
    def unfinished(dh_t: Any, cache: Any) -> Any:
        return (*bptt_step(dh_t, cache)[:4], None)

    assert recognised(BACK, unfinished) == []


# --- main cases and edges -----------------------------------------------------------------------


def with_answer(key: AnswerKey, case: str, answer: Answer) -> dict[str, Answer]:
    return {**key.expected, case: answer}


def test_main_mistake_is_recognised_whatever_happens_at_an_edge() -> None:
    wrong = recurrence.STEP["bias_subtracted"].function
    answers = STEP.answers_of({"step": wrong})
    edge = next(case.name for case in STEP.asked if case.edge)
    answers[edge] = Answer(edge, {}, Problem.EXCEPTION, "IndexError", "It stopped.")
    (found, *_) = STEP.recogniser.recognise(answers)
    assert (found.name, found.case) == ("bias_subtracted", "")


def test_mistake_that_shows_at_an_edge_alone_is_told_with_its_case() -> None:
    key = key_of("relative_error")

    def without_care(a: Any, b: Any) -> Any:
        if a.shape != b.shape:
            raise ValueError("two shapes")
        return np.abs(a - b).max() / np.abs([a, b]).max()

    found = one(key, without_care)
    assert (found.name, found.case) == ("zero_by_zero", "zero throughout")
    assert found.sentence.startswith("Zero throughout: your numbers are those that come when ")


def answers_of(key: AnswerKey, function: Function) -> dict[str, Answer]:
    return key.answers_of({**key.exercise.reference, key.exercise.role: function})


def test_no_mistake_is_made_on_large_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are there to take time; one that goes wrong there alone has no name."""
    key = key_of("rnn_backward")
    key.expected  # noqa: B018
    asked: list[str] = []
    answer_of = AnswerKey.answer_of

    def noted(self: AnswerKey, functions: Any, case: str, wanted: Any = ()) -> Answer:
        asked.append(case)
        return answer_of(self, functions, case, wanted)

    monkeypatch.setattr(AnswerKey, "answer_of", noted)
    answers = answers_of(key, bptt.BACKWARD["carry_ignored"].function)
    assert key.recogniser.recognise(answers)[0].name == "carry_ignored"
    assert asked and "a long sequence" not in asked


def test_missing_answers_have_no_mistake() -> None:
    assert STEP.recogniser.recognise({}) == []
    first = STEP.asked[0].name
    assert STEP.recogniser.recognise({first: STEP.expected[first]}) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "untrue"),
    [
        ("numeric_gradient", "df * change", "df - change", "added"),
        ("numeric_gradient", "df * change", "df", "added"),
        ("make_batches", "(len(ids) - 1) //", "(len(ids) + 1) //", "B is L // (N T)"),
        ("relative_error", "/ scale", "// scale", "condition"),
        ("rescale_spectral_radius", "rho / radius", "rho // radius", "zeros"),
        ("lstm_step_backward", "do_t * o_t", "do_t ** o_t", "raised"),
    ],
)
def test_what_is_named_is_so_on_other_numbers_too(
    name: str, old: str, new: str, untrue: str
) -> None:
    """Where small numbers, zeros or nan hide what was done, nothing is said of it."""
    exercise = find_exercise(name)
    wrong = compiled(base_source(exercise.unit, name).replace(old, new), exercise.unit, name)
    key = key_of(name, PUBLIC_SEED)
    answers = key.answers_of({**exercise.reference, exercise.role: wrong})
    told = [one.sentence for one in key.recogniser.recognise(answers, 60.0)]
    assert not any(untrue in sentence for sentence in told)


# --- patience and threads -----------------------------------------------------------------------


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
