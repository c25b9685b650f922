"""How a sandbox is started: one class for each kind; another one is in `account`."""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path

from autograder.sandbox import mounts, packages, seccomp
from autograder.sandbox.inside.namespaces import UNPRIVILEGED

BOOT = "autograder/sandbox/inside/boot.py"
_OLDEST_KERNEL = (5, 14)  # counts threads in each user namespace by itself
_TRIAL_S = 20
REPOSITORY = Path(__file__).resolve().parents[2]
_TRIAL = """
import sys
sys.path.append(sys.argv[1])
from autograder.sandbox.inside import namespaces
namespaces.become_nobody()
namespaces.enter_own_namespaces()
"""
_BOXED = (
    "In a container, allow it user namespaces and mounts (Docker: --security-opt "
    "seccomp=unconfined --cap-add SYS_ADMIN), or grade on a machine of its own."
)
_PROFILE = (
    r"abi <abi/4.0>,\ninclude <tunables/global>\n"
    r"profile bwrap %s flags=(unconfined) {\n  userns,\n}\n"
)
ENVIRONMENT = {
    "HOME": "/tmp/home",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "random",
}


class Launcher(ABC):
    """One way to start a server.

    Attributes
    ----------
    name : str
    isolates : bool
        Whether it is a sandbox: a system-call filter, and namespaces or an account of its own.
    namespaces : bool
        Whether each submission gets namespaces.
    alone : bool
        Whether submissions run one after another.
    conceded : tuple of (str, str)
        Probes that it does not hold against, and what it does not promise.
    account : int
        The user that submissions run as where there are no namespaces.
    """

    name: str
    isolates: bool
    namespaces = False
    alone = False
    conceded: tuple[tuple[str, str], ...] = ()
    account = UNPRIVILEGED

    @abstractmethod
    def why_not(self) -> str:
        """Return why it cannot work on this machine and what to change; "" if it can."""

    @abstractmethod
    def command(self, folder: Path, control: int, scratch: Path) -> list[str]:
        """Return the command that starts a server.

        Parameters
        ----------
        folder : Path
            The folder made for the unit.
        control : int
            Descriptor of the control socket, which the server inherits.
        scratch : Path
            A folder of the engine's that lives as long as the server.
        """

    @abstractmethod
    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the whole environment of the server."""

    @abstractmethod
    def unit_path(self, folder: Path) -> str:
        """Return where the server finds the unit's folder."""

    def root(self, scratch: Path) -> Path | None:
        """Return the folder that a submission takes for the whole file system, if there is one."""
        return None

    def program(self) -> bytes:
        """Return the compiled seccomp filter that each submission loads."""
        return seccomp.build_program() if self.isolates else b""


class BubblewrapLauncher(Launcher):
    """A server in bubblewrap, as root or as an ordinary user."""

    name = "bubblewrap"
    isolates = True
    namespaces = True

    def __init__(self, bwrap: str | None = None) -> None:
        self.bwrap = bwrap if bwrap is not None else (shutil.which("bwrap") or "")

    def why_not(self) -> str:
        """Return why bubblewrap cannot work here and what to change; "" if it can."""
        return (
            wrong_machine()
            or self._missing_program()
            or seccomp.why_not()
            or self._failed_trial()
            or closed_files()
        )

    def command(self, folder: Path, control: int, scratch: Path) -> list[str]:
        """Return bubblewrap's command line."""
        arguments = [self.bwrap, *self._namespaces(), *mounts.bwrap_mounts(folder)]
        arguments += ["--proc", "/proc", "--chdir", "/", "--remount-ro", "/"]
        boot = [f"{mounts.UNIT}/{BOOT}", str(control), mounts.SITE, mounts.UNIT]
        return [*arguments, mounts.interpreter_inside(), "-I", "-S", "-B", *boot]

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the settings of the sandbox; nothing of the engine's environment."""
        library_path = f"{mounts.PYTHON}/{sys.platlibdir}"
        user = "root" if os.getuid() == 0 else "user"
        return {**ENVIRONMENT, "LD_LIBRARY_PATH": library_path, "SANDBOX": user}

    def unit_path(self, folder: Path) -> str:
        """Return the folder's mount point."""
        return mounts.UNIT

    def _namespaces(self) -> list[str]:
        arguments = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
        arguments += ["--unshare-cgroup-try", "--hostname", "grader", "--die-with-parent"]
        arguments += ["--new-session"]
        if os.getuid() == 0:
            # Root in a user namespace is still root to the kernel's limits and to files of root's.
            # The server becomes nobody instead, which takes these two capabilities.
            capabilities = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
            return [*arguments, "--cap-drop", "ALL", *capabilities]
        nobody = str(UNPRIVILEGED)
        return [*arguments, "--unshare-user", "--uid", nobody, "--gid", nobody]

    def _missing_program(self) -> str:
        if self.bwrap and os.access(self.bwrap, os.X_OK):
            return ""
        return "bubblewrap is missing: install it (Debian, Ubuntu: sudo apt install bubblewrap)."

    def _failed_trial(self) -> str:
        """Begin a sandbox as the server's, and in it the namespaces that it begins in turn."""
        command = [self.bwrap, *self._namespaces(), "--ro-bind", "/", "/", "--proc", "/proc"]
        command += [str(packages.base_python()), "-I", "-S", "-B", "-c", _TRIAL, str(REPOSITORY)]
        try:
            done = subprocess.run(
                command,
                env=self.environment(Path()),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TRIAL_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"bubblewrap cannot be run: {error}."
        if done.returncode == 0:
            return ""
        lines = done.stderr.strip().splitlines()
        words = " ".join(lines[-1].split()) if lines else f"exit status {done.returncode}"
        return f"bubblewrap does not work here ({words}). {forbidding_switch(self.bwrap) or _BOXED}"


def wrong_machine() -> str:
    """Return why no sandbox works on this machine; "" if one may."""
    if not sys.platform.startswith("linux"):
        return "Sandboxed grading needs Linux; on other systems use a virtual machine or WSL 2."
    if platform.machine() not in mounts.LOADERS:
        return f"Sandboxed grading knows x86_64 and aarch64, not {platform.machine()}."
    version = tuple(int(part) for part in platform.release().split("-")[0].split(".")[:2])
    if version < _OLDEST_KERNEL:
        return f"Sandboxed grading needs Linux 5.14 or newer; this is {platform.release()}."
    return ""


def closed_files() -> str:
    """Return what root's sandbox, which runs as nobody, could not read; "" if there is nothing."""
    if os.getuid() != 0:
        return ""
    read = (packages.base_python(), packages.standard_library(), *packages.site_entries().values())
    for top in read:
        path = packages.closed_to_others(top)
        if path:
            open_up = sys.prefix if top.is_relative_to(sys.prefix) else top
            return (
                f"The sandbox of root runs as nobody, who may not read {path} (it was installed "
                f"under a narrow umask): run `chmod -R a+rX {shlex.quote(str(open_up))}`."
            )
    return ""


def forbidding_switch(bwrap: str, system: Path = Path("/proc/sys")) -> str:
    """Return which switch of the kernel may forbid user namespaces and what to do; "" if none does.

    Parameters
    ----------
    system : Path
        Where the kernel's switches lie.
    """
    if _switch(system / "user/max_user_namespaces") == 0:
        return (
            "This kernel allows no user namespaces: run "
            "`sudo sysctl -w user.max_user_namespaces=15000`."
        )
    if _switch(system / "kernel/unprivileged_userns_clone") == 0:
        return (
            "Ordinary users may not make user namespaces here: run "
            "`sudo sysctl -w kernel.unprivileged_userns_clone=1`."
        )
    if _switch(system / "kernel/apparmor_restrict_unprivileged_userns") == 1:
        return (
            "AppArmor keeps programs from making user namespaces (Ubuntu does from 24.04 on). A "
            "profile lets bubblewrap alone do so: run "
            f"`printf '{_PROFILE}' '{os.path.realpath(bwrap)}' | sudo tee /etc/apparmor.d/bwrap` "
            "and `sudo apparmor_parser -r /etc/apparmor.d/bwrap`. (For all programs: "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`.)"
        )
    return ""


def _switch(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


class PlainLauncher(Launcher):
    """No sandbox at all: code runs as the user who grades. Only where it is asked for by name."""

    name = "none"
    isolates = False

    def why_not(self) -> str:
        """Return why not even this works: without fork."""
        return "" if hasattr(os, "fork") else "Grading needs a system with fork: Linux or macOS."

    def command(self, folder: Path, control: int, scratch: Path) -> list[str]:
        """Return the command of a server that sees the same packages as in a sandbox."""
        site = scratch / "site"
        site.mkdir(exist_ok=True)
        for name, path in packages.site_entries().items():
            link = site / name
            if not link.is_symlink():
                link.symlink_to(path)
        boot = [str(folder / BOOT), str(control), str(site), str(folder)]
        return [str(packages.base_python()), "-I", "-S", "-B", *boot]

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the sandbox's settings, with folders of the engine's."""
        names = {"HOME": "home", "MPLCONFIGDIR": "matplotlib", "IPYTHONDIR": "ipython"}
        places = {name: str(scratch / folder) for name, folder in names.items()}
        return {**ENVIRONMENT, **places, "PATH": os.defpath}

    def unit_path(self, folder: Path) -> str:
        """Return the folder itself."""
        return str(folder)
