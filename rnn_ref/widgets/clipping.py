"""Unit 07: the loss cliff of a one-unit network, walked with and without clipping."""

import math
from typing import Any

import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap

from rnn_ref.clipping import clip_by_global_norm
from rnn_ref.plotting import FAINT, INK, LOOKS, course_style, new_figure
from rnn_ref.widgets.clipping_cliff import START, Clip, Descent, descend, loss_of
from rnn_ref.widgets.stage import LiveFigure, Panel

ALT = (
    "Left, a map of the loss over w and b with a cliff through it: both paths come down to its "
    "edge, then the one without clipping leaves the map in one step, while the clipped one stays "
    "near. Right, the loss over the steps: stuck for the first, falling for the second."
)
TITLE = "On the edge of a cliff, one step can lose everything"
STEPS = 40
RATE, LIMIT, FIRST_STEP = 0.1, 1.0, STEPS
_W, _B = (1.35, 1.85), (-0.45, 0.15)  # the part of the map that is drawn
_GRID = 240
_LEAST_LOSS = 1e-7
_MAP: Colormap = LinearSegmentedColormap.from_list("loss", ["#ffffff", LOOKS["loss"].colour])
RAW: dict[str, Any] = {"color": INK, "linestyle": ":", "marker": "s", "markersize": 5}
RAW["fillstyle"] = "none"
CLIPPED: dict[str, Any] = {**LOOKS["state"].plot_style(), "markersize": 3.5}


class LossCliff(Panel):
    """Two paths of gradient descent on the same map, with sliders for rate, limit and step.

    Parameters
    ----------
    clip : function or None
        What clips: a learner's own ``clip_by_global_norm``; the reference if None.
    """

    def __init__(self, clip: Clip | None = None) -> None:
        super().__init__(ALT, "6.5em", hint=None)
        self._clip = clip
        self.rate = self.log_slider("learning rate", RATE, -2, 0, 0.1, ".3f")
        self.limit = self.log_slider("max_norm", LIMIT, -2, 3, 0.25, ".2f")
        self.step = self.slider("steps", FIRST_STEP, 0, STEPS)
        self.play = self.player(self.step, 300)
        with course_style():
            self._draw()
        self._walk()
        self.follow(self._walk, self.rate, self.limit)
        self.follow(self._move, self.step)
        self.arrange([self.rate, self.limit], [self.play, self.step, self.reset])

    def _draw(self) -> None:
        figure = new_figure(3.3)
        figure.suptitle(TITLE, x=0.01, ha="left", fontsize=11, fontweight="bold")
        chart, curves = figure.subplots(1, 2, width_ratios=[1, 1])
        w, b = np.meshgrid(np.linspace(*_W, _GRID), np.linspace(*_B, _GRID))
        chart.imshow(
            np.sqrt(loss_of(w, b)),  # the root shows the valley as well as the cliff
            extent=(*_W, *_B),
            origin="lower",
            aspect="auto",
            cmap=_MAP,
        )
        chart.set(xlim=_W, ylim=_B, xlabel="w (weight)", ylabel="b (bias)")
        chart.text(1.37, -0.43, "high loss", color=INK, fontsize=9)
        chart.text(1.84, 0.0, "low loss", color=INK, fontsize=9, ha="right")
        chart.plot(*START, marker="x", color=INK, markersize=8, markeredgewidth=2)
        chart.annotate("start", START, (6, 4), textcoords="offset points", fontsize=9)
        curves.set(xlim=(-1, STEPS + 1), ylim=(_LEAST_LOSS, 10), yscale="log", xlabel="step")
        curves.set_ylabel("loss")
        curves.grid(axis="y", color=FAINT, linewidth=0.6)
        curves.plot([], [], label="not clipped", **RAW)
        curves.plot([], [], label="clipped", **CLIPPED)
        curves.legend(loc="lower left", fontsize=9)
        self._lines = [
            axes.plot([], [], **style)[0] for axes in (chart, curves) for style in (RAW, CLIPPED)
        ]
        self.live = LiveFigure(figure, self._lines)

    def _walk(self) -> None:
        """Find both paths anew; a clip that stops leaves the work to the reference."""
        rate, limit = self.rate.value, self.limit.value
        self._raw = descend(rate, math.inf, STEPS)
        clip = self._clip or clip_by_global_norm
        self._note = "Clipped by your own function." if self._clip else ""
        try:
            self._clipped = descend(rate, limit, STEPS, clip)
        except Exception as error:  # whatever a learner's function may do wrong
            if self._clip is None:
                raise
            self._note = f"Your clipping stopped ({type(error).__name__}); the reference runs here."
            self._clipped = descend(rate, limit, STEPS)
        self._move()

    def _move(self) -> None:
        s = self.step.value
        steps = np.arange(s + 1)
        for line, path in zip(self._lines[:2], (self._raw, self._clipped), strict=True):
            line.set_data(path.w[: s + 1], path.b[: s + 1])
        for line, path in zip(self._lines[2:], (self._raw, self._clipped), strict=True):
            line.set_data(steps, np.maximum(path.loss[: s + 1], _LEAST_LOSS))
        words = _words(self._raw, self._clipped, s, self.limit.value)
        self.put(self.live, f"{words} <br>{self._note}" if self._note else words)


def _words(raw: Descent, clipped: Descent, s: int, limit: float) -> str:
    if s == 0:
        return f"At the start the loss is {raw.loss[0]:.3f}, the gradient's norm {raw.norm[0]:.2f}."
    words = f"After {s} steps the loss is <b>{_told(raw.loss[s])}</b> without clipping and "
    words += f"<b>{_told(clipped.loss[s])}</b> with it. "
    i = int(raw.norm[:s].argmax())
    if raw.norm[i] <= limit:
        longest = f"The longest gradient so far had norm {raw.norm[i]:.2f}"
        return f"{words}{longest}, within max_norm: both paths are the same."
    words += f"Step {i + 1} met a gradient of norm <b>{raw.norm[i]:.1f}</b>. Without clipping it "
    words += f"went {raw.step_length(i):.3g} far, to w = {raw.w[i + 1]:.3g}; with clipping no step "
    return words + f"goes farther than {max(map(clipped.step_length, range(s))):.3g}."


def _told(loss: float) -> str:
    return f"{loss:.4f}" if loss >= 1e-4 else f"{loss:.1e}"


def loss_cliff(clip: Clip | None = None) -> None:
    """Show the loss cliff and two ways down.

    Parameters
    ----------
    clip : function, optional
        What clips: your own ``clip_by_global_norm``, if you hand it in.
    """
    LossCliff(clip).show()
