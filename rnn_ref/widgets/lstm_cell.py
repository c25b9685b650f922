"""One LSTM unit as a diagram with numbers: what is kept, what is added, what is shown.

The cell state runs along the top, from left to right; the four blocks stand below in the course's
order i, f, o, g, each with its squashing function and fed by the input and the hidden state.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.patches import Circle, Rectangle
from matplotlib.text import Text

from rnn_ref.lstm import FloatArray, lstm_step_forward, sigmoid
from rnn_ref.plotting import INK, LOOKS, MUTED
from rnn_ref.widgets.diagrams import Point, arrow, sheet
from rnn_ref.widgets.stage import LiveFigure

RIGHT, TOP = 13.0, 7.3
BELT_Y, SHOW_Y, MIX_Y, GATE_Y, BUS_Y = 5.55, 4.1, 3.2, 1.95, 0.45
I_X, F_X, ADD_X, O_X, G_X = 2.85, 5.0, 6.6, 8.3, 10.45
ENDS_X = (0.95, 12.05)
HALF_WIDTH, HALF_HEIGHT, RADIUS = 0.88, 0.6, 0.27
CELL, STATE, INPUT, GATE = LOOKS["cell"], LOOKS["state"], LOOKS["input"], LOOKS["weight"]
GATE_NAMES = {
    I_X: "input gate $i$",
    F_X: "forget gate $f$",
    O_X: "output gate $o$",
    G_X: "candidate $g$",
}
SHADE = "#c9c9c9"
TITLE = "Along the top: keep a part, add a part. Nothing else touches the cell"


class UnitValues(NamedTuple):
    """What stands in the diagram of one unit."""

    c_prev: float
    i: float
    f: float
    o: float
    g: float
    c: float
    h: float

    @property
    def kept(self) -> float:
        """What is left of the old cell state."""
        return self.f * self.c_prev

    @property
    def written(self) -> float:
        """What is added to it."""
        return self.i * self.g


def unit_step(c_prev: float, a_i: float, a_f: float, a_o: float, a_g: float) -> UnitValues:
    """One step of one unit whose blocks' sums are given, by ``lstm_step_forward``."""
    nothing, cell = np.zeros((1, 1)), np.array([[c_prev]])
    b = np.array([a_i, a_f, a_o, a_g])
    zeros = np.zeros((1, 4))
    h_t, c_t, _ = lstm_step_forward(nothing, nothing, cell, zeros, zeros, b)
    i, f, o = sigmoid(b[:3]).tolist()
    return UnitValues(c_prev, i, f, o, float(np.tanh(a_g)), c_t.item(), h_t.item())


def gates_of(
    x: FloatArray, h: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b: FloatArray
) -> FloatArray:
    """Return the gates i, f, o at each step, (T, 3, H), of a network that gave h (T, H) for x."""
    before = np.vstack([np.zeros_like(h[:1]), h[:-1]])
    sums = np.hstack([x, before]) @ np.vstack([W_xh, W_hh]) + b  # (T, 4H)
    return sigmoid(sums[:, : 3 * len(W_hh)]).reshape(len(x), 3, -1)


class CellDrawing:
    """The diagram; ``at(values)`` puts other numbers into it. Call it inside ``course_style``."""

    def __init__(self) -> None:
        figure, self._axes = sheet(0, RIGHT, 0, TOP, TITLE, inset=(0.13, 0.15))
        self._draw_paths()
        self._draw_nodes()
        self._shades = {
            name: self._shade(x) for name, x in zip("ifo", (I_X, F_X, O_X), strict=True)
        }
        names = [self._name_gate(x, name) for x, name in GATE_NAMES.items()]
        self._numbers = self._draw_numbers()
        self.live = LiveFigure(figure, [*self._shades.values(), *names, *self._numbers.values()])

    def at(self, values: UnitValues) -> LiveFigure:
        """Put numbers in; the shade in a gate stands as high as the gate is open."""
        for name, shade in self._shades.items():
            shade.set_height(2 * HALF_HEIGHT * getattr(values, name))
        shown = {
            "c_prev": values.c_prev,
            "kept": values.kept,
            "c": values.c,
            "tanh": float(np.tanh(values.c)),
            "written": values.written,
            "h": values.h,
            **{name: getattr(values, name) for name in "ifog"},
        }
        for name, text in self._numbers.items():
            text.set_text(number(shown[name]))
        return self.live

    def _draw_paths(self) -> None:
        left, right = ENDS_X
        belt = (left + HALF_WIDTH, F_X - RADIUS, F_X + RADIUS, ADD_X - RADIUS)
        self._arrow((belt[0], BELT_Y), (belt[1], BELT_Y), CELL.colour, 3)
        self._arrow((belt[2], BELT_Y), (belt[3], BELT_Y), CELL.colour, 3)
        self._arrow((ADD_X + RADIUS, BELT_Y), (right - HALF_WIDTH, BELT_Y), CELL.colour, 3)
        top = GATE_Y + HALF_HEIGHT
        self._arrow((F_X, top), (F_X, BELT_Y - RADIUS))
        self._arrow((O_X, top), (O_X, SHOW_Y - RADIUS))
        for x, side in ((I_X, -1), (G_X, 1)):  # over the two wires that go up
            bend = (x, MIX_Y)
            self._axes.plot([x, ADD_X], [MIX_Y] * 2, color="white", linewidth=6, zorder=1.5)
            self._axes.plot([x, x], [top, MIX_Y], color=MUTED, linewidth=1.1)
            self._arrow(bend, (ADD_X + side * RADIUS, MIX_Y), zorder=2)
        self._arrow((ADD_X, MIX_Y + RADIUS), (ADD_X, BELT_Y - RADIUS))
        self._arrow((O_X, BELT_Y), (O_X, SHOW_Y + RADIUS), CELL.colour)
        self._arrow((O_X + RADIUS, SHOW_Y), (right - HALF_WIDTH, SHOW_Y), STATE.colour, 2)
        self._axes.plot([left + HALF_WIDTH, G_X], [BUS_Y, BUS_Y], color=MUTED, linewidth=1.1)
        for x in GATE_NAMES:
            self._arrow((x, BUS_Y), (x, GATE_Y - HALF_HEIGHT - 0.5))

    def _draw_nodes(self) -> None:
        left, right = ENDS_X
        self._box(left, BELT_Y, "$c_{t-1}$", CELL.tint, CELL.colour)
        self._box(right, BELT_Y, "$c_t$", CELL.tint, CELL.colour)
        self._box(right, SHOW_Y, "$h_t$", STATE.tint, STATE.colour)
        self._box(left, BUS_Y, "$x_t,\\ h_{t-1}$", INPUT.tint, INPUT.colour, 0.36)
        for x in GATE_NAMES:
            self._box(x, GATE_Y, "", "white", GATE.colour)
            self._badge(x, GATE_Y - HALF_HEIGHT - 0.26, "tanh" if x == G_X else "σ")
        for x, y, sign in (
            (F_X, BELT_Y, "×"),
            (ADD_X, BELT_Y, "+"),
            (ADD_X, MIX_Y, "×"),
            (O_X, SHOW_Y, "×"),
        ):
            self._axes.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=INK, zorder=3))
            self._axes.text(x, y - 0.01, sign, ha="center", va="center_baseline", fontsize=12)

    def _draw_numbers(self) -> dict[str, Text]:
        left, right = ENDS_X
        places = {
            "c_prev": (left, BELT_Y - 0.22),
            "c": (right, BELT_Y - 0.22),
            "h": (right, SHOW_Y - 0.22),
            "i": (I_X, GATE_Y - 0.22),
            "f": (F_X, GATE_Y - 0.22),
            "o": (O_X, GATE_Y - 0.22),
            "g": (G_X, GATE_Y - 0.22),
            "kept": ((F_X + ADD_X) / 2, BELT_Y + 0.3),
            "written": (ADD_X - 0.62, MIX_Y + 0.72),
            "tanh": (O_X - 0.95, SHOW_Y + 0.78),
        }
        self._note((F_X + ADD_X) / 2, BELT_Y + 0.78, "kept")
        self._note(ADD_X - 0.68, MIX_Y + 1.14, "written")
        self._badge(O_X, SHOW_Y + 0.8, "tanh")
        return {
            name: self._axes.text(
                x, y, "", ha="center", va="center", fontsize=11, fontweight="bold", zorder=5
            )
            for name, (x, y) in places.items()
        }

    def _note(self, x: float, y: float, text: str) -> None:
        self._axes.text(x, y, text, ha="center", va="center", fontsize=9, color=MUTED)

    def _box(
        self, x: float, y: float, name: str, face: str, edge: str, half: float = HALF_HEIGHT
    ) -> None:
        corner = (x - HALF_WIDTH, y - half)
        size = (2 * HALF_WIDTH, 2 * half)
        self._axes.add_patch(Rectangle(corner, *size, facecolor=face, edgecolor="none", zorder=1))
        self._axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=edge, zorder=4))
        name_y = y if half < HALF_HEIGHT else y + 0.28
        self._axes.text(x, name_y, name, ha="center", va="center", fontsize=9, zorder=5)

    def _badge(self, x: float, y: float, name: str) -> None:
        """Write a squashing function where it stands."""
        shape = {"boxstyle": "round,pad=0.25", "facecolor": INK, "linewidth": 0}
        words: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 9}
        self._axes.text(x, y, name, color="white", bbox=shape, zorder=6, **words)

    def _name_gate(self, x: float, name: str) -> Text:
        """A gate's name; drawn again with each move, since the shade may lie under it."""
        return self._axes.text(x, GATE_Y + 0.28, name, ha="center", va="center", fontsize=8.5)

    def _shade(self, x: float) -> Rectangle:
        corner = (x - HALF_WIDTH, GATE_Y - HALF_HEIGHT)
        shade = Rectangle(corner, 2 * HALF_WIDTH, 0.0, facecolor=SHADE, edgecolor="none", zorder=2)
        self._axes.add_patch(shade)
        return shade

    def _arrow(
        self, start: Point, end: Point, colour: str = MUTED, width: float = 1.1, zorder: float = 1
    ) -> None:
        look = {"color": colour, "linewidth": width, "zorder": zorder}
        self._axes.add_patch(arrow(start, end, 10 + width, **look))


def number(value: float) -> str:
    """Two decimals with a real minus sign, and none for what rounds to 0."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text.replace("-", "\N{MINUS SIGN}")
