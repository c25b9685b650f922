"""Unit 07: still pictures: what the slide's snippet does, and training runs side by side."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.clipping import FloatArray
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.clipping_training import Curves
from rnn_ref.widgets.saved import load

THRESHOLD = 5.0  # of the slide's example
LAST = 50  # steps that the final loss is a mean of
AVERAGED = 10  # steps; a single batch's loss jumps about
RAW: dict[str, Any] = {"color": INK, "linestyle": ":", "linewidth": 1.3}
CLIPPED: dict[str, Any] = {"color": LOOKS["state"].colour, "linestyle": "-", "linewidth": 1.3}
_LARGEST_LOSS = 30.0
_NEAR: dict[str, Any] = {"textcoords": "offset points", "fontsize": 9}
_LEFT_TITLE: dict[str, Any] = {"x": 0.01, "ha": "left", "fontsize": 11, "fontweight": "bold"}


class SavedRuns(NamedTuple):
    """Training runs made by ``data/make_clipping_runs.py``; axes rate, limit, seed, step."""

    losses: FloatArray
    norms: FloatArray
    rates: FloatArray
    limits: FloatArray
    """inf and 1: without and with clipping."""

    def final_losses(self) -> FloatArray:
        """Mean loss of the last steps, shape (rates, limits, seeds)."""
        return np.asarray(self.losses[..., -LAST:].mean(axis=-1))


def load_runs() -> SavedRuns:
    """The saved curves, in double precision."""
    saved = load("clipping_runs")
    return SavedRuns(*(saved[name].astype(np.float64) for name in SavedRuns._fields))


def norm_after_slide(norm: FloatArray, threshold: float = THRESHOLD) -> FloatArray:
    """Norm that the slide's snippet leaves of a gradient of the given norm."""
    squared = np.asarray(norm, dtype=np.float64) ** 2
    return np.asarray(norm * threshold / np.maximum(squared, threshold))


def slide_bug() -> tuple[Figure, str]:
    """Return a picture of the norm after the slide's clipping and after the right one."""
    norm = np.linspace(0, 12, 1201)
    with course_style():
        figure = new_figure(3.0)
        axes = figure.add_subplot()
        axes.set_title("Without the root, a larger gradient makes a smaller step")
        axes.set(xlim=(0, 12), ylim=(0, 5.6), xlabel="norm of the gradient before clipping")
        axes.set_ylabel("norm after clipping")
        axes.plot(norm, np.minimum(norm, THRESHOLD), color=LOOKS["state"].colour)
        axes.plot(norm, norm_after_slide(norm), color=LOOKS["loss"].colour, linestyle="--")
        axes.text(8, 5.12, "clipped by the norm", color=LOOKS["state"].colour)
        axes.text(6.2, 1.0, "the slide's snippet", color=LOOKS["loss"].colour)
        for before, offset in ((3.0, (8, 2)), (10.0, (-4, 8))):
            after = float(norm_after_slide(np.array(before)))
            axes.plot(before, after, "D", color=LOOKS["loss"].colour)
            axes.annotate(f"{before:g} → {after:.2f}", (before, after), offset, **_NEAR)
        axes.plot(THRESHOLD, THRESHOLD, "o", color=MUTED, markersize=4)
        axes.annotate("threshold 5", (THRESHOLD, THRESHOLD), (-8, 4), ha="right", **_NEAR)
    alt = (
        "Norm after clipping against the norm before, threshold 5: the right rule rises to 5 and "
        "stays; the slide's snippet rises to 2.24 and then falls, 3 to 1.67 and 10 to 0.5."
    )
    return figure, alt


def training_runs(rate: float = 1.0) -> tuple[Figure, str]:
    """Return the loss of five runs with and five without clipping, and the norms of one."""
    runs = load_runs()
    losses = runs.losses[list(runs.rates).index(rate)]  # (limits, seeds, steps)
    norms = runs.norms[list(runs.rates).index(rate)]
    with course_style():
        figure = new_figure(3.1)
        figure.suptitle(f"Learning rate {rate:g}: every clipped run learns", **_LEFT_TITLE)
        left, right = figure.subplots(1, 2)
        for without, clipped in zip(*losses, strict=True):
            left.plot(_smooth(without), **RAW)
            left.plot(_smooth(clipped), **CLIPPED)
        left.set(yscale="log", ylim=(1.5, _LARGEST_LOSS), xlabel="step")
        left.set_ylabel("loss [nats/character]")
        left.set_yticks([2, 3, 5, 10, 20], ["2", "3", "5", "10", "20"])
        left.minorticks_off()
        steps = losses.shape[-1]
        left.text(steps, 17, "not clipped", ha="right", color=INK)
        left.text(steps, 1.65, "clipped", ha="right", color=CLIPPED["color"])
        _norms(right, norms[1, 0], float(runs.limits[1]))
    final = losses[..., -LAST:].mean(axis=-1)
    alt = (
        f"Left: losses over {steps} steps from {len(final[0])} starts. With clipping all end near "
        f"{final[1].mean():.1f} nats, without between {final[0].min():.1f} and "
        f"{final[0].max():.1f}. Right: the raw norm of a clipped run jumps to "
        f"{norms[1, 0].max():.1f}, the clipped one never exceeds 1."
    )
    return figure, alt


def live_runs(without: Curves, clipped: Curves, limit: float = 1.0) -> tuple[Figure, str]:
    """Return the losses of two short runs, and the norms of the clipped one."""
    with course_style():
        figure = new_figure(2.8)
        figure.suptitle("The same start, the same batches, one limit", **_LEFT_TITLE)
        left, right = figure.subplots(1, 2)
        left.plot(without.losses, label="not clipped", **RAW)
        left.plot(clipped.losses, label="clipped", **CLIPPED)
        left.set(yscale="log", xlabel="step")
        left.set_ylabel("loss [nats/character]")
        left.set_yticks([2, 3, 5, 10, 20], ["2", "3", "5", "10", "20"])
        left.minorticks_off()
        left.legend(loc="upper left", fontsize=9)
        _norms(right, clipped.norms, limit)
    alt = (
        f"Two runs of {len(clipped.losses)} steps. The last ten losses have mean "
        f"{without.losses[-10:].mean():.1f} without clipping and {clipped.losses[-10:].mean():.1f} "
        f"with it; {np.sum(clipped.norms > limit)} gradients were clipped."
    )
    return figure, alt


def learning_rates() -> tuple[Figure, str]:
    """Return the final loss of all saved runs against the learning rate."""
    runs = load_runs()
    final = runs.final_losses()  # (rates, limits, seeds)
    colours, markers = (INK, CLIPPED["color"]), ("s", "o")
    with course_style():
        figure = new_figure(2.8)
        axes = figure.add_subplot()
        axes.set_title("Clipping makes room for a larger learning rate")
        for limit, name in enumerate(("not clipped", "clipped")):
            x = runs.rates * (0.97, 1.03)[limit]  # side by side
            line: dict[str, Any] = {"color": colours[limit]}
            points = axes.plot(x, final[:, limit], markers[limit], fillstyle="none", **line)
            points[0].set_label(name)
            axes.plot(x, final[:, limit].mean(axis=1), linewidth=1, alpha=0.5, **line)
        axes.set(xscale="log", yscale="log", xlabel="learning rate")
        axes.set_ylabel("loss [nats/character]")
        axes.set_xticks(runs.rates, [f"{rate:g}" for rate in runs.rates])
        axes.set_yticks([2, 3, 5, 10, 20], ["2", "3", "5", "10", "20"])
        axes.minorticks_off()
        axes.grid(axis="y", color=FAINT, linewidth=0.6)
        axes.legend(loc="upper left", fontsize=9)
    means = final.mean(axis=2)
    told = ", ".join(
        f"at {rate:g} {raw:.1f} without and {clipped:.1f} with"
        for rate, (raw, clipped) in zip(runs.rates, means, strict=True)
    )
    return figure, f"Mean final loss in nats a character by learning rate: {told} clipping."


def _norms(axes: Axes, raw: FloatArray, limit: float) -> None:
    axes.plot(raw, label="raw", color=LOOKS["gradient"].colour, linewidth=1)
    axes.plot(np.minimum(raw, limit), label="clipped", **CLIPPED)
    axes.set(yscale="log", xlabel="step (clipped run)")
    axes.set_ylabel("norm of the gradient")
    axes.set_yticks([0.3, 0.5, 1, 2, 4], ["0.3", "0.5", "1", "2", "4"])
    axes.minorticks_off()
    axes.legend(loc="upper right", fontsize=9)


def _smooth(losses: FloatArray) -> FloatArray:
    return np.convolve(losses, np.ones(AVERAGED) / AVERAGED, mode="valid")
