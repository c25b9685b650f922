"""Gradients that came back side by side, each under its name; what is needed to measure slopes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.student.answers import FormError, as_array, describe, parts

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


#: How far an argument is moved along its direction, to measure a slope: the error is near 1e-10.
DIFFERENCE = 1e-5


def elsewhere(names: str, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    """Return arguments of the same shapes with other numbers."""
    return [inputs[name] + inputs["directions"][name] for name in names.split()]


def moved(names: str, inputs: Mapping[str, Any], moving: str = "") -> Iterator[list[np.ndarray]]:
    """Yield the arguments with one of them moved along its direction: up, then down; each in turn.

    Parameters
    ----------
    moving : str
        Those that are moved; all of `names` if left out.
    """
    for name in (moving or names).split():
        for step in (DIFFERENCE, -DIFFERENCE):
            other = {**inputs, name: inputs[name] + step * inputs["directions"][name]}
            yield [other[argument] for argument in names.split()]


def shaped(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return `value` as an array of that shape, or say what it is."""
    array = as_array(name, value)
    if array.shape != shape:
        raise FormError(f"{name} is {describe(array)}; expected shape {shape}.")
    return array
