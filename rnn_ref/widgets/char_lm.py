"""Unit 03: the table of next-character probabilities while "hello" is learned."""

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from rnn_ref.plotting import INK, LOOKS, MUTED, course_style, new_figure
from rnn_ref.widgets.char_lm_training import FLOOR, STEPS, Training, train
from rnn_ref.widgets.stage import LiveFigure, Panel

READ = ("h", "he", "hel", "hell")
CHARACTERS = "helo"
TARGETS = "ello"
ALT = (
    "Left, the table of next-character probabilities after h, he, hel and hell, the right "
    "character framed; right, the mean loss over the training steps: with memory it falls below "
    "0.3466 nats, without memory it stays above."
)
_COLOURS = LinearSegmentedColormap.from_list("chance", ["#ffffff", LOOKS["output"].colour])
START = 10  # where the loss passes the floor, in the middle of the story


class TrainingDrawing:
    """The table and the two loss curves, of which the step and the network can be changed.

    Parameters
    ----------
    with_memory, without_memory : Training
        Both as long as each other.
    """

    def __init__(self, with_memory: Training, without_memory: Training) -> None:
        self._trainings = {True: with_memory, False: without_memory}
        with course_style():
            figure = new_figure(3.2)
            left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
            table = self._table(left)
            moving: list[Artist] = [*table, *self._curves(right)]
            self.live = LiveFigure(figure, moving)

    def _table(self, axes: Axes) -> list[Artist]:
        axes.set_title("What comes next?")
        self._image = axes.imshow(np.zeros((4, 4)), cmap=_COLOURS, vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(4), list(CHARACTERS))
        axes.set_yticks(range(4), READ)
        axes.set(xlabel="probability of each character", ylabel="read so far")
        axes.tick_params(length=0)
        frames = [
            Rectangle((CHARACTERS.index(right) - 0.5, row - 0.5), 1, 1, fill=False, linewidth=2.2)
            for row, right in enumerate(TARGETS)
        ]
        for frame in frames:
            frame.set(edgecolor=INK, clip_on=False)
            axes.add_patch(frame)
        self._numbers: list[Text] = [
            axes.text(column, row, "", ha="center", va="center", color=INK)
            for row in range(4)
            for column in range(4)
        ]
        return [self._image, *frames, *self._numbers]

    def _curves(self, axes: Axes) -> list[Artist]:
        loss, other = LOOKS["loss"], LOOKS["comparison"]
        steps = np.arange(len(self._trainings[True].losses))
        axes.plot(steps, self._trainings[True].losses, color=loss.colour)
        axes.plot(steps, self._trainings[False].losses, color=other.colour, linestyle="--")
        axes.axhline(FLOOR, color=MUTED, linewidth=0.8, linestyle=":")
        end = steps[-1]
        axes.text(end, FLOOR - 0.03, f"{FLOOR:.4f}", ha="right", va="top", color=MUTED)
        height = self._trainings[False].losses[-1] + 0.05
        axes.text(end, height, "without memory", ha="right", va="bottom", color=other.colour)
        height = self._trainings[True].losses[-1] + 0.03
        axes.text(end, height, "with memory", ha="right", va="bottom", color=loss.colour)
        axes.set_title("Memory breaks through the floor")
        axes.set(xlabel="training step", ylabel="mean loss [nats/character]", ylim=(0, 1.55))
        (self._here,) = axes.plot([0], [0], marker=loss.marker, markersize=8, color=loss.colour)
        return [self._here]

    def at(self, step: int, memory: bool) -> LiveFigure:
        """Show the network with or without memory after `step` training steps."""
        table = self._trainings[memory].tables[step]
        self._image.set_data(table)
        for text, chance in zip(self._numbers, table.ravel(), strict=True):
            text.set_text(f"{chance:.2f}")
        self._here.set_data([step], [self._trainings[memory].losses[step]])
        self._here.set_color(LOOKS["loss" if memory else "comparison"].colour)
        return self.live


class HelloTraining(Panel):
    """The training of "hello", to be gone through with a slider, with memory and without.

    Parameters
    ----------
    steps : int
        How many training steps there are.
    """

    def __init__(self, steps: int = STEPS) -> None:
        super().__init__(ALT, "7em")
        self._trainings = {memory: train(memory, steps) for memory in (True, False)}
        self._drawing = TrainingDrawing(self._trainings[True], self._trainings[False])
        self.step = self.slider("training step", START, 0, steps)
        self.play = self.player(self.step, 300)
        self.memory = widgets.Checkbox(
            value=True,
            description="memory (off: W_hh held at zero)",
            indent=False,
            layout=widgets.Layout(width="auto"),
        )
        self._redraw()
        self.follow(self._redraw, self.step, self.memory)
        self.arrange([self.play, self.step, self.reset], [self.memory])

    def still(self) -> bytes:
        """The end of the training."""
        still = self._drawing.at(self.step.max, True).still()
        self._redraw()
        return still

    def _redraw(self) -> None:
        step, memory = self.step.value, self.memory.value
        self.put(self._drawing.at(step, memory), _words(self._trainings[memory], step))


def _words(training: Training, step: int) -> str:
    loss, table = training.losses[step], training.tables[step]
    side = "below" if loss < FLOOR else "above"
    after_hel, after_hell = table[2], table[3]
    return (
        f"After {step} training steps the mean loss is {loss:.4f} nats a character, {side} "
        f"{FLOOR:.4f}. <br>The probability of l after hel is {after_hel[2]:.2f}, "
        f"that of o after hell {after_hell[3]:.2f}."
    )


def hello_training() -> None:
    """Train "hello" with measured gradients, and show the table of probabilities as it learns."""
    HelloTraining().show()
