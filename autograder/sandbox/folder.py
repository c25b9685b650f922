"""The folder a unit's submissions see in place of this repository."""

import importlib.util
import shutil
from pathlib import Path

import autograder
from autograder.errors import SandboxUnavailable
from autograder.units import REFERENCES, earlier_units, later_units, unit_of

_HIDDEN_PACKAGES = ("judge", "grading", "reports", "cli")
_SHARED_REFERENCE, _DATA = "errors", "data"
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")
_FILE_MODE, _FOLDER_MODE = 0o444, 0o755


def build_unit_folder(destination: Path, unit: str, inputs: bytes) -> Path:
    """Write the folder that submissions of `unit` see and return it.

    It holds ``autograder.student``, the inside of the sandbox, the reference modules of earlier
    units, and ``inputs.bin``. In place of what is hidden stand modules that say so. The files are
    read-only and readable by anybody: the sandbox may run as another user.

    Parameters
    ----------
    destination : Path
        A folder that does not exist yet.
    inputs : bytes
        Public cases, wire-encoded: a dict of exercise → list of ``{"name": …, "inputs": …}``.

    Raises
    ------
    SandboxUnavailable
        If a module that belongs into the folder is missing.
    """
    name = unit_of(unit)
    ours = Path(autograder.__file__).parent
    package = destination / "autograder"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copytree(ours / "student", package / "student", ignore=_IGNORED)
    (package / "sandbox").mkdir()
    (package / "sandbox/__init__.py").touch()
    shutil.copytree(ours / "sandbox/inside", package / "sandbox/inside", ignore=_IGNORED)
    for hidden in _HIDDEN_PACKAGES:
        sentence = f"autograder.{hidden} is not there while your notebook is graded."
        _write_stub(package / f"{hidden}.py", f"autograder.{hidden}", sentence)
    _write_reference(destination / "rnn_ref", name)
    (destination / "inputs.bin").write_bytes(inputs)
    _make_read_only(destination)
    return destination


def hidden_modules(unit: str) -> list[str]:
    """Return what a submission of `unit` must not be able to import of this repository."""
    ours = [f"autograder.{name}" for name in (*_HIDDEN_PACKAGES, "judge.backend")]
    reference = (unit, *later_units(unit), *_helpers())
    return [*ours, *(f"rnn_ref.{name}" for name in reference)]


def _write_reference(folder: Path, unit: str) -> None:
    folder.mkdir()
    (folder / "__init__.py").touch()
    source = reference_folder()
    earlier = earlier_units(unit)
    for module in (_SHARED_REFERENCE, *earlier):
        file = source / f"{module}.py"
        if file.exists():
            shutil.copyfile(file, folder / file.name)
        elif module == _SHARED_REFERENCE:
            raise SandboxUnavailable(f"{file} is missing: reinstall the course.")
    for module in (unit, *later_units(unit)):
        if module == unit:
            why = "is what this unit asks you to write, so it"
        else:
            why = "belongs to a later unit, so it"
        sentence = f"rnn_ref.{module} {why} is not there while your notebook is graded."
        _write_stub(folder / f"{module}.py", f"rnn_ref.{module}", sentence)
    for module in _helpers():
        sentence = f"rnn_ref.{module} is for demo cells, which grading leaves out."
        _write_stub(folder / f"{module}.py", f"rnn_ref.{module}", sentence)


def _helpers() -> list[str]:
    """Return what lies in ``rnn_ref`` beside the units: pictures, fast loops, further cells."""
    known = (*REFERENCES, _SHARED_REFERENCE, _DATA)
    found = (p.stem for p in reference_folder().iterdir() if p.suffix == ".py" or p.is_dir())
    return sorted(
        name
        for name in found
        if name not in known and name.isidentifier() and not name.startswith("_")
    )


def reference_folder() -> Path:
    """Return where the package rnn_ref lies.

    Raises
    ------
    SandboxUnavailable
        If it does not.
    """
    found = importlib.util.find_spec("rnn_ref")  # finds it without running any of it
    if found is None or found.origin is None:
        raise SandboxUnavailable("The package rnn_ref is missing: reinstall the course.")
    return Path(found.origin).parent


def _write_stub(path: Path, module: str, sentence: str) -> None:
    path.write_text(f"raise ModuleNotFoundError({sentence!r}, name={module!r})\n", encoding="utf-8")


def _make_read_only(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)
