"""Solution regions: which are found, what replaces them, and which faults are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import ReleaseError
from autograder.grading.stubs import solution_lines, solution_regions, stub_source

NESTED = """def outer(x):
    def inner(y):
        ### BEGIN SOLUTION
        return y + 1
        ### END SOLUTION

    ### BEGIN SOLUTION
    return inner(x)
    ### END SOLUTION
"""


def test_stub_source_nested_functions_each_name_themselves() -> None:
    assert stub_source(NESTED).split("\n") == [
        "def outer(x):",
        "    def inner(y):",
        '        raise NotImplementedError("inner: not written yet")',
        "",
        '    raise NotImplementedError("outer: not written yet")',
    ]


def test_stub_source_region_after_a_function_belongs_to_the_module() -> None:
    source = "def f():\n    return 1\n\n### BEGIN SOLUTION\ng = f\n### END SOLUTION"
    assert stub_source(source) == "def f():\n    return 1"


def test_stub_source_without_region_is_unchanged() -> None:
    assert stub_source("%matplotlib inline\nx = 1") == "%matplotlib inline\nx = 1"


def test_solution_lines_are_what_stood_between_the_markers() -> None:
    assert solution_lines(NESTED) == ["        return y + 1", "    return inner(x)"]


@given(st.integers(0, 5), st.integers(1, 6))
def test_stub_source_any_region_leaves_no_line_of_it(before: int, inside: int) -> None:
    given_lines = [f"    given_{n} = {n}" for n in range(before)]
    secret = [f"    secret_{n} = {n}" for n in range(inside)]
    begin, end = "    ### BEGIN SOLUTION", "    ### END SOLUTION"
    source = "\n".join(["def f():", *given_lines, begin, *secret, end])
    stub = stub_source(source).split("\n")
    assert stub == ["def f():", *given_lines, '    raise NotImplementedError("f: not written yet")']
    assert [region.function for region in solution_regions(source)] == ["f"]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("### BEGIN SOLUTION\nx = 1", "has no partner"),
        ("x = 1\n### END SOLUTION", "has no partner"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "has no partner"),
        ("### BEGIN SOLUTION\n\n### END SOLUTION", "is empty"),
        ("## BEGIN SOLUTION\nx = 1\n### END SOLUTION", "should read"),
        ("def f():\n    ### BEGIN SOLUTION\n    x = 1\n### END SOLUTION", "indentations"),
        ("%time\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "must be plain Python"),
        ("if x:\n    ### BEGIN SOLUTION\n    y = 1\n    ### END SOLUTION", "not Python any more"),
    ],
)
def test_stub_source_malformed_region_is_told(source: str, complaint: str) -> None:
    with pytest.raises(ReleaseError, match=complaint):
        stub_source(source)
