"""Criteria that many exercises share."""

from autograder.judge.criterion import Criterion, Kind
from autograder.student.gradients import LATER, SECOND


def unchanged(weight: float, sentence: str = "No argument is changed in place.") -> Criterion:
    """Return the criterion that arguments come back as they were."""
    return Criterion("unchanged", weight, sentence, kind=Kind.UNCHANGED)


def repeatable(weight: float) -> Criterion:
    """Return the criterion that nothing is remembered from call to call."""
    return Criterion("repeatable", weight, "A second call gives the same.", kind=Kind.REPEATABLE)


def right(
    weight: float, output: str, what: str, cases: tuple[str, ...], name: str = ""
) -> Criterion:
    """Return the criterion, called after the output, that it is right; `what` says what it is."""
    return Criterion(name or output, weight, f"{output} is right: {what}.", (output,), cases)


def own_step(
    weight: float, what: str, step: str, agreeing: tuple[str, str], case: str
) -> Criterion:
    """Return the criterion that a loop makes the learner's own steps, whatever those are."""
    return Criterion(
        "own_step",
        weight,
        f"The {what} are those of your own {step}, once for each input.",
        kind=Kind.CONSISTENT,
        against=agreeing,
        carried=f"Your loop gives what your own {step} gives, step after step: "
        f"look for the mistake in {step}.",
    ).of(agreeing[0], case)


def later_calls(
    again: float, after_another: float, names: tuple[str, ...], case: str
) -> tuple[Criterion, Criterion]:
    """Return the criteria of a backward that is called again, and after another forward.

    The cache is the learner's: one that a call spoils in ways no copy catches shows here.
    """
    second, later = (tuple(name + call for name in names) for call in (SECOND, LATER))
    same, other = (
        "A second call with the same cache gives the same.",
        "It goes back from the cache it is handed, whatever forward ran since.",
    )
    return (
        Criterion("again", again, same, second, (case,), Kind.SAME, against=names),
        Criterion(
            *("own_cache", after_another, other, later, (case,), Kind.SAME),
            against=second,
            if_repeatable=True,
        ),
    )
