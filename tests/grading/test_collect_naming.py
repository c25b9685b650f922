"""Names of platforms' files, and Gradescope's metadata, read for what they say alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.collecting.metadata import submitters
from autograder.grading.collecting.naming import named_by_platform, unit_in_name, without_unit
from autograder.units import NOTEBOOKS, folder_name
from tests.grading.deliveries import METADATA


@pytest.mark.parametrize("unit", NOTEBOOKS)
@pytest.mark.parametrize("pattern", ["{}.ipynb", "{} (2).ipynb", "s12_{}-Copy1.ipynb", "My {}"])
def test_unit_in_name_is_found_however_it_is_spelled(unit: str, pattern: str) -> None:
    for spelled in (folder_name(unit), unit, unit.upper(), unit.replace("_", " ")):
        assert unit_in_name(pattern.format(spelled)) == unit


@pytest.mark.parametrize("name", ["Untitled.ipynb", "1.ipynb", "recurrences", "", "outputs lstm"])
def test_unit_in_name_that_names_none_for_certain_is_none(name: str) -> None:
    assert unit_in_name(name) == ""


@given(st.text(max_size=60))
def test_names_of_any_text_are_read_without_an_error(text: str) -> None:
    named = named_by_platform(text)
    assert named is None or named.claim.ids
    assert unit_in_name(text) in ("", *NOTEBOOKS)
    assert len(without_unit(text)) <= len(text)


@given(
    student=st.from_regex(r"[a-z]{1,12}", fullmatch=True),
    number=st.integers(1, 10**9),
    late=st.booleans(),
    file=st.text(st.characters(exclude_characters="/\n\r", exclude_categories=["C", "Z"])),
)
def test_canvas_file_is_its_owners_whatever_the_student_calls_it(
    student: str, number: int, late: bool, file: str
) -> None:
    flag = "_LATE" if late else ""
    named = named_by_platform(f"{student}{flag}_{number}_7_x{file}")
    assert named is not None
    assert (named.claim.ids, named.claim.name) == ((str(number),), student)
    assert (named.late, named.file, named.attempt) == (late, f"x{file}", 7)


@given(
    name=st.text(st.characters(categories=["L"], include_characters=" -'"), min_size=1).filter(
        lambda name: name != "Participant"
    ),
    number=st.integers(1, 10**9),
    file=st.text(st.characters(exclude_characters="/\n\r", exclude_categories=["C", "Z"])),
)
def test_moodle_file_is_its_owners_whatever_the_student_calls_it(
    name: str, number: int, file: str
) -> None:
    named = named_by_platform(f"{name}_{number}_assignsubmission_file_{file}")
    assert named is not None
    assert (named.claim.ids[0], named.claim.name, named.file) == (str(number), name, file)


def test_gradescope_metadata_reads_people_and_times_alone() -> None:
    found = submitters(METADATA)
    assert [named.claim.ids for named in found["submission_301"]] == [
        ("1017", "other@example.org"),
        ("ben.lee@example.org",),
    ]
    assert found["submission_302"] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "submission_1: " + "[" * 100_000,
        "submission_1: *nobody",
        "submission_1: !!python/object/apply:os.system [echo]",
        "submission_1:\n  :submitters:\n  - 1\n  - [a]",
        "\x00",
        "submission_1:\n  :created_at: 2026-99-99 00:00:00\n  :submitters: []",
    ],
)
def test_gradescope_metadata_that_is_none_names_nobody(text: str) -> None:
    assert not any(submitters(text).values())
