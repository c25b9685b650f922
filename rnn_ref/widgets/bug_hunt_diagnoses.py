"""The bug hunt: what is said to a diagnosis, before any of the code is judged.

A wrong one is answered by what speaks against it and where that is seen; the right one is not told.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rnn_ref.errors import InputError


class Diagnosis(NamedTuple):
    """The right letter of a case, and what speaks against the others."""

    right: str
    against: Mapping[str, str]


DIAGNOSES: Mapping[int, Diagnosis] = {
    1: Diagnosis(
        "b",
        {
            "a": "A bias in the wrong place would make the first half wrong, too, in one reading "
            "as in the other.",
            "c": "Then the last step would stay zero, in both readings. Look at which step the "
            "difference begins.",
        },
    ),
    2: Diagnosis(
        "a",
        {
            "b": "The symptom cell hands in no mask, and the small scales come out right.",
            "c": "A sum over the wrong axis would make the loss wrong at every scale.",
        },
    ),
    3: Diagnosis(
        "c",
        {
            "a": "Without a useful state the loss would be high. Here it is far too low.",
            "b": "To know the character before one needs memory; look at how little of it this "
            "loss can have asked for, and at what it writes.",
        },
    ),
    4: Diagnosis(
        "b",
        {
            "a": "Then the temperature would change nothing. Compare the two temperatures.",
            "c": "Follow `h_t` through the loop: each turn takes the one of the turn before.",
        },
    ),
    5: Diagnosis(
        "c",
        {
            "a": "All five go through the slope of tanh: all five would be wrong.",
            "b": "A mean would spoil the weights' gradients. Which one does the table name?",
        },
    ),
    6: Diagnosis(
        "a",
        {
            "b": "Without a carry the weights would still move, by each step's own share.",
            "c": "Then W_hh would get something wrong, and move. It got exactly nothing.",
        },
    ),
    7: Diagnosis(
        "b",
        {
            "a": "An upside-down factor would make the radius smaller where a larger one is asked "
            "for. Compare the three rows.",
            "c": "That would spoil each matrix in another way; here the quotient of got and asked "
            "for is the same in all rows.",
        },
    ),
    8: Diagnosis(
        "a",
        {
            "b": "A squared norm would shorten everything too much. Here the whole is too long.",
            "c": "Then no number could be larger than 5, but norms could. And W_xh would not have "
            "come through untouched by chance.",
        },
    ),
    9: Diagnosis(
        "c",
        {
            "a": "A closed forget gate would lose the 1 as well.",
            "b": "In another order nothing would work; the 1 is stored and held.",
        },
    ),
    10: Diagnosis(
        "b",
        {
            "a": "What is left out is missing at the first call, too. The first call is right.",
            "c": "Then `dc_prev` would be wrong at the first call already.",
        },
    ),
}


def diagnosed(case: int, letter: str) -> None:
    """Go on only if the diagnosis of a case is right.

    Raises
    ------
    InputError
        If there is none yet, or another one, with what speaks against it.
    """
    right, against = DIAGNOSES[case]
    if letter == right:
        print(f"{letter}: yes, that is it. Now the code:")
        return
    if letter not in against:
        raise InputError('Answer first: set diagnosis to "a" or "b" or "c" in the cell above.')
    raise InputError(f"{letter}: not that. {against[letter]}")
