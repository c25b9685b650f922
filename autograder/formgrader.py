"""A Jupyter server extension that makes the Formgrader's own pages safe to look at.

nbgrader 0.9.6 fills the templates of its lists with ids from the address and the database as they
are: whoever gets an instructor to follow a link to ``/formgrader/manage_students/<script>…`` runs a
script with the instructor's rights. Here the templates escape, and a Content-Security-Policy lets
scripts of the templates run and no others, whatever may be forgotten. ``make formgrader`` loads
this.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any

from jinja2 import BaseLoader, Environment

SETTING, EXPORTER = "nbgrader_jinja2_env", "nbgrader_exporter"
_SCRIPT = re.compile(r"<script(?=[\s>])")
#: A loop that prints makes a page of 178,000 pixels; here long outputs and cells scroll in place.
_FOLDED = """<style>
div.output, .jp-OutputArea-output { max-height: 16em; overflow: auto; }
div.input_area, .jp-InputArea-editor { max-height: 40em; overflow: auto; }
@media print { div.output, .jp-OutputArea-output, div.input_area { max-height: none; } }
</style>
</head>"""
#: What nbgrader's templates have in attributes.
_HANDLERS = ("toggle_name(true);", "toggle_name(false);", "toggleAllNames()")


class _Marked(BaseLoader):
    """Templates whose scripts carry a mark that nothing filled in later can know, and that fold."""

    def __init__(self, loader: BaseLoader, mark: str) -> None:
        self._loader, self._mark = loader, f'<script nonce="{mark}"'

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, name, fresh = self._loader.get_source(environment, template)
        marked = _SCRIPT.sub(self._mark, source)
        return marked.replace("</head>", _FOLDED), name, fresh


def policy(mark: str) -> str:
    """Return the Content-Security-Policy under which only scripts with `mark` run.

    They may load others, as MathJax does, and compile templates, as the Formgrader's lists do.
    """
    digests = (hashlib.sha256(handler.encode()).digest() for handler in _HANDLERS)
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    scripts = f"script-src 'nonce-{mark}' 'strict-dynamic' 'unsafe-eval' 'unsafe-hashes' {hashes}"
    others = "object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'self'"
    return f"{scripts}; {others}; frame-ancestors 'self'"


def make_safe(settings: dict[str, Any]) -> None:
    """Make the Formgrader's pages safe; nothing is done where there is no Formgrader."""
    if SETTING not in settings:
        return
    from nbgrader.server_extensions.formgrader.base import BaseHandler

    mark = secrets.token_urlsafe(24)
    settings[SETTING].autoescape = True
    for environment in (settings[SETTING], settings[EXPORTER].environment):
        environment.loader = _Marked(environment.loader, mark)
    BaseHandler.content_security_policy = policy(mark)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Extensions load in alphabetical order: the Formgrader's comes after this one.
    server.io_loop.add_callback(make_safe, server.web_app.settings)
