#!/usr/bin/env python3
"""Make the course's environment: ``.venv`` with the packages that ``requirements.lock`` names.

``make setup`` calls this, and so does every target that needs the environment; where there is no
make, ``python3 bootstrap.py`` does the same. It uses the standard library alone and keeps to the
syntax of Python 3.6, so that an old Python can still start it and be told that it is too old.

A second call compares a stamp and returns. Nothing here ever asks a question.
"""

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWER_MINORS = (14, 13, 12, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "unrolled.stamp"
STAMPED_FILES = ("requirements.lock", "pyproject.toml")
SHOWN_LINES = 15


class SetupError(Exception):
    """Something only the reader can change; the message is a sentence that says what."""


def say(sentence: str) -> None:
    print(sentence, flush=True)


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def succeeds(command: "list[str]") -> bool:
    """Tell whether a command can be started and ends well; its output is dropped."""
    try:
        return subprocess.call(command, **silence()) == 0
    except OSError:
        return False


def silence() -> "dict[str, int]":
    null = subprocess.DEVNULL
    return {"stdin": null, "stdout": null, "stderr": null}


def newer_python() -> str:
    """Return a Python on PATH that is new enough, newest first.

    A name on PATH is not enough: version managers put stand-ins there that refuse to start.
    """
    for minor in NEWER_MINORS:
        found = shutil.which(f"python3.{minor}")
        if found and succeeds([found, "-I", "-c", "pass"]):
            return found
    raise SetupError(
        "This is Python {}.{}, and the course needs 3.11 or newer: install one (for example with "
        "'sudo apt-get install python3.11') and call this again.".format(*sys.version_info)
    )


def base_python() -> str:
    """Return the interpreter behind this one, which may itself be the one in ``.venv``."""
    return getattr(sys, "_base_executable", None) or sys.executable


def administrator() -> "list[str] | None":
    """Return what to put before a command to run it as root, None where that is not allowed."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def apt_install(package: str) -> bool:
    """Install a Debian package if that takes no password; tell whether it was done."""
    apt = shutil.which("apt-get")
    before = administrator()
    if apt is None or before is None:
        return False
    say(f"Installing {package} with apt-get")
    apt_get = [*before, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    # One unreachable source makes the update fail, and the package may be known all the same.
    succeeds([*apt_get, "update"])
    return succeeds([*apt_get, "install", "-y", "--no-install-recommends", package])


def ensure_venv_module() -> None:
    """Debian keeps ``ensurepip`` in a package of its own; get it, or say which it is."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = "python{}.{}-venv".format(*sys.version_info)
    if apt_install(package):
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip"):
            return
    raise SetupError(
        "This Python has no ensurepip: install it (on Debian and Ubuntu with 'sudo apt-get install "
        f"{package}') and call this again."
    )


def ensure_sandbox() -> None:
    """Grading needs bubblewrap and Linux; learning needs neither, so nothing here is fatal."""
    if not sys.platform.startswith("linux"):
        say("Notebooks and their checks work here; grading a class needs Linux.")
    elif not shutil.which("bwrap") and not apt_install("bubblewrap"):
        say(
            "Grading needs bubblewrap: 'sudo apt-get install bubblewrap' (learners do not need it)."
        )


def run(command: "list[str]", sentence: str) -> None:
    """Run a step quietly; if it fails, show the end of what it said, and a sentence."""
    done = subprocess.run(
        command,
        cwd=str(ROOT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        for line in done.stdout.splitlines()[-SHOWN_LINES:]:
            print("    " + line, file=sys.stderr)
        raise SetupError(sentence)


def expected_stamp() -> str:
    digest = hashlib.sha256()
    for name in STAMPED_FILES:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_here() -> bool:
    """Tell whether ``.venv`` was made in this very folder: its scripts hold absolute paths."""
    try:
        recorded = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(line.endswith(f" -m venv {VENV}") for line in recorded.splitlines())


def works(module: str) -> bool:
    """Tell whether the environment's Python starts, is new enough and can import a module."""
    program = f"import sys, {module}; sys.exit(sys.version_info < {OLDEST})"
    return succeeds([str(venv_python()), "-I", "-c", program])


def is_current() -> bool:
    try:
        stamp = STAMP.read_text(encoding="utf-8")
    except OSError:
        return False
    return stamp == expected_stamp() and is_here() and works("autograder")


def create_environment() -> None:
    ensure_venv_module()
    say("Making the environment in .venv (once; a minute or two)")
    if VENV.exists():
        shutil.rmtree(str(VENV))
    run(
        [base_python(), "-I", "-m", "venv", str(VENV)],
        "The virtual environment could not be made; the lines above say why.",
    )


def install_packages() -> None:
    """Install the locked packages, then the project itself, with nothing it did not lock."""
    if STAMP.exists():
        STAMP.unlink()
    pip = [str(venv_python()), "-I", "-m", "pip", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "install"]
    say("Installing the packages of requirements.lock")
    run(
        [*pip, "--require-hashes", "-r", "requirements.lock"],
        "The packages could not be installed; the lines above say why. Is the network there?",
    )
    run(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", "."],
        "The course's own packages could not be installed; the lines above say why.",
    )
    STAMP.write_text(expected_stamp(), encoding="utf-8")


def set_up() -> None:
    if is_current():
        return
    if not os.access(str(VENV if VENV.exists() else ROOT), os.W_OK):
        raise SetupError(f"This account may not write to {ROOT}: copy the folder first.")
    if not (is_here() and works("pip")):
        create_environment()
    install_packages()
    ensure_sandbox()
    say("The environment is ready.")


def main() -> int:
    try:
        if sys.version_info < OLDEST:
            return subprocess.call([newer_python(), str(Path(__file__).resolve())])
        set_up()
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; call this again to go on.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
