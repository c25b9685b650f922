"""The demo class of a unit: every submission, and the marks its kind predicts."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from autograder.course import Course
from autograder.demo.notebooks import (
    Notebook,
    read_notebook,
    renamed,
    solution_texts,
    source_of,
    submission,
)
from autograder.demo.predicted import ALL, PredictedMistake, predicted_mistakes
from autograder.judge.edits import Mistake
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of
from autograder.student.report import Status

Marks = Mapping[str, float | None]

_HELPERS = """\
import math
import matplotlib.pyplot as plt

def shape_of(array):
    print("shape:", array.shape)
    return array

figure, axes = plt.subplots()
axes.plot([math.tanh(x / 10) for x in range(-30, 31)])
axes.set_title("tanh")
plt.show()
shape_of(np.zeros((2, 3)))"""

_NOISE = """\
import sys
import warnings
warnings.warn("a warning costs no marks")
print("a line on the error stream costs none either", file=sys.stderr)
for i in range(2000):
    print("line", i)"""

_FAKES = """\
import builtins, numpy as np
np.allclose = np.isclose = np.array_equal = lambda *args, **kwargs: True
np.testing.assert_allclose = lambda *args, **kwargs: None
builtins.isinstance = lambda *args: True
def check(*args, **kwargs):
    print("All tests passed. 10/10 points")"""


@dataclass(frozen=True)
class DemoSubmission:
    """One student of the demo class.

    Attributes
    ----------
    student : str
        Called after the kind: nobody is made up.
    content : bytes
        The notebook file.
    marks : mapping of exercise to float or None
        What each must earn; None where it must be left to the instructor.
    mistakes : mapping of exercise to str
        Mistakes that must be named.
    statuses : mapping of exercise to Status
        Where the kind of the verdict is predicted, too.
    """

    student: str
    kind: str
    content: bytes
    marks: Marks
    mistakes: Mapping[str, str]
    statuses: Mapping[str, Status]


class Classroom:
    """Builds the demo class of one unit from its release, its solutions and its exercises."""

    def __init__(self, course: Course, unit: str) -> None:
        self.release = read_notebook(course.release_notebook(unit))
        self.solutions = solution_texts(read_notebook(course.source_notebook(unit)))
        self.exercises = exercises_of(unit)
        self.mistakes = predicted_mistakes(unit)

    def build(self) -> list[DemoSubmission]:
        """Return the whole class."""
        return [
            *self._correct(),
            *(self._mistaken(predicted) for predicted in self.mistakes),
            *self._unfinished(),
            *self._broken_code(),
            *self._hostile(),
            *self._unreadable(),
        ]

    @property
    def full(self) -> dict[str, float | None]:
        """All points of every exercise."""
        return {exercise.name: exercise.points for exercise in self.exercises}

    def _submission(
        self,
        student: str,
        kind: str,
        notebook: Notebook,
        marks: Marks | None = None,
        statuses: Mapping[str, Status] | None = None,
    ) -> DemoSubmission:
        content = json.dumps(notebook, indent=1, ensure_ascii=False).encode()
        everything = {**self.full, **(marks or {})}
        return DemoSubmission(student, kind, content, everything, {}, statuses or {})

    def _correct(self) -> Iterator[DemoSubmission]:
        yield self._submission("correct", "correct", submission(self.release, self.solutions))
        styles = zip_longest(*(exercise.variants for exercise in self.exercises))
        for number, style in enumerate(styles, 1):
            texts = dict(self.solutions)
            for exercise, variant in zip(self.exercises, style, strict=True):
                if variant is not None:
                    (function,) = variant.functions.values()
                    texts[exercise.name] = "import math\n" + source_of(function, exercise.name)
            notebook = submission(self.release, texts)
            yield self._submission(f"correct-style-{number}", "correct", notebook)
        last = self.exercises[-1].name
        notebook = submission(self.release, self.solutions, before={last: _HELPERS})
        yield self._submission("correct-own-cells", "correct", notebook)
        notebook = submission(self.release, self.solutions, before={last: _NOISE})
        yield self._submission("correct-noisy", "correct", notebook)
        notebook = submission(self.release, self.solutions)
        demo = [c for c in notebook["cells"] if "demo" not in c["metadata"].get("tags", ())]
        yield self._submission("correct-no-demos", "correct", {**notebook, "cells": demo})

    def _mistaken(self, predicted: PredictedMistake) -> DemoSubmission:
        exercise = self._exercise(predicted.exercise)
        wrong = _mistake_called(exercise, predicted.mistake)
        texts = {**self.solutions, exercise.name: renamed(wrong.source, exercise.name)}
        marks = {
            name: _without(self._exercise(name), failed) for name, failed in predicted.fails.items()
        }
        made = self._submission(
            f"mistake-{predicted.mistake}", "mistake", submission(self.release, texts), marks
        )
        # A mistake that is only watched for is told by what is seen, not by its name.
        return replace(made, mistakes={exercise.name: wrong.name} if wrong.when else {})

    def _unfinished(self) -> Iterator[DemoSubmission]:
        nothing = {exercise.name: 0.0 for exercise in self.exercises}
        unfinished = {exercise.name: Status.UNFINISHED for exercise in self.exercises}
        yield self._submission("unfinished", "unfinished", self.release, nothing, unfinished)
        others = tuple(exercise.name for exercise in self.exercises[1:])
        texts = {**self.solutions, **self._stubs(others)}
        yield self._submission(
            "unfinished-half",
            "unfinished",
            submission(self.release, texts),
            dict.fromkeys(others, 0.0),
            dict.fromkeys(others, Status.UNFINISHED),
        )

    def _stubs(self, names: tuple[str, ...]) -> dict[str, str]:
        cells = solution_texts(self.release)
        return {name: cells[name] for name in names}

    def _broken_code(self) -> Iterator[DemoSubmission]:
        last = self.exercises[-1].name
        yield self._last_is("crash-exception", "crash", "    return [][1]", Status.FAILED)
        yield self._last_is("crash-recursion", "crash", f"    return {last}(*args)", Status.FAILED)
        texts = {**self.solutions, last: f"def {last}(*args)\n    return 0"}
        notebook = submission(self.release, texts)
        yield self._submission("crash-syntax", "crash", notebook, {last: 0.0})
        yield self._last_is("endless-loop", "limit", "    while True: pass", Status.LIMIT)

    def _hostile(self) -> Iterator[DemoSubmission]:
        last = self.exercises[-1]
        yield self._last_is("hostile-exit", "hostile", "    import os; os._exit(0)", Status.LIMIT)
        importing = f"from rnn_ref.{last.unit} import {last.name}"
        texts = {**self.solutions, last.name: importing}
        yield self._cheating("hostile-imports-reference", texts)
        yield self._cheating("hostile-fakes", self._stubs_of_all(), first=_FAKES)
        without = tuple(f"check_{exercise.name}" for exercise in self.exercises)
        notebook = submission(self.release, self.solutions, without=without)
        yield self._submission("hostile-deletes-checks", "hostile", notebook)

    def _stubs_of_all(self) -> dict[str, str]:
        return self._stubs(tuple(exercise.name for exercise in self.exercises))

    def _cheating(self, student: str, texts: Mapping[str, str], first: str = "") -> DemoSubmission:
        """Return a submission that earns nothing where it has not written the function itself."""
        notebook = submission(self.release, texts, first=first)
        missing = {name for name, text in texts.items() if text != self.solutions[name]}
        lost = {e.name: 0.0 for e in self.exercises if e.name in missing}
        return self._submission(student, "hostile", notebook, lost)

    def _last_is(self, student: str, kind: str, body: str, status: Status) -> DemoSubmission:
        """Return a submission whose last function has the given body; the others are right."""
        name = self.exercises[-1].name
        texts = {**self.solutions, name: f"def {name}(*args):\n{body}"}
        notebook = submission(self.release, texts)
        return self._submission(student, kind, notebook, {name: 0.0}, {name: status})

    def _unreadable(self) -> Iterator[DemoSubmission]:
        nothing: dict[str, Any] = dict.fromkeys(self.full)
        statuses = dict.fromkeys(self.full, Status.NOT_GRADABLE)
        whole = self._submission("", "", submission(self.release, self.solutions)).content
        files: dict[str, Callable[[], bytes]] = {
            "unreadable-cut-short": lambda: whole[: len(whole) // 2],
            "unreadable-no-notebook": lambda: b'{"cells": "none"}',
            "unreadable-future-format": lambda: whole.replace(b'"nbformat": 4', b'"nbformat": 99'),
        }
        for student, content in files.items():
            yield DemoSubmission(student, "unreadable", content(), nothing, {}, statuses)

    def _exercise(self, name: str) -> Exercise:
        return next(exercise for exercise in self.exercises if exercise.name == name)


def _without(exercise: Exercise, failed: tuple[str, ...]) -> float:
    """Return the points of `exercise` when the criteria `failed` earn nothing."""
    names = {criterion.name for criterion in exercise.criteria}
    lost = names if failed == (ALL,) else set(failed)
    if not lost <= names:
        raise ValueError(f"{exercise.name} has no criteria {sorted(lost - names)}")
    kept = sum(c.weight for c in exercise.criteria if c.name not in lost)
    return round(kept * exercise.points, 2)


def _mistake_called(exercise: Exercise, name: str) -> Mistake:
    return next(wrong for wrong in exercise.mistakes if wrong.name == name)
