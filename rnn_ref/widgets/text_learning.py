"""What one sees of a network that learns a text: its loss, and samples side by side, live."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any
from uuid import uuid4

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.plotting import LOOKS, MUTED, course_style, figure_png, image_html, new_figure
from rnn_ref.widgets.sampling_model import DemoModel
from rnn_ref.widgets.text_training import Moment, beginning_of, learn, text_of

LENGTH, TEMPERATURE, SAMPLE_SEED = 200, 0.7, 1
PERPLEXITIES = [1, 2, 4, 8, 16, 32, 64]
TITLE = "The more it has read, the fewer characters it wavers between"
_ROW = "display:flex;flex-wrap:wrap;gap:12px;margin:8px 0"
_COLUMN = "flex:1 1 15em;min-width:0;border-left:3px solid #8886;padding-left:9px"
_SAMPLE = (
    "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.35;font-family:monospace;"
    "font-size:12px;margin-top:4px"
)


def show_learning(
    choice: str, show_after: Sequence[int] = (0, 1, 10), **use: Callable[..., Any]
) -> DemoModel:
    """Let a small network learn a text; its loss and its samples are drawn anew after each pass.

    Parameters
    ----------
    choice : str
        A module of the standard library by its name, or a text of your own.
    show_after : sequence of int
        After so many passes through the text it writes a sample; the last one ends the training.
    use : functions
        A learner's own parts, see ``text_training.REFERENCE``.

    Returns
    -------
    model : DemoModel
        The trained network.
    """
    text, shown = text_of(choice), _Display()
    beginning, samples = beginning_of(text), []
    for moment in learn(choice, max(show_after), **use):
        if moment.passes in show_after:
            samples.append(_sample_html(moment, beginning))
        if moment.passes:
            figure, alt = learning_curve(moment, len(text))
            picture = image_html(figure_png(figure), alt, figure.get_figwidth())
            shown.update(picture + side_by_side(samples), alt)
    return moment.model


def learning_curve(moment: Moment, characters: int) -> tuple[Figure, str]:
    """Return the picture of the losses so far, with the perplexity beside, and its alt text."""
    look, guess = LOOKS["loss"], np.log(len(moment.model.char_to_id))
    passes = np.arange(1, len(moment.losses) + 1) * moment.passes / len(moment.losses)
    with course_style():
        figure = new_figure(2.6)
        axes = figure.add_subplot()
        axes.plot(passes, moment.losses, color=look.colour, linewidth=1)
        axes.axhline(guess, color=MUTED, linestyle=":", linewidth=1)
        axes.text(passes[-1], guess, "every character alike", ha="right", va="bottom", color=MUTED)
        axes.set(title=TITLE, xlabel="passes through the text", ylabel="loss [nats/character]")
        axes.set(xlim=(0, moment.passes), ylim=(0, guess * 1.12))
        beside = axes.twinx()  # the same curve, read as a number of characters
        beside.set_ylim(axes.get_ylim())
        beside.set_yticks(np.log(PERPLEXITIES), [str(number) for number in PERPLEXITIES])
        beside.set_ylabel("perplexity [characters]")
    alt = (
        f"Over {moment.passes} passes through {characters:,} characters the loss falls from "
        f"{moment.losses[0]:.2f} to {moment.loss:.2f} nats, the perplexity to "
        f"{moment.perplexity:.1f}."
    )
    return figure, alt


def _sample_html(moment: Moment, beginning: str) -> str:
    text = moment.model.write(beginning, LENGTH, TEMPERATURE, SAMPLE_SEED)
    noun = "pass" if moment.passes == 1 else "passes"
    numbers = f"{moment.loss:.2f} nats, perplexity {moment.perplexity:.1f}"
    return column_html(f"after {moment.passes} {noun}", numbers, beginning, text)


def column_html(title: str, line: str, beginning: str, text: str) -> str:
    """Return one of several texts that stand side by side, where there is room."""
    return (
        f'<div style="{_COLUMN}"><b>{escape(title)}</b><br>{escape(line)}'
        f'<div style="{_SAMPLE}"><b>{escape(beginning)}</b>{escape(text)}</div></div>'
    )


def side_by_side(columns: Sequence[str]) -> str:
    """Return columns as one piece of HTML."""
    return f'<div style="{_ROW}">{"".join(columns)}</div>'


class _Display:
    """One output of the cell that is shown anew in place."""

    def __init__(self) -> None:
        self._name, self._is_there = uuid4().hex, False

    def update(self, html: str, text: str) -> None:
        from IPython.display import display, update_display  # so that drawing needs no IPython

        bundle = {"text/html": html, "text/plain": text}
        if self._is_there:
            update_display(bundle, raw=True, display_id=self._name)
        else:
            display(bundle, raw=True, display_id=self._name)
        self._is_there = True
