"""The course's figures: one colour a quantity, light and dark theme, never without alt text.

Figures are made without pyplot, so Jupyter never shows a second copy of one, and leave as
PNG in an ``<img alt=…>``. They are drawn on white, which is readable anywhere; where JupyterLab's
dark theme is on, a style sheet turns white to black, keeps the hues and melts into the page.
"""

import base64
import io
from collections.abc import Mapping
from contextlib import AbstractContextManager
from html import escape
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure

from rnn_ref.errors import InputError

WIDTH_IN = 6.5  # what fits beside an open file browser on a small laptop
DPI = 192  # two device pixels a CSS pixel: sharp on a high-resolution screen
CSS_PIXELS_PER_IN = 96

INK = "#1f1f1f"
MUTED = "#6b6b6b"
FAINT = "#d4d4d4"


class Look(NamedTuple):
    """How a quantity is drawn: never by its colour alone."""

    colour: str
    tint: str
    """The same hue on a surface, pale enough to write on."""
    line: str
    marker: str

    def plot_style(self) -> dict[str, Any]:
        """Keyword arguments for ``Axes.plot``."""
        return {"color": self.colour, "linestyle": self.line, "marker": self.marker}


# Okabe and Ito (2008): told apart with any kind of colour vision.
LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "input": Look("#E69F00", "#FCF0D9", "none", "s"),
        "state": Look("#0072B2", "#DDEBF5", "-", "o"),
        "output": Look("#009E73", "#DBF1EA", "-", "^"),
        "loss": Look("#D55E00", "#FAE6D9", "-", "D"),
        "gradient": Look("#CC79A7", "#F7EAF1", "-", "v"),
        "cell": Look("#56B4E9", "#E4F3FC", "--", "P"),
        "weight": Look("#6b6b6b", "#EFEFEF", "-", "x"),
        "comparison": Look("#6b6b6b", "#EFEFEF", ":", "."),
    }
)

STATE_COLOURS: Colormap = LinearSegmentedColormap.from_list(
    "state", ["#7a7a7a", "#ffffff", LOOKS["state"].colour]
)
"""Grey below zero, white at zero, the state's blue above."""

_STYLE: Mapping[Any, Any] = MappingProxyType(
    {
        "figure.dpi": DPI,
        "figure.facecolor": "white",
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture everywhere
        "font.size": 9.5,
        "text.color": INK,
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "legend.frameon": False,
    }
)

CSS = (
    # As wide as the text, and on a very wide screen as wide as its pixels bear.
    ".unrolled-figure{background:#fff;width:min(100%,840px);height:auto;display:block}"
    # hue-rotate brings back the hues that invert has turned; screen makes black transparent.
    "body[data-jp-theme-light=false] .unrolled-figure"
    "{filter:invert(1) hue-rotate(180deg);mix-blend-mode:screen}"
)


def course_style() -> AbstractContextManager[None]:
    """The style of every figure; draw inside ``with course_style():``."""
    return mpl.rc_context(dict(_STYLE))


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """An empty figure that pyplot knows nothing of; call it inside ``course_style``.

    Raises
    ------
    InputError
        If the figure is wider than a notebook's column.
    """
    if width_in > WIDTH_IN:
        raise InputError(f"A figure is at most {WIDTH_IN} inches wide; {width_in} were asked for.")
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def figure_png(figure: Figure) -> bytes:
    """The figure as PNG, drawn at two pixels a CSS pixel."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, pil_kwargs={"compress_level": 4})
    return buffer.getvalue()


def image_html(png: bytes, alt: str, width_in: float, css_class: str = "") -> str:
    """An ``<img>`` with alt text that follows JupyterLab's theme.

    Raises
    ------
    InputError
        If the alt text is empty.
    """
    if not alt.strip():
        raise InputError("A figure needs alt text: one sentence that states what it shows.")
    source = base64.b64encode(png).decode("ascii")
    return (
        f"<style>{CSS}</style>"
        f'<img class="unrolled-figure {css_class}" alt="{escape(alt)}" '
        f'width="{width_in * CSS_PIXELS_PER_IN:.0f}" src="data:image/png;base64,{source}">'
    )


def show(figure: Figure, alt: str) -> None:
    """Show a figure with alt text in a notebook; where there is no browser, the alt text.

    Parameters
    ----------
    figure : matplotlib Figure
    alt : str
        One sentence that states the figure's claim, for readers who cannot see it.

    Raises
    ------
    InputError
        If the alt text is empty.
    """
    from IPython.display import display  # here, so that drawing alone needs no IPython

    html = image_html(figure_png(figure), alt, figure.get_figwidth())
    display({"text/html": html, "text/plain": alt}, raw=True)
