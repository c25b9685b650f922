"""Exercises of an instructor's own: cells of asserts, some of them hidden, in a unit's notebook."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from autograder.cli.check_session import judge_notebook
from autograder.cli.grading_session import grade_and_report
from autograder.cli.progress_session import progress_of_notebooks
from autograder.cli.show_session import show_lines
from autograder.course import Course
from autograder.errors import AutograderError, ReleaseError
from autograder.grading.release import check_release, release_unit
from autograder.grading.unit_grader import UnitGrader
from autograder.progress import Standing
from autograder.reports.exports import export_marks
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.report import Status
from tests.course.grading_folders import NEEDS_SANDBOX, gradebook_rows, hand_in, run_nbgrader
from tests.grading.own_course import (
    LIMITS,
    NAME,
    UNIT,
    code,
    course_with,
    graded,
    hidden,
    solution,
    statuses,
    submission,
)

DOUBLE = solution("double", "return [2 * number for number in x]")
TESTS = "assert double([1, 2]) == [2, 4], 'each of them'\n" + hidden(
    "secret_input = [7.5, -3]\nassert double(secret_input) == [15.0, -6]"
)
RIGHT = "def double(x):\n    return [n + n for n in x]"


def double_course(root: Path, tests: str = TESTS) -> Course:
    return course_with(root, DOUBLE, code("test_double", tests, 2))


def test_release_takes_hidden_tests_out_and_nothing_else(tmp_path: Path) -> None:
    course = double_course(tmp_path)
    release_unit(course, UNIT)
    released = course.release_notebook(UNIT).read_text(encoding="utf-8")
    assert "each of them" in released
    assert "HIDDEN" not in released and "secret_input" not in released
    assert check_release(course, UNIT) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code("other", f"x = 1\n{hidden('assert x')}"), "no graded test, where students would"),
        ({"cell_type": "markdown", "id": "t", "metadata": {}, "source": hidden("a")}, "no graded"),
        (code("t", "### BEGIN HIDDEN TESTS\nassert 1", 1), "has no partner"),
        (code("t", "### END HIDDEN TESTS\nassert 1", 1), "has no partner"),
        (code("t", "assert 1\n# begin hidden tests\nassert 2\n### END HIDDEN TESTS", 1), "read"),
        (code("t", "x = 1  ### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS", 1), "alone on its line"),
        (code("t", "for i in [1]:\n" + hidden("    pass"), 1), "not Python any more"),
    ],
)
def test_release_hidden_tests_that_would_be_published_are_refused(
    tmp_path: Path, cell: dict[str, object], said: str
) -> None:
    course = course_with(tmp_path, cell)
    with pytest.raises(ReleaseError, match=said):
        release_unit(course, UNIT)
    assert not course.release_notebook(UNIT).exists()


def test_release_hidden_tests_in_a_judged_check_are_refused(tmp_path: Path) -> None:
    course = course_with(tmp_path)
    path = course.source_notebook(UNIT)
    text = path.read_text(encoding="utf-8")
    call = r"check(\"numeric_gradient"
    assert call in text
    planted = text.replace(call, rf"### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS\n{call}")
    path.write_text(planted, encoding="utf-8")
    with pytest.raises(ReleaseError, match="that has its own cases"):
        release_unit(course, UNIT)


def test_release_hidden_test_told_elsewhere_is_a_leak(tmp_path: Path) -> None:
    course = course_with(
        tmp_path, code("t", hidden("assert 0.5 + 0.25 == 0.75"), 1), code("u", "pass", 1)
    )
    path = course.source_notebook(UNIT)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"pass"', '"# assert 0.5+0.25 == 0.75"'), encoding="utf-8")
    with pytest.raises(ReleaseError, match="gives a hidden test away"):
        release_unit(course, UNIT)


@NEEDS_SANDBOX
def test_own_exercise_is_graded_by_what_is_visible_and_what_is_hidden(tmp_path: Path) -> None:
    works = [
        {"double": RIGHT},
        {},
        {"double": "def double(x):\n    return [2, 4]"},
        {"double": "def double(x):\n    return 5"},
        {"double": "def double(x):\n    while True: pass"},
        {"double": "def double(x:"},
        {"double": "def double(x):\n    return x.shape"},
    ]
    found = graded(double_course(tmp_path), tmp_path, *works)
    wanted = ["passed", "unfinished", "failed", "failed", "limit", "failed", "failed"]
    assert statuses(found, "test_double") == wanted
    reports = [one["test_double"] for one in found]
    assert [report.points for report in reports] == [2, 0, 0, 0, 0, 0, 0]
    assert reports[2].headline == "A hidden test does not hold."
    assert [c.passed for c in reports[2].criteria] == [True, False]
    assert "each of them" in reports[3].headline
    assert all("secret_input" not in str(r) and "7.5" not in str(r) for r in reports)
    assert list(found[0]) == [*list(found[0])[:-1], "test_double"]


ALWAYS_EQUAL = "class E(list):\n    def __eq__(self, other): return True\ndef double(x): return E()"
READS = (
    "import sys, gc\n"
    "seen = [str(f.f_locals) for f in sys._current_frames().values()]\n"
    "seen += [o for o in gc.get_objects() if isinstance(o, (str, list))]\n"
    "def double(x):\n"
    "    frame, texts = sys._getframe(), []\n"
    "    while frame:\n"
    "        texts.append(repr(frame.f_locals)); frame = frame.f_back\n"
    "    return [15.0, -6] if 'assert double' in ''.join(texts) and len(x) == 2 else None"
)
FORGES = (
    "from autograder.student import plain_data, own_tests\n"
    "import autograder.student.check as c\n"
    "own_tests.Tests.run = lambda self, cell, segments: own_tests.hand_out(cell, {'failed': -1})\n"
    "def double(x):\n"
    "    sink = __import__('sys').modules['autograder.student.check'].sink\n"
    "    sink('test_double', plain_data.encode({'failed': -1, 'unanswered': False, "
    "'questions': []}))\n"
    "    raise SystemExit"
)
PATCHES = (
    "import builtins, numpy.testing as t\n"
    "t.assert_allclose = t.assert_equal = lambda *a, **k: None\n"
    "builtins.AssertionError = ValueError\n"
    "def double(x): return None"
)


@NEEDS_SANDBOX
@pytest.mark.parametrize("attack", [ALWAYS_EQUAL, READS, FORGES, PATCHES])
def test_own_tests_cannot_be_read_or_made_to_pass(tmp_path: Path, attack: str) -> None:
    tests = "import numpy.testing\n" + TESTS + "\nnumpy.testing.assert_allclose(double([3]), [6])"
    found = graded(double_course(tmp_path, tests), tmp_path, {"double": RIGHT}, {"double": attack})
    assert statuses(found, "test_double")[0] == Status.PASSED
    assert found[1]["test_double"].points in (0, None)


#: The cell, tests of it, and a right and a wrong answer.
KINDS = {
    "a variable": (
        code("answer", "### BEGIN SOLUTION\nanswer = {'a': (1, 2)}\n### END SOLUTION"),
        "assert answer == {'a': (1, 2)}",
        "answer = dict(a=(1, 2))",
        "answer = {'a': [1, 2]}",
    ),
    "calls that hang on what came of earlier ones": (
        solution("answer", "return x * 0.5 + 1"),
        "h = 8.0\nfor _ in range(4):\n    h = answer(h)\nassert abs(h - 2.375) < 1e-9",
        "def answer(x): return 1 + x / 2",
        "def answer(x): return x / 2",
    ),
    "a call that should be refused": (
        solution("answer", "if x < 0:\n    raise ValueError('no')\nreturn x"),
        "assert answer(1) == 1\ntry:\n    answer(-1)\nexcept ValueError:\n    pass\n"
        "else:\n    raise AssertionError('should refuse')",
        "def answer(x):\n    assert True\n    if x < 0: raise ValueError(x)\n    return x",
        "def answer(x): return x",
    ),
    "in place": (
        solution("answer", "x.sort()"),
        "values = [3, 1, 2]\nanswer(values)\nassert values == [1, 2, 3]",
        "def answer(x): x[:] = sorted(x)",
        "def answer(x): return sorted(x)",
    ),
    "a class": (
        code(
            "answer",
            "### BEGIN SOLUTION\nclass Answer:\n    def get(self): return 4\n### END SOLUTION",
        ),
        "assert Answer().get() == 4",
        "class Answer:\n    def get(self): return 2 + 2",
        "class Answer:\n    def get(self): return 5",
    ),
    "a function of the tests' as an argument": (
        solution("answer", "return x(3)"),
        "assert answer(lambda n: n * n) == 9",
        "def answer(x): return x(3)",
        "def answer(x): return x(2)",
    ),
}
#: What cannot be sent is asked beside the student's code.
BESIDE = ("a class", "a function of the tests' as an argument")


@NEEDS_SANDBOX
@pytest.mark.parametrize("kind", KINDS)
def test_own_tests_of_every_kind_tell_right_from_wrong(tmp_path: Path, kind: str) -> None:
    cell, tests, right, wrong = KINDS[kind]
    course = course_with(tmp_path, cell, code("test_answer", hidden(tests), 1))
    found = graded(course, tmp_path, {"answer": right}, {"answer": wrong})
    assert [one["test_answer"].points for one in found] == [1, 0]
    with UnitGrader(course, UNIT, 7, BubblewrapLauncher(), LIMITS) as grader:
        assert bool(grader.plan.beside) == (kind in BESIDE)


@NEEDS_SANDBOX
def test_own_tests_that_fail_on_the_model_answer_grade_nobody(tmp_path: Path) -> None:
    course = double_course(tmp_path, TESTS + "\nassert double([1]) == [3]")
    with pytest.raises(AutograderError, match="test_double do not hold for the model answer"):
        graded(course, tmp_path, {"double": RIGHT})


@NEEDS_SANDBOX
def test_own_test_finds_what_a_cell_defines_although_another_line_stopped_it(
    tmp_path: Path,
) -> None:
    course = double_course(tmp_path)
    found = graded(course, tmp_path, {"double": f"import not_there\n{RIGHT}"})
    assert statuses(found, "test_double") == [Status.PASSED]


@NEEDS_SANDBOX
def test_own_test_given_data_and_helpers_of_the_author_cannot_be_changed(tmp_path: Path) -> None:
    given = code("given", "EXPECTED = [2]\n\ndef near(a, b):\n    return a == b")
    given["metadata"] = {}
    course = course_with(
        tmp_path, given, DOUBLE, code("test_double", "assert near(double([1]), EXPECTED)", 1)
    )
    lie = "def double(x): return [3]\nEXPECTED = [3]\ndef near(a, b): return True"
    found = graded(course, tmp_path, {"double": RIGHT}, {"double": lie})
    assert [one["test_double"].points for one in found] == [1, 0]


@NEEDS_SANDBOX
def test_own_exercise_goes_the_whole_way_and_nbgrader_gives_the_same_mark(tmp_path: Path) -> None:
    course = double_course(tmp_path)
    release_unit(course, UNIT)
    for student, text in (("right", RIGHT), ("wrong", "def double(x): return [2, 4]")):
        content = submission(course, {"double": text}, tmp_path / "n.ipynb").read_bytes()
        hand_in(course, UNIT, student, content)
    quiet = Console(file=StringIO())
    grade_and_report(quiet, course, UNIT, BubblewrapLauncher(), limits=LIMITS)
    rows = gradebook_rows(course, UNIT)
    assert [rows[s]["test_double"][:1] for s in ("right", "wrong")] == [(2.0,), (0.0,)]
    page = (course.feedback / "wrong" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "A hidden test does not hold." in page and "One more" in page
    for place in (course.feedback, course.autograded):
        for path in place.rglob("*.*"):
            assert "secret_input" not in path.read_text(encoding="utf-8"), path
    assert "One more" in (course.reports / NAME / "class.html").read_text(encoding="utf-8")
    shown = "\n".join(show_lines(course, "wrong", "test_double", BubblewrapLauncher()))
    assert "assert double(secret_input) == [15.0, -6]" in shown
    assert "What the tests say: `assert double(secret_input) ==" in shown
    marks = export_marks(course, [], "csv").paths[0].read_text(encoding="utf-8")
    assert '"right","","","2"' in marks
    assert run_nbgrader(course, "autograde", NAME, "--force").returncode == 0
    assert gradebook_rows(course, UNIT) == rows


@NEEDS_SANDBOX
def test_learner_without_solutions_gets_a_verdict_on_the_visible_tests(tmp_path: Path) -> None:
    course = double_course(tmp_path)
    release_unit(course, UNIT)
    right = submission(course, {"double": RIGHT}, tmp_path / "right.ipynb")
    wrong = submission(course, {"double": "def double(x): return 1"}, tmp_path / "wrong.ipynb")
    course.source_notebook(UNIT).unlink()
    for path, status in ((right, Status.PASSED), (wrong, Status.FAILED)):
        marked = judge_notebook(course, path, UNIT, BubblewrapLauncher())
        assert list(marked.reports.values())[-1].status is status
    at_work = course.work / NAME / f"{NAME}.ipynb"
    at_work.parent.mkdir(parents=True)
    right.rename(at_work)
    progress, amiss = progress_of_notebooks(course)
    assert amiss == []
    assert progress.units[NAME][-1] == Standing("test_double", Status.PASSED, 2.0, 2.0)
    with (
        pytest.raises(AutograderError, match="which holds the hidden tests"),
        UnitGrader(course, UNIT, 7, BubblewrapLauncher()),
    ):
        pass
