"""A .py file as a notebook: its functions are found in there by name, as anywhere."""

import json
import re
from pathlib import Path
from typing import Any

from autograder.grading.own_files import UnreadableSubmission, read_regular_file
from autograder.grading.submissions import MAX_BYTES

#: Where Jupyter's export ("# In[3]:"), Spyder, VS Code and Jupytext ("# %%") begin a cell.
_CELL = re.compile(r"^# ?(?:%%(.*)|In\[[\d ]*\]:) *$", re.MULTILINE)
_COMMENT = re.compile(r"^# ?", re.MULTILINE)


def notebook_of(path: Path) -> bytes:
    """Return a notebook of what the script at `path` holds; none of it runs here.

    Raises
    ------
    UnreadableSubmission
        If it is a link, too large, empty, or no text in UTF-8.
    """
    try:
        text = read_regular_file(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSubmission(f"{path.name} is not text in UTF-8") from error
    if not text.strip():
        raise UnreadableSubmission(f"{path.name} is empty")
    first, *rest = _CELL.split(text.replace("\r\n", "\n"))
    cells = [_cell("", first)]
    cells += [_cell(title or "", body) for title, body in zip(rest[::2], rest[1::2], strict=True)]
    filled = [cell for cell in cells if cell["source"]]
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": filled}
    ).encode()


def _cell(title: str, text: str) -> dict[str, Any]:
    if "[markdown]" in title:
        source = _COMMENT.sub("", text.strip())
        return {"cell_type": "markdown", "metadata": {}, "source": source}
    source = text.strip("\n") if text.strip() else ""
    cell = {"cell_type": "code", "metadata": {}, "source": source}
    return {**cell, "execution_count": None, "outputs": []}
