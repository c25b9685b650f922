"""The second sandbox, for containers that allow no namespaces: a folder of its own, another user.

Students' code runs in a tree of files made for it (chroot), as a user whom nothing belongs to,
under the same system-call filter and limits as in bubblewrap, one submission at a time.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

from autograder.sandbox import packages, seccomp
from autograder.sandbox.launcher import (
    BOOT,
    ENVIRONMENT,
    REPOSITORY,
    Launcher,
    closed_files,
    wrong_machine,
)

TREE, HOME = "tree", "/home"
_SITE, _UNIT = "sandbox/site", "sandbox/unit"
_FIRST_ACCOUNT, _ACCOUNTS = 60_578, 600
"""Numbers that systems give nobody: https://systemd.io/UIDS-GIDS"""
_NOT_NEEDED = ("test", "idlelib", "ensurepip", "config-*", "site-packages", "dist-packages")
_AHEAD_NS = 30 * 24 * 3600 * 10**9
_TRIAL_S = 20
_TRIAL = """
import os, sys
sys.path.append(sys.argv[1])
from autograder.sandbox.inside import namespaces
namespaces.move_into(sys.argv[2], int(sys.argv[3]))
"""


class AccountLauncher(Launcher):
    """A server of root's, whose submissions live in a tree of their own as another user."""

    name = "another account"
    isolates = True
    alone = True
    conceded = (
        ("processes", "It sees which numbers of processes are taken, and the machine's name."),
        ("disk", "Who writes too much is ended up to a quarter of a second later."),
    )

    def __init__(self) -> None:
        self.account = _FIRST_ACCOUNT + os.getpid() % _ACCOUNTS  # not that of a grading beside this

    def why_not(self) -> str:
        """Return why it cannot work here and what to change; "" if it can."""
        if sys.platform.startswith("linux") and os.geteuid() != 0:
            return "The second sandbox needs root, to run submissions as somebody else."
        return wrong_machine() or seccomp.why_not() or self._failed_trial() or closed_files()

    def command(self, folder: Path, control: int, scratch: Path) -> list[str]:
        """Build the tree, and return the command of a server that imports from there."""
        tree = self.root(scratch)
        build_tree(tree, folder)
        boot = [str(tree / _UNIT / BOOT), str(control), str(tree / _SITE), str(tree / _UNIT)]
        return [str(packages.base_python()), "-I", "-S", "-B", *boot]

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the sandbox's settings."""
        names = {"HOME": "", "MPLCONFIGDIR": "/matplotlib", "IPYTHONDIR": "/ipython"}
        return {**ENVIRONMENT, **{name: f"{HOME}{folder}" for name, folder in names.items()}}

    def unit_path(self, folder: Path) -> str:
        """Return the folder itself, which the server reads as root."""
        return str(folder)

    def root(self, scratch: Path) -> Path:
        """Return the folder that submissions take for the whole file system."""
        return scratch / TREE

    def _failed_trial(self) -> str:
        """Become somebody else in a folder, as a submission does."""
        with tempfile.TemporaryDirectory() as folder:
            command = [str(packages.base_python()), "-I", "-S", "-B", "-c", _TRIAL]
            command += [str(REPOSITORY), folder, str(self.account)]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=_TRIAL_S, check=False
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                return f"The second sandbox cannot be tried: {error}."
        if done.returncode == 0:
            return ""
        words = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return (
            f"The second sandbox does not work here ({words}): root needs the capabilities "
            "SYS_CHROOT, SETUID and SETGID, which Docker leaves it."
        )


def build_tree(tree: Path, unit: Path) -> None:
    """Put into `tree` what a submission may see: Python's library, listed packages, the unit.

    A file stands at the same path inside as outside, so that what is imported late is found.
    """
    before = os.umask(0o022)
    try:
        library = packages.standard_library()
        _linked(str(library), f"{tree}{library}", _NOT_NEEDED)
        for name, path in packages.site_entries().items():
            _linked(str(path), f"{tree}/{_SITE}/{name}")
        _linked(str(unit), f"{tree}/{_UNIT}")
        again = Path(f"{tree}{tree}")
        again.mkdir(parents=True)
        (again / "sandbox").symlink_to("/sandbox")
        (tree / "dev").mkdir()
        (tree / "dev/shm").symlink_to(HOME)
        _last_read_ahead(tree)
    finally:
        os.umask(before)


def _last_read_ahead(tree: Path) -> None:
    """Let reading show nowhere: what was read beside secret cases would be a note for later.

    Linux moves a time of access that is a day old or older than a change, none that lies ahead.
    """
    ahead = time.time_ns() + _AHEAD_NS
    for folder, names, files in os.walk(tree):
        for path in (folder, *(f"{folder}/{name}" for name in (*names, *files))):
            with suppress(OSError):  # the sandbox tries whether it is so before anything is run
                changed = os.lstat(path).st_mtime_ns
                os.utime(path, ns=(ahead, changed), follow_symlinks=False)


def _linked(source: str, target: str, left_out: Sequence[str] = ()) -> None:
    """Make a folder like `source` of links to its files: thousands, in a fraction of a second."""
    if not os.path.isdir(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _link(source, target)
        return
    os.makedirs(target)
    with os.scandir(source) as entries:
        for entry in entries:
            if any(fnmatch(entry.name, pattern) for pattern in left_out):
                continue
            inside = f"{target}/{entry.name}"
            if entry.is_dir():
                _linked(entry.path, inside)
            elif entry.is_file():
                _link(os.path.realpath(entry.path) if entry.is_symlink() else entry.path, inside)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another disk
        shutil.copyfile(source, target)
