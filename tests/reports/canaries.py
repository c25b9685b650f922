"""Text that shouts when a page takes it for markup, and ears that hear it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SHOUT = "document.documentElement.dataset.shouted='{0}'"
BREAKOUT = "</code></pre></p></td></style></title></textarea>-->\"'>"


def canaries(address: str) -> str:
    """Return attacks of many kinds in one text; `address` is what they try to reach."""
    by_script = [
        f"<script>{SHOUT.format('script')}</script>",
        f'<svg onload="{SHOUT.format("svg")}"></svg>',
        f'<img src={address}/image onerror="{SHOUT.format("image")}">',
        f'<iframe src="{address}/frame" srcdoc="<script>parent.{SHOUT.format("frame")}</script>">',
        f'</iframe><details open ontoggle="{SHOUT.format("toggle")}">x</details>',
        f'<link rel="stylesheet" href="{address}/style"><object data="{address}/object"></object>',
        f"<style>@import url({address}/import); * {{ background: url({address}/back) }}</style>",
    ]
    by_link = [
        f'<a href="javascript:{SHOUT.format("link")}">press</a>',
        f"[press](javascript:{SHOUT.format('markdown')}) ![look]({address}/markdown)",
        "<javascript:alert(1)> {{ 7 * 191 }} {% raw %}",
        f"[press][a]\n\n[a]: {address}/reference",
    ]
    return "\n".join([BREAKOUT, *by_script, *by_link])


class Listener:
    """Hears requests, as a context manager."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            timeout = 2.0  # s

            def do_GET(self) -> None:
                heard.append(self.path)
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet."""

        # With threads: a browser opens connections ahead and then says nothing on them.
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass(frozen=True)
class Opened:
    """What a page did when it was opened.

    Attributes
    ----------
    shouts : tuple of str
        Scripts that ran, and dialogs that opened.
    requests : tuple of str
        Addresses asked for, the page itself and data URIs apart.
    foreign : tuple of str
        Elements and attributes that none of our templates has.
    link_schemes : set of str
    width : int
        Pixels the page needs.
    """

    shouts: tuple[str, ...]
    requests: tuple[str, ...]
    foreign: tuple[str, ...]
    link_schemes: frozenset[str]
    width: int


FOREIGN = """() => [...document.querySelectorAll('body *')].flatMap(element => {
  const names = element.getAttributeNames().filter(name => name.startsWith('on'));
  const tag = element.localName;
  const known = !['script', 'svg', 'iframe', 'object', 'link', 'style', 'form'].includes(tag);
  const picture = tag !== 'img' || element.src.startsWith('data:image/png;base64,');
  return known && picture ? names : [tag, ...names];
})"""


def open_page(chromium: Any, html: str, folder: Path, width: int = 1000) -> Opened:
    """Open a page from a file, wait until it is quiet, and return what it did."""
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    shouts: list[str] = []
    requests: list[str] = []
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.on("dialog", lambda dialog: (shouts.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri(), wait_until="networkidle")
    shouts += page.evaluate("Object.values(document.documentElement.dataset)")
    schemes = page.eval_on_selector_all("a", "links => links.map(link => link.protocol)")
    foreign = page.evaluate(FOREIGN)
    needed = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    asked = [url for url in requests if url != path.as_uri() and not url.startswith("data:")]
    return Opened(tuple(shouts), tuple(asked), tuple(foreign), frozenset(schemes), needed)
