"""An instructor's own exercises: graded cells of asserts, in the notebook of any unit.

The tests run apart from the submission, in a sandbox of their own (``student.own_tests``): first
with the model answer, which tells what they call; then what they call is called in the submission,
and they run again on what came back. Only where more than data would have to cross do they run
beside the student's code, after everything else; a student can make those pass.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
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
from autograder.grading.points import HEADING, without_points
from autograder.grading.rebuild import Rebuilt
from autograder.grading.template import Template
from autograder.sandbox.job import Cell, Ending, Job, Run
from autograder.student import plain_data
from autograder.student.own_tests import VALUE, Question
from autograder.student.report import Status
from autograder.units import folder_name
from autograder.visible import one_line

_SETUP = "own tests"
_IMPORT = "import autograder.student.own_tests as __own_tests__\n"  # shadows no name of anybody's


RunJob = Callable[[Job], Run]


@dataclass
class Plan:
    """What the model answer told: which names are functions, what is asked for each test."""

    functions: list[str] = field(default_factory=list)
    questions: dict[str, list[Question]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    """Tests that cannot run apart, and why."""


class OwnTests:
    """The own tests of one unit."""

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

    def prepare(self, run_job: RunJob) -> Plan:
        """Run the tests with the model answer, and find out what they call.

        Raises
        ------
        AutograderError
            If they do not hold for it.
        """
        plan = Plan()
        if not self.tests:
            return plan
        if self._released:
            plan.beside = {test.name: "there is no model answer" for test in self.tests}
            return plan
        author = self._author
        sources = [str(cell["source"]) for cell in self._cells if _is_run(cell)]
        cells = [Cell(index, source) for index, source in enumerate(sources)]
        recording = f"__tests__.record({_SETUP!r}, {sorted(author.asked)!r})"
        graded = {_SETUP: f"{_IMPORT}__tests__ = __own_tests__.Tests(globals())\n{recording}"}
        graded |= {test.name: _running(test) for test in self.tests}
        run, places = self._run(run_job, cells, graded)
        plan.functions = list(came_from(run.cells.get(places[_SETUP])) or ())
        for test in self.tests:
            found = came_from(run.cells.get(places[test.name]))
            if found is None or found["failed"] >= 0:
                raise AutograderError(self._does_not_hold(test, run, found))
            if found["more than data"]:
                plan.beside[test.name] = found["more than data"]
            wanted = author.used_by(test.texts) - set(plan.functions)
            values = [(VALUE, name, b"") for name in sorted(wanted)]
            plan.questions[test.name] = [*values, *found["questions"]]
        for name, outcome in self._judged(run_job, plan, "the model answer", cells).items():
            if outcome.report.status is not Status.PASSED:
                plan.beside.setdefault(name, outcome.detail or outcome.report.headline)
        return plan

    def judge(self, run_job: RunJob, plan: Plan, key: str, rebuilt: Rebuilt) -> dict[str, Outcome]:
        """Return what comes of every test, by name.

        Parameters
        ----------
        plan : Plan
            From `prepare`.
        """
        if not self.tests:
            return {}
        cells = cells_besides(rebuilt, self._template.exercises)
        return self._judged(run_job, plan, key, cells)

    def _judged(
        self, run_job: RunJob, plan: Plan, key: str, cells: Sequence[Cell]
    ) -> dict[str, Outcome]:
        apart = [test for test in self.tests if test.name not in plan.beside]
        questions = {test.name: list(plan.questions[test.name]) for test in apart}
        done: dict[str, Outcome] = {}
        if plan.beside:
            every = {test.name: _beside(test) for test in self.tests}
            run, places = self._run(run_job, cells, every, key)
            for test in (test for test in self.tests if test.name in plan.beside):
                done[test.name] = outcome_of(test, run, places[test.name], None)
        for _ in range(MAX_ROUNDS):
            asking = {test.name: _asking(test.name, questions[test.name]) for test in apart}
            if not asking:
                break
            theirs, places = self._run(run_job, cells, asking, key)
            answers = {n: answers_in(theirs.cells.get(place)) for n, place in places.items()}
            replays = {
                test.name: _replaying(test, plan, questions[test.name], answers[test.name])
                for test in apart
                if answers[test.name]
            }
            ours, found = self._replayed(run_job, key, replays)
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
        self, run_job: RunJob, key: str, replays: Mapping[str, str]
    ) -> tuple[Run, dict[str, dict[str, Any]]]:
        """Run tests on the answers of a submission, in a process that has none of its code."""
        if not replays:
            return Run({}, Ending.DONE, None, "", 0.0, 0.0), {}
        define = (
            f"{_IMPORT}__tests__ = __own_tests__.Tests(globals(), {self._author.definitions!r})"
        )
        run, places = self._run(run_job, [Cell(0, define)], replays, key)
        found = {name: came_from(run.cells.get(place)) for name, place in places.items()}
        return run, {name: came for name, came in found.items() if came is not None}

    def _run(
        self, run_job: RunJob, cells: Sequence[Cell], graded: Mapping[str, str], key: str = ""
    ) -> tuple[Run, dict[str, int]]:
        """Run cells, then the graded ones; return what came, and where those stand."""
        end = cells[-1].index + 1 if cells else 0
        places = {name: index for index, name in enumerate(graded, end)}
        asked = [Cell(places[name], text, name) for name, text in graded.items()]
        return run_job(Job(key or folder_name(self.unit), (*cells, *asked))), places

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
                    title = without_points(heading)
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


def _replaying(test: OwnTest, plan: Plan, questions: list[Question], answers: bytes) -> str:
    asked = plain_data.encode(questions)
    replay = f"{plan.functions!r}, {asked!r}, {answers!r}"
    return f"__tests__.replay({replay})\n{_running(test)}"


def _beside(test: OwnTest) -> str:
    return f"{_IMPORT}__own_tests__.Tests(globals()).run({test.name!r}, {list(test.texts)!r})"


def _asking(name: str, questions: list[Question]) -> str:
    return f"{_IMPORT}__own_tests__.answer({name!r}, globals(), {plain_data.encode(questions)!r})"


def _asks(found: Mapping[str, Any] | None) -> bool:
    return bool(found and found["unanswered"] and found["questions"])
