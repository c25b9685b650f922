"""Unit 04: a temperature to move: bars for the next character, and the text it makes."""

from html import escape

import ipywidgets as widgets
import numpy as np

from rnn_ref.errors import CourseError
from rnn_ref.plotting import LOOKS, MUTED, course_style, new_figure
from rnn_ref.sampling import FloatArray, softmax_temperature
from rnn_ref.widgets.sampling_model import DemoModel, load_model
from rnn_ref.widgets.stage import LiveFigure, Panel

ALT = (
    "Bars for the probabilities of the next character, the likeliest first: at a low temperature "
    "the first bar has nearly everything, at a high one all are nearly equal. Below, a sample."
)
BARS = 11  # characters shown by themselves; the others share one bar
LENGTH = 180  # characters of the live sample
PRIME = "    return "
TEMPERATURE = 0.5
SEED = 2
_SIGNS = {" ": "space", "\n": "new\nline"}
_TEXT_STYLE = (
    "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.35;max-width:840px;margin:6px 0;"
    "height:10.8em;overflow-y:auto;border-left:3px solid #8886;padding-left:9px"  # never jumps
)


class _Bars:
    """The bars after one beginning; only their heights and numbers move."""

    def __init__(self, scores: FloatArray, id_to_char: dict[int, str]) -> None:
        self.scores = scores
        self.order = np.argsort(-scores, kind="stable")[:BARS]  # the same at every temperature
        labels = [_SIGNS.get(id_to_char[int(i)], id_to_char[int(i)]) for i in self.order]
        others = len(scores) - BARS
        look = LOOKS["output"]
        with course_style():
            figure = new_figure(height_in=2.6)
            axes = figure.add_subplot()
            places = np.arange(BARS + 1)
            plain = self.heights(1.0)
            axes.bar(places, plain, 0.78, fill=False, edgecolor=MUTED, linestyle=":", linewidth=1.1)
            self._bars = axes.bar(places, plain, 0.62, color=look.colour)
            self._numbers = [axes.text(x, 0, "", ha="center", fontsize=8) for x in range(BARS + 1)]
            axes.set_xticks(places, [*labels, f"{others}\nothers"])
            axes.set_ylim(0, 1.08)
            axes.set_yticks([0, 0.5, 1])
            axes.set_ylabel("probability")
            axes.set_xlabel("next character (dotted: at temperature 1)")
            axes.set_title("A low temperature sharpens, a high one flattens")
            self.live = LiveFigure(figure, [*self._bars, *self._numbers])

    def heights(self, temperature: float) -> FloatArray:
        """Probabilities of the characters shown, and of all others together."""
        p = softmax_temperature(self.scores, temperature)
        shown = p[self.order]
        return np.append(shown, max(0.0, 1.0 - float(shown.sum())))

    def at(self, temperature: float) -> LiveFigure:
        """The figure at a temperature."""
        heights = self.heights(temperature)
        for bar, number, height in zip(self._bars, self._numbers, heights, strict=True):
            bar.set_height(height)
            number.set_y(height + 0.02)
            number.set_text(f"{height:.2f}")
        return self.live


class TemperatureWidget(Panel):
    """Bars and a live sample, at a temperature set by a slider.

    Parameters
    ----------
    model : DemoModel
    """

    def __init__(self, model: DemoModel) -> None:
        super().__init__(ALT, "6.5em", hint=None)
        self._model = model
        self._seed = SEED
        self.temperature = self.log_slider("temperature", TEMPERATURE, -1.3, 1, 0.02, ".2f")
        self.prime = widgets.Text(
            value=PRIME, description="go on from", continuous_update=False, style=self.style
        )
        self.again = widgets.Button(description="Write again")
        self.again.on_click(lambda _: self._write_again())
        self._read_prime()
        self.follow(self._move, self.temperature)
        self.follow(self._read_prime, self.prime)
        self.arrange([self.temperature, self.prime], [self.again, self.reset])

    def _write_again(self) -> None:
        self._seed += 1
        self._move()

    def start_again(self) -> None:
        """Bring back the controls and the first draw."""
        self._seed = SEED
        super().start_again()
        self._move()

    def _read_prime(self) -> None:
        """Draw the bars after another beginning; an unreadable one leaves them as they are."""
        try:
            scores = self._model.scores_after(self.prime.value)
        except CourseError as error:
            self.stage.words.value = escape(str(error))
            return
        self._beginning = self.prime.value
        self._bars = _Bars(scores, self._model.id_to_char)
        self._move()

    def _move(self) -> None:
        temperature = self.temperature.value
        text = self._model.write(self._beginning, LENGTH, temperature, self._seed)
        spread = _spread(softmax_temperature(self._bars.scores, temperature))
        words = (
            f"At temperature {temperature:.2f} the next character is as open as a choice among "
            f"{spread:.1f} equally likely ones. The network goes on:"
            f'<pre style="{_TEXT_STYLE}"><b>{escape(self._beginning)}</b>{escape(text)}</pre>'
        )
        self.put(self._bars.at(temperature), words)


def _spread(p: FloatArray) -> float:
    """The exponential of the entropy: how many equally likely characters are as uncertain."""
    positive = p[p > 0]
    return float(np.exp(-np.sum(positive * np.log(positive))))


def temperature_widget() -> None:
    """Show the temperature slider, the bars and the text."""
    TemperatureWidget(load_model()).show()
