"""Unit 08: one LSTM unit with a slider for each gate."""

from collections.abc import Mapping
from types import MappingProxyType

import ipywidgets as widgets

from rnn_ref.plotting import course_style
from rnn_ref.widgets.lstm_cell import CellDrawing, UnitValues, number, unit_step
from rnn_ref.widgets.stage import Stage

ALT = (
    "One LSTM unit: the old cell state runs along the top, is multiplied by the forget gate, gets "
    "input gate times candidate added, and leaves as the new cell state; its tanh, multiplied by "
    "the output gate, is the hidden state."
)

Settings = tuple[float, float, float, float]
"""Sums of the four blocks before they are squashed: a_i, a_f, a_o, a_g."""

SETTINGS: Mapping[str, Settings] = MappingProxyType(
    {
        "at rest": (0.0, 0.0, 0.0, 0.0),
        "hold": (-10.0, 10.0, 10.0, 2.0),
        "write": (10.0, -10.0, 10.0, 5.0),
        "add": (10.0, 10.0, 10.0, 5.0),
        "erase": (-10.0, -10.0, 10.0, 2.0),
        "hide": (-10.0, 10.0, -10.0, 2.0),
    }
)
FIRST = "add"
FIRST_CELL = 3.0
LARGEST_SUM, LARGEST_CELL = 10.0, 20.0
_NAMES = ("input a_i", "forget a_f", "output a_o", "candidate a_g")
_LABEL = {"description_width": "7.5em"}
_ROW = widgets.Layout(flex_flow="row wrap", align_items="center")


class CellWidget:
    """The diagram of one unit, with sliders for what its four blocks add up to."""

    def __init__(self) -> None:
        self.stage = Stage(ALT)
        with course_style():
            self._drawing = CellDrawing()
        self.setting = widgets.Dropdown(
            options=list(SETTINGS), value=FIRST, description="setting", style=_LABEL
        )
        self.sums = [
            _slider(name, value, LARGEST_SUM, 0.5)
            for name, value in zip(_NAMES, SETTINGS[FIRST], strict=True)
        ]
        self.cell = _slider("cell before", FIRST_CELL, LARGEST_CELL, 0.05)
        self.step = widgets.Button(description="Step")
        self.reset = widgets.Button(description="Reset")
        self._move()
        self.setting.observe(self._choose, "value")
        for slider in (*self.sums, self.cell):
            slider.observe(self._move, "value")
        self.step.on_click(self._carry_on)
        self.reset.on_click(self._start_again)

    @property
    def values(self) -> UnitValues:
        """What the diagram shows."""
        return unit_step(self.cell.value, *(slider.value for slider in self.sums))

    def show(self) -> None:
        """Display the widget; its start stands in for it where no kernel runs."""
        still = self._drawing.at(self.values).still()
        controls = [
            widgets.Box([self.setting, self.step, self.reset], layout=_ROW),
            widgets.Box([*self.sums, self.cell], layout=_ROW),
        ]
        self.stage.show(controls, still, self._drawing.live.figure.get_figwidth())

    def _choose(self, _: object = None) -> None:
        for slider, value in zip(self.sums, SETTINGS[self.setting.value], strict=True):
            slider.value = value

    def _carry_on(self, _: object = None) -> None:
        self.cell.value = self.values.c  # kept within the slider's ends

    def _start_again(self, _: object = None) -> None:
        self.setting.value = FIRST
        self._choose()
        self.cell.value = FIRST_CELL

    def _move(self, _: object = None) -> None:
        values = self.values
        self.stage.update(self._drawing.at(values), _words(values))


def _slider(name: str, value: float, largest: float, step: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=-largest,
        max=largest,
        step=step,
        readout_format=".1f" if step > 0.1 else ".2f",
        description=name,
        style=_LABEL,
    )


def _words(values: UnitValues) -> str:
    return (
        f"{100 * values.f:.5g} % of {number(values.c_prev)} is kept, {number(values.written)} is "
        f"added: the cell holds {number(values.c)}. {100 * values.o:.5g} % of its tanh is shown: "
        f"{number(values.h)}."
    )


def cell_diagram() -> None:
    """Show one LSTM unit with a slider for each gate."""
    CellWidget().show()
