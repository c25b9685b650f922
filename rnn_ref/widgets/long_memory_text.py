"""Unit 10: the text: the standard library's own source, and what its tokenizer says of it.

Every Python brings its library along, each version another one. Modules are named here that 3.11 to
3.14 all have; what is saved in ``rnn_ref/data`` was made with Python 3.11.
"""

import io
import sysconfig
import token
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.char_lm import encode

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.integer[Any]]

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
"""New line and what ASCII can print, 96 in all; the few others are left out of the text."""
CHAR_TO_ID = {character: i for i, character in enumerate(CHARACTERS)}
ID_TO_CHAR = dict(enumerate(CHARACTERS))

_HELD_OUT = "calendar configparser csv heapq random shutil tarfile tempfile textwrap"
HELD_OUT = _HELD_OUT.split()
"""Modules that nothing is trained on."""

_TRAINING = """
_collections_abc _pydecimal _pyio abc argparse ast asyncio/base_events asyncio/events
asyncio/futures asyncio/locks asyncio/queues asyncio/runners asyncio/selector_events
asyncio/sslproto asyncio/streams asyncio/subprocess asyncio/tasks asyncio/transports
asyncio/unix_events base64 bdb bisect bz2 cProfile cmd code codecs codeop collections/__init__
colorsys compileall concurrent/futures/_base concurrent/futures/process concurrent/futures/thread
contextlib copy copyreg ctypes/__init__ ctypes/util dataclasses difflib dis doctest
email/_header_value_parser email/_parseaddr email/charset email/contentmanager email/feedparser
email/generator email/header email/headerregistry email/message email/utils enum filecmp fileinput
fnmatch fractions ftplib functools genericpath getopt getpass gettext glob graphlib gzip hashlib
hmac html/parser http/client http/cookiejar http/cookies http/server imaplib importlib/_bootstrap
importlib/_bootstrap_external importlib/abc importlib/util inspect io ipaddress json/__init__
json/decoder json/encoder linecache locale logging/__init__ logging/config logging/handlers lzma
mailbox mimetypes modulefinder multiprocessing/connection multiprocessing/context
multiprocessing/managers multiprocessing/pool multiprocessing/process multiprocessing/queues
multiprocessing/shared_memory multiprocessing/synchronize netrc ntpath numbers opcode operator
optparse os pdb pickle pickletools pkgutil platform plistlib poplib posixpath pprint profile
pstats pty py_compile pyclbr pydoc queue quopri re/_compiler re/_parser reprlib runpy sched
secrets selectors shelve shlex signal site smtplib socket socketserver ssl stat statistics string
stringprep struct subprocess symtable sysconfig tabnanny threading timeit tkinter/__init__
tkinter/ttk tokenize tomllib/_parser trace traceback tracemalloc tty turtle types typing
unittest/async_case unittest/case unittest/loader unittest/main unittest/mock unittest/result
unittest/runner unittest/suite urllib/error urllib/parse urllib/request urllib/response
urllib/robotparser uuid warnings wave weakref webbrowser wsgiref/handlers wsgiref/headers
wsgiref/simple_server xml/dom/expatbuilder xml/dom/minidom xml/etree/ElementTree
xml/sax/expatreader xml/sax/saxutils xmlrpc/client xmlrpc/server zipapp zipimport zoneinfo/_common
zoneinfo/_zoneinfo
"""
TRAINING = _TRAINING.split()
"""Modules to train on, in this order."""


def library_text(modules: list[str]) -> str:
    """The modules' source, one after the other, without characters beyond ``CHARACTERS``.

    A module that this Python lacks is left out.
    """
    return "".join(module_text(name) for name in modules)


def module_text(name: str) -> str:
    """One module's source; empty if there is none."""
    file = Path(sysconfig.get_path("stdlib")) / f"{name}.py"
    if not file.exists():
        return ""
    return "".join(c for c in file.read_text(encoding="utf-8") if c in CHAR_TO_ID)


def library_ids(modules: list[str]) -> IntArray:
    """The same as ids of ``CHARACTERS``."""
    return encode(library_text(modules), CHAR_TO_ID)


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
