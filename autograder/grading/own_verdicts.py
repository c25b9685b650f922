"""From what came of an instructor's own tests to a report, and a detail for the instructor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.judge.unjudged import no_answer, not_gradable, out_of_limit
from autograder.sandbox.job import CellRun, Ending, Run
from autograder.student import plain_data
from autograder.student.report import CriterionResult, Report, Status
from autograder.student.wire import WireError
from autograder.visible import one_line

MAX_ROUNDS = 12
"""How often a submission is asked; again only where a call depends on what came of an earlier."""

VISIBLE_HOLD, HIDDEN_HOLD = "The tests that you see hold.", "The hidden tests hold."


@dataclass(frozen=True)
class OwnTest:
    """One graded cell of asserts.

    Attributes
    ----------
    name : str
        nbgrader's name of the cell.
    texts : tuple of str
        What is run, one after the other.
    hidden : tuple of bool
        Which of them students do not see.
    """

    name: str
    title: str
    points: float
    texts: tuple[str, ...]
    hidden: tuple[bool, ...]
    slow_sentence: str = "Is there a loop that never ends?"


@dataclass(frozen=True)
class Outcome:
    """A report, and for the instructor alone what a hidden test says."""

    report: Report
    detail: str = ""


def answers_in(cell: CellRun | None) -> bytes:
    """Return what a submission answered, unread: its place is the sandbox."""
    return cell.answers[0] if cell is not None and len(cell.answers) == 1 else b""


def came_from(cell: CellRun | None) -> Any:
    """Return what our own code handed out in a process of its own; None if nothing."""
    data = answers_in(cell)
    try:
        return plain_data.decode(data) if data else None
    except WireError:
        return None


def outcome_of(
    test: OwnTest, theirs: Run, place: int, found: Any, ours: Run | None = None
) -> Outcome:
    """Return the verdict on one test: how the submission's run went, then what the tests said."""
    cell = theirs.cells.get(place)
    if theirs.ending is Ending.SETUP:
        return Outcome(not_gradable(test, f"The sandbox failed, not the notebook: {theirs.detail}"))
    if cell is None:
        detail = theirs.detail or "the run ended before it."
        return Outcome(not_gradable(test, f"Never reached: {detail}"))
    if not cell.finished:
        return Outcome(out_of_limit(test, "", theirs.detail))
    if ours is None:
        found = _checked(came_from(cell))
    if found is None and cell.soft_limit:
        return Outcome(out_of_limit(test, "time"))
    if found is None and ours is not None and answers_in(cell):
        why = ours.detail or "what came back cannot be read"
        return Outcome(not_gradable(test, f"No verdict, for its tests did not end: {why}"))
    if found is None:
        return Outcome(no_answer(test, "Nothing that can be tested came out of it."))
    if found["unanswered"]:
        why = f"its tests still asked for more after {MAX_ROUNDS} runs"
        return Outcome(not_gradable(test, f"No verdict: {why}."))
    return _verdict(test, found)


def _checked(found: Any) -> dict[str, Any] | None:
    """Return what came from beside a student's code, which may have written anything."""
    kinds = {"failed": int, "unanswered": bool, "questions": list}
    if not isinstance(found, dict) or any(type(found.get(k)) is not t for k, t in kinds.items()):
        return None
    texts = {key: str(found.get(key, ""))[:1000] for key in ("error", "text", "line")}
    return {"failed": found["failed"], "unanswered": False, **texts}


def _verdict(test: OwnTest, found: Mapping[str, Any]) -> Outcome:
    failed = found["failed"]
    if failed == -1:
        report = _report(test, Status.PASSED, "It does all that is asked.", failed)
        return Outcome(report)
    kind, text, line = found["error"], found["text"], found["line"]
    told = one_line(f"`{line}` gives {kind}: {text}" if line else f"{kind}: {text}").rstrip(": ")
    hidden = not 0 <= failed < len(test.hidden) or test.hidden[failed]
    if kind == "NotImplementedError":
        return Outcome(_report(test, Status.UNFINISHED, f"Not done yet ({text}).", failed), told)
    if kind == "OutOfTime":
        return Outcome(out_of_limit(test, "time"), told)
    headline = "A hidden test does not hold." if hidden else f"A test does not hold: {told}."
    return Outcome(_report(test, Status.FAILED, headline, failed), told)


def _report(test: OwnTest, status: Status, headline: str, failed: int) -> Report:
    """Return a report; a cell's points are for all of its tests together, as in nbgrader."""
    earned = test.points if status is Status.PASSED else 0.0
    criteria = []
    for is_hidden, sentence in ((False, VISIBLE_HOLD), (True, HIDDEN_HOLD)):
        numbers = [i for i, hidden in enumerate(test.hidden) if hidden is is_hidden]
        if numbers and status is not Status.UNFINISHED:
            holds = failed == -1 or (max(numbers) < failed)
            judged = holds or failed in numbers
            criteria.append((sentence, holds, judged))
    results = tuple(
        CriterionResult(
            name=sentence,
            sentence=sentence,
            points=earned if number == len(criteria) else 0.0,
            max_points=test.points if number == len(criteria) else 0.0,
            detail="" if holds or not judged else headline,
            judged=judged,
        )
        for number, (sentence, holds, judged) in enumerate(criteria, start=1)
    )
    return Report(test.name, test.title, status, earned, test.points, headline, results)
