"""The fuzzing's short form, and proof that it can find something."""

import importlib.util
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.judge.verdict import judge
from autograder.reports.untrusted import MATHML, MATHML_ATTRIBUTES
from tests.soak.bundles import bundle, keys, spoiled
from tests.soak.fuzz import NAMES, fuzz
from tests.soak.instrumented import INSTRUMENTED
from tests.soak.oracle import WrongMark, hold_to_account
from tests.soak.planted import generous, trusting
from tests.soak.strategies import BY_TARGET
from tests.soak.targets import TARGETS, BrokenPromise, run_judge, run_pages

EXAMPLES = {"judge": 60, "submission": 40, "pages": 25, "workers": 25}
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large)


@pytest.mark.parametrize("name", TARGETS)
def test_target_keeps_its_promises_for_structured_input(name: str) -> None:
    @settings(max_examples=EXAMPLES.get(name, 100), deadline=None, suppress_health_check=QUIET)
    @given(BY_TARGET[name])
    def keeps(data: bytes) -> None:
        TARGETS[name].run(data)

    keeps()


@pytest.mark.parametrize("name", TARGETS)
def test_target_keeps_its_promises_for_any_bytes_and_its_corpus(name: str) -> None:
    @settings(max_examples=EXAMPLES.get(name, 100), deadline=None, suppress_health_check=QUIET)
    @given(st.binary(max_size=200))
    def keeps(data: bytes) -> None:
        TARGETS[name].run(data)

    keeps()
    for data in TARGETS[name].corpus():
        TARGETS[name].run(data)


@pytest.mark.parametrize("number", range(len(keys())))
def test_right_answers_in_the_corpus_earn_all(number: int) -> None:
    from autograder.judge.parse import parse_answers

    key = keys()[number]
    assert judge(key, parse_answers(bundle(number))).points == key.exercise.points


@pytest.mark.parametrize("planted", [generous, trusting])
def test_planted_fault_of_the_judge_is_found_by_spoiled_answers(planted: object) -> None:
    with pytest.raises(WrongMark):
        for seed in range(600):
            number = seed % len(keys())
            run_judge(bytes([number]) + spoiled(bundle(number), seed), planted)  # type: ignore[arg-type]


def test_oracle_looks_at_what_an_answer_does_where_the_judge_does() -> None:
    key = next(key for key in keys() if key.exercise.derived)
    name = next(iter(key.exercise.derived))
    honest = list(key.expected.values())
    sent = [replace(a, outputs={**a.outputs, name: np.zeros((1, 1))}) for a in honest]
    report = judge(key, sent)
    assert report.points == key.exercise.points  # what was sent for it is not looked at
    hold_to_account(key, sent, report)
    own = next(n for n in honest[0].outputs if n not in key.exercise.derived)
    broken = [replace(a, outputs={**a.outputs, own: a.outputs[own] * 0}) for a in honest]
    with pytest.raises(WrongMark):
        hold_to_account(key, broken, report)


def test_planted_hole_in_a_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from markupsafe import Markup

    from autograder.reports import sections

    run_pages(b"<img src=x onerror=alert(1)>")
    monkeypatch.setattr(sections, "markdown_html", Markup)
    with pytest.raises(BrokenPromise, match="element"):
        run_pages(b"<img src=x onerror=alert(1)>")


def test_planted_crash_in_any_target_is_found_by_its_corpus() -> None:
    def crash(data: bytes) -> None:
        raise KeyError("planted")

    for target in TARGETS.values():
        broken = replace(target, run=crash)
        with pytest.raises(KeyError):
            broken.run(broken.corpus()[0])


def test_every_target_is_fuzzed_and_instrumented() -> None:
    assert set(NAMES) == set(TARGETS) == set(INSTRUMENTED) == set(BY_TARGET)


needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed"
)
planted_fuzz = partial(fuzz, target="tests.soak.planted")


@needs_atheris
def test_fuzzing_finds_a_planted_crash() -> None:
    outcome = planted_fuzz("wire", 30)
    assert "planted" in outcome.failure
    assert outcome.edges > 0


@needs_atheris
def test_fuzzing_without_a_fault_says_how_much_it_tried() -> None:
    outcome = fuzz("transcript", 3)
    assert outcome.failure == ""
    assert outcome.inputs > 100


def test_formulas_of_students_bring_nothing_that_acts_or_loads() -> None:
    acting = {"a", "annotation-xml", "form", "iframe", "img", "maction", "script", "style", "svg"}
    assert not MATHML & acting
    loading = ("action", "data", "href", "on", "src", "style", "xlink")
    assert not [name for name in MATHML_ATTRIBUTES if name.startswith(loading)]
