"""Random shapes and arrays for the tests of everything about LSTMs."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from tests.rnn_ref.strategies import FloatArray


@dataclass(frozen=True)
class LSTM:
    """One LSTM, its inputs and its first states; arrays as ``lstm_forward`` takes them."""

    x: FloatArray  # (N, T, D)
    h_0: FloatArray  # (N, H)
    c_0: FloatArray  # (N, H)
    W_xh: FloatArray  # (D, 4H)
    W_hh: FloatArray  # (H, 4H)
    b: FloatArray  # (4H,)

    @property
    def weights(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.W_xh, self.W_hh, self.b

    @property
    def arguments(self) -> tuple[FloatArray, ...]:
        return self.x, self.h_0, self.c_0, *self.weights

    @property
    def step_arguments(self) -> tuple[FloatArray, ...]:
        return self.x[:, 0], self.h_0, self.c_0, *self.weights


def lstm(N: int, T: int, D: int, H: int, seed: int = 0) -> LSTM:
    """States and biases are not zero, so that a term left out shows."""
    rng = np.random.default_rng(seed)
    return LSTM(
        x=rng.normal(size=(N, T, D)),
        h_0=rng.uniform(-0.9, 0.9, size=(N, H)),
        c_0=1.5 * rng.normal(size=(N, H)),
        W_xh=rng.normal(size=(D, 4 * H)),
        W_hh=rng.normal(size=(H, 4 * H)),
        b=rng.normal(size=4 * H),
    )


def lstms(min_T: int = 1) -> st.SearchStrategy[LSTM]:
    size = st.integers(1, 5)
    return st.builds(
        lstm, N=size, T=st.integers(min_T, 6), D=size, H=size, seed=st.integers(0, 2**32 - 1)
    )
