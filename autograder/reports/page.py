"""Filling the templates: one environment, compiled once, that escapes everything."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.student.display import LOOKS, as_html
from autograder.student.report import Report, Status
from autograder.student.words import counted
from autograder.units import COURSE_TABLE
from autograder.visible import tidy

POINT_DECIMALS = 2


def number(points: float) -> str:
    """Return points as people write them.

    >>> number(0.1 + 0.2), number(3.0)
    ('0.3', '3')
    """
    return f"{round(points, POINT_DECIMALS):g}"


def in_words(status: Status) -> str:
    """Return a status as a page says it.

    >>> in_words(Status.LIMIT), in_words(Status.PASSED)
    ('stopped by a limit', 'passed')
    """
    return "stopped by a limit" if status is Status.LIMIT else str(status)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(number=number, card=_card, in_words=in_words)
    environment.globals.update(counted=counted, looks=LOOKS, Status=Status)
    environment.globals.update(language=COURSE_TABLE.language)
    return environment


def _card(report: Report) -> Markup:
    """Return the card that JupyterLab shows; `as_html` escapes what is in it."""
    return Markup(as_html(report))


def render(template: str, **values: object) -> str:
    """Return the page that `template` makes of `values`; all of them are escaped.

    Whatever control characters they hold are made visible.
    """
    return tidy(_environment().get_template(template).render(values))
