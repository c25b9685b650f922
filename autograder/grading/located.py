"""Which line of a submission is wrong: changes of its text are tried in the sandbox.

The search itself is the learner's own `where`; no text of a student's is run here.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from autograder.grading.marking import cells_besides
from autograder.grading.rebuild import Rebuilt
from autograder.grading.template import Template
from autograder.judge.doubts import fitted
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.judge.repair.bench import Bench
from autograder.judge.repair.found import Found
from autograder.judge.repair.pieces import Piece, bound
from autograder.judge.repair.search import Search
from autograder.judge.repair.telling import told
from autograder.sandbox.job import PUBLIC, Cell, Job, Run
from autograder.student.answers import Answer
from autograder.student.wire import WireLimits

BUDGET_S = 20.0
NO_VALUES = (
    "No line is looked for: that takes wrong values in a public case, and nothing that stops. "
    "Where something stops, the report tells the line."
)
_LEVEL = 2  # the line, and what kind of change it is

Texts = Mapping[Piece, str]


@dataclass(frozen=True)
class Where:
    """What was proven of where a mistake lies; the texts are the student's.

    Attributes
    ----------
    sentence : str
    further : tuple of str
        What kind of change it is; or where to look instead.
    lines : tuple of str
        What stands there, behind "-", and what was tried in its place, behind "+".
    """

    sentence: str
    further: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Tries:
    """Runs a submission's functions with the texts of some changed; see `bench.Runs`.

    Parameters
    ----------
    check : str
        The cell that asks for them.
    run : function of Job
        Runs it in the sandbox.
    passes : function of Rebuilt
        Whether a submission so changed earns all points of the check.
    """

    at_once = 64

    def __init__(
        self,
        key: AnswerKey,
        template: Template,
        rebuilt: Rebuilt,
        check: str,
        run: Callable[[Job], Run],
        passes: Callable[[Rebuilt], bool],
        limits: WireLimits,
    ) -> None:
        self._key, self._template, self._rebuilt = key, template, rebuilt
        self._run, self._passes, self._limits = run, passes, limits
        call = _call_of(template.by_grade_id[check].source)
        self._functions = ", ".join(f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords)
        wanted = [ast.unparse(keyword.value) for keyword in reversed(call.keywords)]
        self.pieces = tuple(_reached(pieces_of_cells(rebuilt), wanted))

    def answers(
        self, tries: Sequence[Texts], case: str, until: Collection[str], seconds: float
    ) -> list[Answer | None]:
        """Return what each of `tries` answers to one case, None where nothing came."""
        exercise = self._key.exercise
        asked = () if exercise.derived.keys() & set(until) else tuple(until)
        texts = [list(one.values()) for one in tries]
        source = (
            "from autograder.sandbox.inside.tries import answer_tries\n"
            f"answer_tries(globals(), {exercise.name!r}, lambda: dict({self._functions}), "
            f"{texts!r}, {case!r}, {asked!r}, {seconds!r})"
        )
        end = len(self._rebuilt.cells)
        cells = cells_besides(self._rebuilt, self._template.exercises)
        run = self._run(Job("tries", (*cells, Cell(end, source, exercise.name, PUBLIC))))
        came = run.cells[end].answers if end in run.cells else ()
        try:
            found = parse_answers(came[0], self._limits) if len(came) == 1 else []
        except MalformedAnswers:
            found = []
        by_number = {answer.case: self._complete(answer, case) for answer in found}
        return [by_number.get(str(number)) for number in range(len(tries))]

    def _complete(self, answer: Answer, case: str) -> Answer:
        return self._key.complete(fitted(self._key, replace(answer, case=case)))

    def holds(self, texts: Texts, seconds: float) -> bool:
        """Return whether the submission earns all points with `texts`, from its first cell on."""
        cells = list(self._rebuilt.cells)
        for piece, text in texts.items():
            cell = cells[int(piece.file)]
            before, _, after = cell.to_run.rpartition(piece.text)
            cells[int(piece.file)] = replace(cell, code=f"{before}{text}{after}")
        return self._passes(replace(self._rebuilt, cells=tuple(cells)))


def located(key: AnswerKey, tries: Tries) -> Where:
    """Return in which line the mistake lies, as far as it can be proven."""
    search = Search(Bench(key, tries), budget_s=BUDGET_S)
    found = search.run()
    said = told(found, search, _LEVEL)
    return Where(said.sentence, said.further, tuple(_differing(found)))


def _differing(found: Found) -> Iterator[str]:
    for piece, text in found.texts.items():
        lines = unified_diff(piece.text.split("\n"), text.split("\n"), n=0, lineterm="")
        yield from (line for line in list(lines)[2:] if not line.startswith("@@"))


def pieces_of_cells(rebuilt: Rebuilt) -> dict[str, Piece]:
    """Return the functions that a student has written, by name: of two with one name the last."""
    found: dict[str, Piece] = {}
    for index, cell in enumerate(rebuilt.cells):
        for part in cell.pieces:
            try:
                (statement,) = ast.parse(part.source).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            if name := bound(statement):
                text = part.source.strip("\n")
                line = cell.source.rpartition(text)[0].count("\n") + 1
                found[name] = Piece(name, text, line, str(index))
    return found


def _reached(pieces: Mapping[str, Piece], wanted: list[str]) -> Iterator[Piece]:
    """Yield the judged function first, then the other roles, then what they call."""
    waiting, seen = list(wanted), set[str]()
    for name in waiting:
        if name in pieces and name not in seen:
            yield pieces[name]
            tree = ast.walk(pieces[name].parsed.root)
            waiting += [node.id for node in tree if isinstance(node, ast.Name)]
        seen.add(name)


def _call_of(source: str) -> ast.Call:
    """Return the call of ``check`` in a check cell."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return next(c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "check")
