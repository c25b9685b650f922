"""Stand-ins: bound to a name of the learner's for one call, with secret numbers, and taken away."""

import functools
import inspect
from typing import Any

import numpy as np
import pytest

from autograder.judge.answers import answers_of_unit
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.judge.key import AnswerKey
from autograder.student.answers import Problem, answer_case, answer_cases
from autograder.student.probes import find_probe
from autograder.student.stand_ins import (
    SECRETS,
    STAND_IN,
    STAND_INS,
    UnknownCache,
    make_stand_ins,
    standing_in,
)

LOOP = """
import numpy as np

def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    raise NotImplementedError("later")

def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    states = []
    for t in range(x.shape[1]):
        h_0, _ = rnn_step_forward(x[:, t], h_0, W_xh, W_hh, b_h)
        states.append(h_0)
    return np.stack(states, axis=1), None

class Called:
    def __call__(self, *arguments):
        return rnn_forward(*arguments)

    def method(self, *arguments):
        return rnn_forward(*arguments)
"""
OURS = {"rnn_step_forward": lambda *_: "ours"}
SECRET = [0.6, 0.7, 0.8, 0.9]


def notebook() -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(LOOP, space)
    return space


def decorated(function: Any) -> Any:
    @functools.wraps(function)
    def around(*arguments: Any) -> Any:
        return function(*arguments)

    return around


FORMS = {
    "a function": lambda space: space["rnn_forward"],
    "decorated": lambda space: decorated(space["rnn_forward"]),
    "twice decorated": lambda space: decorated(decorated(space["rnn_forward"])),
    "a partial": lambda space: functools.partial(space["rnn_forward"]),
    "a cached one": lambda space: functools.lru_cache(space["rnn_forward"]),
    "a method": lambda space: space["Called"]().method,
    "an object": lambda space: space["Called"](),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_stand_in_is_bound_where_a_function_of_any_form_looks_it_up(form: str) -> None:
    space = notebook()
    own = space["rnn_step_forward"]
    with standing_in(FORMS[form](space), OURS):
        assert space["rnn_step_forward"] is OURS["rnn_step_forward"]
    assert space["rnn_step_forward"] is own


def test_stand_in_is_taken_away_after_an_exception_and_after_it_was_overwritten() -> None:
    space = notebook()
    own = space["rnn_step_forward"]
    with pytest.raises(ZeroDivisionError), standing_in(space["rnn_forward"], OURS):
        space["rnn_step_forward"] = None
        raise ZeroDivisionError
    assert space["rnn_step_forward"] is own


def test_stand_in_is_not_added_where_its_name_is_not_there() -> None:
    space = {"np": np}
    exec("def rnn_forward(x): return x", space)
    with standing_in(space["rnn_forward"], OURS):
        assert "rnn_step_forward" not in space


@pytest.mark.parametrize("function", [None, 3, len, np.tanh, str, [].append, np.vectorize(abs)])
def test_what_is_no_function_of_the_learners_is_left_alone(function: Any) -> None:
    with standing_in(function, OURS):
        pass


def sizes_of(name: str, rng: np.random.Generator) -> list[Any]:
    """Return arguments for a stand-in, by the names of its parameters."""
    N, T, D, H = 2, 3, 4, 5
    gates = 4 * H if name.startswith("lstm") else H
    shapes = {
        "x_t": (N, D),
        "h_prev": (N, H),
        "c_prev": (N, H),
        "W_xh": (D, gates),
        "W_hh": (H, gates),
        "b_h": (gates,),
        "b_": (gates,),
        "dh_t": (N, H),
        "dc_t": (N, H),
        "dh": (N, T, H),
        "scores": (N, H),
        "h": (N, H),
        "W_hy": (H, D),
        "b_y": (D,),
    }
    given: dict[str, Any] = {key: rng.normal(size=shape) for key, shape in shapes.items()}
    given["grads"] = {"W": rng.normal(size=(D, H)), "b": rng.normal(size=H)}
    given["params"] = {key: rng.normal(size=value.shape) for key, value in given["grads"].items()}
    given.update(learning_rate=0.1, max_norm=1.0, temperature=0.5)
    given.update(f=np.sum, x=rng.normal(size=(N, D)), text="a text to encode")
    given["char_to_id"] = {char: i for i, char in enumerate(sorted(set(given["text"])))}
    if name.endswith("backward"):
        step = "lstm_step_forward" if name.startswith("lstm") else "rnn_step_forward"
        forward = make_stand_ins({step: SECRET})[step]
        cache = forward(*sizes_of(step, rng))[-1]
        given["cache"] = [cache] * T if name == "rnn_backward" else cache
    ours = make_stand_ins({name: SECRET})[name]
    parameters = inspect.signature(ours).parameters.values()
    return [given[one.name] for one in parameters if one.default is one.empty]


def flat(result: Any) -> list[np.ndarray]:
    if isinstance(result, dict):
        return [np.asarray(value) for value in result.values()]
    if isinstance(result, tuple):
        return [part for each in result for part in flat(each)]
    return [np.asarray(result)]


@pytest.mark.parametrize("name", list(STAND_INS))
def test_every_stand_in_answers_in_the_form_of_the_model_answer_with_other_numbers(
    name: str,
) -> None:
    unit = find_exercise(name).unit
    right = answers_of_unit(unit)[name]
    arguments = sizes_of(name, np.random.default_rng(0))
    ours = make_stand_ins({name: SECRET})[name]
    theirs, model = flat(ours(*arguments)), flat(right(*arguments))
    assert ours.__name__ == name
    assert (
        list(inspect.signature(ours).parameters)[:1]
        == list(inspect.signature(right).parameters)[:1]
    )
    if not name.endswith("forward"):  # a cache may hold more than the model's
        assert [part.shape for part in theirs] == [part.shape for part in model]
    assert theirs[0].shape == model[0].shape
    assert not np.allclose(theirs[0], model[0])


@pytest.mark.parametrize("name", list(STAND_INS))
def test_every_stand_in_depends_on_its_secrets(name: str) -> None:
    """Who does not know the numbers cannot give its results."""
    arguments = sizes_of(name, np.random.default_rng(1))
    some, others = (
        flat(make_stand_ins({name: secret})[name](*arguments))[0]
        for secret in (SECRET, [1.4, 1.3, 1.2, 1.1])
    )
    assert some.shape == others.shape
    assert not np.allclose(some, others)


@pytest.mark.parametrize("cache", [None, {}, "text", (1, 2), [], np.zeros(5)])
@pytest.mark.parametrize("name", ["rnn_step_backward", "lstm_step_backward"])
def test_cache_of_another_form_is_refused_by_its_own_exception(name: str, cache: Any) -> None:
    ours = make_stand_ins({name: SECRET})[name]
    arguments = [np.zeros((2, 5))] * (1 if name.startswith("rnn") else 2)
    with pytest.raises(UnknownCache):
        ours(*arguments, cache)


def test_short_cache_of_a_sequence_is_refused() -> None:
    ours = make_stand_ins({"rnn_backward": SECRET})["rnn_backward"]
    with pytest.raises(UnknownCache):
        ours(np.zeros((1, 3, 2)), [])


# --- asking with them ---------------------------------------------------------------------------


def inputs_of(case: str, seed: int = 4) -> dict[str, Any]:
    return next(dict(c.inputs) for c in find_exercise("rnn_forward").cases(seed) if c.name == case)


def test_case_with_stand_ins_is_asked_with_them_and_the_own_step_is_back_behind_it() -> None:
    space, probe = notebook(), find_probe("rnn_forward")
    assert probe is not None
    own = space["rnn_step_forward"]
    functions = {"step": own, "forward": space["rnn_forward"]}
    inputs = inputs_of("a whole sequence, with ours")
    answer = answer_case(probe, functions, "ours", inputs)
    assert "h" in answer.outputs
    assert space["rnn_step_forward"] is own
    del inputs[STAND_IN]
    plain = answer_case(probe, functions, "own", inputs)
    assert (plain.problem, plain.outputs) == (Problem.UNFINISHED, {})


def test_secrets_are_drawn_with_the_cases() -> None:
    def secrets(seed: int) -> list[float]:
        return list(inputs_of("a whole sequence, with ours", seed)[STAND_IN]["rnn_step_forward"])

    assert secrets(4) == secrets(4) != secrets(5)
    assert len(secrets(4)) == SECRETS
    assert all(0.5 <= number <= 1.5 for number in secrets(4))


def test_step_that_is_not_written_is_asked_with_ours_all_the_same() -> None:
    space, probe = notebook(), find_probe("rnn_forward")
    assert probe is not None
    cases = [(case.name, case.inputs) for case in find_exercise("rnn_forward").cases(4)]
    functions = {"step": space["rnn_step_forward"], "forward": space["rnn_forward"]}
    answers = {answer.case: answer for answer in answer_cases(probe, functions, cases)}
    own = [a for name, a in answers.items() if "with ours" not in name]
    ours = [a for name, a in answers.items() if "with ours" in name]
    assert [a.problem for a in own] == [Problem.UNFINISHED]  # the others could only repeat it
    assert len(ours) == 9 and all("h" in a.outputs for a in ours)


def test_every_exercise_that_names_stand_ins_asks_small_cases_with_them() -> None:
    named = [e for unit in units_with_exercises() for e in exercises_of(unit) if e.stand_ins]
    assert {"rnn_forward", "rnn_backward", "truncated_bptt"} <= {e.name for e in named}
    for exercise in named:
        assert set(exercise.stand_ins) <= set(STAND_INS)
        names = {case.name for case in exercise.cases(0) if not (case.of or case.shown)}
        assert set(exercise.stand_in_cases) <= names
        for case in exercise.cases(0):
            if case.of:
                arrays = [v for v in case.inputs.values() if isinstance(v, np.ndarray)]
                assert sum(array.size for array in arrays) < 5_000
                assert "directions" not in case.inputs


@pytest.mark.parametrize("name", ["rnn_backward", "lstm_backward", "truncated_bptt"])
def test_what_is_carried_with_stand_ins_arrives_at_the_first_state(name: str) -> None:
    """Else who carries nothing would be right by luck."""
    exercise = find_exercise(name)
    for seed in range(12):
        key = AnswerKey.draw(exercise, seed)
        for case in key.with_ours:
            arrived = np.abs(key.expected[case.name].outputs["dh_0"]).max()
            steps = max(v.shape[1] for v in case.inputs.values() if np.ndim(v) == 3)
            most = max(1e3, 2.0 ** (steps + 1))  # it may double at each step of a long sequence
            assert 1e-3 < arrived < most, (seed, case.name)
