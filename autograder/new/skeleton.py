"""``autograder new``: a unit or an exercise that works at once, written into every room.

What is written is a real exercise, a state that leaks, right down to its mistakes: it is green
before a word of it is changed, so each change of one's own shows at once what it breaks.
"""

from __future__ import annotations

import keyword
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import autograder
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.new import notebooks
from autograder.new.modules import with_parts
from autograder.new.rooms import NOTEBOOK, ROOMS, TEMPLATES, TEST, Room, filled, parts_of
from autograder.student.probes import exercise_names
from autograder.table import TABLE_NAME, Notebook
from autograder.units import COURSE_TABLE, unit_of

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_POINT = 1

Written = list[tuple[str, str]]
"""Files, in the order in which one would read them, each with what it is for."""


def new_unit(course: Course, name: str, exercise: str, title: str, number: int | None) -> Written:
    """Write a unit with one exercise and one written question.

    Raises
    ------
    AutograderError
        If a name or number is taken or none; nothing is written then.
    """
    _needs_tools(course)
    exercise = exercise or f"{name}_step"
    _refuse_name(name, "a unit")
    _refuse_name(exercise, "an exercise")
    taken = {row.number: row.folder for row in COURSE_TABLE.rows}
    chosen = max(taken) + 1 if number is None else number
    if chosen in taken:
        raise AutograderError(f"The number {chosen} is that of {taken[chosen]}.")
    if not 0 <= chosen <= 99:
        raise AutograderError(f"The number is {chosen}; expected 0 to 99. Give one by --number.")
    if re.search(r'["\\\n]', title):
        raise AutograderError("The title holds a quote, a backslash or a new line; leave it out.")
    row = Notebook(chosen, name, title or name.replace("_", " ").capitalize())
    paths = [filled(room.path, _words(row, exercise)) for room in (*ROOMS, NOTEBOOK)]
    paths.append(f"rnn_ref/{name}")
    there = [path for path in paths if (course.root / path).exists()]
    if there or name in {known.name for known in COURSE_TABLE.rows}:
        raise AutograderError(f"There is a {name} already: {', '.join(there) or TABLE_NAME}.")
    words = _words(row, exercise)
    for room in ROOMS:
        _write(course.root / filled(room.path, words), parts_of(room, words).get("head", ""))
    notebooks.write(course.root / filled(NOTEBOOK.path, words), notebooks.new_notebook(words))
    with (course.root / TABLE_NAME).open("a", encoding="utf-8") as table:
        table.write(filled((TEMPLATES / "row.txt").read_text(encoding="utf-8"), words))
    return _add_exercise(course, row, exercise)


def new_exercise(course: Course, name: str, unit: str) -> Written:
    """Write an exercise into a unit that is there, before its written question.

    Raises
    ------
    AutograderError
        If the name is taken or none; nothing is written then.
    """
    _needs_tools(course)
    _refuse_name(name, "an exercise")
    return _add_exercise(course, COURSE_TABLE.row(unit_of(unit)), name)


def _needs_tools(course: Course) -> None:
    if Path(autograder.__file__).parent != course.root / "autograder":
        raise AutograderError(
            f"The judge does not lie in {course.root}: run `make setup` there, and that "
            "folder's .venv/bin/autograder."
        )
    if shutil.which("ruff", path=str(Path(sys.executable).parent)) is None:
        raise AutograderError("ruff, which sorts what is written, is missing: run `make setup`.")


def _refuse_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise AutograderError(
            f"{name!r} cannot be the name of {what}: it is a name in Python, too. Use small "
            "letters, digits and _, at most 40, such as leaky_step."
        )
    if name in exercise_names():
        raise AutograderError(f"There is an exercise {name} already.")


def _words(row: Notebook, exercise: str) -> dict[str, str]:
    return {
        "UNIT": row.name,
        "FOLDER": row.folder,
        "NUMBER": f"{row.number:02d}",
        "PLAIN_NUMBER": str(row.number),
        "TITLE": row.title,
        "EXERCISE": exercise,
        "EXERCISE_TITLE": exercise.replace("_", " ").capitalize(),
        "COLLECTED": exercise.upper(),
        "CELL": exercise.replace("_", "-"),
    }


def _add_exercise(course: Course, row: Notebook, exercise: str) -> Written:
    words = _words(row, exercise)
    test = course.root / filled(TEST.path, words)
    _refuse_what_is_there(course, exercise, test, words)
    changed = dict(_changed_modules(course, words))  # all of them first, so that a refusal is whole
    notebook_path = course.root / filled(NOTEBOOK.path, words)
    notebook = notebooks.read(notebook_path)
    notebooks.add_cells(notebook, notebooks.cells_of("cells", words))
    table = (course.root / TABLE_NAME).read_text(encoding="utf-8")
    changed[course.root / TABLE_NAME] = with_point(table, row.name, exercise)
    changed[test] = filled((TEMPLATES / "test.txt").read_text(encoding="utf-8"), words)
    for path, text in changed.items():
        _write(path, text)
    notebooks.write(notebook_path, notebook)
    _tidy([path for path in changed if path.suffix == ".py"])
    rooms = [*((filled(room.path, words), room.purpose) for room in (NOTEBOOK, *ROOMS, TEST))]
    return [*rooms, (TABLE_NAME, "number, title, points")]


def _refuse_what_is_there(course: Course, exercise: str, test: Path, words: dict[str, str]) -> None:
    defined = re.compile(rf"\b(?:def|class) {exercise}\b")
    for room in (*ROOMS, NOTEBOOK):
        path = filled(room.path, words)
        if (course.root / path).is_file() and defined.search(
            (course.root / path).read_text("utf-8")
        ):
            raise AutograderError(f"{path} has a function {exercise} already: take another name.")
    if test.exists():
        raise AutograderError(f"{filled(TEST.path, words)} is there already: take another name.")


def _changed_modules(course: Course, words: dict[str, str]) -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        path = course.root / filled(room.path, words)
        yield path, _with_exercise(path, room, words)


def _with_exercise(path: Path, room: Room, words: dict[str, str]) -> str:
    parts = parts_of(room, words)
    head = parts.pop("head")
    text = path.read_text(encoding="utf-8") if path.is_file() else head
    return with_parts(text, parts, filled(room.path, words))


def with_point(table: str, unit: str, exercise: str) -> str:
    """Return the table's text with a line for the points of a unit's new exercise.

    >>> with_point('name = "waves"\\n[notebook.points]\\na = 2\\nwritten_x = 1\\n', "waves", "b")
    'name = "waves"\\n[notebook.points]\\na = 2\\nb = 1\\nwritten_x = 1\\n'
    """
    row, found, rest = table.partition(f'name = "{unit}"\n')
    head, points, rest = rest.partition("[notebook.points]\n")
    if not found or not points or "[[notebook]]" in head:
        raise AutograderError(
            f"{TABLE_NAME}: {unit} has no lines below [notebook.points], to which {exercise} "
            "could be added."
        )
    lines, end = rest.split("\n"), 0
    while end < len(lines) and lines[end].strip() and not lines[end].startswith("written"):
        end += 1
    rest = "\n".join([*lines[:end], f"{exercise} = {_POINT}", *lines[end:]])
    return "".join([row, found, head, points, rest])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _tidy(paths: list[Path]) -> None:
    """Sort and merge imports, and lay out what was written."""
    ruff, names = str(Path(sys.executable).with_name("ruff")), list(map(str, paths))
    for arguments in (
        ["check", "--select", "I,F401,F811", "--fix", "--quiet"],
        ["format", "--quiet"],
    ):
        subprocess.run([ruff, *arguments, *names], check=False)
