"""The unrolled network with its outputs: which steps have a target, for one pattern at a time.

Every column is a step. Everything is drawn once and then shown, hidden or coloured.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Patch, Rectangle, RegularPolygon
from matplotlib.text import Text

from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED
from rnn_ref.widgets.diagrams import arrow, sheet
from rnn_ref.widgets.stage import LiveFigure

LEFT, RIGHT = -1.75, 0.55  # room for the rows' names, and after the last column
STEP_Y, INPUT_Y, STATE_Y, SCORE_Y, MASK_Y = -0.62, 0.0, 1.1, 2.2, 3.05
BOTTOM, TOP = -0.9, 3.95
HALF_SIDE, RADIUS, TRIANGLE = 0.25, 0.27, 0.33
TITLE = "The mask says at which steps an answer counts"
PALE = "#fbfbfb"

INPUT, STATE, OUTPUT, LOSS = (LOOKS[name] for name in ("input", "state", "output", "loss"))


@dataclass(frozen=True)
class Column:
    """What is drawn for one step."""

    x_t: Rectangle
    h_t: Circle
    s_t: RegularPolygon
    cell: Rectangle
    mask: Text
    into: tuple[FancyArrowPatch, FancyArrowPatch, FancyArrowPatch]
    """Arrows from the input, from the state before, and to the scores."""
    rest: tuple[Artist, ...]

    @property
    def artists(self) -> tuple[Artist, ...]:
        """All of it, from back to front."""
        return (*self.into, self.x_t, self.h_t, self.s_t, self.cell, self.mask, *self.rest)


class PatternDrawing:
    """The picture; ``show`` gives it another number of inputs and another mask.

    Parameters
    ----------
    columns : int
        The most steps that it can show.

    Call it inside ``course_style``.
    """

    def __init__(self, columns: int) -> None:
        figure, self._axes = sheet(LEFT, columns - 1 + RIGHT, BOTTOM, TOP, TITLE)
        names = {
            STEP_Y: "step $t$",
            INPUT_Y: "input $x_t$",
            STATE_Y: "state $h_t$",
            SCORE_Y: "scores $s_t$",
            MASK_Y: "mask",
        }
        for y, name in names.items():
            self._axes.text(LEFT + 0.08, y, name, va="center")
        self._columns = [_column(self._axes, t) for t in range(columns)]
        moving = [artist for column in self._columns for artist in column.artists]
        self.live = LiveFigure(figure, moving)

    def show(self, n_in: int, mask: Sequence[bool]) -> LiveFigure:
        """Draw len(mask) steps, the first n_in of them with an input, scored where mask says so."""
        used = max(n_in, *(t + 1 for t, counts in enumerate(mask) if counts))
        for t, column in enumerate(self._columns):
            for artist in column.artists:
                artist.set_visible(t < len(mask))
            if t < len(mask):
                _colour(column, t < n_in, bool(mask[t]), t < used)
        return self.live


def _colour(column: Column, has_input: bool, counts: bool, used: bool) -> None:
    """Full colour where something is read or answered, faint where the step is padding."""
    for artist in (column.x_t, column.into[0]):
        artist.set_visible(has_input)
    _fill(column.h_t, STATE.tint if used else PALE, STATE.colour if used else FAINT)
    _fill(column.s_t, OUTPUT.tint if counts else PALE, OUTPUT.colour if counts else FAINT)
    _fill(column.cell, LOSS.tint if counts else PALE, LOSS.colour if counts else FAINT)
    column.cell.set_linewidth(1.8 if counts else 0.8)
    column.mask.set_text("True" if counts else "False")
    column.mask.set_color(INK if counts else MUTED)
    column.mask.set_fontweight("bold" if counts else "normal")
    column.into[1].set_color(MUTED if used else FAINT)
    column.into[2].set_color(MUTED if counts else FAINT)


def _fill(patch: Patch, face: str, edge: str) -> None:
    patch.set_facecolor(face)
    patch.set_edgecolor(edge)


def _column(axes: Axes, t: int) -> Column:
    side = 2 * HALF_SIDE
    column = Column(
        x_t=Rectangle(
            (t - HALF_SIDE, INPUT_Y - HALF_SIDE),
            side,
            side,
            facecolor=INPUT.tint,
            edgecolor=INPUT.colour,
        ),
        h_t=Circle((t, STATE_Y), RADIUS),
        s_t=RegularPolygon((t, SCORE_Y - 0.04), 3, radius=TRIANGLE),
        cell=Rectangle((t - 0.42, MASK_Y - 0.22), 0.84, 0.44),
        mask=axes.text(t, MASK_Y, "", ha="center", va="center", fontsize=8.5),
        into=(
            arrow((t, INPUT_Y + HALF_SIDE), (t, STATE_Y - RADIUS), color=MUTED),
            arrow((t - 1 + RADIUS if t else -0.65, STATE_Y), (t - RADIUS, STATE_Y), color=MUTED),
            arrow((t, STATE_Y + RADIUS), (t, SCORE_Y - 0.22), color=MUTED),
        ),
        rest=(axes.text(t, STEP_Y, f"{t}", ha="center", va="center", color=MUTED),),
    )
    for patch in (*column.into, column.x_t, column.h_t, column.s_t, column.cell):
        axes.add_patch(patch)
    return column
