"""Both of the slides' forms in one picture: four matrices, side by side, are the stacked one."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnn_ref.plotting import INK, LOOKS, MUTED, WIDTH_IN, course_style, new_figure

BLOCKS = (("i", "i"), ("f", "f"), ("o", "o"), ("g", "c"))
"""Each block's name in the stacked form, and its raised letter in the form per gate."""
LEFT, GAP, SIDE = 3.9, 0.35, 1.0


def stacked_blocks(D: int = 2, H: int = 3) -> tuple[Figure, str]:
    """Return the picture and its alt text.

    Parameters
    ----------
    D, H : int
        Numbers in an input and in a state; small enough to be counted.
    """
    width = LEFT + 4 * H * SIDE + 3 * GAP + 0.2
    rows = (
        ("W_hh", "W", H, "state", f"({H}, {4 * H})"),
        ("W_xh", "U", D, "input", f"({D}, {4 * H})"),
        ("b", "b", 1, "weight", f"({4 * H},)"),
    )
    height = sum(n for _, _, n, _, _ in rows) * SIDE + 2 * 0.7 + 2.6
    with course_style():
        figure = new_figure(WIDTH_IN * height / width)
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        axes.set_axis_off()
        title = "The stacked weights are the gates' own, side by side"
        axes.text(0.2, height - 0.3, title, fontsize=11, fontweight="bold", va="top")
        top = height - 2.1
        for k, (name, _) in enumerate(BLOCKS):
            axes.text(_middle(k, H), top + 0.35, f"${name}$", ha="center", fontsize=12)
        for stacked, own, count, quantity, shape in rows:
            _draw_row(axes, top, (stacked, own, shape), (count, H), quantity)
            top -= count * SIDE + 0.7
    alt = (
        f"W_hh ({H}, {4 * H}), W_xh ({D}, {4 * H}) and b ({4 * H},), each cut into four blocks of "
        f"{H} columns, i, f, o, g: the blocks of W_hh are the slides' W^(i), W^(f), W^(o), W^(c), "
        "those of W_xh are U^(i) to U^(c), those of b are b^(i) to b^(c)."
    )
    return figure, alt


def _middle(block: int, H: int) -> float:
    return LEFT + block * (H * SIDE + GAP) + H * SIDE / 2


def _draw_row(
    axes: Axes, top: float, names: tuple[str, str, str], size: tuple[int, int], quantity: str
) -> None:
    """Draw one array as four blocks, named on the left as a whole, in the middle block by block."""
    (stacked, own, shape), (count, H), look = names, size, LOOKS[quantity]
    middle = top - count * SIDE / 2
    axes.text(0.2, middle, stacked, va="center", fontsize=11, color=INK)
    axes.text(1.6, middle, shape, va="center", fontsize=9, color=MUTED)
    for k, (_, letter) in enumerate(BLOCKS):
        for row in range(count):
            for column in range(H):
                x = LEFT + k * (H * SIDE + GAP) + column * SIDE
                axes.add_patch(
                    Rectangle(
                        (x, top - (row + 1) * SIDE),
                        SIDE,
                        SIDE,
                        facecolor=look.tint,
                        edgecolor=look.colour,
                        linewidth=0.7,
                    )
                )
        plate = {"facecolor": look.tint, "edgecolor": "none", "pad": 1.5}  # no line through it
        text = f"${own}^{{({letter})}}$"
        axes.text(_middle(k, H), middle, text, ha="center", va="center", fontsize=13, bbox=plate)
