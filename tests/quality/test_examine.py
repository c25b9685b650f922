"""What is made again of a report, and that what is untrue in it comes to light."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.recognised import Recognised
from autograder.judge.verdict import judge
from autograder.quality import measure
from autograder.quality.children import Batch, results_of
from autograder.quality.claims import untrue_claims
from autograder.quality.examine import Bench, Outcome
from autograder.quality.figures import Examined, counts_of
from autograder.quality.measure import examine_all, gives_the_same
from autograder.quality.subjects import mutants_of
from autograder.student.report import Report
from rnn_ref import lstm

STEP = find_exercise("rnn_step_forward")


def forged(key: AnswerKey, functions: Mapping[str, Any], name: str, detail: str) -> Report:
    """A report in which the criterion `name` is said to fail with `detail`, or to hold if ""."""
    report = judge(key, list(key.answers_of(functions).values()))
    results = tuple(
        replace(r, detail=detail, points=0.0 if detail else r.max_points, judged=True)
        if r.name == name
        else r
        for r in report.criteria
    )
    return replace(report, criteria=results)


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("unchanged", "h_prev changed during the call: work on a copy."),
        ("repeatable", "the second call gave other numbers than the first."),
        ("bias", "The bias alone: h_t differs."),
    ],
)
def test_claims_of_a_right_function_that_are_made_up_come_to_light(name: str, detail: str) -> None:
    key = AnswerKey.draw(STEP, 1)
    assert untrue_claims(key, STEP.reference, forged(key, STEP.reference, "", "")).untrue == ()
    found = untrue_claims(key, STEP.reference, forged(key, STEP.reference, name, detail))
    assert len(found.untrue) == 1
    assert detail in found.untrue[0]


def writes_into_its_argument(x_t, h_prev, W_xh, W_hh, b_h):  # type: ignore[no-untyped-def]
    h_prev[:] = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_prev, None


def test_claims_that_leave_out_a_changed_argument_come_to_light() -> None:
    key = AnswerKey.draw(STEP, 1)
    functions = {"step": writes_into_its_argument}
    honest = judge(key, list(key.answers_of(functions).values()))
    assert untrue_claims(key, functions, honest).untrue == ()
    assert untrue_claims(key, functions, forged(key, functions, "unchanged", "")).untrue
    other = "b_h changed during the call: work on a copy."
    assert untrue_claims(key, functions, forged(key, functions, "unchanged", other)).untrue


def test_claim_that_does_not_say_of_which_outputs_it_is_true_comes_to_light() -> None:
    exercise = find_exercise("lstm_step_forward")
    key = AnswerKey.draw(exercise, 1)

    def cell_twice(*arguments: Any) -> Any:
        _, c_t, cache = lstm.lstm_step_forward(*arguments)
        return c_t, c_t, cache

    functions = {exercise.role: cell_twice}
    report = judge(key, list(key.answers_of(functions).values()))
    assert untrue_claims(key, functions, report).untrue == ()
    plain = [
        replace(result, sentence=criterion.sentence)
        for criterion, result in zip(exercise.criteria, report.criteria, strict=True)
    ]
    found = untrue_claims(key, functions, replace(report, criteria=tuple(plain))).untrue
    assert any(told.startswith("✓ With the forget gate alone both are right") for told in found)


def test_examine_right_and_wrong_functions_tells_what_came_of_them() -> None:
    bench = Bench(STEP, 1)
    assert bench.examine(STEP.reference["step"]).outcome is Outcome.PASSED
    mistake = STEP.mistakes[0]
    found = bench.examine(mistake.function)
    assert (found.outcome, found.mistake) == (Outcome.NUMBERS, mistake.name)
    assert found.wrongly == found.untrue == ()
    assert bench.examine(lambda *a: 1 / 0).outcome is Outcome.STOPPED
    assert bench.examine(writes_into_its_argument).outcome is Outcome.ASIDE


def test_examine_a_name_that_only_fits_by_chance_is_found_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(STEP, 1)
    one, other = STEP.mistakes[:2]
    listening = bench._listening[0]
    monkeypatch.setattr(listening._recogniser, "recognise", lambda *a: [Recognised((other,))])
    assert bench.examine(one.function).wrongly == (other.name,)


def test_gives_the_same_refuses_a_mistake_and_accepts_the_reference() -> None:
    assert gives_the_same(STEP, STEP.reference["step"], seeds=2)
    assert not gives_the_same(STEP, STEP.mistakes[0].function, seeds=2)


def test_counts_tell_survivors_from_equivalents() -> None:
    passed = Bench(STEP, 1, naming=False).examine(STEP.reference["step"])
    counts = counts_of([Examined("a", passed), Examined("b", passed, "why"), Examined("c", None)])
    assert (counts.total, counts.survived, counts.equivalent, counts.limit) == (3, 1, 1, 1)


def _square_or_hang(item: int) -> int:
    while item == 1:
        pass
    return item * item


def test_results_of_an_endless_item_is_none_and_the_others_come() -> None:
    found = sorted(results_of([Batch(lambda: _square_or_hang, 3, patience_s=0.2)], jobs=2))
    assert found == [(0, 0, 0), (0, 1, None), (0, 2, 4)]


def _divide(item: int) -> float:
    return 1 / item


def test_results_of_work_that_fails_itself_is_an_error_not_a_finding() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(results_of([Batch(partial(lambda f: f, _divide), 1)], jobs=1))


def test_examine_all_calls_equivalent_only_what_is_listed_and_found_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = find_exercise("stack_weights")
    subjects = mutants_of(stack)
    monkeypatch.setattr(measure, "reason", lambda mutant: "because")
    honest = counts_of(examine_all(subjects, jobs=2, patience_s=0.0))
    assert (honest.equivalent, honest.survived) == (1, 0)
    monkeypatch.setattr(measure, "gives_the_same", lambda *a: False)
    doubted = counts_of(examine_all(subjects, jobs=2, patience_s=0.0))
    assert (doubted.equivalent, doubted.survived) == (0, 1)
