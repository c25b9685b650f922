"""What has no points: replies to predictions, and optional exercises with their claims."""

import ast
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.course import Course
from autograder.grading.release_audit import notebooks_in
from autograder.judge import extras
from autograder.student import CheckFailed, NotDoneYet, answered, optional_check
from autograder.student.replies import Reply, ReplyCard
from autograder.student.report import Status

COURSE = Course.find(Path(__file__))
CELLS = [
    (unit, cell)
    for unit in notebooks_in(COURSE.source)
    for cell in json.loads(COURSE.source_notebook(unit).read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]


def calls(function: str) -> list[tuple[str, ast.Call]]:
    """Every call of a function in the notebooks' cells, with the cell's text."""
    found = []
    for _, cell in CELLS:
        source = "".join(cell["source"])
        nodes = ast.walk(ast.parse(source)) if f"{function}(" in source else ()
        found += [
            (source, node)
            for node in nodes
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function
        ]
    return found


def literal(node: ast.AST) -> Any:
    return ast.literal_eval(node)  # type: ignore[arg-type]


def test_every_reply_that_a_notebook_asks_for_speaks_of_the_choices_of_its_cell() -> None:
    asked = calls("answered")
    assert asked
    for source, call in asked:
        reply = extras.find_reply(literal(call.args[0]))
        assert reply, source
        tree = ast.parse(source)
        (gate,) = (
            n for n in ast.walk(tree) if getattr(getattr(n, "func", None), "id", "") == "recorded"
        )
        assert isinstance(gate, ast.Call)
        assert [literal(choice) for choice in gate.args[1:]] == list(reply.why)
        assert reply.came in reply.why


def test_what_a_reply_says_came_is_the_solutions_prediction() -> None:
    replies = {name: r for module in extras.modules() for name, r in module.REPLIES.items()}
    for _, cell in CELLS:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in replies:
            last = "".join(cell["source"]).split("### BEGIN SOLUTION")[1]
            assert f'"{replies[name].came}"' in last
            replies.pop(name)
    assert replies == {}


def test_every_optional_exercise_is_asked_for_in_one_notebook() -> None:
    asked = [literal(call.args[0]) for _, call in calls("optional_check")]
    known = [name for module in extras.modules() for name in module.OPTIONAL]
    assert sorted(asked) == sorted(known)


def solution_of(exercise: str) -> Any:
    """The model answer, with the functions of the reference that its notebook imports."""
    for unit, cell in CELLS:
        source = "".join(cell["source"])
        if f"def {exercise}(" in source:
            names: dict[str, Any] = {"np": np}
            with suppress(ModuleNotFoundError):  # the bug hunt has no reference of its own
                exec(f"from rnn_ref.{unit} import *", names)
            exec("from rnn_ref.recurrence import rnn_forward", names)
            exec(source, names)
            return names[exercise]
    raise LookupError(exercise)


def slope_of_second_order(f: Any, x: Any, h: float) -> Any:
    from rnn_ref.gradcheck import numeric_gradient

    return numeric_gradient(f, x, h=h)


def fading_line(k: int) -> Any:
    return 5 * np.eye(1, k), 0.7 * np.eye(k, k=1), np.zeros(k)


def centred(x: Any, W: Any) -> Any:
    wide = np.pad(x, ((0, 0), (1, 1), (0, 0)))
    return sum(wide[:, j : j + x.shape[1]] @ W[2 - j] for j in range(3))


def whole_texts_floor(text: str, n: int) -> float:
    return 0.0


def top_two(p: Any, share: float) -> Any:
    q = np.where(p >= np.sort(p)[-2], p, 0)
    return q / q.sum()


def trusting(forward: Any) -> bool:
    """One step from the origin, with equal sizes: five of the six faults do not show."""
    one = np.ones((1, 1))
    h, _ = forward(np.ones((1, 1, 1)), 0 * one, one, one, np.zeros(1))
    return bool(np.isclose(h[0, 0, 0], np.tanh(1)))


def looping(a: Any, b: Any, h_0: Any) -> Any:
    h_t, h = h_0, np.empty_like(b)
    for t in range(a.shape[1]):
        h_t = a[:, t] * h_t + b[:, t]
        h[:, t] = h_t
    return h


def wasteful(dh: Any, x: Any, h_0: Any, W_xh: Any, W_hh: Any, b_h: Any, k: int) -> Any:
    from rnn_ref.bptt import rnn_backward
    from rnn_ref.recurrence import rnn_forward

    return rnn_backward(dh, rnn_forward(x, h_0, W_xh, W_hh, b_h)[1])


@pytest.mark.parametrize(
    ("exercise", "wrong", "failing"),
    [
        ("sharper_gradient", slope_of_second_order, 2),
        ("delay_line", fading_line, 1),
        ("causal_convolution", centred, 3),
        ("lowest_loss", whole_texts_floor, 3),
        ("nucleus", top_two, 2),
        ("thrifty_backward", wasteful, 1),
        ("can_be_trusted", trusting, 5),
        ("scan", looping, 1),
    ],
)
def test_optional_exercise_takes_its_solution_and_no_near_miss(
    exercise: str, wrong: Any, failing: int
) -> None:
    claims = extras.find_claims(exercise)
    right = extras.judge_claims(exercise, claims, solution_of(exercise))
    assert right.status is Status.PASSED, right
    assert right.max_points == 0
    report = extras.judge_claims(exercise, claims, wrong)
    assert sum(not line.passed for line in report.criteria) == failing, report


def test_optional_check_of_a_stub_says_that_it_need_not_be_written(capsys: Any) -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError("nucleus: not written yet")

    with pytest.raises(NotDoneYet, match="need not be"):
        optional_check("nucleus", stub)
    assert "[no points]" in capsys.readouterr().out


def test_optional_check_of_what_stops_names_the_claim_and_the_error(capsys: Any) -> None:
    with pytest.raises(CheckFailed, match=r"keeps places 1 and 3 alone. It stopped with KeyError"):
        optional_check("nucleus", lambda p, share: {}["p"])


def test_optional_check_of_what_never_ends_runs_into_a_limit(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("autograder.judge.backend.PATIENCE_S", 0.3)

    def endless(p: Any, share: float) -> Any:
        while True:
            pass

    with pytest.raises(CheckFailed, match="ran into a limit"):
        optional_check("nucleus", endless)


def test_limit_that_strikes_where_nothing_can_be_raised_strikes_again(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("autograder.judge.backend.PATIENCE_S", 0.1)
    monkeypatch.setattr("autograder.judge.backend._REPEAT_S", 0.05)
    swallowed: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", lambda told: swallowed.append(told.exc_type))

    class Slow:
        def __del__(self) -> None:
            while True:  # no exception leaves this place
                pass

    class Broken:
        def __del__(self) -> None:
            raise OSError

    def endless(p: Any, share: float) -> Any:
        Broken()
        Slow()
        while True:
            pass

    with pytest.raises(CheckFailed, match="ran into a limit"):
        optional_check("nucleus", endless)
    assert swallowed == [OSError]  # the limit itself is no news, what is the learner's is


def test_optional_check_of_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(CheckFailed, match=r'no optional exercise "nucleos"; there are .*nucleus'):
        optional_check("nucleos", None)


REPLY = Reply("b", {"a": "a tempts", "b": "b it is", "c": "`c` tempts <too>"})


def test_reply_tells_what_was_predicted_what_came_and_why_the_others_tempt(capsys: Any) -> None:
    lines = repr(ReplyCard(REPLY, "c")).split("\n")
    assert lines[0] == "You predicted “c”; it came out “b”. `c` tempts <too>"
    assert lines[1:] == ["  b: b it is", "  a: a tempts"]
    assert repr(ReplyCard(REPLY, "b")).startswith("You predicted “b”, and so it came. b it is")
    answered("predict_order", "same")
    assert "it came out “different”" in capsys.readouterr().out


def test_reply_in_html_folds_the_others_and_escapes_all() -> None:
    page = ReplyCard(REPLY, "b")._repr_mimebundle_()["text/html"]
    shown, folded = page.split("<details")
    assert "b it is" in shown and "tempts" not in shown
    assert "<code>c</code> tempts &lt;too&gt;" in folded


def test_reply_to_a_question_without_one_is_silence(capsys: Any) -> None:
    answered("no_such_question", "a")
    assert capsys.readouterr().out == ""
