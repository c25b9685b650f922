"""Random shapes and arrays for the tests of the reference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

FloatArray = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Network:
    """One plain RNN, its inputs and its first state; arrays as ``rnn_forward`` takes them."""

    x: FloatArray  # (N, T, D)
    h_0: FloatArray  # (N, H)
    W_xh: FloatArray  # (D, H)
    W_hh: FloatArray  # (H, H)
    b_h: FloatArray  # (H,)

    @property
    def weights(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.W_xh, self.W_hh, self.b_h

    @property
    def arguments(self) -> tuple[FloatArray, ...]:
        return self.x, self.h_0, *self.weights


def network(N: int, T: int, D: int, H: int, seed: int = 0) -> Network:
    """States and biases are not zero, so that a term left out shows."""
    rng = np.random.default_rng(seed)
    return Network(
        x=rng.normal(size=(N, T, D)),
        h_0=rng.uniform(-0.9, 0.9, size=(N, H)),
        W_xh=rng.normal(size=(D, H)),
        W_hh=rng.normal(size=(H, H)),
        b_h=rng.normal(size=H),
    )


def networks(min_T: int = 1) -> st.SearchStrategy[Network]:
    size = st.integers(1, 5)
    return st.builds(
        network, N=size, T=st.integers(min_T, 6), D=size, H=size, seed=st.integers(0, 2**32 - 1)
    )
