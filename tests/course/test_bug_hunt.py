"""The bug hunt: its faulty functions are caught and named, its repairs pass, its stories are true.

The code is taken from the notebooks themselves: what is tested is what learners get.
"""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.judge.backend import JudgeBackend
from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.hints.bug_hunt import HINTS
from autograder.judge.key import AnswerKey
from autograder.quality.measure import told
from autograder.student import CheckFailed
from autograder.student.report import Report, Status
from rnn_ref import bptt, recurrence
from rnn_ref.errors import InputError
from rnn_ref.widgets import bug_hunt
from rnn_ref.widgets.bptt_table import compare_step
from tests.conftest import ROOT

CASES = {
    1: ("rnn_forward", "h_0_ignored"),
    2: ("softmax_cross_entropy", "no_maximum_subtracted"),
    3: ("make_batches", "targets_not_shifted"),
    4: ("sample", "reseeded_at_every_draw"),
    5: ("rnn_step_backward", "W_hh_not_transposed"),
    6: ("rnn_backward", "weights_overwritten"),
    7: ("rescale_spectral_radius", "singular_value_for_radius"),
    8: ("clip_by_global_norm", "clips_each_array_by_its_own_norm"),
    9: ("lstm_step_forward", "sigmoid_on_the_candidate"),
    10: ("lstm_step_backward", "overwrites_dc_t"),
}
"""The function of each case, and the mistake that it is."""

each_case = pytest.mark.parametrize("case", CASES)
COURSE = Course(ROOT)


@cache
def cells(kind: str) -> dict[str, NotebookNode]:
    path = (COURSE.source_notebook if kind == "repaired" else COURSE.release_notebook)("bug_hunt")
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


@cache
def names(case: int, kind: str) -> dict[str, Any]:
    """Return what is defined after the case's cell, in the source or in the release."""
    defined: dict[str, Any] = {}
    for cell in ("imports", f"bug-{case}-code"):
        exec(cells(kind)[cell].source, defined)
    return defined


def function(case: int, kind: str) -> Callable[..., Any]:
    found: Callable[..., Any] = names(case, kind)[CASES[case][0]]
    return found


def faulty(case: int) -> Callable[..., Any]:
    return function(case, "faulty")


def repaired(case: int) -> Callable[..., Any]:
    return function(case, "repaired")


@cache
def report(case: int, kind: str) -> Report:
    """Judge the case by its own check cell."""
    caught: list[Report] = []

    def check(exercise: str, /, **functions: Any) -> None:
        caught.append(JudgeBackend().check(exercise, functions))

    code = cells(kind)[f"bug-{case}-check"].source
    exec(code, {**names(case, kind), "check": check, "diagnosis": right_letter(case)})
    (found,) = caught
    return found


@each_case
def test_faulty_version_is_rejected_and_told(case: int) -> None:
    name, mistake = CASES[case]
    found = report(case, "faulty")
    assert found.exercise == name
    assert found.status is Status.PARTIAL
    (made,) = (m for m in find_exercise(name).mistakes if m.name == mistake)
    assert told(made, found), found
    assert bool(found.mistake_sentence) == bool(made.when)


@each_case
def test_repaired_version_passes(case: int) -> None:
    assert report(case, "repaired").status is Status.PASSED


@each_case
def test_release_holds_the_faulty_function_alone(case: int) -> None:
    name, _ = CASES[case]
    given, whole = (cells(kind)[f"bug-{case}-code"] for kind in ("faulty", "repaired"))
    assert given.source.count(f"def {name}(") == 1
    assert whole.source.startswith(given.source)
    assert whole.source.count(f"def {name}(") == 2
    assert not given.metadata["nbgrader"]["locked"]


def right_letter(case: int) -> str:
    answer: dict[str, str] = {}
    exec(cells("repaired")[f"bug-{case}-diagnosis"].source, answer)
    return answer["diagnosis"]


@each_case
def test_check_judges_the_diagnosis_first_and_only_then_the_code(
    case: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code, right = cells("faulty")[f"bug-{case}-check"].source, right_letter(case)
    with pytest.raises(InputError, match="Answer first: set diagnosis to"):
        exec(code, {**names(case, "faulty"), "diagnosis": ""})
    for wrong in set("abc") - {right}:
        with pytest.raises(InputError, match=f"^{wrong}: not that") as told_off:
            exec(code, {**names(case, "faulty"), "diagnosis": wrong})
        assert f" {right} " not in str(told_off.value).replace(" a ", " ")
        assert capsys.readouterr().out == ""  # nothing is said of the code
    with pytest.raises(CheckFailed):
        exec(code, {**names(case, "faulty"), "diagnosis": right})


@each_case
def test_symptom_cell_runs_with_the_faulty_and_the_repaired_function(case: int) -> None:
    shown = []
    for kind in ("faulty", "repaired"):
        with redirect_stdout(io.StringIO()) as printed:
            exec(cells(kind)[f"bug-{case}-symptom"].source, dict(names(case, kind)))
        shown.append(printed.getvalue())
    assert shown[0] != shown[1]


def test_diagnoses_are_one_of_three_and_spread() -> None:
    right = []
    for case in CASES:
        right.append(right_letter(case))
        assert cells("repaired")[f"bug-{case}-question"].source.count("\n- **") == 3
    assert min(right.count(letter) for letter in "abc") >= 3


def test_hints_are_three_short_ones_a_case_and_hold_no_code() -> None:
    assert list(HINTS) == [f"bug {case}" for case in CASES]
    for hints in HINTS.values():
        assert len(set(hints)) == 3
        for text in hints:
            assert 0 < len(text.split()) <= 80
            assert not any(code in text for code in ("np.", "def ", "import ", " @ ", ".T"))


def test_hints_are_given_one_after_the_other() -> None:
    backend = JudgeBackend()
    told = [f"{i} of 3: {hint}" for i, hint in enumerate(HINTS["bug 10"], 1)]
    assert [backend.hint("bug 10") for _ in range(3)] == told


def test_mistakes_of_all_cases_exist() -> None:
    for name, mistake in CASES.values():
        exercise = find_exercise(name)
        assert mistake in {wrong.name for wrong in exercise.mistakes}
        assert AnswerKey.draw(exercise, PUBLIC_SEED).cases


def test_symptom_1_only_the_second_half_differs() -> None:
    gap = bug_hunt.chunk_gap(faulty(1))
    assert np.all(gap[:4] == 0)
    assert np.all(gap[4:] > 0.1)
    assert np.all(bug_hunt.chunk_gap(repaired(1)) == 0)


def test_symptom_2_large_scores_alone_give_nan() -> None:
    wrong, right = bug_hunt.loss_by_scale(faulty(2)), bug_hunt.loss_by_scale(repaired(2))
    assert np.isnan(wrong.pop(1000))
    assert np.isfinite(right.pop(1000))
    assert wrong == pytest.approx(right)


def test_symptom_3_nearly_no_loss_and_one_letter_for_ever() -> None:
    loss, text = bug_hunt.train_reader(faulty(3))
    assert loss == pytest.approx(0.001, abs=5e-4)
    assert len(set(text[-20:])) == 1
    loss, text = bug_hunt.train_reader(repaired(3))
    assert loss > 0.01
    assert text.startswith("the cat sat on the ")


def test_symptom_4_temperature_changes_the_text_and_the_seed_does_not() -> None:
    cool, cool_too, warm, warm_too = (t for _, _, t in bug_hunt.written_texts(faulty(4)))
    assert (cool, warm) == (cool_too, warm_too)
    assert cool != warm
    assert len({text for _, _, text in bug_hunt.written_texts(repaired(4))}) == 4


def test_symptom_5_one_of_five_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    compare_step(recurrence.rnn_step_forward, faulty(5))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if "DIFFERS" in line] == ["dh_prev"]
    assert sum("agrees" in line for line in lines) == 4


def test_symptom_5_in_a_loop_only_the_last_input_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    shapes = (2, 6, 3), (2, 4), (3, 4), (4, 4), (4,)
    _, cache = recurrence.rnn_forward(*(rng.normal(size=shape) for shape in shapes))
    dh = rng.normal(size=(2, 6, 4))
    right = bptt.rnn_backward(dh, cache)[0]
    monkeypatch.setattr(bptt, "rnn_step_backward", faulty(5))
    off = np.abs(repaired(6)(dh, cache)[0] - right).max(axis=(0, 2))
    assert off[-1] < 1e-12
    assert np.all(off[:-1] > 1e-3)


def test_symptom_6_loss_stops_at_the_floor_and_the_recurrent_weights_stand_still() -> None:
    wrong, right = bug_hunt.train_hello(faulty(6)), bug_hunt.train_hello(repaired(6))
    assert f"{wrong.losses[-1]:.2f}" == "0.37"
    assert wrong.losses.min() > bug_hunt.WITHOUT_MEMORY > 50 * right.losses[-1]
    assert f"{bug_hunt.WITHOUT_MEMORY:.4f}" == "0.3466"
    assert [name for name, distance in wrong.moved.items() if distance == 0] == ["W_hh"]
    assert min(right.moved.values()) > 0


def test_picture_of_case_6_says_what_the_run_says() -> None:
    for case_function, claim in (
        (faulty(6), "The loss stops at the floor"),
        (repaired(6), "The loss falls through the floor"),
    ):
        run = bug_hunt.train_hello(case_function)
        figure, alt = bug_hunt.hello_picture(run)
        assert figure.axes[0].get_title(loc="left") == claim
        assert alt.startswith(claim)
        assert f"{run.losses[-1]:.2f} nats" in alt


def test_symptom_7_radius_is_too_small_and_the_gradient_vanishes() -> None:
    for asked, got, _ in bug_hunt.radius_and_reach(faulty(7)):
        assert got < 0.6 * asked
    assert 1e-13 < bug_hunt.radius_and_reach(faulty(7))[-1][2] < 1e-11
    for asked, got, _ in bug_hunt.radius_and_reach(repaired(7)):
        assert got == pytest.approx(asked)
    assert bug_hunt.radius_and_reach(repaired(7))[-1][2] > 10


def test_symptom_8_step_is_too_long_and_turned() -> None:
    wrong, right = bug_hunt.clip_to_five(faulty(8)), bug_hunt.clip_to_five(repaired(8))
    assert wrong.norm > 6
    assert wrong.angle > 30
    assert right.norm == pytest.approx(5)
    assert right.angle == pytest.approx(0, abs=1e-5)  # arccos loses half of the digits


def test_symptom_9_minus_one_is_never_stored() -> None:
    wrong, right = bug_hunt.held_bits(faulty(9)), bug_hunt.held_bits(repaired(9))
    assert wrong[1] == pytest.approx(1, abs=0.1)
    assert wrong[-1] == pytest.approx(0, abs=0.1)
    assert right == pytest.approx({1: 1, -1: -1}, abs=0.1)


def test_symptom_10_first_call_is_right_and_the_second_is_wrong() -> None:
    first, second = bug_hunt.errors_of_calls(faulty(10))
    assert max(first.values()) < 1e-12
    assert min(second.values()) > 0.1
    assert max(max(call.values()) for call in bug_hunt.errors_of_calls(repaired(10))) < 1e-12
