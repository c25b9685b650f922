"""Numbers and lists as sentences have them."""

from collections.abc import Sequence


def counted(count: float, noun: str) -> str:
    """Return a count with its noun.

    >>> counted(1, "student"), counted(2000, "student"), counted(0.5, "point")
    ('1 student', '2,000 students', '0.5 points')
    """
    return f"1 {noun}" if count == 1 else f"{_written(count)} {noun}s"


def _written(count: float) -> str:
    return f"{count:,}" if isinstance(count, int) else f"{count:g}"


def listed(parts: Sequence[str]) -> str:
    """Return parts, at least one, as a list in words.

    >>> listed(["x_t", "h_prev", "W_hh"])
    'x_t, h_prev and W_hh'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
