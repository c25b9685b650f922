"""How a text is cut into rows and batches, drawn character by character."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnn_ref.char_lm import build_vocabulary, decode, encode, make_batches
from rnn_ref.plotting import INK, LOOKS, MUTED, WIDTH_IN, course_style, new_figure

SIDE, LEFT = 0.24, 0.62  # inches: a box, and what stands before the rows
ROW_GAP, BATCH_GAP = 0.12, 0.42
ROW_HEIGHT, STRIP_Y, TOP = 0.62, 0.55, 1.6
SPACE = "\N{OPEN BOX}"
TITLE = "Every row goes on in the next batch where it stopped"
TARGET = LOOKS["output"].colour


def batches_picture(text: str = "the cat sat on the mat", N: int = 3, T: int = 3) -> Figure:
    """Draw a short text, and its batches below it with the targets in small letters.

    Parameters
    ----------
    text : str
        Few enough characters to stand in one line.
    N, T : int
        Rows, and time steps a batch.
    """
    char_to_id, id_to_char = build_vocabulary(text)
    inputs, targets = make_batches(encode(text, char_to_id), N, T)
    B = len(inputs)
    with course_style():
        height = TOP + N * ROW_HEIGHT
        figure = new_figure(height)
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH_IN), ylim=(height, 0))
        axes.set_axis_off()
        axes.text(0.1, 0.28, TITLE, fontweight="bold", fontsize=11)
        _strip(axes, text, N, B * T)
        for b in range(B):
            x = LEFT + b * (T * SIDE + BATCH_GAP)
            axes.text(x, TOP - 0.16, f"batch {b}", color=MUTED)
            for n in range(N):
                given = decode(inputs[b, n], id_to_char)
                wanted = decode(targets[b, n], id_to_char)
                _piece(axes, x, TOP + n * ROW_HEIGHT, given, wanted)
        for n in range(N):
            axes.text(0.1, TOP + SIDE / 2 + n * ROW_HEIGHT, f"row {n}", va="center")
        x = LEFT + B * (T * SIDE + BATCH_GAP)
        axes.text(x, TOP + SIDE / 2, "input", va="center")
        target = "target: the next character"
        axes.text(x, TOP + SIDE + 0.11, target, va="center", color=TARGET)
    return figure


def batches_alt(N: int = 3, T: int = 3) -> str:
    """The picture in a sentence."""
    return (
        f"A text cut into {N} rows, and the rows into pieces of {T} characters: a batch holds one "
        "piece of every row, the next batch the pieces after them; the target below each "
        "character is the character after it."
    )


def _strip(axes: Axes, text: str, N: int, length: int) -> None:
    """Draw the whole text in one line, with small gaps where a row ends."""
    axes.text(0.1, STRIP_Y + SIDE / 2, "text", va="center")
    for place, character in enumerate(text):
        row = min(place // length, N)
        x = LEFT + place * SIDE + row * ROW_GAP
        _box(axes, x, STRIP_Y, character, left_over=row == N)
        if place == row * length:
            name = "left over" if row == N else f"row {row}"
            axes.text(x, STRIP_Y + SIDE + 0.13, name, va="center", color=MUTED)


def _piece(axes: Axes, x: float, y: float, given: str, wanted: str) -> None:
    for t, character in enumerate(given):
        _box(axes, x + t * SIDE, y, character)
        _letter(axes, x + t * SIDE, y + SIDE + 0.11, wanted[t], TARGET)


def _box(axes: Axes, x: float, y: float, character: str, left_over: bool = False) -> None:
    look = LOOKS["comparison" if left_over else "input"]
    axes.add_patch(
        Rectangle((x, y), SIDE, SIDE, facecolor=look.tint, edgecolor=look.colour, linewidth=0.8)
    )
    _letter(axes, x, y + SIDE / 2, character, INK)


def _letter(axes: Axes, x: float, y: float, character: str, colour: str) -> None:
    shown = SPACE if character == " " else character
    axes.text(x + SIDE / 2, y, shown, ha="center", va="center", color=colour, fontsize=9)
