"""What a table says is what the model answers say: same points, same sentences, same cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercise import PUBLIC_SEED, Exercise
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.slips import slips
from autograder.judge.table import TableKey, read_key
from autograder.judge.tabulate import table_of
from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from autograder.student.display import Card
from autograder.student.report import Status
from tests.kit.kits import FEW, small_table

#: Of every kind: a step, refusals, counts, gradients with stand-ins, arrays of texts.
EXERCISES = (
    "rnn_step_forward",
    "stack_weights",
    "relative_error",
    "one_hot",
    "clip_by_global_norm",
)

ONE_OF_EACH_UNIT = (
    *("numeric_gradient", "rnn_step_forward", "output_forward", "one_hot", "softmax_temperature"),
    *("rnn_step_backward", "linear_gradient_norms", "global_norm", "lstm_step_forward"),
    *("direct_path_gain", "bits_per_character"),
)


def raises(*_: Any) -> None:
    raise ValueError("no")


def unwritten(*_: Any) -> None:
    raise NotImplementedError("not written yet")


def constant(*_: Any) -> np.ndarray:
    return np.zeros((2, 2))


def wrong_functions(exercise: Exercise) -> Iterator[Mapping[str, Any]]:
    """Yield written mistakes, slips, two at once, variants, and functions of no kind."""
    made = [*exercise.mistakes, *slips(exercise.unit, exercise.name)[::3]]
    pairs = zip(exercise.mistakes, exercise.mistakes[1:], strict=False)
    made += [one.and_also(other) for one, other in pairs if not one.overlaps(other)]
    yield from ({exercise.role: mistake.function} for mistake in made)
    yield from (variant.functions for variant in exercise.variants)
    yield from ({exercise.role: function} for function in (raises, unwritten, constant, None))


@pytest.fixture(scope="module", params=EXERCISES)
def keys(request: pytest.FixtureRequest) -> tuple[AnswerKey, TableKey]:
    exercise = find_exercise(request.param)
    return AnswerKey.draw(exercise, PUBLIC_SEED), read_key(table_of(exercise), exercise.name)


def answers_of(key: AnswerKey, functions: Mapping[str, Any]) -> list[Answer]:
    return list(key.answers_of({**key.exercise.reference, **functions}).values())


def test_report_by_table_is_the_report_by_model_answers(keys: tuple[AnswerKey, TableKey]) -> None:
    live, table = keys
    told, named = [], 0
    for functions in wrong_functions(live.exercise):
        by_answers = judge(live, answers_of(live, functions))
        by_table = judge(table, answers_of(table, functions))
        named += bool(by_answers.mistake)
        if by_answers != by_table or repr(Card(by_answers)) != repr(Card(by_table)):
            told.append((functions, by_answers, by_table))
    assert told == []
    assert named > 5


@pytest.mark.parametrize("name", ONE_OF_EACH_UNIT)
def test_mistake_of_every_unit_is_told_alike_and_an_unknown_one_is_not_named(name: str) -> None:
    exercise = find_exercise(name)
    live, table = AnswerKey.draw(exercise, PUBLIC_SEED), read_key(small_table(exercise), name)
    for mistake in exercise.mistakes[:FEW]:
        functions = {exercise.role: mistake.function}
        by_answers = judge(live, answers_of(live, functions))
        assert judge(table, answers_of(table, functions)) == by_answers
        assert by_answers.mistake
    right = exercise.reference[exercise.role]
    odd = judge(table, answers_of(table, {exercise.role: lambda *a, **k: bent(right(*a, **k))}))
    assert odd.status in (Status.FAILED, Status.PARTIAL)
    assert odd.mistake == ""
    assert "come when" not in repr(Card(odd))


def bent(value: Any) -> Any:
    """Return what no mistake gives."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(bent, value))
    return 1.3719 * value + 0.0113 if isinstance(value, float | np.ndarray) else value


def test_two_mistakes_at_once_are_named_by_table() -> None:
    exercise = find_exercise("relative_error")
    table = read_key(table_of(exercise), exercise.name)
    mistakes = {mistake.name: mistake for mistake in exercise.mistakes}
    both = mistakes["signs_dropped"].and_also(mistakes["scale_with_sign"]).function
    report = judge(table, answers_of(table, {exercise.role: both}))
    assert report.mistake == "signs_dropped + scale_with_sign"


def test_table_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from autograder.judge import table
    from autograder.student.check import CheckFailed

    exercise = find_exercise("stack_weights")
    data = table_of(replace(exercise, version=exercise.version + 1))
    with pytest.raises(CheckFailed, match="another version"):
        table.read_key(data, exercise.name)


def test_exercise_without_a_table_is_told() -> None:
    from autograder.judge.table import TableBackend
    from autograder.student.check import CheckFailed

    with pytest.raises(CheckFailed, match="cannot check rnn_forward: get the latest one"):
        TableBackend().check("rnn_forward", {})


def test_where_looks_for_the_line_in_a_kit_too(run_in_kit: Callable[..., str]) -> None:
    source = (
        "import numpy as np\n\ndef rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):\n"
        "    a_t = x_t @ W_xh + h_prev @ W_hh.T + b_h\n"
        "    return np.tanh(a_t), None\n"
    )
    code = (
        "import linecache\nfrom autograder.student import CheckFailed, check, where\n"
        f"source = {source!r}\nfile = '<ipython-input-1-cell>'\n"
        "linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file\n"
        "exec(compile(source, file, 'exec'))\n"
        "try:\n    check('rnn_step_forward', step=rnn_step_forward)\n"
        "except CheckFailed:\n    where('rnn_step_forward')\n"
    )
    assert "One change in line 4 makes everything right." in run_in_kit(code)
