"""Unit 10: held-out text coloured by one unit of the saved model."""

from html import escape

import ipywidgets as widgets
import numpy as np

from rnn_ref.long_memory import best_unit_probe
from rnn_ref.plotting import FAINT, INK, MUTED, course_style, new_figure
from rnn_ref.widgets.long_memory_saved import OF_EACH, Reading, read_both_halves
from rnn_ref.widgets.long_memory_text import LABELS, BoolArray
from rnn_ref.widgets.long_memory_training import FloatArray
from rnn_ref.widgets.stage import LiveFigure, Panel

ALT = (
    "How often the unit has each value, as two outlines: one inside of what is looked for, one "
    "elsewhere. The less they overlap, the more the unit tells. Below, held-out text is coloured "
    "by the unit's value."
)
BINS = np.linspace(-1, 1, 25)
SHOWN = 660  # characters on the screen
STEP = 200  # characters between one place of the slider and the next
LABEL = "prose"
_POSITIVE, _NEGATIVE = "0,114,178", "230,159,0"  # the blue and orange of Okabe and Ito
_TEXT_STYLE = (
    "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;max-width:840px;margin:6px 0;"
    "height:25em;overflow-y:auto;border-left:3px solid #8886;padding-left:9px"  # never jumps
)


class _Histograms:
    """How often a unit has which value, in what is labelled and elsewhere; two moving outlines."""

    def __init__(self) -> None:
        nothing = np.zeros(len(BINS) - 1)
        with course_style():
            figure = new_figure(height_in=2.1)
            axes = figure.add_subplot()
            self._inside = axes.stairs(nothing, BINS, fill=True, color=FAINT)
            self._edge = axes.stairs(nothing, BINS, color=INK, linewidth=1.8)
            self._outside = axes.stairs(nothing, BINS, color=INK, linewidth=1.8, linestyle="--")
            self._names = [
                axes.text(1.0, 1.0, "", transform=axes.transAxes, ha="right", va="top"),
                axes.text(
                    1.0, 0.86, "- - elsewhere", transform=axes.transAxes, ha="right", va="top"
                ),
            ]
            ramp = np.linspace(-1, 1, 41)
            for colour, sign in ((_NEGATIVE, -1), (_POSITIVE, 1)):  # the text's own colours
                rgb = [int(part) / 255 for part in colour.split(",")]
                for left in ramp[:-1][np.sign(ramp[:-1] + 0.025) == sign]:
                    strength = 0.6 * abs(left + 0.025)
                    axes.axvspan(left, left + 0.05, 0, 0.07, color=rgb, alpha=strength, lw=0)
            axes.set_xlim(-1, 1)
            axes.set_ylim(0, 1)
            axes.set_xlabel("the unit's value after a character")
            axes.set_ylabel("share of characters")
            axes.axvline(0, color=MUTED, linewidth=0.6)
            axes.set_title("The less the outlines overlap, the more the unit tells")
            moving = [self._inside, self._edge, self._outside, *self._names]
            self.live = LiveFigure(figure, moving)

    def of(self, values: FloatArray, label: BoolArray, name: str) -> LiveFigure:
        """The figure for one unit."""
        inside, outside = shares(values[label]), shares(values[~label])
        self._inside.set_data(inside)
        self._edge.set_data(inside)
        self._outside.set_data(outside)
        self._names[0].set_text(f"— in {name}")
        return self.live


def shares(values: FloatArray) -> FloatArray:
    """Share of the values in each of ``BINS``; zeros if there are none."""
    counts, _ = np.histogram(values, BINS)
    return np.asarray(counts / max(len(values), 1), dtype=np.float64)


class UnitTextWidget(Panel):
    """Held-out text, coloured by a unit that a slider or a label chooses.

    Parameters
    ----------
    reading : Reading
    """

    def __init__(self, reading: Reading) -> None:
        super().__init__(ALT, "7em", hint=None)
        self._reading = reading
        self._middle = len(reading.text) // 2
        h, labels = reading.h, reading.labels
        last = self._middle - SHOWN
        self.best = {label: best_unit_probe(h, labels[label]) for label in LABELS}
        self._figure = _Histograms()
        self.label = widgets.Dropdown(
            options=LABELS, value=LABEL, description="look for", style=self.style
        )
        self.unit = self.slider("unit", self.best[LABEL][0], 0, h.shape[1] - 1)
        place = self._mixed_place(LABEL)
        self.place = self.slider("go to", place, 0, last - last % STEP, STEP)
        self.follow(self._choose, self.label)
        self.follow(self._move, self.unit, self.place)
        self.arrange([self.label, self.unit], [self.place, self.reset])
        self._move()

    def correlation(self, unit: int, label: str) -> float:
        """Of a unit with a label, on the held-out half."""
        values = self._reading.h[self._middle :, unit].astype(np.float64)
        wanted = self._reading.labels[label][self._middle :]
        if np.ptp(values) == 0:
            return 0.0
        return float(np.corrcoef(values, wanted)[0, 1])

    def _mixed_place(self, label: str) -> int:
        """The place whose passage, of one piece, comes nearest to being labelled by half."""
        wanted = self._reading.labels[label][self._middle :]
        places = range(0, len(wanted) - SHOWN + 1, STEP)
        whole = [at for at in places if at % OF_EACH + SHOWN <= OF_EACH]
        return min(whole, key=lambda at: abs(float(wanted[at : at + SHOWN].mean()) - 0.5))

    def _choose(self) -> None:
        self.unit.value = self.best[self.label.value][0]
        self.place.value = self._mixed_place(self.label.value)
        self._move()

    def _move(self) -> None:
        unit, label = self.unit.value, self.label.value
        held_out = slice(self._middle, None)
        values = self._reading.h[held_out, unit]
        wanted = self._reading.labels[label][held_out]
        live = self._figure.of(values, wanted, label)
        passage = slice(self.place.value, self.place.value + SHOWN)
        text = self._reading.text[held_out][passage]
        largest = float(np.abs(values).max()) or 1.0
        colours = coloured(text, values[passage] / largest, wanted[passage])
        best = " (the best for it on training text)" if unit == self.best[label][0] else ""
        words = (
            f"Unit {unit}{best}: correlation with {label} on held-out text "
            f"<b>{self.correlation(unit, label):+.2f}</b>. "
            f'{_key(largest, label)}<pre style="{_TEXT_STYLE}">{colours}</pre>'
        )
        self.put(live, words)


def _key(largest: float, label: str) -> str:
    return (
        "Colour: its value, from "
        f'<span style="background:rgba({_NEGATIVE},0.6)">&nbsp;−{largest:.2f}&nbsp;</span> to '
        f'<span style="background:rgba({_POSITIVE},0.6)">&nbsp;+{largest:.2f}&nbsp;</span>; '
        f"<u>underlined</u>: {label}, says the tokenizer."
    )


def coloured(text: str, values: FloatArray, label: BoolArray) -> str:
    """HTML: each character on its value, -1 to 1, as a colour; underlined where the label holds."""
    tenths = np.rint(10 * np.clip(values, -1, 1)).astype(int)
    pieces, begin = [], 0
    for end in range(1, len(text) + 1):
        if end < len(text) and tenths[end] == tenths[begin] and label[end] == label[begin]:
            continue
        colour = _POSITIVE if tenths[begin] > 0 else _NEGATIVE
        style = f"background:rgba({colour},{abs(int(tenths[begin])) * 0.06:.2f})"
        style += ";text-decoration:underline" if label[begin] else ""
        pieces.append(f'<span style="{style}">{escape(text[begin:end])}</span>')
        begin = end
    return "".join(pieces)


def unit_text() -> None:
    """Show held-out text, coloured by the unit that goes best with quoted text."""
    UnitTextWidget(read_both_halves()).show()
