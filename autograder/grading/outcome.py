"""What comes of a submission on its way through a grading."""

from dataclasses import dataclass

from autograder.grading.marking import Marked
from autograder.grading.results import Result
from autograder.grading.submissions import Submission
from autograder.places import sentence_on
from autograder.trouble import described
from autograder.visible import one_line


@dataclass(frozen=True)
class Work:
    """What a worker hands to the writer.

    Attributes
    ----------
    marked : Marked or None
        None if an earlier result still holds.
    crowded : bool
        Whether it ran out of time on an overloaded machine: it is run again before that counts.
    """

    submission: Submission
    digest: str
    marked: Marked | None
    reason: str = ""
    crowded: bool = False


@dataclass(frozen=True)
class Graded:
    """One submission, done.

    Attributes
    ----------
    result : Result or None
        None if not even the student's name could be used.
    reason : str
        Why it could not be read, or "".
    reused : bool
        Whether an earlier result still held, so that nothing ran.
    moved : tuple of (str, float or None, float or None)
        Checks whose mark is another than at the last grading: name, before, now.
    again : bool
        Whether it was run a second time, alone, since it had run out of time while the machine
        was overloaded.
    """

    submission: Submission
    result: Result | None
    reason: str = ""
    reused: bool = False
    moved: tuple[tuple[str, float | None, float | None], ...] = ()
    again: bool = False


def unexpected(error: Exception) -> str:
    """Return a sentence on an error that should not have happened, and where it did.

    A fault of a folder or disk is no bug: it is told as such.
    """
    told = sentence_on(error)
    if told:
        return one_line(told)
    return f"grading it failed unexpectedly ({described(error)}); please report this"
