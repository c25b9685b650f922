"""A folder as Gradescope lays it out, and what is handed in there."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.demo.notebooks import grade_id, read_notebook
from autograder.hosted import bundle, run
from autograder.sandbox.launcher import Launcher
from autograder.units import folder_name

ROOT = Path(__file__).parents[2]
UNIT = "recurrence"
NAME = folder_name(UNIT)
AGAIN = f"hand in {NAME}.ipynb"
EMPTY: dict[str, Any] = {"nbformat": 4, "metadata": {}, "cells": []}
WRONG_STEP = """\
def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh)
    return h_t, None
"""


def solved(unit: str = UNIT) -> dict[str, Any]:
    """Return the unit's source notebook."""
    return read_notebook(Course(ROOT).source_notebook(unit))


def changed(**texts: str) -> dict[str, Any]:
    """Return the solved notebook with other texts in the cells named."""
    notebook = copy.deepcopy(solved())
    for cell in notebook["cells"]:
        cell["source"] = texts.get(grade_id(cell), cell["source"])
    return notebook


def script(notebook: dict[str, Any], mark: str = "# In[ ]:") -> str:
    """Return the code of a notebook as Jupyter exports it; without a mark as a module."""
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    return "\n\n".join(f"{mark}\n\n{text}" if mark else text for text in code)


@dataclass(frozen=True)
class Place:
    """The autograder's folder."""

    root: Path

    @property
    def submission(self) -> Path:
        return self.root / "submission"

    @property
    def course(self) -> Course:
        return Course(self.root / "source" / run.COURSE)

    @property
    def seed(self) -> Path:
        return self.course.seeds / f"{UNIT}.json"

    def hand_in(self, name: str, content: dict[str, Any] | str | bytes) -> None:
        """Put a file there, as the platform does."""
        path = self.submission / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content) if isinstance(content, dict) else content
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def grade(self, *launchers: Launcher) -> dict[str, Any]:
        """Run the autograder; return its results.json."""
        assert run.main({run.ROOT_SETTING: str(self.root)}, launchers) == 0
        found: dict[str, Any] = json.loads((self.root / "results" / "results.json").read_text())
        return found

    def grade_on_github(self) -> tuple[int, str]:
        """Run it as the workflow does; return its exit code and the job summary."""
        summary = self.root / "summary.md"
        summary.unlink(missing_ok=True)
        environment = {run.ROOT_SETTING: str(self.root), "GITHUB_STEP_SUMMARY": str(summary)}
        return run.main(environment), summary.read_text(encoding="utf-8")


def laid_out(root: Path, platform: str = run.GRADESCOPE) -> Place:
    """Lay out the autograder's folder, before anything is handed in."""
    for name, data in bundle.packed(Course(ROOT), platform, UNIT).items():
        path = root / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Place(root)


def points(found: dict[str, Any]) -> dict[str, float]:
    """Return the score of every exercise."""
    return {test["output"].split()[1].rstrip(":"): test["score"] for test in found["tests"]}
