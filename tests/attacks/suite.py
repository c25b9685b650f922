"""The attack suite as data: a folder an attack, with the submission and what must come of it.

``attack.toml`` says what is tried and the outcome in full; ``cells.txt`` holds the student's cells,
each under a ``# %%`` line that says where it goes; ``make.py`` stands where a submission is more or
less than a plain notebook, and finds the names of `given_to_make`. Whatever an attack does not
touch is solved honestly.
"""

import copy
import json
import re
import runpy
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.demo.notebooks import grade_id, read_notebook, solution_texts, submission
from autograder.judge.exercises import exercises_of
from autograder.sandbox.job import PUBLIC, Job, Limits, Transcript
from autograder.sandbox.transcript import parse_transcript
from autograder.units import folder_name

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RAN = "the attack ran"
_CELL = re.compile(r"^# %% (replaces|before|after|markdown before) (\w+)$", re.MULTILINE)

#: What an outcome letter of the list of attacks stands for.
OUTCOMES = {
    "N": "neutralised",
    "F": "that exercise fails",
    "L": "ended by a limit",
    "R": "rejected unread",
    "full": "full marks",
}

#: Run in the second sandbox, too: files, processes, services, the channel, time, the next one.
IN_THE_SECOND = (
    "01_patched_array_functions",
    "07_os_exit",
    "10_any_path",
    "10_proc",
    "11_imports_judge",
    "11_loads_by_path",
    "12_forged_frames",
    "13_gradebook",
    "13_host_file",
    "13_neighbours_file",
    "21_subprocess",
    "23_fork_bomb",
    "23_thread_bomb",
    "28_loopback",
    "28_sockets",
    "63_notes_in_times",
)

#: Ended there: its disk and its group of processes are not a namespace's own.
ENDED_IN_THE_SECOND = (
    "24_dev_shm",
    "26_fills_disk",
    "26_inodes",
    "43_kills_group",
    "43_kills_group_by_id",
)


def printed_in(transcript: Transcript, job: Job, limits: Limits) -> str:
    """Return all that a run showed, though nobody will see what was said beside secret cases."""
    open_job = replace(job, cells=tuple(replace(cell, cases=PUBLIC) for cell in job.cells))
    cells = parse_transcript(transcript, open_job, limits).cells.values()
    return "".join(str(output.data) for cell in cells for output in cell.outputs)


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes
    ----------
    name : str
        The folder's: the row of the list and a few words.
    row : int
    tries : str
        What it tries, as a clause.
    outcome : str
        A key of `OUTCOMES`.
    marks : dict of exercise to float or None
        Where they are not full; None is "not gradable".
    flags : tuple of str
        Pieces of the sentences that the instructor must read, and no others. "*" stands for any
        sentences, "?" for any or none where it hangs on the machine.
    ran : str
        What its cells print once the attempt is made: the canary that it ran at all. "" where it
        must never run, or cannot print any more.
    never : str
        What its cells must not print: they would, had the attempt come to anything.
    says : str
        A piece of what the reports on the exercises under attack say.
    control : str
        "passes in practice" if the check in a learner's notebook is taken in: the canary's proof.
    leaks : bool
        Whether it prints what it learns of secret cases, as ``leak<…>``: no page may hold that.
    page : bool
        Whether it aims at who opens the pages: they must be silent in a browser.
    refused : bool
        Whether not even the student's id can be used, so that nothing is recorded.
    copies : int
        By how many students it is handed in.
    named : tuple of str
        The students' ids, where these are the attack.
    """

    name: str
    row: int
    tries: str
    outcome: str
    unit: str = "recurrence"
    marks: Mapping[str, float | None] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    ran: str = RAN
    never: str = ""
    says: str = ""
    control: str = ""
    leaks: bool = False
    page: bool = False
    refused: bool = False
    copies: int = 1
    named: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its data lie."""
        return HERE / self.name

    @property
    def students(self) -> tuple[str, ...]:
        """The ids it is handed in under."""
        return self.named or tuple(f"{self.name}-{n + 1}" for n in range(self.copies))

    def expected_marks(self) -> dict[str, float | None]:
        """Return what every exercise of its unit must earn."""
        return {e.name: self.marks.get(e.name, e.points) for e in exercises_of(self.unit)}

    def place(
        self, submitted: Path, notebook: Mapping[str, Any], canary: Path, port: int = 9
    ) -> None:
        """Hand it in: write the submission of each of its students into `submitted`.

        Parameters
        ----------
        notebook : mapping
            The unit's notebook, solved honestly.
        canary : Path
            A folder outside of any sandbox: what an attack writes there has got out.
        port : int
            Of a service that listens on this machine.
        """
        words = {"@CANARY@": str(canary), "@PORT@": str(port)}
        attacked = attack_notebook(notebook, self.folder / "cells.txt", words)
        name = folder_name(self.unit)
        for student in self.students:
            folder = submitted / student / name
            folder.mkdir(parents=True)
            make = self.folder / "make.py"
            if make.exists():
                given = given_to_make(attacked, folder / f"{name}.ipynb")
                runpy.run_path(str(make), {**given, "canary": canary})
            else:
                write_notebook(folder / f"{name}.ipynb", attacked)


def given_to_make(notebook: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the names that a ``make.py`` finds: the notebook, where it goes, how it is changed."""

    def settings(cell: dict[str, Any]) -> dict[str, Any]:
        return cell["metadata"].get("nbgrader", {})  # type: ignore[no-any-return]

    def called(name: str) -> dict[str, Any]:
        return next(cell for cell in notebook["cells"] if settings(cell).get("grade_id") == name)

    def write() -> None:
        path.write_text(json.dumps(notebook))

    return {
        "folder": path.parent,
        "name": path.stem,
        "path": path,
        "notebook": notebook,
        "cells": notebook["cells"],
        "whole": json.dumps(notebook),
        "settings": settings,
        "called": called,
        "write": write,
    }


def all_attacks() -> list[Attack]:
    """Return every attack, in the order of the list."""
    found = [_read(path) for path in HERE.glob("*/attack.toml")]
    return sorted(found, key=lambda attack: (attack.row, attack.name))


def _read(path: Path) -> Attack:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    data["marks"] = {
        name: None if points == "none" else float(points)
        for name, points in data.get("marks", {}).items()
    }
    data["flags"] = tuple(data.get("flags", ()))
    data["named"] = tuple(data.get("named", ()))
    return Attack(name=path.parent.name, **data)


@cache
def honest_notebook(unit: str) -> dict[str, Any]:
    """Return the released notebook of `unit`, solved as in the solutions."""
    course = Course(ROOT)
    release = read_notebook(course.release_notebook(unit))
    return submission(release, solution_texts(read_notebook(course.source_notebook(unit))))


def attack_notebook(
    notebook: Mapping[str, Any], cells: Path, words: Mapping[str, str]
) -> dict[str, Any]:
    """Return a copy of `notebook` with the cells of an attack put in."""
    attacked = copy.deepcopy(dict(notebook))
    if cells.exists():
        text = cells.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        for number, (verb, target, source) in enumerate(_cells(text)):
            _put(attacked["cells"], verb, target, source, f"attack-{number}")
    return attacked


def _cells(text: str) -> Iterator[tuple[str, str, str]]:
    pieces = _CELL.split(text)
    if pieces[0].strip() or len(pieces) == 1:
        raise ValueError("cells.txt must begin with a line '# %% replaces …' or the like")
    for verb, target, source in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        yield verb, target, source.strip("\n")


def _put(cells: list[dict[str, Any]], verb: str, target: str, source: str, cell_id: str) -> None:
    place = next(index for index, cell in enumerate(cells) if grade_id(cell) == target)
    if verb == "replaces":
        cells[place]["source"] = source
        return
    cell: dict[str, Any] = {"id": cell_id, "metadata": {}, "source": source}
    if verb == "markdown before":
        cell["cell_type"] = "markdown"
        source = source.replace("\n# ", "\n").removeprefix("# ")
        cell["source"] = source
    else:
        cell.update(cell_type="code", execution_count=None, outputs=[])
    cells.insert(place + (verb == "after"), cell)


def write_notebook(path: Path, notebook: Mapping[str, Any]) -> None:
    """Write `notebook` as Jupyter does."""
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
