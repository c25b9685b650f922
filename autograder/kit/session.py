"""What ``autograder kit`` does, from the choice of units to the finished folder and zip."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.files import write_atomically
from autograder.grading.gradebook_reader import due_dates
from autograder.grading.release import check_release
from autograder.grading.release_audit import notebooks_in
from autograder.judge.exercises import find_exercise
from autograder.kit.answers import Answers
from autograder.kit.contents import Choice, package_files
from autograder.kit.notebooks import kit_notebook, stills_of
from autograder.kit.wheel import DISTRIBUTION, Wheel, zipped
from autograder.reports.book.placing import check_place, put_in_place
from autograder.reports.book.run import shown_by, told_answers
from autograder.student.logbook import WORK_NAME
from autograder.times import UnclearTime, read_time
from autograder.units import NOTEBOOKS, UNITS, folder_name, unit_of

KIT_NAME = "kit"
NEEDS = ("ipython>=7.34", "ipywidgets>=7.7", "matplotlib>=3.8", "numpy>=1.26")
LAB = "jupyterlab>=4.2,<5"
ENTRY_POINTS = "[unrolled.backends]\nkit = autograder.judge.table:TableBackend\n"
TEMPLATES = Path(__file__).with_name("templates")
_README, _REQUIREMENTS = "README.md", "requirements.txt"
_ENVIRONMENT, _CONTAINER, _BINDER = "environment.yml", ".devcontainer", ".binder"
_CHECK = re.compile(r'^check\(\s*"(\w+)"', re.MULTILINE)
_FIRST_LINE = re.compile(r"^# (.+)$", re.MULTILINE)


def chosen(
    course: Course, names: Sequence[str], earlier: Sequence[str] | None, after: str
) -> Choice:
    """Return which notebooks are handed out, and which units count as earlier.

    Parameters
    ----------
    names : sequence of str
        Of notebooks; all that are released if empty.
    earlier : sequence of str or None
        Units, in any way to say one.
    after : str
        A time; units that are due before are earlier. Those before the first one handed out are,
        if neither is given.

    Raises
    ------
    AutograderError
        If there is nothing to hand out, or the time cannot be read.
    """
    handed_out = tuple(
        name for name in NOTEBOOKS if name in (names or notebooks_in(course.release))
    )
    if not handed_out:
        raise AutograderError("There is no notebook in notebooks/: run 'autograder release' first.")
    before = set(map(unit_of, earlier or ())) | (_due_before(course, after) if after else set())
    if earlier is None and not after:
        first = NOTEBOOKS.index(handed_out[0])
        before = set(NOTEBOOKS[:first])
    checked = [name for one in handed_out for name in _checked(course.release_notebook(one))]
    exercises = tuple(find_exercise(name) for name in dict.fromkeys(checked))
    return Choice(handed_out, tuple(unit for unit in UNITS if unit in before), exercises)


def _checked(released: Path) -> list[str]:
    cells = json.loads(released.read_text(encoding="utf-8"))["cells"]
    return [name for cell in cells for name in _CHECK.findall("".join(cell["source"]))]


def _due_before(course: Course, text: str) -> set[str]:
    try:
        limit = read_time(text)
    except UnclearTime as error:
        raise AutograderError(
            f"--after: {error}; write it as in 2026-11-20T23:59+01:00."
        ) from error
    dates = due_dates(course)
    if not dates:
        raise AutograderError(
            "--after needs due dates, and the gradebook has none: name the units with --earlier."
        )
    return {
        unit for unit in UNITS if folder_name(unit) in dates and dates[folder_name(unit)] <= limit
    }


def make_kit(
    console: Console, course: Course, choice: Choice, out: Path | None, wheel_url: str = ""
) -> Path:
    """Make the folder and the zip beside it, say what is done, and return the folder.

    Raises
    ------
    AutograderError
        If a notebook is not released as it should be, something would give an answer away, or the
        folder holds something else. Folder and zip are then as they were.
    """
    folder = (course.root / KIT_NAME if out is None else out).resolve()
    check_place(folder, _tops(folder), "kit")
    for unit in choice.handed_out:
        _refuse([str(finding) for finding in check_release(course, unit)])
    wheel = _wheel(console, course, choice)
    files = dict(_files(course, choice, wheel, wheel_url))
    put_in_place(folder, files.items(), _tops(folder), "kit")
    archive = folder.with_name(f"{folder.name}.zip")
    write_atomically(
        archive, zipped({f"{folder.name}/{name}": data for name, data in files.items()})
    )
    for place, size in ((folder, sum(map(len, files.values()))), (archive, archive.stat().st_size)):
        console.print(f"{place}: {size / 1e6:.1f} MB", markup=False)
    for sentence in _remarks(choice):
        console.print(sentence, markup=False)
    return folder


def _wheel(console: Console, course: Course, choice: Choice) -> Wheel:
    answers = Answers.of(
        course, (*choice.hidden, *(n for n in choice.handed_out if n not in UNITS))
    )
    stills: dict[str, list[list[str]]] = {}
    for unit in choice.handed_out:
        outputs = shown_by(console, course, unit)
        _refuse(told_answers(course, unit, outputs))
        cells = json.loads(course.release_notebook(unit).read_text(encoding="utf-8"))["cells"]
        stills |= dict(stills_of(cells, outputs))
    start = time.perf_counter()
    files = package_files(choice, stills, answers)
    console.print(f"Tables of mistakes: made in {time.perf_counter() - start:.0f} s", markup=False)
    _refuse(answers.findings({name: data for name, data in files.items() if name.endswith(".py")}))
    licence = (course.root / "LICENSE").read_bytes()
    return Wheel(files, NEEDS, ENTRY_POINTS, licence, version("unrolled"))


def _files(
    course: Course, choice: Choice, wheel: Wheel, wheel_url: str
) -> Iterator[tuple[str, bytes]]:
    notebooks = [f"{WORK_NAME}/{folder_name(u)}/{folder_name(u)}.ipynb" for u in choice.handed_out]
    titles = []
    for unit, name in zip(choice.handed_out, notebooks, strict=True):
        released = course.release_notebook(unit)
        yield name, kit_notebook(released, unit, wheel_url or f"../../{wheel.name}")
        titles.append(f"- [{_title(released)}]({name})")
    yield wheel.name, wheel.as_bytes()
    # Binder copies the wheel before it installs only if its line begins with a dot.
    needs = f"./{wheel.name}\n{LAB}\n".encode()
    yield _REQUIREMENTS, needs
    yield f"{_BINDER}/{_REQUIREMENTS}", needs
    yield f"{_BINDER}/runtime.txt", b"python-3.12\n"
    for name in (_ENVIRONMENT, f"{_CONTAINER}/devcontainer.json"):
        yield name, (TEMPLATES / Path(name).name).read_bytes()
    readme = (TEMPLATES / _README).read_text(encoding="utf-8")
    yield (
        _README,
        readme.replace("NOTEBOOKS", "\n".join(titles)).replace("FIRST", notebooks[0]).encode(),
    )


def _title(notebook: Path) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = _FIRST_LINE.search("".join(cells[0]["source"]))
    return found[1] if found else notebook.stem


def _tops(folder: Path) -> frozenset[str]:
    """Return what may lie in a kit that a new one takes the place of."""
    wheels = {path.name for path in folder.glob(f"{DISTRIBUTION}-*.whl")}
    ours = {WORK_NAME, _README, _REQUIREMENTS, _ENVIRONMENT, _CONTAINER, _BINDER}
    return frozenset(ours | wheels)


def _remarks(choice: Choice) -> Iterator[str]:
    """Say what a learner needs from elsewhere."""
    last = NOTEBOOKS.index(choice.handed_out[-1])
    lacking = [folder_name(unit)[:2] for unit in NOTEBOOKS[:last] if unit in choice.hidden]
    if lacking:
        yield (
            f"What asks for functions of unit {', '.join(lacking)} takes the learner's own, where "
            "they pass in that unit's notebook. To give them, name these with --earlier."
        )


def _refuse(faults: list[str]) -> None:
    if faults:
        raise AutograderError(f"There is no new kit: {'; '.join(faults)}.")
