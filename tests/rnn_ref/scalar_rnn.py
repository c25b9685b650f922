"""A second RNN, written from the slides with Python floats alone: no array, no broadcasting."""

from math import tanh

Vector = list[float]
Matrix = list[Vector]


def scalar_step(x_t: Vector, h_prev: Vector, W_xh: Matrix, W_hh: Matrix, b_h: Vector) -> Vector:
    """One sequence, one step; the slides' ``W_hh h_{t-1} + W_xh x_t`` component by component."""
    h_t = []
    for j in range(len(b_h)):
        total = b_h[j]
        for d in range(len(x_t)):
            total += x_t[d] * W_xh[d][j]
        for k in range(len(h_prev)):
            total += h_prev[k] * W_hh[k][j]
        h_t.append(tanh(total))
    return h_t


def scalar_forward(
    x: list[Matrix], h_0: Matrix, W_xh: Matrix, W_hh: Matrix, b_h: Vector
) -> list[Matrix]:
    """All sequences of a batch, one after the other; indices [n][t][j]."""
    h = []
    for sequence, state in zip(x, h_0, strict=True):
        states = []
        for x_t in sequence:
            state = scalar_step(x_t, state, W_xh, W_hh, b_h)
            states.append(state)
        h.append(states)
    return h
