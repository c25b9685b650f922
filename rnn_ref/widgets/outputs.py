"""Unit 02: the pattern picker."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import ipywidgets as widgets
import numpy as np

from rnn_ref.errors import InputError
from rnn_ref.outputs import PATTERNS, loss_mask
from rnn_ref.plotting import course_style
from rnn_ref.widgets.learners import tried
from rnn_ref.widgets.outputs_graph import PatternDrawing
from rnn_ref.widgets.stage import Panel

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


class PatternPicker(Panel):
    """A pattern, the lengths of one sequence, and the mask they make.

    Parameters
    ----------
    mask : function
        What makes the mask: ``loss_mask``, or a learner's own.
    """

    def __init__(self, pattern: str = START, mask: Any = loss_mask) -> None:
        super().__init__(ALT, "8.5em")
        self._mask = mask
        with course_style():
            self._drawing = PatternDrawing(MOST_INPUTS - 1 + MOST_TARGETS + MOST_PADDING)
        self.pattern = widgets.Dropdown(
            options=list(PATTERNS), value=pattern, description="pattern", style=self.style
        )
        self.n_in = self.slider("inputs", 3, 1, MOST_INPUTS)
        self.n_out = self.slider("targets", 3, 1, MOST_TARGETS)
        self.padding = self.slider("padding [steps]", 1, 0, MOST_PADDING)
        self._redraw()
        self.follow(self._redraw, self.pattern, self.n_in, self.n_out, self.padding)
        self.arrange([self.pattern, self.padding, self.reset], [self.n_in, self.n_out])

    def lengths(self) -> tuple[int, int, int]:
        """Return n_in, n_out and T as the pattern takes them: a slider it fixes is not asked."""
        pattern = self.pattern.value
        n_in = 1 if pattern.startswith("one-") else self.n_in.value
        n_out = 1 if pattern.endswith("-one") else self.n_out.value
        if pattern == "aligned":
            n_out = n_in
        first = 0 if pattern == "aligned" else n_in - 1
        return n_in, n_out, first + n_out + self.padding.value

    def _redraw(self) -> None:
        pattern = self.pattern.value
        self.n_in.disabled = pattern.startswith("one-")
        self.n_out.disabled = pattern.endswith("-one") or pattern == "aligned"
        n_in, n_out, T = self.lengths()
        mask, note = self._row(pattern, T, np.array([n_in]), np.array([n_out]))
        note = f"<br>{note}" if note else ""
        self.put(self._drawing.show(n_in, mask), _words(pattern, int(mask.sum()), T) + note)

    def _row(self, *arguments: Any) -> tuple[Any, str]:
        """Return the mask of the one sequence and, if it is not the learner's, why."""

        def make(mask: Any) -> Any:
            found, T = np.asarray(mask(*arguments), dtype=bool), arguments[1]
            if found.shape != (1, T):
                raise InputError(f"mask has shape {found.shape}; expected (1, {T}) = (N, T)")
            return found[0]

        return tried(make, self._mask, loss_mask, does="draws this", detailed=True)


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
