"""The process of one submission: confined step by step, then given to the runner.

It is process 1 of a pid namespace of its own: when it ends, by itself or killed, the kernel ends
everything that may still live in there.
"""

import contextlib
import math
import os
import resource
import signal
import tempfile
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.sandbox.inside import control, kernel
from autograder.sandbox.inside.frames import FrameWriter, Kind
from autograder.sandbox.inside.namespaces import enter_submission_namespaces, move_into
from autograder.sandbox.inside.removing import remove_tree
from autograder.student import wire

HOME = "/tmp/home"
HOME_IN_TREE = "/home"
DEVICES = ("null", "zero", "full", "random", "urandom")
CHANNEL = 3  # the one descriptor a submission holds besides the three standard ones
_HIGHEST_DESCRIPTOR = 2**16


@dataclass(frozen=True)
class Terms:
    """What holds for every submission of a server.

    Attributes
    ----------
    isolate : bool
        Whether there is a sandbox at all.
    namespaces : bool
        Whether each submission enters its own namespaces.
    root : str
        The folder that a submission moves into for good where there are none, or "".
    account : int
        User and group that it has there.
    program : bytes
        The compiled seccomp filter, or b"".
    scratch : str
        Where submissions' folders are made when there is no sandbox.
    limits : dict
        The fields of ``Limits``.
    held_bytes : int
        Address space of the prepared server, which every fork starts with.
    """

    isolate: bool
    namespaces: bool
    root: str
    account: int
    program: bytes
    scratch: str
    limits: dict[str, Any]
    held_bytes: int


def make_home(terms: Terms) -> str:
    """Return where a submission's HOME will be; with namespaces it makes that itself."""
    if terms.namespaces:
        return HOME
    if not terms.root:
        return tempfile.mkdtemp(dir=terms.scratch)
    home = f"{terms.root}{HOME_IN_TREE}"
    os.mkdir(home, 0o700)
    os.chown(home, terms.account, terms.account)
    return HOME_IN_TREE


def remove_home(terms: Terms, home: str) -> None:
    """Delete what a submission has left; with namespaces that went with them."""
    if terms.root:  # out of reach of the next one first, whatever resists below
        left = tempfile.mkdtemp(dir=terms.scratch)
        os.rename(f"{terms.root}{home}", f"{left}/home")
        remove_tree(f"{left}/home")
    elif not terms.namespaces:
        remove_tree(home)


def kill(pid: int) -> None:
    """Kill a submission whole: its pid namespace goes with it, or at least its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        os.killpg(pid, signal.SIGKILL)


def inhabit(
    channel: int, files: tuple[int, ...], terms: Terms, home: str, prepared: Any
) -> NoReturn:
    """Confine this fresh fork of the server and run cells in it.

    Parameters
    ----------
    channel : int
        Descriptor that the submission's frames go to.
    files : tuple of int
        Descriptors of files that hold the cells and, for a job that asks for them, the secret
        cases, wire-encoded. They are read here and not by the server, whose memory all later forks
        share.
    prepared : Runner
        The shell and all that was imported beforehand.
    """
    code = 1
    try:
        frames = FrameWriter(channel)
        try:
            source, *secrets = map(_decoded, files)
            _confine(channel, terms, home)
            frames = FrameWriter(CHANNEL)
        except (OSError, ValueError) as error:
            frames.send(Kind.SETUP_FAILED, 0, str(error).encode())
        else:
            frames.send(Kind.READY)
            prepared.play(source, frames, terms.limits, *secrets)
            code = 0
    finally:
        os._exit(code)  # no atexit, no finalisers: student code has had its turn


def _decoded(descriptor: int) -> Any:
    """Return what a file holds. Other forks may read it, too: their place in it is not moved."""
    size = os.fstat(descriptor).st_size
    return wire.decode(os.pread(descriptor, size, 0), control.LIMITS)


def _confine(descriptor: int, terms: Terms, home: str) -> None:
    """Confine this process; raises if anything is refused, and then no student code may run.

    The order matters: mounts need capabilities, dropping those needs system calls that the filter
    forbids, and the filter comes last.
    """
    os.setsid()  # or kill(0, …) would reach the server's process group
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if terms.namespaces:
        enter_submission_namespaces()
        _private_files(terms.limits)
    _close_descriptors(descriptor)
    if terms.root:
        move_into(terms.root, terms.account)
    os.environ.update(HOME=home, TMPDIR=home)
    os.chdir(home)
    if terms.isolate:
        # Without namespaces root may lack the right to empty the bounding set. Nothing can be run.
        kernel.drop_capabilities() if terms.namespaces else kernel.empty_capabilities()
        kernel.die_with_parent(signal.SIGKILL)
        kernel.forbid_new_privileges()
    _limit_resources(terms)
    if terms.isolate:
        kernel.filter_calls(terms.program)


def _close_descriptors(descriptor: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.dup2(descriptor, CHANNEL, inheritable=False)  # last: it may take the place of `nothing`
    os.closerange(CHANNEL + 1, _HIGHEST_DESCRIPTOR)


def _private_files(limits: dict[str, Any]) -> None:
    """Give this mount namespace a /tmp of its own (/dev/shm is a link to it) and an empty /proc."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    room = f"size={limits['disk_bytes']},nr_inodes={limits['disk_files']},mode=1777"
    kernel.mount("tmpfs", "/tmp", "tmpfs", flags, room)
    os.mkdir(HOME)
    for device in DEVICES:  # all submissions share them: their times would be a place for notes
        kernel.make_read_only(f"/dev/{device}")
    kernel.mount("tmpfs", "/proc", "tmpfs", flags | kernel.MS_RDONLY, "size=4k,nr_inodes=1")


def _limit_resources(terms: Terms) -> None:
    limits = terms.limits
    wanted = {
        "RLIMIT_CPU": math.ceil(limits["notebook_cpu_s"] + limits["grace_s"]),
        "RLIMIT_AS": terms.held_bytes + limits["memory_bytes"],
        "RLIMIT_NOFILE": limits["open_files"],
        "RLIMIT_FSIZE": limits["file_bytes"],
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 256,
        "RLIMIT_STACK": 8 * 2**20,
    }
    if terms.isolate:  # counted in its own user namespace (Linux 5.14), or of its account
        wanted["RLIMIT_NPROC"] = limits["threads"]
    for name, value in wanted.items():
        # Without a sandbox some limits do not exist or cannot be set (macOS).
        with contextlib.nullcontext() if terms.isolate else contextlib.suppress(Exception):
            _lower(getattr(resource, name), value)


def _lower(number: int, value: int) -> None:
    hard = resource.getrlimit(number)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(number, (value, value))
