"""Unit 02: the pattern picker."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import ipywidgets as widgets
import numpy as np

from rnn_ref.errors import InputError
from rnn_ref.outputs import PATTERNS, loss_mask
from rnn_ref.plotting import course_style
from rnn_ref.widgets.outputs_graph import PatternDrawing
from rnn_ref.widgets.stage import Stage

ALT = (
    "The unrolled network: a row of inputs, a row of states, a row of scores, and above them the "
    "mask, True at the steps where the chosen pattern has a target and False at all others."
)
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "one-to-one": "no sequence at all: a picture in, its class out",
        "one-to-many": "a picture in, the words of its caption out",
        "many-to-one": "the words of a review in, one verdict out",
        "many-to-many": "the frames of a video in, then the words of its caption out",
        "aligned": "the frames of a video in, a label for each frame out",
    }
)
MOST_INPUTS, MOST_TARGETS, MOST_PADDING = 4, 4, 2
START = "many-to-many"
START_LENGTHS = {"n_in": 3, "n_out": 3, "padding": 1}
_LABEL = {"description_width": "8.5em"}
_ROW = widgets.Layout(flex_flow="row wrap", align_items="center")


class PatternPicker:
    """A pattern, the lengths of one sequence, and the mask they make.

    Parameters
    ----------
    mask : function
        What makes the mask: ``loss_mask``, or a learner's own.
    """

    def __init__(self, pattern: str = START, mask: Any = loss_mask) -> None:
        self._mask, self._first = mask, pattern
        self.stage = Stage(ALT)
        with course_style():
            most = MOST_INPUTS - 1 + MOST_TARGETS + MOST_PADDING
            self._drawing = PatternDrawing(most)
        self.pattern = widgets.Dropdown(
            options=list(PATTERNS), value=pattern, description="pattern", style=_LABEL
        )
        self.n_in = _slider("inputs", 1, MOST_INPUTS, START_LENGTHS["n_in"])
        self.n_out = _slider("targets", 1, MOST_TARGETS, START_LENGTHS["n_out"])
        self.padding = _slider("padding [steps]", 0, MOST_PADDING, START_LENGTHS["padding"])
        self.reset = widgets.Button(description="Reset", tooltip="Back to the start")
        for control in (self.pattern, self.n_in, self.n_out, self.padding):
            control.observe(self._redraw, "value")
        self.reset.on_click(self._start_again)
        self._redraw()

    def show(self) -> None:
        """Display the widget; its picture as it is now stands in where no kernel runs."""
        live = self._drawing.live
        controls = [
            widgets.Box([self.pattern, self.padding, self.reset], layout=_ROW),
            widgets.Box([self.n_in, self.n_out], layout=_ROW),
        ]
        self.stage.show(controls, live.still(), live.figure.get_figwidth())

    def lengths(self) -> tuple[int, int, int]:
        """Return n_in, n_out and T as the pattern takes them: a slider it fixes is not asked."""
        pattern = self.pattern.value
        n_in = 1 if pattern.startswith("one-") else self.n_in.value
        n_out = 1 if pattern.endswith("-one") else self.n_out.value
        if pattern == "aligned":
            n_out = n_in
        first = 0 if pattern == "aligned" else n_in - 1
        return n_in, n_out, first + n_out + self.padding.value

    def _start_again(self, _: object = None) -> None:
        self.pattern.value = self._first
        self.n_in.value, self.n_out.value, self.padding.value = START_LENGTHS.values()

    def _redraw(self, _: object = None) -> None:
        pattern = self.pattern.value
        self.n_in.disabled = pattern.startswith("one-")
        self.n_out.disabled = pattern.endswith("-one") or pattern == "aligned"
        n_in, n_out, T = self.lengths()
        mask, note = self._row(pattern, T, n_in, n_out)
        live = self._drawing.show(n_in, mask)
        self.stage.update(live, _words(pattern, int(mask.sum()), T) + note)

    def _row(self, pattern: str, T: int, n_in: int, n_out: int) -> tuple[Any, str]:
        """Return the mask of the one sequence and, if the learner's stopped, why it is not theirs.

        A learner's function may be unfinished or wrong; wrong masks are shown as they are.
        """
        arguments = pattern, T, np.array([n_in]), np.array([n_out])
        try:
            mask = np.asarray(self._mask(*arguments), dtype=bool)
            if mask.shape != (1, T):
                raise InputError(f"mask has shape {mask.shape}; expected (1, {T}) = (N, T)")
            return mask[0], ""
        except NotImplementedError:
            note = "Your loss_mask is not written yet; the reference draws this."
        except Exception as error:  # whatever a learner's function may do wrong
            if self._mask is loss_mask:
                raise
            note = f"Your loss_mask stopped ({type(error).__name__}: {error}); "
            note += "the reference draws this."
        return loss_mask(*arguments)[0], f"<br>{note}"


def _slider(name: str, low: int, high: int, value: int) -> widgets.IntSlider:
    return widgets.IntSlider(value=value, min=low, max=high, description=name, style=_LABEL)


def _words(pattern: str, count: int, T: int) -> str:
    of = "1 step counts" if count == 1 else f"{count} steps count"
    return (
        f"<b>{pattern}</b>: {PATTERNS[pattern]}. For example, {EXAMPLES[pattern]}. "
        f"{of}, of {T}: the loss is the mean over {'it' if count == 1 else 'them'} alone."
    )


def pattern_picker(pattern: str = START, mask: Any = loss_mask) -> None:
    """Show the unrolled network with the mask of a pattern, to be picked.

    Parameters
    ----------
    pattern : str
        The pattern to begin with, one of ``rnn_ref.outputs.PATTERNS``.
    mask : function
        What makes the mask; your own ``loss_mask`` if you hand it in.

    Raises
    ------
    InputError
        If there is no pattern of that name.
    """
    if pattern not in PATTERNS:
        raise InputError(f"There is no pattern {pattern!r}; there are {', '.join(PATTERNS)}.")
    PatternPicker(pattern, mask).show()
