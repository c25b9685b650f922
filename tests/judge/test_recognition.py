"""Which mistake gives a learner's numbers: one, two, one for each output, at an edge."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.judge.edits import base_source, compiled
from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import bptt, recurrence
from autograder.judge.recognised import Recognised
from autograder.student.answers import Answer, Problem
from tests.judge.recognised import BACK, STEP, answers_of, key_of, one, recognised

# --- one ------------------------------------------------------------------------------------------


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


# --- two, and one for each output -----------------------------------------------------------------


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


# --- main cases and edges -------------------------------------------------------------------------


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
