"""From a run to marks: a report for every exercise, and the notebook with its outputs."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.grading.marked_notebook import Notebook, notebook_of
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.rechecks import Round
from autograder.grading.template import Template
from autograder.grading.verdicts import has_not_started, verdict, why_not_started
from autograder.judge.exercise import Asked
from autograder.judge.key import AnswerKey
from autograder.judge.unjudged import not_gradable
from autograder.sandbox.job import (
    NO_CASES,
    SECRET,
    Cell,
    Ending,
    Job,
    Run,
)
from autograder.student.report import Report
from autograder.student.wire import WireLimits
from autograder.visible import one_line

#: What stands in the sandbox in place of a module that is not there.
ABSENT_MARK = "is not there while your notebook is graded"
_NOT_INSTALLED = re.compile(r"No module named '([\w.]{1,60})'")


@dataclass(frozen=True)
class Marked:
    """A submission with its marks.

    Attributes
    ----------
    reports : dict of str to Report
        By name of the check cell, in the order of the release.
    flags : tuple of str
        For the instructor: what was mended, what was irregular, how it ended.
    notebook : dict
        The autograded notebook, ready to be written.
    out_of_time : bool
        Whether a limit on time was reached anywhere.
    cpu_s, wall_s : float
        Processor time and time by the clock that the run took.
    """

    reports: dict[str, Report]
    flags: tuple[str, ...]
    notebook: Notebook
    cpu_s: float = 0.0
    out_of_time: bool = False
    wall_s: float = 0.0


def make_job(
    key: str, template: Template, rebuilt: Rebuilt, asked: Round, cases: str = SECRET
) -> Job:
    """Return what the sandbox is to run of `rebuilt`.

    Parameters
    ----------
    asked : Round
        Which checks are asked, and where they stand.
    cases : str
        Which cases they are asked: "secret" or "public".
    """
    exercises = {name: exercise.name for name, exercise in template.exercises.items()}
    end = len(rebuilt.cells)
    cells = cells_besides(rebuilt, exercises)
    cells += [Cell(index, text) for index, text in enumerate(asked.before, end)]
    for name, index in asked.places(template, rebuilt).items():
        which = cases if name in asked.checks else NO_CASES
        cells.append(Cell(index, template.by_grade_id[name].source, exercises[name], which))
    return Job(key, tuple(sorted(cells, key=lambda cell: cell.index)))


def cells_besides(rebuilt: Rebuilt, checks: Container[str]) -> list[Cell]:
    """Return what runs of `rebuilt` besides `checks`."""
    return [
        Cell(index, cell.to_run, pieces=cell.one_by_one)
        for index, cell in enumerate(rebuilt.cells)
        if cell.runs and not (cell.origin and cell.origin.grade_id in checks)
    ]


def judged(
    template: Template,
    rebuilt: Rebuilt,
    run: Run,
    keys: Mapping[str, AnswerKey],
    asked: Round,
    answer_limits: WireLimits | None = None,
    carry: bool = True,
) -> dict[str, Report]:
    """Return the verdict on every check that `run` was asked, by name of its cell.

    Parameters
    ----------
    keys : mapping of exercise name to AnswerKey
        For the cases whose inputs the sandbox was given.
    asked : Round
        As for `make_job`.
    carry : bool
        Whether an error is paid for once.
    """
    places = asked.places(template, rebuilt)
    reports = {}
    for name in asked.checks:
        key = keys[template.exercises[name].name]
        report = verdict(key, run, places[name], answer_limits, carry)
        if has_not_started(run, places[name], report):
            report = why_not_started(template, rebuilt, run, key.exercise, report)
        reports[name] = report
    return reports


def marked(
    template: Template,
    rebuilt: Rebuilt,
    reports: Mapping[str, Report],
    runs: Sequence[Run],
    shown: Sequence[Run],
    late: Sequence[str] = (),
) -> Marked:
    """Return `reports` with the notebook and with what an instructor should know.

    Parameters
    ----------
    runs : sequence of Run
        Those that are judged, the whole notebook first.
    shown : sequence of Run
        Those of which people read, the one whose outputs the notebook shows first.
    late : sequence of str
        Exercises that came out better at the end of the notebook.
    """
    reports = in_order(template, reports)
    every = runs if shown is runs else [*runs, *shown]
    own_flags = [flag for report in reports.values() for flag in report.flags]
    at_end = [f"At the end of the notebook, {', '.join(late)} came out better."] if late else []
    mended = [" ".join([*rebuilt.flags, *at_end])] if rebuilt.flags or late else []
    flags = [*mended, *(note for one in every for note in one.irregular), *own_flags]
    flags += _absent_imports(shown[0], reports)
    if runs[0].ending is not Ending.DONE:
        flags.append(f"The run ended early: {runs[0].detail}")
    notebook = notebook_of(template, rebuilt, shown[0].cells, reports)
    limited = any(
        one.ending in (Ending.CPU, Ending.WALL) or any(c.soft_limit for c in one.cells.values())
        for one in runs
    )
    cpu_s, wall_s = sum(one.cpu_s for one in every), sum(one.wall_s for one in every)
    return Marked(reports, tuple(dict.fromkeys(flags)), notebook, cpu_s, limited, wall_s)


def in_order(template: Template, reports: Mapping[str, Report]) -> dict[str, Report]:
    """Return reports in the order of the notebook."""
    names = (cell.grade_id for cell in template.cells)
    return {name: reports[name] for name in names if name in reports}


def mark_unreadable(template: Template, reason: str, own: Iterable[Asked] = ()) -> Marked:
    """Return the marks of a submission that could not even be read: none, with the reason."""
    reports = {
        name: not_gradable(exercise, f"Not gradable: {reason}.")
        for name, exercise in template.exercises.items()
    }
    own_reports = {test.name: not_gradable(test, f"Not gradable: {reason}.") for test in own}
    reports = in_order(template, {**reports, **own_reports})
    untouched = tuple(
        RebuiltCell(cell.cell_id, cell.kind, cell.source, cell) for cell in template.cells
    )
    notebook = notebook_of(template, Rebuilt(untouched), {}, reports)
    return Marked(reports, (f"Not gradable: {reason}.",), notebook)


def _absent_imports(run: Run, reports: Mapping[str, Report]) -> list[str]:
    """Return a sentence for every module asked for that no submission gets."""
    texts = [cell.error_text for cell in run.cells.values()]
    texts += [report.headline for report in reports.values()]
    texts += [result.detail for report in reports.values() for result in report.criteria]
    sentences = [_absent_sentence(one_line(text)) for text in texts if ABSENT_MARK in text]
    missing = [_NOT_INSTALLED.fullmatch(cell.error_text) for cell in run.cells.values()]
    sentences += [f"{found.group(1)} {ABSENT_MARK}." for found in missing if found]
    return [f"It asks for what it cannot get: {sentence}" for sentence in dict.fromkeys(sentences)]


def _absent_sentence(text: str) -> str:
    """Return the sentence of `text` that holds the mark, without what stands before and behind."""
    head, mark, _ = text.partition(ABSENT_MARK)
    return f"{head.rpartition(': ')[2]}{mark}."
