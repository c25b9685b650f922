"""The picture of unit 04: where the next input comes from, in training and in writing."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from rnn_ref.plotting import INK, LOOKS, MUTED, Look, course_style, new_figure

ALT = (
    "Two unrolled networks. In training every input is the next character of the given text, and "
    "the draws are not used; in writing an arrow leads from each drawn character to the next input."
)
_STEPS = 3
_INPUT, _STATE, _DRAWN = 0.0, 1.0, 2.0


def two_loops() -> tuple[Figure, str]:
    """Training beside writing, as a figure and its alt text."""
    with course_style():
        figure = new_figure(height_in=2.7)
        left, right = figure.subplots(1, 2)
        _panel(left, "Training: the text is fed in", ["h", "e", "l"], ["e", "l", "l"], fed=False)
        _panel(right, "Writing: the draw is fed in", ["h", "e", "y"], ["e", "y", "!"], fed=True)
    return figure, ALT


def _panel(axes: Axes, title: str, inputs: list[str], above: list[str], fed: bool) -> None:
    axes.set_title(title, fontsize=10)
    axes.set_axis_off()
    axes.set_xlim(-0.95, _STEPS - 0.3)
    axes.set_ylim(-0.75, 2.5)
    rows = {_INPUT: "input", _STATE: "state", _DRAWN: "draw" if fed else "target"}
    for y, name in rows.items():
        axes.text(-0.92, y, name, va="center", color=MUTED, fontsize=8.5)
    for t in range(_STEPS):
        _box(axes, t, _INPUT, inputs[t], LOOKS["input"])
        _box(axes, t, _STATE, f"$h_{t + 1}$", LOOKS["state"])
        _box(axes, t, _DRAWN, above[t], LOOKS["output"] if fed else LOOKS["input"])
        _arrow(axes, (t, _INPUT + 0.26), (t, _STATE - 0.28))
        _arrow(axes, (t, _STATE + 0.28), (t, _DRAWN - 0.26))
        if t + 1 < _STEPS:
            _arrow(axes, (t + 0.24, _STATE), (t + 0.76, _STATE))
            if fed:
                green = LOOKS["output"].colour
                _arrow(axes, (t + 0.2, _DRAWN - 0.16), (t + 0.82, _INPUT + 0.24), green, "--")
    note = "each draw is the next input" if fed else "compare scores with targets: the loss"
    axes.text((_STEPS - 1) / 2, -0.62, note, ha="center", color=INK, fontsize=8.5)


def _box(axes: Axes, x: float, y: float, text: str, look: Look) -> None:
    box = {"boxstyle": "round,pad=0.32", "facecolor": look.tint, "edgecolor": look.colour}
    axes.text(x, y, text, ha="center", va="center", color=INK, bbox=box)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = MUTED,
    line: str = "-",
) -> None:
    arrow = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=9, color=colour, linestyle=line, linewidth=1.2
    )
    axes.add_patch(arrow)
