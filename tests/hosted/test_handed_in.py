"""Which of the files handed in counts, told without grading it; what is odd gets a sentence."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.hosted.handed_in import HandInAgain, find_hand_in
from autograder.workers import workers
from tests.hosted.hand_ins import AGAIN, EMPTY, NAME, UNIT, WRONG_STEP, Place, script, solved


def taken_of(place: Place, tmp_path: Path) -> str:
    """Return which file counts, without grading it; or what its author is told."""
    try:
        with workers() as readers:
            found = find_hand_in(place.course, UNIT, place.submission, tmp_path, readers)
    except HandInAgain as error:
        return str(error)
    return found.remark


NOT_TEXT = b"\xff\xfe"
SCRIPT = script(solved())
COUNTS: dict[str, tuple[dict[str, dict[str, Any] | str | bytes], str]] = {
    "a script that cannot be read loses no other": (
        {"mine.py": SCRIPT, "helper.py": NOT_TEXT},
        "mine.py",
    ),
    "a file without a byte outdoes no notebook by its name": (
        {f"{NAME}.ipynb": "", f"{NAME}.py": "", "mine.ipynb": solved()},
        "mine.ipynb",
    ),
    "a file without a byte outdoes no script by its name": (
        {f"{NAME}.ipynb": "", f"{NAME}.py": "", "mine.py": SCRIPT},
        "mine.py",
    ),
    "an empty notebook loses no script": ({"Untitled.ipynb": EMPTY, "mine.py": SCRIPT}, "mine.py"),
    "one function that later units have, too, is enough": ({"mine.py": WRONG_STEP}, "mine.py"),
}


@pytest.mark.parametrize("case", COUNTS)
def test_one_of_several_counts(place: Place, tmp_path: Path, case: str) -> None:
    files, counted = COUNTS[case]
    for name, content in files.items():
        place.hand_in(name, content)
    assert taken_of(place, tmp_path) == f"What counts: {counted}."


def test_functions_in_several_scripts_are_asked_for_in_one(place: Place, tmp_path: Path) -> None:
    place.hand_in("a.py", WRONG_STEP)
    place.hand_in("b.py", "def rnn_forward(*args):\n    return 0\n")
    told = taken_of(place, tmp_path)
    assert told.endswith(
        f"nothing says which one counts: hand in all of it in one, called {NAME}.py."
    )
    place.hand_in(f"{NAME}.py", script(solved()))
    assert taken_of(place, tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("w.zip", {"a.py": "x = 1"}, "w.zip/a.py lies in an archive, of which only notebooks"),
        (f"{NAME}.ipynb", b"", f"{NAME}.ipynb is empty: "),
        (f"{NAME}.py", b"\xef\xbb\xbf\r\n", f"{NAME}.py is empty: "),
        (f"{NAME}.ipynb", b" " * (21 * 2**20), f"{NAME}.ipynb is larger than 20 MB"),
        ("a\n## Full marks.py", b"", "a ## Full marks.py has characters in its name"),
        (b"\xff.ipynb", b"", "?.ipynb has characters in its name"),
    ],
)
def test_odd_file_gets_a_sentence_of_one_line(
    place: Place, tmp_path: Path, name: str | bytes, content: bytes | dict[str, str], told: str
) -> None:
    place.submission.mkdir()
    path = place.submission / os.fsdecode(name)
    if isinstance(content, dict):
        with zipfile.ZipFile(path, "w") as archive:
            for inner, text in content.items():
                archive.writestr(inner, text)
    else:
        path.write_bytes(content)
    said = taken_of(place, tmp_path)
    assert said.startswith(told) and AGAIN in said
    assert said.isprintable() and said.encode("utf-8")
