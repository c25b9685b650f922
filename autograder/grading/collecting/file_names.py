"""What the name of a file in a delivery says of its kind."""

import re

_SUFFIX = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)
_LITTER = ("__macosx", "thumbs.db", "desktop.ini")


def is_notebook_name(name: str) -> bool:
    """Return whether a file's name is a notebook's, also one that a browser lengthened.

    >>> is_notebook_name("01_recurrence.ipynb.txt")
    True
    """
    return bool(_SUFFIX.search(name))


def without_suffix(name: str) -> str:
    """Return a name without what marks it as a notebook or a zip.

    >>> without_suffix("01_recurrence.ipynb.txt"), without_suffix("s01.zip")
    ('01_recurrence', 's01')
    """
    return name[:-4] if is_zip(name) else _SUFFIX.sub("", name)


def is_zip(name: str) -> bool:
    """Return whether a name is a zip's."""
    return name.casefold().endswith(".zip")


def is_litter(name: str) -> bool:
    """Return whether a system left a file of this name, and nobody handed it in."""
    return (name.startswith(".") and name not in (".", "..")) or name.casefold() in _LITTER
