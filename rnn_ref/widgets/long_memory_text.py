"""Unit 10: the text: the standard library's own source, and what its tokenizer says of it.

Every Python brings its library along, each version another one. The modules named here are in all
of 3.11 to 3.14; what is saved in ``rnn_ref/data`` was made with Python 3.11.
"""

import io
import sysconfig
import token
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import compress
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
"""What is read, in this order."""
_UNSEEN = "asyncio/events email/message http/client json/encoder logging/__init__ unittest/case"
UNSEEN = _UNSEEN.split()
"""Modules of which not even another passage is trained on: a harder test."""
PASSAGE = 2_000
"""Characters; the text is cut into passages of this length."""
EVERY = 20
"""One passage in so many is held out, the first of them in the middle of the first twenty."""


def module_text(name: str) -> str:
    """One module's source, without characters beyond ``CHARACTERS``; empty if there is none."""
    file = Path(sysconfig.get_path("stdlib")) / f"{name}.py"
    if not file.exists():
        return ""
    return "".join(c for c in file.read_text(encoding="utf-8") if c in CHAR_TO_ID)


def is_held_out(length: int) -> BoolArray:
    """Say of each character of the whole text whether its passage is held out."""
    passages = np.arange(length) // PASSAGE
    return np.asarray(passages % EVERY == EVERY // 2)


class Split(NamedTuple):
    """The library's text, cut into what is trained on and what is held out."""

    training: str
    held_out: str

    def ids(self) -> tuple[IntArray, IntArray]:
        """Both as ids of ``CHARACTERS``."""
        return encode(self.training, CHAR_TO_ID), encode(self.held_out, CHAR_TO_ID)


@cache
def library() -> Split:
    """The text of all ``MODULES``, cut in two."""
    text = "".join(module_text(name) for name in MODULES)
    parts = (compress(text, ~is_held_out(len(text))), compress(text, is_held_out(len(text))))
    return Split(*("".join(part) for part in parts))


def labelled_passage(number: int) -> tuple[str, dict[str, BoolArray]]:
    """One passage and its labels, see ``labels_of``; only its own modules are tokenized.

    Parameters
    ----------
    number : int
        From 0 on; held out where ``number % EVERY == EVERY // 2``.
    """
    first, begin = number * PASSAGE, 0
    pieces: list[str] = []
    labels: dict[str, list[BoolArray]] = {label: [] for label in LABELS}
    for name in MODULES:
        source = module_text(name)
        inside = slice(max(0, first - begin), max(0, first + PASSAGE - begin))
        if source[inside]:
            pieces.append(source[inside])
            for label, mask in labels_of(source).items():
                labels[label].append(mask[inside])
        begin += len(source)
    return "".join(pieces), {label: np.concatenate(masks) for label, masks in labels.items()}


LABELS = ("quoted text", "comment", "indentation")


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
        outside of texts.
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
