"""One picture of the loop and of its unrolling: the same network, drawn twice."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from rnn_ref.plotting import INK, LOOKS, MUTED, course_style
from rnn_ref.widgets.diagrams import Point, arrow, sheet

RADIUS, HALF_SIDE = 0.3, 0.26
INPUT_Y, STATE_Y = 0.0, 1.35
FOLDED_X, FIRST_X, STEPS = 0.0, 2.6, 4
LEFT, RIGHT, BOTTOM, TOP = -0.75, FIRST_X + STEPS + 0.75, -0.4, 2.75
TITLE = "A network with a loop is the same network once for every step"
ALT = (
    "Left, a network with one input x, one state h and a loop from h back to itself. Right, the "
    "same network unrolled: h_0, h_1 to h_4 in a chain, each also reached by its own input, all "
    "arrows of a kind with the same weights."
)


def folded_and_unrolled() -> tuple[Figure, str]:
    """Return the picture and its alt text."""
    with course_style():
        figure, axes = sheet(LEFT, RIGHT, BOTTOM, TOP, TITLE)
        _column(axes, FOLDED_X, "$x_t$", "$h_t$")
        _loop(axes)
        axes.text((FOLDED_X + FIRST_X) / 2 + 0.1, STATE_Y / 2, "=", fontsize=20, ha="center")
        for t in range(STEPS + 1):
            _column(axes, FIRST_X + t, f"$x_{t}$" if t else "", f"$h_{t}$")
            if t:
                start, end = FIRST_X + t - 1 + RADIUS, FIRST_X + t - RADIUS
                _arrow(axes, (start, STATE_Y), (end, STATE_Y))
                axes.text((start + end) / 2, STATE_Y + 0.2, "$W_{hh}$", ha="center", fontsize=9)
        _arrow(axes, (FIRST_X + STEPS + RADIUS, STATE_Y), (RIGHT - 0.08, STATE_Y))
    return figure, ALT


def _column(axes: Axes, x: float, name: str, state: str) -> None:
    """A state and, if it has a name, the input that reaches it."""
    look, other = LOOKS["state"], LOOKS["input"]
    axes.add_patch(Circle((x, STATE_Y), RADIUS, fc=look.tint, ec=look.colour, linewidth=1.6))
    axes.text(x, STATE_Y, state, ha="center", va="center", fontsize=11)
    if name:
        corner, side = (x - HALF_SIDE, INPUT_Y - HALF_SIDE), 2 * HALF_SIDE
        axes.add_patch(Rectangle(corner, side, side, fc=other.tint, ec=other.colour, linewidth=1.6))
        axes.text(x, INPUT_Y, name, ha="center", va="center", fontsize=11)
        _arrow(axes, (x, INPUT_Y + HALF_SIDE), (x, STATE_Y - RADIUS))
        axes.text(x + 0.09, (INPUT_Y + STATE_Y) / 2 - 0.06, "$W_{xh}$", va="center", fontsize=9)


def _loop(axes: Axes) -> None:
    """From the state's right shoulder over its head to its left one."""
    dx, dy = 0.7 * RADIUS, 0.75 * RADIUS
    _arrow(
        axes,
        (FOLDED_X + dx, STATE_Y + dy),
        (FOLDED_X - dx, STATE_Y + dy),
        "arc3,rad=1.9",
    )
    axes.text(FOLDED_X + 0.42, STATE_Y + 0.62, "$W_{hh}$", va="center", fontsize=9)
    axes.text(
        FOLDED_X + 0.42, STATE_Y + 0.36, "one step later", va="center", fontsize=8, color=MUTED
    )


def _arrow(axes: Axes, start: Point, end: Point, style: str = "arc3") -> None:
    axes.add_patch(arrow(start, end, 11, connectionstyle=style, color=INK, linewidth=1.4))
