"""Figures of an exercise's check: what is counted, and how many of which."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from autograder.quality.examine import Finding, Outcome


@dataclass(frozen=True)
class Examined:
    """One wrong function and what came of it.

    Attributes
    ----------
    text : str
        What is wrong in it.
    finding : Finding or None
        None if its process died of it.
    equivalent : str
        Why it is no mistake at all, if it is none and has been found to be none; else "".
    """

    text: str
    finding: Finding | None
    equivalent: str = ""


@dataclass
class Counts:
    """Wrong functions of one kind, counted.

    Attributes
    ----------
    total : int
    equivalent : int
        No mistakes at all.
    survived : int
        Full marks for a mistake.
    limit, stopped, not_finite, aside, numbers : int
        By what came of the others; `numbers` are finite and wrong.
    named : int
        Of those with finite numbers.
    wrongly : int
        Named, at whatever outcome, by what answers otherwise on fresh seeds.
    claims, untrue : int
        ✓ and ✗ that were made again, and those that came out otherwise.
    """

    total: int = 0
    equivalent: int = 0
    survived: int = 0
    limit: int = 0
    stopped: int = 0
    not_finite: int = 0
    aside: int = 0
    numbers: int = 0
    named: int = 0
    wrongly: int = 0
    claims: int = 0
    untrue: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        names = [f.name for f in fields(self)]
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names})


_FIELDS = {
    Outcome.LIMIT: "limit",
    Outcome.STOPPED: "stopped",
    Outcome.NOT_FINITE: "not_finite",
    Outcome.ASIDE: "aside",
    Outcome.NUMBERS: "numbers",
    Outcome.PASSED: "survived",
}


def counts_of(examined: Iterable[Examined]) -> Counts:
    """Count what came of wrong functions."""
    counted: Counter[str] = Counter()
    for one in examined:
        counted["total"] += 1
        finding = one.finding
        if one.equivalent:
            counted["equivalent"] += 1
        elif finding is None:
            counted["limit"] += 1
        else:
            counted[_FIELDS[finding.outcome]] += 1
            counted["named"] += finding.outcome is Outcome.NUMBERS and bool(finding.mistake)
        if finding is not None:
            counted["wrongly"] += bool(finding.wrongly)
            counted["claims"] += finding.claims
            counted["untrue"] += len(finding.untrue)
    return Counts(**counted)


@dataclass
class Figures:
    """What was found out about one exercise's check.

    Attributes
    ----------
    mistakes, rejected, told : int
        Mistakes that were written down; those that lose points, and are told, on every seed.
    variants, accepted : int
        Right functions in other styles; those that earn all points on every seed.
    styles : Counts
        The same mistakes made in other styles.
    pairs : Counts
        Two of them at once.
    singles, doubles : Counts
        Mutants with one slip and with two.
    details : dict of str to list of str
        By kind of finding: what there is to look at.
    """

    exercise: str
    unit: str
    mistakes: int = 0
    rejected: int = 0
    told: int = 0
    variants: int = 0
    accepted: int = 0
    styles: Counts = field(default_factory=Counts)
    pairs: Counts = field(default_factory=Counts)
    singles: Counts = field(default_factory=Counts)
    doubles: Counts = field(default_factory=Counts)
    details: dict[str, list[str]] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing of what must not be is."""
        every = self.styles + self.pairs + self.singles + self.doubles
        survived = self.singles.survived or self.doubles.survived
        return (
            self.rejected == self.told == self.mistakes
            and self.accepted == self.variants
            and not (survived or every.wrongly or every.untrue)
        )

    def look(self, kind: str, text: str) -> None:
        """Keep what there is to look at."""
        self.details.setdefault(kind, []).append(text)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        counts = {
            name: vars(getattr(self, name)) for name in ("styles", "pairs", "singles", "doubles")
        }
        return {**vars(self), **counts}


def keep_what_to_look_at(figures: Figures, kind: str, examined: Iterable[Examined]) -> None:
    """Add to `figures` the texts of what survived, is untrue, is not named."""
    for one in examined:
        finding = one.finding
        if finding is None:
            figures.look(f"{kind}: stopped by a limit", one.text)
        if finding is None or one.equivalent:
            continue
        if finding.outcome is Outcome.PASSED:
            figures.look(f"{kind}: full marks", one.text)
        if finding.outcome is Outcome.NUMBERS and not finding.mistake:
            figures.look(f"{kind}: not named", one.text)
        for name in finding.wrongly:
            figures.look(f"{kind}: named wrongly", f"{one.text} ({name})")
        for line in finding.untrue:
            figures.look(f"{kind}: untrue", f"{one.text} ({line})")
