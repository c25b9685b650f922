"""Backpropagation through time once more, number by number: an oracle without NumPy's products.

It sums over every path from a loss back to a use of the weights. Every number is looked at alone,
so no axis can be swapped and no broadcast can hide.
"""

import math
from itertools import product
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def states(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> list[list[list[float]]]:
    """Return h[n][t][j], with h[n][0] the state before the first step."""
    N, T, D = x.shape
    H = len(b_h)
    every = []
    for n in range(N):
        path = [[float(h_0[n, j]) for j in range(H)]]
        for t in range(T):
            path.append(
                [
                    math.tanh(
                        float(b_h[j])
                        + sum(float(x[n, t, d] * W_xh[d, j]) for d in range(D))
                        + sum(path[-1][i] * float(W_hh[i, j]) for i in range(H))
                    )
                    for j in range(H)
                ]
            )
        every.append(path)
    return every


def backward(
    dh: Array,
    x: Array,
    h_0: Array,
    W_xh: Array,
    W_hh: Array,
    b_h: Array,
    chunk: int | None = None,
) -> dict[str, Array]:
    """Return the five gradients and dW_hh by loss step; `chunk` cuts every path at its borders."""
    N, T, D = x.shape
    H = len(b_h)
    h = states(x, h_0, W_xh, W_hh, b_h)
    out = {
        "dx": np.zeros((N, T, D)),
        "dh_0": np.zeros((N, H)),
        "dW_xh": np.zeros((D, H)),
        "dW_hh": np.zeros((H, H)),
        "db_h": np.zeros(H),
        "by_loss": np.zeros((T, H, H)),
    }
    for n, t in product(range(N), range(T)):
        g = [float(dh[n, t, j]) for j in range(H)]  # dL_t/dh_s, s going back from t
        for s in range(t, -1, -1):
            da = [g[j] * (1 - h[n][s + 1][j] ** 2) for j in range(H)]
            for j in range(H):
                out["db_h"][j] += da[j]
                for d in range(D):
                    out["dx"][n, s, d] += da[j] * W_xh[d, j]
                    out["dW_xh"][d, j] += da[j] * x[n, s, d]
                for i in range(H):
                    out["dW_hh"][i, j] += da[j] * h[n][s][i]
                    out["by_loss"][t, i, j] += da[j] * h[n][s][i]
            g = [sum(da[j] * float(W_hh[i, j]) for j in range(H)) for i in range(H)]
            if s == 0:
                out["dh_0"][n] += g
            elif chunk is not None and s % chunk == 0:
                break  # the state before step s is a given number to this chunk
    return out
