"""Who may import whom. Each rule holds in the repository, and each finds a planted violation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.imports import (
    RULES,
    Rule,
    drawn,
    extensions_build_on_units,
    inside_is_light,
    judge_only_judges,
    reference_in_order,
    reference_is_alone,
    reference_runs_without_pictures,
    reports_run_nothing,
    slips_of_the_pen_are_made_independently,
    student_is_light,
    upwards,
    violations,
)


def name_of(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("package", "rule"), RULES, ids=name_of)
def test_arrow_in_the_repository_holds(repository: Path, package: str, rule: Rule) -> None:
    assert (repository / package.replace(".", "/")).is_dir()
    assert violations(repository, package, rule) == []


def plant(root: Path, module: str, text: str) -> None:
    path = root / f"{module.replace('.', '/')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def found(root: Path, rule: Rule, module: str, text: str) -> list[str]:
    """Return the violations of a rule where `module` holds that text alone."""
    plant(root, module, text)
    package = next(package for package, known in RULES if known is rule)
    return violations(root, package, rule)


PLANTED = [
    (reference_is_alone, "rnn_ref.plotting", "import autograder.units"),
    (reference_is_alone, "rnn_ref.widgets.recurrence", "def f():\n    from autograder import x"),
    (reference_in_order, "rnn_ref.recurrence", "from rnn_ref.outputs import output_forward"),
    (reference_in_order, "rnn_ref.recurrence", "from . import lstm"),
    (reference_in_order, "rnn_ref.recurrence", "from .bptt import rnn_backward"),
    (reference_in_order, "rnn_ref.recurrence", "import rnn_ref.plotting"),
    (reference_runs_without_pictures, "rnn_ref.bptt", "from rnn_ref.plotting import show"),
    (reference_runs_without_pictures, "rnn_ref.bptt", "import matplotlib.pyplot as plt"),
    (reference_in_order, "rnn_ref.long_memory", "from rnn_ref.extensions import gru_forward"),
    (extensions_build_on_units, "rnn_ref.extensions.gru", "from rnn_ref import fused"),
    (extensions_build_on_units, "rnn_ref.extensions", "from rnn_ref.plotting import show"),
    (student_is_light, "autograder.student.answers", "from rnn_ref.recurrence import rnn_forward"),
    (student_is_light, "autograder.student.answers", "import autograder.judge.backend"),
    (student_is_light, "autograder.student.display", "from IPython.display import HTML"),
    (student_is_light, "autograder.student.hints", "def f():\n    import IPython.display"),
    (student_is_light, "autograder.student.probes.recurrence", "import matplotlib"),
    (inside_is_light, "autograder.sandbox.inside.runner", "import autograder.sandbox.limits"),
    (inside_is_light, "autograder.sandbox.inside.runner", "import rnn_ref.recurrence"),
    (inside_is_light, "autograder.sandbox.inside.runner", "import nbformat"),
    (judge_only_judges, "autograder.judge.backend", "from autograder import sandbox"),
    (judge_only_judges, "autograder.judge.backend", "from ..grading import rebuild"),
    (judge_only_judges, "autograder.judge.exercises.recurrence", "import autograder.reports"),
    (
        slips_of_the_pen_are_made_independently,
        "autograder.quality.slips",
        "from autograder.judge.slips import slips",
    ),
    (
        slips_of_the_pen_are_made_independently,
        "autograder.quality.statements",
        "from autograder.judge.repair.text import Text",
    ),
    (
        slips_of_the_pen_are_made_independently,
        "autograder.quality.claims",
        "from autograder.judge.slip_words import HEAD",
    ),
    (reports_run_nothing, "autograder.reports.feedback", "if True:\n    import autograder.sandbox"),
]


@pytest.mark.parametrize(("rule", "module", "text"), PLANTED, ids=name_of)
def test_arrow_planted_violation_is_found(
    tmp_path: Path, rule: Rule, module: str, text: str
) -> None:
    assert len(found(tmp_path, rule, module, text)) == 1


ALLOWED = [
    (reference_in_order, "rnn_ref.bptt", "from rnn_ref.recurrence import rnn_forward"),
    (reference_in_order, "rnn_ref.recurrence", "from .errors import ShapeError"),
    (reference_in_order, "rnn_ref.plotting", "import rnn_ref.lstm"),
    (extensions_build_on_units, "rnn_ref.extensions.gru", "from rnn_ref.lstm import sigmoid"),
    (extensions_build_on_units, "rnn_ref.extensions.wrappers", "from .gru import gru_forward"),
    (student_is_light, "autograder.student.display", "def f():\n    import IPython.display"),
    (student_is_light, "autograder.student.answers", "import json\nimport numpy.linalg"),
    (inside_is_light, "autograder.sandbox.inside.runner", "from autograder.student import check"),
    (judge_only_judges, "autograder.judge.backend", "from autograder.student import probes"),
    (
        slips_of_the_pen_are_made_independently,
        "autograder.quality.claims",
        "from autograder.judge.compare import differs",
    ),
]


@pytest.mark.parametrize(("rule", "module", "text"), ALLOWED, ids=name_of)
def test_arrow_allowed_import_is_not_found(
    tmp_path: Path, rule: Rule, module: str, text: str
) -> None:
    assert found(tmp_path, rule, module, text) == []


def test_arrow_every_rule_has_a_planted_violation() -> None:
    assert {rule for _, rule in RULES} == {rule for rule, _, _ in PLANTED}


def test_arrow_every_room_is_drawn_and_imports_only_what_stands_below(repository: Path) -> None:
    rows = drawn((repository / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    rooms = {path.parent.name for path in (repository / "autograder").glob("*/__init__.py")}
    assert rooms | {"rnn_ref", "progress"} == rows.keys()
    assert upwards(repository, rows) == []


def test_arrow_upwards_and_sideways_is_found(tmp_path: Path) -> None:
    rows = drawn("text\n\n      cli\n      judge  sandbox\n      rnn_ref  student\n")
    assert rows == {"cli": 0, "judge": 1, "sandbox": 1, "rnn_ref": 2, "student": 2}
    (tmp_path / "rnn_ref").mkdir()
    plant(tmp_path, "autograder.cli.app", "from autograder import judge, units")
    plant(tmp_path, "autograder.judge.key", "def f():\n    from autograder.sandbox import job")
    plant(tmp_path, "autograder.student.words", "from autograder.judge import key")
    plant(tmp_path, "autograder.units", "import rnn_ref")
    assert upwards(tmp_path, rows) == [
        "autograder.judge.key imports autograder.sandbox.job",
        "autograder.student.words imports autograder.judge.key",
        "autograder.units imports rnn_ref",
    ]
