"""Kits whose tables know few mistakes, put where nothing else of the course is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.judge import made, tabulate
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import find_exercise
from autograder.kit import contents
from autograder.kit.answers import Answers
from autograder.kit.contents import package_files
from autograder.kit.own import keys_of
from autograder.kit.session import ENTRY_POINTS, NEEDS, chosen
from autograder.kit.wheel import Wheel
from autograder.units import folder_name

STILLS = {"# Demo: a picture": [["html", "<b>still</b>"]]}
RUN_NOTEBOOK = Path(__file__).with_name("run_notebook.py")


FEW = 4


@cache
def _small_table(name: str) -> bytes:
    exercise = find_exercise(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tabulate, "MOST_PAIRS", 0)
        patch.setattr(made, "slips", lambda *_: [])
        return tabulate.table_of(replace(exercise, mistakes=exercise.mistakes[:FEW]))


def small_table(exercise: Exercise) -> bytes:
    """Return a table that knows what is right, and of mistakes the first few that were written."""
    return _small_table(exercise.name)


def wheel_of(*names: str, table_of: Callable[[Exercise], bytes] = small_table) -> Wheel:
    """Return the wheel of some notebooks; of all if there are none."""
    course = Course.find()
    choice = chosen(course, names, None, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "table_of", table_of)
        stills = {**STILLS, **dict(_stills(course, choice.handed_out))}
        files = package_files(choice, stills, Answers.of(course, choice.hidden))
    return Wheel(files, NEEDS, ENTRY_POINTS, b"MIT", "0.1.0")


def _stills(course: Course, names: Sequence[str]) -> Iterator[tuple[str, list[list[str]]]]:
    for name in names:
        cells = json.loads(course.release_notebook(name).read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if "demo" in cell["metadata"].get("tags", ()):
                yield from (
                    (key, [["text", "still\n"]]) for key in keys_of("".join(cell["source"]))
                )


def installed(wheel: Wheel, folder: Path) -> Path:
    """Put the wheel's content into a folder, as an installation has it."""
    with zipfile.ZipFile(io.BytesIO(wheel.as_bytes())) as archive:
        archive.extractall(folder)
    return folder


def notebook_in(work: Path, name: str, solved: bool) -> Path:
    """Put a released notebook into a folder of its own, with the model answers in it if asked."""
    course = Course.find()
    notebook = json.loads(course.release_notebook(name).read_text(encoding="utf-8"))
    if solved:
        solution = json.loads(course.source_notebook(name).read_text(encoding="utf-8"))
        answers = {cell["id"]: cell["source"] for cell in solution["cells"]}
        for cell in notebook["cells"]:
            cell["source"] = answers[cell["id"]]
    place = work / folder_name(name) / f"{folder_name(name)}.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(notebook), encoding="utf-8")
    return place


def run_notebook(site: Path, place: Path, *options: str) -> list[dict[str, Any]]:
    """Return what each code cell of a notebook did in a kit."""
    done = subprocess.run(
        [sys.executable, "-I", RUN_NOTEBOOK, site, place, *options], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def with_few_pairs(exercise: Exercise) -> bytes:
    """Return a table with all single mistakes, and some pairs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tabulate, "MOST_PAIRS", 10)
        return tabulate.table_of(exercise)
