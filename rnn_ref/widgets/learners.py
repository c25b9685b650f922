"""A learner's own function in a widget: where it cannot be used, the reference takes over."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Function = Callable[..., Any]


def tried(
    make: Callable[[Function], T],
    own: Function,
    reference: Function,
    does: str = "runs here",
    detailed: bool = False,
) -> tuple[T, str]:
    """Return what comes of a learner's function, or of the reference and a sentence on why.

    A learner's function may be unfinished or wrong. Where it stops, the reference takes over;
    wrong numbers are shown as they are. Errors of the reference itself are raised.

    Parameters
    ----------
    make : function of a function
        Puts it to work.
    own, reference : functions
        The learner's and the course's of the same name; they may be one and the same.
    does : str
        What the reference is said to do.
    detailed : bool
        Whether an error is told with its message, or by its kind alone.
    """
    try:
        return make(own), ""
    except NotImplementedError:
        why = "is not written yet"
    except Exception as error:  # whatever a learner's function may do wrong
        if own is reference:
            raise
        why = f"stopped ({type(error).__name__}{f': {error}' if detailed else ''})"
    return make(reference), f"Your {reference.__name__} {why}; the reference {does}."
