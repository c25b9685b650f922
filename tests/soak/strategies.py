"""Inputs with some structure, for the fuzzing's short form."""

import json
from typing import Any

from hypothesis import strategies as st

from autograder.sandbox.inside.frames import HEADER
from autograder.student import wire
from tests.soak.bundles import bundle, keys, spoiled

SEEDS = st.integers(0, 2**32 - 1)
WEIRD_TEXT = st.text(max_size=12) | st.sampled_from(
    ["\ud800", "\x1b[31m", "\u202e", "\x00", "=1+1", "<script>", "</script>", "../x", "a" * 3000]
)


@st.composite
def spoiled_bundles(draw: st.DrawFn) -> bytes:
    """Right answers to some exercise with one to three things changed."""
    return spoiled(bundle(draw(st.integers(0, len(keys()) - 1))), draw(SEEDS))


@st.composite
def judged(draw: st.DrawFn) -> bytes:
    """The number of an exercise, and answers to it that are right or spoiled."""
    number = draw(st.integers(0, len(keys()) - 1))
    return bytes([number]) + spoiled(bundle(number), draw(SEEDS))


def channels() -> st.SearchStrategy[bytes]:
    """Frames in any order."""
    end = wire.encode(["", "", ""])
    payload = st.binary(max_size=40) | st.sampled_from(
        [end, wire.encode(""), b"\x00t", b"\x01\x89PNG"]
    )
    frame = st.builds(
        lambda kind, cell, data: HEADER.pack(kind, cell, len(data)) + data,
        st.integers(0, 14),
        st.sampled_from([0, 3, 4, 9]),
        payload,
    )
    ready = HEADER.pack(2, 0, 0)
    return st.lists(frame, max_size=20).map(lambda frames: ready + b"".join(frames))


def notebooks() -> st.SearchStrategy[bytes]:
    """JSON that looks like a notebook."""
    value: st.SearchStrategy[Any] = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | WEIRD_TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WEIRD_TEXT, inner, max_size=3),
        max_leaves=6,
    )
    cell = st.fixed_dictionaries(
        {
            "cell_type": st.sampled_from(["code", "markdown", "raw"]) | value,
            "source": WEIRD_TEXT | value,
        },
        optional={
            "id": st.sampled_from(["title", "step-check"]) | value,
            "metadata": st.fixed_dictionaries(
                {"nbgrader": st.fixed_dictionaries({"grade_id": value})}
            )
            | value,
            "attachments": value,
        },
    )
    version = st.sampled_from([3, 4, 4, 4, 99]) | value
    whole = st.fixed_dictionaries(
        {"cells": st.lists(cell | value, max_size=5) | value, "nbformat": version},
        optional={"metadata": value, "nbformat_minor": value, "worksheets": value},
    )
    return whole.map(lambda notebook: json.dumps(notebook).encode())


BY_TARGET = {
    "wire": spoiled_bundles(),
    "answers": spoiled_bundles(),
    "transcript": channels(),
    "judge": judged(),
    "submission": notebooks(),
    "workers": st.tuples(notebooks(), channels()).map(b"".join),
    "pages": WEIRD_TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
}
