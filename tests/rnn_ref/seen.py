"""What a widget shows, its picture and its words; what a notebook says; texts to try them on."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rnn_ref.char_lm import IntArray, encode
from rnn_ref.widgets.long_memory_saved import Reading
from rnn_ref.widgets.long_memory_text import CHAR_TO_ID, LABELS, library

PNG = b"\x89PNG"


def picture(widget: Any) -> bytes:
    return bytes(widget.stage.image.value)


def seen(widget: Any) -> tuple[bytes, str]:
    return picture(widget), widget.stage.words.value


def words(widget: Any) -> str:
    """Return the words without their marks."""
    return re.sub("<[^>]+>", "", widget.stage.words.value)


def made_up_reading() -> Reading:
    """Return a reading in which unit 2 follows prose and the others do as they like."""
    rng = np.random.default_rng(0)
    L = 4000
    text = "".join(rng.choice(list("ab <&\n"), size=L))
    labels = {name: np.repeat(rng.random(L // 20) < 0.4, 20) for name in LABELS}
    h = rng.uniform(-1, 1, size=(L, 5))
    h[:, 2] = 0.9 * (2 * labels["prose"] - 1) + 0.05 * h[:, 2]
    return Reading(text, h, labels)


def cells_of(notebook: str) -> dict[str, str]:
    """Return the sources of a notebook's cells, by their ids."""
    path = Path(__file__).parents[2] / f"solutions/{notebook}/{notebook}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


@cache
def choosing_ids() -> IntArray:
    """Return the text for choosing as ids."""
    return encode(library().choosing, CHAR_TO_ID)
