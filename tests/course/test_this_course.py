"""The notebooks of this repository: what is released is what the sources give, and nothing more."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from autograder.course import Course
from autograder.grading.release import check_release
from autograder.grading.release_audit import notebooks_in, stray_files


def test_this_course_release_is_in_order(repository: Path) -> None:
    course = Course(repository)
    names = notebooks_in(course.source)
    assert names, "no notebook in solutions/"
    assert [str(finding) for name in names for finding in check_release(course, name)] == []


def test_this_course_has_no_stray_file(repository: Path) -> None:
    assert [str(finding) for finding in stray_files(Course(repository))] == []


def test_difficulty_is_told_on_one_scale_of_three(repository: Path) -> None:
    told = {
        path.parent.name: re.findall(r"difficulty: (\w+)", path.read_text(encoding="utf-8"))
        for path in repository.glob("solutions/*/*.ipynb")
    }
    assert all(len(words) == 1 for words in told.values()), told
    assert {words[0] for words in told.values()} == {"gentle", "moderate", "demanding"}


def test_every_unit_ends_with_what_a_unit_ends_with(repository: Path) -> None:
    paths = sorted(repository.glob("solutions/*/*.ipynb"))
    assert paths
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        whole = "\n".join(texts)
        assert re.search(r"^## Optional: .* \(no points\)$", whole, re.MULTILINE), path.name
        assert any(re.search(r"^optional_check\(", code, re.MULTILINE) for code in codes), path.name
        assert re.search(r"\*\*If this (is|was) easy", whole), path.name
        assert re.search(r"\*\*If (this|it) (is|was) hard", whole), path.name
        (folded,) = (text for text in texts if "<summary>The same in PyTorch and JAX" in text)
        assert folded.startswith("<details>") and folded.endswith("</details>"), path.name
        (links,) = (text for text in texts if re.search(r"\[?The paper\]?.*[:(]", text))
        kinds = [re.search(rf"\[?{kind}\b", links) for kind in ("The paper", "A text", "A picture")]
        assert all(kinds) and len(re.findall(r"\]\(https://", links)) >= 3, path.name


def is_plumbing(source: str) -> bool:
    """Return whether a cell imports and calls, and holds nothing that a reader learns from."""
    body = ast.parse(source).body
    rest = [one for one in body if not isinstance(one, ast.Import | ast.ImportFrom)]
    return len(rest) < len(body) and [type(one) for one in rest] == [ast.Expr]


def test_demonstration_is_folded_where_it_is_plumbing_alone(repository: Path) -> None:
    folded = 0
    for path in repository.glob("notebooks/*/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source, metadata = "".join(cell["source"]), cell["metadata"]
            wanted = "demo" in metadata.get("tags", []) and is_plumbing(source)
            hidden = metadata.get("jupyter", {}).get("source_hidden", False)
            assert hidden is wanted, f"{path.name}: {cell['id']}"
            assert not wanted or source.startswith("# Demo: "), "its first line is what shows"
            folded += wanted
    assert folded > 40
