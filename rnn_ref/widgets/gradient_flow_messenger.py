"""What two units do to a gradient on its way back: a circle that is stretched and turned, a strip.

A step stretches one direction by `first` and the one at right angles to it by `second`, then turns
everything. So both sizes of the matrix are in sight: how far one step can stretch, and whether the
next one finds the same direction again.
"""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.patches import FancyArrowPatch

from rnn_ref.gradient_flow import FloatArray, spectral_radius
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, new_figure
from rnn_ref.widgets.diagrams import arrow
from rnn_ref.widgets.gradient_flow_drawing import EXPLODING, LASTING, VANISHING, number
from rnn_ref.widgets.stage import LiveFigure

LAGS = 20
PLANE = 1.85  # half of a plane's side
MARKED = (0, 5, 10, 15, 20)  # lags whose lengths are written out
GRADIENT = LOOKS["gradient"]
LENGTH_COLOURS: Colormap = LinearSegmentedColormap.from_list(
    "length", ["#ffffff", GRADIENT.tint, GRADIENT.colour, LOOKS["loss"].colour, "#B84A00"]
)
"""White where nothing is left, the gradient's own colour at length 1, dark where it flares."""
DECADES = 3.0  # from length 1 to each end of the colours
FADED, FLARED = 0.1, 10.0
_AROUND = np.linspace(0, 2 * np.pi, 121)
CIRCLE: FloatArray = np.stack([np.cos(_AROUND), np.sin(_AROUND)])
FIRST_DIRECTION: FloatArray = np.array([1.0, 0.0])


class Step(NamedTuple):
    """One step back through two units."""

    first: float = 1.4
    second: float = 0.4
    turn: float = 60.0
    """In degrees."""

    @property
    def matrix(self) -> FloatArray:
        """What the step multiplies a column by, shape (2, 2): stretch, then turn."""
        angle = np.radians(self.turn)
        turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix: FloatArray = turned * [self.first, self.second]
        return matrix

    @property
    def sigma(self) -> float:
        """The most that one step stretches."""
        return max(self.first, self.second)

    @property
    def rho(self) -> float:
        """What decides in the long run."""
        return spectral_radius(self.matrix)

    def gradients(self, direction: FloatArray = FIRST_DIRECTION) -> FloatArray:
        """Return a gradient after 0 to `LAGS` steps back, shape (LAGS + 1, 2)."""
        found = [direction]
        for _ in range(LAGS):
            found.append(self.matrix @ found[-1])
        return np.array(found)


def fate(length: float) -> tuple[str, str]:
    """Return in a word what became of a gradient of length 1, and the word's colour."""
    if length < FADED:
        return "fades", VANISHING
    return ("flares up", EXPLODING) if length > FLARED else ("lasts", LASTING)


class MessengerDrawing:
    """Both planes and the strip; ``at(step, lag)`` moves them. Call it in ``course_style``."""

    def __init__(self) -> None:
        figure = new_figure(4.55)
        figure.set_layout_engine("none")
        one, many = (figure.add_axes((x, 0.405, 0.375, 0.535)) for x in (0.06, 0.565))
        one.set_title("One step: stretch, then turn", fontsize=10, pad=4)
        for axes in (one, many):
            _empty_plane(axes)
        self._once = _outline(one)
        self._stretched, self._squeezed = _arrow(one, GRADIENT.colour), _arrow(one, INK)
        self._stretched_by, self._squeezed_by = _label(one), _label(one)
        self._trail = [many.plot([], [], color=FAINT, linewidth=1)[0] for _ in range(LAGS)]
        self._now, self._gradient = _outline(many), _arrow(many, GRADIENT.colour, 3)
        self._many_title = many.set_title("", fontsize=10, pad=4)
        self._strip = _Strip(figure.add_axes((0.02, 0.105, 0.96, 0.14)))
        self._title = figure.text(0.02, 0.335, "", fontsize=11, fontweight="bold", va="center")
        planes = [*self._trail, self._once, self._now, self._stretched, self._squeezed]
        words = [self._stretched_by, self._squeezed_by, self._many_title, self._title]
        self.live = LiveFigure(figure, [*planes, self._gradient, *words, *self._strip.moving])

    def at(self, step: Step, lag: int) -> LiveFigure:
        """Show another step, followed back to `lag`."""
        images = [CIRCLE]
        for _ in range(lag):
            images.append(step.matrix @ images[-1])
        self._once.set_data(*(step.matrix @ CIRCLE))
        ends = zip(step.matrix.T, (step.first, step.second), strict=True)
        arrows = ((self._stretched, self._stretched_by), (self._squeezed, self._squeezed_by))
        for (end, size), (column, label) in zip(ends, arrows, strict=True):
            column.set_positions((0, 0), tuple(end))
            label.set(text=f"× {size:.2f}", position=tuple(_beside(end)))
        for past, line in enumerate(self._trail):
            line.set_data(*(images[past] if past < lag else ([], [])))
        self._now.set_data(*images[lag])
        gradients = step.gradients()
        lengths = np.linalg.norm(gradients, axis=1)
        self._gradient.set_positions((0, 0), tuple(gradients[lag]))
        steps = "1 step" if lag == 1 else f"{lag} steps"
        self._many_title.set_text(f"After {steps}: length {number(float(lengths[lag]))}")
        word, colour = fate(float(lengths[-1]))
        sizes = f"$\\sigma_{{max}}$ = {step.sigma:.2f},  $\\rho$ = {step.rho:.2f}"
        self._title.set(text=f"The message {word}:  {sizes}", color=colour)
        self._strip.at(gradients, lengths, lag)
        return self.live


class _Strip:
    """One cell a lag, the last state on the right: how long the gradient is, and its direction."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(LAGS + 0.5, -0.5), ylim=(-0.5, 0.5), yticks=[])
        axes.set_xticks(range(0, LAGS + 1, 5))
        axes.set_xlabel("lag k [steps back from the last state, which is on the right]", labelpad=1)
        axes.tick_params(length=0, pad=1)
        axes.spines[:].set_visible(False)
        extent = (-0.5, LAGS + 0.5, -0.5, 0.5)
        self._cells = axes.imshow(np.zeros((1, LAGS + 1, 4)), extent=extent, aspect="auto")
        for edge in np.arange(-0.5, LAGS + 1):
            axes.axvline(edge, color=FAINT, linewidth=0.8)
        self._arrows = axes.quiver(
            np.arange(LAGS + 1), np.zeros(LAGS + 1), np.ones(LAGS + 1), np.zeros(LAGS + 1),
            pivot="mid", angles="uv", scale=30, width=0.0028, color=INK,
        )  # fmt: skip
        (self._here,) = axes.plot([], [], color=INK, linewidth=2.2)
        self._lengths = [
            axes.text(lag, 0.56, "", ha="center", va="bottom", fontsize=9) for lag in MARKED
        ]
        self._lengths[0].set_horizontalalignment("right")
        self._lengths[0].set_x(-0.4)
        self._lengths[-1].set_horizontalalignment("left")
        self._lengths[-1].set_x(LAGS + 0.4)
        self.moving: list[Any] = [self._cells, self._arrows, self._here, *self._lengths]

    def at(self, gradients: FloatArray, lengths: FloatArray, lag: int) -> None:
        with np.errstate(divide="ignore"):
            heat = (np.log10(lengths) / DECADES + 1) / 2
        self._cells.set_data(LENGTH_COLOURS(np.clip(heat, 0, 1))[None])
        short = np.clip((np.log10(np.maximum(lengths, 1e-9)) + 3) / 3, 0, 1)  # faded ones shrink
        units = gradients / np.maximum(lengths, 1e-300)[:, None] * short[:, None]
        self._arrows.set_UVC(*units.T)
        left, right = lag - 0.5, lag + 0.5
        self._here.set_data([left, right, right, left, left], [-0.5, -0.5, 0.5, 0.5, -0.5])
        for text, marked in zip(self._lengths, MARKED, strict=True):
            text.set_text(number(float(lengths[marked])))


def _empty_plane(axes: Axes) -> None:
    axes.set(xlim=(-PLANE, PLANE), ylim=(-PLANE, PLANE), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(FAINT)
    axes.plot(*CIRCLE, color=MUTED, linestyle=":", linewidth=1.3)
    axes.text(-0.71, 0.76, "length 1", ha="right", fontsize=8.5, color=MUTED)


def _outline(axes: Axes) -> Any:
    return axes.plot([], [], color=INK, linewidth=2)[0]


def _arrow(axes: Axes, colour: str, width: float = 2.2) -> FancyArrowPatch:
    drawn = arrow((0, 0), (1, 0), 13, color=colour, linewidth=width)
    axes.add_patch(drawn)
    return drawn


def _label(axes: Axes) -> Any:
    ground = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1}
    return axes.text(0, 0, "", ha="center", va="center", fontsize=9.5, bbox=ground)


def _beside(end: FloatArray) -> FloatArray:
    """Return where a label stands: a little beyond an arrow's end, within the plane."""
    length = max(float(np.linalg.norm(end)), 1e-9)
    room = np.array([PLANE - 0.4, PLANE - 0.15])
    place: FloatArray = np.clip(end * (1 + 0.3 / length) + [0, 0.12], -room, room)
    return place
