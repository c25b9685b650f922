"""The pictures of the README, taken anew: ``python -m tests.browser.pictures``.

One is a check's card in JupyterLab, on a notebook with a transposed weight matrix; the other the
report of the demonstration class, as `make demo` has left it.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, ViewportSize

from autograder.course import Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.demo.run import demo_course
from autograder.judge.mistakes import recurrence as mistakes
from tests.browser.lab import NotebookPage, browser, running_lab

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
UNIT = "recurrence"
CHECK = 'check("rnn_step_forward"'
#: So high because JupyterLab leaves out what is not on the screen.
SIZE = ViewportSize(width=1120, height=5000)
DOTS = 2
COLOURS = 128
MARGIN = 7


def box_around(*parts: Locator) -> FloatRect:
    """Return the part of a page that holds these elements, and a margin."""
    boxes = [box for part in parts if (box := part.bounding_box()) is not None]
    left, top = (min(box[side] for box in boxes) - MARGIN for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + MARGIN
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def save(name: str, png: bytes) -> None:
    """Write a picture with few colours, which text and rules do not miss."""
    path = PICTURES / name
    small = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


def is_shown(cell: dict[str, Any]) -> bool:
    """Tell whether a cell is needed for the card, or short: all but prose and demonstrations."""
    return cell["cell_type"] == "code" and "demo" not in cell["metadata"].get("tags", ())


def card(chromium: Browser, course: Course) -> bytes:
    """Return the answer and the card of the first exercise, in JupyterLab."""
    release = read_notebook(course.release_notebook(UNIT))
    texts = solution_texts(read_notebook(course.source_notebook(UNIT)))
    texts["rnn_step_forward"] = mistakes.STEP["W_hh_transposed"].source.strip()
    begun = submission(release, texts)
    begun["cells"] = [cell for cell in begun["cells"] if is_shown(cell)]
    with tempfile.TemporaryDirectory() as place:
        root, home = Path(place) / "work", Path(place) / "home"
        root.mkdir()
        (root / "unit.ipynb").write_text(json.dumps(begun), encoding="utf-8")
        with running_lab(root, home) as address:
            page = chromium.new_page(viewport=SIZE, device_scale_factor=DOTS)
            NotebookPage(page, address, "unit.ipynb").run_all()
            answer = page.locator(".jp-CodeCell", has_text="def rnn_step_forward").first
            check = page.locator(".jp-CodeCell", has_text=CHECK).first
            editors = [cell.locator(".jp-InputArea-editor") for cell in (answer, check)]
            return page.screenshot(
                clip=box_around(*editors, check.locator(".jp-RenderedHTML").first)
            )


def class_report(chromium: Browser, course: Course) -> bytes:
    """Return the head of the demonstration class's report."""
    report = course.root / demo_course(course).data / "reports" / "01_recurrence" / "class.html"
    if not report.is_file():
        sys.exit(f"{report} is missing: run 'make demo' first.")
    page = chromium.new_page(viewport=SIZE, device_scale_factor=DOTS, color_scheme="light")
    page.goto(report.as_uri())
    heading = page.get_by_role("heading", name="Exercises", exact=True)
    return page.screenshot(clip=box_around(heading, page.locator(".exercise").last))


def main() -> None:
    course = Course.find(ROOT)
    PICTURES.mkdir(exist_ok=True)
    with browser() as chromium:
        save("card.png", card(chromium, course))
        save("class-report.png", class_report(chromium, course))


if __name__ == "__main__":
    main()
