"""Both of the slides' forms in one picture: four matrices, side by side, are the stacked one."""

from itertools import product

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnn_ref.plotting import INK, LOOKS, MUTED, course_style
from rnn_ref.widgets.diagrams import sheet, squares

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
        title = "The stacked weights are the gates' own, side by side"
        figure, axes = sheet(0, width, 0, height, title, inset=(0.2, 0.3))
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
        left = LEFT + k * (H * SIDE + GAP)
        places = product(range(1, count + 1), range(H))
        corners = ((left + column * SIDE, top - row * SIDE) for row, column in places)
        squares(axes, corners, SIDE, look, linewidth=0.7)
        plate = {"facecolor": look.tint, "edgecolor": "none", "pad": 1.5}  # no line through it
        text = f"${own}^{{({letter})}}$"
        axes.text(_middle(k, H), middle, text, ha="center", va="center", fontsize=13, bbox=plate)
