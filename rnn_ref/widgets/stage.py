"""What every widget stands on: quick redrawing, words beneath the picture, a still picture."""

import struct
import zlib
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, NamedTuple
from uuid import uuid4

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt
from IPython.display import display
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from rnn_ref.plotting import CSS, CSS_PIXELS_PER_IN, image_html

LIVE_DPI = 144  # a picture of half the pixels of a still one: a slider's move is seen sooner
BACK = "Back to the start"
_ROW = widgets.Layout(flex_flow="row wrap", align_items="center")
_FOR_SCREEN_READERS = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


class LiveFigure:
    """A figure whose background is drawn once; only the moving artists are drawn again.

    Parameters
    ----------
    figure : matplotlib Figure
        Complete; it must not be changed afterwards except through the moving artists.
    moving : sequence of artists
        In the order in which they are to be drawn, all above the background.
    seldom : sequence of artists
        Those which few of the controls change. They lie between the background and the moving
        artists, and are drawn again only when one of them has changed.
    """

    def __init__(
        self, figure: Figure, moving: Sequence[Artist], seldom: Sequence[Artist] = ()
    ) -> None:
        self.figure = figure
        self._moving, self._seldom = tuple(moving), tuple(seldom)
        for artist in (*self._moving, *self._seldom):
            artist.set_animated(True)  # leaves it out of the background
        self._still_dpi = figure.get_dpi()
        self._canvas = FigureCanvasAgg(figure)
        self._draw_background(LIVE_DPI)

    def png(self) -> bytes:
        """The figure as it is now; in a fraction of the time of a whole drawing."""
        if any(artist.stale for artist in self._seldom):
            self._draw_seldom()
        self._canvas.restore_region(self._ground)
        for artist in self._moving:
            self.figure.draw_artist(artist)
        return png_bytes(np.asarray(self._canvas.buffer_rgba()))

    def still(self) -> bytes:
        """The figure as it is now, as fine as all other pictures of the course."""
        self._draw_background(self._still_dpi)
        picture = self.png()
        self._draw_background(LIVE_DPI)
        return picture

    def _draw_background(self, dpi: float) -> None:
        self.figure.set_dpi(dpi)
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self.figure.bbox)
        self._draw_seldom()

    def _draw_seldom(self) -> None:
        self._canvas.restore_region(self._background)
        for artist in self._seldom:
            self.figure.draw_artist(artist)
            artist.stale = False  # an empty text would stay stale for ever
        self._ground = self._canvas.copy_from_bbox(self.figure.bbox)


def png_bytes(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Pack a picture as PNG in half of the time that Pillow takes, at about its size.

    Pillow looks for the best filter row by row. In a drawing most rows repeat the one above, so
    that difference (filter 2, "up") is stored for all of them.

    Parameters
    ----------
    pixels : uint8 array, shape (height, width, 4)
        Red, green, blue, alpha.

    Source: Portable Network Graphics (PNG) Specification, W3C, second edition, chapters 5 and 9.
    """
    height, width, _ = pixels.shape
    flat = pixels.reshape(height, -1)
    rows = np.empty((height, 1 + flat.shape[1]), dtype=np.uint8)
    rows[:, 0] = 2
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])  # modulo 256, as the format wants it
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGB and alpha
    data = zlib.compress(rows.tobytes(), level=1)  # speed before size: it stays local
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


class Frame(NamedTuple):
    """One of the pictures that a reader without a kernel can choose among."""

    name: str
    """A word or two: what is set."""
    png: bytes
    alt: str


class Stage:
    """A picture and the words beneath it, which controls change, and a still picture.

    ``show`` displays the still first and then the live widget, which hides the still. So a page
    without a kernel (a saved notebook, an HTML edition) shows the still, and a reader with one
    sees the widget alone.
    """

    def __init__(self, alt: str) -> None:
        self._alt = alt
        self._still_class = f"unrolled-still-{uuid4().hex}"
        self.image = widgets.Image(format="png")
        self.image.add_class("unrolled-figure")
        self.words = widgets.HTML()
        # The live image can have no alt attribute, so the text stands beside it, unseen.
        hide_still = f"<style>{CSS} .{self._still_class}{{display:none !important}}</style>"
        spoken = f'<span style="{_FOR_SCREEN_READERS}">{escape(alt)}</span>'
        self._style = widgets.HTML(
            hide_still + spoken, layout=widgets.Layout(height="0", margin="0")
        )

    def update(self, live: LiveFigure, words: str) -> None:
        """Put the figure as it is now, and what it means, on the screen."""
        self.image.value = live.png()
        self.image.width = f"{live.figure.get_figwidth() * CSS_PIXELS_PER_IN:.0f}"
        self.words.value = words

    def show(
        self,
        controls: Sequence[widgets.Widget],
        still: bytes,
        width_in: float,
        frames: Sequence[Frame] = (),
    ) -> None:
        """Display controls, picture and words; the still stands in where no kernel runs.

        Parameters
        ----------
        controls : sequence of widgets
        still : bytes
            PNG at the start.
        width_in : float
        frames : sequence of Frame
            What else the controls can show. The readable edition lets its reader choose among
            them; everywhere else they stay hidden.
        """
        html = image_html(still, self._alt, width_in, self._still_class)
        for frame in frames:
            image = image_html(frame.png, frame.alt, width_in, self._still_class)
            hidden = f'<img data-frame="{escape(frame.name)}" style="display:none" '
            html += image.replace("<img ", hidden)
        display({"text/html": html, "text/plain": self._alt}, raw=True)
        display(widgets.VBox([self._style, *controls, self.image, self.words]))


class Panel:
    """A stage and its controls: what every widget of the course is made of.

    A subclass makes its controls, says with ``follow`` what happens when one moves, ``put``s the
    picture and its words on the stage, and hands the controls to ``arrange``.

    Parameters
    ----------
    alt : str
        Of the picture.
    label_width : str
        Of the names before the controls.
    hint : str or None
        What the reset button says to a pointer above it.
    """

    def __init__(self, alt: str, label_width: str, hint: str | None = BACK) -> None:
        self.stage = Stage(alt)
        self.style = {"description_width": label_width}
        self.reset = widgets.Button(description="Reset", tooltip=hint)
        self.reset.on_click(lambda _: self.start_again())

    def slider(
        self, name: str, value: float, low: float, high: float, step: float = 1, **more: Any
    ) -> Any:
        """Return a slider: through whole numbers if its step is one, else through all."""
        kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
        ends = {"value": value, "min": low, "max": high, "step": step}
        return kind(**ends, description=name, style=self.style, **more)

    def log_slider(
        self, name: str, value: float, low: float, high: float, step: float, form: str
    ) -> Any:
        """Return a slider through powers of ten, from `low` to `high`; `form` is of its number."""
        ends = {"value": value, "min": low, "max": high, "step": step, "readout_format": form}
        return widgets.FloatLogSlider(**ends, base=10, description=name, style=self.style)

    def player(self, slider: Any, interval_ms: int) -> Any:
        """Return buttons that move a slider by themselves, a step each so many milliseconds."""
        ends = {"value": slider.value, "min": slider.min, "max": slider.max}
        play = widgets.Play(**ends, interval=interval_ms, show_repeat=False)
        widgets.jslink((play, "value"), (slider, "value"))
        return play

    def follow(self, moved: Callable[[], object], *controls: Any) -> None:
        """Call a function whenever one of the controls has moved."""
        for control in controls:
            control.observe(lambda _: moved(), "value")

    def arrange(self, *rows: Any) -> None:
        """Set out the controls, as they stand at the start, in rows; one by itself is no list."""
        self._rows = rows
        controls = [one for row in rows for one in (row if isinstance(row, list) else [row])]
        self._start = [
            (one, one.value)
            for one in controls
            if hasattr(one, "value") and not isinstance(one, widgets.Play)  # it follows its slider
        ]

    def put(self, live: LiveFigure, words: str) -> None:
        """Put the picture as it is now, and what it means, on the stage."""
        self.live = live
        self.stage.update(live, words)

    def start_again(self) -> None:
        """Bring all controls back to where they were."""
        for control, value in self._start:
            control.value = value

    def still(self) -> bytes:
        """The picture that stands in where no kernel runs."""
        return self.live.still()

    def frames(self) -> Sequence[Frame]:
        """What the readable edition lets its reader choose among."""
        return ()

    def show(self) -> None:
        """Display the widget; its still picture stands in for it where no kernel runs."""
        rows = [widgets.Box(r, layout=_ROW) if isinstance(r, list) else r for r in self._rows]
        self.stage.show(rows, self.still(), self.live.figure.get_figwidth(), self.frames())
