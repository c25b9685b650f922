"""Unit 05: how strongly each loss reaches each state, as a triangle, whole or cut into chunks."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.patches import Rectangle

from rnn_ref.bptt import FloatArray, rnn_step_backward
from rnn_ref.plotting import FAINT, INK, LOOKS, course_style, new_figure
from rnn_ref.recurrence import rnn_step_forward
from rnn_ref.widgets.stage import LiveFigure, Panel

Steps = tuple[Callable[..., Any], Callable[..., Any]]
"""A step forward and a step backward that understand each other's cache."""

GRADIENT = LOOKS["gradient"]
T, D, H = 10, 2, 6
FIRST_SIZE, SIZES = 1.0, (0.2, 3.0)
LOWEST, HIGHEST = 1e-5, 1e2  # of the norms that are drawn
TITLE = "On the way to earlier states a gradient shrinks or grows"
ALT = (
    "A triangle: row t is the loss at step t, column k the state after step k, and the number the "
    "norm of the loss's gradient there. On the diagonal it is 1; to the left it is multiplied at "
    "every step, and beyond a cut it is gone. Beside it, one row as a curve on a logarithmic axis."
)
_COLOURS = LinearSegmentedColormap.from_list(
    "gradient", ["#ffffff", GRADIENT.tint, GRADIENT.colour]
)
_STRENGTH = LogNorm(1e-2, 3, clip=True)


class Triangle(NamedTuple):
    """The norms, and if the learner's steps could not be used, why."""

    norms: FloatArray
    """Shape (T, T): row t - 1 is the loss at step t, column k - 1 the state after step k."""
    note: str


def triangle(size: float, chunk: int = T, steps: Steps | None = None) -> Triangle:
    """Return the norm of each loss's gradient at each state.

    Parameters
    ----------
    size : float
        Every singular value of W_hh: it is `size` times a rotation.
    chunk : int
        Steps of a chunk; no gradient crosses from one to the next. With T nothing is cut.
    steps : pair of functions, optional
        A learner's own; where they stop, the reference takes over and the note says so.
    """
    if steps is not None:
        try:
            return Triangle(_norms(size, chunk, *steps), "")
        except Exception as error:  # whatever a learner's function may do wrong
            note = f"Your step stopped ({type(error).__name__}); the reference runs here."
            return triangle(size, chunk)._replace(note=note)
    return Triangle(_norms(size, chunk, rnn_step_forward, rnn_step_backward), "")


class Example(NamedTuple):
    """What the triangle is made of: one sequence, and each loss's gradient at its own step."""

    x: FloatArray
    """Shape (T, 1, D)."""
    upstream: FloatArray
    """Shape (T, 1, H), every step of norm 1."""
    W_xh: FloatArray
    W_hh: FloatArray


def example(size: float) -> Example:
    """Return the same random example for every size of W_hh."""
    rng = np.random.default_rng(5)
    rotation = np.linalg.qr(rng.normal(size=(H, H)))[0]
    W_xh = 0.3 * rng.normal(size=(D, H))
    x, upstream = rng.normal(size=(T, 1, D)), rng.normal(size=(T, 1, H))
    unit = upstream / np.linalg.norm(upstream, axis=2, keepdims=True)
    return Example(x, unit, W_xh, size * rotation)


def _norms(
    size: float, chunk: int, forward: Callable[..., Any], backward: Callable[..., Any]
) -> FloatArray:
    x, upstream, W_xh, W_hh = example(size)
    state, caches = np.zeros((1, H)), []
    for x_t in x:
        state, cache = forward(x_t, state, W_xh, W_hh, np.zeros(H))
        caches.append(cache)
    norms = np.eye(T)
    for t in range(T):
        gradient = upstream[t]
        for k in range(t, 0, -1):
            if k % chunk == 0:
                break  # between the states k and k + 1, counted from 1, two chunks meet
            gradient = backward(gradient, caches[k])[1]
            norms[t, k - 1] = np.linalg.norm(gradient)
    return norms


class GradientTriangle(Panel):
    """The triangle, with sliders for the size of W_hh, the loss that is looked at, the chunks.

    Parameters
    ----------
    steps : pair of functions, optional
        A learner's own ``rnn_step_forward`` and ``rnn_step_backward``.
    """

    def __init__(self, steps: Steps | None = None) -> None:
        super().__init__(ALT, "8.5em")
        self._steps = steps
        self.size = self.slider("size of W_hh", FIRST_SIZE, *SIZES, 0.1)
        self.loss = self.slider("loss at step t", T, 1, T)
        self.chunk = self.slider("chunk of k steps", T, 1, T)
        with course_style():
            self._draw()
        self._move()
        self.follow(self._move, self.size, self.loss, self.chunk)
        self.arrange([self.size, self.loss], [self.chunk, self.reset])

    def _draw(self) -> None:
        figure = new_figure(3.7)
        figure.suptitle(TITLE, x=0.01, ha="left", fontsize=11, fontweight="bold")
        left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
        ticks = range(T)
        left.set(xlabel="state after step k", ylabel="loss at step t", aspect="equal")
        left.set_xticks(ticks, [str(k + 1) for k in ticks])
        left.set_yticks(ticks, [str(t + 1) for t in ticks])
        left.tick_params(length=0)
        left.spines[:].set_visible(False)
        self._image = left.imshow(np.ones((T, T, 4)))
        self._numbers = [left.text(k, 0, "", fontsize=7, ha="center", va="center") for k in ticks]
        self._row = Rectangle((-0.5, 0), 1, 1, fill=False, edgecolor=INK, linewidth=2)
        left.add_patch(self._row)
        right.set(xlabel="state after step k", yscale="log", xlim=(0.5, T + 0.5))
        right.set(ylim=(LOWEST / 2, HIGHEST * 2))
        right.set_title("Norm of the gradient in that row", fontsize=9.5, fontweight="normal")
        right.set_xticks(range(1, T + 1))
        right.axhline(1, color=FAINT)
        (self._curve,) = right.plot([], [], **GRADIENT.plot_style())
        moving = [self._image, *self._numbers, self._row, self._curve]
        self.live = LiveFigure(figure, moving)

    def _move(self) -> None:
        found = triangle(self.size.value, self.chunk.value, self._steps)
        t = self.loss.value - 1
        norms = found.norms
        self._image.set_data(_COLOURS(_STRENGTH(norms)))  # coloured before it is enlarged: quick
        for value, text in zip(norms[t], self._numbers, strict=True):  # one row: quickly drawn
            text.set_text(_short(value))
            text.set_y(t)
        self._row.set_bounds(-0.5, t - 0.5, t + 1, 1)
        reached = np.flatnonzero(norms[t])
        self._curve.set_data(reached + 1, np.clip(norms[t, reached], LOWEST, HIGHEST))
        words = _words(norms[t], t + 1, int(reached[0]) + 1)
        self.put(self.live, f"{words} <br>{found.note}" if found.note else words)


def _short(value: float) -> str:
    """Return a number in four characters or fewer; nothing for one that was cut off."""
    if value == 0:
        return ""
    if value < 0.0095:
        return "<.01"  # the curve beside it shows how much less
    return f"{value:.2f}".lstrip("0") if value < 0.995 else f"{value:.1f}"


def _words(row: FloatArray, t: int, first: int) -> str:
    if t == 1:
        return "The loss at step 1 depends on the state after step 1 alone."
    if first == t:
        return f"The loss at step {t} stands at the beginning of a chunk: it reaches its own state."
    end = "" if first == 1 else " and, beyond the cut, no earlier one"
    return (
        f"The loss at step {t} reaches the state after step {first} with norm "
        f"<b>{row[first - 1]:.2g}</b>, against 1 at its own step{end}."
    )


def gradient_triangle(steps: Steps | None = None) -> None:
    """Show how strongly each loss reaches each earlier state.

    Parameters
    ----------
    steps : pair of functions, optional
        Your own ``(rnn_step_forward, rnn_step_backward)``.
    """
    GradientTriangle(steps).show()
