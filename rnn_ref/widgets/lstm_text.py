"""The gates of a small trained LSTM while it reads a line of code, one unit at a time."""

from functools import cache
from html import escape
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.patches import Patch

from rnn_ref.char_lm import encode, one_hot
from rnn_ref.errors import CourseError, InputError
from rnn_ref.lstm import FloatArray, lstm_forward
from rnn_ref.plotting import FAINT, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.lstm_cell import gates_of, number
from rnn_ref.widgets.saved import load
from rnn_ref.widgets.stage import LiveFigure, Panel

ALT = (
    "A line of code, character by character; under each character the input, forget and output "
    "gate of one unit, shaded where open; below them the tanh of its cell state, which jumps at "
    "some characters and stays level in between."
)
TEXT = "if self.get(name, default): return name"
UNIT = 2
MOST_CHARACTERS = 56  # more could not be read on a line
GATE_COLOURS: Colormap = LinearSegmentedColormap.from_list("gate", ["#ffffff", "#4a4a4a"])
"""White for shut, dark for open."""
_WEIGHTS = ("W_xh", "W_hh", "b")


class Reading(NamedTuple):
    """What a network does at each of T characters."""

    gates: FloatArray
    """Input, forget and output gate, shape (3, T, H)."""
    cells: FloatArray
    """Cell states, shape (T, H)."""


class TextModel(NamedTuple):
    """Weights and vocabulary; made by ``data/make_lstm_weights.py``."""

    weights: tuple[FloatArray, FloatArray, FloatArray]
    """``W_xh``, ``W_hh``, ``b``."""
    char_to_id: dict[str, int]
    loss: float
    """Mean over the last pass of training, in nats a character."""

    @property
    def H(self) -> int:  # noqa: N802
        return len(self.weights[1])

    def read(self, text: str) -> Reading:
        """Let the network read a line, from the line break before it on.

        Raises
        ------
        InputError
            If it is empty, too long, or has a character that the network never saw.
        """
        if not 1 <= len(text) <= MOST_CHARACTERS:
            raise InputError(f"Give 1 to {MOST_CHARACTERS} characters to read.")
        ids = encode("\n" + text, self.char_to_id)
        zero = np.zeros((1, self.H))
        x = one_hot(ids[None], len(self.char_to_id))
        h, c, _ = lstm_forward(x, zero, zero, *self.weights)
        gates = gates_of(x[0], h[0], *self.weights)  # (T, 3, H)
        return Reading(gates[1:].transpose(1, 0, 2), c[0, 1:])


@cache
def load_text_model() -> TextModel:
    """The saved network, in double precision."""
    saved = load("lstm_weights")
    W_xh, W_hh, b = (saved[name].astype(np.float64) for name in _WEIGHTS)
    char_to_id = {chr(point): i for i, point in enumerate(saved["characters"].tolist())}
    return TextModel((W_xh, W_hh, b), char_to_id, float(saved["loss"]))


class _Map:
    """One text's picture; ``at(unit)`` shows another unit."""

    def __init__(self, text: str, reading: Reading) -> None:
        self._reading = reading
        T = len(text)
        with course_style():
            figure = new_figure(height_in=3.1)
            upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 3.2])
            upper.set_title("Gates open and shut as the text goes by", pad=26)
            self._image = upper.imshow(self._colours(0), aspect="auto", interpolation="none")
            size = min(13, 500 / T)  # as large as a character's column
            for t, char in enumerate(text):
                upper.text(t, -0.72, char, ha="center", family="DejaVu Sans Mono", fontsize=size)
            upper.set_yticks(range(3), ["input", "forget", "output"])
            upper.tick_params(length=0, labelbottom=False)
            ends = (("shut", GATE_COLOURS(0.0)), ("open", GATE_COLOURS(1.0)))
            key = [Patch(facecolor=c, edgecolor=MUTED, label=name) for name, c in ends]
            upper.legend(
                handles=key, ncols=2, loc="lower right", bbox_to_anchor=(1, 1.26), fontsize=8.5
            )
            upper.spines[:].set_visible(False)
            (self._cell,) = lower.plot(
                range(T), np.zeros(T), drawstyle="steps-mid", color=LOOKS["cell"].colour
            )
            lower.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
            lower.set(ylim=(-1.08, 1.08), yticks=[-1, 0, 1], ylabel="tanh of cell")
            lower.set_xlabel("character")
            lower.set_xlim(-0.5, T - 0.5)
            self.live = LiveFigure(figure, [self._image, self._cell])

    def _colours(self, unit: int) -> FloatArray:
        return np.asarray(GATE_COLOURS(self._reading.gates[:, :, unit]))

    def at(self, unit: int) -> LiveFigure:
        """The figure of one unit."""
        self._image.set_data(self._colours(unit))
        self._cell.set_ydata(np.tanh(self._reading.cells[:, unit]))
        return self.live


class GateMapWidget(Panel):
    """Gates and cell of one unit along a line of text; unit and text to be chosen."""

    def __init__(self, model: TextModel) -> None:
        super().__init__(ALT, "4em", hint=None)
        self._model = model
        self.unit = self.slider("unit", UNIT, 0, model.H - 1)
        self.text = widgets.Text(
            value=TEXT,
            description="text",
            continuous_update=False,
            style=self.style,
            layout=widgets.Layout(width="min(100%, 560px)"),
        )
        self._read()
        self.follow(self._move, self.unit)
        self.follow(self._read, self.text)
        self.arrange([self.unit, self.reset], self.text)

    def start_again(self) -> None:
        """Bring back the unit and the line, which is read anew."""
        super().start_again()
        self._read()

    def _read(self) -> None:
        """Read another text; one that cannot be read leaves the picture as it is."""
        try:
            self._reading = self._model.read(self.text.value)
        except CourseError as error:
            self.stage.words.value = escape(str(error))
            return
        self._shown = self.text.value
        self._map = _Map(self._shown, self._reading)
        self._move()

    def _move(self) -> None:
        unit = self.unit.value
        self.put(self._map.at(unit), _words(self._shown, self._reading, unit))


def _words(text: str, reading: Reading, unit: int) -> str:
    kept = reading.gates[1, :, unit].mean()
    shown = np.tanh(reading.cells[:, unit])
    moves = np.abs(np.diff(shown, prepend=shown[0]))
    places = np.sort(np.argsort(-moves, kind="stable")[:3])
    where = ", ".join(
        f"<code>{escape(text[t])}</code> ({number(shown[t - 1])} to {number(shown[t])})"
        for t in places
        if moves[t] > 0
    )
    sentence = f"Unit {unit} keeps {100 * kept:.0f} % of its cell at a character, on average."
    return f"{sentence} The cell's largest moves: {where}." if where else sentence


def gate_map() -> None:
    """Show the gates of a trained LSTM along a line of text."""
    GateMapWidget(load_text_model()).show()
