"""Train the small network that unit 04 samples from, and save it as sampling_weights.npz.

A plain RNN reads source code of Python's standard library, which every Python brings along, one
character after the other. Run it with ``python rnn_ref/data/make_sampling_weights.py``: it takes
about two minutes. Another Python version has another library and gives other weights.

The file that lies here was made on 2026-11-22 by a training loop written out;
today's takes the same steps up to rounding.
"""

from pathlib import Path

import numpy as np

from rnn_ref import fused
from rnn_ref.char_lm import one_hot
from rnn_ref.clipping import Arrays, Batch, FloatArray, IntArray
from rnn_ref.data.library_models import States, train_and_save
from rnn_ref.widgets import one_batch

FILE = Path(__file__).with_name("sampling_weights.npz")
H, N, T = 192, 32, 50


def first_weights(V: int) -> Arrays:
    """Small random weights; the recurrent ones orthogonal, so that early gradients last."""
    rng = np.random.default_rng(4)
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
    weights = {
        name: rng.normal(size=shape) / np.sqrt(H) if len(shape) == 2 else np.zeros(shape)
        for name, shape in shapes.items()
    }
    weights["W_hh"] = np.linalg.qr(rng.normal(size=(H, H)))[0]
    return {name: array.astype(np.float32) for name, array in weights.items()}


def loss_and_gradients(
    params: Arrays, batch: Batch, states: States
) -> tuple[float, Arrays, States]:
    """Mean loss in nats a character, its gradients through T steps, and the last state."""
    cell = fused.rnn_forward, fused.rnn_backward
    (h_0,) = states
    loss, grads, h = one_batch.loss_and_gradients(params, batch, h_0, *cell, single_one_hot)
    return loss, grads, (h.copy(),)


def single_one_hot(ids: IntArray, V: int) -> FloatArray:
    """``one_hot`` in single precision."""
    return one_hot(ids, V).astype(np.float32)


if __name__ == "__main__":
    train_and_save(
        FILE,
        first_weights,
        loss_and_gradients,
        states=(np.zeros((N, H), np.float32),),
        size=(N, T),
        epochs=10,
        rate=4e-3,
        largest_gradient=5.0,
    )
