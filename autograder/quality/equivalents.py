"""Mutants that are no mistakes, each with the reason why, as ``equivalents.toml`` lists them.

So may a mistake in another style be, which reads “mistake in style”. A text in that list may hold
"…" for any characters. Whoever calls a mutant equivalent is not believed: measured, it must give
the same outputs as the model answer on many seeds.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograder.quality.mutants import Mutant

LIST = Path(__file__).with_name("equivalents.toml")
ANYTHING = "…"


@cache
def listed() -> dict[str, dict[str, list[str]]]:
    """Return the list: exercise → reason → texts of mutants."""
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def reason(mutant: Mutant) -> str:
    """Return why `mutant` is no mistake, or "" if nobody has said so."""
    return "" if len(mutant.slips) > 1 else reason_for(mutant.exercise, mutant.text)


def reason_for(exercise: str, wrong: str) -> str:
    """Return why what reads `wrong` is no mistake in `exercise`, or "" if nobody has said so."""
    for why, texts in listed().get(exercise, {}).items():
        if any(_pattern(text).fullmatch(wrong) for text in texts):
            return why
    return ""


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split(ANYTHING))), re.DOTALL)


def unused(wrong: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is listed and fits none of `wrong`: exercises, and how what is wrong reads."""
    texts: dict[str, list[str]] = {}
    for name, text in wrong:
        texts.setdefault(name, []).append(text)
    return [
        f"{exercise}: {text}"
        for exercise, reasons in listed().items()
        for group in reasons.values()
        for text in group
        if not any(map(_pattern(text).fullmatch, texts.get(exercise, [])))
    ]
