"""Unit 05: the way back through one step and through time; one sum cut in two ways; truncation."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rnn_ref.bptt import FloatArray, rnn_backward, state_gradients, truncated_bptt
from rnn_ref.plotting import INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.recurrence import RNNCache, rnn_forward
from rnn_ref.widgets.diagrams import Point, arrow, sheet

GRADIENT = LOOKS["gradient"]
BACK = "#9c4a7c"  # the gradient's hue, dark enough for small letters


# --- drawings -----------------------------------------------------------------------------------


def _canvas(width: float, height: float, title: str) -> tuple[Figure, Axes]:
    return sheet(0, width, 0, height, title, inset=(0.1, 0.1))


def _node(axes: Axes, at: Point, text: str, quantity: str, width: float = 0.8) -> None:
    look = LOOKS[quantity]
    corner = (at[0] - width / 2, at[1] - 0.26)
    style = "round,pad=0,rounding_size=0.12"
    box = FancyBboxPatch(
        corner, width, 0.52, boxstyle=style, facecolor=look.tint, edgecolor=look.colour
    )
    axes.add_patch(box)
    axes.text(*at, text, ha="center", va="center", fontsize=10)


def _arrow(axes: Axes, start: Point, end: Point, back: bool = False) -> None:
    look: dict[str, Any] = {"color": MUTED}
    if back:
        look = {"color": BACK, "linestyle": (0, (4, 2)), "linewidth": 1.6}
    axes.add_patch(arrow(start, end, 10, **look))


def _note(
    axes: Axes, x: float, y: float, text: str, back: bool = False, side: str = "center"
) -> None:
    colour = BACK if back else INK
    axes.text(x, y, text, color=colour, fontsize=9, ha=side, va="center")


def step_graph() -> tuple[Figure, str]:
    """Return a picture of one step, forward and back, and its alt text."""
    with course_style():
        figure, axes = _canvas(10.6, 4.35, "Back through one step: tanh first, then each product")
        top, middle, low = 3.25, 2.05, 0.85
        _node(axes, (0.8, top), "$x_t$", "input")
        _node(axes, (0.8, middle), "$h_{t-1}$", "state")
        _node(axes, (0.8, low), "$b_h$", "weight")
        _node(axes, (5.6, middle), "$a_t$", "state")
        _node(axes, (9.0, middle), "$h_t$", "state")
        for y, name in ((top, "times $W_{xh}$"), (middle, "times $W_{hh}$"), (low, "")):
            bent = (y - middle) * 0.22
            _arrow(axes, (1.25, y + 0.09), (5.15, middle + bent + 0.09))
            _arrow(axes, (5.15, middle + bent - 0.09), (1.25, y - 0.09), back=True)
            if name:
                _note(axes, 1.95 if y == middle else 2.8, y + (0.24 if y == middle else 0.0), name)
        _note(axes, 2.75, middle + 0.52, "$dx_t$ = ?", True)
        _note(axes, 3.0, middle - 0.27, "$dh_{t-1}$ = ?", True)
        _note(axes, 2.75, low + 0.02, "$db_h$ = ?", True, "left")
        _arrow(axes, (6.05, middle + 0.09), (8.55, middle + 0.09))
        _arrow(axes, (8.55, middle - 0.09), (6.05, middle - 0.09), back=True)
        _note(axes, 7.3, middle + 0.3, "tanh")
        _note(axes, 7.3, middle - 0.33, "$da_t$ = ?", True)
        _arrow(axes, (10.45, middle), (9.45, middle), back=True)
        _note(axes, 9.95, middle + 0.22, "$dh_t$", True)
        _note(axes, 6.1, top, "$dW_{xh}$ = ?", True, "left")
        _note(axes, 6.1, top - 0.4, "$dW_{hh}$ = ?", True, "left")
    alt = (
        "One step as a graph: x_t times W_xh, h_{t-1} times W_hh and b_h add up to a_t, and tanh "
        "makes h_t. Dashed arrows lead back: from dh_t through tanh to da_t, and from da_t to "
        "the gradients of all that went in."
    )
    return figure, alt


def unrolled_back() -> tuple[Figure, str]:
    """Return a picture of three steps with the gradients' ways back, and its alt text."""
    with course_style():
        figure, axes = _canvas(10.6, 4.2, "A state has two users, so two gradients come back to it")
        states, losses, inputs = 2.0, 3.25, 0.65
        at = [1.0, 3.7, 6.4, 9.1]
        for t, x in enumerate(at):
            _node(axes, (x, states), f"$h_{t}$", "state")
            if t == 0:
                continue
            _node(axes, (x, losses), f"$L_{t}$", "loss")
            _node(axes, (x, inputs), f"$x_{t}$", "input")
            _arrow(axes, (x - 0.1, states + 0.3), (x - 0.1, losses - 0.3))
            _arrow(axes, (x + 0.1, losses - 0.3), (x + 0.1, states + 0.3), back=True)
            _note(axes, x + 0.22, (states + losses) / 2, f"dh[:, {t - 1}]", True, "left")
            _arrow(axes, (x - 0.1, inputs + 0.3), (x - 0.1, states - 0.3))
            _arrow(axes, (x + 0.1, states - 0.3), (x + 0.1, inputs + 0.3), back=True)
            _note(axes, x + 0.22, (states + inputs) / 2, f"dx[:, {t - 1}]", True, "left")
            _arrow(axes, (at[t - 1] + 0.45, states + 0.09), (x - 0.45, states + 0.09))
            _arrow(axes, (x - 0.45, states - 0.09), (at[t - 1] + 0.45, states - 0.09), back=True)
            name = "$dh_0$" if t == 1 else "carry"
            _note(axes, (at[t - 1] + x) / 2, states - 0.3, name, True)
            _note(axes, (at[t - 1] + x) / 2, states + 0.3, "$W_{hh}$")
    alt = (
        "Three steps, unrolled: each state goes into its loss and into the next state, so that two "
        "dashed arrows come back to it, the loss's own gradient dh[:, t] and the carry from the "
        "step after; what leaves the first step is dh_0."
    )
    return figure, alt


# --- numbers ------------------------------------------------------------------------------------


def _example(T: int, size: float, seed: int) -> tuple[FloatArray, RNNCache]:
    """Return upstream gradients and a cache; W_hh is `size` times a rotation, the rest random."""
    rng = np.random.default_rng(seed)
    N, D, H = 4, 3, 16
    W_hh = size * np.linalg.qr(rng.normal(size=(H, H)))[0]
    x, h_0 = rng.normal(size=(N, T, D)), rng.uniform(-0.5, 0.5, size=(N, H))
    _, cache = rnn_forward(x, h_0, 0.3 * rng.normal(size=(D, H)), W_hh, np.zeros(H))
    return rng.normal(size=(N, T, H)) / (N * T), cache


def shares(dh: FloatArray, cache: RNNCache) -> FloatArray:
    """Return how much of dW_hh each loss makes by each use of W_hh.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
    cache : tuple of T RNNStepCache

    Returns
    -------
    shares : float array, shape (T, T)
        Entry [t, k]: the loss at step t through the use at step k, as its component along dW_hh
        in units of dW_hh's length. They sum to 1; a share that pulls the other way is negative.
    """
    triangle = state_gradients(dh, cache)  # (T, T, N, H)
    whole = rnn_backward(dh, cache)[3]
    found = np.zeros(triangle.shape[:2])
    for k, step in enumerate(cache):
        da = triangle[:, k] * (1 - step.h_t**2)  # (T, N, H): by every loss, at this use
        found[:, k] = np.sum((step.h_prev.T @ da) * whole, axis=(1, 2))
    return np.asarray(found / np.sum(whole**2))


def two_cuts(T: int = 8, size: float = 1.1, seed: int = 2) -> tuple[Figure, str]:
    """Return the shares of dW_hh by loss and by use, as stacked bars, and the alt text."""
    parts = 100 * shares(*_example(T, size, seed))
    with course_style():
        figure = new_figure(3.1)
        figure.suptitle("One sum, cut in two ways", x=0.01, ha="left", fontsize=11, weight="bold")
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, table, label, title in (
            (left, parts, "step t of the loss", "by loss: the slides' $\\partial L_t/\\partial W$"),
            (right, parts.T, "step k of the use", "by use: what the loop adds up"),
        ):
            _stacked(axes, table)
            axes.set(xlabel=label, xticks=range(1, T + 1))
            axes.set_title(title, fontsize=9.5, fontweight="normal")
        left.set_ylabel("share of dW_hh [%]")
    by_loss, by_use = parts.sum(axis=1), parts.sum(axis=0)
    alt = (
        f"Two bar charts of one gradient. By loss the first and last bars are {by_loss[0]:.0f} "
        f"and {by_loss[-1]:.0f} percent, by use {by_use[0]:.0f} and {by_use[-1]:.0f}; both sum to "
        f"100. Each bar is stacked from the shares of the other kind."
    )
    return figure, alt


def _stacked(axes: Axes, table: FloatArray) -> None:
    """Draw a bar for each row, its entries stacked, negative ones below zero."""
    places = np.arange(1, len(table) + 1)
    above, below = np.zeros(len(table)), np.zeros(len(table))
    for entries in table.T:
        foot = np.where(entries >= 0, above, below)
        axes.bar(
            places, entries, bottom=foot, width=0.8, color=GRADIENT.tint, edgecolor=BACK, lw=0.8
        )
        above, below = above + np.maximum(entries, 0), below + np.minimum(entries, 0)
    sums = table.sum(axis=1)
    axes.plot(places, sums, "D", color=INK, markersize=4)
    axes.axhline(0, color=MUTED, linewidth=0.8)


def truncation_errors(size: float, T: int = 30, networks: int = 4) -> FloatArray:
    """Return, for k = 1 to T, how far truncated dW_hh is from the whole, relative to its norm.

    A mean over some networks, for a single one jumps from k to k.
    """
    errors = np.zeros(T)
    for seed in range(networks):
        dh, cache = _example(T, size, seed)
        whole = rnn_backward(dh, cache)[3]
        for k in range(1, T + 1):
            off = np.linalg.norm(truncated_bptt(dh, cache, k)[3] - whole)
            errors[k - 1] += off / np.linalg.norm(whole) / networks
    return errors


def truncation_picture(T: int = 30) -> tuple[Figure, str]:
    """Return the error of the truncated gradient against k for two networks, and its alt text."""
    sizes = (0.6, 1.1)
    errors = {size: truncation_errors(size, T) for size in sizes}
    with course_style():
        figure = new_figure(3.0)
        axes = figure.add_subplot()
        axes.set_title("Cutting is cheap where gradients fade anyway")
        axes.set(xlabel="chunk k [steps]", ylabel="error of dW_hh [%]", xlim=(0, T + 1))
        looks = (LOOKS["comparison"], GRADIENT)
        for (size, error), look in zip(errors.items(), looks, strict=True):
            style = {**look.plot_style(), "markersize": 3.5}
            axes.plot(np.arange(1, T + 1), 100 * error, label=f"size of W_hh: {size}", **style)
        axes.set_ylim(bottom=0)
        axes.legend()
    small, large = (100 * errors[size][4] for size in sizes)
    alt = (
        f"Error of the truncated gradient against the chunk length k. At k = 5 it is {small:.0f} "
        f"percent for recurrent weights of size 0.6 and {large:.0f} percent for 1.1; at k = {T} "
        f"both are 0."
    )
    return figure, alt
