"""JupyterLab for a learner: own copies of the notebooks, and none of the instructor's panels."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.units import NOTEBOOKS

LEARNER_JUPYTER = Path(__file__).parents[1] / "learner_jupyter"
"""Jupyter settings that leave nbgrader's Validate on and its instructor's panels off."""


def copy_missing(course: Course) -> list[Path]:
    """Copy the notebooks that ``work/`` lacks out of ``notebooks/``; never overwrite one.

    Returns
    -------
    list of Path
        The new copies.

    Raises
    ------
    AutograderError
        If nothing has been released.
    """
    released = [course.release_notebook(unit) for unit in NOTEBOOKS]
    present = [notebook for notebook in released if notebook.is_file()]
    if not present:
        raise AutograderError(
            "There is no notebook in notebooks/: run 'autograder release', or get the course anew."
        )
    copies = []
    for notebook in present:
        copy = course.work / notebook.relative_to(course.release)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(notebook, copy)
            copies.append(copy)
    return copies


def lab_command(course: Course, arguments: Sequence[str]) -> list[str]:
    """Return the command that starts JupyterLab in the learner's folder."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={course.work}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there may be nobody else
    return [*command, *arguments]


def lab_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which Jupyter reads our settings and finds this Python first."""
    first = {"PATH": str(Path(sys.executable).parent), "JUPYTER_CONFIG_PATH": str(LEARNER_JUPYTER)}
    return dict(environment) | {
        name: os.pathsep.join(filter(None, (value, environment.get(name))))
        for name, value in first.items()
    }


def kept_in_work(course: Course) -> dict[str, str]:
    """Return where what Jupyter, IPython and matplotlib keep goes if the home does not take it."""
    from jupyter_core import paths

    home = Path(os.path.expanduser("~"))
    usual = {
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir(),
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir(),
        "IPYTHONDIR": os.environ.get("IPYTHONDIR", home / ".ipython"),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", home / ".config"),
    }
    if all(_takes_files(Path(folder)) for folder in usual.values()):
        return {}
    return {name: str(course.work / ".settings" / name.lower()) for name in usual}


def _takes_files(folder: Path) -> bool:
    """Return whether a folder can be written to, or made."""
    for place in (folder.absolute(), *folder.absolute().parents):
        if os.path.lexists(place):
            return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    return False


def start_lab(course: Course, arguments: Sequence[str]) -> int:
    """Start JupyterLab in ``work/`` and return its exit code when it ends.

    On Linux and macOS JupyterLab takes this process's place, so that Ctrl+C reaches it alone.
    It starts in ``work/``, where it does not read the instructor's ``nbgrader_config.py``.
    """
    command = lab_command(course, arguments)
    environment = lab_environment(os.environ) | kept_in_work(course)
    if os.name == "posix":
        os.chdir(course.work)
        os.execve(command[0], command, environment)
    return subprocess.call(command, env=environment, cwd=course.work)
