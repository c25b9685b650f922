"""A ragged batch as a picture: three videos of different lengths and their captions' words."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from rnn_ref.outputs import loss_mask
from rnn_ref.plotting import FAINT, INK, LOOKS, MUTED, Look, course_style
from rnn_ref.widgets.diagrams import sheet

CAPTIONS = (
    (4, ("a", "dog", "runs", "end")),
    (2, ("rain", "end")),
    (5, ("two", "boys", "play", "ball", "end")),
)
"""Frames of each video, and its caption."""

LEFT, RIGHT = -1.7, 0.55
ROW, STRIP = 1.35, 0.5  # from a video to the next, and the height of one line of cells
TITLE = "Three videos in one array: each reads its frames, then writes its words"


def captioning_batch() -> tuple[Figure, str]:
    """Return the picture and its alt text; the words stand where ``loss_mask`` says True."""
    n_in = np.array([frames for frames, _ in CAPTIONS])
    n_out = np.array([len(words) for _, words in CAPTIONS])
    T = int((n_in - 1 + n_out).max())
    mask = loss_mask("many-to-many", T, n_in, n_out)
    bottom, top = -ROW * (len(CAPTIONS) - 1) - 0.62, 1.75
    with course_style():
        figure, axes = sheet(LEFT, T - 1 + RIGHT, bottom, top, TITLE)
        axes.text(LEFT + 0.08, 1.0, "step $t$", va="center")
        for t in range(T):
            axes.text(t, 1.0, f"{t}", ha="center", va="center", color=MUTED)
        for n, (frames, words) in enumerate(CAPTIONS):
            at = dict(zip(np.flatnonzero(mask[n]).tolist(), words, strict=True))
            _sequence(axes, -ROW * n, n, frames, at, T)
    lengths = "; ".join(f"{frames} frames and {len(words)} words" for frames, words in CAPTIONS)
    alt = (
        f"A batch of three videos over {T} steps: {lengths}. In each row the first word stands at "
        "the step of the last frame; all steps after the last word are padding."
    )
    return figure, alt


def _sequence(axes: Axes, y: float, n: int, frames: int, words: dict[int, str], T: int) -> None:
    """Draw two lines of cells: what is read above, what is to be answered below."""
    axes.text(LEFT + 0.08, y + STRIP / 2, f"video {n}: in", va="center")
    axes.text(LEFT + 0.08, y - STRIP / 2, "target", va="center")
    for t in range(T):
        cell(axes, t, y, LOOKS["input"] if t < frames else None, f"frame {t + 1}")
        cell(axes, t, y - STRIP, LOOKS["output"] if t in words else None, words.get(t, ""))


def cell(axes: Axes, t: int, y: float, look: Look | None, text: str) -> None:
    """Draw one place of a batch, dotted where it is padding."""
    face, edge = (look.tint, look.colour) if look else ("none", FAINT)
    line = "solid" if look else "dotted"
    axes.add_patch(
        Rectangle((t - 0.47, y + 0.03), 0.94, STRIP - 0.06, fc=face, ec=edge, linestyle=line)
    )
    if look:
        axes.text(t, y + STRIP / 2, text, ha="center", va="center", fontsize=8, color=INK)
