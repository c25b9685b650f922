"""Which line: what is proven by changes of a learner's code, and what is said of it."""

import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from autograder.judge.backend import JudgeBackend, _public_key, _within
from autograder.judge.edits import base_source
from autograder.judge.exercises import find_exercise
from autograder.judge.repair import search
from autograder.judge.repair.cells import Workshop
from autograder.judge.verdict import holds
from autograder.student.located import Located
from autograder.student.report import Status
from tests.judge.cells import FORWARD, HOPELESS, OWN_STYLE, STEP, cell

pytestmark = pytest.mark.usefixtures("own_time")


def asked(exercise: str, source: str, times: int = 1, **given: Any) -> list[Located]:
    """Return what is told of `source`, one cell, when it is asked so many times."""
    space: dict[str, Any] = {"np": np, **given}
    cell(source, space)
    reference = find_exercise(exercise).reference
    functions = {role: space.get(f.__name__, f) for role, f in reference.items()}
    backend = JudgeBackend()
    report = backend.check(exercise, functions)
    assert report.status is not Status.PASSED
    imported, call = re.findall("`([^`]+)`", report.where)
    pasted: dict[str, Any] = {}
    exec(imported, pasted)  # who pastes what is offered has all that it takes
    assert callable(pasted["where"]) and call == f'where("{exercise}")'
    return [backend.where(exercise, lambda tried: None) for _ in range(times)]


def line_of(source: str, text: str) -> int:
    return source[: source.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("right", "wrong", "at"),
    [
        ("1 - h * h", "1 + h * h", "1 + h * h"),  # in a helper of the same notebook
        ("* slope(new))", "/ slope(new))", "/ slope(new)"),
        ("da @ B.T", "da @ B", "da @ B,"),
        ("da.sum(0)", "da.sum(1)[:len(B)]", "da.sum(1)"),
        ("x, h, new, A, B = cache", "x, new, h, A, B = cache", "x, new, h"),
        ("h.T @ da", "x.T @ da", "x.T @ da, x.T"),
    ],
)
def test_where_names_the_line_of_the_cell_in_any_style(right: str, wrong: str, at: str) -> None:
    source = OWN_STYLE.replace(right, wrong)
    (told,) = asked(STEP, source)
    (number,) = re.findall(r"One change in line (\d+) of the cell with", told.sentence)
    assert int(number) == line_of(source, at), told
    assert told.sentence.endswith("makes everything right.")


def test_where_tells_more_at_each_asking_and_never_the_repaired_line() -> None:
    first, second, third = asked(STEP, OWN_STYLE.replace("da @ B.T", "da @ B"), times=3)
    assert not first.further
    assert second.sentence == third.sentence == first.sentence
    assert "lies the wrong way round" in " ".join(second.further)
    assert "There stands `" in third.further[-1] and third.further[-1].endswith("?")
    assert not third.more
    assert not any("B.T" in text for text in (repr(first), repr(second)))


def test_two_slips_are_told_as_two_lines() -> None:
    source = OWN_STYLE.replace("x.T @ da", "-x.T @ da").replace("1 - h * h", "1 + h * h")
    (told,) = asked(STEP, source)
    numbers = {int(number) for number in re.findall(r"line (\d+)", told.sentence)}
    assert numbers == {line_of(source, "-x.T @ da"), line_of(source, "1 + h * h")}, told
    assert told.sentence.startswith("Two changes") and "make everything right" in told.sentence


def test_two_slips_of_which_neither_alone_makes_anything_right_are_found_soon() -> None:
    name = "jacobian_product_norms"
    right = base_source(find_exercise(name).unit, name)
    source = right.replace("h_t**2", "h_t**3").replace("norm(product, 2)", "norm(product, 1)")
    (told,) = asked(name, source)
    assert told.sentence.startswith("Two changes") and "make everything right" in told.sentence
    assert told.tried < 20_000


def test_what_cannot_be_mended_by_two_small_changes_is_not_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "BUDGET_S", 1.0)
    (told,) = asked(STEP, HOPELESS)
    assert "right" not in told.sentence
    assert told.sentence.startswith("No small change was found")
    assert "first value that goes wrong is dx_t" in told.further[0]


def test_a_change_that_hangs_is_dropped_and_the_search_goes_on() -> None:
    source = OWN_STYLE.replace("da @ B.T", "da @ B").replace(
        "    return [", "    i = 0\n    while i != 3:\n        i += 1\n    return ["
    )
    (told,) = asked(STEP, source)
    assert "makes everything right" in told.sentence


def test_a_change_that_fits_the_public_cases_alone_is_no_repair() -> None:
    """A limit just below the smallest radius of the public cases would pass them, and is wrong."""
    source = (
        "def rescale_spectral_radius(W, rho):\n"
        "    radius = np.max(np.abs(np.linalg.eigvals(W)))\n"
        "    if radius < {}:\n"
        '        raise ValueError("the spectral radius is 0")\n'
        "    return W * (rho / radius)\n"
    )
    name = "rescale_spectral_radius"
    key, shops = _public_key(name), {}
    tried = next(case.inputs["tried"] for case in key.asked if "tried" in case.inputs)
    radii = [float(np.abs(np.linalg.eigvals(W)).max()) for W in tried]
    fitting = f"{0.99 * min(radius for radius in radii if radius > 0)}"
    for limit in ("-1", fitting, "1e-12"):
        space: dict[str, Any] = {"np": np}
        cell(source.format(limit), space)
        shops[limit] = Workshop(key, {key.exercise.role: space[name]}, _within)
    answers = {limit: key.answers_of(shop.with_text({})) for limit, shop in shops.items()}
    public = [limit for limit, found in answers.items() if holds(key, list(found.values()))]
    assert public == [fitting, "1e-12"]
    assert [limit for limit, shop in shops.items() if shop.holds({}, 3.0)] == ["1e-12"]


def test_where_is_not_offered_for_a_crash_nor_once_all_is_right() -> None:
    backend = JudgeBackend()
    with pytest.raises(LookupError, match="First run the check"):
        backend.where(STEP, lambda tried: None)
    crash = OWN_STYLE.replace("da @ A.T", "da @ A")
    for source, told in ((crash, "came to no wrong values"), (OWN_STYLE, "passed: no line")):
        space: dict[str, Any] = {}
        cell(source, space)
        report = backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})
        assert report.where == ""
        with pytest.raises(LookupError, match=told):
            backend.where(STEP, lambda tried: None)


def test_where_leaves_the_bug_hunt_to_who_hunts(repository: Path) -> None:
    page = nbformat.read(repository / "notebooks/11_bug_hunt/11_bug_hunt.ipynb", as_version=4)
    sources = {one["id"]: one["source"] for one in page.cells}
    space: dict[str, Any] = {}
    for name in ("imports", "bug-1-code"):
        cell(sources[name], space)
    functions = {"step": space["recurrence"].rnn_step_forward, "forward": space["rnn_forward"]}
    backend = JudgeBackend()
    report = backend.check("rnn_forward", functions)
    assert report.status is Status.PARTIAL and report.where == ""
    with pytest.raises(
        LookupError, match=r'Here to find the line is what you do.* hint\("bug 1"\)'
    ):
        backend.where("rnn_forward", lambda tried: None)
    own: dict[str, Any] = {"np": np}
    cell(sources["bug-1-code"], own)  # the same in a notebook that asks for no diagnosis
    assert backend.check("rnn_forward", {**functions, "forward": own["rnn_forward"]}).where


def test_a_function_without_a_cell_is_told_to_be_unreadable() -> None:
    space: dict[str, Any] = {}
    exec(OWN_STYLE.replace("da @ B.T", "da @ B"), space)
    backend = JudgeBackend()
    backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})
    assert "cannot be read" in backend.where(STEP, lambda tried: None).sentence
