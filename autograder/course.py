"""Where things lie: the folders of one course."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import AutograderError, CourseNotFoundError
from autograder.units import folder_name

CONFIG_NAME = "nbgrader_config.py"
SOURCE_NAME = "solutions"
RELEASE_NAME = "notebooks"
GRADEBOOK_SETTING = "AUTOGRADER_GRADEBOOK"
_DRIVER = "postgresql+psycopg://"
MAX_GRADEBOOK_BYTES = 504
"""SQLite opens no file whose path is longer; eight more bytes are for its journal."""


@dataclass(frozen=True)
class Course:
    """The folders of a course.

    Parameters
    ----------
    root : Path
        The folder that holds ``nbgrader_config.py``, ``solutions/`` and ``notebooks/``.
    data : Path
        The folder for what grading writes; a relative one is taken from the root.
    gradebook_url : str
        Of the gradebook's database; a file beside what grading writes if empty.
    """

    root: Path
    data: Path = Path("course")
    gradebook_url: str = field(default="", repr=False)  # it may hold a password

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())
        object.__setattr__(self, "data", self.root / self.data)

    @classmethod
    def find(cls, start: Path | None = None, released: bool = False) -> Course:
        """Return the course that a file or folder lies in, looking upward.

        The environment variable ``AUTOGRADER_GRADEBOOK`` may hold the URL of its gradebook.

        Parameters
        ----------
        start : Path, optional
            Where to look first; the working directory if left out.
        released : bool
            Whether what students get is enough, without the source.

        Raises
        ------
        CourseNotFoundError
            If neither the place nor a folder above it holds a course.
        """
        place = (start or Path.cwd()).resolve()
        needed = (SOURCE_NAME, RELEASE_NAME) if released else (SOURCE_NAME,)
        for folder in (place, *place.parents):
            if (folder / CONFIG_NAME).is_file() and any((folder / n).is_dir() for n in needed):
                return cls(folder, gradebook_url=os.environ.get(GRADEBOOK_SETTING, "").strip())
        raise CourseNotFoundError(
            f"No course in {place} or above it: go to the folder that holds {CONFIG_NAME} and "
            f"{needed[-1]}/, and run the command there."
        )

    @property
    def source(self) -> Path:
        """The hand-edited notebooks, answers included."""
        return self.root / SOURCE_NAME

    @property
    def release(self) -> Path:
        """What students get, generated from the source."""
        return self.root / RELEASE_NAME

    @property
    def work(self) -> Path:
        """A learner's own copies."""
        return self.root / "work"

    @property
    def submitted(self) -> Path:
        return self.data / "submitted"

    @property
    def autograded(self) -> Path:
        return self.data / "autograded"

    @property
    def feedback(self) -> Path:
        return self.data / "feedback"

    @property
    def gradebook(self) -> Path:
        """nbgrader's database, where it is a file."""
        return self.data / "gradebook.db"

    @property
    def reports(self) -> Path:
        return self.data / "reports"

    @property
    def results(self) -> Path:
        """What is kept of every graded submission, beside the gradebook."""
        return self.data / "results"

    @property
    def seeds(self) -> Path:
        """The secret seeds of the cases, one per unit, beside the gradebook."""
        return self.data / "seeds"

    @property
    def places(self) -> list[Path]:
        """What is written to, the gradebook and the demo class included."""
        return [self.gradebook, self.data / "demo", self.data, self.work, self.root]

    def source_notebook(self, unit: str) -> Path:
        """Return the path of a source notebook, a unit's or an ungraded one."""
        return _notebook(self.source, unit)

    def release_notebook(self, unit: str) -> Path:
        """Return the path of a released notebook, a unit's or an ungraded one."""
        return _notebook(self.release, unit)

    def nbgrader_options(self) -> dict[str, str]:
        """Return this layout and the gradebook as the options of nbgrader's ``CourseDirectory``."""
        return {**self.nbgrader_folders(), "db_url": self.database_url}

    def nbgrader_folders(self) -> dict[str, str]:
        """Return this layout alone as such options, for what needs no gradebook."""
        return {
            "root": str(self.root),
            "source_directory": self._step(self.source),
            "release_directory": self._step(self.release),
            "submitted_directory": self._step(self.submitted),
            "autograded_directory": self._step(self.autograded),
            "feedback_directory": self._step(self.feedback),
        }

    @property
    def database_url(self) -> str:
        """The gradebook's URL; PostgreSQL with the driver that the course names.

        Raises
        ------
        AutograderError
            If SQLite cannot open a file at the gradebook's path.
        """
        scheme, separator, rest = self.gradebook_url.partition("://")
        if scheme in ("postgresql", "postgres") and separator:
            return f"{_DRIVER}{rest}"
        return self.gradebook_url or _file_url(self.gradebook)

    def why_not_nbgrader(self) -> str:
        """Return why nbgrader's own commands cannot work in this folder; "" if they can.

        They take its path for a pattern, which means other folders than itself, or none.
        """
        if glob.glob(str(self.root)) != [str(self.root)]:
            odd = " ".join(sign for sign in "[]*?" if sign in str(self.root))
            return (
                f"nbgrader and its Formgrader cannot work in {self.root}, for they take {odd} in "
                "its path for a pattern: rename that folder, or use the commands of 'autograder', "
                "which work here."
            )
        try:
            self.nbgrader_options()
        except AutograderError as error:
            return str(error)
        return ""

    def _step(self, folder: Path) -> str:
        """Return a folder as nbgrader names a step: from the root if it lies there."""
        inside = folder.is_relative_to(self.root)
        return (folder.relative_to(self.root) if inside else folder).as_posix()


def _file_url(path: Path) -> str:
    from sqlalchemy import URL, make_url  # many commands need no gradebook

    size = len(os.fsencode(path))
    if size > MAX_GRADEBOOK_BYTES:
        raise AutograderError(
            f"The path of {path} has {size} bytes, and SQLite opens files of at most "
            f"{MAX_GRADEBOOK_BYTES}: put the course into a folder whose path is shorter."
        )
    try:
        return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)
    except UnicodeEncodeError:  # bytes of a name that the locale cannot read
        plain = f"sqlite:///{path}"
        if make_url(plain).database == str(path):
            return plain
    raise AutograderError(
        f"{str(path)!a} is not text in the locale's encoding: rename the folder in plain "
        "letters, or set a locale with UTF-8."
    )


def _notebook(folder: Path, unit: str) -> Path:
    name = folder_name(unit)
    return folder / name / f"{name}.ipynb"
