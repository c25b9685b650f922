"""Unit 08: one LSTM unit with a slider for each gate."""

from collections.abc import Mapping
from types import MappingProxyType

import ipywidgets as widgets

from rnn_ref.plotting import course_style
from rnn_ref.widgets.lstm_cell import CellDrawing, UnitValues, number, unit_step
from rnn_ref.widgets.stage import Panel

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


class CellWidget(Panel):
    """The diagram of one unit, with sliders for what its four blocks add up to."""

    def __init__(self) -> None:
        super().__init__(ALT, "7.5em", hint=None)
        with course_style():
            self._drawing = CellDrawing()
        self.setting = widgets.Dropdown(
            options=list(SETTINGS), value=FIRST, description="setting", style=self.style
        )
        ends = -LARGEST_SUM, LARGEST_SUM, 0.5
        self.sums = [
            self.slider(name, value, *ends, readout_format=".1f")
            for name, value in zip(_NAMES, SETTINGS[FIRST], strict=True)
        ]
        self.cell = self.slider("cell before", FIRST_CELL, -LARGEST_CELL, LARGEST_CELL, 0.05)
        self.step = widgets.Button(description="Step")
        self.step.on_click(lambda _: self._carry_on())
        self._move()
        self.follow(self._choose, self.setting)
        self.follow(self._move, *self.sums, self.cell)
        self.arrange([self.setting, self.step, self.reset], [*self.sums, self.cell])

    @property
    def values(self) -> UnitValues:
        """What the diagram shows."""
        return unit_step(self.cell.value, *(slider.value for slider in self.sums))

    def _choose(self) -> None:
        for slider, value in zip(self.sums, SETTINGS[self.setting.value], strict=True):
            slider.value = value

    def _carry_on(self) -> None:
        self.cell.value = self.values.c  # kept within the slider's ends

    def _move(self) -> None:
        self.put(self._drawing.at(self.values), _words(self.values))


def _words(values: UnitValues) -> str:
    return (
        f"{100 * values.f:.5g} % of {number(values.c_prev)} is kept, {number(values.written)} is "
        f"added: the cell holds {number(values.c)}. {100 * values.o:.5g} % of its tanh is shown: "
        f"{number(values.h)}."
    )


def cell_diagram() -> None:
    """Show one LSTM unit with a slider for each gate."""
    CellWidget().show()
