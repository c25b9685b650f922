"""What crosses to a worker and back: whole, or refused."""

import dataclasses

import numpy as np
import pytest

from autograder.sandbox import parcel
from autograder.sandbox.job import Ending, Job, Transcript
from autograder.sandbox.parcel import (
    Answer,
    Order,
    ParcelError,
    difference,
    digest_of,
    pack_answer,
    pack_order,
    software,
    unpack_answer,
    unpack_order,
)
from autograder.student import wire
from tests.sandbox.running import CHECK, SMALL, SOLUTION, notebook

JOB = notebook(SOLUTION, CHECK)
TRANSCRIPT = Transcript(bytes(range(256)), Ending.CPU, "It was slow.", 1.5, 2.5)
GOOD = {
    "refusal": "",
    "wants_inputs": False,
    "transcript": {
        "raw": np.zeros(3, np.uint8),
        "ending": "done",
        "detail": "",
        "cpu_s": 0.5,
        "wall_s": 0.5,
    },
}


def test_order_comes_out_as_it_went_in() -> None:
    order = Order("recurrence", digest_of(b"inputs"), SMALL, JOB.cells, software())
    assert unpack_order(pack_order(order)) == order


def test_order_names_no_student() -> None:
    fields = {field.name for field in dataclasses.fields(Order)}
    assert fields == {"unit", "inputs_digest", "limits", "cells", "software"}


@pytest.mark.parametrize(
    "data", [b"", b"no order", wire.encode([]), wire.encode({"cells": []}), wire.encode(None)]
)
def test_order_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ParcelError, match="cannot be read"):
        unpack_order(data)


@pytest.mark.parametrize(
    "answer", [Answer(TRANSCRIPT), Answer(wants_inputs=True), Answer(refusal="It does not hold.")]
)
def test_answer_comes_out_as_it_went_in(answer: Answer) -> None:
    assert unpack_answer(pack_answer(answer), JOB, SMALL) == answer


def test_answer_in_good_order_is_read() -> None:
    found = unpack_answer(wire.encode(GOOD), JOB, SMALL)
    assert found.transcript == Transcript(b"\0\0\0", Ending.DONE, "", 0.5, 0.5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("raw", "text"),
        ("raw", np.zeros(3)),
        ("raw", np.zeros((2, 2), np.uint8)),
        ("ending", "full marks"),
        ("detail", 3),
        ("cpu_s", float("nan")),
        ("cpu_s", float("inf")),
        ("cpu_s", -1.0),
        ("wall_s", "1"),
    ],
)
def test_answer_with_a_wrong_part_is_refused(name: str, value: object) -> None:
    sent = {**GOOD, "transcript": {**GOOD["transcript"], name: value}}  # type: ignore[dict-item]
    with pytest.raises(ParcelError, match="cannot be read"):
        unpack_answer(wire.encode(sent), JOB, SMALL)


@pytest.mark.parametrize("sent", [{}, {"refusal": 1, "wants_inputs": False}, [], "text", None])
def test_answer_of_another_shape_is_refused(sent: object) -> None:
    with pytest.raises(ParcelError):
        unpack_answer(wire.encode(sent), JOB, SMALL)


@pytest.mark.parametrize("data", [None, Answer(TRANSCRIPT), bytearray(b"N"), "N"])
def test_answer_that_is_not_bytes_is_refused(data: object) -> None:
    with pytest.raises(ParcelError, match="not with bytes"):
        unpack_answer(data, JOB, SMALL)


def test_answer_larger_than_its_job_may_send_is_refused() -> None:
    job = Job("", ())
    long = Transcript(bytes(SMALL.channel_bytes(job) + 2**17), Ending.DONE, "", 0.0, 0.0)
    with pytest.raises(ParcelError, match="more than the limit"):
        unpack_answer(pack_answer(Answer(long)), job, SMALL)


def test_difference_names_what_is_not_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert difference(software()) == ""
    monkeypatch.setattr(parcel, "software", lambda: {"NumPy": "1", "Python": "3.11"})
    told = difference({"NumPy": "2", "Python": "3.11"})
    assert "NumPy is 1 there and 2 here" in told and "Python" not in told
