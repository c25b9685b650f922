"""Unit 10: the pictures and the tables of the adding problem, of training and of the codes."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnn_ref.long_memory import best_unit_probe
from rnn_ref.plotting import INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.bars import tqdm
from rnn_ref.widgets.long_memory_saved import Reading, load_results
from rnn_ref.widgets.long_memory_training import FloatArray
from rnn_ref.widgets.predicted import above, below, draw_prediction

BASELINE = 1 / 6
GOAL = 0.01
CELL_LOOKS = {"RNN": LOOKS["state"], "LSTM": LOOKS["cell"]}
CELLS = tuple(CELL_LOOKS)
ROTATIONS = 60


def adding_example(x: FloatArray, y: FloatArray) -> tuple[Figure, str]:
    """One example of a batch: its numbers, the two that are marked, their sum."""
    values, marked = x[0, :, 0], x[0, :, 1] == 1
    steps = np.arange(len(values))
    with course_style():
        figure = new_figure(height_in=1.9)
        axes = figure.add_subplot()
        axes.bar(steps, values, 0.7, color=LOOKS["input"].tint, edgecolor=LOOKS["input"].colour)
        axes.bar(steps[marked], values[marked], 0.7, color=LOOKS["input"].colour)
        for step in steps[marked]:
            spot: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "fontsize": 9}
            axes.annotate(f"{values[step]:.2f}", (step, values[step]), (0, 3), **spot)
        axes.axvline(len(values) // 2 - 0.5, color=MUTED, linestyle=":", linewidth=1)
        axes.set_ylim(0, 1.25)
        axes.set_xlabel("step")
        axes.set_ylabel("number")
        axes.set_title(f"Two numbers are marked; the answer is {y[0]:.2f}")
    alt = f"Of {len(values)} numbers two are marked, one in each half; they add to {y[0]:.2f}."
    return figure, alt


def adding_curves(
    live: dict[str, FloatArray] | None = None, predicted: str = ""
) -> tuple[Figure, str]:
    """Error over training: the saved runs, or what was learned just now.

    Parameters
    ----------
    live : dict from "RNN" or "LSTM" to losses, shape (steps,)
        Without it the saved curves of every seed are drawn.
    predicted : str
        Which cells were said to get below the goal: one of the two, "both" or "neither".
    """
    if live is None:
        saved = load_results()["adding"]  # (cell, seed, point)
        curves, every = {"RNN": saved[0], "LSTM": saved[1]}, 25
        title = "Five seeds of each: every LSTM learns to add, no tanh RNN does"
    else:
        curves, every = {cell: _means(losses)[None] for cell, losses in live.items()}, 10
        title = _live_title(curves)
    with course_style():
        figure = new_figure(height_in=2.9)
        axes = figure.add_subplot()
        for cell, runs in curves.items():
            look = CELL_LOOKS[cell]
            for run in runs:
                at = every * (np.arange(len(run)) + 0.5)
                axes.plot(at, run, color=look.colour, linestyle=look.line, linewidth=1.2)
            if runs.size:
                spot: dict[str, Any] = {"textcoords": "offset points", "va": "center", "color": INK}
                axes.annotate(cell, (at[-1], runs[:, -3:].mean()), (4, 0), **spot)
        _level(axes, BASELINE, "1/6: always answering 1", above=True)
        _level(axes, GOAL, "0.01")
        axes.set_yscale("log")
        axes.margins(x=0.08)
        axes.set_ylim(top=0.5)
        if predicted:
            _draw_goal(axes, predicted)
        axes.set_xlabel("batches of 20 examples")
        axes.set_ylabel("mean squared error")
        axes.set_title(title)
    told = f" Predicted below {GOAL}: {predicted}." if predicted else ""
    return figure, f"Error over training, on a log axis. {title}.{told}"


def _draw_goal(axes: Axes, predicted: str) -> None:
    """Draw which cells were said to end above the goal, and which below it."""
    chosen = {"both": CELLS, "neither": ()}.get(predicted, (predicted,))
    end = axes.get_xlim()[1]
    axes.set_xlim(right=1.24 * end)
    for side, cells in (
        (below, [cell for cell in CELLS if cell in chosen]),
        (above, [cell for cell in CELLS if cell not in chosen]),
    ):
        if cells:
            draw_prediction(axes, side(GOAL, ", ".join(cells)), 1.03 * end, 1.05 * end)


def _live_title(curves: dict[str, FloatArray]) -> str:
    ends = [f"{cell} {runs[0, -1]:.3f}" for cell, runs in curves.items() if runs.size]
    return f"Error at the end, just now: {', '.join(ends) or 'stopped too early to say'}"


def _means(losses: FloatArray, over: int = 10) -> FloatArray:
    whole = len(losses) // over * over
    means: FloatArray = np.asarray(losses[:whole]).reshape(-1, over).mean(axis=1)
    return means


def _level(axes: Axes, height: float, name: str, above: bool = False) -> None:
    axes.axhline(height, color=MUTED, linestyle=":", linewidth=1)
    axes.annotate(
        name,
        (0.3 if above else 0.01, height),
        (0, 3 if above else -3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="bottom" if above else "top",
        fontsize=8,
        color=MUTED,
    )


def adding_table() -> None:
    """Show how many seeds succeeded, and how long a run took."""
    saved = load_results()
    rows = []
    for cell, curves, seconds in zip(
        ("tanh RNN", "LSTM"), saved["adding"], saved["adding_seconds"], strict=True
    ):
        last = curves[:, -2:].mean(axis=1)  # the last 50 batches
        reached = int((last < GOAL).sum())
        median, worst = f"{np.median(last):.4f}", f"{last.max():.4f}"
        longest = f"{seconds[:, 1].max():.0f} s"
        rows.append([cell, f"{reached} of {len(last)}", median, worst, longest])
    heads = ["64 units, 100 steps", f"seeds below {GOAL}", "median error", "worst"]
    _show_table([*heads, "longest run, one core"], rows)


def training_curves() -> tuple[Figure, str]:
    """Bits a character over the characters read, of both saved models, and at the end on new text.

    At the end of a curve stand the passages, and above them the final modules.
    """
    saved = load_results()
    look = LOOKS["cell"]
    with course_style():
        figure = new_figure(height_in=2.9)
        axes = figure.add_subplot()
        for name, line in (("five_minutes", "--"), ("saved", "-")):
            curve, bits = saved[f"{name}_curve"], saved[f"{name}_bits"][:, 1]
            read = saved[f"{name}_read"] / 1e6
            end = float(read[-1])
            smooth = np.convolve(curve, np.ones(9) / 9, mode="valid")
            axes.plot(read[4:-4], smooth, color=look.colour, linestyle=line, linewidth=1.4)
            for text_bits, filled in zip(bits, ("full", "none"), strict=True):
                axes.plot([end], [text_bits], color=INK, marker=look.marker, fillstyle=filled)
            axes.annotate(
                f"{saved[f'{name}_size'][0]} units: passages {bits[0]:.2f},\n"
                f"new modules {bits[1]:.2f}",
                (end, bits[1]),
                (0, 7),
                textcoords="offset points",
                ha="right",
                fontsize=9,
            )
        for code, height in zip(saved["codes"], saved["code_bits"][0, :, 1], strict=True):
            if code in ("bigram", "xz"):
                _level(axes, float(height), f"{code}, primed, on passages")
        axes.set_ylim(1, 4.5)
        axes.set_xlabel("characters read [millions]")
        axes.set_ylabel("loss [bits/character]")
        axes.set_title("Most is learned in the first million characters")
    alt = (
        "Most is learned in the first million characters: training loss in bits a character falls "
        "steeply, then slowly. At the end of each curve stand the loss on passages of known "
        "modules, near the training loss, and that on new modules, well above it."
    )
    return figure, alt


def codes_table() -> None:
    """Show bits a character of every code on both texts, primed, and what must be there before."""
    saved = load_results()
    before = f"{saved['characters'][0] / 1e6:.1f} MB"
    rows = [
        [str(code), *(f"{bits:.2f}" for bits in saved["code_bits"][:, i, 1]), before]
        for i, code in enumerate(saved["codes"])
    ]
    for name in ("five_minutes", "saved"):
        units, weights = saved[f"{name}_size"]
        cores = int(saved[f"{name}_cores"])
        minutes = saved[f"{name}_seconds"][1] / cores / 60
        on = "1 core" if cores == 1 else f"{cores} cores"
        label = f"LSTM, {units} units, {minutes:.1f} min on {on}"
        what = f"{2 * weights / 1e3:.0f} kB"
        _, fixed, adapting = saved[f"{name}_bits"].T
        rows.append([label, *(f"{bits:.2f}" for bits in fixed), what])
        rows.append(["the same, adapting", *(f"{bits:.2f}" for bits in adapting), what])
    _show_table(["bits/character", "passages", "new modules", "what must be there"], rows)


def split_picture() -> tuple[Figure, str]:
    """Return the hundred modules in order, by what is done with each, and the alt text."""
    looks = {"training": LOOKS["state"].tint, "choosing": LOOKS["input"].colour, "new": INK}
    with course_style():
        figure = new_figure(height_in=1.75)
        axes = figure.add_subplot()
        for i in range(100):
            row, column = divmod(i, 50)
            part = {4: "choosing", 9: "new"}.get(i % 10, "training")
            corner = (column, -1.5 * row)
            axes.add_patch(
                Rectangle(corner, 0.9, 1, facecolor=looks[part], edgecolor=MUTED, lw=0.5)
            )
        for x, part in ((0, "training"), (12, "choosing"), (24, "new")):
            axes.add_patch(Rectangle((x, -3.3), 0.9, 1, facecolor=looks[part], edgecolor=MUTED))
            text = f"{part} module" if part == "new" else part
            axes.text(x + 1.3, -2.8, text, va="center", fontsize=9)
        axes.plot([36.2] * 2, [-3.4, -2.2], color=LOOKS["loss"].colour, linewidth=2.5)
        axes.text(36.9, -2.8, "passage cut out", va="center", fontsize=9)
        for begin in range(3, 100, 10):
            for cut in (0.3, 3.0, 5.2):
                line, place = divmod(begin + cut, 50)
                axes.plot([place] * 2, [-1.5 * line - 0.12, 1.12 - 1.5 * line], "-", linewidth=1.6,
                          color=LOOKS["loss"].colour)  # fmt: skip
        axes.set(xlim=(-0.3, 50.2), ylim=(-3.6, 1.4))
        axes.set_axis_off()
        axes.set_title("Of each ten modules one is for choosing, one is new")
    return figure, (
        "A hundred modules in a row: of each ten the fifth is for choosing, the tenth is new, the "
        "others are training text, out of which passages are cut at even distances."
    )


def _show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table: HTML where there is a browser, aligned columns where not."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    plain = "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    cells = ["".join(f"<th>{escape(head)}</th>" for head in heads)]
    cells += ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    html = "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>"
    display({"text/html": html, "text/plain": plain}, raw=True)


Best = Callable[[FloatArray, Any], tuple[int, float]]


def control(reading: Reading, label: str, best: Best, rng: np.random.Generator) -> FloatArray:
    """Correlations that the same procedure finds for the labels turned against the text.

    The labels are rotated by a random number of characters. That keeps their runs, as shuffling
    would not: a text in quotes stays one, but where the network read none.
    """
    wanted, L = reading.labels[label], len(reading.text)
    offsets = rng.integers(L // 20, L - L // 20, size=ROTATIONS)
    shown = tqdm(offsets, desc=f"rotations, {label}", leave=False, mininterval=0.5)
    return np.array([abs(best(reading.h, np.roll(wanted, int(by)))[1]) for by in shown])


def units_table(
    reading: Reading, untrained: Reading, best: Best = best_unit_probe, seed: int = 0
) -> None:
    """Show for each label its best unit, its correlation, and what the controls reach.

    Parameters
    ----------
    reading, untrained : Reading
        Of the trained network, and of one with random weights.
    best : function of h, labels
        ``best_unit_probe``, or the learner's own.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for label, wanted in reading.labels.items():
        unit, r = best(reading.h, wanted)
        _, r_untrained = best(untrained.h, wanted)
        chance = control(reading, label, best, rng)
        rows.append([label, str(unit), f"{r:+.2f}", f"{chance.max():.2f}", f"{r_untrained:+.2f}"])
    heads = ["label", "best unit", "r held out", f"largest |r| of {ROTATIONS} rotations"]
    _show_table([*heads, "r of an untrained network"], rows)
