"""Reading what a sandbox sent. Nothing in it is believed.

A submission can write any bytes into its channel. The parser accepts what an honest run would send,
in the order it would send it, holds it to the limits again, and lists the rest as irregular.
Forging frames earns nothing: answers are compared by value, outside.
"""

import builtins
import dataclasses
from collections import deque
from collections.abc import Iterator

from autograder.sandbox.inside.frames import HEADER, MIMES, Kind
from autograder.sandbox.job import (
    CellRun,
    Ending,
    Job,
    Limits,
    Output,
    OutputKind,
    Run,
    SoftLimit,
    Transcript,
)
from autograder.student import wire

EARLY_END = "The notebook's process ended itself before its last cell."
_PNG = b"\x89PNG\r\n\x1a\n"
_MAX_IRREGULAR = 50
_MAX_NAME, _MAX_MESSAGE = 200, 4000  # characters
_MAX_BUNDLES = 4  # kept of one exercise; a second one is irregular already
_TEXT_LIMITS = wire.WireLimits(total_bytes=2**17, items=8, depth=2)
_SOFT_LIMITS: dict[str, SoftLimit] = {"": "", "cpu": "cpu", "wall": "wall"}
_STREAMS: dict[Kind, OutputKind] = {Kind.STDOUT: "stdout", Kind.STDERR: "stderr"}
_BUNDLES: dict[Kind, OutputKind] = {Kind.DISPLAY: "display", Kind.RESULT: "result"}


class FrameReader:
    """Cuts a stream into frames as it comes in."""

    def __init__(self, max_payload: int) -> None:
        self._buffer = bytearray()
        self._max_payload = max_payload
        self.broken = ""

    @property
    def left_over(self) -> int:
        """How many bytes wait for the rest of their frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Take more of the stream; yield (kind, cell, payload) of each frame that is now whole."""
        self._buffer += data
        position = 0
        while not self.broken and len(self._buffer) - position >= HEADER.size:
            kind, cell, length = HEADER.unpack_from(self._buffer, position)
            if length > self._max_payload:
                self.broken = "A frame claims to be longer than any may be; the rest was not read."
                break
            start = position + HEADER.size
            if len(self._buffer) < start + length:
                break
            position = start + length
            yield kind, cell, bytes(self._buffer[start:position])
        del self._buffer[:position]


def parse_transcript(transcript: Transcript, job: Job, limits: Limits | None = None) -> Run:
    """Return what is known of a run of `job`.

    Parameters
    ----------
    transcript : Transcript
        From `Engine.execute`, here or on another machine.
    limits : Limits
        Those that the job ran under.
    """
    limits = limits or Limits()
    parser = _Parser(job, limits)
    reader = FrameReader(max(limits.answer_bytes, limits.output_bytes))
    most = limits.channel_frames(job.cells)
    for count, frame in enumerate(reader.feed(transcript.raw[: limits.channel_bytes(job)])):
        if count == most:
            parser.note(f"More than {most} frames were sent; the rest was not read.")
            break
        parser.take(*frame)
    if reader.broken:
        parser.note(reader.broken)
    elif reader.left_over and transcript.ending is Ending.DONE:
        parser.note("The channel ends in the middle of a frame.")
    return parser.finish(transcript)


class _Parser:
    def __init__(self, job: Job, limits: Limits) -> None:
        self.limits = limits
        self.secret = job.secret
        self.ahead = deque(job.cells)  # not begun yet
        self.exercises = {cell.index: cell.exercise for cell in job.cells}
        self.cells: dict[int, CellRun] = {}
        self.open: int | None = None
        self.room = 0  # bytes of output the open cell has left
        self.outputs: list[list[Output]] = []
        self.answers: list[bytes] = []
        self.ready = self.finished = False
        self.used_up = ""
        self.setup_detail = ""
        self.irregular: list[str] = []

    def note(self, sentence: str) -> None:
        if sentence not in self.irregular and len(self.irregular) < _MAX_IRREGULAR:
            self.irregular.append(sentence)

    def take(self, kind: int, cell: int, payload: bytes) -> None:
        if not self.ready:
            self._take_first(kind, payload)
        elif self.finished:
            self.note("Something was sent after the end.")
        elif kind == Kind.CELL_BEGINS:
            self._begin(cell)
        elif kind == Kind.FINISHED:
            self._finish_cells(payload)
        elif kind not in (*_STREAMS, *_BUNDLES, Kind.ERROR, Kind.ANSWERS, Kind.CELL_ENDS):
            self.note("A frame of unknown kind was sent.")
        elif cell != self.open:
            self.note("Something was sent for a cell that was not running.")
        else:
            self._take_of_cell(Kind(kind), payload)

    def _take_first(self, kind: int, payload: bytes) -> None:
        """Take a frame from before student code: this much comes from our own code alone."""
        if kind == Kind.READY:
            self.ready = True
        elif kind == Kind.SETUP_FAILED:
            self.setup_detail = payload[:1000].decode("utf-8", "replace")

    def _begin(self, cell: int) -> None:
        if self.open is not None:
            self.note(f"A cell was said to begin while cell {self.open} was running.")
        elif not self.ahead or self.ahead[0].index != cell:
            self.note("A cell was said to begin out of its turn.")
        else:
            self.open = self.ahead.popleft().index
            self.cells[cell] = CellRun(cell)
            self.outputs, self.answers = [], []
            # Notes of what was left out and the traceback come on top of a cell's own outputs.
            self.room = self.limits.cell_output_bytes + 2**16

    def _take_of_cell(self, kind: Kind, payload: bytes) -> None:
        if kind is Kind.ANSWERS:
            self._take_answers(payload)
        elif kind is Kind.CELL_ENDS:
            self._end(payload)
        elif len(payload) > self.room or len(self.outputs) >= self.limits.outputs_per_cell + 2:
            self.note(f"Cell {self.open} sent more output than a cell may.")
        else:
            self.room -= len(payload)
            output = self._output(kind, payload)
            if output is None:
                self.note(f"Cell {self.open} sent an output that cannot be read.")
            else:
                self._append(output)

    def _output(self, kind: Kind, payload: bytes) -> Output | None:
        if kind in _STREAMS:
            return Output(_STREAMS[kind], MIMES[0], payload.decode("utf-8", "replace"))
        if kind is Kind.ERROR:
            texts = _three_texts(payload)
            return Output("error", MIMES[0], texts[2]) if texts else None
        mime, data = payload[:1], payload[1:]
        if mime == b"\x00":
            return Output(_BUNDLES[kind], MIMES[0], data.decode("utf-8", "replace"))
        if mime == b"\x01" and data.startswith(_PNG):
            return Output(_BUNDLES[kind], MIMES[1], data)
        return None

    def _append(self, output: Output) -> None:
        """Keep an output; pieces of one stream become one text when the cell ends."""
        last = self.outputs[-1][0] if self.outputs else None
        if last and last.kind == output.kind and output.kind in ("stdout", "stderr"):
            self.outputs[-1].append(output)
        else:
            self.outputs.append([output])

    def _take_answers(self, payload: bytes) -> None:
        exercise = self.exercises[self.open] if self.open is not None else ""
        if not exercise:
            self.note(f"Cell {self.open} sent answers, but it is no graded cell.")
        elif len(payload) > self.limits.answer_bytes:
            self.note(f"The answers of {exercise} are larger than answers may be.")
        else:
            if self.answers:
                self.note(f"The answers of {exercise} were sent more than once.")
            if len(self.answers) < _MAX_BUNDLES:
                self.answers.append(payload)

    def _end(self, payload: bytes) -> None:
        texts = _three_texts(payload)
        if self.open is None or texts is None or texts[2] not in _SOFT_LIMITS:
            self.note(f"Cell {self.open} was said to end in a way that cannot be read.")
            return
        name, text, limit = texts[0][:_MAX_NAME], texts[1][:_MAX_MESSAGE], texts[2]
        self._keep(CellRun(self.open, (), (), True, name, text, _SOFT_LIMITS[limit]))
        self.open = None

    def _finish_cells(self, payload: bytes) -> None:
        try:
            used_up = wire.decode(payload, _TEXT_LIMITS)
        except wire.WireError:
            used_up = None
        if not isinstance(used_up, str) or used_up not in _SOFT_LIMITS or self.open is not None:
            self.note("The end of the notebook was announced in a way that cannot be read.")
        else:
            self.finished, self.used_up = True, used_up

    def _keep(self, run: CellRun) -> None:
        outputs, answers = tuple(map(_whole, self.outputs)), tuple(self.answers)
        self.cells[run.index] = dataclasses.replace(run, outputs=outputs, answers=answers)

    def finish(self, transcript: Transcript) -> Run:
        ending_cell = self.open
        if self.open is not None:
            self._keep(CellRun(self.open))
        ending, detail = self._ending(transcript)
        return Run(
            cells={i: _answers_alone(cell) for i, cell in self.cells.items()}
            if self.secret
            else self.cells,
            ending=ending,
            ending_cell=ending_cell,
            detail=detail,
            cpu_s=transcript.cpu_s,
            wall_s=transcript.wall_s,
            irregular=tuple(self.irregular),
            secret=self.secret,
            silent=not any(cell.outputs or cell.error_name for cell in self.cells.values()),
        )

    def _ending(self, transcript: Transcript) -> tuple[Ending, str]:
        ending, detail = transcript.ending, transcript.detail
        if ending is Ending.SETUP or not self.ready:
            why = self.setup_detail or detail
            return Ending.SETUP, f"The sandbox could not start this notebook: {why}"
        if ending is not Ending.DONE:
            return ending, detail
        if not self.finished or (self.ahead and not self.used_up):
            return Ending.CRASHED, EARLY_END
        if self.used_up and self.ahead:
            limit = self.limits.notebook_cpu_s
            return Ending.CPU, f"The notebook used up its {limit:g} s of CPU time."
        return Ending.DONE, ""


def _answers_alone(cell: CellRun) -> CellRun:
    """Return `cell` without its words: whoever had secret cases at hand could tell them there."""
    name = cell.error_name
    known = isinstance(getattr(builtins, name, None), type) or name in ("", "OutOfTime")
    name = name if known else "Exception"
    return dataclasses.replace(cell, outputs=(), error_name=name, error_text="")


def _whole(pieces: list[Output]) -> Output:
    if len(pieces) == 1:
        return pieces[0]
    return dataclasses.replace(pieces[0], data="".join(str(piece.data) for piece in pieces))


def _three_texts(payload: bytes) -> tuple[str, str, str] | None:
    try:
        value = wire.decode(payload, _TEXT_LIMITS)
    except wire.WireError:
        return None
    if isinstance(value, list) and len(value) == 3 and all(isinstance(text, str) for text in value):
        return value[0], value[1], value[2]
    return None
