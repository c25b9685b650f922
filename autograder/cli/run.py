"""Running the command line; whatever goes wrong ends in a sentence.

Exit codes: 0 done, 1 done with failures to look at, 2 wrong usage or environment.
"""

import os
import sys
from types import ModuleType

from autograder.cli.app import (
    DONE,
    FAILURES,
    INTERRUPTED,
    WRONG_USAGE,
    app,
    errors,
    interrupted,
    shown,
)
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.streams import prepare_streams

# In the order in which ``--help`` lists them.
from autograder.cli import course, grading, learning, proving  # noqa: F401  # isort: skip
from autograder.new.command import app as new_app

__all__ = ["DONE", "FAILURES", "INTERRUPTED", "TRACEBACK_SWITCH", "WRONG_USAGE", "app", "main"]

TRACEBACK_SWITCH = "AUTOGRADER_TRACEBACK"
app.add_typer(new_app, name="new")


def _import_no_company() -> None:
    """Keep libraries from importing, seconds long, what no command here asks of them.

    jsonschema brings a checker of addresses along, and nbgrader its pages for Jupyter's server.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment"):
        pages = ModuleType(f"nbgrader.server_extensions.{name}")
        pages.load_jupyter_server_extension = None  # type: ignore[attr-defined]
        sys.modules.setdefault(pages.__name__, pages)


def main() -> None:
    """Run the command line; whatever goes wrong ends in a sentence, never in a traceback."""
    _import_no_company()
    if os.path.expanduser("~") == "~":  # in a container: a user without name and home
        os.environ["HOME"] = "/nonexistent"
    prepare_streams()
    try:
        app()
    except KeyboardInterrupt:  # before any command has begun
        sys.exit(interrupted())
    except AutograderError as error:
        errors.print(shown(error), markup=False)
        sys.exit(WRONG_USAGE)
    except Exception as error:
        from autograder.places import said

        if TRACEBACK_SWITCH in os.environ:
            raise
        bug = (
            f"This should not have happened ({type(error).__name__}: {shown(said(error))}). "
            f"Set {TRACEBACK_SWITCH}=1 to see where, and please report it."
        )
        errors.print(shown(_trouble_with_a_place(error)) or bug, markup=False)
        sys.exit(WRONG_USAGE)


def _trouble_with_a_place(error: Exception) -> str:
    from autograder.places import sentence_on

    try:
        return sentence_on(error, Course.find().places)
    except (AutograderError, OSError):
        return sentence_on(error)
