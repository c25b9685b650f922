"""A puzzle to begin with: the next letter of a line, by how much of it one remembers.

What follows is counted in the standard library's own source; there is no network in it.
"""

from functools import cache
from html import escape

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt

from rnn_ref.plotting import LOOKS, course_style, new_figure
from rnn_ref.widgets.long_memory_text import MODULES, module_text
from rnn_ref.widgets.stage import LiveFigure, Panel

LINE = "If the implementation is hard to explain, it's a bad idea."
"""From the Zen of Python, which the library holds in code, so it is not counted here."""
PLACE, REMEMBERED, MOST_REMEMBERED = 14, 2, 8
BARS = 7
TITLE = "Who remembers more has fewer letters to choose from"
ALT = (
    "Bars for the letters that follow the remembered ones in Python's standard library, the most "
    "frequent first: the more letters are remembered, the fewer bars are left."
)
_SIGNS = {" ": "space", "\n": "new line"}
_WIDE = widgets.Layout(width="30em", max_width="100%")


@cache
def library() -> npt.NDArray[np.uint8]:
    """The modules' text as codes of characters."""
    text = "".join(module_text(name) for name in MODULES)
    return np.frombuffer(text.encode("ascii"), np.uint8)


@cache
def followers(context: str) -> dict[str, int]:
    """Return how often each letter follows `context` in the library, the most frequent first."""
    codes = library()
    places = np.flatnonzero(codes[:-1] == ord(context[-1]))
    for back, letter in enumerate(reversed(context[:-1]), start=1):
        places = places[places >= back]
        places = places[codes[places - back] == ord(letter)]
    counts = np.bincount(codes[places + 1])
    order = np.argsort(-counts, kind="stable")
    return {chr(code): int(counts[code]) for code in order if counts[code]}


class _Bars:
    """The likeliest letters; heights, names and numbers move."""

    def __init__(self) -> None:
        look = LOOKS["comparison"]
        with course_style():
            figure = new_figure(height_in=2.3)
            axes = figure.add_subplot()
            self._bars = axes.bar(range(BARS), np.ones(BARS), 0.7, color=look.colour)
            self._names = [axes.text(x, -4, "", ha="center", va="top") for x in range(BARS)]
            self._shares = [axes.text(x, 0, "", ha="center", fontsize=8) for x in range(BARS)]
            axes.set(title=TITLE, ylim=(0, 112), ylabel="share [%]", yticks=[0, 50, 100])
            axes.set_xticks([])
            axes.set_xlabel("next letter, by how often it follows", labelpad=18)
            self._after = axes.text(BARS - 0.6, 104, "", ha="right", va="top", fontsize=12)
            moving = [*self._bars, *self._names, *self._shares, self._after]
            self.live = LiveFigure(figure, moving)

    def at(self, seen: str, right: str) -> LiveFigure:
        """Show what follows `seen`; `right`, if it is not empty, is the line's own letter."""
        counts = followers(seen)
        total = max(1, sum(counts.values()))
        self._after.set_text(f"after “{seen}”")
        shown = [*counts.items()][:BARS]
        shown += [("", 0)] * (BARS - len(shown))
        artists = zip(self._bars, self._names, self._shares, shown, strict=True)
        for bar, name, share, (letter, count) in artists:
            percent, is_right = 100 * count / total, bool(letter) and letter == right
            bar.set(height=percent, color=LOOKS["output" if is_right else "comparison"].colour)
            name.set_text(_SIGNS.get(letter, letter).replace("$", r"\$"))
            name.set_fontweight("bold" if is_right else "normal")
            share.set(y=percent + 2, text=f"{percent:.0f} %" if letter else "")
        return self.live


class NextLetter(Panel):
    """The line up to some place, of which only the latest letters can be seen."""

    def __init__(self) -> None:
        super().__init__(ALT, "11em")
        self._bars = _Bars()
        self.remembered = self.slider(
            "letters remembered", REMEMBERED, 1, MOST_REMEMBERED, layout=_WIDE
        )
        last = len(LINE) - 1
        self.place = self.slider("letters read", PLACE, MOST_REMEMBERED, last, layout=_WIDE)
        self.reveal = widgets.Checkbox(value=False, description="show the letter", indent=False)
        self._redraw()
        self.follow(self._redraw, self.remembered, self.place, self.reveal)
        self.arrange([self.remembered], [self.place], self.reveal)

    def _seen(self) -> str:
        return LINE[self.place.value - self.remembered.value : self.place.value]

    def _redraw(self) -> None:
        letter = LINE[self.place.value]
        live = self._bars.at(self._seen(), letter if self.reveal.value else "")
        self.put(live, self._words(letter))

    def _words(self, letter: str) -> str:
        seen, counts = self._seen(), followers(self._seen())
        total = sum(counts.values())
        hidden = "·" * (self.place.value - len(seen))
        end = letter if self.reveal.value else "?"
        said = (
            f"“{seen}” stands {total:,} times in the library, followed by {_letters(len(counts))}"
        )
        if not total:
            said = f"“{seen}” stands nowhere in the library: counting has nothing to say"
        elif self.reveal.value:
            said += f"; in {counts.get(letter, 0) / total:.0%} of them by the line's own"
        line = f"{hidden}<b>{escape(seen)}</b>[{escape(end)}]"
        return f'<code style="white-space:pre-wrap">{line}</code><br>{escape(said)}.'


def _letters(count: int) -> str:
    return f"{count} different letters" if count > 1 else "one letter alone"


def next_letter() -> None:
    """Show the puzzle."""
    NextLetter().show()
