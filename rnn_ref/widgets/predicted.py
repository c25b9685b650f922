"""What the reader predicted, drawn into the picture of what came."""

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.plotting import INK, LOOKS, course_style, new_figure

_GAP = 0.03  # of the axis, on both sides of a level that was ruled out


class Predicted(NamedTuple):
    """A prediction as a part of an axis.

    Attributes
    ----------
    said : str
        It in words.
    ranges : tuple of pairs of float
        From where to where; a single number where both are the same.
    """

    said: str
    ranges: tuple[tuple[float, float], ...]


def at(level: float, said: str = "") -> Predicted:
    """Return the prediction of a number, said as the number unless told otherwise."""
    return Predicted(said or f"{level:g}", ((level, level),))


def below(level: float, said: str) -> Predicted:
    """Return the prediction of something smaller."""
    return Predicted(said, ((-inf, level),))


def above(level: float, said: str) -> Predicted:
    """Return the prediction of something larger."""
    return Predicted(said, ((level, inf),))


def between(low: float, high: float, said: str) -> Predicted:
    """Return the prediction of a range."""
    return Predicted(said, ((low, high),))


def apart_from(level: float, said: str) -> Predicted:
    """Return the prediction of anything but a number."""
    return Predicted(said, ((level, inf), (-inf, level)))


def draw_prediction(axes: Axes, predicted: Predicted, left: float, right: float) -> None:
    """Draw a prediction between two places: a dashed line, or hatched where it is a range.

    Call it when the limits of the vertical axis are set.
    """
    gap = _GAP if len(predicted.ranges) > 1 else 0.0
    dashed: dict[str, Any] = {"color": INK, "linestyle": "dashed", "linewidth": 2, "clip_on": False}
    hatched: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "hatch": "///", "alpha": 0.35}
    middles = []
    for low, high in predicted.ranges:
        bottom, top = _share(axes, low) + gap, _share(axes, high) - gap
        if low == high:
            axes.hlines(low, left, right, **dashed)
        else:
            ends = _height(axes, bottom), _height(axes, top)
            axes.fill_between([left, right], *ends, linewidth=0, **hatched)
            edges = [end for end, limit in zip(ends, (low, high), strict=True) if isfinite(limit)]
            axes.hlines(edges, left, right, **dashed)
        middles.append(_height(axes, min(max((bottom + top) / 2, 0.05), 0.95)))
    words: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontweight": "bold"}
    axes.annotate(f"you: {predicted.said}", (right, middles[0]), (4, 0), **words)


def _share(axes: Axes, value: float) -> float:
    """Return how far up the axis a value stands, from 0 to 1."""
    if not isfinite(value):
        return float(value > 0)
    to_share = axes.transData - axes.transAxes
    return min(max(float(to_share.transform((1.0, value))[1]), 0.0), 1.0)


def _height(axes: Axes, share: float) -> float:
    return float((axes.transAxes - axes.transData).transform((0.5, share))[1])


def bars_and_prediction(
    values: Mapping[str, float],
    predicted: Mapping[str, Predicted],
    title: str,
    label: str,
    log: bool = False,
) -> tuple[Figure, str]:
    """Return a picture and its alt text.

    Parameters
    ----------
    values : mapping of str to float
        A bar each, by its name.
    predicted : mapping of str to Predicted
        What was predicted of some of the bars.
    title, label : str
        The claim, and what the values are, with their unit.
    log : bool
        Draw decades.
    """
    look, names = LOOKS["output"], list(values)
    ends = [end for one in predicted.values() for pair in one.ranges for end in pair]
    highest = max(*values.values(), *(end for end in ends if isfinite(end)))
    with course_style():
        figure = new_figure(2.4)
        axes = figure.add_subplot()
        if log:
            axes.set(yscale="log", ylim=(min(values.values()) / 300, highest * 300))
        else:
            axes.set_ylim(0, 1.18 * highest)
        axes.bar(names, list(values.values()), 0.5, color=look.tint, edgecolor=look.colour)
        for x, value in enumerate(values.values()):
            spot: dict[str, Any] = {"ha": "center", "va": "bottom", "textcoords": "offset points"}
            axes.annotate(f"{value:.3g}", (x, value), (0, 2), **spot)
        axes.set(title=title, ylabel=label, xlim=(-0.6, len(names) - 0.2))
        for name, one in predicted.items():
            place = names.index(name)
            draw_prediction(axes, one, place - 0.3, place + 0.3)
    said = ", ".join(f"{name} {value:.3g}" for name, value in values.items())
    told = " ".join(f"Predicted for {name}: {one.said}." for name, one in predicted.items())
    return figure, f"{title}: {said}. {told}"
