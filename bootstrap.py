#!/usr/bin/env python3
"""Make the course's environment: ``.venv`` with the packages that ``requirements.lock`` names.

``make setup`` calls this, and so does every target that needs the environment; where there is no
make, ``python3 bootstrap.py`` does the same. It uses the standard library alone and keeps to the
syntax of Python 3.6, so that an old Python can still start it and be told that it is too old.

A second call compares a stamp and returns. Nothing here ever asks a question.
"""

import ast
import contextlib
import errno
import hashlib
import importlib
import importlib.util
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import typing
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

OLDEST = (3, 11)
NEWER_MINORS = (14, 13, 12, 11)
ROOT = Path(__file__).resolve().parent
PLACES = ROOT / "autograder" / "places.py"
VENV = ROOT / ".venv"
STAMP = VENV / "unrolled.stamp"
STAMPED_FILES = ("requirements.lock", "pyproject.toml", "bootstrap.py")
SHOWN_LINES = 15
#: Settings for some other Python, under which this one may not start or finds other packages.
OTHER_PYTHONS = (
    *("PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE", "PYTHONUSERBASE"),
    *("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONOPTIMIZE", "PYTHONWARNINGS"),
)
#: Settings of pip that would put packages elsewhere; those that say where they come from stay.
PIP_ELSEWHERE = ("user", "target", "prefix", "root", "python", "platform", "dry-run")
#: setuptools and Jupyter take the first three for variables, PATH the next for the end of a folder.
ODD_SIGNS = "${}" + os.pathsep + "\n\r"


class SetupError(Exception):
    """Something only the reader can change; the message is a sentence that says what."""


def say(sentence: str) -> None:
    print(sentence, flush=True)


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def succeeds(command: "list[str]") -> bool:
    """Tell whether a command can be started and ends well; its output is dropped."""
    try:
        return subprocess.call(command, env=own_environment(), **silence()) == 0
    except OSError:
        return False


def own_environment() -> "dict[str, str]":
    """Return the environment without what would change this Python's or pip's ways."""
    changes = ("PYTHON", "PIP_")
    return {name: value for name, value in os.environ.items() if not name.startswith(changes)}


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


def run(command: "list[str]", sentence: str, environment: "dict[str, str] | None" = None) -> str:
    """Run a step quietly and return its output; if it fails, show its end, and a sentence."""
    done = subprocess.run(
        command,
        cwd=str(ROOT),
        env=own_environment() if environment is None else environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        for line in done.stdout.splitlines()[-SHOWN_LINES:]:
            print("    " + line, file=sys.stderr)
        raise SetupError(trouble_told_in(done.stdout) or sentence)
    return done.stdout


def trouble_told_in(output: str) -> str:
    """Return a sentence on the folder or disk that a step complained of; "" if it did not."""
    said = re.search(r"\[Errno (\d+)\]", output)
    return trouble_with_a_place(OSError(int(said.group(1)), "")) if said else ""


def trouble_with_a_place(error: OSError) -> str:
    """Return what the course's commands would say of this error."""
    spec = importlib.util.spec_from_file_location("places", str(PLACES))
    places = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(places)
    return places.sentence_on(error, [VENV, ROOT])


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


def closed_files() -> "list[str]":
    """Return what of root's ``.venv`` others may not read: root's sandbox reads it as nobody."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not VENV.exists():
        return []
    found = [str(VENV)]
    for top, folders, files in os.walk(str(VENV)):
        folders[:] = [name for name in folders if name != "__pycache__"]  # nobody misses those
        found += [os.path.join(top, name) for name in folders + files]
    return [path for path in found if is_closed(os.lstat(path).st_mode)]


def is_closed(mode: int) -> bool:
    wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
    return not stat.S_ISLNK(mode) and mode & wanted != wanted


def open_environment() -> None:
    """Let everybody read ``.venv``, whatever umask was in force when its files were made."""
    for path in closed_files():
        mode = os.stat(path).st_mode
        executable = 0o111 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0
        os.chmod(path, stat.S_IMODE(mode) | 0o444 | executable)


def create_environment() -> None:
    ensure_venv_module()
    say("Making the environment in .venv (once; it takes some minutes)")
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
    pip = [str(venv_python()), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"]
    environment = pip_environment(pip)
    pip += ["--quiet", "install"]
    say("Installing the packages of requirements.lock")
    run(
        [*pip, "--require-hashes", "-r", "requirements.lock"],
        "The packages could not be installed; the lines above say why. Is the network there?",
        environment,
    )
    run(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", "."],
        "The course's own packages could not be installed; the lines above say why.",
        environment,
    )
    shield_commands()
    STAMP.write_text(expected_stamp(), encoding="utf-8")


def pip_environment(pip: "list[str]") -> "dict[str, str]":
    """Return an environment with the settings that pip finds, but those of `PIP_ELSEWHERE`.

    They stand in files, too, which pip is then told to leave alone.
    """
    asked = {**os.environ, **own_environment()}
    lines = run(
        [*pip, "config", "list"], "pip cannot read its settings; the lines above say why.", asked
    ).splitlines()
    found = own_environment()
    found["PIP_CONFIG_FILE"] = os.devnull
    for section in ("global", "install", ":env:"):  # the later one counts
        for line in lines:
            name, _, value = line.partition("=")
            if name.startswith(section + ".") and name[len(section) + 1 :] not in PIP_ELSEWHERE:
                setting = name[len(section) + 1 :].upper().replace("-", "_")
                found["PIP_" + setting] = ast.literal_eval(value)
    return found


def shield_commands() -> None:
    """Let the commands in ``.venv/bin`` start without `OTHER_PYTHONS`, however they are called."""
    away = " ".join("-u " + name for name in OTHER_PYTHONS)
    for script in (VENV / "bin").glob("*"):  # Windows has programs, elsewhere
        text = "" if script.is_symlink() else os.fsdecode(script.read_bytes())
        first, _, rest = text.partition("\n")
        if first == "#!/bin/sh":  # so pip writes a long path, or one with blanks
            _, quotes, rest = rest.partition("' '''\n")
            first = "#!" + str(VENV) if quotes else ""
        if first.startswith("#!" + str(VENV)):
            python = shlex.quote(str(venv_python()))
            shell = f"#!/bin/sh\n'''exec' /usr/bin/env {away} {python} \"$0\" \"$@\"\n' '''\n"
            script.write_bytes(os.fsencode(shell + rest))


@contextlib.contextmanager
def alone() -> "typing.Iterator[None]":
    """Let nobody else set up this folder meanwhile; wait for whoever does.

    What is locked is the folder, for it is not deleted. Where that cannot be, nothing is.
    """
    if fcntl is None:
        yield
        return
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Somebody else is setting up this folder; waiting for that to end.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:  # a network disk without such locks
            pass
        yield
    finally:
        os.close(folder)


def refuse_odd_path() -> None:
    odd = sorted({sign for sign in str(ROOT)[2:] if sign in ODD_SIGNS})
    if odd:
        raise SetupError(
            "The path {!r} has {} in it, with which Python's own tools do not work: rename that "
            "folder, or copy the course to another.".format(str(ROOT), " and ".join(map(repr, odd)))
        )


def set_up() -> None:
    if is_current() and not closed_files():
        return
    refuse_odd_path()
    place = VENV if VENV.exists() else ROOT
    if not os.access(str(place), os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    mask = os.umask(0o022)
    try:
        with alone():
            if not is_current():
                make_current()
            open_environment()
    finally:
        os.umask(mask)


def make_current() -> None:
    if not (is_here() and works("pip")):
        create_environment()
    install_packages()
    ensure_sandbox()
    say("The environment is ready.")


def main() -> int:
    try:
        if sys.version_info < OLDEST:
            return subprocess.call([newer_python(), "-I", str(Path(__file__).resolve())])
        set_up()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(trouble_with_a_place(error) or error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; call this again to go on.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
