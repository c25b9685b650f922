"""Tables as platforms and spreadsheets write them: any usual encoding, separator and line end."""

import csv
import io
import re
from collections.abc import Iterator

SEPARATORS = ",;\t"
_SAID_FIRST = re.compile(r'"?sep=(?P<separator>[^\w"\n])"?[,;\t]*\n', re.IGNORECASE)  # by Excel
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Row = tuple[int, list[str]]


def text_of(data: bytes) -> str:
    """Return the text of a file: UTF-8 or 16, or what Windows wrote before, with plain line ends.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    text = data.decode(_encoding(data))
    if "\0" in text:
        raise ValueError("it is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(data: bytes) -> str:
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:2]:  # a heading begins with a letter of one byte
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def separators_of(text: str) -> tuple[str, str]:
    """Return the separators that a table may have, and the table without a line that says so."""
    said = _SAID_FIRST.match(text)
    return (said["separator"], text[said.end() :]) if said else (SEPARATORS, text)


def heading_of(text: str, separator: str) -> list[str]:
    """Return the first row as it would be with this separator; nothing if it would be none."""
    try:
        return next((row for _, row in rows_of(text, separator)), [])
    except csv.Error:
        return []


def rows_of(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows that hold something, each with the number of its last line.

    Raises
    ------
    csv.Error
        If a quotation mark is never closed.
    """
    csv.field_size_limit(
        max(csv.field_size_limit(), len(text))
    )  # what a student typed into Moodle stands in the worksheet, too
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for row in reader:
        fields = [field.strip() for field in row]
        if any(fields):
            yield reader.line_num, fields
