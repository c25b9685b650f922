"""How it looks when a mistake has been located: a card, and the tries that are counted before."""

from dataclasses import dataclass
from html import escape
from typing import Any

from autograder.student.display import CARD_STYLE, FAINT, in_notebook, marked, show_card

_COLOUR = "#0072B2"


@dataclass(frozen=True)
class Located:
    """What was found out about where a mistake lies.

    Attributes
    ----------
    exercise : str
    sentence : str
        The line, or that none was found.
    further : tuple of str
        What is told once asked again; text between backticks is shown as code.
    more : str
        What asking again would tell; "" if nothing.
    tried : int
        How many changes were tried.
    """

    exercise: str
    sentence: str
    further: tuple[str, ...] = ()
    more: str = ""
    tried: int = 0

    def __repr__(self) -> str:
        lines = [f"{self.exercise}: {self.sentence}"]
        lines += [f"  → {text}" for text in self.further]
        lines += [f"  {text}" for text in (self._tried(), self.more) if text]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        further = "".join(
            f'<div style="margin:6px 0 0;padding-left:.7em;border-left:2px solid {_COLOUR}">'
            f"{marked(text)}</div>"
            for text in self.further
        )
        last = " ".join(filter(None, (self._tried(), self.more)))
        html = (
            f'<div class="unrolled-card" style="{CARD_STYLE.format(colour=_COLOUR)}">'
            f"<b>Where: {escape(self.exercise)}</b><div>{marked(self.sentence)}</div>{further}"
            f'<div style="margin-top:6px;{FAINT}">{marked(last)}</div></div>'
        )
        return {"text/plain": repr(self), "text/html": html}

    def _tried(self) -> str:
        if not self.tried or not self.more:
            return ""
        return (
            f"Found by trying {self.tried:,} small changes of your own lines; nothing is altered."
        )


class Progress:
    """A line that says how many changes have been tried, and makes way for the card.

    Where there is no notebook nothing is shown of it.
    """

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, tried: int) -> None:
        """Show the count in the place of the earlier one."""
        text = f"{tried:,} small changes tried; the stop button ends it."
        line = {"text/plain": text, "text/html": f'<div style="{FAINT}">{text}</div>'}
        if self._handle is not None:
            self._handle.update(line, raw=True)
            return
        display = in_notebook()
        if display is not None:
            self._handle = display(line, raw=True, display_id=True)

    def end(self, card: object) -> None:
        """Show what was found, where the count stood."""
        if self._handle is None:
            show_card(card)
        else:
            self._handle.update(card)
