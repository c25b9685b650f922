"""The products of one step, drawn to scale: the slides' columns above, the course's rows below."""

from itertools import product

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.plotting import INK, LOOKS, MUTED, course_style
from rnn_ref.widgets.diagrams import sheet, squares

SIDE, GAP, MARGIN = 0.34, 0.24, 0.15  # of a cell, around a sign, around it all
TIMES, PLUS = "@", "+"
SQUASH = "+ b_h \N{RIGHTWARDS ARROW} tanh \N{RIGHTWARDS ARROW}"
SQUASH_ALONE = "\N{RIGHTWARDS ARROW} tanh \N{RIGHTWARDS ARROW}"
SIGNS = {TIMES: 0.3, PLUS: 0.3, SQUASH: 2.3, SQUASH_ALONE: 1.5}
NAME_ROOM, SHAPE_ROOM, HEADING_ROOM = 0.4, 0.5, 0.5

Matrix = tuple[str, int, int, str]
"""Name, rows, columns, quantity."""


def step_shapes(N: int = 3, D: int = 2, H: int = 4) -> tuple[Figure, str]:
    """Return the picture and its alt text.

    Parameters
    ----------
    N, D, H : int
        Examples, numbers in an input, numbers in a state; small enough to be counted.
    """
    columns = _line(
        (("W_xh", H, D, "weight"), ("x_t", D, 1, "input")),
        (("W_hh", H, H, "weight"), ("h_prev", H, 1, "state")),
        ("h_t", H, 1, "state"),
        SQUASH_ALONE,  # the slides leave out the bias
    )
    rows = _line(
        (("x_t", N, D, "input"), ("W_xh", D, H, "weight")),
        (("h_prev", N, H, "state"), ("W_hh", H, H, "weight")),
        ("h_t", N, H, "state"),
    )
    width = max(_width(columns), _width(rows)) + 2 * MARGIN
    half = max(N, D, H) * SIDE / 2
    line = HEADING_ROOM + NAME_ROOM + 2 * half + SHAPE_ROOM
    with course_style():
        figure, axes = sheet(0, width, 0, 2 * line)
        headings = "The slides: one example is a column", "Here: every example is a row"
        for foot, heading, parts in zip((line, 0.0), headings, (columns, rows), strict=True):
            top = foot + line - 0.12
            axes.text(MARGIN, top, heading, fontsize=10.5, fontweight="bold", va="top")
            _draw(axes, foot + SHAPE_ROOM + half, parts)
    alt = (
        f"The slides multiply columns from the left: W_xh ({H}, {D}) times x_t ({D}, 1). Here each "
        f"example is a row, multiplied from the right: x_t ({N}, {D}) times W_xh ({D}, {H}) plus "
        f"h_prev ({N}, {H}) times W_hh ({H}, {H}) plus b_h, through tanh, gives h_t ({N}, {H})."
    )
    return figure, alt


def _line(
    first: tuple[Matrix, Matrix],
    second: tuple[Matrix, Matrix],
    result: Matrix,
    squash: str = SQUASH,
) -> list[str | Matrix]:
    return [first[0], TIMES, first[1], PLUS, second[0], TIMES, second[1], squash, result]


def _width(parts: list[str | Matrix]) -> float:
    return sum(SIGNS[part] + 2 * GAP if isinstance(part, str) else part[2] * SIDE for part in parts)


def _draw(axes: Axes, y: float, parts: list[str | Matrix]) -> None:
    x = MARGIN
    for part in parts:
        if isinstance(part, str):
            width = SIGNS[part] + 2 * GAP
            axes.text(x + width / 2, y, part, ha="center", va="center", color=INK)
            x += width
        else:
            x = _matrix(axes, x, y, *part)


def _matrix(
    axes: Axes, x: float, y: float, name: str, rows: int, columns: int, quantity: str
) -> float:
    """Draw a matrix with its name and shape and return where the next part begins."""
    look, half = LOOKS[quantity], rows * SIDE / 2
    places = product(range(rows), range(columns))
    corners = ((x + column * SIDE, y - half + row * SIDE) for row, column in places)
    squares(axes, corners, SIDE, look)
    middle = x + columns * SIDE / 2
    axes.text(middle, y + half + 0.1, name, ha="center", va="bottom", color=INK)
    shape = f"({rows}, {columns})"
    axes.text(middle, y - half - 0.12, shape, ha="center", va="top", fontsize=8.5, color=MUTED)
    return x + columns * SIDE
