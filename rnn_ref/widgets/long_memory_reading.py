"""Unit 10: what a network expects of each character, and what that hangs on.

Both are colours on the text itself. *Surprisal*: the bits that a character costs. *Connectivity*
(Madsen, 2019): how much the bits of one character change with each character before it, by the
gradient of the one with respect to the other.
"""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any
from uuid import uuid4

import ipywidgets as widgets
import numpy as np
from IPython.display import display

from rnn_ref.char_lm import encode, one_hot
from rnn_ref.long_memory import FloatArray
from rnn_ref.lstm import lstm_forward, lstm_step_forward
from rnn_ref.lstm_gradients import lstm_backward
from rnn_ref.plotting import LOOKS
from rnn_ref.sampling import softmax_temperature
from rnn_ref.widgets.long_memory_text import CHAR_TO_ID, ID_TO_CHAR
from rnn_ref.widgets.long_memory_training import train_characters

Params = dict[str, Any]
Backward = Callable[[Any, Any], Sequence[Any]]

REACH = 40
"""Characters that connectivity looks back."""
MOST_BITS = 8.0  # what costs more has the strongest colour, too
_SURPRISE, _GRADIENT = LOOKS["loss"].colour, LOOKS["gradient"].colour
_TEXT = (
    "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.6;margin:4px 0 14px;"
    "font-family:monospace;font-size:15px"
)
_HERE = "outline:2px solid currentColor;font-weight:bold"
EXCERPT = '''def reset(self, name=None):
    """Forget what was read before."""
    if name is None:
        self.names = []
    else:
        self.names.remove(name)
    return self.names
'''
"""Code that nobody trained on: it was written for this picture."""
HERE = EXCERPT.index("remove(name)") + len("remove(name")


class TextReader:
    """A network that has read a text, and what it made of each character.

    Parameters
    ----------
    params : dict
        ``W_xh``, ``W_hh``, ``b``, ``W_hy``, ``b_y``.
    text : str
    backward : function
        ``lstm_backward`` of unit 09, or the learner's own.
    """

    def __init__(self, params: Params, text: str, backward: Backward = lstm_backward) -> None:
        self.text, self._params, self._backward = text, params, backward
        ids = encode(text, CHAR_TO_ID)
        V, H = len(params["b_y"]), len(params["W_hh"])
        x, zero = one_hot(ids, V)[None].astype(np.float32), np.zeros((1, H), np.float32)
        weights = (params[name] for name in ("W_xh", "W_hh", "b"))
        h, _, self._cache = lstm_forward(x, zero, zero, *weights)
        scores = h[0] @ params["W_hy"] + params["b_y"]  # (L, V)
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.expected: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
        right = self.expected[np.arange(len(ids) - 1), ids[1:]]
        self.bits: FloatArray = np.append(np.log2(V), -np.log2(np.maximum(right, 1e-12)))
        self._ids = ids

    def connectivity(self, at: int) -> FloatArray:
        """Return how much the bits of character `at` hang on each one before it, shape (at,).

        The length of the gradient of the bits with respect to each input, for the last `REACH`.
        """
        first = max(at - REACH, 0)
        steps = self._cache[first:at]
        dscores = self.expected[at - 1].copy()
        dscores[self._ids[at]] -= 1
        dh = np.zeros((1, len(steps), len(self._params["W_hh"])), np.float32)
        dh[0, -1] = self._params["W_hy"] @ dscores
        dx = np.asarray(self._backward(dh, steps)[0])[0]  # (REACH, V)
        return np.append(np.zeros(first), np.linalg.norm(dx, axis=1) / np.log(2))

    def guesses(self, at: int, count: int = 3) -> list[tuple[str, float]]:
        """Return the characters that were expected most at a place, and their probabilities."""
        p = self.expected[at - 1]
        return [(ID_TO_CHAR[int(i)], float(p[i])) for i in np.argsort(-p)[:count]]


def coloured(text: str, strength: FloatArray, colour: str, here: int, titles: Any) -> str:
    """Return text as HTML: each character on `colour`, as strong as `strength`, 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    pieces = []
    for at, character in enumerate(text):
        style = f"background:rgba({red},{green},{blue},{0.75 * strength[at]:.2f})"
        style += f";{_HERE}" if at == here else ""
        shown = "↵\n" if character == "\n" else escape(character)
        pieces.append(f'<span style="{style}" title="{titles(at)}">{shown}</span>')
    return f'<div style="{_TEXT}">{"".join(pieces)}</div>'


def both_colours(reader: TextReader, at: int) -> str:
    """Return the text twice, by surprisal and by connectivity of one character, and its words."""
    bits = np.clip(reader.bits / MOST_BITS, 0, 1)
    link = reader.connectivity(at)
    share = np.zeros(len(reader.text))
    share[:at] = link / max(float(link.max()), 1e-12)
    guesses = ", ".join(f"<code>{_name(c)}</code> {100 * p:.0f} %" for c, p in reader.guesses(at))
    order = np.argsort(-link)[:3]
    sources = ", ".join(f"<code>{_name(reader.text[i])}</code> {at - i} back" for i in order)
    return (
        f"<b>Surprisal: the stronger, the dearer.</b> {reader.bits.mean():.2f} bits a character. "
        f"The outlined <code>{_name(reader.text[at])}</code> costs {reader.bits[at]:.2f}; expected "
        f"were {guesses}."
        + coloured(reader.text, bits, _SURPRISE, at, lambda i: f"{reader.bits[i]:.2f} bits")
        + "<b>Connectivity: what those bits hang on.</b> Most on "
        + sources
        + coloured(reader.text, share, _GRADIENT, at, lambda i: f"{100 * share[i]:.0f} %")
    )


def _name(character: str) -> str:
    return {"\n": "line end", " ": "blank"}.get(character, escape(character))


class ReadingWidget:
    """A text and a slider for the character that is looked at."""

    def __init__(self, reader: TextReader, at: int) -> None:
        self._reader = reader
        self.at = widgets.IntSlider(
            value=at,
            min=1,
            max=len(reader.text) - 1,
            description="character",
            layout=widgets.Layout(width="min(100%, 40em)"),
        )
        self.words = widgets.HTML()
        self.at.observe(self._move, "value")
        self._move()

    def show(self) -> None:
        """Display the widget; its text stands in where no kernel runs."""
        still = f"unrolled-still-{uuid4().hex}"
        html = f'<div class="{still}">{self.words.value}</div>'
        display({"text/html": html, "text/plain": self._reader.text}, raw=True)
        hide = widgets.HTML(f"<style>.{still}{{display:none !important}}</style>")
        display(widgets.VBox([hide, self.at, self.words]))

    def _move(self, _: object = None) -> None:
        self.words.value = both_colours(self._reader, self.at.value)


def reading(params: Params, text: str = EXCERPT, backward: Backward = lstm_backward) -> None:
    """Show a text by surprisal and by connectivity.

    Parameters
    ----------
    params : dict
        Of a character LSTM over ``CHARACTERS``.
    text : str
        A few lines of what ASCII can print.
    backward : function
        ``lstm_backward(dh, cache)``; your own of unit 09, if you paste it in.
    """
    ReadingWidget(
        TextReader(params, text, backward), HERE if text == EXCERPT else len(text) // 2
    ).show()


def written(params: Params, start: str, length: int, rng: np.random.Generator) -> str:
    """Return `length` characters that a character LSTM writes after `start`, drawn at 0.7."""
    V, H = len(params["b_y"]), len(params["W_hh"])
    h, c = np.zeros((1, H), np.float32), np.zeros((1, H), np.float32)
    weights = [params[name] for name in ("W_xh", "W_hh", "b")]
    ids = encode(start, CHAR_TO_ID).tolist()
    for at in range(len(start) + length - 1):
        h, c, _ = lstm_step_forward(one_hot(np.array([ids[at]]), V), h, c, *weights)
        if at + 1 == len(ids):
            p = softmax_temperature(h[0] @ params["W_hy"] + params["b_y"], 0.7)
            ids.append(int(rng.choice(V, p=p)))
    return "".join(ID_TO_CHAR[i] for i in ids[len(start) :])


def samples_while_learning(
    ids: Any, params: Params, rounds: int = 4, steps: int = 75, **bar: Any
) -> Iterator[tuple[int, Params, str]]:
    """Yield the steps taken so far, the weights, and what they write; first before any step.

    Each round is a short run of its own, at half of the rate of the one before it.
    """
    rate = 2e-2
    for done in range(rounds + 1):
        yield done * steps, params, written(params, "\ndef ", 120, np.random.default_rng(1))
        if done < rounds:
            learned = train_characters(ids, params, steps, rate=rate, seed=done, **bar)
            params, rate = learned.params, rate / 2 if done else rate
