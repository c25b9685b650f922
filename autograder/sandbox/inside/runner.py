"""Running the cells of one submission, in order, in a process that is already confined."""

import builtins
import contextlib
import importlib
import mmap
import os
import random
import re
import sys
import warnings
from traceback import format_exception
from types import TracebackType
from typing import Any

import numpy as np

from autograder.sandbox.inside.clock import CellClock, cpu_seconds
from autograder.sandbox.inside.frames import FrameWriter, Kind
from autograder.sandbox.inside.pristine import Pristine
from autograder.sandbox.inside.shell import CellShell, make_shell, warm_up
from autograder.sandbox.inside.streams import CellOutput, CellStream
from autograder.student import wire
from autograder.student.check import Undefined
from autograder.student.stand_ins import STAND_INS

_PIECES_S = 2.0  # to define functions takes no time
_MAX_NAME = 200
_MAX_MESSAGE = 4_000
_RESERVE_BYTES = 32 * 2**20
_MAX_TRACEBACK = 16_000
_FRAMES_SHOWN = 12
_CELL = "<ipython-input-"
_CELL_FILE = re.compile(rf'File "{_CELL}[^">]{{1,60}}>"')
_INPUT_LIMITS = wire.WireLimits(total_bytes=2**30, items=10**6)


def prepare(unit: str) -> "Runner":
    """Import all that a notebook may want, and return a runner to fork.

    Parameters
    ----------
    unit : str
        The folder made for this unit; ``inputs.bin`` in it holds the public cases' inputs.
    """
    import site  # the server runs without it; these three only add the built-ins help and exit

    site.sethelper()
    site.setquit()
    with open(f"{unit}/inputs.bin", "rb") as file:
        cases = wire.decode(file.read(), _INPUT_LIMITS)
    # Not `import … as`: the package has a function of the module's name.
    check_module: Any = importlib.import_module("autograder.student.check")
    importlib.import_module("autograder.student.probes").find_probe("")  # imports every probe
    shell = make_shell()
    runner = Runner(shell, check_module, cases)
    check_module.sink = runner.take_answers
    warm_up(shell)
    runner.pristine = Pristine()
    return runner


def import_extensions() -> None:
    """Import all of the standard library that is compiled.

    In a tree of its own a submission has none of the system's libraries that these need.
    """
    for path in sys.path:
        for name in sorted(os.listdir(path)) if path.endswith("lib-dynload") else ():
            module = name.partition(".")[0]
            if not module.startswith(("_test", "_xx", "xx", "_tkinter", "readline")):
                with contextlib.suppress(ImportError):
                    importlib.import_module(module)


class Runner:
    """Runs cells in a prepared shell; forked once a submission."""

    pristine: Pristine

    def __init__(self, shell: CellShell, check_module: Any, public: dict[str, Any]) -> None:
        self._shell = shell
        self._check_module, self._check = check_module, check_module.check
        self._cases = {"public": public}
        self._open_exercise = ""
        self._open_cell = 0
        # Address space to go on with when a cell has used up all it may have.
        self._reserve = mmap.mmap(-1, _RESERVE_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

    def play(
        self,
        cells: list[dict[str, Any]],
        frames: FrameWriter,
        limits: dict[str, Any],
        secrets: dict[str, Any] | None = None,
    ) -> None:
        """Run `cells`, each a dict of a cell's fields, and send what comes of it.

        With `secrets`, the secret cases, nobody will look at what is shown: nothing is drawn.
        """
        if secrets is not None:
            self._cases["secret"] = secrets
            self._shell.draw_nothing()
        self._frames = frames
        self._output = CellOutput(frames, limits["cell_output_bytes"], limits["outputs_per_cell"])
        self._shell.cell_output = self._output
        self._streams = (
            CellStream(self._output, Kind.STDOUT),
            CellStream(self._output, Kind.STDERR),
        )
        self._clock = CellClock(frames)
        random.seed()
        np.random.seed()
        used_up = ""
        for cell in cells:
            left_s = limits["notebook_cpu_s"] - cpu_seconds()
            if left_s <= 0:
                used_up = "cpu"
                break
            self._play_cell(cell, min(limits["cell_cpu_s"], left_s), limits["cell_wall_s"])
        frames.send(Kind.FINISHED, 0, wire.encode(used_up))

    def take_answers(self, exercise: str, answers: bytes) -> None:
        """Send the answers of the open graded cell, once; called by ``check``."""
        if not self._open_exercise or exercise != self._open_exercise:
            print(f"{exercise}: recorded in its own graded cell only.")
            return
        self._open_exercise = ""
        self._frames.send(Kind.ANSWERS, self._open_cell, bytes(answers))

    def _play_cell(self, cell: dict[str, Any], cpu_s: float, wall_s: float) -> None:
        index, source, exercise = cell["index"], cell["source"], cell["exercise"]
        if exercise:
            self.pristine.restore()
            self._check_module.secret_cases = self._cases.get(cell["cases"], {})
        sys.stdout, sys.stderr = self._streams
        self._open_cell, self._open_exercise = index, exercise
        self._frames.send(Kind.CELL_BEGINS, index)
        self._output.open(index)
        error: BaseException | None = None
        try:
            try:
                self._clock.start(cpu_s, wall_s)
                error = self._run_check(source) if exercise else self._shell.run(source)
            finally:
                self._clock.disarm()
        except BaseException as caught:
            error = caught
        self._clock.stop()
        if isinstance(error, MemoryError):
            self._reserve.close()
        self.pristine.restore_core()
        self._open_exercise = ""
        fired = self._clock.fired
        if error is not None and cell["pieces"]:
            self._run_one_by_one(cell["pieces"], min(cpu_s, _PIECES_S), wall_s)
        self._close(index, error, fired)

    def _run_one_by_one(self, pieces: list[str], cpu_s: float, wall_s: float) -> None:
        """Run what a cell defines, once an error has ended it: all that can be, is there."""
        try:
            try:
                self._clock.start(cpu_s, wall_s)
                for piece in pieces:
                    self._shell.run(piece)
            finally:
                self._clock.disarm()
        except BaseException:  # its own error is told
            pass
        self._clock.stop()
        self.pristine.restore_core()

    def _run_check(self, source: str) -> BaseException | None:
        """Run a locked cell without the shell, whose hooks student code may have changed."""
        namespace = self._shell.user_ns
        namespace["check"] = self._check
        namespace["__builtins__"] = builtins
        try:
            code = compile(source, "<graded cell>", "exec")
            asked = {*code.co_names, *STAND_INS} if "check" in code.co_names else set()
            asked -= namespace.keys() | vars(builtins).keys()
            absent = {name: Undefined(name) for name in asked}
            namespace.update(absent)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    exec(code, namespace)
            finally:
                for name, undefined in absent.items():
                    if namespace.get(name) is undefined:
                        del namespace[name]
        except BaseException as error:
            return error
        return None

    def _close(self, index: int, error: BaseException | None, fired: str) -> None:
        name, text, trace = _describe(error)
        if error is not None:
            self._output.flush()
            self._frames.send(Kind.ERROR, index, wire.encode([name, text, trace]))
        self._output.close()
        self._frames.send(Kind.CELL_ENDS, index, wire.encode([name, text, fired]))


def _own_frames(error: BaseException) -> TracebackType | None:
    """Return the frames of `error` from the cell on, without those of the shell that runs it."""
    frame = error.__traceback__
    while frame is not None and not frame.tb_frame.f_code.co_filename.startswith(_CELL):
        frame = frame.tb_next
    is_the_shells = frame is None and isinstance(error, SyntaxError)
    return frame if frame or is_the_shells else error.__traceback__


def _describe(error: BaseException | None) -> tuple[str, str, str]:
    """Return name, message and traceback of `error`, whose own methods may be hostile."""
    if error is None:
        return "", "", ""
    name, text = "Exception", "(its message cannot be shown)"
    try:  # join makes plain strings of subclasses with methods of their own
        name = "".join(["", type(error).__name__])[:_MAX_NAME]
        text = "".join(["", str(error)])[:_MAX_MESSAGE]
    except BaseException:
        pass
    try:
        lines = format_exception(type(error), error, _own_frames(error), limit=-_FRAMES_SHOWN)
        trace = _CELL_FILE.sub("Cell", "".join(lines))[-_MAX_TRACEBACK:]
    except BaseException:
        trace = f"{name}: {text}"
    return name, text, trace
