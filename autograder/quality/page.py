"""QUALITY.md: the figures as a page, and a short form of them that takes a minute."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.judge.exercise import Exercise
from autograder.quality.equivalents import listed
from autograder.quality.figures import Counts, Figures
from autograder.quality.measure import SEEDS, add_examined
from autograder.quality.subjects import doubles_of, mutants_of, singles_of
from autograder.units import folder_name

PAGE = "QUALITY.md"
SHORT_TITLE = "short form"
SHORT_SINGLES_EACH = 7
SHORT_DOUBLES = 40
_LOCATED = re.compile(r"^## Located: .*?\n-->\n\n", re.DOTALL | re.MULTILINE)
_BEHIND_LOCATED = "## By exercise\n"
_SHORT_FIELDS = (
    "total",
    "equivalent",
    "survived",
    "limit",
    "numbers",
    "named",
    "wrongly",
    "untrue",
)


def short_form(exercises: list[Exercise], jobs: int = 0) -> dict[str, dict[str, int]]:
    """Return the figures of a fixed sample of mutants: less than a minute.

    No pairs are tried, so that the figures are the same on every machine.
    """
    found = [Figures(e.name, e.unit) for e in exercises]
    subjects = []
    for exercise in exercises:
        every = max(1, len(singles_of(exercise)) // SHORT_SINGLES_EACH)
        subjects += mutants_of(exercise, every)[:SHORT_SINGLES_EACH]
    subjects += doubles_of(exercises, SHORT_DOUBLES)
    add_examined(found, subjects, jobs, patience_s=0.0)
    return {
        kind: {name: getattr(total(found, kind), name) for name in _SHORT_FIELDS}
        for kind in ("singles", "doubles")
    }


def total(found: Sequence[Figures], kind: str) -> Counts:
    """Return the sum of one kind of counts over all exercises."""
    return sum((getattr(one, kind) for one in found), Counts())


def short_comment(title: str, short: Mapping[str, Any]) -> str:
    """Return a short form as the page holds it."""
    return f"<!-- {title}\n{json.dumps(short)}\n-->"


def short_form_of(page: str, title: str = SHORT_TITLE) -> Any:
    """Return the short form that a page holds under `title`, or None."""
    match = re.search(rf"<!-- {title}\n(.*?)\n-->", page, re.DOTALL)
    return json.loads(match[1]) if match else None


def write_page(
    path: Path, found: Sequence[Figures], short: dict[str, dict[str, int]], every: int = 1
) -> None:
    """Write the page of `found`; the part on located lines stays as it is."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    kept = _LOCATED.search(before)
    page = page_of(found, short, every)
    path.write_text(with_located(page, kept[0] if kept else ""), encoding="utf-8")


def write_located(path: Path, part: str) -> None:
    """Write the part on located lines; the rest of the page stays as it is."""
    path.write_text(with_located(path.read_text(encoding="utf-8"), part), encoding="utf-8")


def with_located(page: str, part: str) -> str:
    """Return the page with `part` as that on located lines."""
    rest = _LOCATED.sub("", page)
    return rest.replace(_BEHIND_LOCATED, part + _BEHIND_LOCATED, 1)


def page_of(found: Sequence[Figures], short: dict[str, dict[str, int]], every: int = 1) -> str:
    """Return the page as Markdown; `every`: of how many mutants with one slip one was measured."""
    measured = total(found, "singles").total
    mutants = f"{measured} of them" if every == 1 else f"one in {every} of them: {measured}"
    parts = [
        _HEAD.format(seeds=SEEDS, mutants=mutants),
        _summary(found),
        f"{_BEHIND_LOCATED}\n{_table(found)}",
        _to_look_at(found),
        _equivalents(found),
        short_comment(SHORT_TITLE, short) + "\n",
    ]
    return "\n".join(parts)


_HEAD = """# How well the checks work

Made by `make quality`; not to be edited by hand. Every figure is measured on the model answers, on
mistakes that were written down, on right functions in other styles, and on **mutants**: every
single slip of the pen in every model answer (signs, operators, transposes, axes, indices, bounds,
carries, orders, wrong variables, dropped terms and statements, shared arrays; measured here:
{mutants}), and a fixed sample with two slips. Mutants are made by rules of syntax that know
nothing of what the judge knows.

- *Mistakes* and *variants* are judged on {seeds} seeds, and count if they are right on every one;
  the rest is judged on one seed.
- *Named*: a mistake is told by name. It is *named wrongly* if the function of that name gives other
  numbers than the learner's on five further seeds.
- *Finite numbers*: all main cases are answered with finite numbers, and some are wrong. The others
  stop, are stopped by a limit, give nan, or have right numbers and something else wrong.
- *Untrue*: ✓ and ✗ that came out otherwise when they were made again, with own calls, an own
  watch over the arguments, an own comparison.
- Single slips have all been tried before; two at once are tried for one second of processor time in
  each check.
"""


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "–"


def _summary(found: Sequence[Figures]) -> str:
    rows = [
        "| | there are | equivalent | full marks | stopped, or nan | right numbers "
        "| finite numbers | named | named wrongly | ✓ and ✗ | untrue |",
        "|:--|" + "--:|" * 10,
    ]
    names = {
        "singles": "mutants, one slip",
        "doubles": "mutants, two slips",
        "styles": "mistakes in other styles",
        "pairs": "two mistakes at once",
    }
    for kind, name in names.items():
        c = total(found, kind)
        stopped = c.limit + c.stopped + c.not_finite
        rows.append(
            f"| {name} | {c.total} | {c.equivalent} | {c.survived} | {stopped} | {c.aside} "
            f"| {c.numbers} | {c.named} ({_percent(c.named, c.numbers)}) | {c.wrongly} "
            f"| {c.claims} | {c.untrue} |"
        )
    written = [sum(getattr(one, name) for one in found) for name in _WRITTEN]
    text = "Mistakes: {}; rejected: {}; told: {}. Variants: {}; accepted: {}.".format(*written)
    return "## All in all\n\n" + text + "\n\n" + "\n".join(rows) + "\n"


_WRITTEN = ("mistakes", "rejected", "told", "variants", "accepted")


def _table(found: Sequence[Figures]) -> str:
    rows = [
        "| unit | exercise | mistakes | rejected | told | variants | accepted | styles named "
        "| pairs named | mutants | equivalent | full marks | named | two slips named |",
        "|:--|:--|" + "--:|" * 12,
    ]
    for one in found:
        rows.append(
            f"| {folder_name(one.unit)[:2]} | `{one.exercise}` | "
            + " | ".join(str(getattr(one, name)) for name in _WRITTEN)
            + f" | {one.styles.named} of {one.styles.numbers} | {one.pairs.named} of "
            f"{one.pairs.numbers} | {one.singles.total} | {one.singles.equivalent} "
            f"| {one.singles.survived} | {one.singles.named} of {one.singles.numbers} "
            f"| {one.doubles.named} of {one.doubles.numbers} |"
        )
    return "\n".join(rows) + "\n"


def _to_look_at(found: Sequence[Figures]) -> str:
    """Return what must not be, in full: it is a list to be worked off."""
    kinds = ("not rejected", "not told", "not accepted", "full marks", "named wrongly", "untrue")
    lines = [
        f"- `{one.exercise}`, {kind}: {_code(text)}"
        for one in found
        for kind, texts in one.details.items()
        for text in texts
        if kind.endswith(kinds)
    ]
    return "## To be mended\n\n" + ("\n".join(lines) or "Nothing.") + "\n"


def _code(text: str) -> str:
    return f"``{text}``" if "`" in text else f"`{text}`"


def _equivalents(found: Sequence[Figures]) -> str:
    lines = [
        f"- `{one.exercise}`: {reason}\n" + "".join(f"  - {_code(text)}\n" for text in texts)
        for one in found
        for reason, texts in listed().get(one.exercise, {}).items()
    ]
    return (
        "## Mutants that are no mistakes\n\nEach gives what the model answer gives, on "
        f"{SEEDS} seeds; “…” stands for anything.\n\n" + "".join(lines)
    )
