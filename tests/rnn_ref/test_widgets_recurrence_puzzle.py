"""The puzzle that unit 01 begins with counts right; the folded network has its loop."""

import re
from itertools import pairwise

import pytest
from matplotlib.patches import FancyArrowPatch

from rnn_ref.widgets.long_memory_text import MODULES, module_text
from rnn_ref.widgets.recurrence_folded import STEPS, folded_and_unrolled
from rnn_ref.widgets.recurrence_puzzle import LINE, MOST_REMEMBERED, NextLetter, followers


@pytest.mark.parametrize("context", ["me", "impleme", "$ "])
def test_followers_are_those_that_a_plain_search_finds(context: str) -> None:
    text = "".join(module_text(name) for name in MODULES)
    found = re.findall(f"(?={re.escape(context)}(.))", text, re.DOTALL)
    assert followers(context) == {letter: found.count(letter) for letter in set(found)}
    assert list(followers(context).values()) == sorted(followers(context).values(), reverse=True)


def test_line_is_not_counted_as_it_stands() -> None:
    assert followers(LINE[:-20]) == {}


def test_more_letters_never_leave_more_to_choose_from() -> None:
    for place in range(MOST_REMEMBERED, len(LINE)):
        left = [set(followers(LINE[place - k : place])) for k in range(1, MOST_REMEMBERED + 1)]
        assert all(more <= fewer for fewer, more in pairwise(left))


def test_what_the_notebook_says_of_its_line() -> None:
    assert next(iter(followers("impleme"))) == "n"
    assert followers("e")["n"] < 0.1 * sum(followers("e").values())
    assert followers("is hard ") == {}


def test_widget_tells_the_letter_only_when_asked() -> None:
    puzzle = NextLetter()
    assert "[?]" in puzzle.stage.words.value
    hidden = puzzle.stage.image.value
    puzzle.reveal.value = True
    assert f"[{LINE[puzzle.place.value]}]" in puzzle.stage.words.value
    assert puzzle.stage.image.value != hidden


def test_widget_every_place_can_be_drawn_also_where_nothing_follows() -> None:
    puzzle = NextLetter()
    puzzle.remembered.value = MOST_REMEMBERED
    for place in range(puzzle.place.min, puzzle.place.max + 1):
        puzzle.place.value = place
        assert bytes(puzzle.stage.image.value).startswith(b"\x89PNG")
    puzzle.place.value = LINE.index("hard ") + 5
    assert "stands nowhere" in puzzle.stage.words.value


def test_folded_picture_has_one_loop_and_a_chain() -> None:
    figure, alt = folded_and_unrolled()
    arrows = [p for p in figure.axes[0].patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 2 + 2 * STEPS + 1  # input and loop; inputs and chain; going on
    assert "loop" in alt
