"""How long a slider's move takes to be on screen: from the key to the painted picture.

``python -m benchmarks.slider_latency [--json]``, from the project's root, opens the widget of unit
06 in JupyterLab in the system's Chromium, presses keys on its sliders, and times each press until
the frame with the changed picture has been handed to the screen.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.lab import NotebookPage, browser, find_chromium, running_lab

CELL = "from rnn_ref.widgets.gradient_flow import gradient_flow\n\ngradient_flow()"
PAUSE_MS = 450  # between two moves: each is timed alone
WATCH = """() => {
    window.moves = [];
    const picture = document.querySelector('img.widget-image');
    let pressed = null;
    document.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(() => {
        if (pressed === null) return;
        const begin = pressed;
        pressed = null;
        picture.decode().then(() => requestAnimationFrame(() => {
            const painted = new MessageChannel();  // answers when the frame is done
            painted.port1.onmessage = () => window.moves.push(performance.now() - begin);
            painted.port2.postMessage(0);
        }));
    }).observe(picture, {attributes: true, attributeFilter: ['src']});
}"""


def moves_ms(page: Page, slider: str, keys: list[str], count: int) -> list[float]:
    """Press keys on a slider and return the milliseconds of each move that changed the picture."""
    page.evaluate("window.moves = []")
    page.locator(".widget-slider", has_text=slider).locator(".noUi-handle").first.focus()
    for number in range(count):
        page.keyboard.press(keys[number % len(keys)])
        page.wait_for_timeout(PAUSE_MS)
    times: list[float] = page.evaluate("window.moves")
    return times


def measure(page: Page, count: int) -> dict[str, list[float]]:
    """Return the milliseconds of all moves, by what was moved."""
    steps = [
        ("largest singular value, linear", "σ_max", ["ArrowRight"]),
        ("non-normality, linear", "non-normality", ["ArrowLeft"]),
        ("largest singular value, tanh", "σ_max", ["ArrowLeft", "ArrowLeft", "PageUp"]),
        ("length, tanh", "T [steps]", ["ArrowRight"]),
    ]
    found = {}
    for name, slider, keys in steps:
        if name.endswith("value, tanh"):
            page.get_by_role("button", name="tanh").click()
            page.wait_for_timeout(PAUSE_MS)
        found[name] = moves_ms(page, slider, keys, count)
    return found


def in_jupyterlab(count: int) -> dict[str, list[float]]:
    """Open the widget in JupyterLab and measure."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    cell: dict[str, Any] = {"cell_type": "code", "id": "widget", "metadata": {}, "source": CELL}
    cell.update(execution_count=None, outputs=[])
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}}
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "root"), Path(folder, "home")
        root.mkdir()
        home.mkdir()
        (root / "widget.ipynb").write_text(
            json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5})
        )
        with running_lab(root, home) as address, browser() as chromium:
            page = chromium.new_page(viewport={"width": 1100, "height": 900})
            NotebookPage(page, address, "widget.ipynb").run_all()
            page.evaluate(WATCH)
            return measure(page, count)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="the same, for programs")
    parser.add_argument("--moves", type=int, default=20, help="of each slider")
    options = parser.parse_args()
    if not find_chromium():
        print("There is no Chromium on this machine (Debian: apt install chromium).")
        sys.exit(2)
    found = in_jupyterlab(options.moves)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    load = f"; load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"From key to picture, in milliseconds ({os.cpu_count()} cores{load})")
    print(f"{'':34}{'moves':>6}{'median':>8}{'worst':>7}")
    for name, times in found.items():
        print(f"{name:34}{len(times):6}{statistics.median(times):8.0f}{max(times):7.0f}")


if __name__ == "__main__":
    main()
