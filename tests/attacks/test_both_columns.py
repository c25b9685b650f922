"""The page of attacks: complete, as measured, and right where it is measured again."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.demo.notebooks import grade_id
from autograder.judge.exercises import exercises_of
from tests.attacks.both_columns import (
    NEIGHBOURS,
    PAGE,
    RESULTS,
    in_words,
    page,
    prepare,
    run_stock,
    stock_source,
)
from tests.attacks.suite import Attack, all_attacks, attack_notebook
from tests.course.grading_folders import NEEDS_SANDBOX

FOOLED = "**full marks for a wrong answer**"
POINTS = {exercise.name: exercise.points for exercise in exercises_of("recurrence")}


def test_page_of_attacks_is_as_measured() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_attack_is_measured_and_nothing_else() -> None:
    measured = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert measured
    assert set(measured) == {a.name for a in all_attacks()}


def named(name: str) -> Attack:
    return next(attack for attack in all_attacks() if attack.name == name)


@NEEDS_SANDBOX
def test_stock_nbgrader_is_measured_anew(tmp_path: Path) -> None:
    stock = prepare(tmp_path / "base")
    assert run_stock(named("12_displayhook"), stock) == FOOLED


def test_stock_checks_reject_honest_work_in_float32_and_the_page_says_so() -> None:
    """The same assertions, run here: nbgrader would start twice for them."""
    attack, space, scores = named("44_float32"), dict[str, Any](), dict[str, float]()
    source = stock_source(attack.unit)
    for cell in attack_notebook(source, attack.folder / "cells.txt", {})["cells"]:
        name, text = grade_id(cell), "".join(cell["source"])
        if name.startswith("check_"):
            with suppress(AssertionError):
                exec(text, space)
                scores[name.removeprefix("check_")] = POINTS[name.removeprefix("check_")]
        elif name == "imports" or name in POINTS:
            exec(text, space)
    assert POINTS.keys() - scores.keys() == {"rnn_step_stacked"}
    everybody = dict.fromkeys(NEIGHBOURS, POINTS) | dict.fromkeys(attack.students, scores)
    told = {"scores": everybody, "ended": "done", "canaries": [], "visitors": 0, "printed": {}}
    assert in_words(attack, told, False) == ["an honest student loses marks"]
