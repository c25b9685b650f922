"""What all widgets stand on: a picture leaves as it was drawn."""

import io

import numpy as np
import pytest
from PIL import Image

from rnn_ref.plotting import DPI, course_style, new_figure
from rnn_ref.widgets.stage import LIVE_DPI, LiveFigure, png_bytes


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (40, 30)])
def test_png_any_picture_is_read_back_pixel_by_pixel(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, size=(*shape, 4), dtype=np.uint8)
    picture = Image.open(io.BytesIO(png_bytes(pixels)))
    assert picture.mode == "RGBA"
    np.testing.assert_array_equal(np.asarray(picture), pixels)


def test_live_figure_with_a_moved_artist_equals_a_drawing_from_scratch() -> None:
    with course_style():
        figures = [new_figure(2.0), new_figure(2.0)]
        lines = [figure.add_subplot().plot([0, 1], [0, 1])[0] for figure in figures]
        live = LiveFigure(figures[0], [lines[0]])
        for line in lines:
            line.set_ydata([1, 0])
        fresh = LiveFigure(figures[1], [])
    moved, whole = (np.asarray(Image.open(io.BytesIO(f.png()))) for f in (live, fresh))
    np.testing.assert_array_equal(moved, whole)


def test_live_figure_draws_seldom_artists_again_once_they_have_changed() -> None:
    with course_style():
        figures = [new_figure(2.0), new_figure(2.0)]
        words = [figure.text(0.1, 0.5, "before") for figure in figures]
        live = LiveFigure(figures[0], [], seldom=[words[0]])
        before = live.png()
        assert live.png() == before
        for text in words:
            text.set_text("after")
        fresh = LiveFigure(figures[1], [], seldom=[words[1]])
    assert live.png() == fresh.png() != before


def test_still_of_a_live_figure_is_as_fine_as_the_course_and_the_live_one_stays() -> None:
    with course_style():
        figure = new_figure(2.0)
        (line,) = figure.add_subplot().plot([0, 1], [0, 1])
        live = LiveFigure(figure, [line])
    before = live.png()
    width = [Image.open(io.BytesIO(picture)).width for picture in (live.still(), before)]
    assert width == [round(figure.get_figwidth() * dpi) for dpi in (DPI, LIVE_DPI)]
    assert live.png() == before
