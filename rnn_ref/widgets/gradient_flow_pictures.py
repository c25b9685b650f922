"""Unit 06: still pictures of gradients on their way back."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.gradient_flow import (
    FloatArray,
    jacobian_product_norms,
    orthogonal,
    rescale_spectral_radius,
    spectral_radius,
)
from rnn_ref.plotting import INK, LOOKS, course_style, new_figure
from rnn_ref.recurrence import rnn_forward
from rnn_ref.widgets.gradient_flow_drawing import BOUND_LINE, RADIUS_LINE, number
from rnn_ref.widgets.gradient_flow_matrices import ORTHOGONAL
from rnn_ref.widgets.predicted import Predicted, draw_prediction

GRADIENT = LOOKS["gradient"]
SEED = 4

SHEAR = np.array([[0.9, 5.0], [0.0, 0.9]])
ONE_WAY = np.array([[0.0, 10.0], [0.0, 0.0]])


class Example(NamedTuple):
    """A matrix whose largest singular value is above 1, and how far back it is followed."""

    title: str
    W: FloatArray
    lags: int


def gaussian_of_size(H: int = 64, sigma: float = 1.1, seed: int = SEED) -> FloatArray:
    """Return a Gaussian matrix scaled to a largest singular value."""
    W = np.random.default_rng(seed).normal(size=(H, H))
    scaled: FloatArray = W * (sigma / np.linalg.norm(W, 2))
    return scaled


def powers(W: FloatArray, lags: int) -> FloatArray:
    """Return the most that a gradient can be multiplied by, for lags 0 to `lags`."""
    return jacobian_product_norms(np.zeros((lags + 1, len(W))), W)


def fifty_steps(predicted: Predicted) -> tuple[Figure, str]:
    """Return a picture of what a Gaussian matrix with σ_max = 1.1 leaves, and its alt text.

    Parameters
    ----------
    predicted : Predicted
        What the largest gradient was said to be after fifty steps.
    """
    norms, sigma, lag = powers(gaussian_of_size(), 50), 1.1, np.arange(51)
    with course_style():
        figure = new_figure(2.9)
        axes = figure.add_subplot()
        axes.set(yscale="log", ylim=(1e-13, 1e5), xlim=(0, 66))
        axes.set(xlabel="lag [steps]", ylabel="largest gradient")
        axes.set(title="One step may stretch it by 1.1; fifty leave next to nothing")
        axes.set_xticks(range(0, 51, 10))
        axes.axhline(1, color=INK, linewidth=0.9)
        axes.plot(lag, sigma**lag, color=INK, linestyle=BOUND_LINE, linewidth=1.4)
        axes.plot(lag, norms, markevery=5, **GRADIENT.plot_style())
        axes.annotate("bound: 1.1 to the power of the lag", (26, 60), ha="center", fontsize=9)
        axes.annotate(f"{norms[-1]:.0e}", (50, norms[-1]), (-34, -9), textcoords="offset points")
        draw_prediction(axes, predicted, 51.5, 54)
    alt = (
        f"Largest gradient against the lag: its bound grows to {sigma**50:.0f} at lag 50, it "
        f"falls to {norms[-1]:.0e}. Predicted: {predicted.said}."
    )
    return figure, alt


def counterexamples() -> tuple[Figure, str]:
    """Return a picture of three matrices with σ_max > 1 that vanish, and its alt text."""
    examples = (
        Example("Gaussian, 64 by 64", gaussian_of_size(), 60),
        Example("[[0, 10], [0, 0]]", ONE_WAY, 60),
        Example("[[0.9, 5], [0, 0.9]]", SHEAR, 60),
    )
    with course_style():
        figure = new_figure(2.9)
        panels = figure.subplots(1, 3, sharey=True)
        title = "The largest singular value is above 1, and still they vanish"
        figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
        for axes, example in zip(panels, examples, strict=True):
            _draw_example(axes, example)
        panels[0].set_ylabel("largest gradient")
    gaussian = powers(examples[0].W, 60)
    shear = powers(SHEAR, 60)
    alt = (
        f"Largest gradient against the lag for three matrices: the Gaussian one falls to "
        f"{gaussian[-1]:.0e} at lag 60 though its largest singular value is 1.1; [[0, 10], [0, 0]] "
        f"gives 10 at lag 1 and 0 from lag 2; [[0.9, 5], [0, 0.9]] grows to {shear.max():.1f} at "
        f"lag {shear.argmax()} and is below 1 from lag {int(np.argmax(shear < 1))} on."
    )
    return figure, alt


def _draw_example(axes: Any, example: Example) -> None:
    lag = np.arange(example.lags + 1)
    norms, sigma = powers(example.W, example.lags), float(np.linalg.norm(example.W, 2))
    axes.set(yscale="log", ylim=(1e-6, 1e4), xlim=(0, example.lags), xlabel="lag [steps]")
    axes.set_title(example.title, fontsize=9.5, fontweight="normal", pad=6)
    _draw_zones(axes, 1e-6, 1e4)
    axes.plot(lag, sigma**lag, color=INK, linestyle=BOUND_LINE, linewidth=1.4)
    shown = np.where(norms > 0, norms, np.nan)
    style = {**GRADIENT.plot_style(), "markersize": 3.5}
    axes.plot(lag, shown, markevery=max(int(np.isfinite(shown).sum()) // 10, 1), **style)
    words = f"σ_max = {sigma:.3g}\nρ = {number(spectral_radius(example.W))}"
    axes.text(0.95, 0.05, words, transform=axes.transAxes, ha="right", fontsize=8.5)
    if norms[-1] == 0:
        axes.annotate(
            "0 from lag 2", (1, 10), (9, 0.03), arrowprops={"arrowstyle": "-"}, fontsize=9
        )


def _draw_zones(axes: Any, lowest: float, highest: float) -> None:
    axes.axhspan(1, highest, color=LOOKS["loss"].colour, alpha=0.1, linewidth=0)
    axes.axhspan(lowest, 1, color=LOOKS["state"].colour, alpha=0.1, linewidth=0)
    axes.axhline(1, color=INK, linewidth=0.9)


Start = tuple[str, FloatArray]


def tanh_starts(
    norms: Callable[..., Any] = jacobian_product_norms,
    rescale: Callable[..., Any] = rescale_spectral_radius,
    draw: Callable[..., Any] = orthogonal,
    T: int = 60,
    H: int = 64,
) -> tuple[Figure, str]:
    """Return a picture of three starts of one tanh network, and its alt text.

    Parameters
    ----------
    norms, rescale, draw : functions
        ``jacobian_product_norms``, ``rescale_spectral_radius`` and ``orthogonal``, or a learner's
        own.
    T, H : int
        States and units.
    """
    rng = np.random.default_rng(SEED)
    gaussian, x = rng.normal(size=(H, H)), 0.1 * rng.normal(size=(1, T, H))
    starts: tuple[Start, ...] = (
        (ORTHOGONAL, draw(H, rng)),
        ("Gaussian, ρ = 1", rescale(gaussian, 1.0)),
        ("Gaussian, σ_max = 1", gaussian / np.linalg.norm(gaussian, 2)),
    )
    ends = []
    with course_style():
        figure = new_figure(2.9)
        axes = figure.add_subplot()
        axes.set(yscale="log", xlim=(0, T - 1), xlabel="lag [steps]", ylabel="largest gradient")
        axes.set_title("With tanh, the start decides how far a gradient gets")
        axes.set_ylim(1e-18, 1e2)
        _draw_zones(axes, 1e-18, 1e2)
        for (name, W), line in zip(starts, ("-", BOUND_LINE, RADIUS_LINE), strict=True):
            h, _ = rnn_forward(x, np.zeros((1, H)), np.eye(H), W, np.zeros(H))
            curve = norms(h[0], W)
            axes.plot(curve, color=GRADIENT.colour, linestyle=line)
            side = "top" if name == ORTHOGONAL else "bottom"
            axes.text(T - 0.4, curve[-1], name, va=side, fontsize=9, clip_on=False)
            ends.append(f"{name}: {number(float(curve[-1]))}")
    alt = f"Largest gradient against the lag; what is left after {T - 1} steps: {'; '.join(ends)}."
    return figure, alt
