"""What a widget shows: its picture and its words."""

import re
from typing import Any

PNG = b"\x89PNG"


def picture(widget: Any) -> bytes:
    return bytes(widget.stage.image.value)


def seen(widget: Any) -> tuple[bytes, str]:
    return picture(widget), widget.stage.words.value


def words(widget: Any) -> str:
    """Return the words without their marks."""
    return re.sub("<[^>]+>", "", widget.stage.words.value)
