"""What crosses between the instructor's machine and a worker, as plain bytes.

An order holds a unit's name, limits, and the cells of one submission; beside it go the inputs of
the secret cases. No student's name, no expected value. An answer holds the raw transcript. Neither
side believes the other's bytes: they are decoded with limits, and nothing in them is ever run.
"""

import dataclasses
import hashlib
import math
import platform
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import autograder
from autograder.sandbox.folder import reference_folder
from autograder.sandbox.job import Cell, Ending, Job, Limits, Transcript
from autograder.student import wire

_ORDER_LIMITS = wire.WireLimits(total_bytes=2**27, items=2**20, text_bytes=2**26)
_ROOM = 2**16  # what an answer may hold besides the transcript
_SENTENCE = 2000  # characters
_DIGITS = 12


class ParcelError(ValueError):
    """Bytes that are no order, or no answer."""


@dataclasses.dataclass(frozen=True)
class Order:
    """A job for a worker.

    Attributes
    ----------
    inputs_digest : str
        Names the inputs, which a worker needs only once.
    software : dict of str to str
        From `software`, on the instructor's machine.
    """

    unit: str
    inputs_digest: str
    limits: Limits
    cells: tuple[Cell, ...]
    software: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a worker says: a transcript, that it wants the inputs, or why it refuses."""

    transcript: Transcript | None = None
    wants_inputs: bool = False
    refusal: str = ""


@cache
def software() -> dict[str, str]:
    """Return what has to be the same on both sides, by name."""
    ours = Path(autograder.__file__).parent
    digest = hashlib.sha256()
    for folder in (ours / "sandbox", ours / "student", reference_folder()):
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"{path.relative_to(folder.parent).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {
        "the course": digest.hexdigest()[:_DIGITS],
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "NumPy": np.__version__,
    }


def difference(theirs: dict[str, str]) -> str:
    """Return in a sentence how `theirs` differs from the `software` here, or ""."""
    ours = software()
    parts = [
        f"{name} is {ours.get(name, 'unknown')} there and {theirs.get(name, 'unknown')} here"
        for name in sorted(ours.keys() | theirs.keys())
        if ours.get(name) != theirs.get(name)
    ]
    if not parts:
        return ""
    return f"It runs other versions ({'; '.join(parts)}): install the same course on both."


def digest_of(inputs: bytes) -> str:
    """Return the name of a unit's inputs."""
    return hashlib.sha256(inputs).hexdigest()


def pack_order(order: Order) -> bytes:
    """Return `order` as bytes."""
    return wire.encode(dataclasses.asdict(order))


def unpack_order(data: bytes) -> Order:
    """Return the order that `data` stands for.

    Raises
    ------
    ParcelError
        If it is none.
    """
    try:
        value = wire.decode(data, _ORDER_LIMITS)
        cells = tuple(Cell(**{**c, "pieces": tuple(c["pieces"])}) for c in value["cells"])
        return Order(**{**value, "limits": Limits(**value["limits"]), "cells": cells})
    except (wire.WireError, KeyError, TypeError) as error:
        raise ParcelError(f"The order cannot be read ({error}).") from error


def pack_answer(answer: Answer) -> bytes:
    """Return `answer` as bytes."""
    transcript = answer.transcript
    sent: dict[str, Any] = {"refusal": answer.refusal, "wants_inputs": answer.wants_inputs}
    if transcript is not None:
        raw = np.frombuffer(transcript.raw, np.uint8)
        sent["transcript"] = {**dataclasses.asdict(transcript), "raw": raw}
    return wire.encode(sent)


def unpack_answer(data: object, job: Job, limits: Limits) -> Answer:
    """Return the answer that `data` stands for.

    Parameters
    ----------
    data : object
        What came back; anything but bytes is refused.

    Raises
    ------
    ParcelError
        If it is no answer to `job`, or a larger one than `limits` allow.
    """
    if type(data) is not bytes:
        raise ParcelError(f"A worker answered with a {type(data).__name__}, not with bytes.")
    caps = wire.WireLimits(total_bytes=limits.channel_bytes(job) + _ROOM, items=32, depth=2)
    try:
        value = wire.decode(data, caps)
        refusal, wants = value["refusal"], value["wants_inputs"]
        if not isinstance(refusal, str) or not isinstance(wants, bool):
            raise TypeError("a refusal or a wish of the wrong type")
        sent = value.get("transcript")
        transcript = None if sent is None else _transcript(sent)
    except (wire.WireError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ParcelError(f"A worker's answer cannot be read ({error}).") from error
    if transcript is None and not refusal and not wants:
        raise ParcelError("A worker's answer is empty.")
    return Answer(transcript, wants, refusal[:_SENTENCE])


def _transcript(sent: dict[str, Any]) -> Transcript:
    raw, detail, times = sent["raw"], sent["detail"], (sent["cpu_s"], sent["wall_s"])
    if not isinstance(raw, np.ndarray) or raw.dtype != np.uint8 or raw.ndim != 1:
        raise TypeError("a transcript that is no row of bytes")
    if not isinstance(detail, str):
        raise TypeError("an ending that is not told in a text")
    if not all(isinstance(t, float) and math.isfinite(t) and t >= 0 for t in times):
        raise TypeError("times that are none")
    return Transcript(raw.tobytes(), Ending(sent["ending"]), detail[:_SENTENCE], *times)
