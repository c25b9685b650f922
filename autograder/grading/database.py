"""The gradebook's database: a file in the course's folder, or a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbgrader.api
from nbgrader.api import Gradebook
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from autograder.course import GRADEBOOK_SETTING, Course
from autograder.errors import AutograderError

_LOCK = 0x756E726F6C6C6564  # any number that is always the same


class GradebookUnavailable(AutograderError):
    """The gradebook's server cannot be used; the message says what to change, and no password."""


def is_there(course: Course) -> bool:
    """Return whether there is a gradebook; one on a server has its tables made when opened."""
    return bool(course.gradebook_url) or course.gradebook.is_file()


def open_gradebook(course: Course) -> Gradebook:
    """Return the course's gradebook, open; its tables are made if they are missing.

    Raises
    ------
    GradebookUnavailable
        If it is on a server that cannot be used.
    """
    with reachable(course), alone_on_server(course):
        return _Gradebook(course.nbgrader_options()["db_url"])


class _Gradebook(Gradebook):
    """nbgrader's, which leaves no connection behind where it cannot be opened."""

    def __init__(self, url: str) -> None:
        try:
            super().__init__(url)
        except BaseException:
            if hasattr(self, "engine"):
                self.engine.dispose()
            raise


@contextmanager
def alone_on_server(course: Course) -> Iterator[None]:
    """Hold a server's gradebook while tables or cells are made: two at once would clash.

    The server lets go of it when the connection ends, however that comes about.
    """
    if not course.gradebook_url:
        yield
        return
    engine = create_engine(course.nbgrader_options()["db_url"], poolclass=NullPool)
    with engine.connect() as connection:
        wait_for_others(connection)
        yield


def wait_for_others(connection: Connection) -> None:
    """Let no other grading write to a server's gradebook until this transaction has ended."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


@contextmanager
def reachable(course: Course) -> Iterator[None]:
    """Say in a sentence what is wrong with a gradebook's server; leave a file's errors alone."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ValueError, ImportError) as error:
        if not course.gradebook_url:
            raise
        raise GradebookUnavailable(_wrong_url(error)) from None
    except DBAPIError as error:
        gone = isinstance(error, OperationalError) or error.connection_invalidated
        if not course.gradebook_url or not gone:
            raise
        raise GradebookUnavailable(
            f"The gradebook's server cannot be used ({_first_line(error.orig)}). See that it "
            f"runs and that {GRADEBOOK_SETTING} names it, the database, and a user who may "
            "create tables there; what is recorded stays."
        ) from None


def _wrong_url(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return 'A gradebook on PostgreSQL needs its driver: pip install "psycopg[binary]".'
    return (
        f"{GRADEBOOK_SETTING} is no address of a gradebook: write "
        "postgresql://USER:PASSWORD@HOST/DATABASE (an @ in the password as %40), or leave it "
        "unset for a file in the course's folder."
    )


def _first_line(error: object) -> str:
    """Return what a driver says, which names host and user but no password."""
    return (str(error).strip().splitlines() or ["it said nothing"])[0].rstrip(".")[:300]


def _schema_version() -> str:
    """Return the version of nbgrader's tables, as ``alembic heads`` would print it.

    nbgrader runs that as a program, which costs seconds and must be found on PATH.
    """
    from alembic.script import ScriptDirectory  # asked for once, when a gradebook is made

    folder = Path(nbgrader.api.__file__).parent / "alembic"
    return str(ScriptDirectory(str(folder)).get_current_head())


nbgrader.api.get_alembic_version = _schema_version
