"""Comparing counts of chance events with their probabilities, at a stated false-alarm rate.

An event of probability p that comes up in a share q of n independent trials, q on one side of p,
has at most the chance ``exp(-n KL(q, p))`` to be that far off or farther, with
``KL(q, p) = q log(q/p) + (1 - q) log((1 - q)/(1 - p))`` (Chernoff, 1952). The bound holds for every
n, also for rare events where a normal approximation would not. There are two sides and E events, so
a count is called unlikely where ``2 E exp(-n KL) < false_alarm``: then a right function is called
wrong with at most that probability, whatever it draws with.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

FALSE_ALARM = 1e-7
"""Chance that a right function fails any of the frequency tests of one check: all share it."""

_NOT_ONE = 1e-3  # a learner's own probabilities may be of half precision
_ALIKE_Z = 4.5  # standard deviations; it chooses a sentence, never a mark
_TOGETHER_Z = 3.7  # of all cells together: many that are a little off are no chance, either

Chances = Callable[[Mapping[str, Any]], np.ndarray]
"""From a case's inputs to the exact probability of every cell of a table of counts."""


class _Event(NamedTuple):
    place: str
    times: int
    chance: float


def unlikely(
    name: str, counts: np.ndarray, chances: np.ndarray, axes: tuple[str, ...], false_alarm: float
) -> str:
    """Return a sentence on the first count that chance does not explain, or "".

    The sentence holds the learner's own count and on which side it is off, never a probability.

    Parameters
    ----------
    name : str
        What the table of counts is called.
    counts : array
        Untrusted. How often each cell came up.
    chances : array
        Probability of each cell; sums to 1.
    axes : tuple of str
        Names of the axes of both.
    false_alarm : float
        Probability, at most, of a sentence although every count is drawn from `chances`.
    """
    if counts.shape != chances.shape:
        return f"{name} has shape {counts.shape}; expected {chances.shape} = ({', '.join(axes)})."
    if counts.dtype.kind not in "iu" or not counts.size or counts.min() < 0:
        return f"{name} holds something else than counts."
    if not (chances.min() >= 0 and abs(chances.sum() - 1) < _NOT_ONE):  # NaN is refused, too
        return f"the probabilities for {name} are none: they are negative or do not sum to 1."
    total = int(counts.sum())
    events = list(_events(counts, chances, axes))
    least = math.log(2 * len(events) / false_alarm)
    for event in events:
        if total * divergence(event.times / max(total, 1), event.chance) > least:
            side = "often" if event.times > total * event.chance else "rarely"
            return f"{event.place} came up {event.times} times in {total}: too {side} for chance."
    return ""


def alike(left: np.ndarray, right: np.ndarray) -> bool:
    """Return whether two tables of counts look as if drawn with the same probabilities."""
    if left.shape != right.shape or left.sum() != right.sum():
        return False
    axes = ("",) * left.ndim
    return _alike_together(left.ravel().astype(float), right.ravel().astype(float)) and all(
        (one.times - other.times) ** 2 <= _ALIKE_Z**2 * (one.times + other.times)
        for one, other in zip(_events(left, left, axes), _events(right, right, axes), strict=True)
    )


def _alike_together(left: np.ndarray, right: np.ndarray) -> bool:
    """Return whether the squared differences of all cells sum to what chance explains.

    The sum is distributed as chi-square; its bound is that of Wilson and Hilferty (1931).
    """
    both = left + right
    cells = both > 0
    degrees = max(int(cells.sum()) - 1, 1)
    total = float(((left - right)[cells] ** 2 / both[cells]).sum())
    spread = 2 / (9 * degrees)
    return total <= degrees * (1 - spread + _TOGETHER_Z * math.sqrt(spread)) ** 3


def _events(counts: np.ndarray, chances: np.ndarray, axes: tuple[str, ...]) -> Iterator[_Event]:
    """Yield what is tested: each value on each axis by itself, then every cell."""
    for axis, label in enumerate(axes if counts.ndim > 1 else ()):
        others = tuple(a for a in range(counts.ndim) if a != axis)
        margins = zip(counts.sum(axis=others), chances.sum(axis=others), strict=True)
        for i, (count, chance) in enumerate(margins):
            yield _Event(f"{label} {i}", int(count), float(chance))
    for place in np.ndindex(counts.shape):
        words = ", ".join(f"{label} {i}" for label, i in zip(axes, place, strict=True))
        yield _Event(words, int(counts[place]), float(chances[place]))


def divergence(q: float, p: float) -> float:
    """Return KL(q, p) in nats, of the shares `q` and `p` of one event; at least 0, may be inf."""
    p = min(max(p, 0.0), 1.0)  # a sum of probabilities may be 1 + 1e-16

    def part(x: float, y: float) -> float:
        return 0.0 if x == 0 else math.inf if y == 0 else x * math.log(x / y)

    return part(q, p) + part(1 - q, 1 - p)
