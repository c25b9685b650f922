"""The picture of a gradient's way back: its length against the lag, and the eigenvalues beside it.

The same two colours mean the same on both sides: blue where gradients vanish, orange where they
explode. On the right the unit circle parts the two.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from rnn_ref.gradient_flow import FloatArray
from rnn_ref.plotting import INK, LOOKS, WIDTH_IN, new_figure
from rnn_ref.widgets.stage import LiveFigure

HEIGHT_IN = 3.95
LOWEST, HIGHEST = -16, 8  # decades that are shown
GONE, TOO_MUCH = 1e-3, 1e3  # what is called vanished, and exploded
VANISHING, EXPLODING, LASTING = "#005A8E", "#B84A00", "#00694D"  # dark enough to read as words
COLD, WARM = to_rgb(LOOKS["state"].colour), to_rgb(LOOKS["loss"].colour)
STRONGEST = 0.34  # tint of a zone at its far end
PLANE = 1.75  # half of the side of the eigenvalues' square
SIDE_IN = 1.88  # the same, whole, on paper
TOP = 0.865  # of both axes, in parts of the figure
LEGEND_X = 0.7
BOUND_LINE, RADIUS_LINE = (0, (5, 2.5)), (0, (1.2, 1.8))
GRADIENT = LOOKS["gradient"]
MOST_LAGS = 7  # numbers below the axis
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class View(NamedTuple):
    """What is drawn, for one setting of the controls."""

    lag: FloatArray
    largest: FloatArray
    single: FloatArray
    bound: FloatArray
    radius: FloatArray
    eigenvalues: FloatArray
    """Real and imaginary parts, shape (H, 2)."""
    sigma: float
    rho: float
    title: str
    verdict: str
    """One of "vanishes", "explodes" and "lasts": its colour."""


def number(value: float) -> str:
    """Return `value` in two digits, large and small ones by powers of ten."""
    if value == 0 or 0.01 <= value < 1000:
        return f"{value:.2g}" if value < 100 else f"{value:.0f}"
    if not np.isfinite(value):
        return "too large for a number"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} · 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def verdict(largest: float) -> str:
    """Return what became of a gradient of which `largest` is left at most."""
    return "vanishes" if largest < GONE else "explodes" if largest > TOO_MUCH else "lasts"


class FlowDrawing:
    """Draws everything that stays once; ``at(view)`` moves the rest.

    Call it inside ``course_style``.
    """

    def __init__(self) -> None:
        figure = new_figure(HEIGHT_IN)
        figure.set_layout_engine("none")
        self._axes = figure.add_axes((0.1, 0.125, 0.575, TOP - 0.125))
        width, height = SIDE_IN / WIDTH_IN, SIDE_IN / HEIGHT_IN
        self._plane = figure.add_axes((LEGEND_X, TOP - height, width, height))
        self._draw_zones()
        self._draw_plane()
        self._draw_legend()
        moving = [*self._curves(), *self._circles()]
        self._title = figure.text(0.012, 0.975, "", fontsize=11.5, fontweight="bold", va="top")
        self.live = LiveFigure(figure, [*moving, self._title], seldom=self._lags)

    def _draw_zones(self) -> None:
        axes = self._axes
        for end, tint in ((HIGHEST, WARM), (LOWEST, COLD)):
            _shade(axes, tint, end)
        axes.set(xlim=(0, 1), ylim=(LOWEST, HIGHEST))
        axes.axhline(0, color=INK, linewidth=0.9)
        ticks = range(LOWEST, HIGHEST + 1, 4)
        labels = ["1" if tick == 0 else f"10{str(tick).translate(_SUPERSCRIPTS)}" for tick in ticks]
        axes.set_yticks(list(ticks), labels)
        axes.set_xticks([])  # they move with T
        axes.set_ylabel("what is left of a gradient", labelpad=2)
        axes.spines["bottom"].set_visible(False)
        zones = (("explodes", 0.965, "top", EXPLODING), ("vanishes", 0.03, "bottom", VANISHING))
        for word, y, side, colour in zones:
            spot: dict[str, Any] = {"va": side, "alpha": 0.62, "transform": axes.transAxes}
            axes.text(0.025, y, word, fontsize=15, fontweight="bold", color=colour, **spot)
        below: dict[str, Any] = {"ha": "center", "va": "center", "transform": axes.transAxes}
        axes.text(0.5, -0.115, "lag k [steps back from the last state]", **below)

    def _draw_plane(self) -> None:
        axes = self._plane
        axes.set(xlim=(-PLANE, PLANE), ylim=(-PLANE, PLANE), aspect="equal")
        axes.set_axis_off()
        axes.add_patch(Rectangle((-PLANE, -PLANE), 2 * PLANE, 2 * PLANE, facecolor=(*WARM, 0.13)))
        axes.add_patch(Circle((0, 0), 1, facecolor="white"))
        axes.add_patch(Circle((0, 0), 1, facecolor=(*COLD, 0.17), edgecolor=INK, linewidth=0.9))
        axes.text(0, PLANE + 0.1, "eigenvalues of $W$", ha="center", va="bottom", fontsize=9.5)
        below = -PLANE - 0.12
        axes.text(-PLANE, below, "inside: fade", va="top", fontsize=8.5, color=VANISHING)
        axes.text(
            PLANE, below, "outside: grow", va="top", ha="right", fontsize=8.5, color=EXPLODING
        )

    def _curves(self) -> Sequence[Artist]:
        axes = self._axes
        self._single = LineCollection([], colors=GRADIENT.colour, linewidths=0.9, alpha=0.75)
        axes.add_collection(self._single, autolim=False)
        (self._bound,) = axes.plot([], [], color=INK, linestyle=BOUND_LINE, linewidth=1.5)
        (self._radius,) = axes.plot([], [], color=INK, linestyle=RADIUS_LINE, linewidth=1.7)
        (self._largest,) = axes.plot([], [], color=GRADIENT.colour, linewidth=2.8)
        self._largest.set(marker=GRADIENT.marker, markeredgecolor="white", markeredgewidth=0.6)
        self._last = -1  # the lag at the right end
        self._end = axes.text(0.985, 0, "", fontsize=10.5, fontweight="bold", ha="right")
        self._end.set(va="center", bbox={"facecolor": "white", "alpha": 0.75, "lw": 0, "pad": 1.5})
        self._lags = [
            axes.text(0, LOWEST - 0.85, "", ha="center", va="center", color=INK)
            for _ in range(MOST_LAGS)
        ]
        lines = (self._single, self._bound, self._radius, self._largest)
        return [*lines, self._end]

    def _circles(self) -> Sequence[Artist]:
        self._sigma_circle = Circle((0, 0), 1, linestyle=BOUND_LINE, linewidth=1.5)
        self._rho_circle = Circle((0, 0), 1, linestyle=RADIUS_LINE, linewidth=1.7)
        for circle in (self._sigma_circle, self._rho_circle):
            circle.set(fill=False, edgecolor=INK)
            self._plane.add_patch(circle)
        (self._dots,) = self._plane.plot([], [], "x", color=INK, markersize=4.6)
        return [self._sigma_circle, self._rho_circle, self._dots]

    def _draw_legend(self) -> None:
        figure = self._axes.figure
        bold = {"color": GRADIENT.colour, "marker": GRADIENT.marker, "markersize": 5.5}
        rows: tuple[tuple[str, dict[str, Any]], ...] = (
            (r"bound $\sigma_{max}^{\ k}$", {"linestyle": BOUND_LINE, "linewidth": 1.5}),
            (r"eigenvalues: $\rho^{\ k}$", {"linestyle": RADIUS_LINE, "linewidth": 1.7}),
            ("largest gradient", {"linewidth": 2.8, "markeredgecolor": "white", **bold}),
            ("single gradients", {"linewidth": 0.9, "color": GRADIENT.colour}),
        )
        for y, (text, style) in zip((0.305, 0.24, 0.175, 0.11), rows, strict=True):
            x = (LEGEND_X, LEGEND_X + 0.022, LEGEND_X + 0.044)
            line = Line2D(x, [y] * 3, transform=figure.transFigure, **{"color": INK, **style})
            line.set_markevery([1])
            figure.add_artist(line)
            figure.text(LEGEND_X + 0.056, y, text, fontsize=9, va="center")

    def at(self, view: View) -> LiveFigure:
        """Show another view."""
        last = max(len(view.lag) - 1, 1)
        x = view.lag / last  # the axis stays, its numbers move
        self._bound.set_data(x, _decades(view.bound))
        self._radius.set_data(x, _decades(view.radius))
        largest = _decades(view.largest)
        self._largest.set_data(x, largest)
        self._largest.set_markevery(max(len(x) // 10, 1))
        self._single.set_segments([np.column_stack([x, _decades(s)]) for s in view.single])
        self._place_end(view)
        self._place_lags(last)
        self._sigma_circle.set_radius(view.sigma)
        self._rho_circle.set_radius(view.rho)
        self._dots.set_data(*view.eigenvalues.T)
        colours = {"vanishes": VANISHING, "explodes": EXPLODING, "lasts": LASTING}
        self._title.set(text=view.title, color=colours[view.verdict])
        self._end.set_color(colours[view.verdict])
        return self.live

    def _place_end(self, view: View) -> None:
        """Write what is left at the end, on the side of the curves that is free."""
        end = _decades(np.append(view.single[:, -1], view.largest[-1]))
        y = float(LOWEST)
        if np.isfinite(end).any():
            y = float(np.nanmin(end) - 0.9 if end[-1] <= 0 else np.nanmax(end) + 0.9)
        self._end.set_text(number(float(view.largest[-1])))
        self._end.set_y(min(max(y, LOWEST + 0.9), HIGHEST - 0.8))

    def _place_lags(self, last: int) -> None:
        if last == self._last:
            return
        self._last = last
        step = next(s for s in (1, 2, 5, 10, 20, 50) if last / s < MOST_LAGS)
        shown = list(range(0, last + 1, step))
        for i, text in enumerate(self._lags):
            text.set_text(str(shown[i]) if i < len(shown) else "")
            text.set_x(shown[i] / last if i < len(shown) else 0)


def _shade(axes: Axes, colour: tuple[float, float, float], end: float) -> None:
    """Shade from nothing at 1 to the strongest tint at one end."""
    strength = np.linspace(0, STRONGEST, 64)[:, None]
    image = np.ones((64, 1, 4)) * (*colour, 1.0)
    image[..., 3] = strength
    axes.imshow(image, extent=(0, 1, 0, end), origin="lower", aspect="auto", zorder=0)


def _decades(values: FloatArray) -> FloatArray:
    """Logarithm to base 10; nothing where a length is 0 or not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        decades = np.log10(values)
    result: FloatArray = np.where(np.isfinite(decades), decades, np.nan)
    return np.clip(result, -400, 400)
