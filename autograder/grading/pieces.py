"""What a cell defines and calls, seen in its text alone, whether it is Python or not quite.

Python's own parser is not asked: strangers' text may keep it busy for ever, and one missing bracket
would hide everything else in the cell. Nothing here decides a mark; it only says what runs when.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

MAX_CHARACTERS = 50_000

#: Texts and comments. An unfinished text ends with its line; with the cell, if it had three marks.
_QUIET = re.compile(
    r"""
    \#[^\n]*+
    | \"{3}(?:\\.|(?!\"{3}).)*+(?:\"{3})?+ | '{3}(?:\\.|(?!'{3}).)*+(?:'{3})?+
    | "(?:\\.|[^"\\\n])*+"?+ | '(?:\\.|[^'\\\n])*+'?+
    """,
    re.VERBOSE | re.DOTALL,
)
_FIRM = re.compile(r"(?:async +def|def|class|import|from)\b|@")  # begins a piece, whatever is open
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b|[)\]}]")
_DEFINED = re.compile(r"^(?:async +)?(def|class) +(\w+)", re.MULTILINE)
_DEFINED_WITHIN = re.compile(r"^[ \t]++(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
_ASSIGNED = re.compile(r"^[ \t]*+([\w \t,*.()\[\]]+?)(?::[^=\n]*)?[-+*/@%&|^]?=(?!=)", re.MULTILINE)
_IMPORTED = re.compile(
    r"^[ \t]*+(?:from\b.*?)?\bimport\b[ \t]*+(\([^)]{0,2000}\)|[^\n;]*)", re.MULTILINE
)
_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")
_RUNS_OVER = re.compile(r"\bfor\b([\w \t,()]{1,200}?)\bin\b")
_DEFINES = re.compile(r"(?:async +)?(?:def|class)\b|@")
_COMPOUND = re.compile(r"(?:if|for|while|with|try|match|async +for|async +with)\b")
_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
_EMPTY = re.compile(
    r"(?:pass|\.\.\.|return(?:[ \t]+None)?|raise[ \t]+NotImplementedError\b[^\n]*|\"\")[;\s]*"
)
_GIVES = re.compile(r"\b(?:return|yield)\b")
_RETURN = re.compile(r"^return\b", re.MULTILINE)
_PROSE = re.compile(r"\b[^\W\d]{2,}+[ \t]++[^\W\d]{2,}+[ \t]++[^\W\d]{2,}")
_NO_PROSE = re.compile(r"=|^[ \t]*[%!@]|^[ \t]*[\w.]+\(|:[ \t]*$|^(?:import|from)\b", re.MULTILINE)


def quiet(source: str) -> str:
    """Return `source` with empty texts and no comments, line for line."""

    def blank(found: re.Match[str]) -> str:
        text = found.group()
        return ("" if text.startswith("#") else '""') + "\n" * text.count("\n")

    return _QUIET.sub(blank, source)


@dataclass(frozen=True)
class Piece:
    """A statement of a cell that stands at the left edge, with all that belongs to it.

    Attributes
    ----------
    source : str
    code : str
        The same as `quiet` gives it.
    """

    source: str
    code: str

    @property
    def _head(self) -> re.Match[str] | None:
        return _DEFINED.search(self.code) if _DEFINES.match(self.code) else None

    @property
    def defined(self) -> str:
        """The function or class that it is; "" if it is something else."""
        return self._head.group(2) if self._head else ""

    @cached_property
    def is_empty(self) -> bool:
        """Whether it is a function that is not written yet: nothing can come back from it."""
        if self._head is None or self._head.group(1) != "def":
            return False
        lines = [line for line in _body(self.code, self._head.end()).split("\n") if line.strip()]
        edge = next((n for n, line in enumerate(lines) if line.startswith(_unwritten(lines))), None)
        if edge is not None and not _GIVES.search("\n".join(lines[:edge])):
            return True
        return bool(lines) and all(_EMPTY.fullmatch(line.strip()) for line in lines)

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that have something else to stand for once it ran."""
        if self.defined:
            return frozenset([self.defined])
        names = set(_DEFINED_WITHIN.findall(self.code))
        for targets in _ASSIGNED.findall(self.code):
            names.update(_WORD.findall(targets))
        for imported in _IMPORTED.findall(self.code):
            parts = (part.split() for part in imported.strip("() \t").replace("\n", " ").split(","))
            names.update(part[-1].partition(".")[0] for part in parts if part)
        return frozenset(names)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names that it may look up outside of itself."""
        if self._head is None:
            return frozenset(_WORD.findall(self.code))
        body = _body(self.code, self._head.end())
        arguments = self.code[self._head.end() : len(self.code) - len(body)]
        own = " ".join([arguments, *_ASSIGNED.findall(body), *_RUNS_OVER.findall(body)])
        return frozenset(_WORD.findall(body)) - {self.defined, *_WORD.findall(own)}

    @property
    def is_harmless(self) -> bool:
        """Whether it only defines, imports or names something."""
        if _COMPOUND.match(self.code):
            return bool(_DEFINED_WITHIN.search(self.code))
        return bool(self.binds)


def _unwritten(body: list[str]) -> str:
    """Return how a line begins that ends a function for want of an answer."""
    indent = next((line[: len(line) - len(line.lstrip())] for line in body), "")
    return f"{indent}raise NotImplementedError"


def _body(code: str, place: int) -> str:
    """Return what stands behind the head of a function, the rest of which begins at `place`."""
    depth = 0
    for index in range(place, len(code)):
        depth += (code[index] in _OPEN) - (code[index] in _CLOSED)
        if code[index] == ":" and depth == 0:
            return code[index + 1 :]
    return ""


def pieces_of(source: str) -> tuple[Piece, ...]:
    """Return the pieces of a cell, in order; together they are its text.

    A cell that is far longer than any answer is one piece.
    """
    if len(source) > MAX_CHARACTERS:
        return (Piece(source, ""),)
    code = quiet(source).split("\n")
    starts, depth, held = [0], 0, False
    for number, line in enumerate(code):
        at_edge = bool(line) and not line[0].isspace()
        firm = at_edge and bool(_FIRM.match(line))
        if firm:
            depth = 0
        if at_edge and depth == 0 and not held and number and not _CONTINUES.match(line):
            starts.append(number)
        if at_edge or depth:
            held = line.startswith("@") or line.endswith("\\")
        depth = max(0, depth + sum(map(line.count, _OPEN)) - sum(map(line.count, _CLOSED)))
    lines, ends = source.split("\n"), [*starts[1:], len(code)]
    return tuple(
        Piece("\n".join(lines[first:end]), "\n".join(code[first:end]))
        for first, end in zip(starts, ends, strict=True)
    )


def without_empty(source: str, elsewhere: Iterable[str]) -> str:
    """Return a cell's text without empty functions whose names are in `elsewhere`."""
    names = frozenset(elsewhere)
    pieces = pieces_of(source)
    kept = [p.source for p in pieces if not (p.is_empty and p.defined in names)]
    return source if len(kept) == len(pieces) else "\n".join(kept)


def is_tail(source: str) -> bool:
    """Return whether a cell is the end of a function that was cut off above it."""
    if not source.lstrip("\n")[:1].isspace():
        return False
    return bool(_RETURN.search(textwrap.dedent(quiet(source))))


def is_prose(source: str) -> bool:
    """Return whether a code cell holds words for a reader: texts and comments alone, or prose."""
    if not source.strip():
        return False
    code = quiet(source).replace('""', "").strip()
    return bool(not code or (_PROSE.search(source) and not _NO_PROSE.search(code)))
