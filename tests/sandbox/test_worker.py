"""A worker by itself: refuses where it must, keeps its sandboxes, asks once for inputs."""

import dataclasses
from collections.abc import Iterator

import pytest

from autograder.sandbox import worker
from autograder.sandbox.doctor import Finding
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.sandbox.parcel import (
    Answer,
    Order,
    ParcelError,
    digest_of,
    pack_order,
    software,
    unpack_answer,
)
from autograder.sandbox.transcript import parse_transcript
from autograder.sandbox.worker import Workshop
from autograder.units import UNITS
from tests.sandbox.running import CHECK, SMALL, SOLUTION, earns_its_mark, notebook, secret_cases

JOB = notebook(SOLUTION, CHECK)
INPUTS = secret_cases()
HELD = Finding("start", True, "It starts.")
LEAK = Finding("network", False, "NOT so: no address can be reached.")


def order(limits: Limits = SMALL) -> Order:
    return Order("recurrence", digest_of(INPUTS), limits, JOB.cells, software())


@pytest.fixture
def workshop(bubblewrap: BubblewrapLauncher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop whose doctor is content (he has tests of his own)."""
    monkeypatch.setattr(worker, "examine", lambda launcher, unit: [HELD])
    place = Workshop(bubblewrap)
    yield place
    place.close()


def test_worker_asks_for_inputs_once_and_keeps_its_sandbox(workshop: Workshop) -> None:
    assert workshop.answer(order(), None) == Answer(wants_inputs=True)
    for inputs in (INPUTS, None):
        transcript = workshop.answer(order(), inputs).transcript
        assert transcript is not None
        assert earns_its_mark(parse_transcript(transcript, JOB, SMALL))


def test_worker_closes_the_sandboxes_that_it_used_longest_ago(workshop: Workshop) -> None:
    kinds = [dataclasses.replace(SMALL, open_files=40 + number) for number in range(5)]
    for limits in kinds:
        assert workshop.answer(order(limits), INPUTS).transcript is not None
    wants = [workshop.answer(order(limits), None).wants_inputs for limits in kinds]
    assert wants == [True, True, False, False, False]


def test_worker_takes_no_inputs_but_those_that_the_order_names(workshop: Workshop) -> None:
    with pytest.raises(ParcelError, match="not those"):
        workshop.answer(order(), INPUTS + b"!")


def test_worker_of_another_version_refuses(workshop: Workshop) -> None:
    other = dataclasses.replace(order(), software={**software(), "NumPy": "0.1"})
    answer = workshop.answer(other, INPUTS)
    assert "there and 0.1 here" in answer.refusal and answer.transcript is None


def test_worker_whose_sandbox_leaks_refuses_until_it_is_mended(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "examine", lambda launcher, unit: [HELD, LEAK])
    assert "NOT so: no address" in workshop.answer(order(), INPUTS).refusal
    monkeypatch.setattr(worker, "examine", lambda launcher, unit: [HELD])
    assert workshop.answer(order(), INPUTS).refusal == ""


def test_worker_is_examined_once_for_a_unit(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workshop.why_not(UNITS[0]) == ""
    monkeypatch.setattr(worker, "examine", lambda launcher, unit: [LEAK])
    assert workshop.why_not(UNITS[0]) == ""
    assert LEAK.sentence in workshop.why_not(UNITS[1])


def test_serve_answers_an_unreadable_order_in_bytes() -> None:
    transcript = unpack_answer(worker.serve(b"nothing", None), JOB, SMALL).transcript
    assert transcript is not None and "failed unexpectedly" in transcript.detail


def test_prove_says_why_it_refuses(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_workshop", workshop)
    proof = unpack_answer(worker.prove(pack_order(order())), JOB, SMALL)
    assert proof == Answer(wants_inputs=True)
    monkeypatch.setattr(worker, "examine", lambda launcher, unit: [LEAK])
    monkeypatch.setattr(worker, "_workshop", Workshop(BubblewrapLauncher()))
    assert "NOT so" in unpack_answer(worker.prove(pack_order(order())), JOB, SMALL).refusal
