"""Train the small LSTM whose gates unit 08 shows, and save it as lstm_weights.npz.

It reads source code of Python's standard library, one character after the other, and learns to say
the next. Run it with ``python rnn_ref/data/make_lstm_weights.py``: it takes about two minutes.
Another Python version has another library and gives other weights.

The file that lies here was made on 2026-11-22 by an earlier, longer ``rnn_ref.fused``, in about the
time told above; today's gives the same up to rounding.
"""

from pathlib import Path

import numpy as np

from rnn_ref.char_lm import one_hot
from rnn_ref.clipping import Arrays, Batch
from rnn_ref.data.library_models import States, train_and_save
from rnn_ref.fused import lstm_backward, lstm_forward
from rnn_ref.outputs import output_backward, output_forward, softmax_cross_entropy

FILE = Path(__file__).with_name("lstm_weights.npz")
H, N, T = 64, 32, 64


def first_weights(V: int) -> Arrays:
    """Small random weights; the forget gates begin nearly open, so that cells can hold."""
    rng = np.random.default_rng(8)
    shapes = {"W_xh": (V, 4 * H), "W_hh": (H, 4 * H), "W_hy": (H, V)}
    weights: Arrays = {name: rng.normal(size=s) / np.sqrt(H) for name, s in shapes.items()}
    weights["b"] = np.repeat([0.0, 1.0, 0.0, 0.0], H)  # i, f, o, g
    weights["b_y"] = np.zeros(V)
    return {name: array.astype(np.float32) for name, array in weights.items()}


def loss_and_gradients(
    params: Arrays, batch: Batch, states: States
) -> tuple[float, Arrays, States]:
    """Mean loss in nats a character, its gradients through T steps, and the last states."""
    (inputs, targets), (h_0, c_0) = batch, states
    cell = (params["W_xh"], params["W_hh"], params["b"])
    x = one_hot(inputs, len(params["b_y"])).astype(np.float32)  # (N, T, V)
    h, c, cache = lstm_forward(x, h_0, c_0, *cell)
    scores, output_cache = output_forward(h, params["W_hy"], params["b_y"])
    loss, dscores = softmax_cross_entropy(scores, targets)
    dh, dW_hy, db_y = output_backward(dscores, output_cache)
    _, _, _, dW_xh, dW_hh, db = lstm_backward(dh, cache)
    gradients = {"W_xh": dW_xh, "W_hh": dW_hh, "b": db, "W_hy": dW_hy, "b_y": db_y}
    return loss, gradients, (h[:, -1].copy(), c[:, -1].copy())


if __name__ == "__main__":
    train_and_save(
        FILE,
        first_weights,
        loss_and_gradients,
        states=(np.zeros((N, H), np.float32),) * 2,
        size=(N, T),
        epochs=12,
        rate=6e-3,
        largest_gradient=1.0,
    )
