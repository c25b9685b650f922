"""What of this machine a sandbox sees: an interpreter, shared libraries, listed packages, the unit.

Neither the repository, nor the virtual environment, nor any home is mounted; whatever is, is
read-only and lies under a path that says nothing about where it came from.
"""

import platform
import sys
import sysconfig
from pathlib import Path

from autograder.sandbox import packages
from autograder.sandbox.inside.submission import DEVICES

ROOT = "/sandbox"
PYTHON = f"{ROOT}/python"
SITE = f"{ROOT}/site"
UNIT = f"{ROOT}/unit"

#: The dynamic loader that the interpreter names, by machine.
LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")


def bwrap_mounts(unit: Path) -> list[str]:
    """Return bubblewrap's arguments that build the file system for the folder `unit`."""
    arguments = [*_folders(), *_interpreter(), *_libraries()]
    for name, path in packages.site_entries().items():
        arguments += ["--ro-bind", str(path), f"{SITE}/{name}"]
    arguments += ["--ro-bind", str(unit), UNIT]
    for device in DEVICES:
        arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    arguments += ["--perms", "1777", "--tmpfs", "/tmp", "--symlink", "/tmp", "/dev/shm"]
    return arguments


def _folders() -> list[str]:
    """Make the folders that mounts go into; bubblewrap would make them for its own user alone."""
    inside = f"{PYTHON}/{sys.platlibdir}"
    arguments: list[str] = []
    for path in (ROOT, PYTHON, f"{PYTHON}/bin", inside, SITE, "/usr", "/usr/lib", "/dev", "/etc"):
        arguments += ["--perms", "0755", "--dir", path]
    return arguments


def interpreter_inside() -> str:
    """Return the path of the interpreter in the sandbox."""
    return f"{PYTHON}/bin/{packages.base_python().name}"


def _interpreter() -> list[str]:
    library = packages.standard_library()
    base = Path(sys.base_prefix).resolve()
    inside = f"{PYTHON}/{sys.platlibdir}"
    arguments = ["--ro-bind", str(packages.base_python()), interpreter_inside()]
    if (base / "conda-meta").is_dir():  # its packages link to the libraries of the whole prefix
        arguments += ["--ro-bind", str(base / "lib"), inside]
    else:
        arguments += ["--ro-bind", str(library), f"{inside}/{library.name}"]
        if base != Path("/usr"):
            for shared in sorted((base / "lib").glob("libpython*.so*")):
                arguments += ["--ro-bind", str(shared.resolve()), f"{inside}/{shared.name}"]
    return arguments + _masks(library, f"{inside}/{library.name}")


def _libraries() -> list[str]:
    """Mount the system's shared libraries: one folder on Debian's layout, /usr/lib64 elsewhere."""
    machine = platform.machine()
    triplet = sysconfig.get_config_var("MULTIARCH") or f"{machine}-linux-gnu"
    folders = [path for path in (Path("/usr/lib", triplet), Path("/lib", triplet)) if path.is_dir()]
    folders = folders or [Path("/usr/lib64")]
    arguments: list[str] = []
    for top in (Path("/lib"), Path("/lib64")):
        if top.is_symlink():
            arguments += ["--symlink", str(top.readlink()), str(top)]
    for folder in folders:
        if not folder.parent.is_symlink():
            arguments += ["--ro-bind", str(folder), str(folder)]
            for library in sorted(folder.glob("python3*")):
                arguments += _masks(library, str(library))
    loader = Path(LOADERS[machine])
    if loader.exists() and loader.parent.resolve() not in folders:
        arguments += ["--perms", "0755", "--dir", str(loader.parent.resolve())]
        inside = loader.parent.resolve() / loader.name
        arguments += ["--ro-bind", str(loader.resolve()), str(inside)]
    if Path("/etc/ld.so.cache").exists():
        arguments += ["--ro-bind", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    return arguments


def _masks(library: Path, inside: str) -> list[str]:
    """Cover the installed packages that lie within a standard library."""
    arguments: list[str] = []
    for name in _PACKAGE_FOLDERS:
        if (library / name).is_dir():
            arguments += ["--tmpfs", f"{inside}/{name}", "--remount-ro", f"{inside}/{name}"]
    return arguments
