"""Unit 10: the text: the standard library's own source, and what its tokenizer says of it.

Every Python brings its library along, each version another one. The modules named here are in all
of 3.11 to 3.14; what is saved in ``rnn_ref/data`` was made with Python 3.11.

**Four parts.** The modules stand in alphabetical order. Of each ten the tenth is *final*, a
"new module" in the notebook, and the fifth is for *choosing*. The other eight, and whole packages,
are laid end to end, and thirty *passages* at even distances are cut out. What is left is
*training* text.

- Weights learn from training text, and compressors are primed with it.
- Whatever is tried out is compared on choosing text: rates, sizes, lengths, when to stop.
- Passages and final modules are read after all that, by ``data/make_long_memory.py``; what it
  measures stands.

**Passages and whole modules ask two things.** A passage has its names, and often copies of its
lines, in the rest of its module, so it asks how well text is predicted whose kind was read. A whole
module asks how well code is predicted that was never seen, and that is harder. The final modules
are few, and modules differ: the same split in another version of Python gives other bits.
Comparisons are on the same text, so they suffer less.
"""

import io
import sysconfig
import token
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.char_lm import encode

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.integer[Any]]

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
"""New line and what ASCII can print, 96 in all; the few others are left out of the text."""
CHAR_TO_ID = {character: i for i, character in enumerate(CHARACTERS)}
ID_TO_CHAR = dict(enumerate(CHARACTERS))

_MODULES = """
abc argparse ast base64 bdb bisect calendar cmd code codecs configparser contextlib copy csv
dataclasses difflib dis doctest enum filecmp fileinput fnmatch fractions ftplib functools getopt
gettext glob graphlib gzip hashlib heapq hmac imaplib inspect io ipaddress linecache locale
mailbox mimetypes modulefinder netrc numbers operator optparse os pdb pickle pickletools pkgutil
platform plistlib poplib posixpath pprint profile pstats pyclbr pydoc queue quopri random reprlib
runpy sched secrets selectors shelve shlex shutil signal site smtplib socket socketserver ssl
statistics string stringprep struct subprocess symtable tarfile tempfile textwrap threading timeit
tokenize trace traceback turtle types typing uuid warnings wave weakref webbrowser zipapp
"""
MODULES = _MODULES.split()
"""Dealt out in this order."""


_PACKAGES = """
asyncio collections concurrent ctypes curses dbm email html http importlib json logging
multiprocessing re sqlite3 tkinter tomllib unittest urllib venv wsgiref xml xmlrpc zoneinfo
"""
PACKAGES = _PACKAGES.split()
"""Training text as well, but for their tests; what an installation left out is not there."""


def module_text(name: str) -> str:
    """One module's source, without characters beyond ``CHARACTERS``; empty if there is none."""
    file = _folder() / f"{name}.py"
    if not file.exists():
        return ""
    return "".join(c for c in file.read_text(encoding="utf-8") if c in CHAR_TO_ID)


def _folder() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def _modules_of(package: str) -> list[str]:
    """Names like email/message, in alphabetical order."""
    files = [file.relative_to(_folder()) for file in (_folder() / package).rglob("*.py")]
    wanted = [file for file in files if not {"test", "tests"} & set(file.parts)]
    return [file.with_suffix("").as_posix() for file in sorted(wanted)]


class Names(NamedTuple):
    """Names of modules, by what is done with them."""

    training: list[str]
    """All but the passages that are cut out of them."""
    choosing: list[str]
    final: list[str]


PARTS = Names(
    training=[
        *(name for i, name in enumerate(MODULES) if i % 10 not in (4, 9)),
        *(name for package in PACKAGES for name in _modules_of(package)),
    ],
    choosing=MODULES[4::10],
    final=MODULES[9::10],
)

PASSAGES, OF_A_PASSAGE = 30, 4000
"""How many are cut out of the modules for training, and the characters in each."""


class Split(NamedTuple):
    """The library in its four parts, as texts or as ids of ``CHARACTERS``."""

    training: Any
    choosing: Any
    passages: Any
    final: Any

    def ids(self) -> "Split":
        """Each text as an int array."""
        return Split(*(encode(text, CHAR_TO_ID) for text in self))


@cache
def library() -> Split:
    """The text of the four parts, each in the order of its modules."""
    whole, choosing, final = ("".join(map(module_text, names)) for names in PARTS)
    cut = _middles(len(whole), PASSAGES, OF_A_PASSAGE)
    ends = [0, *(place.stop for place in cut)]
    starts = [*(place.start for place in cut), len(whole)]
    training = "".join(whole[end:start] for end, start in zip(ends, starts, strict=True))
    return Split(training, choosing, "".join(whole[place] for place in cut), final)


def _middles(whole: int, count: int, length: int) -> list[slice]:
    """Where to find pieces at even distances: the middle of each of `count` equal stretches."""
    stretch = whole // count
    starts = [i * stretch + (stretch - length) // 2 for i in range(count)]
    return [slice(start, start + length) for start in starts]


LABELS = ("quoted text", "comment", "indentation", "prose")


def labels_of(source: str) -> dict[str, BoolArray]:
    """Say of every character of a module's source whether it is in a text, a comment, an indent.

    Parameters
    ----------
    source : str
        A whole module, as ``module_text`` gives it; it must be Python that can be tokenized.

    Returns
    -------
    labels : dict from each of ``LABELS`` to bool array, shape (L,)
        Quotes belong to the text, the # to the comment; indentation is the blanks that begin a line
        outside of texts. Prose is what is quoted text or comment.
    """
    begins = np.cumsum([0, *(len(line) for line in source.splitlines(keepends=True))])
    labels = {name: np.zeros(len(source), dtype=bool) for name in LABELS}
    for kind, start, stop in _spans(source):
        first, last = (int(begins[line - 1]) + column for line, column in (start, stop))
        labels[kind][first:last] = True
    at = 0
    for line in source.splitlines(keepends=True):
        blanks = len(line) - len(line.lstrip(" "))
        labels["indentation"][at : at + blanks] = ~labels["quoted text"][at : at + blanks]
        at += len(line)
    labels["prose"] = labels["quoted text"] | labels["comment"]
    return labels


Place = tuple[int, int]


def _spans(source: str) -> Iterator[tuple[str, Place, Place]]:
    """Texts and comments; a text with values in it is several tokens from Python 3.12 on."""
    depth, start = 0, (0, 0)
    for piece in tokenize.generate_tokens(io.StringIO(source).readline):
        name = token.tok_name[piece.type]
        if name == "COMMENT":
            yield "comment", piece.start, piece.end
        elif name.endswith("STRING_START"):
            start = start if depth else piece.start
            depth += 1
        elif name.endswith("STRING_END"):
            depth -= 1
            if not depth:
                yield "quoted text", start, piece.end
        elif name == "STRING" and not depth:
            yield "quoted text", piece.start, piece.end


def excerpts(names: list[str], count: int, length: int) -> tuple[str, dict[str, BoolArray]]:
    """Pieces of modules at even distances, joined, and their labels.

    Parameters
    ----------
    names : list of str
        Modules; their texts are laid end to end, and of each of `count` equal stretches of that the
        middle is taken.
    count, length : int
        Of pieces, and of the characters in each.
    """
    sources = [module_text(name) for name in names]
    text = "".join(sources)
    places = _middles(len(text), count, length)
    chosen = np.zeros(len(text), dtype=bool)
    for place in places:
        chosen[place] = True
    labels: dict[str, list[BoolArray]] = {label: [] for label in LABELS}
    ends = np.cumsum([len(source) for source in sources])
    for source, here in zip(sources, np.split(chosen, ends[:-1]), strict=True):
        if here.any():  # only these are worth the tokenizer's time
            for label, mask in labels_of(source).items():
                labels[label].append(mask[here])
    return "".join(text[place] for place in places), {
        label: np.concatenate(masks) for label, masks in labels.items()
    }
