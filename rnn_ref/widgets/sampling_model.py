"""The small network of unit 04: trained once on Python's standard library, saved beside it."""

from functools import cache
from typing import NamedTuple

import numpy as np

from rnn_ref.char_lm import decode, encode
from rnn_ref.errors import InputError
from rnn_ref.sampling import FloatArray, IntArray, Params, next_scores, read_prime, sample
from rnn_ref.widgets.saved import load

_WEIGHTS = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
LONGEST_PRIME = 60  # characters; more would not fit on a line


class DemoModel(NamedTuple):
    """Weights and vocabulary; made by ``data/make_sampling_weights.py``."""

    params: Params
    char_to_id: dict[str, int]
    id_to_char: dict[int, str]
    loss: float
    """Mean over the last pass of training, in nats a character."""

    def scores_after(self, prime: str) -> FloatArray:
        """Scores (V,) of the character that follows a beginning."""
        h_0, last_id = read_prime(self.params, self.encode(prime))
        return next_scores(self.params, h_0, last_id)[0]

    def write(self, prime: str, length: int, temperature: float, seed: int) -> str:
        """What the network writes after a beginning; the same again for the same seed."""
        h_0, last_id = read_prime(self.params, self.encode(prime))
        rng = np.random.default_rng(seed)
        ids = sample(self.params, h_0, last_id, length, temperature, rng)
        return decode(ids, self.id_to_char)

    def encode(self, prime: str) -> IntArray:
        """Ids of a beginning.

        Raises
        ------
        InputError
            If it is empty, too long, or has a character that the network never saw.
        """
        if not 1 <= len(prime) <= LONGEST_PRIME:
            raise InputError(f"Give 1 to {LONGEST_PRIME} characters to go on from.")
        return encode(prime, self.char_to_id)


@cache
def load_model() -> DemoModel:
    """The saved network, in double precision."""
    saved = load("sampling_weights")
    params = {name: saved[name].astype(np.float64) for name in _WEIGHTS}
    id_to_char = dict(enumerate(map(chr, saved["characters"].tolist())))
    char_to_id = {character: i for i, character in id_to_char.items()}
    return DemoModel(params, char_to_id, id_to_char, float(saved["loss"]))
