"""Unit 03 without points: what a prediction is told, and the floor of a model with n characters."""

import math
from collections import Counter
from typing import Any

from autograder.judge.extras import Claim, Reply

REPLIES = {
    "predict_softmax": Reply(
        "13",
        {
            "13": "Softmax looks at differences: o is ahead by 1.9, so it is e to the power of "
            "1.9, or 6.7 times, as probable, and little is left.",
            "30": "That is the share of the score, 2.2 of 1.0 + 2.2 + 4.1. Scores are no shares: "
            "they may be negative, and softmax takes their exponentials first.",
            "84": "That is what o gets, whose score is the largest. The right character is e.",
        },
    )
}
_TEXT = "she sells sea shells by the sea shore; the shells she sells are sea shells"


def _floor(text: str, n: int) -> float:
    """The same another way: the entropy of runs that end one later, minus that of contexts."""
    places = range(1, len(text))
    contexts = Counter(text[max(0, i - n) : i] for i in places)
    longer = Counter((text[max(0, i - n) : i], text[i]) for i in places)

    def total(counts: Counter[Any]) -> float:
        return math.fsum(c * math.log(c) for c in counts.values())

    return (total(contexts) - total(longer)) / len(places)


def _close(floor: Any, text: str, n: int, value: float) -> bool:
    return math.isclose(floor(text, n), value, abs_tol=1e-9)


OPTIONAL = {
    "lowest_loss": (
        Claim(
            '"hello" with n = 1: ln 4 / 4 = 0.3466.',
            lambda f: _close(f, "hello", 1, math.log(4) / 4),
        ),
        Claim(
            '"hello" with n = 2: 0, for "el" and "ll" differ.', lambda f: _close(f, "hello", 2, 0.0)
        ),
        Claim(
            '"aab" with n = 0: ln 2, whatever came before.',
            lambda f: _close(f, "aab", 0, math.log(2)),
        ),
        Claim(
            "A text of 74 characters, n = 1, 2 and 3.",
            lambda f: all(_close(f, _TEXT, n, _floor(_TEXT, n)) for n in (1, 2, 3)),
        ),
        Claim(
            "To know more characters never raises it.",
            lambda f: all(f(_TEXT, n + 1) <= f(_TEXT, n) + 1e-12 for n in range(6)),
        ),
    )
}
