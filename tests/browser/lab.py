"""Driving JupyterLab in a real browser, as a learner would."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S = 120
QUIET_MS = 1500
IDLE = """() =>
    window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"""
ALL_NUMBERED = """() => [...document.querySelectorAll('.jp-CodeCell')].every(cell =>
    /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').textContent)
    || !cell.querySelector('.cm-content')?.textContent.trim())"""
QUIET = """quiet => new Promise(done => {
    let timer = setTimeout(done, quiet);
    const later = () => { clearTimeout(timer); timer = setTimeout(done, quiet); };
    const all = {subtree: true, childList: true, attributes: true, characterData: true};
    new MutationObserver(later).observe(document.querySelector('.jp-Notebook'), all);
})"""


def find_chromium() -> str:
    """Return the path of the system's Chromium, or ""."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")


@contextmanager
def running_lab(root: Path, home: Path, config_path: Path | None = None) -> Iterator[str]:
    """Run JupyterLab on `root` with a home of its own and give its address.

    Parameters
    ----------
    config_path : Path, optional
        A folder of Jupyter settings besides the installed ones.
    """
    settings = home / ".jupyter" / "lab" / "user-settings" / "@jupyterlab"
    (settings / "apputils-extension").mkdir(parents=True)
    news = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "apputils-extension" / "notification.jupyterlab-settings").write_text(
        json.dumps(news)
    )
    environment = {**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / ".jupyter")}
    if config_path is not None:
        environment["JUPYTER_CONFIG_PATH"] = str(config_path)
    bin_folder = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([bin_folder, environment["PATH"]])
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    command += [f"--ServerApp.root_dir={root}", "--IdentityProvider.token="]
    command += ["--LabApp.expose_app_in_browser=True"]
    log = home / "lab.log"
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=file, stderr=file)
    try:
        yield _address(log, server)
    finally:
        server.terminate()
        server.wait(timeout=START_S)


def _address(log: Path, server: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(r"http://(localhost|127\.0\.0\.1):(\d+)/", log.read_text())
        if found:
            address = f"http://127.0.0.1:{found[2]}/"
            with (
                suppress(URLError),
                urllib.request.urlopen(f"{address}api/status", timeout=START_S),
            ):
                return address
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def browser() -> Iterator[Browser]:
    """Run the system's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_OPTIONS
        )
        try:
            yield chromium
        finally:
            chromium.close()


class NotebookPage:
    """One notebook, open in JupyterLab."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        page.set_default_timeout(START_S * 1000)
        page.goto(f"{address}lab/tree/{name}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_selector(".jp-NotebookPanel-toolbar")

    def run_all(self) -> None:
        """Run every cell, and wait until each code cell has its number and nothing changes more."""
        self.page.wait_for_function(IDLE)
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(ALL_NUMBERED)
        self.page.wait_for_function(IDLE)
        self.page.wait_for_load_state("networkidle")  # widgets load their parts when first shown
        self.page.evaluate(QUIET, QUIET_MS)
