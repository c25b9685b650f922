"""One hand-in from its files to its marks; whatever it is, something is answered."""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Course
from autograder.errors import SandboxUnavailable
from autograder.grading.marking import Marked
from autograder.grading.outcome import unexpected
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.proven import proven
from autograder.grading.results import UNREADABLE, Result
from autograder.grading.submissions import Submission
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.hosted.handed_in import STUDENT, HandIn, HandInAgain, find_hand_in
from autograder.reports.marks import Sum, UnitMarks, marks_of
from autograder.reports.outline import read_outline
from autograder.sandbox.launcher import Launcher
from autograder.student.words import counted
from autograder.workers import workers

NO_SANDBOX = (
    "nothing of it was run, for there is no safe place to run it here, so the marks are left to "
    "your instructor"
)
FAULT = "something is wrong with the autograder, so the marks are left to your instructor"


@dataclass(frozen=True)
class Verdict:
    """What is answered.

    Attributes
    ----------
    marks : UnitMarks
        Of the checks alone: who reads written answers gives their marks elsewhere.
    told : tuple of str
        Sentences for the student that are about no single exercise.
    flags : tuple of str
        Sentences for the instructor, with words of the student's in them.
    fault : str
        What is wrong with the machine or the autograder, or "".
    """

    marks: UnitMarks
    told: tuple[str, ...]
    flags: tuple[str, ...] = ()
    fault: str = ""

    @property
    def total(self) -> Sum:
        """What the checks come to."""
        return self.marks.sum(STUDENT)


def judge(
    course: Course,
    unit: str,
    submission: Path,
    launchers: Sequence[Launcher],
    new_seed: bool = False,
) -> Verdict:
    """Find, rebuild, run and judge what lies in `submission`.

    Parameters
    ----------
    launchers : sequence of Launcher
        Sandboxes; the first that holds is taken.
    new_seed : bool
        Draw secret cases for this one hand-in, in place of those that the course keeps.
    """
    seed = unit_seed(course, unit, new_seed)
    told: list[str] = []
    why = fault = ""
    marked: Marked | None = None
    with ExitStack() as stack:
        stash = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        readers = stack.enter_context(workers())
        try:
            found = find_hand_in(course, unit, submission, stash, readers)
            told += filter(None, [found.remark])
            marked = _marked([UnitGrader(course, unit, seed, one) for one in launchers], found)
        except HandInAgain as error:
            why = str(error).rstrip(".")
        except UnreadableSubmission as error:
            why = str(error)
        except SandboxUnavailable as error:
            why, fault = NO_SANDBOX, str(error)
        except Exception as error:  # ours; nobody is to read a traceback
            why, fault = FAULT, unexpected(error)
    can_be_mended = marked is None and not fault
    if marked is None:
        told.append(f"Not graded: {why}.")
        marked = UnitGrader(course, unit, seed, launchers[0]).unreadable(why)
    verdict = _verdict(course, unit, marked, fault)
    waits = "" if can_be_mended else _waiting(verdict.total.waiting)
    return replace(verdict, told=(*told, *filter(None, [waits, *verdict.told])))


def _marked(graders: Iterable[UnitGrader], found: HandIn) -> Marked:
    """Grade in the first sandbox that holds.

    Raises
    ------
    SandboxUnavailable
        If none does.
    """
    reasons = []
    for grader in graders:
        try:
            with proven(grader, prove=True):
                rebuilt, _ = grader.read(found.path)
                return grader.grade(STUDENT, rebuilt)
        except SandboxUnavailable as error:
            reasons.append(str(error))
    raise SandboxUnavailable(" ".join(reasons))


def _verdict(course: Course, unit: str, marked: Marked, fault: str) -> Verdict:
    whole = read_outline(course, unit)
    outline = replace(whole, by_hand={})
    result = Result.of(Submission(STUDENT, unit, Path()), UNREADABLE, marked, sandboxed=True)
    marks = UnitMarks(outline, {STUDENT: result}, {STUDENT: marks_of(outline, result, {})}, {})
    written = sum(whole.written.values())
    told = f"Not in this: {counted(written, 'point')} for what you wrote, which a person reads."
    return Verdict(marks, (told,) if written else (), marked.flags, fault)


def _waiting(number: float) -> str:
    told = f"Without an automatic mark: {counted(number, 'point')}, which your instructor gives."
    return told if number else ""
