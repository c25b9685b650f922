"""How long a cell holds: the forget gate over and over, and a bit held by gates set by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.lstm import FloatArray, lstm_forward, program_gates
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, course_style, new_figure

STEPS = 100
FORGET_BIASES = (1.0, 3.0, 5.0, 10.0)
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


def kept_curves() -> tuple[Figure, str]:
    """Return the picture of what a cell keeps over 100 steps, and its alt text."""
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
        axes.set_xticks(range(0, STEPS + 1, 20))
        axes.set_yticks([0, 0.5, 1])
        axes.set_title("What a cell keeps hangs on the forget gate's bias")
    ends = ", ".join(f"{bias:g} keeps {_percent(kept_after(bias)[-1])}" for bias in FORGET_BIASES)
    return figure, (
        f"Share of a cell state that is kept, step by step; after {STEPS} steps a forget bias of "
        f"{ends}."
    )


def held_bit(program: Program | None = None) -> tuple[Figure, str]:
    """Return the picture of a bit that is written twice and held under noise, and its alt text.

    Parameters
    ----------
    program : function, optional
        A learner's ``program_gates``; the reference's when left out.
    """
    x = noisy_bits()
    weights = (program or program_gates)()
    zero = np.zeros((1, 1))
    _, c, cache = lstm_forward(x, zero, zero, *(np.asarray(w, dtype=float) for w in weights))
    whose = "Your" if program else "The reference's"
    with course_style():
        figure = new_figure(height_in=3.4)
        wire, gate, cell = figure.subplots(
            3, 1, sharex=True, gridspec_kw={"height_ratios": [1, 1, 1.6]}
        )
        look = LOOKS["input"]
        wire.plot(x[0, :, 0], linestyle="none", marker=look.marker, color=look.colour, ms=1.8)
        wire.set_ylabel("bit")
        for step, bit in WRITES:
            wire.annotate(
                "write", (step, bit), (step + 7, 0), va="center", fontsize=8.5,
                arrowprops={"arrowstyle": "-|>", "color": INK, "shrinkB": 3},
            )  # fmt: skip
            cell.axvline(step, color=FAINT, zorder=0)
        gate.plot([step.f_t.item() for step in cache], color=MUTED, linewidth=1.2)
        gate.plot([step.i_t.item() for step in cache], color=INK, linestyle=":", linewidth=1.6)
        gate.text(60, 0.8, "forget gate", ha="center", va="center", color=MUTED, fontsize=8.5)
        gate.text(60, 0.2, "input gate", ha="center", va="center", color=INK, fontsize=8.5)
        gate.set(ylabel="gates", ylim=(-0.15, 1.15), yticks=[0, 1])
        cell.plot(c[0, :, 0], color=LOOKS["cell"].colour, linewidth=2.4)
        cell.set(ylabel="cell state", xlabel="step", ylim=(-1.25, 1.25))
        for axes in (wire, cell):
            _mark_bits(axes)
        wire.set_title(f"{whose} program: the cell takes a bit when told to, then holds it")
    return figure, (
        f"Above, a noisy bit with writes at steps {WRITES[0][0]} and {WRITES[1][0]}; in the "
        "middle the forget gate, open except at the writes, and the input gate, the reverse; below "
        f"the cell state, {c[0, WRITES[1][0] - 1, 0]:.2f} before the second write and "
        f"{c[0, -1, 0]:.2f} at the end."
    )


def noisy_bits() -> FloatArray:
    """The inputs of the picture, shape (1, RUN_STEPS, 2): noise, and the two writes."""
    rng = np.random.default_rng(_NOISE_SEED)
    x = np.zeros((1, RUN_STEPS, 2))
    x[0, :, 0] = rng.choice([-1.0, 1.0], size=RUN_STEPS)
    for step, bit in WRITES:
        x[0, step] = bit, 1.0
    return x


def _mark_bits(axes: Axes) -> None:
    axes.set_yticks([-1, 0, 1])
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xlim(0, RUN_STEPS - 1)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share > 0.99 or share < 0.01 else f"{100 * share:.0f} %"
