"""The LSTM built up: the same thirty inputs, and a cell that gets one gate more in each picture."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.lstm import FloatArray
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.lstm_cell import number

STEPS = 30
WRITES = {4: 1.0, 16: -1.0}
"""Steps whose input is to be remembered, and what they bring; all other inputs are noise."""
ASKED = (12, 26)
"""Steps at which the memory is asked for."""
_NOISE_SEED = 6
CELL, STATE, INPUT = LOOKS["cell"], LOOKS["state"], LOOKS["input"]


class Growth(NamedTuple):
    """What one kind of cell holds and shows, shape (STEPS,) each."""

    title: str
    lack: str
    cell: FloatArray
    shown: FloatArray


def inputs() -> FloatArray:
    """Return the candidates g, shape (STEPS,): -1 or 1, and at two of the steps not by chance."""
    g = np.random.default_rng(_NOISE_SEED).choice([-1.0, 1.0], size=STEPS)
    for step, bit in WRITES.items():
        g[step] = bit
    return g


def stages() -> tuple[Growth, ...]:
    """Return the four cells, each with what it lacks."""
    g, steps = inputs(), np.arange(STEPS)
    written = np.isin(steps, list(WRITES)) * 1.0
    asked = np.isin(steps, ASKED) * 1.0
    everything, when_told = np.cumsum(g), np.cumsum(written * g)
    replaced, c = np.zeros(STEPS), 0.0
    for t in range(STEPS):
        c = (1 - written[t]) * c + written[t] * g[t]
        replaced[t] = c
    return (
        Growth("1   c = c + g", "adds everything, noise too", everything, everything),
        Growth("2   c = c + i ⊙ g", "cannot let go: 1 + (−1) = 0", when_told, when_told),
        Growth("3   c = f ⊙ c + i ⊙ g", "shows it when nobody asks", replaced, replaced),
        Growth(
            "4   h = o ⊙ tanh(c)",
            "keeps, replaces, shows when asked",
            replaced,
            asked * np.tanh(replaced),
        ),
    )


def four_stages() -> tuple[Figure, str]:
    """Return four small pictures of a cell that grows into an LSTM, and their alt text."""
    found = stages()
    with course_style():
        figure = new_figure(4.3)
        panels = figure.subplots(2, 2, sharex=True, sharey=True)
        for axes, stage in zip(panels.flat, found, strict=True):
            _draw(axes, stage)
        for axes in panels[1]:
            axes.set_xlabel("step")
        for axes in panels[:, 0]:
            axes.set_ylabel("cell c (line), shown (shaded)", fontsize=9)
        first, last = panels[0, 0], panels[1, 1]
        first.text(0, -4.55, "inputs g: the large ones are to be kept", fontsize=8.5, color=MUTED)
        last.text(ASKED[0], 1.35, "asked", ha="center", fontsize=8.5, color=STATE.colour)
        last.text(ASKED[1], -2.15, "asked", ha="center", fontsize=8.5, color=STATE.colour)
    ends = "; ".join(f"{s.title[4:]} {s.lack}, c ends at {number(s.cell[-1])}" for s in found)
    return figure, (
        "Four cells read the same thirty inputs, of which two are to be remembered, first 1 and "
        f"then -1: {ends}."
    )


def _draw(axes: Any, stage: Growth) -> None:
    steps = np.arange(STEPS)
    axes.set(xlim=(-0.7, STEPS - 0.3), ylim=(-6.4, 5.4), yticks=[-3, -1, 0, 1, 3])
    axes.axhline(0, color=FAINT, linewidth=0.8)
    told = np.isin(steps, list(WRITES))
    for chosen, size in ((~told, 3), (told, 7)):
        style = {**INPUT.plot_style(), "markersize": size}
        axes.plot(steps[chosen], np.where(inputs() > 0, -5.1, -5.7)[chosen], **style)
    axes.plot(steps, stage.cell, color=CELL.colour, linewidth=2.4, drawstyle="steps-mid")
    axes.fill_between(steps, stage.shown, step="mid", color=STATE.colour, alpha=0.28, linewidth=0)
    axes.set_title(stage.title, fontsize=10)
    axes.text(0.02, 0.96, stage.lack, transform=axes.transAxes, va="top", fontsize=9, color=INK)
