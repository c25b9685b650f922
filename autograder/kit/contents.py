"""What the wheel of a kit holds: beside the notebooks all that a student's computer needs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import autograder
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of
from autograder.judge.table import ENDING
from autograder.judge.tabulate import table_of
from autograder.kit.answers import Answers
from autograder.kit.reference import without_answers
from autograder.sandbox.folder import reference_folder
from autograder.units import NOTEBOOKS, UNITS, folder_name

_ROOT = (
    "__init__.py",
    "errors.py",
    "progress.py",
    "table.py",
    "units.py",
    "units.toml",
)
_INSTRUCTORS = ("made", "parse", "slip_words", "slips", "slips_of_expressions", "tabulate")
"""Modules of the judge that make mistakes, or read what a sandbox sends."""
_ROOMS = ("judge/extras", "judge/hints", "student/probes")
"""With a module for each unit, of which a kit has those that are handed out; so it is with the
folders of exercises."""
_KEPT_BACK = ("judge/answers", "judge/mistakes", "judge/variants")
_NOTHING = '"""Not in a kit."""\n\n\ndef __getattr__(name):\n    return ()\n'


@dataclass(frozen=True)
class Choice:
    """Which units a kit is about.

    Attributes
    ----------
    handed_out : tuple of str
        Units and ungraded notebooks.
    earlier : tuple of str
        Units whose functions may be read.
    checked : tuple of Exercise
        What their cells check: a unit's own exercises, and in the bug hunt those of others.
    """

    handed_out: tuple[str, ...]
    earlier: tuple[str, ...]
    checked: tuple[Exercise, ...]

    @property
    def rooms(self) -> tuple[str, ...]:
        """The units of which the judge has to know something."""
        asked = {exercise.unit for exercise in self.checked}
        return tuple(unit for unit in UNITS if unit in asked)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The units whose functions are not in the kit: handed out, or still to come."""
        return tuple(unit for unit in UNITS if unit not in self.earlier)


def package_files(
    choice: Choice, stills: Mapping[str, object], answers: Answers
) -> dict[str, bytes]:
    """Return the files of the wheel by their paths.

    Parameters
    ----------
    stills : mapping
        What demonstrations show, by `own.keys_of`.
    answers : Answers
        What must not be told.
    """
    ours = Path(autograder.__file__).parent
    texts = dict(_of_package(ours, choice))
    files = {f"autograder/{path}": text.encode() for path, text in texts.items()}
    files["autograder/kit/stills.json"] = json.dumps(stills, ensure_ascii=False).encode()
    for exercise in choice.checked:
        files[f"autograder/judge/tables/{exercise.name}{ENDING}"] = table_of(exercise)
    return {**files, **_reference(choice, answers)}


def _of_package(ours: Path, choice: Choice) -> Iterator[tuple[str, str]]:
    names = [*_ROOT, "kit/__init__.py", "kit/own.py"]
    judge = sorted((ours / "judge").glob("*.py"))
    names += [f"judge/{path.name}" for path in judge if path.stem not in _INSTRUCTORS]
    for whole in ("judge/repair", "student"):
        names += [f"{whole}/{path.name}" for path in sorted((ours / whole).glob("*.py"))]
    for room in _ROOMS:
        names += [f"{room}/{unit}.py" for unit in ("__init__", *choice.rooms)]
    names.append("judge/exercises/__init__.py")
    for unit in choice.rooms:
        files = sorted((ours / "judge/exercises" / unit).glob("*.py"))
        names += [path.relative_to(ours).as_posix() for path in files]
    names += [path.relative_to(ours).as_posix() for path in _ungraded_extras(ours, choice)]
    names += ["judge/hints/bug_hunt.py", *(f"{room}/__init__.py" for room in _KEPT_BACK)]
    for name in names:
        yield name, (ours / name).read_text(encoding="utf-8")
    for room in _KEPT_BACK:
        yield from ((f"{room}/{unit}.py", _NOTHING) for unit in choice.rooms)


def _ungraded_extras(ours: Path, choice: Choice) -> Iterator[Path]:
    """Yield what checks optional exercises of notebooks that are no unit.

    One that builds on a function which a hidden unit asks for may hold it in another style.
    """
    for name in choice.handed_out:
        path = ours / "judge" / "extras" / f"{name}.py"
        if name not in UNITS and path.is_file():
            text = path.read_text(encoding="utf-8")
            if not any(f"from rnn_ref.{unit} import" in text for unit in choice.hidden):
                yield path


def _reference(choice: Choice, answers: Answers) -> dict[str, bytes]:
    source = reference_folder()
    asked_in = {one.name: folder_name(u) for u in choice.hidden for one in exercises_of(u)}
    files = {}
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if name.split("/")[0] in set(NOTEBOOKS) - set(choice.handed_out):
            continue  # a notebook's own folder
        if path.suffix == ".npz":
            files[f"rnn_ref/{name}"] = path.read_bytes()
        elif path.suffix == ".py" and not name.startswith("data/"):
            text = path.read_text(encoding="utf-8")
            if path.stem not in choice.earlier or path.parent != source:
                asked = asked_in if path.parent == source else {}
                text = without_answers(text, asked, answers.told_in(text))
            files[f"rnn_ref/{name}"] = text.encode()
    return files
