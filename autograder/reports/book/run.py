"""Running the course's own notebooks from top to bottom, and keeping what they showed.

Only for what the course itself holds: it runs without a sandbox.
"""

import hashlib
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from markupsafe import Markup
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from rich.console import Console

import autograder
import rnn_ref
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.files import write_atomically
from autograder.grading.release_audit import leaks
from autograder.grading.stubs import NOT_WRITTEN
from autograder.grading.template import Template
from autograder.reports.book import outputs as book_outputs
from autograder.reports.book.chapters import shown_cells
from autograder.reports.book.outputs import Kind, Output, outputs_of
from autograder.student.logbook import WORK_NAME
from autograder.units import folder_name

CELL_LIMIT_S = 600
HIDDEN = "HIDDEN TESTS"
_NOT_RUN = ("reports", "sandbox", "grading")
_DRAWN_BY = ("numpy", "matplotlib", "ipywidgets")

Outputs = dict[str, list[Output]]


class KeptOutputs:
    """What notebooks showed, kept by content: the same notebook and code are not run twice.

    Parameters
    ----------
    course : Course
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    def of(self, unit: str) -> Outputs | None:
        """Return what was kept of a unit, None if it has to be run."""
        try:
            kept = json.loads(self._path(unit).read_text(encoding="utf-8"))
            if kept["key"] != self._key(unit):
                return None
            return {
                name: [Output(Kind(one["kind"]), str(one["text"])) for one in outputs]
                for name, outputs in kept["outputs"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def run(self, unit: str) -> Outputs:
        """Run a unit's notebook and keep what it showed.

        Raises
        ------
        AutograderError
            If a cell fails or does not end.
        """
        key = self._key(unit)
        outputs = run_unit(self._course, unit)
        plain = {name: [asdict(one) for one in shown] for name, shown in outputs.items()}
        with suppress(OSError):  # what cannot be kept is run again
            write_atomically(self._path(unit), json.dumps({"key": key, "outputs": plain}))
        return outputs

    def _path(self, unit: str) -> Path:
        return self._course.data / "shown" / f"{folder_name(unit)}.json"

    def _key(self, unit: str) -> str:
        notebook = what_to_run(self._course, unit).read_bytes()
        return hashlib.sha256(notebook + _software().encode()).hexdigest()


def shown_by(console: Console, course: Course, unit: str) -> Outputs:
    """Return what the cells of a notebook show: as kept from before, or by running it."""
    kept = KeptOutputs(course)
    before = kept.of(unit)
    if before is not None:
        console.print(f"{folder_name(unit)}: as run before", markup=False)
        return before
    start = time.perf_counter()
    outputs = kept.run(unit)
    console.print(f"{folder_name(unit)}: run in {time.perf_counter() - start:.0f} s", markup=False)
    return outputs


def what_to_run(course: Course, unit: str) -> Path:
    """Return the notebook whose outputs a reader should see.

    The solution, so that everything works. Where whole functions are handed out to be changed the
    release: they are faulty, that is the subject, and the solution would show no symptom.
    """
    template = Template.read(unit, course.release_notebook(unit))
    has_faults = any(
        cell.is_solution and not cell.is_given and cell.defines and NOT_WRITTEN not in cell.source
        for cell in template.cells
    )
    return course.release_notebook(unit) if has_faults else course.source_notebook(unit)


def run_unit(course: Course, unit: str) -> Outputs:
    """Run a unit's notebook; return what its cells showed, answers and checks left out.

    Raises
    ------
    AutograderError
        If a cell fails that should not, or does not end.
    """
    path = what_to_run(course, unit)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder) / WORK_NAME / folder_name(unit)  # as a learner has it
        place.mkdir(parents=True)
        notebook = executed(path, place)
    wanted = set(shown_cells(Template.read(unit, course.release_notebook(unit))))
    is_solution = path == course.source_notebook(unit)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error" and (is_solution or cell["id"] in wanted):
                raise AutograderError(
                    f"{folder_name(unit)}: the cell {cell['id']} fails "
                    f"({output['ename']}: {output['evalue']}). Mend it, then make the book again."
                )
    return {name: shown for name, shown in outputs_of(notebook).items() if name in wanted}


def told_answers(course: Course, unit: str, outputs: Outputs) -> list[str]:
    """Return what a chapter would tell of answers and hidden tests, outputs included."""
    notebook = json.loads(course.release_notebook(unit).read_text(encoding="utf-8"))
    texts = [one.text for shown in outputs.values() for one in shown]
    readable = [unescape(Markup(text).striptags()) for text in texts]
    where = f"the chapter {folder_name(unit)}"
    whole = {**notebook, "shown": [[text] for text in (*texts, *readable)]}
    text = json.dumps(whole)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chapter.json"
        path.write_text(text, encoding="utf-8")
        found = [str(finding) for finding in leaks(course.source_notebook(unit), path, where)]
    return [*found, f"{where} holds hidden tests"] if HIDDEN in text else found


def executed(path: Path, folder: Path) -> Any:
    """Return the notebook at `path` after a run from top to bottom, errors left standing.

    Parameters
    ----------
    folder : Path
        Where its kernel works.

    Raises
    ------
    AutograderError
        If a cell does not end, or there is no kernel.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_LIMIT_S,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        spec = client.create_kernel_manager().kernel_spec
        if spec is not None:  # the kernel of this environment, whatever else is installed
            spec.argv[0] = sys.executable
        return client.execute(stderr=subprocess.DEVNULL)  # the kernel's own words, not the cells'
    except CellTimeoutError as error:
        raise AutograderError(f"{path.stem}: a cell ran for more than {CELL_LIMIT_S} s.") from error
    except DeadKernelError as error:
        raise AutograderError(f"{path.stem}: its kernel died while it ran.") from error
    except NoSuchKernel as error:
        raise AutograderError("Jupyter has no kernel for Python here: run make setup.") from error


@cache
def _software() -> str:
    """Return a digest of all that a notebook's outputs come from, itself apart."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in _DRAWN_BY:
        digest.update(f"{name} {version(name)}\0".encode())
    for path in _files():
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    """Yield the files of the reference and of what notebooks import of this package."""
    reference, ours = Path(rnn_ref.__file__).parent, Path(autograder.__file__).parent
    yield Path(__file__)
    yield Path(book_outputs.__file__)
    yield from sorted(p for p in reference.rglob("*") if p.suffix in (".py", ".npz"))
    for path in sorted(ours.rglob("*.py")):
        if path.relative_to(ours).parts[0] not in _NOT_RUN:
            yield path
