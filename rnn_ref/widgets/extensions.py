"""The notebook on extensions: networks trained side by side, their table and their picture."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import product
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.errors import InputError
from rnn_ref.extensions.comparison import Result, train
from rnn_ref.extensions.networks import Net
from rnn_ref.extensions.tasks import ADDING, SWITCH, Task, best_guess
from rnn_ref.plotting import LOOKS, MUTED, course_style, new_figure, show
from rnn_ref.widgets.bars import tqdm

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


def adding_marks() -> dict[str, float]:
    """What is to be beaten on the adding problem: who always answers 1, on the test examples."""
    _, y = ADDING.test()
    return {"always 1": float(np.mean((y - 1) ** 2))}


def switch_marks() -> dict[str, float]:
    """The smallest losses anyone can expect on the noisy switch, on the test examples."""
    x, y = SWITCH.test()
    names = {"best, past known": False, "best, all known": True}
    return {k: float(np.mean((best_guess(x, look_ahead=v) - y) ** 2)) for k, v in names.items()}


def show_results(results: Sequence[Result], marks: Mapping[str, float], title: str) -> None:
    """Show ``table`` and ``losses_picture``."""
    table(results, marks)
    show(*losses_picture(results, marks, title))


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
    losses = " · ".join(f"{run.test_loss:.4f}" for run in runs)
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
            axes.plot([loss], [row], linestyle="none", color=MUTED, marker="x")
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
