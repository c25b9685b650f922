"""Notebooks as a kit has them: the released ones, and a first cell that installs the wheel."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.kit.own import keys_of
from autograder.reports.book.outputs import Kind, Output, without_frames
from autograder.units import UNITS

SETUP_ID = "kit-setup"
DEMO, MAY_FAIL = "demo", "raises-exception"
_REPLY = "unrolled-card"
"""In what answers a prediction: the learner's own comes in its place."""


def kit_notebook(path: Path, unit: str, wheel: str) -> bytes:
    """Return a released notebook for a kit.

    Its first code cell installs the wheel where it is missing, and demonstrations may fail: some
    wait for the learner's functions.

    Parameters
    ----------
    wheel : str
        File or URL, as seen from the notebook.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if DEMO in tags and MAY_FAIL not in tags:
            tags.append(MAY_FAIL)
    first = next(i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
    notebook["cells"].insert(first, _setup_cell(unit, wheel))
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def _setup_cell(unit: str, wheel: str) -> dict[str, Any]:
    module = f"autograder.student.probes.{unit}" if unit in UNITS else "autograder.student"
    lines = (
        "# Setup: gets what this notebook needs, where it is missing",
        "try:",
        f"    import {module}",
        "except ImportError:",
        f"    %pip install --quiet {wheel}",
    )
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": SETUP_ID,
        "metadata": {"tags": [DEMO]},
        "outputs": [],
        "source": [f"{line}\n" for line in lines[:-1]] + [lines[-1]],
    }


def stills_of(
    cells: Sequence[Mapping[str, Any]], outputs: Mapping[str, Sequence[Output]]
) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield what each demonstration shows, by what it is found by."""
    for cell in cells:
        shown = [
            ["text" if one.kind is Kind.TEXT else "html", without_frames(one.text)]
            for one in outputs.get(cell["id"], ())
            if _REPLY not in one.text
        ]
        if shown and DEMO in cell["metadata"].get("tags", ()):
            yield from ((key, copy.deepcopy(shown)) for key in keys_of("".join(cell["source"])))
