"""Figures: never without alt text, never too wide, the same look everywhere."""

from html.parser import HTMLParser
from typing import Any

import matplotlib as mpl
import pytest

from rnn_ref.errors import InputError
from rnn_ref.plotting import (
    LOOKS,
    WIDTH_IN,
    course_style,
    figure_png,
    image_html,
    new_figure,
    show,
)


class Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs))


def test_image_carries_its_alt_text_escaped() -> None:
    reader = Images()
    reader.feed(image_html(b"png", 'A "<b>claim</b>"', 2.0))
    (image,) = reader.found
    assert image["alt"] == 'A "<b>claim</b>"'
    assert image["width"] == "192"


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_image_without_alt_text_is_refused(alt: str) -> None:
    with pytest.raises(InputError, match="alt text"):
        image_html(b"png", alt, 2.0)


def test_figure_wider_than_the_column_is_refused() -> None:
    with course_style(), pytest.raises(InputError, match="inches wide"):
        new_figure(2.0, WIDTH_IN + 0.1)


def test_show_displays_the_picture_once_with_its_text(monkeypatch: Any) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    with course_style():
        show(new_figure(1.0), "The claim.")
    assert [bundle["text/plain"] for bundle in shown] == ["The claim."]
    assert "data:image/png;base64," in shown[0]["text/html"]


def test_course_style_leaves_the_readers_own_settings_alone() -> None:
    before = mpl.rcParams["font.size"]
    with course_style():
        assert mpl.rcParams["font.size"] != before or before == 9.5
        assert figure_png(new_figure(1.0)).startswith(b"\x89PNG")
    assert mpl.rcParams["font.size"] == before


def test_no_two_quantities_look_the_same() -> None:
    looks = [(look.colour, look.line, look.marker) for look in LOOKS.values()]
    assert len(set(looks)) == len(looks)
