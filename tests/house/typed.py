"""Commands as they are typed: what they print, and the code they end with."""

from typing import NamedTuple, Protocol

from typer.testing import CliRunner

from autograder.cli import run as cli

UNIT = "recurrence"


class Ended(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


class Typing(Protocol):
    """What types a command."""

    def __call__(self, *arguments: str) -> Ended: ...


def run(*arguments: object) -> tuple[int, str]:
    """Run a command; what goes wrong is raised. Return the code it ends with and its output."""
    result = CliRunner().invoke(cli.app, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output
