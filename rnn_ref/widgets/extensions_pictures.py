"""The notebook on extensions: pictures of a scan and of deep and bidirectional networks."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.plotting import INK, LOOKS, MUTED, course_style, new_figure


def wrappers_picture() -> tuple[Figure, str]:
    """Draw a deep and a bidirectional network, unrolled; return the picture and its alt text."""
    with course_style():
        figure = new_figure(2.6)
        left, right = figure.subplots(1, 2)
        for axes, title in ((left, "Deep: layer on layer"), (right, "Bidirectional: two readers")):
            axes.set(xlim=(-0.6, 3.6), ylim=(-0.5, 3.1), title=title)
            axes.axis("off")
        for t in range(4):
            _box(left, t, 0, f"x{_SMALL[t]}", "input")
            _box(left, t, 1.3, "layer 1", "state")
            _box(left, t, 2.6, "layer 2", "state")
            _arrow(left, (t, 0), (t, 1.3))
            _arrow(left, (t, 1.3), (t, 2.6))
            _box(right, t, 1.3, f"x{_SMALL[t]}", "input")
            _box(right, t, 2.6, "ahead", "state")
            _box(right, t, 0, "behind", "cell")
            _arrow(right, (t, 1.3), (t, 2.6))
            _arrow(right, (t, 1.3), (t, 0))
        for t in range(3):
            _arrow(left, (t, 1.3), (t + 1, 1.3), sideways=True)
            _arrow(left, (t, 2.6), (t + 1, 2.6), sideways=True)
            _arrow(right, (t, 2.6), (t + 1, 2.6), sideways=True)
            _arrow(right, (t + 1, 0), (t, 0), sideways=True)
    return figure, (
        "Left: two layers; the states of the first are the inputs of the second, and both hand "
        "their states on from left to right. Right: two cells read the same inputs, one from left "
        "to right, one from right to left."
    )


def scan_picture() -> tuple[Figure, str]:
    """Draw which steps a scan joins in each pass; return the picture and its alt text."""
    T = 8
    with course_style():
        figure = new_figure(2.5)
        axes = figure.add_subplot()
        for level in range(4):
            for t in range(T):
                known = min(2**level, t + 1)
                done = known == t + 1
                name = "state" if done else "weight"
                look = LOOKS[name]
                axes.text(
                    t,
                    level,
                    str(known),
                    ha="center",
                    va="center",
                    color=INK,
                    bbox={
                        "boxstyle": "round,pad=0.3",
                        "fc": look.tint,
                        "ec": look.colour,
                        "linestyle": "-" if done else ":",
                    },
                )
                if level < 3:
                    _arrow(axes, (t, level), (t, level + 1), shrink=11)
                    if t + 2**level < T:
                        _arrow(axes, (t, level), (t + 2**level, level + 1), shrink=11)
        axes.set(xlim=(-0.5, T - 0.5), ylim=(-0.4, 3.4), xlabel="step")
        axes.set_xticks(range(T), [str(t + 1) for t in range(T)])
        axes.set_yticks(range(4), ["start", "pass 1", "pass 2", "pass 3"])
        axes.set_title("Eight steps take three passes")
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.tick_params(length=0)
    return figure, (
        "Eight boxes a row. At the start each step knows itself alone; after the first pass two "
        "steps are joined in each box, after the second four, after the third all up to it."
    )


_SMALL = "₁₂₃₄"


def _box(axes: Axes, x: float, y: float, text: str, name: str) -> None:
    look = LOOKS[name]
    box = {"boxstyle": "round,pad=0.35", "fc": look.tint, "ec": look.colour}
    axes.text(x, y, text, ha="center", va="center", fontsize=7.5, bbox=box, zorder=3)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    sideways: bool = False,
    shrink: float | None = None,
) -> None:
    room = shrink if shrink is not None else (21 if sideways else 10)
    style = {
        "arrowstyle": "-|>,head_width=0.14,head_length=0.3",
        "color": MUTED,
        "linewidth": 1,
        "shrinkA": room,
        "shrinkB": room,
    }
    axes.annotate("", end, start, arrowprops=style, zorder=1)
