"""What a cell defines is seen in its text, also where Python would see nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.pieces import is_prose, is_tail, pieces_of, without_empty

CELL = '''# what follows is mine
import numpy as np, torch as t
from a import (b,
    c as d)
@decorated
def f(x,
      y=(1, 2)):
    """Text.
def not_this(): in a text
"""
    raise NotImplementedError("f: (not")
EPS = 1e-5
if True:
    def g():
        return EPS
else:
    g = 3
print("x = 3")
def broken(x
    return 1
def behind(): return 1
'''


def test_pieces_of_a_cell_begin_at_the_left_edge_and_are_its_text() -> None:
    pieces = pieces_of(CELL)
    assert [piece.source.split("\n")[0] for piece in pieces] == [
        "# what follows is mine",
        "import numpy as np, torch as t",
        "from a import (b,",
        "@decorated",
        "EPS = 1e-5",
        "if True:",
        'print("x = 3")',
        "def broken(x",
        "def behind(): return 1",
    ]
    assert "\n".join(piece.source for piece in pieces) == CELL


def test_pieces_bind_what_they_define_import_and_assign() -> None:
    bound = [sorted(piece.binds) for piece in pieces_of(CELL)]
    assert bound == [[], ["np", "t"], ["b", "d"], ["f"], ["EPS"], ["g"], [], ["broken"], ["behind"]]


def test_piece_calls_what_it_looks_up_outside_of_itself() -> None:
    (piece,) = pieces_of(
        "def f(x, n=3):\n    h = x\n    for t in steps(n):\n        h = cell(h, K)\n    return h"
    )
    assert {"steps", "cell", "K"} <= piece.calls
    assert not {"f", "x", "n", "h", "t"} & piece.calls


@pytest.mark.parametrize(
    ("body", "empty"),
    [
        ('"""Text."""\n    raise NotImplementedError("f: not written yet")', True),
        ("pass", True),
        ("...  # later", True),
        ("return None", True),
        ("return 0", False),
        ("y = 2 * x  # so far\n    raise NotImplementedError('f')", True),
        ("if x:\n        raise NotImplementedError\n    print(x)", False),
        ("return x\n    raise NotImplementedError('f')", False),
    ],
)
def test_piece_is_empty_if_nothing_can_come_back_from_it(body: str, empty: bool) -> None:
    (piece,) = pieces_of(f"def f(x):\n    {body}")
    assert piece.is_empty is empty


def test_piece_with_a_slip_in_its_head_is_not_empty() -> None:
    assert not pieces_of("def f(x\n    return 1")[0].is_empty


def test_without_empty_leaves_out_a_stub_alone() -> None:
    cell = "a = 1\ndef f():\n    pass\n\ndef g():\n    pass"
    assert without_empty(cell, ["f"]) == "a = 1\ndef g():\n    pass"
    assert without_empty(cell, []) == cell


@pytest.mark.parametrize(
    ("source", "prose"),
    [
        ("The state holds it, and W_hh decides (how long).", True),
        ("# only a comment", True),
        ('"""A text."""', True),
        ("x = 3  # the state holds it", False),
        ("print(f(x, y))", False),
        ("for all in the cells:\n    pass", False),
        ("import this and that", False),
        ("", False),
    ],
)
def test_prose_is_told_from_code(source: str, prose: bool) -> None:
    assert is_prose(source) is prose


def test_tail_is_a_function_s_end_that_was_cut_off() -> None:
    assert is_tail("    h = 3\n    return h")
    assert not is_tail("def f():\n    return 3")
    assert not is_tail("  def f():\n    return 3")


@given(st.text(alphabet="def f(x):\n \"'#\\@=,[]{}ab\t", max_size=80))
def test_pieces_of_anything_are_its_text(source: str) -> None:
    pieces = pieces_of(source)
    assert "\n".join(piece.source for piece in pieces) == source
    for piece in pieces:
        assert piece.binds is not None and piece.calls is not None
        assert not (piece.is_empty and not piece.defined)
