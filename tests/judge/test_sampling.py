"""Unit 04's exercises, tried with code that is in none of their lists, and with forged answers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.judge.answers import answers_of_unit
from autograder.judge.edits import base_source, compiled
from autograder.judge.exercise import WITH_OURS, Case
from autograder.judge.exercises import find_exercise
from autograder.judge.exercises.sampling.sample import LIKELIEST, MANY, MANY_HOT
from autograder.judge.exercises.sampling.texts import TEXTS, chances, nearly_right
from autograder.judge.frequencies import divergence
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes.sampling import SAMPLE, SOFTMAX
from autograder.judge.verdict import judge
from autograder.student.report import Report
from tests.judge import judged
from tests.judge.judged import drawn, failed

Function = Callable[..., Any]
SEED = 7


def verdict(name: str, **functions: Function) -> Report:
    return judged.verdict(name, SEED, **functions)


COUNTED = {"frequencies", "temperature", "own_softmax"}


# --- right in other ways ------------------------------------------------------------------------


def sample_until(params, h_0, first_id, length, temperature, rng, stop_id=None):  # type: ignore[no-untyped-def]
    """Ends by a flag; keeps its text in an array of floats, cut at the end."""
    text, n, over, state, last = np.zeros(length), 0, length == 0, h_0.copy(), first_id
    while not over:
        state = np.tanh(params["W_xh"][[last]] + state @ params["W_hh"] + params["b_h"])
        z = (state @ params["W_hy"] + params["b_y"])[0] / temperature
        edges = np.exp(z - np.logaddexp.reduce(z)).cumsum()
        last = min(int((edges <= rng.random()).sum()), len(z) - 1)
        text[n] = last
        n += 1
        over = n == length or last == stop_id
    return text[:n]


def unwritten(scores: Any, temperature: Any) -> Any:
    raise NotImplementedError("softmax_temperature: not written yet")


def test_sample_that_calls_no_earlier_function_earns_all() -> None:
    assert failed(verdict("sample", sample=sample_until)) == set()


def test_sample_without_the_softmax_of_its_own_earns_all() -> None:
    """Whoever draws without softmax_temperature is not marked down because that one is missing."""
    assert failed(verdict("sample", sample=sample_until, softmax=unwritten)) == set()


# --- wrong in other ways ------------------------------------------------------------------------


def by_gumbel(carried: bool = True, cold: float = 0.0) -> Function:
    def sample(params, h_0, first_id, length, temperature, rng, stop_id=None):  # type: ignore[no-untyped-def]
        h, last, ids = h_0[0], first_id, []
        for _ in range(length):
            state = np.tanh(params["W_xh"][last] + h @ params["W_hh"] + params["b_h"])
            h = state if carried else h
            z = (state @ params["W_hy"] + params["b_y"]) / max(temperature, cold)
            last = int(np.argmax(z + rng.gumbel(size=len(z))))
            ids.append(last)
            if last == stop_id:
                break
        return ids

    return sample


def test_mistake_drawn_with_another_method_is_named() -> None:
    """The mistake's own draws differ from the learner's; their frequencies do not."""
    assert verdict("sample", sample=by_gumbel(carried=False)).mistake == "state_not_carried"


def test_temperature_that_is_never_low_fails_where_the_text_is_clear() -> None:
    report = verdict("sample", sample=by_gumbel(cold=1.0))
    assert "likeliest" in failed(report) and not {"frequencies", "temperature"} & failed(report)


def sample_while(params, h_0, first_id, length, temperature, rng, stop_id=None):  # type: ignore[no-untyped-def]
    """Nothing comes where the first input is the stop character."""
    ids: list[int] = []
    h, last = h_0, first_id
    while last != stop_id and len(ids) < length:
        h = np.tanh(params["W_xh"][[last]] + h @ params["W_hh"] + params["b_h"])
        z = (h @ params["W_hy"] + params["b_y"])[0] / temperature
        last = int(np.argmax(z + rng.gumbel(size=len(z))))
        ids.append(last)
    return np.array(ids)


def test_nothing_drawn_where_the_first_input_is_the_stop_character_is_told() -> None:
    report = verdict("sample", sample=sample_while)
    assert failed(report) == {"stop"}
    assert report.mistake == "stop_looked_for_in_the_input"
    assert report.headline.startswith("A stop character that is the first input, too: ids has")


def test_always_the_likeliest_fails_where_chance_is_asked_for_and_nowhere_else() -> None:
    assert failed(verdict("sample", sample=SAMPLE["argmax_for_draw"].function)) == COUNTED


def test_global_chance_is_not_taken_for_a_right_loop() -> None:
    report = verdict("sample", sample=SAMPLE["global_chance"].function)
    assert failed(report) == {"given_rng"}
    assert report.mistake == "global_chance" and not report.advice


@pytest.mark.parametrize(
    ("refuses", "told"),
    [
        ("assert temperature > 0", "raised an AssertionError; expected a ValueError"),
        ("if temperature <= 0: return ValueError('no')", "returned a ValueError, not raised it"),
    ],
)
def test_refusal_of_another_kind_is_shown_as_a_call(refuses: str, told: str) -> None:
    space: dict[str, Any] = {"right": answers_of_unit("sampling")["softmax_temperature"]}
    exec(
        f"def f(scores, temperature):\n    {refuses}\n    return right(scores, temperature)", space
    )
    report = verdict("softmax_temperature", softmax=space["f"])
    (refused,) = [c for c in report.criteria if c.name == "refuses"]
    assert failed(report) == {"refuses"}
    assert "Temperatures 0 and below: `softmax_temperature` at " in refused.detail
    assert told in refused.detail


# --- an error is paid for once ------------------------------------------------------------------


def loop_with(softmax: Function, source: str = "") -> dict[str, Function]:
    """The model answer's loop, or another one, beside a softmax of the learner's."""
    source = source or base_source("sampling", "sample")
    sample = compiled(source, "sampling", "sample", {"softmax_temperature": softmax})
    return {"softmax": softmax, "sample": sample}


def test_loop_that_divides_by_the_temperature_as_well_is_not_right() -> None:
    source = base_source("sampling", "sample").replace(
        "scores[0, 0],", "scores[0, 0] / temperature,"
    )
    report = verdict(
        "sample", **loop_with(answers_of_unit("sampling")["softmax_temperature"], source)
    )
    assert failed(report) == {"temperature", "own_softmax"}
    assert not report.headline.startswith("Your sample is right")


@pytest.mark.parametrize("loop", ["argmax_for_draw", "likeliest_fed_back", "seeded_at_every_call"])
def test_stand_in_does_not_pay_for_a_loop_that_draws_wrongly(loop: str) -> None:
    wrong = SOFTMAX["temperature_multiplies"].function
    assert {"frequencies", "temperature"} <= failed(
        verdict("sample", **loop_with(wrong, SAMPLE[loop].source))
    )


# --- what is sent is not believed ---------------------------------------------------------------


def with_outputs(case: str, outputs: Mapping[str, np.ndarray]) -> set[str]:
    key = drawn("sample", SEED)
    answers = key.answers_of(key.exercise.reference)
    for name in (case, case + WITH_OURS):
        answers[name] = replace(answers[name], outputs=dict(outputs))
    return failed(judge(key, list(answers.values())))


def right_outputs(case: str) -> dict[str, np.ndarray]:
    return dict(drawn("sample", SEED).expected[case].outputs)


def test_counts_that_are_sent_count_for_nothing() -> None:
    right = right_outputs(MANY)
    assert {"frequencies"} <= with_outputs(MANY, {"counts": right["counts"]})


@pytest.mark.parametrize(
    "texts",
    [
        np.zeros((1400, 1400), dtype=np.uint16),
        np.zeros((4, 2), dtype=np.int64),
        np.zeros((500, 1), dtype=np.int64),
        np.zeros((500, 0), dtype=np.int64),
        np.zeros(500, dtype=np.int64),
        np.full((500, 2), -1),
        np.full((500, 2), 10**12),
        np.full((500, 2), np.nan),
        np.zeros((500, 2), dtype=bool),
    ],
    ids=["giant", "few", "short", "none", "flat", "negative", "no class", "nan", "truth values"],
)
def test_texts_of_another_form_are_refused_before_anything_is_counted(texts: np.ndarray) -> None:
    found = with_outputs(MANY, {**right_outputs(MANY), "texts": texts})
    assert {"frequencies", "own_softmax"} <= found


@pytest.mark.parametrize("shape", [(500,), (4, 4), (1000, 1000), ()])
def test_probabilities_of_another_shape_are_not_judged(shape: tuple[int, ...]) -> None:
    sent = {**right_outputs(MANY), "texts": np.zeros((500, 2), int), "own_first_p": np.ones(shape)}
    assert with_outputs(MANY, sent) == {"frequencies", "own_softmax"}


def test_text_again_that_does_not_come_is_not_taken_for_equal() -> None:
    sent = right_outputs(LIKELIEST)
    del sent["text_again"]
    assert with_outputs(LIKELIEST, sent) == {"given_rng"}


def test_probe_hands_out_what_came_back_and_nothing_about_it() -> None:
    key = drawn("sample", SEED)
    answers = key.answers_of(key.exercise.reference)
    raw = {"ids", "text", "next_text", "text_again", "texts", "own_first_p", "own_second_p"}
    for case in (LIKELIEST, MANY, MANY_HOT):
        assert answers[case].outputs.keys() - key.exercise.derived.keys() <= raw


# --- a case to try ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_state_not_carried_costs_the_same_whatever_the_seed(seed: int) -> None:
    """Also where, with our softmax in the place of one's own, texts come out the same by luck."""
    report = judged.verdict_on_mistake("sample", "state_not_carried", seed)
    assert failed(report) == {"likeliest", *COUNTED}


@pytest.mark.parametrize("seed", range(6))
def test_counts_tell_right_from_nearly_right_in_both_directions(seed: int) -> None:
    cases = {case.name: case.inputs for case in find_exercise("sample").cases(seed)}
    for name in (MANY, MANY_HOT):
        right = chances(cases[name])
        for nearly in nearly_right(cases[name]):
            for rolled, supposed in ((right, nearly), (nearly, right)):
                pairs = zip(rolled.ravel(), supposed.ravel(), strict=True)
                assert max(TEXTS * divergence(float(q), float(p)) for q, p in pairs) > 2 * 20


def test_constant_text_earns_nothing_though_it_is_the_likeliest_of_a_case() -> None:
    def zeros(params: object, h_0: object, first_id: int, length: int, *more: object) -> object:
        return np.zeros(length, dtype=int)

    def favouring_zero(case: Case) -> Case:
        if not case.name.startswith(LIKELIEST):
            return case
        params = case.inputs["params"]
        b_y = params["b_y"] + 1000 * (np.arange(len(params["b_y"])) == 0)
        return replace(case, inputs={**case.inputs, "params": {**params, "b_y": b_y}})

    exercise, cases = find_exercise("sample"), drawn("sample").cases
    key = AnswerKey(exercise, tuple(map(favouring_zero, cases)))
    for name in (LIKELIEST, f"{LIKELIEST}{WITH_OURS}"):
        assert not key.expected[name].outputs["ids"].any()
    answers = key.answers_of({**exercise.reference, exercise.role: zeros})
    assert judge(key, list(answers.values())).points == 0
