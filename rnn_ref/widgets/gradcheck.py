"""Unit 00: two ways to measure a slope, and what the size of the step does to the error."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from rnn_ref.gradcheck import FloatArray, numeric_gradient
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.learners import tried
from rnn_ref.widgets.stage import LiveFigure, Panel

Gradient = Callable[..., Any]
"""A function with the signature of ``numeric_gradient``: the reference, or a learner's."""

CENTRAL, FORWARD = LOOKS["gradient"], LOOKS["comparison"]
FIRST_STEP = 1.0
DECADES = (-15, 0)  # of the step
EACH_DECADE = 4  # steps that are drawn
LEAST_ERROR = 1e-17  # where an error of exactly 0 is drawn
TITLE = "The best step is neither large nor tiny"
ALT = (
    "Error of a measured slope against the step, both logarithmic: from large steps to small the "
    "error falls, that of the central difference twice as steeply as that of the forward "
    "difference; at tiny steps both rise again, because of rounding."
)


class Example(NamedTuple):
    """A function of one number, where to take its slope, and the slope worked out by hand."""

    f: Callable[[Any], Any]
    x: float
    slope: float


EXAMPLES: Mapping[str, Example] = {
    "sin(x) at 1": Example(np.sin, 1.0, float(np.cos(1.0))),
    "1000 + sin(x) at 1": Example(lambda x: 1000 + np.sin(x), 1.0, float(np.cos(1.0))),
    "|x| at 0.001": Example(np.abs, 0.001, 1.0),
}


class Errors(NamedTuple):
    """What each step gives, and if the learner's function could not be used, why."""

    h: FloatArray
    central: FloatArray
    forward: FloatArray
    note: str


def measure(example: Example, gradient: Gradient = numeric_gradient) -> Errors:
    """Return the errors of both ways for steps from 1e-15 to 1.

    A learner's function that stops or gives no number leaves the work to the reference.
    """
    low, high = DECADES
    h = 10.0 ** np.linspace(low, high, (high - low) * EACH_DECADE + 1)
    central, note = tried(lambda own: _central(example, h, own), gradient, numeric_gradient)
    forward = (example.f(example.x + h) - example.f(example.x)) / h
    return Errors(h, np.abs(central - example.slope), np.abs(forward - example.slope), note)


def _central(example: Example, h: FloatArray, gradient: Gradient) -> FloatArray:
    x = np.array(example.x)
    return np.array([float(gradient(example.f, x.copy(), None, float(step))) for step in h])


class StepSizeError(Panel):
    """The error of a measured slope against the step, with a slider for the step.

    Parameters
    ----------
    gradient : function
        What measures the slope: ``numeric_gradient``, or a learner's own.
    """

    def __init__(self, gradient: Gradient = numeric_gradient) -> None:
        super().__init__(ALT, "5.5em")
        self._gradient = gradient
        self.example = widgets.Dropdown(
            options=list(EXAMPLES), description="function", style=self.style
        )
        self.step = self.log_slider("step h", FIRST_STEP, *DECADES, 1 / EACH_DECADE, ".1e")
        self._redraw()
        self.follow(self._redraw, self.example)
        self.follow(self._move, self.step)
        self.arrange([self.example, self.step, self.reset])

    def still(self) -> bytes:
        """The picture at 1e-5."""
        self.step.value = 1e-5
        still = self.live.still()
        self.step.value = FIRST_STEP
        return still

    def _redraw(self) -> None:
        self._errors = measure(EXAMPLES[self.example.value], self._gradient)
        with course_style():
            self._draw()
        self._move()

    def _draw(self) -> None:
        figure = new_figure(3.6)
        axes = figure.add_subplot()
        axes.set(xscale="log", yscale="log", xlim=(4e-16, 2.5), ylim=(3e-18, 2e2))
        axes.set_title(TITLE, loc="left", fontweight="bold")
        axes.set_xlabel("step h")
        axes.set_ylabel("error of the slope")
        for name, look, errors in (
            ("forward", FORWARD, self._errors.forward),
            ("central", CENTRAL, self._errors.central),
        ):
            seen = np.maximum(errors, LEAST_ERROR)
            axes.plot(self._errors.h, seen, markersize=3, label=name, **look.plot_style())
        axes.legend(loc="upper center", ncols=2)
        for place, side, text in (
            (0.02, "left", "rounding"),
            (0.94, "right", "the function bends"),
        ):
            spot: dict[str, Any] = {"ha": side, "va": "top", "transform": axes.transAxes}
            axes.text(place, 0.98, text, color=MUTED, **spot)
        self._line = axes.axvline(FIRST_STEP, color=FAINT, linewidth=6, alpha=0.6)
        (self._points,) = axes.plot([], [], "o", color=INK, markersize=9, fillstyle="none")
        self.live = LiveFigure(figure, [self._line, self._points])

    def _move(self) -> None:
        k = int(np.argmin(np.abs(np.log10(self._errors.h) - np.log10(self.step.value))))
        h, central, forward = (float(values[k]) for values in self._errors[:3])
        self._line.set_xdata([h, h])
        self._points.set_data([h, h], np.maximum([central, forward], LEAST_ERROR))
        words = f"With h = {h:.1e} the central difference is off by <b>{central:.1e}</b>, "
        words += f"the forward difference by {forward:.1e}."
        note = self._errors.note
        self.put(self.live, f"{words} <br>{note}" if note else words)


def step_size_error(gradient: Gradient = numeric_gradient) -> None:
    """Show the error of a measured slope against the step.

    Parameters
    ----------
    gradient : function
        What measures it; your own ``numeric_gradient`` if you hand it in.
    """
    StepSizeError(gradient).show()


def secants(h: float = 1.0) -> tuple[Figure, str]:
    """Return a picture of two measured slopes of exp at 0 beside the true one, and its alt text.

    Parameters
    ----------
    h : float
        The step.
    """
    forward = (np.exp(h) - 1) / h
    central = (np.exp(h) - np.exp(-h)) / (2 * h)
    with course_style():
        figure = new_figure(3.1)
        axes = figure.add_subplot()
        axes.set_title(
            "Looking to both sides nearly gives the slope", loc="left", fontweight="bold"
        )
        axes.set(xlim=(-1.4 * h, 1.4 * h), xlabel="x", ylabel="f(x) = exp(x)")
        x = np.linspace(-1.4 * h, 1.1 * h, 200)
        axes.plot(x, np.exp(x), color=INK, linewidth=2.4)
        for ends, label, look in (
            ((0, h), f"forward: slope {forward:.2f}", FORWARD),
            ((-h, h), f"central: slope {central:.2f}", CENTRAL),
        ):
            axes.plot(ends, np.exp(ends), label=label, **look.plot_style())
        tangent = np.array([-1.2 * h, 1.2 * h])
        axes.plot(tangent, 1 + tangent, color=INK, linestyle="--", label="true slope at 0: 1.00")
        axes.plot([0], [1], "o", color=INK)
        axes.legend(loc="upper left")
    alt = (
        f"The curve exp(x) and lines through its points 0 and {h:g}, and {-h:g} and {h:g}: their "
        f"slopes are {forward:.2f} and {central:.2f}, and the true slope at 0 is 1."
    )
    return figure, alt
