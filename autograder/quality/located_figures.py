"""Figures on located lines: a fixed sample, and a smaller one that is the same everywhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from autograder.judge.exercise import Exercise
from autograder.judge.repair.search import BUDGET_S
from autograder.quality.examine import FRESH_SEEDS
from autograder.quality.located import (
    STYLES,
    Located,
    Place,
    Ticks,
    doubles,
    locate_all,
    singles,
)
from autograder.quality.page import short_comment

SHORT_TITLE = "located, short form"
SHORT_EVERY, SHORT_S = 2, 2.0  # one exercise in so many; seconds by counting, see `Ticks`


@dataclass(frozen=True)
class Row:
    """Figures of one kind of wrong functions.

    Attributes
    ----------
    kind : str
    drawn : int
        Some of them are not searched, for they pass, or stop.
    counts : mapping of Place to int
    median_s, most_s : float
        Processor seconds of one search.
    """

    kind: str
    drawn: int
    counts: Mapping[Place, int]
    median_s: float
    most_s: float

    @property
    def searched(self) -> int:
        """Those whose check fails on values."""
        return self.drawn - self.counts.get(Place.NO_NEED, 0)

    @property
    def untrue(self) -> int:
        """Those of which a repair is told that is none."""
        return self.counts.get(Place.UNTRUE, 0)

    @property
    def located(self) -> int:
        """Those of which a line is told with a proof."""
        return self.counts.get(Place.LINE, 0) + self.counts.get(Place.OTHER, 0)


def measure_located(
    exercises: list[Exercise],
    count: int,
    jobs: int,
    tell: Callable[[str], None] = lambda text: None,
) -> list[Row]:
    """Return the figures of a fixed sample, `count` single slips of each exercise and kind."""
    several = {
        "one slip, model answers": [s for e in exercises for s in singles(e, count, False)],
        "one slip, other styles": [s for e in exercises for s in singles(e, count, True)],
        "two slips, model answers": [s for e in exercises for s in doubles(e, max(1, count // 2))],
    }
    rows = []
    for kind, subjects in several.items():
        found = locate_all(subjects, jobs)
        rows.append(_row(kind, found))
        tell(f"{kind}: {rows[-1].located} of {rows[-1].searched} located")
    return rows


def short_located(exercises: list[Exercise], jobs: int) -> dict[str, int]:
    """Return the counts of a smaller sample: the same on every machine, for time is counted."""
    some = exercises[::SHORT_EVERY]
    subjects = [s for e in some for s in (*singles(e, 2, False), *singles(e, 1, True))]
    counts = Counter(one.place for one in locate_all(subjects, jobs, SHORT_S, Ticks()))
    return {str(place): counts[place] for place in Place}


def _row(kind: str, found: list[Located]) -> Row:
    seconds = [one.seconds for one in found if one.place is not Place.NO_NEED] or [0.0]
    return Row(kind, len(found), Counter(one.place for one in found), median(seconds), max(seconds))


def located_part(rows: Iterable[Row], count: int, short: Mapping[str, int]) -> str:
    """Return the figures as a part of the page."""
    lines = [
        "## Located: which line\n",
        f"What `where` proves of a fixed sample: of each exercise {count} slips in the model "
        f"answer, {count} in its first {STYLES} other styles, {max(1, count // 2)} with two slips. "
        "Searched are those whose check fails on values; what stops has its line already. "
        "*Another line*: both repairs are right. What was told to be a repair was tried again on "
        f"{len(FRESH_SEEDS)} seeds that the search had not seen. Seconds are of the processor, of "
        f"one search, which ends after {BUDGET_S:g}.\n",
        "| | drawn | searched | in the right line | another line, as good | located "
        "| some outputs | not | no repair | median | most |",
        "|:--|" + "--:|" * 10,
    ]
    for row in rows:
        share = f"{100 * row.located / row.searched:.0f}%" if row.searched else "–"
        counts = [row.counts.get(p, 0) for p in (Place.LINE, Place.OTHER)]
        others = [row.counts.get(p, 0) for p in (Place.PART, Place.NOT, Place.UNTRUE)]
        cells = [row.drawn, row.searched, *counts, share, *others]
        times = f"{row.median_s:.1f} s | {row.most_s:.1f} s"
        lines.append(f"| {row.kind} | {' | '.join(map(str, cells))} | {times} |")
    return "\n".join(lines) + "\n\n" + short_comment(SHORT_TITLE, short) + "\n\n"
