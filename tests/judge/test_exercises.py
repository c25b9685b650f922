"""Every exercise is proven: right in any style earns all, every mistake is rejected and named."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from autograder.judge import verdict as verdicts
from autograder.judge.criterion import Kind
from autograder.judge.edits import Mistake, base_source
from autograder.judge.exercise import Exercise, Variant
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.judge.verdict import judge
from autograder.quality.measure import told
from autograder.student import wire
from autograder.student.probes import exercise_names
from autograder.student.report import Status
from autograder.student.wire import encode
from tests.judge.judged import SEEDS, drawn, failed, verdict, verdict_on_mistake

NAMES = ("NumPy", "Python", "Adam")
#: Mistakes that some seeds do not show in a criterion, and why that is so.
BY_CHANCE: Mapping[str, Mapping[str, str]] = {}
EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]
MISTAKES = [(e, m) for e in EXERCISES for m in e.mistakes]
VARIANTS = [(e, v) for e in EXERCISES for v in e.variants]

each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for no pair of mistakes: where marks are asked, the name of what is wrong is not."""
    monkeypatch.setattr(verdicts, "PATIENCE_S", 0.0)


@each_exercise
def test_reference_earns_all_points(exercise: Exercise) -> None:
    for seed in SEEDS:
        report = verdict(exercise.name, seed)
        assert (report.status, report.points) == (Status.PASSED, exercise.points)


@pytest.mark.parametrize(("exercise", "variant"), VARIANTS, ids=lambda v: v.name)
def test_variant_earns_all_points(exercise: Exercise, variant: Variant) -> None:
    for seed in SEEDS:
        report = verdict(exercise.name, seed, **variant.functions)
        assert report.points == exercise.points, report


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=lambda v: v.name)
def test_mistake_is_rejected_and_told(exercise: Exercise, mistake: Mistake) -> None:
    for seed in SEEDS:
        report = verdict_on_mistake(exercise.name, mistake.name, seed)
        assert report.points is not None and report.points < exercise.points
        assert told(mistake, report), report
        assert mistake.when in report.mistake_sentence


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=lambda v: v.name)
def test_mistake_costs_the_same_on_every_seed(exercise: Exercise, mistake: Mistake) -> None:
    """Each class draws a seed of its own: a mark is no matter of luck."""
    reports = [verdict_on_mistake(exercise.name, mistake.name, seed) for seed in SEEDS]
    not_met = [sorted(failed(report)) for report in reports]
    by_chance = {c for names in not_met for c in names if any(c not in other for other in not_met)}
    assert by_chance <= set(BY_CHANCE.get(mistake.name, {})), not_met


@each_exercise
def test_text_of_every_mistake_completes_its_sentence(exercise: Exercise) -> None:
    """It goes on after "Your numbers are those that come when", and ends as a sentence."""
    for mistake in exercise.mistakes:
        if mistake.when:
            assert mistake.when.endswith((".", ")", "?")), mistake.name
            first = mistake.when.split()[0]
            assert first[0].islower() or "_" in first or len(first) == 1 or first in NAMES, first


@each_exercise
def test_edits_of_every_mistake_fit_their_base(exercise: Exercise) -> None:
    for mistake in exercise.mistakes:
        assert mistake.source
        if not mistake.written:
            assert mistake.source != base_source(mistake.unit, mistake.base), mistake.name


@each_exercise
def test_stub_is_unfinished_and_earns_nothing(exercise: Exercise) -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError(f"{exercise.name}: not written yet")

    report = verdict(exercise.name, **dict.fromkeys(exercise.reference, stub))
    assert (report.status, report.points) == (Status.UNFINISHED, 0.0)


@each_exercise
@pytest.mark.usefixtures("no_search")
def test_expected_answer_replayed_from_other_cases_earns_next_to_nothing(
    exercise: Exercise,
) -> None:
    """Who hard-codes the answers to the public cases keeps none of the value marks."""
    if not any(exercise.probe.roles.values()):
        pytest.skip("a function without arguments has one answer to all cases")
    theirs, ours = drawn(exercise.name, SEEDS[0]), drawn(exercise.name, SEEDS[1])
    report = judge(ours, list(theirs.expected.values()))
    kinds = {c.name: c.kind for c in exercise.criteria}
    values = [result for result in report.criteria if kinds[result.name] is Kind.VALUES]
    assert not any(result.passed for result in values)


@each_exercise
@pytest.mark.usefixtures("no_search")
def test_constant_answer_earns_nothing(exercise: Exercise) -> None:
    """What does not depend on the inputs is not even paid for leaving its arguments alone."""
    key = drawn(exercise.name, SEEDS[0])
    flat = [
        type(answer)(answer.case, {n: np.full_like(v, 0.37) for n, v in answer.outputs.items()})
        for answer in key.expected.values()
    ]
    assert judge(key, flat).points == 0.0


@each_exercise
def test_answers_to_no_case_earn_nothing(exercise: Exercise) -> None:
    assert judge(drawn(exercise.name, SEEDS[0]), []).points == 0.0


@each_exercise
def test_same_seed_gives_the_same_cases_and_another_seed_others(exercise: Exercise) -> None:
    def numbers(seed: int) -> list[bytes]:
        return [encode(dict(case.inputs)) for case in exercise.cases(seed)]

    assert numbers(5) == numbers(5)
    assert numbers(5) != numbers(6)


@each_exercise
def test_criteria_name_cases_and_outputs_that_exist(exercise: Exercise) -> None:
    key = drawn(exercise.name, SEEDS[0])
    cases = {case.name for case in key.cases}
    outputs = {name for answer in key.expected.values() for name in answer.outputs}
    for criterion in exercise.criteria:
        assert set(criterion.cases) <= cases
        assert set(criterion.outputs) <= outputs & set(exercise.axes)
        assert criterion.outputs or criterion.kind in (Kind.UNCHANGED, Kind.REPEATABLE)
        assert set(criterion.against) <= outputs
        compared = len(criterion.outputs)
        pairs = {Kind.CONSISTENT: 2, Kind.SAME: compared, Kind.DIFFERENT: compared}
        assert len(criterion.against) == pairs.get(criterion.kind, 0)


@each_exercise
def test_hints_are_three_short_and_hold_no_code(exercise: Exercise) -> None:
    assert len(exercise.hints) == 3
    for text in exercise.hints:
        assert 0 < len(text.split()) <= 80
        assert not any(code in text for code in ("np.", "def ", "import ", " @ ", " in range"))


@each_exercise
def test_exercise_is_proven_against_enough_mistakes_and_styles(exercise: Exercise) -> None:
    assert len(exercise.mistakes) >= 7
    assert len(exercise.variants) >= 5
    names = [m.name for m in exercise.mistakes]
    assert len(set(names)) == len(names)


def test_every_exercise_has_a_probe_and_every_probe_an_exercise() -> None:
    assert sorted(e.name for e in EXERCISES) == sorted(exercise_names())


def test_find_exercise_of_an_unknown_name_raises() -> None:
    with pytest.raises(LookupError):
        find_exercise("rnn_step_sideways")


@each_exercise
def test_case_inputs_come_through_the_wire_with_their_types(exercise: Exercise) -> None:
    """A NumPy scalar would be an array's like here and a plain float in the sandbox."""
    for case in exercise.cases(0):
        inputs = dict(case.inputs)
        received = wire.decode(wire.encode(inputs))
        assert {n: type(v) for n, v in received.items()} == {n: type(v) for n, v in inputs.items()}
