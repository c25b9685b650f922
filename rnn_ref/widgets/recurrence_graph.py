"""The unrolled graph as a picture: inputs, states and arrows, with the states' numbers above.

One unit of length is the distance from a step to the next. Time runs to the right; the columns
of the heat map stand above the states they belong to.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import Normalize
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.text import Text

from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, STATE_COLOURS
from rnn_ref.recurrence import FloatArray
from rnn_ref.widgets.diagrams import Point, arrow, sheet
from rnn_ref.widgets.stage import LiveFigure

LEFT, RIGHT = -1.3, 0.5  # room for the rows' names, and after the last column
FEWEST_COLUMNS = 8  # shorter sequences keep the size of these
INPUT_Y, STATE_Y, HEAT_Y = 0.0, 1.3, 2.0  # centres of the two rows of nodes; foot of the heat map
BOTTOM, TITLE_ROOM = -0.62, 0.62
ROW_HEIGHT = 0.5
RADIUS, HALF_SIDE = 0.28, 0.25
TITLE = "The same two matrices at every step: only the state changes"

INPUT, STATE = LOOKS["input"], LOOKS["state"]


class GraphDrawing:
    """The graph of one run; ``at(t)`` moves the spotlight to step t.

    Parameters
    ----------
    h : float array, shape (T + 1, H)
        States, the one before the first step included.
    inputs : sequence of T floats
    full_colour : float
        The state's size at which the heat map has its full colour.
    cut : bool
        Whether W_hh is zero: its arrows are then dashed.

    Call it inside ``course_style``.
    """

    def __init__(
        self, h: FloatArray, inputs: Sequence[float], full_colour: float, cut: bool = False
    ) -> None:
        self._T, self._H = len(inputs), h.shape[1]
        self._line = (0, (2, 1.5)) if cut else "solid"
        self._right = max(self._T, FEWEST_COLUMNS) + RIGHT
        top = HEAT_Y + self._H * ROW_HEIGHT + TITLE_ROOM
        figure, self._axes = sheet(LEFT, self._right, BOTTOM, top, TITLE, inset=(0.08, 0.14))
        for y, name in ((INPUT_Y, "input $x_t$"), (STATE_Y, "state $h_t$")):
            self._axes.text(LEFT + 0.08, y, name, va="center")
        self._draw_heat_map(h, full_colour)
        for t in range(self._T + 1):
            self._draw_state(t)
        for t, value in enumerate(inputs, start=1):
            self._draw_input(t, value)
        self.live = LiveFigure(figure, self._spotlight())

    def _draw_heat_map(self, h: FloatArray, full_colour: float) -> None:
        colour = Normalize(-full_colour, full_colour, clip=True)
        for (t, unit), value in np.ndenumerate(h):
            y = HEAT_Y + (self._H - 1 - unit) * ROW_HEIGHT
            face = STATE_COLOURS(colour(value))
            self._axes.add_patch(
                Rectangle((t - 0.5, y), 1, ROW_HEIGHT, facecolor=face, edgecolor=FAINT)
            )
            ink = "white" if np.dot(face[:3], (0.299, 0.587, 0.114)) < 0.6 else INK
            text = f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
            self._axes.text(
                t, y + ROW_HEIGHT / 2, text, color=ink, ha="center", va="center_baseline"
            )
        for unit in range(self._H):
            y = HEAT_Y + (self._H - 0.5 - unit) * ROW_HEIGHT
            self._axes.text(LEFT + 0.08, y, f"unit {unit}", va="center")

    def _draw_state(self, t: int) -> None:
        node = Circle((t, STATE_Y), RADIUS, facecolor=STATE.tint, edgecolor=STATE.colour)
        self._axes.add_patch(node)
        self._axes.text(t, STATE_Y, f"$h_{{{t}}}$", ha="center", va="center", fontsize=10.5)
        self._axes.plot([t, t], [STATE_Y + RADIUS, HEAT_Y], color=FAINT, linestyle=":")
        if t:
            self._axes.add_patch(self._arrow(*self._hidden_arrow(t), MUTED, 1.1))
            self._label(*self._hidden_label(t), "$W_{hh}$", MUTED)

    def _draw_input(self, t: int, value: float) -> None:
        corner = (t - HALF_SIDE, INPUT_Y - HALF_SIDE)
        node = Rectangle(
            corner, 2 * HALF_SIDE, 2 * HALF_SIDE, facecolor=INPUT.tint, edgecolor=INPUT.colour
        )
        self._axes.add_patch(node)
        text = f"{value:g}".replace("-", "\N{MINUS SIGN}")
        self._axes.text(t, INPUT_Y, text, ha="center", va="center_baseline", fontsize=10.5)
        self._axes.text(t, INPUT_Y - 0.43, f"$x_{{{t}}}$", ha="center", va="center")
        self._axes.add_patch(self._arrow(*self._input_arrow(t), MUTED, 1.1, "solid"))
        self._label(*self._input_label(t), "$W_{xh}$", MUTED)

    def _spotlight(self) -> list[Artist]:
        """What moves: a veil over the future, and the step's nodes and arrows in full ink."""
        top = HEAT_Y + self._H * ROW_HEIGHT
        self._later_nodes = Rectangle((0, BOTTOM), 1, HEAT_Y - BOTTOM, alpha=0.72)
        self._later_states = Rectangle((0, HEAT_Y - 0.01), 1, top - HEAT_Y + 0.03)
        for veil in (self._later_nodes, self._later_states):
            veil.set(facecolor="white", edgecolor="none")
        self._state = Circle((0, STATE_Y), RADIUS, edgecolor=STATE.colour)
        self._column = Rectangle((0, HEAT_Y), 1, self._H * ROW_HEIGHT, edgecolor=INK)
        self._input = Rectangle((0, 0), 2 * HALF_SIDE, 2 * HALF_SIDE, edgecolor=INPUT.colour)
        for outline in (self._state, self._column, self._input):
            outline.set(fill=False, linewidth=2.6)
        self._arrows = (
            self._arrow(*self._hidden_arrow(1), INK, 2.2),
            self._arrow(*self._input_arrow(1), INK, 2.2, "solid"),
        )
        self._labels = (
            self._label(0, 0, "$W_{hh}$", INK),
            self._label(0, 0, "$W_{xh}$", INK),
        )
        patches = (self._state, self._column, self._input, *self._arrows)
        for patch in (self._later_nodes, self._later_states, *patches):
            self._axes.add_patch(patch)
        return [self._later_nodes, self._later_states, *patches, *self._labels]

    def at(self, t: int) -> LiveFigure:
        """Put the spotlight on step t, 0 to T; what comes later is veiled."""
        self._later_nodes.set(x=t + RADIUS + 0.04, width=self._right - t)
        self._later_states.set(x=t + 0.52, width=self._right - t)
        self._state.set_center((t, STATE_Y))
        self._column.set_x(t - 0.5)
        for artist in (self._input, *self._arrows, *self._labels):
            artist.set_visible(t > 0)
        self._input.set_xy((t - HALF_SIDE, INPUT_Y - HALF_SIDE))
        self._arrows[0].set_positions(*self._hidden_arrow(t))
        self._arrows[1].set_positions(*self._input_arrow(t))
        self._labels[0].set_position(self._hidden_label(t))
        self._labels[1].set_position(self._input_label(t))
        return self.live

    def _hidden_arrow(self, t: int) -> tuple[Point, Point]:
        return (t - 1 + RADIUS, STATE_Y), (t - RADIUS, STATE_Y)

    def _input_arrow(self, t: int) -> tuple[Point, Point]:
        return (t, INPUT_Y + HALF_SIDE), (t, STATE_Y - RADIUS)

    def _hidden_label(self, t: int) -> Point:
        return t - 0.5, STATE_Y + 0.2

    def _input_label(self, t: int) -> Point:
        return t + 0.27, (INPUT_Y + STATE_Y) / 2 - 0.02

    def _label(self, x: float, y: float, text: str, colour: str) -> Text:
        return self._axes.text(x, y, text, color=colour, fontsize=8.5, ha="center", va="center")

    def _arrow(
        self, start: Point, end: Point, colour: str, width: float, line: Any = None
    ) -> FancyArrowPatch:
        return arrow(start, end, color=colour, linewidth=width, linestyle=line or self._line)
