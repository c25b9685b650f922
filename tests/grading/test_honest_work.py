"""A right function earns its marks, whatever happened to the notebook around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest

from autograder.demo.notebooks import grade_id
from autograder.grading.marked_notebook import as_written
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.submitted_cells import parse_cells
from autograder.grading.unit_grader import UnitGrader
from autograder.judge.exercise import PUBLIC_SEED
from autograder.sandbox.engine import Engine
from autograder.sandbox.job import Job, Transcript
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.grading import happenings
from tests.grading.happenings import KEEP_EVERYTHING
from tests.grading.happenings_to_answers import ANSWERS_KEPT, ANSWERS_WAITING, LOSE_ONE, no_answer
from tests.grading.solved import (
    ANSWER,
    COURSE,
    Class,
    Happening,
    Solved,
    as_bytes,
    own,
    without_names,
)
from tests.reports.made_up_class import in_base64, png

pytestmark = NEEDS_SANDBOX
Broken = Callable[[Solved, str], str]
UNITS = ("recurrence", "bptt", "lstm")


@pytest.fixture(scope="module", params=UNITS)
def class_(request: pytest.FixtureRequest) -> Iterator[Class]:
    unit: str = request.param
    with UnitGrader(COURSE, unit, PUBLIC_SEED, BubblewrapLauncher()) as grader:
        yield Class(unit, grader)


@pytest.mark.parametrize("happening", KEEP_EVERYTHING, ids=lambda one: one.__name__)
def test_honest_notebook_keeps_all_marks_after(happening: Happening, class_: Class) -> None:
    marked = class_.mark(happening(class_.solved))
    assert class_.lost(marked) == {}
    assert class_.answer(marked) == ANSWER
    assert len([flag for flag in marked.flags if "is not there" not in flag]) <= 1


@pytest.mark.parametrize("broken", LOSE_ONE.values(), ids=LOSE_ONE)
def test_honest_notebook_loses_one_exercise_alone_to(broken: Broken, class_: Class) -> None:
    for name in class_.solved.exercises:
        lost = class_.lost(class_.mark(class_.solved.cells(**{name: broken(class_.solved, name)})))
        assert set(lost) == {name}
        points, headline = lost[name]
        assert points is not None
        assert headline


@pytest.mark.parametrize("broken", LOSE_ONE.values(), ids=LOSE_ONE)
def test_honest_cell_of_all_functions_loses_one_alone_to(broken: Broken, class_: Class) -> None:
    first, *others = class_.solved.exercises
    texts = [broken(class_.solved, first), *(class_.solved.texts[name] for name in others)]
    cells = [
        cell
        for cell in class_.solved.cells(**{first: "\n\n".join(texts)})
        if grade_id(cell) not in others
    ]
    assert set(class_.lost(class_.mark(cells))) == {first}


LEFT_TO_THE_INSTRUCTOR = {
    "under another name": (
        lambda name, text: text.replace(name, f"my_{name}"),
        "No cell defines {name}; its cell defines my_{name}.",
    ),
    "without a head": (
        lambda name, text: text.replace("def ", "fed ", 1),
        "No cell defines {name}; its cell stopped: SyntaxError: invalid syntax (line 1).",
    ),
    "only a file holds it": (
        lambda name, text: f"%%writefile mine.py\n{text}",
        "{name} is written, but was not there when its check asked for it.",
    ),
}
#: A function in a file, or of a module, that was left behind.
LEFT_BEHIND = (
    "from mine import {name}",
    "from mine import np, {name} as tried, {name}",
    "from mine import (\n    {name},\n)",
    "from mine import *",
    "import mine\n{name} = mine.{name}",
    "import numpy as np, mine as own\n{name} = own.first",
    "import mine\n\n{name}, other = mine.{name}, 2",
    "import mine.parts as parts\n{name} = getattr(parts, 'first')",
)


def ending_of_first(class_: Class, change: Callable[[str, str], str]) -> tuple[str, Any, str]:
    """Return the first exercise, and what comes of it with its cell changed: points and why."""
    name = class_.solved.exercises[0]
    text = change(name, class_.solved.texts[name])
    return name, *class_.lost(class_.mark(class_.solved.cells(**{name: text})))[name]


@pytest.mark.parametrize("case", LEFT_TO_THE_INSTRUCTOR)
def test_honest_function_is_left_to_the_instructor(case: str, class_: Class) -> None:
    change, told = LEFT_TO_THE_INSTRUCTOR[case]
    name, points, headline = ending_of_first(class_, change)
    assert points is None
    assert headline == told.format(name=name)


@pytest.mark.parametrize("cell", LEFT_BEHIND)
def test_honest_function_left_behind_is_left_to_the_instructor(cell: str, class_: Class) -> None:
    name, points, headline = ending_of_first(class_, lambda name, _: cell.format(name=name))
    assert points is None
    assert headline == f"{name} comes from mine, which is no part of the notebook."


def test_function_that_reads_another_module_is_not_taken_for_one_left_behind(class_: Class) -> None:
    cell = "import numpy as np\nimport mine\n{name} = np.tan.x"
    *_, headline = ending_of_first(class_, lambda name, _: cell.format(name=name))
    assert "comes from" not in headline


def test_honest_check_above_its_function_is_told(class_: Class) -> None:
    marked = class_.mark(happenings.checks_at_the_top(class_.solved))
    names = ", ".join(class_.solved.exercises)
    assert marked.flags == (
        "Graded cells stand in another order than in the release. "
        f"At the end of the notebook, {names} came out better.",
    )


def test_honest_import_of_what_is_not_there_is_told(class_: Class) -> None:
    marked = class_.mark(happenings.unused_import(class_.solved))
    assert marked.flags == (
        "It asks for what it cannot get: torch is not there while your notebook is graded.",
    )


def test_honest_slip_is_told_with_the_line_it_is_in(class_: Class) -> None:
    name, _, headline = ending_of_first(class_, lambda name, _: f"def {name}(x):\n    x +* 2")
    stopped = "for its cell stopped: SyntaxError: invalid syntax (line 2)."
    assert headline == f"{name} is not there, {stopped}"


@pytest.mark.parametrize("happening", ANSWERS_KEPT, ids=lambda one: one.__name__)
def test_honest_answer_in_words_reaches_the_instructor_from(
    happening: Happening, class_: Class
) -> None:
    marked = class_.mark(happening(class_.solved))
    assert class_.lost(marked) == {}
    assert class_.answer(marked).lstrip("# ") == ANSWER
    assert class_.waits(marked)


@pytest.mark.parametrize("happening", ANSWERS_WAITING, ids=lambda one: one.__name__)
def test_honest_answer_that_is_not_found_waits(happening: Happening, class_: Class) -> None:
    marked = class_.mark(happening(class_.solved))
    assert class_.waits(marked)
    assert any("so it waits for you" in flag for flag in marked.flags)


def test_honest_answer_that_was_never_written_is_marked_at_once(class_: Class) -> None:
    marked = class_.mark(no_answer(class_.solved))
    assert not class_.waits(marked)
    assert marked.flags == ()


def test_wrong_notebook_gets_no_mark_and_is_told(class_: Class) -> None:
    others = [unit for unit in UNITS if unit != class_.unit]
    notebooks = [Solved(unit).cells() for unit in others]
    notebooks += [without_names(cells) for cells in notebooks]
    notebooks += [[], [own("")], [own("print('something else')")]]
    for cells in notebooks:
        with pytest.raises(UnreadableSubmission, match="it is the wrong notebook"):
            class_.mark(cells)


def test_check_asked_again_knows_nothing_of_the_first_time(class_: Class) -> None:
    """A cheat keeps what the check asks, and has the time of other cells to work on it."""
    name = class_.solved.exercises[0]
    right = class_.solved.texts[name].replace(f"def {name}(", "def right(")
    first = f"seen = []\ndef {name}(*asked):\n    seen.append(asked)\n    raise ValueError"
    late = f"def {name}(*asked):\n    return right(*asked) if seen else 0"
    cells = [*class_.solved.cells(**{name: first}), own(right), own(late)]
    points, _ = class_.lost(class_.mark(cells))[name]
    assert points == 0


def test_check_decided_at_the_end_is_told_in_words_of_the_public_cases() -> None:
    """The function tells what it was given; what is read of it was not given in a secret case."""
    solved, name = Solved("recurrence"), "rnn_step_forward"
    telling = f"def {name}(x_t, *others):\n    raise ValueError(f'given {{x_t.sum():.6f}}')"
    with UnitGrader(COURSE, "recurrence", PUBLIC_SEED + 1, BubblewrapLauncher()) as grader:
        cells = solved.cells(**{name: telling})
        cells.sort(key=lambda cell: grade_id(cell) != f"check_{name}")
        rebuilt = grader.marker.rebuild(parse_cells(as_bytes(cells)))
        marked = grader.grade("one", rebuilt)
        cases = grader.marker.public_keys[name].cases
    public = {f"given {case.inputs['x_t'].sum():.6f}" for case in cases if "x_t" in case.inputs}
    report = marked.reports[f"check_{name}"]
    told = set(re.findall(r"given -?[\d.]+\d", repr(report)))
    assert report.points == 0
    assert f"At the end of the notebook, {name} came out better." in marked.flags[0]
    assert told
    assert told <= public


@pytest.mark.parametrize(
    ("more", "times"),
    [
        ("unused = 1", 1),
        ("print('hello')", 2),
        ("1 + 1", 2),
        ("plt.plot([1, 2])\nplt.show()", 2),
        ("import sys\nsys.stderr.write('hello');", 2),
        ("1 / 0", 2),
    ],
)
def test_right_notebook_runs_again_only_if_there_is_something_to_show(
    class_: Class, more: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Job] = []
    execute = Engine.execute

    def counted(engine: Engine, job: Job) -> Transcript:
        asked.append(job)
        return execute(engine, job)

    monkeypatch.setattr(Engine, "execute", counted)
    marked = class_.mark([*class_.solved.cells(), own(f"import matplotlib.pyplot as plt\n{more}")])
    assert not class_.lost(marked)
    assert [job.secret for job in asked] == [True, False][:times]
    cells = [cell for cell in marked.notebook["cells"] if not grade_id(cell)]
    shown = [cell.get("outputs") for cell in cells]
    assert any(shown) == (times == 2)


def test_cell_that_was_stopped_runs_what_it_defines_and_nothing_else(class_: Class) -> None:
    name = class_.solved.exercises[0]
    text = f"1 / 0\n{class_.solved.texts[name]}\nprint('not this')"
    marked = class_.mark(class_.solved.cells(**{name: text}))
    assert class_.lost(marked) == {}
    cell = next(c for c in marked.notebook["cells"] if grade_id(c) == name)
    assert [output["output_type"] for output in cell["outputs"]] == ["error"]


def test_pictures_of_an_answer_are_whole_and_of_known_kinds(class_: Class) -> None:
    text = f"drawn ![a](data:image/png;base64,{in_base64(png())}) and ![b](attachment:b.svg)"
    cells = class_.solved.cells(**{class_.solved.written: text})
    cell = next(c for c in cells if grade_id(c) == class_.solved.written)
    cell["attachments"] = {
        "b.svg": {"image/svg+xml": in_base64(b"<svg onload='alert(1)'/>")},
        "cut.png": {"image/png": in_base64(png()[:-1])},
        "page.png": {"image/png": in_base64(png(3, 3) + b"<script>alert(1)</script>")},
        "list": ["image/png"],
        "3": {"text/html": "<script>alert(1)</script>"},
    }
    marked = class_.mark(cells)
    (shown,) = (c for c in marked.notebook["cells"] if c.get("attachments"))
    (bundle,) = shown["attachments"].values()
    assert bundle == {"image/png": in_base64(png())}
    assert "base64" not in as_written(shown)
    nbformat.validate(nbformat.from_dict(marked.notebook))
