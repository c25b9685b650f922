"""Unit 06: the messenger, to be watched step by step on its way back through two units."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from rnn_ref.plotting import course_style
from rnn_ref.widgets.gradient_flow_drawing import number
from rnn_ref.widgets.gradient_flow_messenger import LAGS, MessengerDrawing, Step
from rnn_ref.widgets.stage import Frame, Stage

FIRST, FIRST_LAG = Step(), 3
FRAMES = (
    *((f"{lag} back", FIRST, lag) for lag in (0, 1, 2, FIRST_LAG, 4, 6, 8, 12)),
    *((f"turn {turn:g}°", FIRST._replace(turn=turn), 8) for turn in (0.0, 30.0, 90.0)),
)
"""What the readable edition shows: the way back at the start, then other turns."""
_LABEL = {"description_width": "10em"}
_SLIDER = widgets.Layout(width="25em")
_ROW = widgets.Layout(flex_flow="row wrap", align_items="center")


class Messenger:
    """Two stretches, a turn and a lag to set; circle, ellipse and strip follow."""

    def __init__(self) -> None:
        self.stage = Stage(alt_of(FIRST, FIRST_LAG))
        with course_style():
            self._drawing = MessengerDrawing()
        self.first = _slider("one direction ×", FIRST.first, 2.0, 0.05)
        self.second = _slider("the other ×", FIRST.second, 2.0, 0.05)
        self.turn = _slider("then turn [degrees]", FIRST.turn, 180.0, 5.0, ".0f")
        self.lag = widgets.IntSlider(
            FIRST_LAG, 0, LAGS, description="steps back", style=_LABEL, layout=_SLIDER
        )
        self.reset = widgets.Button(description="Reset", tooltip="Back to the start")
        for slider in (self.first, self.second, self.turn, self.lag):
            slider.observe(self._move, "value")
        self.reset.on_click(self._start_again)
        self._move()

    @property
    def step(self) -> Step:
        """What the sliders say of one step."""
        return Step(self.first.value, self.second.value, self.turn.value)

    def show(self) -> None:
        """Display the widget; where no kernel runs its frames stand in."""
        controls = [
            widgets.Box([self.first, self.second], layout=_ROW),
            widgets.Box([self.turn, self.lag, self.reset], layout=_ROW),
        ]
        frames = [
            Frame(name, self._drawing.at(step, lag).png(), alt_of(step, lag))
            for name, step, lag in FRAMES
        ]
        live = self._drawing.at(self.step, self.lag.value)
        self.stage.show(controls, live.still(), live.figure.get_figwidth(), frames)

    def _start_again(self, _: object = None) -> None:
        self.first.value, self.second.value, self.turn.value = FIRST
        self.lag.value = FIRST_LAG

    def _move(self, _: object = None) -> None:
        step, lag = self.step, self.lag.value
        self.stage.update(self._drawing.at(step, lag), words_of(step, lag))


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


def _slider(name: str, value: float, largest: float, step: float, form: str = ".2f") -> Any:
    return widgets.FloatSlider(
        value=value,
        min=0,
        max=largest,
        step=step,
        readout_format=form,
        description=name,
        style=_LABEL,
        layout=_SLIDER,
    )


def messenger() -> None:
    """Show a gradient on its way back through two units."""
    Messenger().show()
