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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "jupyterhub.md"


@dataclass(frozen=True)
class Section:
    """A course on the hub, with an account that holds it."""

    course_id: str
    account: str
    instructor: str
    students: tuple[str, ...]


SECTIONS = (
    Section("rnn", "grader", "instructor", ("correct", "mistaken")),
    Section("rnn-b", "grader-b", "instructor-b", ("elsewhere",)),
)
ACCOUNTS = tuple(section.account for section in SECTIONS)
INSTRUCTORS = tuple(section.instructor for section in SECTIONS)
STUDENTS = tuple(student for section in SECTIONS for student in section.students)
USERS = (*ACCOUNTS, *INSTRUCTORS, *STUDENTS)
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
        self.students = self.server / "students"

    def home(self, user: str) -> Path:
        return self.homes / user

    def course(self, section: Section) -> Path:
        return self.home(section.account) / "course"

    def here(self, text: str) -> str:
        """Return a text of the page with this place's folders."""
        return text.replace("/srv/unrolled", str(self.server)).replace("/home/", f"{self.homes}/")

    def prepare(self) -> None:
        """Make environments and homes; of a run before, the environments alone stay."""
        for folder in (self.folder, self.server, self.homes):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        homes = map(self.home, (*INSTRUCTORS, *STUDENTS))
        kept = (self.course(section) / "course" for section in SECTIONS)
        for old in (*homes, *kept, self.folder / "hub", self.server / "exchange"):
            shutil.rmtree(old, ignore_errors=True)
        for section in SECTIONS:
            self._course(self.course(section))
        if not self._kit.exists():
            self._make_kit()
        if not self.students.exists():
            self._environment_of_students()
        (self.server / "exchange").mkdir()
        (self.server / "exchange").chmod(0o1777)
        self._settings()
        for number, user in enumerate(USERS, FIRST_ID):
            self.home(user).mkdir(exist_ok=True)
            _run("chown", "--recursive", f"{number}:{number}", str(self.home(user)))
            self.home(user).chmod(0o700)

    @property
    def _kit(self) -> Path:
        return self.course(SECTIONS[0]) / "kit"

    def _course(self, course: Path) -> None:
        names = _told("git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard").split("\n")
        for name in names:
            if name and (ROOT / name).is_file():
                (course / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, course / name)
        if not (course / ".venv/bin/jupyterhub").exists():
            _run("make", "-C", str(course), f"PYTHON={PYTHON}", "setup")
            _run(str(course / ".venv/bin/pip"), "install", "--quiet", "jupyterhub")

    def _make_kit(self) -> None:
        course = self.course(SECTIONS[0])
        _run(str(course / ".venv/bin/autograder"), "kit", "1", cwd=course)

    def _environment_of_students(self) -> None:
        _run(str(PYTHON), "-m", "venv", str(self.students))
        (wheel,) = self._kit.glob("*.whl")
        pip = (str(self.students / "bin/pip"), "install", "--quiet")
        _run(*pip, *_FOR_STUDENTS, str(wheel))
        disable = ("server", "extension", "disable", "--sys-prefix")
        extension = "nbgrader.server_extensions.formgrader"
        _run(str(self.students / "bin/jupyter"), *disable, extension)
        npm = ("npm", "install", "--silent", "--prefix", str(self.server))
        _run(*npm, "configurable-http-proxy")

    def _settings(self) -> None:
        everybody, account, hub = map(self.here, settings_of_the_page())
        texts = {self.students / "etc/jupyter": everybody}
        for section in SECTIONS:
            own = account.replace(SECTIONS[0].course_id, section.course_id)
            texts[self.home(section.account) / ".jupyter"] = everybody + own
        for folder, text in texts.items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "nbgrader_config.py").write_text(text)
        (self.folder / "hub").mkdir(mode=0o700, exist_ok=True)
        (self.folder / "hub/jupyterhub_config.py").write_text(hub)

    def add_to_hub(self, text: str) -> None:
        with (self.folder / "hub/jupyterhub_config.py").open("a") as config:
            config.write(text)


def settings_of_the_page() -> list[str]:
    """Return what the page sets for nbgrader, for the first section's account, and for the hub."""
    return _CODE.findall(PAGE.read_text(encoding="utf-8"))


def why_not() -> str:
    """Return what this machine lacks, "" if nothing."""
    if os.geteuid() != 0:
        return "This needs root, for it starts servers of seven users; nothing of it stays."
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
