"""The environment that fills the templates."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from autograder.reports.page import _environment, tidy


def test_tidy_control_characters_are_shown() -> None:
    assert tidy("a\x1b[31mb\x00c\td\ne") == "a␛[31mb␀c\td\ne"


@pytest.mark.parametrize("code", ["202E", "2066", "200B", "FEFF", "009B"])
def test_tidy_characters_that_hide_or_turn_text_are_marked(code: str) -> None:
    assert tidy(f"a{chr(int(code, 16))}b") == "a\ufffdb"


def test_tidy_half_a_character_can_be_written() -> None:
    assert tidy("a\ud800b").encode("utf-8") == b"a?b"


def test_tidy_letters_of_any_script_stay() -> None:
    assert tidy("Ωé中ش🙂") == "Ωé中ش🙂"


def test_environment_forgotten_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        _environment().from_string("{{ forgotten }}").render()
