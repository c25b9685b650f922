"""The errors whose message is meant for the person at the keyboard."""

from __future__ import annotations


class AutograderError(Exception):
    """Something the user can change: the message says what happened and what to do next.

    The command line prints the message alone, without a traceback, and ends with exit code 2.
    """


class TableError(AutograderError):
    """The table of notebooks, ``units.toml``, cannot be right."""


class UnknownUnitError(AutograderError):
    """A text names no unit of the course."""


class UngradedError(AutograderError):
    """A text names a notebook that is not graded."""


class CourseNotFoundError(AutograderError):
    """No course lies in the given folder or above it."""


class ReleaseError(AutograderError):
    """A source notebook cannot be released as it stands."""


class SandboxUnavailable(AutograderError):
    """This machine cannot confine untrusted code as it stands; the message says what to change."""
