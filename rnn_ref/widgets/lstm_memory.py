"""How long a cell holds: the forget gate over and over, and a bit held by gates set by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.lstm import FloatArray, lstm_forward, program_gates
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.lstm_cell import gates_of, number
from rnn_ref.widgets.predicted import between, draw_prediction

STEPS = 100
FORGET_BIASES = (1.0, 3.0, 5.0, 10.0)
SHARES = {
    "nearly all": between(0.9, 1.0, "nearly all"),
    "about half": between(0.4, 0.6, "about half"),
    "nearly nothing": between(0.0, 0.1, "nearly nothing"),
}
WRITES = ((10, 1.0), (110, -1.0))
"""Steps at which a bit is written in the picture of the held bit, and the bits."""
RUN_STEPS = 211
_NOISE_SEED = 8

Program = Callable[[], tuple[Any, Any, Any]]


def kept_after(forget_bias: float, steps: int = STEPS) -> FloatArray:
    """What is left of a cell state of 1 after 0 to `steps` steps in which nothing is written.

    Parameters
    ----------
    forget_bias : float
    steps : int

    Returns
    -------
    kept : float array, shape (steps + 1,)
        ``sigmoid(forget_bias) ** k``, by running the LSTM.
    """
    b = np.array([-1000.0, forget_bias, 0.0, 0.0])
    x, zero, one = np.zeros((1, steps, 1)), np.zeros((1, 1)), np.ones((1, 1))
    _, c, _ = lstm_forward(x, zero, one, np.zeros((1, 4)), np.zeros((1, 4)), b)
    return np.append(1.0, c[0, :, 0])


def kept_curves(predicted: str = "") -> tuple[Figure, str]:
    """Return the picture of what a cell keeps over 100 steps, and its alt text.

    Parameters
    ----------
    predicted : str
        One of ``SHARES``, said of a bias of 5.
    """
    look = LOOKS["cell"]
    with course_style():
        figure = new_figure(height_in=3.0)
        axes = figure.add_subplot()
        lines = (":", "-.", "--", "-")
        for bias, line in zip(FORGET_BIASES, lines, strict=True):
            kept = kept_after(bias)
            axes.plot(kept, color=look.colour, linestyle=line)
            k = {1.0: 4, 3.0: 14}.get(bias, STEPS)  # where there is room for the label
            text = f"bias {bias:g}" if k < STEPS else f"bias {bias:g}: {_percent(kept[-1])}"
            axes.text(k + 1.2, kept[k] + 0.02, text, va="center", color=INK, fontsize=8.5)
        axes.set(xlim=(0, STEPS + 22), ylim=(0, 1.06), xlabel="steps", ylabel="share kept")
        if predicted:
            axes.set_xlim(right=STEPS + 62)
            draw_prediction(axes, SHARES[predicted], STEPS + 28, STEPS + 32)
        axes.set_xticks(range(0, STEPS + 1, 20))
        axes.set_yticks([0, 0.5, 1])
        axes.set_title("What a cell keeps hangs on the forget gate's bias")
    ends = ", ".join(f"{bias:g} keeps {_percent(kept_after(bias)[-1])}" for bias in FORGET_BIASES)
    return figure, (
        f"Share of a cell state that is kept, step by step; after {STEPS} steps a forget bias of "
        f"{ends}." + (f" Predicted for 5: {predicted}." if predicted else "")
    )


def held_bit(program: Program | None = None) -> tuple[Figure, str]:
    """Return the picture of a bit that is written twice and held under noise, and its alt text.

    Parameters
    ----------
    program : function, optional
        A learner's ``program_gates``. When left out, the reference's runs, and its gates, which
        are what is asked for, are not shown.
    """
    x = noisy_bits()
    weights = [np.asarray(w, dtype=float) for w in (program or program_gates)()]
    zero = np.zeros((1, 1))
    h, c, _ = lstm_forward(x, zero, zero, *weights)
    whose = "Your" if program else "The reference's"
    heights = [1.0, 1.0, 1.6] if program else [1.0, 1.6]
    with course_style():
        figure = new_figure(height_in=0.95 * sum(heights))
        wire, *between, cell = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
        wire.set_title(f"{whose} program takes a bit when told to, then holds it")
        _draw_wire(wire, x[0, :, 0])
        for gates in between:
            _draw_gates(gates, gates_of(x[0], h[0], *weights))
        cell.plot(c[0, :, 0], color=LOOKS["cell"].colour, linewidth=2.4)
        cell.set(ylabel="cell state", xlabel="step", ylim=(-1.25, 1.25))
        for step, _ in WRITES:
            cell.axvline(step, color=FAINT, zorder=0)
        for axes in (wire, cell):
            axes.set_yticks([-1, 0, 1])
            axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
            axes.set_xlim(0, RUN_STEPS - 1)
    middle = "; in the middle the forget gate and the input gate" if program else ""
    return figure, (
        f"Above, a noisy bit with writes at steps {WRITES[0][0]} and {WRITES[1][0]}{middle}; below "
        f"the cell state, {number(c[0, WRITES[1][0] - 1, 0])} before the second write and "
        f"{number(c[0, -1, 0])} at the end."
    )


def _draw_wire(axes: Axes, bits: FloatArray) -> None:
    look = LOOKS["input"]
    axes.plot(bits, linestyle="none", marker=look.marker, color=look.colour, markersize=1.8)
    axes.set_ylabel("bit")
    arrow = {"arrowstyle": "-|>", "color": INK, "shrinkB": 3}
    for step, bit in WRITES:
        axes.annotate(
            "write", (step, bit), (step + 7, 0), va="center", fontsize=8.5, arrowprops=arrow
        )


def _draw_gates(axes: Axes, gates: FloatArray) -> None:
    axes.plot(gates[:, 1, 0], color=MUTED, linewidth=1.2)
    axes.plot(gates[:, 0, 0], color=INK, linestyle=":", linewidth=1.6)
    axes.text(60, 0.8, "forget gate", ha="center", va="center", color=MUTED, fontsize=8.5)
    axes.text(60, 0.2, "input gate", ha="center", va="center", color=INK, fontsize=8.5)
    axes.set(ylabel="gates", ylim=(-0.15, 1.15), yticks=[0, 1])


def noisy_bits() -> FloatArray:
    """The inputs of the picture, shape (1, RUN_STEPS, 2): noise, and the two writes."""
    rng = np.random.default_rng(_NOISE_SEED)
    x = np.zeros((1, RUN_STEPS, 2))
    x[0, :, 0] = rng.choice([-1.0, 1.0], size=RUN_STEPS)
    for step, bit in WRITES:
        x[0, step] = bit, 1.0
    return x


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share > 0.99 or share < 0.01 else f"{100 * share:.0f} %"
