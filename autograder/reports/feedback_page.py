"""The page for one student. A worker makes it, so all it imports is light: no gradebook."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import autograder
from autograder.grading.results import Result
from autograder.reports.marks import Scores, Sum, marks_of
from autograder.reports.outline import Outline
from autograder.reports.page import render


def digest_of(*made_of: object) -> str:
    """Return a name for what a page is made of, the arguments of `feedback_page`, and made by."""
    text = repr((made_of, _last_change()))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


@cache
def _last_change() -> int:
    """Return when this software was last changed [ns]: pages of an older one are made again."""
    files = Path(autograder.__file__).parent.rglob("*.*")
    return max(path.stat().st_mtime_ns for path in files if path.suffix != ".pyc")


def feedback_page(
    outline: Outline,
    result: Result,
    notebook: Mapping[str, Any],
    scores: Scores,
    comments: Mapping[str, str],
    penalty: float = 0.0,
    name: str = "",
) -> str:
    """Return the page of one student, as HTML. Nothing in the arguments is trusted."""
    from autograder.reports.sections import sections  # reads Markdown and TeX: a worker's business

    marks = marks_of(outline, result, scores)
    return render(
        "feedback.html",
        made_of=digest_of(outline, result, notebook, scores, comments, penalty, name),
        title=outline.title,
        result=result,
        name=name,
        total=Sum.of(marks.values(), penalty),
        checks=Sum.of(marks[name] for name in outline.checks),
        written=Sum.of(marks[name] for name in outline.written),
        sections=list(sections(outline, result, notebook["cells"], marks, comments)),
    )
