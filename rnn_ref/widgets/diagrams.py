"""Drawings to scale: a sheet whose axes fill the figure, boxes of squares, arrows."""

from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from rnn_ref.plotting import WIDTH_IN, Look, new_figure

Point = tuple[float, float]


def sheet(
    left: float,
    right: float,
    bottom: float,
    top: float,
    title: str = "",
    inset: Point = (0.08, 0.1),
) -> tuple[Figure, Axes]:
    """Return a new figure and axes that fill it, a unit as high as it is wide; only the title.

    Parameters
    ----------
    left, right, bottom, top : float
        The sheet's edges.
    title : str
    inset : pair of float
        How far the title stands from the upper left corner.

    Call it inside ``course_style``.
    """
    figure = new_figure(WIDTH_IN * (top - bottom) / (right - left))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()
    across, down = inset
    axes.text(left + across, top - down, title, fontsize=11, fontweight="bold", va="top")
    return figure, axes


def arrow(start: Point, end: Point, head: float = 9, **style: Any) -> FancyArrowPatch:
    """Return an arrow from point to point, still to be added; `head` is its head's size."""
    look: dict[str, Any] = {"shrinkA": 0, "shrinkB": 0, "linewidth": 1.1, **style}
    return FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=head, **look)


def squares(axes: Axes, corners: Iterable[Point], side: float, look: Look, **style: Any) -> None:
    """Draw squares, of which the lower left corners are given."""
    style = {"facecolor": look.tint, "edgecolor": look.colour, **style}
    for corner in corners:
        axes.add_patch(Rectangle(corner, side, side, **style))
