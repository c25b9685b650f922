"""One LSTM step as a picture: forward in grey from left to right, gradients against it."""

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, WIDTH_IN, course_style, new_figure

Point = tuple[float, float]

HEIGHT_IN = 3.7
CELL_Y, HIDDEN_Y, PRODUCT_Y, GATE_Y, SUM_Y = 2.55, 1.6, 1.75, 0.95, 0.28
FORGET_X, INPUT_X, ADD_X, CANDIDATE_X, OUT_X = 1.75, 2.75, 3.2, 3.65, 5.0
LEFT, RIGHT = 0.75, 5.95
RADIUS, HALF_GATE = 0.13, 0.17
GATES = {"f": FORGET_X, "i": INPUT_X, "g": CANDIDATE_X, "o": OUT_X}
GRADIENT = LOOKS["gradient"]
ALT = (
    "One LSTM step with its gradients: dc_t comes in along the cell and dh_t along the state; they "
    "meet at c_t. From there one line goes straight on to c_prev, times f, and three lead down "
    "into the gates i, f and g; dh_t also leads into o. All four end in W, which leads to x_t and "
    "h_prev."
)


def step_picture() -> tuple[Figure, str]:
    """Return the picture and its alt text."""
    with course_style():
        figure = new_figure(HEIGHT_IN)
        figure.set_layout_engine("none")  # the axes fill the figure: a unit is an inch
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH_IN), ylim=(-0.25, HEIGHT_IN - 0.25))
        axes.set_axis_off()
        title = "Straight on along the cell, or down into the gates"
        axes.text(0.1, HEIGHT_IN - 0.4, title, fontsize=11, fontweight="bold", va="top")
        _forward(axes)
        _backward(axes)
    return figure, ALT


def _forward(axes: Axes) -> None:
    _arrows(axes, (LEFT, CELL_Y), (FORGET_X, CELL_Y), (ADD_X, CELL_Y), (OUT_X, CELL_Y))
    _arrows(axes, (OUT_X, CELL_Y), (RIGHT, CELL_Y))
    axes.add_patch(Circle((OUT_X, CELL_Y), RADIUS / 2, facecolor=FAINT, edgecolor=FAINT))
    _arrows(axes, (OUT_X, CELL_Y), (OUT_X, HIDDEN_Y), (RIGHT, HIDDEN_Y))
    _arrows(axes, (ADD_X, PRODUCT_Y), (ADD_X, CELL_Y))
    _arrows(axes, (FORGET_X, GATE_Y), (FORGET_X, CELL_Y))
    _arrows(axes, (INPUT_X, GATE_Y), (ADD_X, PRODUCT_Y))
    _arrows(axes, (CANDIDATE_X, GATE_Y), (ADD_X, PRODUCT_Y))
    _arrows(axes, (OUT_X, GATE_Y), (OUT_X, HIDDEN_Y))
    for name, x in GATES.items():
        _arrows(axes, (x, SUM_Y), (x, GATE_Y))
        _box(axes, (x, GATE_Y), HALF_GATE, HALF_GATE, f"${name}_t$")
    middle = (FORGET_X + OUT_X) / 2
    words = "$a = x_t W_{xh} + h_{t-1} W_{hh} + b$"
    _box(axes, (middle, SUM_Y), (OUT_X - FORGET_X) / 2 + HALF_GATE, 0.16, words)
    _arrows(axes, (LEFT, SUM_Y), (FORGET_X - HALF_GATE, SUM_Y))
    for x, y, sign in (
        (FORGET_X, CELL_Y, "×"),
        (ADD_X, CELL_Y, "+"),
        (ADD_X, PRODUCT_Y, "×"),
        (OUT_X, HIDDEN_Y, "×"),
    ):
        axes.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=MUTED, zorder=3))
        axes.text(x, y, sign, ha="center", va="center_baseline", zorder=4)
    _box(axes, (OUT_X, (CELL_Y + HIDDEN_Y) / 2 + 0.05), 0.24, 0.13, "tanh")
    for x, y, name in (
        (LEFT - 0.05, CELL_Y, "$c_{t-1}$"),
        (RIGHT + 0.05, CELL_Y, "$c_t$"),
        (RIGHT + 0.05, HIDDEN_Y, "$h_t$"),
        (LEFT - 0.05, SUM_Y, "$x_t$, $h_{t-1}$"),
    ):
        axes.text(x, y, name, ha="right" if x < 1 else "left", va="center", fontsize=11)


def _backward(axes: Axes) -> None:
    above, beside = 0.13, 0.12
    _back(axes, (RIGHT, CELL_Y + above), (OUT_X + 0.1, CELL_Y + above), "dc_t", (0, 0.1))
    _back(axes, (RIGHT, HIDDEN_Y - above), (OUT_X + 0.2, HIDDEN_Y - above), "dh_t", (0.1, -0.09))
    start = (OUT_X - beside, HIDDEN_Y + 0.15)
    _back(axes, start, (OUT_X - beside, CELL_Y - 0.08), "", (0, 0))
    _note(axes, OUT_X - 0.3, 2.0, "· o (1 − tanh²)", "right")
    start = (OUT_X - 0.1, CELL_Y + above)
    _back(axes, start, (ADD_X + 0.2, CELL_Y + above), "dc_total, in short dc", (0, 0.1))
    start = (FORGET_X - 0.2, CELL_Y + above)
    _back(axes, start, (LEFT, CELL_Y + above), "dc_prev = dc · f", (0, 0.1))
    start = (ADD_X - 0.2, CELL_Y + above)
    _back(axes, start, (FORGET_X + 0.2, CELL_Y + above), "dc", (0, 0.1))
    for name, x, top, side, partner in (
        ("f", FORGET_X, CELL_Y - 0.2, -1, "dc · c_prev"),
        ("i", INPUT_X, PRODUCT_Y - 0.25, -1, "dc · g"),
        ("g", CANDIDATE_X, PRODUCT_Y - 0.25, 1, "dc · i"),
        ("o", OUT_X, HIDDEN_Y - 0.15, 1, "dh_t · tanh c_t"),
    ):
        at = x + side * beside
        _back(axes, (at, top), (at, GATE_Y + 0.2), "", (0, 0))
        height = GATE_Y + 0.23 if name == "o" else (GATE_Y + 0.3 + top) / 2
        align = "left" if side > 0 else "right"
        _note(axes, at + 0.06 * side, height, f"d{name} = {partner}", align)
        slope = "1 − g²" if name == "g" else f"{name} (1 − {name})"
        _back(axes, (x + beside, GATE_Y - 0.2), (x + beside, SUM_Y + 0.18), "", (0, 0))
        _note(axes, x + beside + 0.06, (GATE_Y + SUM_Y) / 2, f"· {slope}", "left")
    start = (FORGET_X - 0.25, SUM_Y - 0.12)
    _back(axes, start, (LEFT, SUM_Y - 0.12), "times $W^T$", (0, -0.12))


def _arrows(axes: Axes, *points: Point) -> None:
    for start, end in pairwise(points):
        _arrow(axes, start, end, FAINT, 1.6, RADIUS * 72)


def _back(axes: Axes, start: Point, end: Point, text: str, shift: Point) -> None:
    _arrow(axes, start, end, GRADIENT.colour, 1.8, 0)
    x, y = (start[0] + end[0]) / 2 + shift[0], (start[1] + end[1]) / 2 + shift[1]
    _note(axes, x, y, text, "center")


def _note(axes: Axes, x: float, y: float, text: str, align: str) -> None:
    axes.text(x, y, text, color=INK, fontsize=8.5, ha=align, va="center", zorder=5)


def _arrow(axes: Axes, start: Point, end: Point, colour: str, width: float, shrink: float) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=9,
            shrinkA=0,
            shrinkB=shrink,
            color=colour,
            linewidth=width,
        )
    )


def _box(axes: Axes, centre: Point, half_width: float, half_height: float, text: str) -> None:
    corner = centre[0] - half_width, centre[1] - half_height
    axes.add_patch(
        FancyBboxPatch(
            corner,
            2 * half_width,
            2 * half_height,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor="white",
            edgecolor=MUTED,
            zorder=3,
        )
    )
    axes.text(*centre, text, ha="center", va="center", zorder=4)
