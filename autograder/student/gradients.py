"""Gradients that came back side by side, and the same of later calls, each under its name."""

from collections.abc import Sequence
from typing import Any

from autograder.student.answers import FormError, as_array, parts

#: Behind an output's name: of a second call, and of one after the forward has run elsewhere.
SECOND, LATER = " of a second call", " after another forward"


def named(names: Sequence[str], answer: Any, suffix: str = "") -> Any:
    """Yield each gradient under its name; return them all, as copies.

    One that is no array (None, while it is still to be written) does not hide those behind it.
    """
    copies, trouble, missing = [], None, []
    for name, gradient in zip(names, parts(answer, *names), strict=True):
        if gradient is None:
            missing.append(name)
            continue
        try:
            copies.append(as_array(name, gradient))
        except FormError as error:
            trouble = trouble or error
        else:
            yield name + suffix, copies[-1]
    if trouble is not None:
        raise trouble
    if missing:
        others = "; the others are judged" if copies else ""
        raise FormError(f"It returned None for {', '.join(missing)}{others}.")
    return copies
