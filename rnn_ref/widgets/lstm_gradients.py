"""Unit 09: the half-life of a memory, and how far gradients reach."""

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from rnn_ref.lstm import sigmoid
from rnn_ref.lstm_gradients import half_life, lstm_step_backward
from rnn_ref.plotting import FAINT, INK, LOOKS, course_style, new_figure
from rnn_ref.widgets.learners import tried
from rnn_ref.widgets.lstm_gradients_lag import LAGS, SEED, Lags, Step, lags
from rnn_ref.widgets.stage import LiveFigure, Panel

MINUS = "\N{MINUS SIGN}"
_WIDE = widgets.Layout(width="32em")

HALF_LIFE_ALT = (
    "What is left of a cell state against the lag in steps, on a logarithmic lag axis: it falls "
    "from all to nothing, and a greater forget bias moves the fall to the right, tenfold for each "
    "2.3 of bias."
)
LONGEST_LAG, HALF_LIFE_START = 1e6, 5.0
BIASES = -2.0, 10.0


class HalfLife(Panel):
    """What a forget gate at rest leaves of a memory, and the half-life that was predicted."""

    def __init__(self, predicted: float | None = None) -> None:
        said = "" if predicted is None else f" Predicted for a bias of 5: {predicted:g} steps."
        super().__init__(HALF_LIFE_ALT + said, "8em")
        self.bias = self.slider("forget bias b_f", HALF_LIFE_START, *BIASES, 0.5, layout=_WIDE)
        self._draw(predicted)
        self._move()
        self.follow(self._move, self.bias)
        self.arrange([self.bias, self.reset])

    def _draw(self, predicted: float | None) -> None:
        self._lag = np.geomspace(0.1, LONGEST_LAG, 200)
        with course_style():
            figure = new_figure(2.7)
            axes = figure.add_subplot()
            axes.set(xscale="log", xlim=(0.1, LONGEST_LAG), ylim=(0, 1.08))
            axes.set(title="The forget bias sets how long a memory lasts")
            axes.set(xlabel="lag [steps]", ylabel="share of c that is left")
            axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
            axes.axhline(0.5, color=FAINT, linewidth=1)
            look = {**LOOKS["cell"].plot_style(), "linestyle": "-", "marker": "none"}
            (self._curve,) = axes.plot(self._lag, self._lag, **look)
            (self._drop,) = axes.plot([1, 1], [0, 0.5], color=INK, linewidth=1, linestyle=":")
            (self._dot,) = axes.plot([1], [0.5], marker="P", color=INK, linestyle="none")
            self._label = axes.text(1, 0.56, "")
            if predicted is not None:
                axes.plot([predicted], [0.5], "o", color=INK, markersize=11, fillstyle="none")
                axes.text(predicted, 0.38, f"you: {predicted:g}  ", ha="right", fontweight="bold")
            self.live = LiveFigure(figure, (self._curve, self._drop, self._dot, self._label))

    def _move(self) -> None:
        bias = self.bias.value
        f = float(sigmoid(np.array(bias)))
        steps = half_life(f)
        self._curve.set_ydata(f**self._lag)
        self._drop.set_xdata([steps, steps])
        self._dot.set_xdata([steps])
        self._label.set_text(f"  half-life {_steps(steps)}")
        self._label.set_x(steps)
        words = (
            f"b_f = {_number(bias)}: f = {f:.5f}. The memory halves every "
            f"<b>{_steps(steps)}</b>; after 100 steps {_percent(f**100)} of it is left."
        )
        self.put(self.live, words)


LAG_ALT = (
    "Gradient norm against the lag, on a logarithmic axis, before training: of a plain RNN, of an "
    "LSTM along its cells alone, and of the same LSTM along all ways. The three part company, and "
    "none of them is bound to stay near 1."
)
FLOOR, CEILING = 1e-20, 1e6
START = {"bias": 3.0, "scale": 1.0}  # where the three have parted


class LagCurves(Panel):
    """Gradient norms over the lag, before training.

    Parameters
    ----------
    step : function
        What goes back through a step of the LSTM: ``lstm_step_backward``, or a learner's own.
    note : str
        Said beneath the picture, in addition.
    """

    def __init__(self, step: Step = lstm_step_backward, note: str = "") -> None:
        super().__init__(LAG_ALT, "8em")
        self._step, self._seed, self._note = step, SEED, note
        self.bias = self.slider("forget bias b_f", START["bias"], *BIASES, 0.5, layout=_WIDE)
        self.scale = self.slider("size of W_hh", START["scale"], 0.0, 3.0, 0.25, layout=_WIDE)
        self.draw = widgets.Button(description="Draw other weights")
        self.draw.on_click(lambda _: self._draw_again())
        self._make()
        self._move()
        self.follow(self._move, self.bias, self.scale)
        self.arrange([self.bias, self.draw], [self.scale, self.reset])

    def _make(self) -> None:
        with course_style():
            figure = new_figure(3.5)
            axes = figure.add_subplot()
            axes.set(yscale="log", xlim=(0, LAGS * 1.34), ylim=(FLOOR, CEILING))
            axes.set(title="Not only the forget gates decide how far a gradient reaches")
            axes.set(xlabel="lag [steps]", ylabel="gradient norm")
            axes.set_xticks(range(0, LAGS + 1, 20))
            axes.axhline(1, color=FAINT, linewidth=1)
            self._lines = {
                name: axes.plot(
                    range(LAGS + 1), np.ones(LAGS + 1), markevery=20, **LOOKS[look].plot_style()
                )[0]
                for name, look in (("rnn", "state"), ("full", "gradient"), ("direct", "cell"))
            }
            self._names = {
                name: _name(axes, text)
                for name, text in (
                    ("rnn", "plain RNN"),
                    ("full", "LSTM, all ways"),
                    ("direct", "LSTM, cells alone"),
                )
            }
            self.live = LiveFigure(figure, (*self._lines.values(), *self._names.values()))

    def _draw_again(self) -> None:
        self._seed += 1
        self._move()

    def start_again(self) -> None:
        """Bring back the sliders and the first weights."""
        self._seed = SEED
        super().start_again()
        self._move()

    def _move(self) -> None:
        arguments = self.bias.value, self.scale.value, self._seed
        self.lags, why = tried(
            lambda step: lags(*arguments, step=step),
            self._step,
            lstm_step_backward,
            does="draws this",
            detailed=True,
        )
        self._place(self.lags)
        note = why or self._note
        self.put(self.live, _words(self.lags) + (f"<br>{note}" if note else ""))

    def _place(self, measured: Lags) -> None:
        ends = {}
        for name, line in self._lines.items():
            norms = getattr(measured, name)
            line.set_ydata(np.where(norms > FLOOR / 10, norms, np.nan))
            ends[name] = float(np.log10(np.clip(norms[-1], FLOOR * 10, CEILING / 10)))
        for name, exponent in _apart(ends).items():
            self._names[name].set_y(10.0**exponent)


def _name(axes: Axes, text: str) -> Text:
    return axes.text(LAGS + 2, 1, text, va="center")


def _apart(ends: dict[str, float], least: float = 1.9) -> dict[str, float]:
    """Return the heights of the names, in decades, moved so that no two overlap."""
    placed: dict[str, float] = {}
    top = np.inf
    for name in sorted(ends, key=ends.__getitem__, reverse=True):
        top = placed[name] = min(ends[name], top - least)
    lowest = min(placed.values())
    lift = max(0.0, np.log10(FLOOR) + least / 2 - lowest)
    return {name: height + lift for name, height in placed.items()}


def _words(measured: Lags) -> str:
    at = {name: _power(getattr(measured, name)[-1]) for name in ("rnn", "direct", "full")}
    return (
        f"Mean forget gate {measured.mean_gate:.3f}. At lag {LAGS}: plain RNN {at['rnn']}, "
        f"LSTM along its cells alone {at['direct']} (in the unit that keeps most), "
        f"along all ways <b>{at['full']}</b>."
    )


def _steps(steps: float) -> str:
    text = f"{steps:.1f}" if steps < 10 else f"{steps:,.0f}"
    return f"{text} steps"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share > 0.005 else "next to nothing"


def _number(value: float) -> str:
    return f"{value:g}".replace("-", MINUS)


def _power(norm: float) -> str:
    """A norm in words: 3.4, or 2·10^-8."""
    if norm == 0:
        return "0"
    if 0.01 <= norm < 1000:
        return f"{norm:.2g}"
    exponent = int(np.floor(np.log10(norm)))
    return f"{norm / 10.0**exponent:.0f}·10<sup>{exponent}</sup>".replace("-", MINUS)


def memory_half_life(predicted: float | None = None) -> None:
    """Show what is left of a memory over the lag, with a slider for the forget bias."""
    HalfLife(predicted).show()


def gradient_reach(step: Step | None = None) -> None:
    """Show gradient norms over the lag: plain RNN, LSTM along its cells, LSTM along all ways.

    Parameters
    ----------
    step : function, optional
        What goes back through a step; your own ``lstm_step_backward`` if you hand it in.
    """
    if step is None:
        LagCurves(note="Drawn by the reference: yours has not passed its check yet.").show()
    else:
        LagCurves(step).show()
