"""A second LSTM, written from the slides' gate equations with Python floats alone."""

from math import exp, tanh

Vector = list[float]
Matrix = list[Vector]


def scalar_sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def scalar_lstm_step(
    x_t: Vector, h_prev: Vector, c_prev: Vector, W_xh: Matrix, W_hh: Matrix, b: Vector
) -> tuple[Vector, Vector]:
    """One sequence, one step, unit by unit; the blocks i, f, o, g lie H columns apart."""
    H = len(h_prev)
    h_t, c_t = [], []
    for j in range(H):
        totals = []
        for column in (j, H + j, 2 * H + j, 3 * H + j):
            total = b[column]
            for d in range(len(x_t)):
                total += x_t[d] * W_xh[d][column]
            for k in range(H):
                total += h_prev[k] * W_hh[k][column]
            totals.append(total)
        i, f, o = (scalar_sigmoid(total) for total in totals[:3])
        c = f * c_prev[j] + i * tanh(totals[3])
        c_t.append(c)
        h_t.append(o * tanh(c))
    return h_t, c_t


def scalar_lstm_forward(
    x: list[Matrix], h_0: Matrix, c_0: Matrix, W_xh: Matrix, W_hh: Matrix, b: Vector
) -> tuple[list[Matrix], list[Matrix]]:
    """All sequences of a batch, one after the other; indices [n][t][j]."""
    h, c = [], []
    for sequence, h_t, c_t in zip(x, h_0, c_0, strict=True):
        h_states, c_states = [], []
        for x_t in sequence:
            h_t, c_t = scalar_lstm_step(x_t, h_t, c_t, W_xh, W_hh, b)
            h_states.append(h_t)
            c_states.append(c_t)
        h.append(h_states)
        c.append(c_states)
    return h, c
