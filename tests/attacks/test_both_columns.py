"""The page of attacks: complete, as measured, and right where it is measured again."""

import json

import pytest

from tests.attacks.both_columns import PAGE, RESULTS, Stock, page, prepare, run_stock
from tests.attacks.suite import Attack, all_attacks
from tests.course.grading_folders import NEEDS_SANDBOX

FOOLED = "**full marks for a wrong answer**"


def test_page_of_attacks_is_as_measured() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_attack_is_measured_and_nothing_else() -> None:
    measured = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert measured
    assert set(measured) == {a.name for a in all_attacks()}


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return prepare(tmp_path_factory.mktemp("stock") / "base")


@NEEDS_SANDBOX
@pytest.mark.parametrize(
    ("name", "words"), [("12_displayhook", FOOLED), ("44_float32", "an honest student loses marks")]
)
def test_stock_nbgrader_is_measured_anew(stock: Stock, name: str, words: str) -> None:
    attack: Attack = next(attack for attack in all_attacks() if attack.name == name)
    assert run_stock(attack, stock) == words
