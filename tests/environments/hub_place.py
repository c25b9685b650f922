"""A shared server in a temporary folder, made of the page that tells how to make one.

Its users are there for this process and its children alone: they have their own list of users,
their own processes and their own loopback network, all of which end with them.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "jupyterhub.md"
GRADER, INSTRUCTOR = "grader", "instructor"
STUDENTS = ("correct", "mistaken", "elsewhere")
USERS = (GRADER, INSTRUCTOR, *STUDENTS)
FIRST_ID = 61_000
#: Of the system: an environment whose interpreter lies in root's home is of no use to others.
PYTHON = Path("/usr/bin/python3")
_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
_FOR_STUDENTS = ("jupyterhub", "jupyterlab>=4.2,<5", "nbgrader>=0.9.5,<0.10")
_UP_AND_RUNNING, _SET_FLAGS = 0x41, 0x8914


class Place:
    """The folders, as the page has them, below a folder of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = folder / "srv"
        self.homes = folder / "home"
        self.course = self.home(GRADER) / "course"
        self.students = self.server / "students"

    def home(self, user: str) -> Path:
        return self.homes / user

    def here(self, text: str) -> str:
        """Return a text of the page with this place's folders."""
        return text.replace("/srv/unrolled", str(self.server)).replace("/home/", f"{self.homes}/")

    def prepare(self) -> None:
        """Make environments and homes; of a run before, the environments alone stay."""
        for folder in (self.folder, self.server, self.homes):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        homes = map(self.home, USERS[1:])
        for old in (*homes, self.folder / "hub", self.server / "exchange", self.course / "course"):
            shutil.rmtree(old, ignore_errors=True)
        self._course()
        if not self.students.exists():
            self._environment_of_students()
        (self.server / "exchange").mkdir()
        (self.server / "exchange").chmod(0o1777)
        self._settings()
        for number, user in enumerate(USERS, FIRST_ID):
            self.home(user).mkdir(exist_ok=True)
            _run("chown", "--recursive", f"{number}:{number}", str(self.home(user)))
            self.home(user).chmod(0o700)

    def _course(self) -> None:
        names = _told("git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard").split("\n")
        for name in names:
            if name and (ROOT / name).is_file():
                (self.course / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.course / name)
        if not (self.course / "kit").exists():
            _run("make", "-C", str(self.course), f"PYTHON={PYTHON}", "setup")
            _run(str(self.course / ".venv/bin/pip"), "install", "--quiet", "jupyterhub")
            _run(str(self.course / ".venv/bin/autograder"), "kit", "1", cwd=self.course)

    def _environment_of_students(self) -> None:
        _run(str(PYTHON), "-m", "venv", str(self.students))
        (wheel,) = (self.course / "kit").glob("*.whl")
        pip = (str(self.students / "bin/pip"), "install", "--quiet")
        _run(*pip, *_FOR_STUDENTS, str(wheel))
        disable = ("server", "extension", "disable", "--sys-prefix")
        extension = "nbgrader.server_extensions.formgrader"
        _run(str(self.students / "bin/jupyter"), *disable, extension)
        npm = ("npm", "install", "--silent", "--prefix", str(self.server))
        _run(*npm, "configurable-http-proxy")

    def _settings(self) -> None:
        everybody, grader, hub = map(self.here, settings_of_the_page())
        shared = self.students / "etc/jupyter/nbgrader_config.py"
        own = self.home(GRADER) / ".jupyter/nbgrader_config.py"
        for path, text in ((shared, everybody), (own, everybody + grader)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.folder / "hub").mkdir(mode=0o700, exist_ok=True)
        (self.folder / "hub/jupyterhub_config.py").write_text(hub)

    def add_to_hub(self, text: str) -> None:
        with (self.folder / "hub/jupyterhub_config.py").open("a") as config:
            config.write(text)


def settings_of_the_page() -> list[str]:
    """Return what the page sets for nbgrader, for the course's account, and for the hub."""
    return _CODE.findall(PAGE.read_text(encoding="utf-8"))


def why_not() -> str:
    """Return what this machine lacks, "" if nothing."""
    if os.geteuid() != 0:
        return "This needs root, for it starts servers of five users; nothing of it stays."
    missing = [
        name for name in ("unshare", "npm", "node", "make", "bwrap") if not shutil.which(name)
    ]
    missing += [] if PYTHON.exists() else [str(PYTHON)]
    return f"Install {', '.join(missing)} first." if missing else ""


def start_apart(module: str, folder: Path) -> int:
    """Run a module in namespaces of its own, and return how it ended."""
    apart = ("unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child")
    command = (*apart, "--mount-proc", sys.executable, "-m", module, "--inside", str(folder))
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def become_a_server(place: Place) -> None:
    """Give this process and its children the users, and a loopback network."""
    for name in ("passwd", "group"):
        lines = [Path("/etc", name).read_text().rstrip("\n")]
        for number, user in enumerate(USERS, FIRST_ID):
            home = f":{user}:{place.home(user)}:/bin/bash" if name == "passwd" else ""
            lines.append(f"{user}:x:{number}:" + (f"{number}{home}" if home else ""))
        (place.folder / name).write_text("\n".join(lines) + "\n")
        (place.folder / name).chmod(0o644)
        _run("mount", "--bind", str(place.folder / name), f"/etc/{name}")
    with socket.socket() as any_socket:
        loopback = struct.pack("16sh", b"lo", _UP_AND_RUNNING)
        fcntl.ioctl(any_socket, _SET_FLAGS, loopback)


def _run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, cwd=cwd, check=True)


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
