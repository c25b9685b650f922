"""Text that shows all it holds: nothing hides in it, turns it around, or cannot be written."""

_KEPT_CONTROLS = "\t\n"
_HIDDEN = [0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
#: Control characters become their pictures; those that hide or turn text around, a mark.
_VISIBLE = {
    **{code: 0x2400 + code for code in range(32) if chr(code) not in _KEPT_CONTROLS},
    **dict.fromkeys([0x7F, *range(0x80, 0xA0), 0x2028, 0x2029, *_HIDDEN], 0xFFFD),
    **dict.fromkeys([*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)], 0xFFFD),
}


def tidy(text: str) -> str:
    """Return `text` with whatever cannot be seen in it made visible; tabs and lines stay.

    >>> tidy("a\\x1b[31mb")
    'a␛[31mb'
    """
    return text.encode("utf-8", "replace").decode("utf-8").translate(_VISIBLE)


def one_line(text: str) -> str:
    """Return `text` as one visible line, its white space made single spaces.

    >>> one_line("a\\r\\n\\tb\\x07")
    'a b␇'
    """
    return tidy(" ".join(text.split()))
