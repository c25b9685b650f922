"""Checks that are asked once more at the end of the notebook, where that may change the answer.

A check may stand above what it asks for, or a helper below it. Whichever answer is better counts.
Each is asked once in a process: nothing that a check has shown helps with it a second time. What is
read of a check comes of where it was decided, asked the public cases there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from autograder.grading.pieces import Piece, pieces_of
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.template import Template
from autograder.sandbox.job import Run
from autograder.student.report import Report, Status


@dataclass(frozen=True)
class Round:
    """What one run of a notebook is asked.

    Attributes
    ----------
    checks : tuple of str
        The names of its checks.
    before : tuple of str
        Code that runs before checks at the end.
    at_end : bool
        Whether the checks stand behind the last cell, and no other does.
    """

    checks: tuple[str, ...]
    before: tuple[str, ...] = ()
    at_end: bool = True

    def only(self, checks: Collection[str]) -> "Round":
        """Return the round with no checks but `checks`."""
        return replace(self, checks=tuple(name for name in self.checks if name in checks))

    def places(self, template: Template, rebuilt: Rebuilt) -> dict[str, int]:
        """Return by name where checks stand; where all do, those that are asked nothing, too."""
        end = len(rebuilt.cells)
        if self.at_end:
            return {name: index for index, name in enumerate(self.checks, end + len(self.before))}
        names = {
            index: cell.origin.grade_id for index, cell in enumerate(rebuilt.cells) if cell.origin
        }
        return {name: index for index, name in names.items() if name in template.exercises}


@dataclass(frozen=True)
class Sitting:
    """One run of a submission: what it was asked, and the verdicts on what it answered."""

    asked: Round
    run: Run
    reports: Mapping[str, Report]


@dataclass(frozen=True)
class Decided:
    """The runs of a submission on the same cases, and which of them decides each check."""

    sittings: tuple[Sitting, ...]
    best: Mapping[str, Sitting]

    @property
    def reports(self) -> dict[str, Report]:
        """The verdicts that count, by name of the check."""
        return {name: sitting.reports[name] for name, sitting in self.best.items()}

    @property
    def late(self) -> list[str]:
        """Exercises that came out better at the end."""
        reports = self.reports
        return [reports[name].exercise for name, one in self.best.items() if one.asked.at_end]

    @property
    def runs(self) -> list[Run]:
        """What ran, the whole notebook first."""
        return [sitting.run for sitting in self.sittings]

    def again(self, names: Collection[str]) -> Iterator[Round]:
        """Yield what to ask so that the checks `names` are asked where they were decided.

        First comes the whole notebook, whatever it is asked.
        """
        for sitting in self.sittings:
            wanted = sitting.asked.only([n for n in names if self.best[n] is sitting])
            if wanted.checks or not wanted.at_end:
                yield wanted


def whole(template: Template) -> Round:
    """Return the round of all checks, each where it stands."""
    return Round(tuple(template.exercises), at_end=False)


def decide(template: Template, rebuilt: Rebuilt, ask: Callable[[Round], Sitting]) -> Decided:
    """Return what comes of the checks where they stand and, if marks are missing, at the end."""
    first = ask(whole(template))
    sittings, best = [first], dict.fromkeys(first.reports, first)
    for late in rounds(template, rebuilt):
        asked = late.only([name for name, one in best.items() if is_open(one.reports[name])])
        if asked.checks:
            sittings.append(ask(asked))
            for name, report in sittings[-1].reports.items():
                if is_better(report, best[name].reports[name]):
                    best[name] = sittings[-1]
    return Decided(tuple(sittings), best)


def rounds(template: Template, rebuilt: Rebuilt) -> tuple[Round, ...]:
    """Return the further runs that may change an answer.

    First the checks of which something that they call was written below them. Then, if a student
    has changed what was given, the checks that call it, with that as it was given.
    """
    places = {cell.cell_id: index for index, cell in enumerate(rebuilt.cells)}
    binding = _binding(rebuilt.cells)
    checks = [cell for cell in template.cells if cell.grade_id in template.exercises]
    called = {check.grade_id: _reached(check.source, binding) for check in checks}
    late = [
        check.grade_id
        for check in checks
        if _is_bound_behind(places[check.cell_id], called[check.grade_id], binding)
    ]
    given = [
        cell.origin
        for cell in rebuilt.cells
        if cell.origin and cell.origin.is_given and cell.to_run != cell.origin.source
    ]
    names = frozenset(name for origin in given for name in origin.defines)
    anew = [check.grade_id for check in checks if called[check.grade_id] & names]
    found = (Round(tuple(late)), Round(tuple(anew), tuple(origin.source for origin in given)))
    return tuple(one for one in found if one.checks)


def is_open(report: Report) -> bool:
    """Return whether a check may still find something better."""
    return report.points is None or report.points < report.max_points


def is_better(late: Report, first: Report) -> bool:
    """Return whether `late` counts in place of `first`."""
    if late.points is None:  # it may be right, if the first time nothing was there to be asked
        return first.status is Status.FAILED and not first.criteria
    return first.points is None or late.points > first.points


def _binding(cells: Iterable[RebuiltCell]) -> dict[str, list[tuple[int, Piece]]]:
    """Return by name what gives it something to stand for, and in which cells."""
    found: dict[str, list[tuple[int, Piece]]] = {}
    for index, cell in enumerate(cells):
        if not (cell.origin and cell.origin.is_prediction):
            for piece in cell.pieces:
                for name in piece.binds:
                    found.setdefault(name, []).append((index, piece))
    return found


def _reached(check: str, binding: dict[str, list[tuple[int, Piece]]]) -> frozenset[str]:
    """Return the names that a check comes to look up, in functions that it calls, too."""
    found = set[str]()
    waiting = {name for piece in pieces_of(check) for name in piece.calls}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_called(binding.get(name, ()))) - found
    return frozenset(found)


def _called(bound: Iterable[tuple[int, Piece]]) -> Iterator[str]:
    for _, piece in bound:
        yield from piece.calls


def _is_bound_behind(
    place: int, names: frozenset[str], binding: dict[str, list[tuple[int, Piece]]]
) -> bool:
    return any(index > place for name in names for index, _ in binding.get(name, ()))
