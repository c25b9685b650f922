"""Of all that somebody handed in, the one notebook of the unit; or what to hand in instead."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.choosing import Candidate, Outcome, Row, latest
from autograder.grading.collecting.delivery import NOTEBOOK, OTHER, PROBLEM, File, read_delivery
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.which_unit import Identity, Teller
from autograder.hosted.script import notebook_of
from autograder.units import folder_name
from autograder.visible import one_line
from autograder.workers import Workers

STUDENT, SCRIPT = "hand-in", ".py"
_MOST_NAMES = 5


class HandInAgain(Exception):
    """Nothing of it can be graded; the message tells its author what to hand in."""


@dataclass(frozen=True)
class HandIn:
    """What counts.

    Attributes
    ----------
    path : Path
        A notebook of ours.
    remark : str
        What its author should know of the choice, or "".
    """

    path: Path
    remark: str = ""


@dataclass(frozen=True)
class _Seen:
    file: File
    identity: Identity
    name: str

    def candidate(self, unit: str) -> Candidate:
        row = Row(STUDENT, unit, Outcome.NEW, self.file.shown)
        return Candidate(row, self.file, 0, self.name.removesuffix(SCRIPT))


def find_hand_in(
    course: Course, unit: str, submission: Path, stash: Path, workers: Workers
) -> HandIn:
    """Return what counts of the files below `submission`.

    Notebooks of the unit come first, then .py files, then what may be of it: a few functions that
    later units have, too, or a notebook that nothing is known of.

    Parameters
    ----------
    stash : Path
        A folder for copies.

    Raises
    ------
    HandInAgain
        If there is none, or several and nothing says which.
    """
    try:
        submission.mkdir(exist_ok=True)  # with nothing handed in there may be no folder
        files = [_unless_empty(file, stash) for file in read_delivery(submission, stash).files]
    except (AutograderError, OSError) as error:
        raise HandInAgain(f"What was handed in cannot be read: {one_line(str(error))}") from error
    teller = Teller(course, workers)
    notebooks = [_seen(teller, file, stash) for file in files if file.kind == NOTEBOOK]
    scripts, closed = _scripts(teller, files, submission, stash)
    unknown = [one for one in notebooks if not one.identity.unit and not one.identity.cells]
    for group in (
        *([one for one in found if one.identity.unit == unit] for found in (notebooks, scripts)),
        *([one for one in found if unit in one.identity.cells] for found in (notebooks, scripts)),
        unknown,
    ):
        if group:
            return _chosen(group, unit, stash)
    raise HandInAgain(_nothing(unit, [*files, *closed], notebooks))


def _unless_empty(file: File, stash: Path) -> File:
    """Return a notebook without a byte as what cannot be read: it outdoes no other by its name."""
    empty = file.kind == NOTEBOOK and not (stash / file.digest).stat().st_size
    return replace(file, kind=PROBLEM, problem="is empty") if empty else file


def _seen(teller: Teller, file: File, stash: Path) -> _Seen:
    identity, _ = teller.identity(stash / file.digest, tuple(reversed(file.path)))
    return _Seen(file, identity, file.path[-1])


def _scripts(
    teller: Teller, files: list[File], submission: Path, stash: Path
) -> tuple[list[_Seen], list[File]]:
    """Return the .py files as notebooks, and those that cannot be read."""
    found, closed = [], []
    for file in files:
        if file.kind != OTHER or not file.path[-1].lower().endswith(SCRIPT):
            continue
        try:
            if file.in_archives:
                raise UnreadableSubmission("lies in an archive, of which only notebooks are read")
            content = notebook_of(submission.joinpath(*file.path))
        except UnreadableSubmission as error:
            closed.append(replace(file, kind=PROBLEM, problem=str(error)))
            continue
        digest = sha256(content).hexdigest()
        (stash / digest).write_bytes(content)
        found.append(_seen(teller, File(file.path, NOTEBOOK, digest), stash))
    return found, closed


def _chosen(group: list[_Seen], unit: str, stash: Path) -> HandIn:
    scripts = group[0].name.lower().endswith(SCRIPT)
    wanted = f"{folder_name(unit)}{SCRIPT if scripts else '.ipynb'}"
    best, _ = latest([one.candidate(unit) for one in group])
    if best is None:
        raise HandInAgain(
            f"{len(group)} files of {folder_name(unit)} were handed in "
            f"({_names([one.file for one in group])}), and nothing says which one counts: hand in "
            f"{'all of it in one' if scripts else 'one of them'}, called {wanted}."
        )
    seen = next(one for one in group if one.file is best.file)
    remarks = []
    if len(group) > 1 or seen.name != wanted:
        remarks.append(f"What counts: {one_line(best.file.shown)}.")
    if seen.identity.contradicts:
        remarks.append(f"It is called otherwise, but {seen.identity.remark}.")
    return HandIn(stash / best.file.digest, " ".join(remarks))


def _nothing(unit: str, files: list[File], notebooks: list[_Seen]) -> str:
    name = folder_name(unit)
    hand_in = f"hand in {name}.ipynb, or its functions in one .py file"
    others = [one.identity for one in notebooks]
    if others:
        units = sorted({folder_name(u) for one in others for u in (one.cells or (one.unit,))})
        return f"This is the place for {name}, and what came is of {', '.join(units)}: {hand_in}."
    problems = [
        f"{file.shown} {file.problem.removeprefix(f'{file.path[-1]} ')}"
        for file in files
        if file.kind == PROBLEM
    ]
    if problems:
        return f"{one_line('; '.join(problems[:_MOST_NAMES]))}: {hand_in}."
    if any(file.kind == OTHER for file in files):
        return f"Nothing of {name} is in what came ({_names(files)}): {hand_in}."
    return f"Nothing was handed in: {hand_in}."


def _names(files: list[File]) -> str:
    names = [one_line(file.shown)[:80] for file in files[:_MOST_NAMES]]
    return ", ".join([*names, "…"] if len(files) > _MOST_NAMES else names)
