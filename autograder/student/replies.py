"""What is said to a prediction once its answer has been seen: what came, and what tempts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from autograder.student.display import CARD_STYLE, folded, marked, show_card

_COLOUR = "#0072B2"  # neither right's nor wrong's: a prediction is not marked


@dataclass(frozen=True)
class Reply:
    """The reply to one question.

    Attributes
    ----------
    came : str
        The answer that turned out right.
    why : mapping of str to str
        Each answer that can be given → why it is so, or why it tempts and is not. The
        notebook's list of choices, in its order; text between backticks is shown as code.
    """

    came: str
    why: Mapping[str, str]


class ReplyCard:
    """A reply to one answer as a notebook output: HTML where it can be shown, text elsewhere."""

    def __init__(self, reply: Reply, answer: str) -> None:
        self.reply, self.answer = reply, answer

    def __repr__(self) -> str:
        lines = [f"{self._headline()} {self._reason()}"]
        lines += [f"  {choice}: {why}" for choice, why in self._others()]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        others = "".join(
            f'<div style="margin-top:4px"><b>{escape(choice)}</b>: {marked(why)}</div>'
            for choice, why in self._others()
        )
        html = (
            f'<div class="unrolled-card" style="{CARD_STYLE.format(colour=_COLOUR)}">'
            f"<b>{escape(self._headline())}</b><div>{marked(self._reason())}</div>"
            f"{folded('The other answers', others)}</div>"
        )
        return {"text/plain": repr(self), "text/html": html}

    def _headline(self) -> str:
        if self.answer == self.reply.came:
            return f"You predicted “{self.answer}”, and so it came."
        return f"You predicted “{self.answer}”; it came out “{self.reply.came}”."

    def _reason(self) -> str:
        return self.reply.why.get(self.answer, "")

    def _others(self) -> Iterator[tuple[str, str]]:
        """The right answer first, for whom had another one."""
        others = [pair for pair in self.reply.why.items() if pair[0] != self.answer]
        yield from sorted(others, key=lambda pair: pair[0] != self.reply.came)


def show_reply(reply: Reply, answer: str) -> None:
    """Show the reply to `answer` below the cell that runs."""
    show_card(ReplyCard(reply, answer))
