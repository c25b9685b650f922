"""Unit 06: the messenger, to be watched step by step on its way back through two units."""

import ipywidgets as widgets
import numpy as np

from rnn_ref.plotting import course_style
from rnn_ref.widgets.gradient_flow_drawing import number
from rnn_ref.widgets.gradient_flow_messenger import LAGS, MessengerDrawing, Step
from rnn_ref.widgets.stage import Frame, Panel

FIRST, FIRST_LAG = Step(), 3
FRAMES = (
    *((f"{lag} back", FIRST, lag) for lag in (0, 1, 2, FIRST_LAG, 4, 6, 8, 12)),
    *((f"turn {turn:g}°", FIRST._replace(turn=turn), 8) for turn in (0.0, 30.0, 90.0)),
)
"""What the readable edition shows: the way back at the start, then other turns."""
_SLIDER = widgets.Layout(width="25em")


class Messenger(Panel):
    """Two stretches, a turn and a lag to set; circle, ellipse and strip follow."""

    def __init__(self) -> None:
        super().__init__(alt_of(FIRST, FIRST_LAG), "10em")
        with course_style():
            self._drawing = MessengerDrawing()
        sizes = {"layout": _SLIDER, "readout_format": ".2f"}
        self.first = self.slider("one direction ×", FIRST.first, 0, 2.0, 0.05, **sizes)
        self.second = self.slider("the other ×", FIRST.second, 0, 2.0, 0.05, **sizes)
        angle = {"layout": _SLIDER, "readout_format": ".0f"}
        self.turn = self.slider("then turn [degrees]", FIRST.turn, 0, 180.0, 5.0, **angle)
        self.lag = self.slider("steps back", FIRST_LAG, 0, LAGS, layout=_SLIDER)
        self.follow(self._move, self.first, self.second, self.turn, self.lag)
        self.arrange([self.first, self.second], [self.turn, self.lag, self.reset])
        self._move()

    @property
    def step(self) -> Step:
        """What the sliders say of one step."""
        return Step(self.first.value, self.second.value, self.turn.value)

    def frames(self) -> list[Frame]:
        """The way back at the start, and other turns."""
        frames = [
            Frame(name, self._drawing.at(step, lag).png(), alt_of(step, lag))
            for name, step, lag in FRAMES
        ]
        self._drawing.at(self.step, self.lag.value)
        return frames

    def _move(self) -> None:
        step, lag = self.step, self.lag.value
        self.put(self._drawing.at(step, lag), words_of(step, lag))


def words_of(step: Step, lag: int) -> str:
    """Return what the picture shows, in words: the bound, the truth, and what decides."""
    steps = "1 step" if lag == 1 else f"{lag} steps"
    left = float(np.linalg.norm(step.gradients()[lag]))
    return (
        f"After {steps} the bound σ_max<sup>k</sup> allows {number(step.sigma**lag)}; this "
        f"gradient, which the first step stretches by {step.first:.2f}, has length "
        f"<b>{number(left)}</b>. In the long run a step multiplies by ρ = {step.rho:.2f}."
    )


def alt_of(step: Step, lag: int) -> str:
    """Return the picture's claim in a sentence."""
    lengths = np.linalg.norm(step.gradients(), axis=1)
    return (
        f"Two units. One step stretches one direction by {step.first:.2f}, the other by "
        f"{step.second:.2f}, and turns by {step.turn:.0f} degrees. A gradient of length 1 has "
        f"length {number(float(lengths[lag]))} after {lag} steps back, and "
        f"{number(float(lengths[-1]))} after {LAGS}."
    )


def messenger() -> None:
    """Show a gradient on its way back through two units."""
    Messenger().show()
