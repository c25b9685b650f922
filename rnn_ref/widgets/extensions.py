"""The notebook on extensions: networks side by side, and pictures of what is new in them."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tqdm.auto import tqdm  # type: ignore[import-untyped]

from rnn_ref.errors import InputError
from rnn_ref.extensions.comparison import Net, Result, train
from rnn_ref.extensions.tasks import Task
from rnn_ref.gradcheck import relative_error
from rnn_ref.plotting import INK, LOOKS, MUTED, course_style, new_figure

NETS = (
    Net("RNN"),
    Net("LSTM"),
    Net("GRU"),
    Net("minGRU"),
    Net("minGRU", layers=2),
    Net("GRU", both_ways=True),
)
BUDGET = 1000  # parameters, about
RATE = 0.02  # for all: found for none of them alone
SEEDS = (0, 1, 2)


def compared(mine: Callable[[], Any], reference: Callable[[], Any]) -> None:
    """Say how far a learner's result is from the reference's, or that there is none yet.

    Parameters
    ----------
    mine, reference : functions without arguments
        Each returns an array.
    """
    expected = np.asarray(reference())
    try:
        result = mine()
    except NotImplementedError:
        print("Not written yet.")
        return
    if np.shape(result) != expected.shape:
        print(f"Your result has shape {np.shape(result)}; the reference has {expected.shape}.")
        return
    error = relative_error(np.asarray(result, dtype=float), expected)
    verdict = "they agree" if error < 1e-9 else "they differ"
    print(f"Largest relative difference from the reference: {error:.0e}: {verdict}.")


def compare(
    task: Task,
    steps: int,
    *,
    nets: Sequence[Net] = NETS,
    seeds: Sequence[int] = SEEDS,
    **bar: Any,
) -> list[Result]:
    """Train every network with every seed, beneath a bar; an interrupt keeps what is done.

    Parameters
    ----------
    task : Task
    steps : int
        Training steps of each network.
    nets : sequence of Net
    seeds : sequence of int
    **bar
        For tqdm; ``disable=True`` shows none.
    """
    results: list[Result] = []
    with tqdm(total=len(nets) * len(seeds), unit="network", leave=False, **bar) as shown:
        try:
            for net, seed in product(nets, seeds):
                shown.set_description(net.name)
                results.append(train(net, task, BUDGET, steps, seed, RATE))
                shown.update()
        except KeyboardInterrupt:
            print(f"Stopped: {len(results)} of {len(nets) * len(seeds)} networks are trained.")
    return results


def table(results: Sequence[Result], marks: Mapping[str, float]) -> None:
    """Show widths, parameters, test losses and times, a row for each network.

    Parameters
    ----------
    results : sequence of Result
        From ``compare``.
    marks : mapping from name to test loss
        What needs no network, for comparison: a row each.
    """
    from IPython.display import display

    head = ("network", "width", "parameters", "test loss, a number a seed", "ms a step")
    rows = [_row(runs) for runs in _by_net(results).values()]
    rows += [(name, "", "", f"{loss:.4f}", "") for name, loss in marks.items()]
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    html = f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
    plain = "\n".join(" | ".join(row) for row in (head, *rows))
    display({"text/html": html, "text/plain": plain}, raw=True)


def _by_net(results: Sequence[Result]) -> dict[Net, list[Result]]:
    if not results:
        raise InputError("No network was trained; run the cell before to its end.")
    nets: dict[Net, list[Result]] = {}
    for result in results:
        nets.setdefault(result.net, []).append(result)
    return nets


def _row(runs: list[Result]) -> tuple[str, ...]:
    losses = "  ".join(f"{run.test_loss:.4f}" for run in runs)
    time = np.median([run.ms_per_step for run in runs])
    return runs[0].net.name, str(runs[0].width), str(runs[0].parameters), losses, f"{time:.1f}"


def losses_picture(
    results: Sequence[Result], marks: Mapping[str, float], title: str
) -> tuple[Figure, str]:
    """Draw the test losses of all networks, a dot a seed; return the picture and its alt text.

    Parameters
    ----------
    results, marks
        As in ``table``.
    title : str
        The figure's claim.
    """
    nets = _by_net(results)
    with course_style():
        figure = new_figure(0.28 * (len(nets) + len(marks)) + 1.1)
        axes = figure.add_subplot()
        for row, runs in enumerate(nets.values()):
            look = {**LOOKS["loss"].plot_style(), "linestyle": "none"}
            axes.plot([run.test_loss for run in runs], [row] * len(runs), alpha=0.75, **look)
        for row, loss in enumerate(marks.values(), start=len(nets)):
            axes.axvline(loss, color=MUTED, linestyle=":", linewidth=1.2)
            axes.plot([loss], [row], linestyle="none", **_MARK)
        losses = [run.test_loss for run in results] + list(marks.values())
        if max(losses) > 10 * min(losses):
            axes.set(xscale="log")
            axes.xaxis.set_major_formatter(lambda loss, _: f"{loss:g}")
            axes.xaxis.set_minor_formatter(lambda loss, _: "")
        else:
            axes.set_xlim(left=0)
        axes.set(title=title, xlabel="test loss [mean squared error], a mark a seed")
        axes.invert_yaxis()
        axes.set_yticks(range(len(nets) + len(marks)), [*(net.name for net in nets), *marks])
    middle = ", ".join(
        f"{net.name}: {np.median([run.test_loss for run in runs]):.4f}"
        for net, runs in nets.items()
    )
    return figure, f"{title}. Median test loss of each network: {middle}."


def wrappers_picture() -> tuple[Figure, str]:
    """Draw a deep and a bidirectional network, unrolled; return the picture and its alt text."""
    with course_style():
        figure = new_figure(2.6)
        left, right = figure.subplots(1, 2)
        for axes, title in ((left, "Deep: layer on layer"), (right, "Bidirectional: two readers")):
            axes.set(xlim=(-0.6, 3.6), ylim=(-0.5, 3.1), title=title)
            axes.axis("off")
        for t in range(4):
            _box(left, t, 0, f"x{_SMALL[t]}", "input")
            _box(left, t, 1.3, "layer 1", "state")
            _box(left, t, 2.6, "layer 2", "state")
            _arrow(left, (t, 0), (t, 1.3))
            _arrow(left, (t, 1.3), (t, 2.6))
            _box(right, t, 1.3, f"x{_SMALL[t]}", "input")
            _box(right, t, 2.6, "ahead", "state")
            _box(right, t, 0, "behind", "cell")
            _arrow(right, (t, 1.3), (t, 2.6))
            _arrow(right, (t, 1.3), (t, 0))
        for t in range(3):
            _arrow(left, (t, 1.3), (t + 1, 1.3), sideways=True)
            _arrow(left, (t, 2.6), (t + 1, 2.6), sideways=True)
            _arrow(right, (t, 2.6), (t + 1, 2.6), sideways=True)
            _arrow(right, (t + 1, 0), (t, 0), sideways=True)
    return figure, (
        "Left: two layers; the states of the first are the inputs of the second, and both hand "
        "their states on from left to right. Right: two cells read the same inputs, one from left "
        "to right, one from right to left."
    )


def scan_picture() -> tuple[Figure, str]:
    """Draw which steps a scan joins in each pass; return the picture and its alt text."""
    T = 8
    with course_style():
        figure = new_figure(2.5)
        axes = figure.add_subplot()
        for level in range(4):
            for t in range(T):
                known = min(2**level, t + 1)
                done = known == t + 1
                name = "state" if done else "weight"
                look = LOOKS[name]
                axes.text(
                    t,
                    level,
                    str(known),
                    ha="center",
                    va="center",
                    color=INK,
                    bbox={
                        "boxstyle": "round,pad=0.3",
                        "fc": look.tint,
                        "ec": look.colour,
                        "linestyle": "-" if done else ":",
                    },
                )
                if level < 3:
                    _arrow(axes, (t, level), (t, level + 1), shrink=11)
                    if t + 2**level < T:
                        _arrow(axes, (t, level), (t + 2**level, level + 1), shrink=11)
        axes.set(xlim=(-0.5, T - 0.5), ylim=(-0.4, 3.4), xlabel="step")
        axes.set_xticks(range(T), [str(t + 1) for t in range(T)])
        axes.set_yticks(range(4), ["start", "pass 1", "pass 2", "pass 3"])
        axes.set_title("Eight steps take three passes")
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.tick_params(length=0)
    return figure, (
        "Eight boxes a row. At the start each step knows itself alone; after the first pass two "
        "steps are joined in each box, after the second four, after the third all up to it."
    )


_SMALL = "₁₂₃₄"
_MARK = {"color": MUTED, "marker": "x"}


def _box(axes: Axes, x: float, y: float, text: str, name: str) -> None:
    look = LOOKS[name]
    box = {"boxstyle": "round,pad=0.35", "fc": look.tint, "ec": look.colour}
    axes.text(x, y, text, ha="center", va="center", fontsize=7.5, bbox=box, zorder=3)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    sideways: bool = False,
    shrink: float | None = None,
) -> None:
    room = shrink if shrink is not None else (21 if sideways else 10)
    style = {
        "arrowstyle": "-|>,head_width=0.14,head_length=0.3",
        "color": MUTED,
        "linewidth": 1,
        "shrinkA": room,
        "shrinkB": room,
    }
    axes.annotate("", end, start, arrowprops=style, zorder=1)
