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
class Example:
    """The smallest public case that shows wrong values: lines to paste, what comes, what is right.

    Attributes
    ----------
    code : str
        Assignments and a call, which ends with the value that is compared.
    output : str
        What that value is called.
    yours, right : str
        The value as the learner's function gives it, and as it should be.
    """

    code: str
    output: str
    yours: str
    right: str


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
    example : Example or None
        A case to try, where values differ.
    hint : str
        The next thing to look at, or "".
    where : str
        How to have the line looked for, where that can be done; "" elsewhere.
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
    example: Example | None = None
    hint: str = ""
    where: str = ""
    flags: tuple[str, ...] = ()
