"""An instructor's own exercises: graded cells of asserts, in the notebook of any unit.

The tests run apart from the submission, in a sandbox of their own (``student.own_tests``): first
with the model answer, which tells what they call; then what they call is called in the submission,
and they run again on what came back. Only where more than data would have to cross do they run
beside the student's code, after everything else; a student can make those pass.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.hidden_tests import segments
from autograder.grading.marking import cells_besides
from autograder.grading.names import Author, author_of
from autograder.grading.own_verdicts import (
    MAX_ROUNDS,
    Outcome,
    OwnTest,
    answers_in,
    came_from,
    outcome_of,
)
from autograder.grading.points import HEADING, WORTH
from autograder.grading.rebuild import Rebuilt
from autograder.grading.template import Template
from autograder.sandbox.engine import Runner
from autograder.sandbox.job import Cell, Ending, Job, Run
from autograder.student import plain_data
from autograder.student.own_tests import VALUE, Question
from autograder.student.report import Status
from autograder.units import folder_name
from autograder.visible import one_line

_SETUP = "own tests"
_IMPORT = "import autograder.student.own_tests as __own_tests__\n"  # shadows no name of anybody's


@dataclass
class _Plan:
    """What the model answer told: which names are functions, what is asked for each test."""

    functions: list[str] = field(default_factory=list)
    questions: dict[str, list[Question]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    """Tests that cannot run apart, and why."""


class OwnTests:
    """The own tests of one unit; `prepare` comes first, once there is a runner."""

    def __init__(self, course: Course, template: Template, practice: bool = False) -> None:
        """Take the tests of a released notebook.

        Parameters
        ----------
        practice : bool
            Whether, where a learner has no solutions, what is released will do.
        """
        self.unit = template.unit
        self._template = template
        self._path = course.source_notebook(template.unit)
        self._plan = _Plan()
        self.tests: tuple[OwnTest, ...] = ()
        names = [cell.grade_id for cell in template.own_checks]
        if names:
            self._released = practice and not self._path.exists()
            self._cells = _as_cells(template) if self._released else self._read()
            self.tests = tuple(self._test(template, name) for name in names)

    def __bool__(self) -> bool:
        return bool(self.tests)

    @cached_property
    def digest(self) -> str:
        """A name for all that these marks depend on besides the submission."""
        kept = [[cell["cell_type"], cell["source"], cell["metadata"]] for cell in self._cells]
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    @property
    def beside(self) -> Mapping[str, str]:
        """Tests that run beside the student's code, by name, and why."""
        return self._plan.beside

    def prepare(self, runner: Runner) -> None:
        """Run the tests with the model answer, and find out what they call.

        Raises
        ------
        AutograderError
            If they do not hold for it.
        """
        self._plan = _Plan()
        if self.tests and self._released:
            self._plan.beside = {test.name: "there is no model answer" for test in self.tests}
            return
        if not self.tests:
            return
        author = self._author
        sources = [str(cell["source"]) for cell in self._cells if _is_run(cell)]
        cells = [Cell(index, source) for index, source in enumerate(sources)]
        recording = f"__tests__.record({_SETUP!r}, {sorted(author.asked)!r})"
        graded = {_SETUP: f"{_IMPORT}__tests__ = __own_tests__.Tests(globals())\n{recording}"}
        graded |= {test.name: _running(test) for test in self.tests}
        run, places = self._run(runner, cells, graded)
        self._plan.functions = list(came_from(run.cells.get(places[_SETUP])) or ())
        for test in self.tests:
            found = came_from(run.cells.get(places[test.name]))
            if found is None or found["failed"] >= 0:
                raise AutograderError(self._does_not_hold(test, run, found))
            if found["more than data"]:
                self._plan.beside[test.name] = found["more than data"]
            wanted = author.used_by(test.texts) - set(self._plan.functions)
            values = [(VALUE, name, b"") for name in sorted(wanted)]
            self._plan.questions[test.name] = [*values, *found["questions"]]
        for name, outcome in self._judged(runner, "the model answer", cells).items():
            if outcome.report.status is not Status.PASSED:
                self._plan.beside.setdefault(name, outcome.detail or outcome.report.headline)

    def judge(self, runner: Runner, key: str, rebuilt: Rebuilt) -> dict[str, Outcome]:
        """Return what comes of every test, by name."""
        if not self.tests:
            return {}
        return self._judged(runner, key, cells_besides(rebuilt, self._template.exercises))

    def _judged(self, runner: Runner, key: str, cells: Sequence[Cell]) -> dict[str, Outcome]:
        apart = [test for test in self.tests if test.name not in self._plan.beside]
        questions = {test.name: list(self._plan.questions[test.name]) for test in apart}
        done: dict[str, Outcome] = {}
        if self._plan.beside:
            every = {test.name: _beside(test) for test in self.tests}
            run, places = self._run(runner, cells, every, key)
            for test in (test for test in self.tests if test.name in self._plan.beside):
                done[test.name] = outcome_of(test, run, places[test.name], None)
        for _ in range(MAX_ROUNDS):
            asking = {test.name: _asking(test.name, questions[test.name]) for test in apart}
            if not asking:
                break
            theirs, places = self._run(runner, cells, asking, key)
            answers = {n: answers_in(theirs.cells.get(place)) for n, place in places.items()}
            ours, found = self._replayed(runner, key, apart, questions, answers)
            for test in apart:
                came = found.get(test.name)
                done[test.name] = outcome_of(test, theirs, places[test.name], came, ours)
            again = [test for test in apart if _asks(found.get(test.name))]
            if not again:
                break
            for test in again:
                questions[test.name] += found[test.name]["questions"]
        return {test.name: done[test.name] for test in self.tests}

    def _replayed(
        self,
        runner: Runner,
        key: str,
        tests: Iterable[OwnTest],
        questions: Mapping[str, list[Question]],
        answers: Mapping[str, bytes],
    ) -> tuple[Run, dict[str, dict[str, Any]]]:
        """Run tests on the answers of a submission, in a process that has none of its code."""
        define = (
            f"{_IMPORT}__tests__ = __own_tests__.Tests(globals(), {self._author.definitions!r})"
        )
        graded = {}
        for test in tests:
            if answers[test.name]:
                asked = plain_data.encode(questions[test.name])
                replay = f"{self._plan.functions!r}, {asked!r}, {answers[test.name]!r}"
                graded[test.name] = f"__tests__.replay({replay})\n{_running(test)}"
        if not graded:
            return Run({}, Ending.DONE, None, "", 0.0, 0.0), {}
        run, places = self._run(runner, [Cell(0, define)], graded, key)
        found = {name: came_from(run.cells.get(place)) for name, place in places.items()}
        return run, {name: came for name, came in found.items() if came is not None}

    def _run(
        self, runner: Runner, cells: Sequence[Cell], graded: Mapping[str, str], key: str = ""
    ) -> tuple[Run, dict[str, int]]:
        """Run cells, then the graded ones; return what came, and where those stand."""
        end = cells[-1].index + 1 if cells else 0
        places = {name: index for index, name in enumerate(graded, end)}
        asked = [Cell(places[name], text, name) for name, text in graded.items()]
        return runner.run(Job(key or folder_name(self.unit), (*cells, *asked))), places

    @cached_property
    def _author(self) -> Author:
        return author_of(self._cells, [text for test in self.tests for text in test.texts])

    def _read(self) -> list[dict[str, Any]]:
        try:
            cells = json.loads(self._path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            raise AutograderError(
                f"{self._path}, which holds the hidden tests and the model answer of "
                f"{folder_name(self.unit)}, cannot be read."
            ) from None
        return [{**cell, "source": "".join(cell["source"])} for cell in cells]

    def _test(self, template: Template, name: str) -> OwnTest:
        title, cells = name, template.by_grade_id
        for cell in self._cells:
            if cell["cell_type"] == "markdown":
                for _, heading in HEADING.findall(cell["source"]):
                    title = WORTH.sub("", heading).replace("`", "").strip("* ")
            elif cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
                found = segments(cell["source"])
                texts, hidden = zip(*found, strict=True) if found else ((), ())
                return OwnTest(name, title, float(cells[name].nbgrader["points"]), texts, hidden)
        raise AutograderError(
            f"{self._path} has no cell {name}, which the released notebook has: "
            f"run `autograder release {self.unit}`."
        )

    def _does_not_hold(self, test: OwnTest, run: Run, found: dict[str, Any] | None) -> str:
        why = run.detail or "they did not come to their end"
        if found:
            why = f"`{found['line']}` gives {found['error']}: {found['text']}".rstrip(": ")
        return (
            f"{self._path}: the tests of the cell {test.name} do not hold for the model answer "
            f"there ({one_line(why)}). Mend one of the two; until then nothing is graded."
        )


def _as_cells(template: Template) -> list[dict[str, Any]]:
    return [
        {"cell_type": cell.kind, "source": cell.source, "metadata": cell.metadata}
        for cell in template.cells
    ]


def _is_run(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell of the source is run with the model answer: no check, no demo."""
    metadata = cell["metadata"]
    marks = metadata.get("nbgrader", {})
    is_check = marks.get("grade") and not marks.get("solution")
    return cell["cell_type"] == "code" and "demo" not in metadata.get("tags", ()) and not is_check


def _running(test: OwnTest) -> str:
    return f"__tests__.run({test.name!r}, {list(test.texts)!r})"


def _beside(test: OwnTest) -> str:
    return f"{_IMPORT}__own_tests__.Tests(globals()).run({test.name!r}, {list(test.texts)!r})"


def _asking(name: str, questions: list[Question]) -> str:
    return f"{_IMPORT}__own_tests__.answer({name!r}, globals(), {plain_data.encode(questions)!r})"


def _asks(found: Mapping[str, Any] | None) -> bool:
    return bool(found and found["unanswered"] and found["questions"])
