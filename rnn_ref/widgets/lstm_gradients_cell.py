"""One LSTM step as a picture: forward in grey from left to right, gradients against it."""

from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, WIDTH_IN, course_style, new_figure
from rnn_ref.widgets.diagrams import Point, arrow

HEIGHT_IN = 3.9
CELL_Y, HIDDEN_Y, PRODUCT_Y, GATE_Y, SUM_Y = 2.62, 1.67, 1.82, 0.97, 0.12
FORGET_X, INPUT_X, ADD_X, CANDIDATE_X, OUT_X = 1.7, 2.8, 3.25, 3.7, 5.0
LEFT, RIGHT = 0.75, 6.05
RADIUS, HALF_GATE, HALF_SUM = 0.13, 0.22, 0.17
GATES = {"f": FORGET_X, "i": INPUT_X, "g": CANDIDATE_X, "o": OUT_X}
GRADIENT = LOOKS["gradient"]
ALT = (
    "One LSTM step with its gradients: dc_t comes in along the cell and dh_t along the state; they "
    "meet at c_t. From there one line goes straight on to c_prev, past f, and three lead down "
    "into the gates i, f and g; dh_t also leads into o. All four end in W, which leads to x_t and "
    "h_prev. A sigmoid makes i, f and o, a tanh g."
)


def step_picture(found: bool = False) -> tuple[Figure, str]:
    """Return the picture, with its formulas or a question mark for each, and its alt text."""
    with course_style():
        figure = new_figure(HEIGHT_IN)
        figure.set_layout_engine("none")  # the axes fill the figure: a unit is an inch
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH_IN), ylim=(-0.55, HEIGHT_IN - 0.55))
        axes.set_axis_off()
        title = "Straight on along the cell, or down into the gates"
        axes.text(0.1, HEIGHT_IN - 0.65, title, fontsize=11, fontweight="bold", va="top")
        _forward(axes)
        _backward(axes, found)
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
        _arrows(axes, (x, SUM_Y), (x, GATE_Y - HALF_GATE + RADIUS))
        _box(axes, (x, GATE_Y), HALF_GATE, HALF_GATE, "")
        axes.text(x, GATE_Y + 0.1, f"${name}_t$", ha="center", va="center", zorder=4)
        made_by = "tanh" if name == "g" else r"$\sigma$"
        axes.text(x, GATE_Y - 0.1, made_by, ha="center", va="center", fontsize=9, zorder=4)
    middle = (FORGET_X + OUT_X) / 2
    words = "$a = x_t W_{xh} + h_{t-1} W_{hh} + b$"
    _box(axes, (middle, SUM_Y), (OUT_X - FORGET_X) / 2 + HALF_GATE, HALF_SUM, words)
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


def _backward(axes: Axes, found: bool) -> None:
    above, beside, over = 0.14, 0.13, CELL_Y + 0.29

    def formula(right: str, left: str = "") -> str:
        """What is to be found, or a question mark in its place."""
        return f"${left + ' = ' if left else ''}{right if found else '?'}$"

    def back(start: Point, end: Point, at: Point, text: str, align: str = "center") -> None:
        _arrow(axes, start, end, GRADIENT.colour, 1.8, 0)
        axes.text(*at, text, color=INK, fontsize=10, ha=align, va="center", zorder=5)

    level = CELL_Y + above
    back((RIGHT, level), (OUT_X + 0.1, level), (5.6, over), "$dc_t$")
    back((OUT_X - 0.1, level), (ADD_X + 0.2, level), (4.15, over), "$dc_{total}$, in short $dc$")
    back((ADD_X - 0.2, level), (FORGET_X + 0.2, level), (2.48, over), "$dc$")
    straight = formula(r"dc \odot f", "dc_{t-1}")
    back((FORGET_X - 0.2, level), (LEFT, level), (1.05, over), straight)
    level = HIDDEN_Y - above
    back((RIGHT, level), (OUT_X + 0.2, level), (RIGHT + 0.05, level - 0.07), "$dh_t$", "left")
    x, slope = OUT_X - beside, formula(r"\odot\; o\,(1 - \tanh^2)")
    back((x, HIDDEN_Y + 0.15), (x, CELL_Y - 0.08), (x - 0.17, 2.1), slope, "right")
    for name, x, top, side, right in (
        ("f", FORGET_X, CELL_Y - 0.2, -1, r"dc \odot c_{t-1}"),
        ("i", INPUT_X, PRODUCT_Y - 0.2, -1, r"dc \odot g"),
        ("g", CANDIDATE_X, PRODUCT_Y - 0.2, 1, r"dc \odot i"),
        ("o", OUT_X, HIDDEN_Y - 0.15, 1, r"dh_t \odot \tanh c_t"),
    ):
        at, low = x + side * beside, GATE_Y + HALF_GATE + 0.03
        align = "left" if side > 0 else "right"
        height = low + 0.06 if name == "o" else (low + top) / 2 + 0.08
        partner = formula(right, f"d{name}")
        back((at, top), (at, low), (at + 0.07 * side, height), partner, align)
        slope = formula(r"\odot\; " + ("(1 - g^2)" if name == "g" else rf"{name}\,(1 - {name})"))
        at, high, low = x + beside, GATE_Y - HALF_GATE - 0.03, SUM_Y + HALF_SUM + 0.03
        back((at, high), (at, low), (at + 0.06, (high + low) / 2), slope, "left")
    level = SUM_Y - above
    of_input = formula(r"da\,W_{xh}^T", "dx_t") + "\n" + formula(r"da\,W_{hh}^T", "dh_{t-1}")
    start = (FORGET_X - HALF_GATE - 0.05, level)
    back(start, (LEFT, level), (LEFT + 0.35, level - 0.27), of_input)
    of_weights = [formula("x_t^T da", "dW_{xh}"), formula("h_{t-1}^T da", "dW_{hh}")]
    words = "      ".join([*of_weights, formula(r"\Sigma_n da_n", "db")])
    axes.text(3.65, SUM_Y - 0.37, words, fontsize=10, ha="center", va="center")


def _arrows(axes: Axes, *points: Point) -> None:
    for start, end in pairwise(points):
        _arrow(axes, start, end, FAINT, 1.6, RADIUS * 72)


def _arrow(axes: Axes, start: Point, end: Point, colour: str, width: float, shrink: float) -> None:
    axes.add_patch(arrow(start, end, color=colour, linewidth=width, shrinkB=shrink))


def _box(axes: Axes, centre: Point, half_width: float, half_height: float, text: str) -> None:
    corner = centre[0] - half_width, centre[1] - half_height
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": MUTED, "zorder": 3}
    look["boxstyle"] = "round,pad=0,rounding_size=0.05"
    axes.add_patch(FancyBboxPatch(corner, 2 * half_width, 2 * half_height, **look))
    axes.text(*centre, text, ha="center", va="center", zorder=4)
