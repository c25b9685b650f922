"""What a check has to say, as plain data: made by the judge, shown by ``display`` and reports."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How an exercise stands."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    UNFINISHED = "unfinished"  # the stub still raises NotImplementedError
    LIMIT = "limit"  # ended by a limit, which the headline names: no points
    NOT_GRADABLE = "not gradable"  # no verdict: an instructor decides


@dataclass(frozen=True)
class CriterionResult:
    """One line of a report.

    Attributes
    ----------
    name : str
        Stable name of the criterion within its exercise.
    sentence : str
        What is asked for, in words.
    points, max_points : float
        Earned and possible.
    detail : str
        Why it failed: the first place where numbers differ. Never an expected value.
    judged : bool
        False where no answer came that could show whether it holds: neither right nor wrong.
    """

    name: str
    sentence: str
    points: float
    max_points: float
    detail: str = ""
    judged: bool = True

    @property
    def passed(self) -> bool:
        """Whether the criterion earned all it is worth."""
        return self.judged and self.points == self.max_points and not self.detail


@dataclass(frozen=True)
class Report:
    """The verdict on one exercise.

    Attributes
    ----------
    points : float or None
        Automatic score in [0, max_points]; None if and only if the status is NOT_GRADABLE.
    headline : str
        The first cause in one sentence: what came, and where it first differs.
    mistake : str
        Stable name of the mistake that gives the very same outputs, "one + other" of two, or "".
    mistake_sentence : str
        The mistake in words, addressed to the learner, or "".
    advice : tuple of str
        Further sentences, each of which has been reproduced: other mistakes, experiments.
    hint : str
        The next thing to look at, or "".
    flags : tuple of str
        What an instructor should know and a learner need not be accused of.
    """

    exercise: str
    title: str
    status: Status
    points: float | None
    max_points: float
    headline: str
    criteria: tuple[CriterionResult, ...] = ()
    mistake: str = ""
    mistake_sentence: str = ""
    advice: tuple[str, ...] = ()
    hint: str = ""
    flags: tuple[str, ...] = ()
