"""A Jupyter server extension that makes the Formgrader's own pages escape what they show.

nbgrader 0.9.6 fills the templates of its lists with ids from the address and the database as they
are: whoever gets an instructor to follow a link to ``/formgrader/manage_students/<script>…`` runs a
script with the instructor's rights. ``make formgrader`` loads this.
"""

from typing import Any

SETTING = "nbgrader_jinja2_env"


def escape_pages(settings: dict[str, Any]) -> None:
    """Make the Formgrader's templates escape; nothing is done where there is no Formgrader."""
    environment = settings.get(SETTING)
    if environment is not None:
        environment.autoescape = True


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Extensions load in alphabetical order: the Formgrader's comes after this one.
    server.io_loop.add_callback(escape_pages, server.web_app.settings)
