"""What the unit's folder holds, and what it must not."""

import importlib
import stat
import sys
from pathlib import Path

import pytest

from autograder.sandbox.folder import build_unit_folder
from autograder.units import UNITS


@pytest.fixture
def imports_from(monkeypatch: pytest.MonkeyPatch) -> object:
    """Let the test import from a folder in place of the installed packages."""

    def use(folder: Path) -> None:
        monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
        for name in [n for n in sys.modules if n.split(".")[0] == "rnn_ref"]:
            monkeypatch.delitem(sys.modules, name)
        importlib.invalidate_caches()

    yield use
    for name in [n for n in sys.modules if n.split(".")[0] == "rnn_ref"]:
        del sys.modules[name]


@pytest.mark.parametrize("unit", UNITS)
def test_folder_shows_earlier_reference_modules_alone(tmp_path: Path, unit: str) -> None:
    folder = build_unit_folder(tmp_path / "unit", unit, b"N")
    for position, name in enumerate(UNITS):
        path = folder / "rnn_ref" / f"{name}.py"
        text = path.read_text() if path.exists() else ""
        hidden = text.startswith("raise ModuleNotFoundError(")
        assert hidden == (position >= UNITS.index(unit)) or not path.exists()
        if position >= UNITS.index(unit):
            assert hidden


def test_hidden_module_says_why_it_is_not_there(tmp_path: Path, imports_from) -> None:
    imports_from(build_unit_folder(tmp_path / "unit", "recurrence", b"N"))
    with pytest.raises(ModuleNotFoundError, match="is what this unit asks you to write"):
        importlib.import_module("rnn_ref.recurrence")
    with pytest.raises(ModuleNotFoundError, match="belongs to a later unit"):
        importlib.import_module("rnn_ref.lstm")


@pytest.mark.parametrize("module", ["extensions", "fused", "plotting", "widgets"])
def test_helper_of_the_reference_is_hidden_from_every_unit(
    tmp_path: Path, imports_from, module: str
) -> None:
    imports_from(build_unit_folder(tmp_path / "unit", UNITS[-1], b"N"))
    with pytest.raises(ModuleNotFoundError, match=f"rnn_ref.{module} is for demo cells"):
        importlib.import_module(f"rnn_ref.{module}")


def test_folder_holds_no_line_of_judge_or_own_reference(tmp_path: Path) -> None:
    folder = build_unit_folder(tmp_path / "unit", "recurrence", b"N")
    names = {str(path.relative_to(folder)) for path in folder.rglob("*.py")}
    assert not {name for name in names if "mistakes" in name or "exercises" in name}
    assert "autograder/judge.py" in names
    assert (folder / "rnn_ref/__init__.py").read_text() == ""
    assert (folder / "autograder/__init__.py").read_text() == ""
    assert not list(folder.rglob("__pycache__"))


def test_files_are_readable_by_anybody_and_writable_by_nobody(tmp_path: Path) -> None:
    folder = build_unit_folder(tmp_path / "unit", "recurrence", b"N")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o444}
