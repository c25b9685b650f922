"""The products of one step, drawn to scale: a row for every example."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnn_ref.plotting import INK, LOOKS, MUTED, WIDTH_IN, course_style, new_figure

SIDE, GAP, MARGIN = 0.34, 0.24, 0.15  # of a cell, around a sign, around it all
SIGNS = {"@": 0.3, "+": 0.3, "+ b_h \N{RIGHTWARDS ARROW} tanh \N{RIGHTWARDS ARROW}": 2.3}
TITLE = "One step: a row for every example, data on the left, weights on the right"
TITLE_ROOM, SHAPE_ROOM = 1.0, 0.45


def step_shapes(N: int = 3, D: int = 2, H: int = 4) -> tuple[Figure, str]:
    """Return the picture and its alt text.

    Parameters
    ----------
    N, D, H : int
        Examples, numbers in an input, numbers in a state; small enough to be counted.
    """
    times, plus, squash = SIGNS
    parts: tuple[str | tuple[str, int, int, str], ...] = (
        ("x_t", N, D, "input"),
        times,
        ("W_xh", D, H, "weight"),
        plus,
        ("h_prev", N, H, "state"),
        times,
        ("W_hh", H, H, "weight"),
        squash,
        ("h_t", N, H, "state"),
    )
    width = 2 * MARGIN + sum(
        SIGNS[part] + 2 * GAP if isinstance(part, str) else part[2] * SIDE for part in parts
    )
    half = max(N, D, H) * SIDE / 2
    height = 2 * half + TITLE_ROOM + SHAPE_ROOM
    with course_style():
        figure = new_figure(WIDTH_IN * height / width)
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(-half - SHAPE_ROOM, half + TITLE_ROOM), aspect="equal")
        axes.set_axis_off()
        axes.text(MARGIN, half + TITLE_ROOM - 0.12, TITLE, fontweight="bold", va="top")
        x = MARGIN
        for part in parts:
            x = _sign(axes, x, part) if isinstance(part, str) else _matrix(axes, x, *part)
    alt = (
        f"One step in shapes: x_t ({N}, {D}) times W_xh ({D}, {H}), plus h_prev ({N}, {H}) times "
        f"W_hh ({H}, {H}), plus b_h, through tanh, gives h_t ({N}, {H}): a row for every example."
    )
    return figure, alt


def _sign(axes: Axes, x: float, sign: str) -> float:
    """Write a sign and return where the next part begins."""
    width = SIGNS[sign] + 2 * GAP
    axes.text(x + width / 2, 0, sign, ha="center", va="center", color=INK)
    return x + width


def _matrix(axes: Axes, x: float, name: str, rows: int, columns: int, quantity: str) -> float:
    """Draw a matrix with its name and shape and return where the next part begins."""
    look, top = LOOKS[quantity], rows * SIDE / 2
    for row in range(rows):
        for column in range(columns):
            corner = (x + column * SIDE, -top + row * SIDE)
            axes.add_patch(
                Rectangle(corner, SIDE, SIDE, facecolor=look.tint, edgecolor=look.colour)
            )
    middle = x + columns * SIDE / 2
    axes.text(middle, top + 0.1, name, ha="center", va="bottom", fontweight="bold", color=INK)
    shape = f"({rows}, {columns})"
    axes.text(middle, -top - 0.12, shape, ha="center", va="top", fontsize=8.5, color=MUTED)
    return x + columns * SIDE
