"""Unit 01: the unrolled graph to step through."""

import ipywidgets as widgets

from rnn_ref.errors import InputError
from rnn_ref.plotting import course_style
from rnn_ref.recurrence import rnn_step_forward
from rnn_ref.widgets.recurrence_graph import GraphDrawing
from rnn_ref.widgets.recurrence_machines import MACHINES, Machine, Run, Step, parse_inputs, run
from rnn_ref.widgets.stage import Panel

ALT = (
    "The unrolled network: inputs in a row below, states in a row above, each state reached by an "
    "arrow from its input and one from the state before; above them the states' numbers."
)
START = 3  # in the middle of the story


class UnrolledGraph(Panel):
    """A network that reads a sequence, to be stepped through with a slider.

    Parameters
    ----------
    name : str
        The network to begin with: a key of ``MACHINES``.
    step : function
        The step that runs it: ``rnn_step_forward``, or a learner's own.
    """

    def __init__(self, name: str, step: Step = rnn_step_forward) -> None:
        super().__init__(ALT, "5.5em")
        self._step = step
        self.network = widgets.Dropdown(
            options=list(MACHINES), value=name, description="network", style=self.style
        )
        self.inputs = widgets.Text(
            value=_text(MACHINES[name]),
            description="inputs",
            continuous_update=False,
            style=self.style,
        )
        self.memory = widgets.Checkbox(value=True, description="W_hh as given (off: zero)")
        self.place = self.slider("step t", START, 0, len(MACHINES[name].inputs))
        self.play = self.player(self.place, 800)
        self._redraw()
        self.follow(self._choose, self.network)
        self.follow(self._redraw, self.inputs, self.memory)
        self.follow(self._move, self.place)
        self.arrange([self.network, self.inputs], self.memory, [self.play, self.place, self.reset])

    def still(self) -> bytes:
        """The last step."""
        still = self._drawing.at(self.place.max).still()
        self._move()
        return still

    def _choose(self) -> None:
        self.inputs.value = _text(MACHINES[self.network.value])
        self._redraw()

    def _redraw(self) -> None:
        """Draw another network or other inputs; what cannot be read leaves the picture as it is."""
        machine = MACHINES[self.network.value]
        if not self.memory.value:
            machine = machine.without_memory()
        try:
            inputs = parse_inputs(self.inputs.value)
        except InputError as error:
            self.stage.words.value = str(error)
            return
        self._machine, self._run = machine, run(machine, inputs, self._step)
        with course_style():
            self._drawing = GraphDrawing(
                self._run.h, inputs, machine.full_colour, cut=not self.memory.value
            )
        self.place.max = self.play.max = len(inputs)
        self._move()

    def _move(self) -> None:
        t = self.place.value
        self.put(self._drawing.at(t), _words(self._machine, self._run, t))


def _text(machine: Machine) -> str:
    return " ".join(f"{value:g}" for value in machine.inputs)


def _words(machine: Machine, states: Run, t: int) -> str:
    place = "Before the first input" if t == 0 else f"After input {t}"
    sentence = f"{place}: {machine.read(states.h[t])}"
    return f"{sentence} <br>{states.note}" if states.note else sentence


def unrolled_graph(network: str = "random", step: Step = rnn_step_forward) -> None:
    """Show the unrolled network, to be stepped through.

    Parameters
    ----------
    network : str
        "latch" (remembers a 1), "counter" (counts the 1s), "fading" or "random".
    step : function
        What makes a step; your own ``rnn_step_forward`` if you hand it in.

    Raises
    ------
    InputError
        If there is no network of that name.
    """
    if network not in MACHINES:
        raise InputError(f"There is no network {network!r}; there are {', '.join(MACHINES)}.")
    UnrolledGraph(network, step).show()
