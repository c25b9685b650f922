"""What goes into the sandbox and what comes out, as plain data that can be pickled."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

KIB = 2**10
MIB = 2**20
GIB = 2**30
MAX_CELLS = 2**16

#: Which cases a graded cell is asked. Only a job that asks for the secret ones is handed them.
SECRET, PUBLIC, NO_CASES = "secret", "public", "none"


@dataclass(frozen=True)
class Cell:
    """One code cell.

    Attributes
    ----------
    index : int
        Its place in the notebook; a job's cells run in rising order of it.
    exercise : str
        Name of the exercise whose graded check this cell is. Only such a cell, restored by the
        grader, may hand out answers. "" for every other cell.
    cases : str
        Which cases a graded cell is asked: "secret", "public" or "none".
    pieces : tuple of str
        What of it is run one by one after an error: one slip takes no other function along.
    """

    index: int
    source: str
    exercise: str = ""
    cases: str = PUBLIC
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """The cells of one submission.

    Attributes
    ----------
    key : str
        Names the submission in messages; it does not enter the sandbox.
    """

    key: str
    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        indices = [cell.index for cell in self.cells]
        if indices != sorted(set(indices)):
            raise ValueError(f"{self.key}: the cells' indices do not rise: {indices}")
        if indices and not (indices[0] >= 0 and indices[-1] < MAX_CELLS):
            raise ValueError(f"{self.key}: a cell's index lies outside of 0 to {MAX_CELLS - 1}")

    @property
    def secret(self) -> bool:
        """Whether it is handed the secret cases: nothing but answers is kept of its run."""
        return any(cell.cases == SECRET for cell in self.cells)


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds, bytes and counts.

    A soft limit raises ``OutOfTime`` in the cell, so that the cells behind it still run. Code that
    swallows it is killed `grace_s` later, from outside.

    Attributes
    ----------
    cell_cpu_s, cell_wall_s : float
        Soft limits of one cell.
    notebook_cpu_s, notebook_wall_s : float
        Of all cells together; the kernel (CPU) and the server (wall clock) enforce them.
    grace_s : float
        Between a soft limit and the kill.
    memory_bytes : int
        Address space beyond what the prepared shell itself holds.
    threads : int
        Threads at a time. Further processes are not allowed at all.
    open_files : int
    file_bytes : int
        Of one file.
    disk_bytes, disk_files : int
        Of /tmp, which HOME and /dev/shm are part of; it lies in memory.
    cell_output_bytes, outputs_per_cell : int
        What is kept of a cell's printed text and pictures; the rest is left out with a note.
    output_bytes : int
        What may leave the sandbox besides answers; whoever sends more is killed.
    answer_bytes : int
        Of one exercise's answers.
    """

    cell_cpu_s: float = 10.0
    cell_wall_s: float = 20.0
    notebook_cpu_s: float = 60.0
    notebook_wall_s: float = 120.0
    grace_s: float = 5.0
    memory_bytes: int = 2 * GIB
    threads: int = 64
    open_files: int = 256
    file_bytes: int = 64 * MIB
    disk_bytes: int = 128 * MIB
    disk_files: int = 4096
    cell_output_bytes: int = 256 * KIB
    outputs_per_cell: int = 200
    output_bytes: int = 8 * MIB
    answer_bytes: int = 16 * MIB

    def channel_bytes(self, job: Job) -> int:
        """Return how many bytes a run of `job` may send in all."""
        exercises = sum(1 for cell in job.cells if cell.exercise)
        return self.output_bytes + exercises * self.answer_bytes

    def channel_frames(self, cells: Sequence[Cell]) -> int:
        """Return how many frames a run of `cells` may send: outputs, and a few marks a cell."""
        return 16 + len(cells) * (self.outputs_per_cell + 8)


class Ending(StrEnum):
    """How a run came to its end."""

    DONE = "done"  # every cell had its turn, errors and soft limits included
    CPU = "cpu"
    WALL = "wall"
    MEMORY = "memory"  # killed by the kernel for it; a MemoryError only ends its cell
    DISK = "disk"  # wrote more than it may, where no file system keeps it; else writing fails
    OUTPUT = "output"  # sent more than may leave the sandbox
    CRASHED = "crashed"  # a signal, or an early exit
    SETUP = "setup"  # the sandbox failed: ours to mend, never the student's zero


SoftLimit = Literal["", "cpu", "wall"]
OutputKind = Literal["stdout", "stderr", "display", "result", "error"]


@dataclass(frozen=True)
class Output:
    """One output of a cell.

    Attributes
    ----------
    kind : str
        "stdout", "stderr", "display", "result" or "error".
    mime : str
        "text/plain" or "image/png".
    data : str or bytes
        Text; bytes of a PNG for a picture. Untrusted: whoever shows it must escape it.
    """

    kind: OutputKind
    mime: str
    data: str | bytes


@dataclass(frozen=True)
class CellRun:
    """What is known of a cell that was begun.

    Attributes
    ----------
    answers : tuple of bytes
        Bundles of answers in the order they came, raw: decode them with ``wire``. An honest check
        cell sends one.
    finished : bool
        Whether the cell came to its end, an error or a soft limit included.
    error_name, error_text : str
        Type and message of the exception that ended it, or "".
    soft_limit : str
        "cpu" or "wall" if a soft limit was reached in the cell, even where code swallowed it.
    """

    index: int
    outputs: tuple[Output, ...] = ()
    answers: tuple[bytes, ...] = ()
    finished: bool = False
    error_name: str = ""
    error_text: str = ""
    soft_limit: SoftLimit = ""


@dataclass(frozen=True)
class Run:
    """What came of a job.

    Attributes
    ----------
    cells : dict of int to CellRun
        By index; cells that were never reached are missing.
    ending_cell : int or None
        The cell that was open when the run ended early.
    detail : str
        The ending in a sentence.
    irregular : tuple of str
        What an honest run never sends, in sentences for the instructor.
    secret : bool
        Whether secret cases were at hand, so that nothing is kept but answers and how it ended.
    silent : bool
        Whether no cell showed anything or ended with an error, kept or not.
    """

    cells: dict[int, CellRun]
    ending: Ending
    ending_cell: int | None
    detail: str
    cpu_s: float
    wall_s: float
    irregular: tuple[str, ...] = ()
    secret: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Transcript:
    """What a sandbox sent and how it ended: the raw material of a `Run`.

    Attributes
    ----------
    raw : bytes
        The channel, unparsed and untrusted; no longer than the limits allow.
    ending : Ending
        As seen from outside. DONE says only that the process ended in order.
    """

    raw: bytes
    ending: Ending
    detail: str
    cpu_s: float
    wall_s: float
