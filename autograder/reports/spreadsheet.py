"""Tables for spreadsheets, in which nothing can be taken for a formula, except what is a `Key`."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from autograder.reports.page import number
from autograder.visible import tidy

#: A spreadsheet may read a cell that starts so as a formula; the last four are wide forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BLANKS = " \xa0\u3000"
#: Where a program that divides fields by these would begin one that is a formula.
_AT_ANOTHER_DIVISION = re.compile(r"([;\t\r\n][ \xa0\u3000]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")


class Key(str):
    """A text by which another program finds a person: it stays as it is."""

    __slots__ = ()


Value = str | float | None


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table as comma-separated text: every field quoted, an absent value left empty.

    >>> print(csv_text(["student", "total"], [["=1+1", 2.5]]), end="")
    "student","total"
    "'=1+1","2.5"
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([harmless(name) for name in header])
    writer.writerows([_field(value) for value in row] for row in rows)
    return text.getvalue()


def harmless(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of computing it."""
    marked = f"'{text}" if text.lstrip(_BLANKS).startswith(_FORMULA_STARTS) else text
    return tidy(_AT_ANOTHER_DIVISION.sub(r"\1'", marked))


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Key):
        return value
    return harmless(value) if isinstance(value, str) else number(value)
